//! Gives the linker the board's memory map.

use std::env;
use std::fs;
use std::path::PathBuf;

fn main() {
    let board = if env::var_os("CARGO_FEATURE_NANO_SENSE").is_some() { "nano-sense" } else { "xiao-sense" };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::copy(format!("memory/{board}.x"), out.join("memory.x")).expect("every board has a memory map");
    println!("cargo::rerun-if-changed=memory");
    println!("cargo::rustc-link-search={}", out.display());
    for argument in ["-Tlink.x", "-Tdefmt.x", "--nmagic"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}
