//! Gives the linker the board's memory map, and the firmware its model.

use std::path::{Path, PathBuf};
use std::{env, fs};

const BOARDS: [&str; 7] = ["an385", "an386", "an500", "an505", "an547", "microbit", "stm32f405"];
const SHIPPED_MODEL: &str = "../host-trainer/models/small.postcard";

fn main() {
    let Some(board) = BOARDS.into_iter().find(|&board| has_feature(board)) else { return };
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    link_for(board, &folder, &out);
    embed_model(&folder, &out);
}

fn has_feature(board: &str) -> bool {
    env::var_os(format!("CARGO_FEATURE_{}", board.to_uppercase())).is_some()
}

fn link_for(board: &str, folder: &Path, out: &Path) {
    let memory = folder.join("memory").join(board).with_extension("x");
    fs::copy(&memory, out.join("memory.x")).expect("every board has a memory map");
    println!("cargo::rerun-if-changed={}", memory.display());
    println!("cargo::rustc-link-search={}", out.display());
    for argument in ["-Tlink.x", "-Tdefmt.x", "--nmagic"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}

fn embed_model(folder: &Path, out: &Path) {
    let path = env::var_os("SIM_MODEL").map_or_else(|| folder.join(SHIPPED_MODEL), PathBuf::from);
    println!("cargo::rerun-if-env-changed=SIM_MODEL");
    println!("cargo::rerun-if-changed={}", path.display());
    assert!(path.is_file(), "cannot read {}", path.display());
    let constants =
        format!("/// The model, in flash.\npub const MODEL: &[u8] = engine::include_model!({path:?});\n");
    fs::write(out.join("model.rs"), constants).expect("cargo gives a folder that can be written");
}
