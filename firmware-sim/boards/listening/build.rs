//! Gives the firmware its model: the one that `BOARD_MODEL` names, or the shipped one.

use std::env;
use std::fs;
use std::path::PathBuf;

const SHIPPED_MODEL: &str = "../../../host-trainer/models/small.postcard";

fn main() {
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let path = env::var_os("BOARD_MODEL").map_or_else(|| folder.join(SHIPPED_MODEL), PathBuf::from);
    println!("cargo::rerun-if-env-changed=BOARD_MODEL");
    println!("cargo::rerun-if-changed={}", path.display());
    assert!(path.is_file(), "cannot read {}", path.display());
    let constants =
        format!("/// The model, in flash.\npub const MODEL: &[u8] = engine::include_model!({path:?});\n");
    fs::write(out.join("model.rs"), constants).expect("cargo gives a folder that can be written");
}
