use super::{Layers, Preset, Recipe};
use crate::augment::{Augmentation, Mask, Speed};
use crate::features::{Compression, FrontEndSpec};
use crate::network::{Network, OpSpec};

/// A residual network on log-mel features.
pub(super) const PRESET: Preset = Preset {
    name: "small",
    front_end: FrontEndSpec {
        sample_rate: 22_050,
        fft_length: 2048,
        hop_length: 512,
        mel_bands: 64,
        window_samples: 66_150,
        compression: Compression::Decibel,
    },
    network,
    recipe: Recipe {
        epochs: 90,
        batch: 32,
        learning_rate: 2e-3,
        weight_decay: 0.02,
        label_smoothing: 0.05,
        teacher_share: 0.8,
        augmentation: Augmentation {
            noisy_share: 0.4,
            speed: Speed { share: 0.5, furthest: 1.15 },
            shift: 0.45,
            band_mask: Mask { share: 0.5, width: 8 },
            time_mask: Mask { share: 0.5, width: 19 },
            band_shift: 1,
            mixup: Some(0.2),
        },
    },
};

/// Channels and stride of each stage.
const STAGES: [(usize, [usize; 2]); 4] = [(20, [2, 1]), (32, [2, 2]), (48, [2, 1]), (64, [2, 2])];

/// A stem, four stages of a strided convolution and a residual block, the mean over what is left, and a
/// linear layer (He et al., "Deep Residual Learning for Image Recognition", 2016).
fn network(classes: usize) -> Network {
    let mut layers = Layers(Vec::new());
    layers.then("stem", convolution(16, [2, 2], true));
    for (number, (channels, stride)) in (1..).zip(STAGES) {
        let skip = layers.then(&format!("stage{number}.down"), convolution(channels, stride, true));
        layers.then(&format!("stage{number}.residual.conv1"), convolution(channels, [1, 1], true));
        layers.then(&format!("stage{number}.residual.conv2"), convolution(channels, [1, 1], false));
        layers.then(&format!("stage{number}.residual.add"), OpSpec::Add { other: skip, relu: true });
    }
    layers.then("mean", OpSpec::GlobalAveragePool);
    layers.then("dropout", OpSpec::Dropout { rate: 0.3 });
    layers.then("logits", OpSpec::Dense { units: classes, relu: false });
    let front_end = PRESET.front_end;
    Network { input: [front_end.mel_bands.into(), front_end.frames(), 1], layers: layers.0 }
}

fn convolution(channels: usize, stride: [usize; 2], relu: bool) -> OpSpec {
    OpSpec::Conv2d { channels, kernel: [3, 3], stride, padding: [1, 1], batch_norm: true, relu }
}
