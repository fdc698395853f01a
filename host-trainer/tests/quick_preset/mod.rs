//! A preset for tests of long commands.

use serde_json::{Value, json};

/// A preset that trains in a moment, with other values at some places of its JSON, which are named by their pointers.
pub fn quick_preset<const N: usize>(changes: [(&str, Value); N]) -> String {
    let mut preset = json!({
        "name": "quick",
        "front_end": {
            "sample_rate": 22050, "fft_length": 512, "hop_length": 512, "mel_bands": 16, "window_samples": 22050,
            "reference": "window_maximum"
        },
        "network": {
            "residual": { "branches": 1, "stem": 4, "stages": [{ "channels": 8, "stride": [2, 2] }], "dropout": 0.1 }
        },
        "recipe": {
            "epochs": 3, "batch": 8, "learning_rate": 0.01, "weight_decay": 0.01, "label_smoothing": 0.0,
            "teacher": { "share": 0.8, "temperature": 1.0 },
            "augmentation": {
                "noisy_share": 0.0, "gain": 0.0, "speed": { "share": 0.0, "furthest": 1.0 }, "shift": 0.1,
                "band_mask": { "share": 0.0, "width": 1 }, "time_mask": { "share": 0.0, "width": 1 }, "band_shift": 0
            }
        }
    });
    for (place, value) in changes {
        *preset.pointer_mut(place).unwrap() = value;
    }
    preset.to_string()
}
