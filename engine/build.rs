//! Tells the kernels what the core can do: stable Rust hides these target features from `cfg`.

use std::env;

/// Cores with the DSP extension, which is optional from Armv8-M on.
const DSP_CORES: [&str; 4] = ["cortex-m33", "cortex-m35p", "cortex-m55", "cortex-m85"];

/// Cores with Helium, the vector extension, with integers at least.
const HELIUM_CORES: [&str; 2] = ["cortex-m55", "cortex-m85"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    println!("cargo::rerun-if-env-changed=RUSTFLAGS");
    println!("cargo::rustc-check-cfg=cfg(cortex_m, dsp, helium, x86)");
    let target = env::var("TARGET").unwrap_or_default();
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let is_for = |cores: &[&str]| flags.split(['\x1f', ' ', '=']).any(|part| cores.contains(&part));
    let is_armv8 = target.starts_with("thumbv8m.main");
    if is_armv8 || target.starts_with("thumbv7m") || target.starts_with("thumbv7em") {
        println!("cargo::rustc-cfg=cortex_m");
    }
    if target.starts_with("x86_64") && env::var_os("CARGO_FEATURE_STD").is_some() {
        println!("cargo::rustc-cfg=x86");
    }
    if target.starts_with("thumbv7em") || (is_armv8 && is_for(&DSP_CORES)) {
        println!("cargo::rustc-cfg=dsp");
    }
    if is_armv8 && is_for(&HELIUM_CORES) {
        println!("cargo::rustc-cfg=helium");
    }
}
