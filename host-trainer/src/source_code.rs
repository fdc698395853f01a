//! A blob as source code, for firmware that does not read files.

use std::fmt::{Error, Write};
use std::path::Path;

use crate::evaluate::Footprint;

/// Bytes of the model in a line.
const LINE: usize = 20;

/// C: an array, and what it takes as macros that begin with its name. The name is made of that of the file, so
/// that several models go into one program; of `model.h` it is `model`. Facts are those of the blob.
///
/// # Errors
/// None; writing to a string does not fail.
pub fn c(blob: &[u8], facts: &Footprint, file: &Path) -> Result<String, Error> {
    let mut out = String::new();
    let array = identifier(file);
    let prefix = array.to_ascii_uppercase();
    let name = comment(&facts.name);
    let labels =
        if facts.labels.is_empty() { "no labels".to_owned() } else { comment(&facts.labels.join(", ")) };
    writeln!(out, "/* The model \"{name}\": {labels}. Made by \"host-trainer export\". */")?;
    writeln!(out, "#ifndef EMOTION_{prefix}_H\n#define EMOTION_{prefix}_H\n")?;
    writeln!(out, "#define {prefix}_ARENA_BYTES {}", facts.arena_bytes)?;
    if let Some(front_end) = &facts.front_end {
        writeln!(out, "#define {prefix}_SAMPLE_RATE {}", front_end.sample_rate)?;
    }
    writeln!(out, "#define {prefix}_LABELS {}\n", facts.labels.len())?;
    writeln!(out, "/* Aligned, so that weights are read by whole words. */")?;
    writeln!(out, "#ifdef __GNUC__\n__attribute__((aligned(16)))\n#endif")?;
    writeln!(out, "static const unsigned char {array}[{}] = {{", blob.len())?;
    write_bytes(&mut out, blob)?;
    writeln!(out, "}};\n\n#endif")?;
    Ok(out)
}

/// Rust: the constant `MODEL`, of which `prosodia::arena_bytes` and its like read the rest.
///
/// # Errors
/// None; writing to a string does not fail.
pub fn rust(blob: &[u8], facts: &Footprint) -> Result<String, Error> {
    let mut out = String::new();
    writeln!(out, "// The model \"{}\". Made by `host-trainer export`.\n", comment(&facts.name))?;
    writeln!(out, "/// The blob, aligned so that weights are read by whole words.")?;
    writeln!(out, "pub const MODEL: &[u8] = &ALIGNED.0;\n")?;
    writeln!(out, "#[repr(C, align(16))]\nstruct Aligned([u8; {}]);\n", blob.len())?;
    writeln!(out, "#[rustfmt::skip]\nconst ALIGNED: &Aligned = &Aligned([")?;
    write_bytes(&mut out, blob)?;
    writeln!(out, "]);")?;
    Ok(out)
}

fn write_bytes(out: &mut String, blob: &[u8]) -> Result<(), Error> {
    for bytes in blob.chunks(LINE) {
        let numbers: Vec<_> = bytes.iter().map(u8::to_string).collect();
        writeln!(out, "{},", numbers.join(","))?;
    }
    Ok(())
}

/// A name in C out of that of a file.
fn identifier(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("model_{name}") }
}

/// A text that ends no comment.
fn comment(text: &str) -> String {
    text.replace(['\n', '\r'], " ").replace("*/", "* /")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_s_name_becomes_a_name_in_c() {
        for (file, name) in
            [("a/model.h", "model"), ("kws-ref.2.h", "kws_ref_2"), ("2nd.c", "model_2nd"), ("ä.h", "model__")]
        {
            assert_eq!(identifier(file.as_ref()), name);
        }
    }
}
