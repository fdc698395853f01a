//! Tells the kernels what the core can do: stable Rust hides these target features from `cfg`.

use std::env;

/// Cores with the DSP extension, which is optional from Armv8-M on.
const DSP_CORES: [&str; 4] = ["cortex-m33", "cortex-m35p", "cortex-m55", "cortex-m85"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    println!("cargo::rustc-check-cfg=cfg(dsp)");
    let target = env::var("TARGET").unwrap_or_default();
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let core = flags.split(['\x1f', ' ', '=']).find(|part| DSP_CORES.contains(part));
    if target.starts_with("thumbv7em") || (target.starts_with("thumbv8m.main") && core.is_some()) {
        println!("cargo::rustc-cfg=dsp");
    }
}
