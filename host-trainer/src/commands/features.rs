use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use engine::Model;
use ndarray::Array2;
use ndarray_npy::{WritableElement, WriteNpyExt};

use super::model::ModelFile;
use crate::features::{FrontEndSpec, MelScale, Reference, decibels, input, mel_power};
use crate::{audio, files};

#[derive(Debug, Args)]
pub(super) struct Features {
    /// The recording; of a long one, the 3 s of highest energy are taken.
    file: PathBuf,
    /// The .npy file to write, mel bands by frames.
    #[arg(long)]
    out: PathBuf,
    /// How far to compute.
    #[arg(long, value_enum, default_value_t)]
    stage: Stage,
    /// The model whose front end computes; for the stage `input` the shipped model if none is named.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["mels", "fft", "hop"])]
    model: Option<PathBuf>,
    /// Mel bands, without a model [default: 64].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=128))]
    mels: Option<u16>,
    /// Samples per FFT, without a model [default: 2048].
    #[arg(long, value_parser = fft_length())]
    fft: Option<u16>,
    /// Samples between frames, without a model [default: 512].
    #[arg(long, value_parser = clap::value_parser!(u16).range(65..))]
    hop: Option<u16>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Stage {
    /// Mel power, float32.
    Power,
    /// dB below the maximum, floored at -80 dB, float32.
    #[default]
    Db,
    /// The network's input, int8.
    Input,
}

fn fft_length() -> impl TypedValueParser<Value = u16> {
    PossibleValuesParser::new(["512", "1024", "2048"]).try_map(|length| length.parse::<u16>())
}

impl Features {
    pub(super) fn run(self) -> anyhow::Result<()> {
        [Some(&self.file), self.model.as_ref()]
            .into_iter()
            .flatten()
            .try_for_each(|read| files::ensure_other(&self.out, read))?;
        if self.model.is_some() || matches!(self.stage, Stage::Input) {
            ensure!(
                [self.mels, self.fft, self.hop].iter().all(Option::is_none),
                "the stage input has its model's parameters: leave out --mels, --fft and --hop"
            );
            return self.with_model(&ModelFile { model: self.model.clone() });
        }
        self.write_floats(&FrontEndSpec {
            sample_rate: audio::SAMPLE_RATE,
            fft_length: self.fft.unwrap_or(2048),
            hop_length: self.hop.unwrap_or(512),
            mel_bands: self.mels.unwrap_or(64),
            mel_scale: MelScale::Slaney,
            window_samples: audio::WINDOW_SAMPLES,
            reference: Reference::WindowMaximum,
        })
    }

    fn with_model(&self, file: &ModelFile) -> anyhow::Result<()> {
        let blob = file.read()?;
        let model = Model::from_bytes(&blob).with_context(|| format!("cannot use {}", file.name()))?;
        let params = model.front_end();
        let spec = FrontEndSpec::from(params);
        match self.stage {
            Stage::Input => self.write(&spec, input(&self.window(&spec)?, params)),
            Stage::Power | Stage::Db => self.write_floats(&spec),
        }
    }

    fn write_floats(&self, spec: &FrontEndSpec) -> anyhow::Result<()> {
        let power = mel_power(&self.window(spec)?, spec);
        self.write(spec, if matches!(self.stage, Stage::Power) { power } else { decibels(&power) })
    }

    fn window(&self, spec: &FrontEndSpec) -> anyhow::Result<Vec<i16>> {
        Ok(audio::window(&audio::load(&self.file, spec.sample_rate)?, spec.window_samples as usize))
    }

    fn write<T: WritableElement + Clone>(&self, spec: &FrontEndSpec, values: Vec<T>) -> anyhow::Result<()> {
        let mut npy = Vec::new();
        let frames = Array2::from_shape_vec((spec.frames(), spec.mel_bands.into()), values)?;
        // In the file a row is a band, as librosa has it, and in the usual order of memory.
        frames.t().as_standard_layout().write_npy(&mut npy)?;
        files::write_whole(&self.out, &npy)
    }
}
