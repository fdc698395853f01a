use super::residual::Residual;
use super::{Preset, Recipe};
use crate::augment::{Augmentation, Mask, Speed};
use crate::features::{Compression, FrontEndSpec};

/// A residual network for the smallest parts, on fewer bands: the window of features takes a third of its RAM.
pub(super) const PRESET: Preset = Preset {
    name: "tiny",
    front_end: FrontEndSpec {
        sample_rate: 22_050,
        fft_length: 2048,
        hop_length: 512,
        mel_bands: 40,
        window_samples: 66_150,
        compression: Compression::Decibel,
    },
    network: |classes| NETWORK.network(&PRESET.front_end, classes),
    recipe: Recipe {
        epochs: 120,
        batch: 32,
        learning_rate: 3e-3,
        weight_decay: 0.01,
        label_smoothing: 0.05,
        teacher_share: 0.8,
        augmentation: Augmentation {
            noisy_share: 0.4,
            speed: Speed { share: 0.5, furthest: 1.15 },
            shift: 0.45,
            band_mask: Mask { share: 0.5, width: 5 },
            time_mask: Mask { share: 0.5, width: 19 },
            band_shift: 1,
            mixup: Some(0.2),
        },
    },
};

const NETWORK: Residual =
    Residual { stem: 8, stages: &[(16, [2, 2]), (24, [1, 2]), (40, [2, 1])], dropout: 0.1 };
