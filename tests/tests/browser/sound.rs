//! What is heard, and what the host makes of it.

use std::path::Path;

use anyhow::Result;
use engine::listen::{Conversion, Settings};
use host_trainer::SHIPPED_MODEL;
use host_trainer::audio::{SAMPLE_RATE, load};
use host_trainer::evaluate::HostListener;
use host_trainer::listen::Happening;
use host_trainer::synth;
use hound::{SampleFormat, WavSpec, WavWriter};
use serde::Serialize;
use serde_json::Value;

/// Some of the formant synthesiser's sentences at the model's rate, each after a pause longer than the hangover.
pub fn stream(clips: &[usize]) -> Result<Vec<i16>> {
    let folder = tempfile::tempdir()?;
    let count = clips.iter().max().map_or(0, |last| last + 1);
    synth::write_corpus(folder.path(), count, 1)?;
    let utterances = synth::utterances(count)?;
    // A microphone is never quite silent.
    let pause: Vec<i16> =
        (0..SAMPLE_RATE as usize * 3 / 2).map(|n| [0, 1, 0, -1, 1, 0, -1][n * n % 7]).collect();
    let mut stream = Vec::new();
    for &clip in clips {
        stream.extend(&pause);
        stream.extend(load(&folder.path().join(utterances[clip].path()), SAMPLE_RATE)?);
    }
    stream.extend(&pause);
    Ok(stream)
}

/// A WAV file of so many channels, of which the mean is given, and bits.
pub fn write(path: &Path, samples: &[i16], rate: u32, channels: u16, bits: u16) -> Result<()> {
    let spec =
        WavSpec { channels, sample_rate: rate, bits_per_sample: bits, sample_format: SampleFormat::Int };
    let mut writer = WavWriter::create(path, spec)?;
    for &sample in samples {
        for channel in 0..channels {
            // Apart by as much as leaves the mean.
            let apart = if channels == 2 { 100 * (1 - 2 * i32::from(channel)) } else { 0 };
            writer.write_sample((i32::from(sample) + apart) << (bits - 16))?;
        }
    }
    Ok(writer.finalize()?)
}

/// A mono WAV file of 64-bit floats.
pub fn doubles(samples: &[i16], rate: u32) -> Vec<u8> {
    let length = 8 * samples.len() as u32;
    let mut file = [&b"RIFF"[..], &(length + 36).to_le_bytes(), b"WAVEfmt \x10\0\0\0\x03\0\x01\0"].concat();
    file.extend([rate, 8 * rate].map(u32::to_le_bytes).as_flattened());
    file.extend([b"\x08\0\x40\0data", &length.to_le_bytes()[..]].concat());
    file.extend(samples.iter().flat_map(|&sample| (f64::from(sample) / 32_768.0).to_le_bytes()));
    file
}

/// The events as `host-trainer listen --json --rate RATE` prints them.
pub fn events(samples: &[i16], rate: u32) -> Result<Vec<Value>> {
    let mut coefficients = Vec::new();
    let conversion = Conversion::between(rate, SAMPLE_RATE, &mut coefficients);
    let mut listener = Box::new(HostListener::new());
    listener.load(SHIPPED_MODEL, &Settings { conversion, ..Settings::DEFAULT })?;
    let mut events = Vec::new();
    listener.push(samples, |event| events.push(Happening::of(event, rate)))?;
    listener.flush(|event| events.push(Happening::of(event, rate)))?;
    events.iter().map(printed).collect()
}

/// What is printed as JSON, read again.
pub fn printed(value: &impl Serialize) -> Result<Value> {
    Ok(floats(serde_json::from_str(&serde_json::to_string(value)?)?))
}

/// JavaScript knows one kind of number: of it, 1 and 1.0 are the same.
pub fn floats(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::Array(values) => values.into_iter().map(floats).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, floats(value))).collect(),
        value => value,
    }
}
