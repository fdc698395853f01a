//! The header is that of the library. To make it anew: `REFRESH_HEADER=1 cargo test -p emotion --test header`.

use std::path::Path;
use std::{env, fs};

#[test]
fn the_header_is_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = folder.join("include/emotion.h");
    let mut config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).unwrap();
    config.header = Some(fs::read_to_string(folder.join("header/top.h")).unwrap());
    config.after_includes = Some(fs::read_to_string(folder.join("header/macros.h")).unwrap());
    let mut header = Vec::new();
    cbindgen::generate_with_config(folder, config).unwrap().write(&mut header);
    if env::var_os("REFRESH_HEADER").is_some() {
        fs::write(&path, &header).unwrap();
    }
    let checked_in = fs::read(&path).unwrap_or_default();
    assert!(
        checked_in == header,
        "include/emotion.h is not the library's: REFRESH_HEADER=1 cargo test -p emotion --test header"
    );
}
