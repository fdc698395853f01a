use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::augment::{Mask, Speed};
use crate::preset::{LONGEST_NAME, Preset, Recipe};

/// Channels come in multiples of it, as kernels like them.
const CHANNELS: usize = 4;
/// Draws of channels until one is no larger than the start.
const TRIES: usize = 100;
/// What a preset's name gets appended.
const SUFFIX: &str = "-tuned";

/// The preset of a trial. Trial 0 is the start itself; of the others each hyperparameter is either the start's or drawn
/// anew, as a coin has it. No network has more weights or multiply-accumulates than the start's.
pub(super) fn sample(start: &Preset, classes: usize, seed: u64, trial: usize) -> Preset {
    if trial == 0 {
        return start.clone();
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(trial as u64);
    let mut preset = start.clone();
    if !preset.name.ends_with(SUFFIX) {
        let stem = preset.name.chars().take(LONGEST_NAME - SUFFIX.len());
        preset.name = stem.chain(SUFFIX.chars()).collect();
    }
    channels(&mut preset, classes, &mut rng);
    let mut coin = Coin(&mut rng);
    for dropout in preset.network.dropouts_mut() {
        coin.decides(dropout, |rng| share(rng, 0.0, 0.5) as f32);
    }
    learning(&mut preset.recipe, &mut coin);
    augmentation(&mut preset, &mut coin);
    preset
}

fn learning(recipe: &mut Recipe, coin: &mut Coin<'_>) {
    coin.decides(&mut recipe.learning_rate, |rng| magnitude(rng, 5e-4, 1e-2) as f32);
    coin.decides(&mut recipe.weight_decay, |rng| magnitude(rng, 1e-3, 0.1) as f32);
    coin.decides(&mut recipe.label_smoothing, |rng| share(rng, 0.0, 0.2) as f32);
}

fn augmentation(preset: &mut Preset, coin: &mut Coin<'_>) {
    let (bands, frames) = (usize::from(preset.front_end.mel_bands), preset.front_end.frames());
    let augmentation = &mut preset.recipe.augmentation;
    coin.decides(&mut augmentation.noisy_share, |rng| share(rng, 0.0, 0.8));
    coin.decides(&mut augmentation.speed, |rng| Speed {
        share: share(rng, 0.0, 1.0),
        furthest: share(rng, 1.05, 1.3),
    });
    let mask = |size: usize| {
        move |rng: &mut ChaCha8Rng| Mask {
            share: share(rng, 0.0, 1.0),
            width: rng.random_range(1..=(size / 4).max(1)),
        }
    };
    coin.decides(&mut augmentation.band_mask, mask(bands));
    coin.decides(&mut augmentation.time_mask, mask(frames));
    coin.decides(&mut augmentation.band_shift, |rng| rng.random_range(0..=(bands - 1).min(3)));
    coin.decides(&mut augmentation.mixup, |rng| rng.random_bool(0.75).then(|| share(rng, 0.1, 0.6)));
}

/// Draws widths up to a half wider or a third narrower, again until the network is no larger than the start's.
fn channels(preset: &mut Preset, classes: usize, rng: &mut ChaCha8Rng) {
    let start = preset.network.clone();
    let allowed = preset.network(classes);
    for _ in 0..TRIES {
        let mut coin = Coin(rng);
        for width in preset.network.widths_mut() {
            let old = *width as f64;
            coin.decides(width, |rng| {
                let new = old * magnitude(rng, 2.0 / 3.0, 1.5) / CHANNELS as f64;
                CHANNELS * (new.round() as usize).max(1)
            });
        }
        let network = preset.network(classes);
        if network.params() <= allowed.params() && network.macs() <= allowed.macs() {
            return;
        }
        preset.network = start.clone();
    }
}

/// Keeps a value or takes a new one.
struct Coin<'r>(&'r mut ChaCha8Rng);

impl Coin<'_> {
    fn decides<T>(&mut self, value: &mut T, draw: impl FnOnce(&mut ChaCha8Rng) -> T) {
        let drawn = draw(self.0);
        if self.0.random_bool(0.5) {
            *value = drawn;
        }
    }
}

/// Evenly between two bounds, to two digits.
fn share(rng: &mut impl Rng, low: f64, high: f64) -> f64 {
    (100.0 * rng.random_range(low..=high)).round() / 100.0
}

/// Any order of magnitude between two bounds as likely, to two significant digits.
fn magnitude(rng: &mut impl Rng, low: f64, high: f64) -> f64 {
    let value = rng.random_range(low.ln()..=high.ln()).exp();
    let digit = 10f64.powf(value.log10().floor() - 1.0);
    // Dividing by a whole number keeps the decimal short: 17 / 10000, not 17 * 0.0001.
    (value / digit).round() / (1.0 / digit).round()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::{hyperparameters, widths};

    #[test]
    fn samples_are_valid_no_larger_than_the_start_and_differ() {
        for name in Preset::NAMES {
            let start = Preset::load(name.as_ref()).unwrap();
            let allowed = start.network(8);
            let mut seen = Vec::new();
            for trial in 1..200 {
                let preset = sample(&start, 8, 5, trial);
                preset.validate().unwrap();
                let network = preset.network(8);
                assert!(network.params() <= allowed.params() && network.macs() <= allowed.macs());
                assert_eq!(preset, sample(&start, 8, 5, trial));
                assert_eq!(preset.front_end, start.front_end);
                assert!(!seen.contains(&preset));
                seen.push(preset);
            }
            assert!(seen.iter().any(|preset| widths(preset) != widths(&start)), "{name}");
            for (index, parameter) in hyperparameters(&start).into_iter().enumerate() {
                let kept = |preset| hyperparameters(preset)[index] == parameter;
                assert!(seen.iter().any(kept) && !seen.iter().all(kept), "{}", parameter.name);
            }
        }
    }

    #[test]
    fn the_first_trial_is_the_start() {
        let start = Preset::load("tiny".as_ref()).unwrap();
        assert_eq!(sample(&start, 8, 5, 0), start);
        assert_ne!(sample(&start, 8, 5, 1), sample(&start, 8, 6, 1));
    }

    #[test]
    fn magnitudes_have_two_digits_and_stay_within_bounds() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for _ in 0..1000 {
            let value = magnitude(&mut rng, 5e-4, 1e-2);
            assert!((4.9e-4..=1.01e-2).contains(&value));
            let digits = format!("{value:e}");
            assert!(digits.split('e').next().unwrap().len() <= 3, "{digits}");
        }
    }
}
