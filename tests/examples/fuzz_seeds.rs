//! Writes what the fuzzers start from: `cargo run -p parity --example fuzz_seeds`.
//!
//! The compressed recordings and the WAV files of other codes are libsndfile 1.2.2's, of a triangle and of noise.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use hound::{SampleFormat, WavSpec, WavWriter};
use parity::fuzz::{TARGETS, corpus};

fn main() -> anyhow::Result<()> {
    for (target, _) in TARGETS {
        fs::create_dir_all(corpus(target))?;
    }
    let models: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "engine", "tests", "data"].iter().collect();
    for name in ["every_operator", "loud"] {
        let blob = fs::read(models.join(name).with_extension("postcard"))?;
        fs::write(corpus("blob").join(name), &blob)?;
        fs::write(corpus("model").join(name), model_seed(&blob)?)?;
    }
    let golden: PathBuf = [env!("CARGO_MANIFEST_DIR"), "golden", "import"].iter().collect();
    for name in ["residual", "over_time", "separable", "float_ends"] {
        fs::copy(golden.join(name).with_extension("tflite"), corpus("import").join(name))?;
    }
    let portions: Vec<u8> = (1..=6).flat_map(portion).collect();
    fs::write(corpus("audio").join("portions"), portions)?;
    for (channels, bits_per_sample, sample_format) in [
        (1, 16, SampleFormat::Int),
        (2, 24, SampleFormat::Int),
        (1, 8, SampleFormat::Int),
        (2, 32, SampleFormat::Int),
        (1, 32, SampleFormat::Float),
    ] {
        // The trainer resamples.
        for (target, sample_rate) in [("wav", 22_050), ("recording", 8_000)] {
            let spec = WavSpec { channels, sample_rate, bits_per_sample, sample_format };
            let name = format!("{channels}_channels_{bits_per_sample}_bits");
            fs::write(corpus(target).join(name), wav_seed(spec)?)?;
        }
    }
    Ok(())
}

/// The blob, with its length before it and a few samples behind it.
fn model_seed(blob: &[u8]) -> anyhow::Result<Vec<u8>> {
    let length = u16::try_from(blob.len())?.to_le_bytes();
    Ok([&length, blob, b"any samples at all"].concat())
}

/// 32 * `index` samples, with their number before them.
fn portion(index: u8) -> Vec<u8> {
    let length = index * 32;
    let samples = (0..i16::from(length)).flat_map(|n| (n * 31 % 2000).to_le_bytes());
    std::iter::once(length).chain(samples).collect()
}

fn wav_seed(spec: WavSpec) -> anyhow::Result<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut file, spec)?;
    for sample in 0..20 {
        match spec.sample_format {
            SampleFormat::Int => writer.write_sample(sample)?,
            SampleFormat::Float => writer.write_sample(sample as f32 / 100.0)?,
        }
    }
    writer.finalize()?;
    Ok(file.into_inner())
}
