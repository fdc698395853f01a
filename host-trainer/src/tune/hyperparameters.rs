use crate::preset::{Architecture, Preset};

/// What a search varies, as tables and charts show it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hyperparameter {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    /// Whether it is its magnitude that matters.
    pub(crate) logarithmic: bool,
}

/// A preset's hyperparameters, the same ones for every preset.
pub(crate) fn hyperparameters(preset: &Preset) -> Vec<Hyperparameter> {
    let recipe = &preset.recipe;
    let augmentation = &recipe.augmentation;
    let dropout = match &preset.network {
        Architecture::Residual(network) => network.dropout,
        Architecture::Plain(network) => network.dropout[1],
    };
    let magnitudes = [("learning rate", recipe.learning_rate), ("weight decay", recipe.weight_decay)]
        .map(|(name, value)| Hyperparameter { name, value: shortest(value), logarithmic: true });
    let shares = [
        ("label smoothing", shortest(recipe.label_smoothing)),
        ("dropout", shortest(dropout)),
        ("mixup", augmentation.mixup.unwrap_or(0.0)),
        ("noise share", augmentation.noisy_share),
        ("speed share", augmentation.speed.share),
        ("furthest speed", augmentation.speed.furthest),
        ("band mask share", augmentation.band_mask.share),
        ("band mask width", augmentation.band_mask.width as f64),
        ("time mask share", augmentation.time_mask.share),
        ("time mask width", augmentation.time_mask.width as f64),
        ("band shift", augmentation.band_shift as f64),
    ]
    .map(|(name, value)| Hyperparameter { name, value, logarithmic: false });
    magnitudes.into_iter().chain(shares).collect()
}

/// The channels of each convolution that a search varies, in the order of the layers.
pub(crate) fn widths(preset: &Preset) -> String {
    let widths: Vec<String> = preset.network.widths().iter().map(ToString::to_string).collect();
    widths.join(" ")
}

/// The double that prints as the float does: 0.05, not 0.05000000074505806.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| value.into())
}
