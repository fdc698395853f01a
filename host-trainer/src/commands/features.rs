use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::{Args, ValueEnum};
use ndarray::Array2;
use ndarray_npy::{WritableElement, WriteNpyExt};

use crate::audio;
use crate::features::{Compression, FrontEndSpec, decibels, mel_power};
use crate::files;

#[derive(Debug, Args)]
pub(super) struct Features {
    /// The recording; of a long one, the 3 s of highest energy are taken.
    file: PathBuf,
    /// The .npy file to write, (mels, frames).
    #[arg(long)]
    out: PathBuf,
    /// How far to compute.
    #[arg(long, value_enum, default_value_t)]
    stage: Stage,
    /// Mel bands.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=128))]
    mels: u16,
    /// Samples per FFT.
    #[arg(long, default_value = "2048", value_parser = fft_lengths())]
    fft: u16,
    /// Samples between frames.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u16).range(65..))]
    hop: u16,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Stage {
    /// Mel power, float32.
    Power,
    /// dB below the maximum, float32.
    #[default]
    Db,
}

fn fft_lengths() -> impl TypedValueParser<Value = u16> {
    PossibleValuesParser::new(["512", "1024", "2048"]).map(|length| length.parse().unwrap_or(2048))
}

impl Features {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let spec = FrontEndSpec {
            sample_rate: audio::SAMPLE_RATE,
            fft_length: self.fft,
            hop_length: self.hop,
            mel_bands: self.mels,
            window_samples: 66_150,
            compression: Compression::Decibel,
        };
        let samples = audio::window(&audio::load(&self.file)?, spec.window_samples as usize);
        let power = mel_power(&samples, &spec);
        let features = match self.stage {
            Stage::Power => power,
            Stage::Db => decibels(&power),
        };
        self.write(usize::from(spec.mel_bands), spec.frames(), features)
    }

    fn write<T: WritableElement>(&self, bands: usize, frames: usize, values: Vec<T>) -> anyhow::Result<()> {
        let mut npy = Vec::new();
        Array2::from_shape_vec((bands, frames), values)?.write_npy(&mut npy)?;
        files::write_whole(&self.out, &npy)
    }
}
