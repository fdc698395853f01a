//! Writes a model as C source on standard output: `cargo c-model model.postcard > model.h`.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use engine::Model;

const USAGE: &str = "usage: cargo c-model MODEL > model.h";
/// Bytes of the model in a line.
const LINE: usize = 20;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(path), None) = (arguments.next(), arguments.next()) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    if path.as_os_str() == "--help" || path.as_os_str() == "-h" {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match fs::read(&path) {
        Ok(blob) => match Model::from_bytes(&blob) {
            Ok(model) => match write(&blob, &model, BufWriter::new(io::stdout().lock())) {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    fail(&format!("cannot write: {error}"))
                }
                _ => ExitCode::SUCCESS,
            },
            Err(error) => fail(&format!("cannot use {}: {error}", path.display())),
        },
        Err(error) => fail(&format!("cannot read {}: {error}", path.display())),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::FAILURE
}

fn write(blob: &[u8], model: &Model<'_>, mut out: impl Write) -> io::Result<()> {
    let labels: Vec<_> = model.labels().iter().collect();
    writeln!(out, "/* The model \"{}\": {}. Made by \"cargo c-model\". */", model.name(), labels.join(", "))?;
    writeln!(out, "#ifndef EMOTION_MODEL_H\n#define EMOTION_MODEL_H\n")?;
    writeln!(out, "#define MODEL_ARENA_BYTES {}", model.layout().arena_bytes())?;
    writeln!(out, "#define MODEL_SAMPLE_RATE {}", model.front_end().sample_rate)?;
    writeln!(out, "#define MODEL_LABELS {}\n", labels.len())?;
    writeln!(out, "/* Aligned, so that weights are read by whole words. */")?;
    writeln!(out, "#ifdef __GNUC__\n__attribute__((aligned(16)))\n#endif")?;
    writeln!(out, "static const unsigned char model[{}] = {{", blob.len())?;
    for bytes in blob.chunks(LINE) {
        let numbers: Vec<_> = bytes.iter().map(u8::to_string).collect();
        writeln!(out, "{},", numbers.join(","))?;
    }
    writeln!(out, "}};\n\n#endif")?;
    out.flush()
}
