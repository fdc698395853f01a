//! Chooses the kernels: stable Rust hides from `cfg` which extensions a Cortex-M has.
//!
//! The target says most. On Armv8-M, where the DSP extension and Helium are optional, `-Ctarget-cpu` names the core,
//! or the features `dsp` and `helium` say what it has.

use std::env;
use std::process::Command;

/// Armv8-M cores with the DSP extension.
const DSP_CORES: [&str; 4] = ["cortex-m33", "cortex-m35p", "star-mc1", "cortex-m52"];

/// Armv8-M cores with Helium, the vector extension, with integers at least; they have the DSP extension too.
const HELIUM_CORES: [&str; 3] = ["cortex-m52", "cortex-m55", "cortex-m85"];

/// The version of Rust, 1.x, that has AVX-512. Earlier ones build the portable kernels.
const AVX512_SINCE: u32 = 89;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    println!("cargo::rerun-if-env-changed=RUSTFLAGS");
    println!(
        "cargo::rustc-check-cfg=cfg(cortex_m, armv7m, armv7em, helium, vectors, avx512, neon, unnamed_core)"
    );
    let target = env::var("TARGET").unwrap_or_default();
    if target.starts_with("thumbv7m") {
        choose("armv7m");
    } else if target.starts_with("thumbv7em") {
        choose("armv7em");
    } else if target.starts_with("thumbv8m.main") {
        choose_for_armv8(&target);
    } else if target.starts_with("x86_64") && has_feature("STD") && minor_version() >= AVX512_SINCE {
        choose_for_host("avx512");
    } else if target.starts_with("aarch64") && has_feature("STD") {
        choose_for_host("neon");
    }
}

fn choose_for_armv8(target: &str) {
    let core = named_core();
    let is_one_of = |cores: &[&str]| core.as_deref().is_some_and(|core| cores.contains(&core));
    let has_helium = is_one_of(&HELIUM_CORES) || has_feature("HELIUM");
    let has_dsp = is_one_of(&DSP_CORES) || has_feature("DSP");
    let is_hard_float = target.ends_with("eabihf");
    if has_feature("HELIUM") && !is_hard_float {
        println!("cargo::error=the feature `helium` needs the hard-float target, thumbv8m.main-none-eabihf");
    }
    if has_helium && is_hard_float {
        choose("helium");
    } else if has_helium || has_dsp {
        choose("armv7em");
    } else {
        choose("armv7m");
    }
    if has_helium && !is_hard_float {
        println!("cargo::warning=no kernels for Helium: they need the target thumbv8m.main-none-eabihf");
    }
    if core.is_none() {
        // The assembler has to be told what the compiler does not know.
        println!("cargo::rustc-cfg=unnamed_core");
        if !(has_feature("HELIUM") || has_feature("DSP")) {
            println!(
                "cargo::warning=the core is not named, so that the kernels do without the DSP extension and \
                 Helium: set -Ctarget-cpu (for instance cortex-m33), or engine's feature `dsp` or `helium`"
            );
        }
    }
}

/// The kernels of an instruction set, one of those for Cortex-M.
fn choose(instruction_set: &str) {
    println!("cargo::rustc-cfg=cortex_m");
    println!("cargo::rustc-cfg={instruction_set}");
}

/// The kernels of a host with vectors, of which a program asks whether it has them.
fn choose_for_host(instruction_set: &str) {
    println!("cargo::rustc-cfg=vectors");
    println!("cargo::rustc-cfg={instruction_set}");
}

/// What `-Ctarget-cpu` says; `generic` names nothing.
fn named_core() -> Option<String> {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let mut cores =
        flags.split('\x1f').filter_map(|flag| flag.split_once("target-cpu=")).map(|(_, core)| core);
    cores.next_back().filter(|&core| core != "generic").map(str::to_owned)
}

/// The x of the compiler's version, 1.x; 0 if it does not say.
fn minor_version() -> u32 {
    let said = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("--version").output();
    let said = said.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
    said.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or(0)
}

fn has_feature(name: &str) -> bool {
    env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
}
