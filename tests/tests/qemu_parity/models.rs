//! Models for the firmware: networks with random weights, quantised by the trainer.

use std::io::Write;

use anyhow::Result;
use host_trainer::audio;
use host_trainer::features::{FrontEndSpec, Hearing, InputScaling, MelScale, Reference, Running};
use host_trainer::network::{FloatModel, LayerSpec, Network, OpSpec, Weights};
use host_trainer::ops::Padding;
use host_trainer::quantise;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tempfile::NamedTempFile;

use crate::recordings;

const LABELS: [&str; 4] = ["calm", "happy", "angry", "surprised"];

const FRONT_END: FrontEndSpec = FrontEndSpec {
    sample_rate: 22_050,
    fft_length: 2048,
    hop_length: 512,
    mel_bands: 40,
    mel_scale: MelScale::Slaney,
    window_samples: 66_150,
    reference: Reference::Running(Running {
        loudness_bands: [6, 27],
        lasting: 5,
        quietest: -30,
        held: 16,
        speech_below: 20,
        pause: 43,
        prior_weight: 200,
        memory: 2600,
        muted_bands: 1,
    }),
};

/// The model for small parts that is shipped.
pub fn tiny() -> Result<Vec<u8>> {
    Ok(std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../host-trainer/models/tiny.postcard"))?)
}

/// A blob in which every operator occurs.
pub fn every_operator() -> Result<Vec<u8>> {
    quantised(vec![
        (0, convolution(6, [2, 2])),
        (
            1,
            OpSpec::DepthwiseConv2d {
                kernel: [3, 3],
                stride: [1, 1],
                padding: Padding::even(1, 1),
                batch_norm: true,
                relu: false,
            },
        ),
        (2, OpSpec::Add { other: 1, relu: true }),
        (3, OpSpec::MaxPool { kernel: [2, 2], stride: [2, 2] }),
        (4, convolution(9, [1, 2])),
        (5, OpSpec::AveragePool { kernel: [1, 2], stride: [1, 2] }),
        (6, OpSpec::Dense { units: 12, relu: true }),
        (7, OpSpec::Dense { units: LABELS.len(), relu: false }),
    ])
}

/// A blob whose arena of more than half a MiB exceeds every RAM but the largest.
pub fn large() -> Result<Vec<u8>> {
    quantised(vec![
        (0, convolution(100, [1, 1])),
        (1, OpSpec::GlobalAveragePool),
        (2, OpSpec::Dense { units: LABELS.len(), relu: false }),
    ])
}

/// A file that the firmware's build can read.
pub fn file(blob: &[u8]) -> Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    file.write_all(blob)?;
    Ok(file)
}

fn convolution(channels: usize, stride: [usize; 2]) -> OpSpec {
    OpSpec::Conv2d {
        channels,
        kernel: [3, 3],
        stride,
        padding: Padding::even(1, 1),
        batch_norm: true,
        relu: true,
    }
}

fn quantised(ops: Vec<(usize, OpSpec)>) -> Result<Vec<u8>> {
    let layers = ops.into_iter().enumerate();
    let network = Network {
        input: [FRONT_END.frames(), FRONT_END.mel_bands.into(), 1],
        layers: layers.map(|(i, (input, op))| LayerSpec { name: format!("layer{i}"), input, op }).collect(),
    };
    let bands = FRONT_END.mel_bands.into();
    let model = FloatModel {
        name: "random".to_owned(),
        labels: LABELS.map(str::to_owned).into(),
        hearing: Hearing {
            front_end: FRONT_END,
            scaling: InputScaling::PerBand { mean: vec![-40.0; bands], deviation: vec![20.0; bands] },
            prior: vec![-25 * 128; bands],
        },
        weights: Weights::initial(&network, &mut ChaCha8Rng::seed_from_u64(7)),
        network,
        temperature: 1.0,
    };
    let clips: Vec<_> = recordings::all()?
        .into_iter()
        .map(|recording| audio::window(&recording.samples, FRONT_END.window_samples as usize))
        .collect();
    quantise::export(&model, &clips)
}
