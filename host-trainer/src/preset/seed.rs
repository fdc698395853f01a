use super::{Layers, Preset, Recipe};
use crate::augment::{Augmentation, Mask, Speed};
use crate::features::{Compression, FrontEndSpec};
use crate::network::{Network, OpSpec};

/// The original project's network, on the mel power itself.
pub(super) const PRESET: Preset = Preset {
    name: "seed",
    front_end: FrontEndSpec {
        sample_rate: 22_050,
        fft_length: 2048,
        hop_length: 512,
        mel_bands: 128,
        window_samples: 66_150,
        compression: Compression::Power,
    },
    network,
    recipe: Recipe {
        epochs: 50,
        batch: 32,
        learning_rate: 1e-3,
        weight_decay: 0.0,
        label_smoothing: 0.0,
        teacher_share: 0.8,
        augmentation: Augmentation {
            noisy_share: 0.4,
            speed: Speed { share: 0.0, furthest: 1.0 },
            shift: 0.0,
            band_mask: Mask { share: 0.0, width: 0 },
            time_mask: Mask { share: 0.0, width: 0 },
            band_shift: 0,
            mixup: None,
        },
    },
};

fn network(classes: usize) -> Network {
    let mut layers = Layers(Vec::new());
    for (number, channels) in (1..).zip([16, 32, 64]) {
        layers.then(&format!("conv{number}"), convolution(channels));
        layers.then(&format!("pool{number}"), OpSpec::MaxPool { kernel: [2, 2], stride: [2, 2] });
    }
    layers.then("dropout1", OpSpec::Dropout { rate: 0.25 });
    layers.then("dense", OpSpec::Dense { units: 64, relu: true });
    layers.then("dropout2", OpSpec::Dropout { rate: 0.5 });
    layers.then("logits", OpSpec::Dense { units: classes, relu: false });
    let front_end = PRESET.front_end;
    Network { input: [front_end.mel_bands.into(), front_end.frames(), 1], layers: layers.0 }
}

fn convolution(channels: usize) -> OpSpec {
    let (kernel, stride, padding) = ([3, 3], [1, 1], [0, 0]);
    OpSpec::Conv2d { channels, kernel, stride, padding, batch_norm: false, relu: true }
}
