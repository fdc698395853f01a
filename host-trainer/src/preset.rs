//! Presets: a front end, a network and a recipe under one name.

mod residual;
mod seed;
mod small;
mod tiny;

use crate::augment::Augmentation;
use crate::features::FrontEndSpec;
use crate::network::{LayerSpec, Network, OpSpec};

/// Everything about a model that is decided before training.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// The name under which the command line knows it.
    pub name: &'static str,
    /// From samples to features.
    pub front_end: FrontEndSpec,
    /// The layers, for a number of classes.
    pub network: fn(classes: usize) -> Network,
    /// How it is trained.
    pub recipe: Recipe,
}

/// How a network is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    /// Passes over the training clips.
    pub epochs: usize,
    /// Clips in a batch.
    pub batch: usize,
    /// The highest learning rate.
    pub learning_rate: f32,
    /// Decoupled weight decay.
    pub weight_decay: f32,
    /// The share of the target that is spread over all classes.
    pub label_smoothing: f32,
    /// How much of the target is what teachers say, where there are some.
    pub teacher_share: f32,
    /// What is done to training clips.
    pub augmentation: Augmentation,
}

impl Preset {
    /// Every preset, the default first.
    pub const ALL: [Self; 3] = [small::PRESET, tiny::PRESET, seed::PRESET];

    /// The preset of that name.
    ///
    /// ```
    /// use host_trainer::preset::Preset;
    ///
    /// assert_eq!(Preset::named("small").map(|preset| preset.front_end.mel_bands), Some(64));
    /// assert!(Preset::named("huge").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name == name)
    }
}

/// Builds a network layer by layer; each method returns the tensor that its layer writes.
struct Layers(Vec<LayerSpec>);

impl Layers {
    fn push(&mut self, name: &str, input: usize, op: OpSpec) -> usize {
        self.0.push(LayerSpec { name: name.to_owned(), input, op });
        self.0.len()
    }

    /// Appends a layer that reads what the last one wrote.
    fn then(&mut self, name: &str, op: OpSpec) -> usize {
        self.push(name, self.0.len(), op)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::corpus::Classes;
    use crate::evaluate::Footprint;
    use crate::features::InputScaling;
    use crate::network::{FloatModel, Weights};
    use crate::quantise;

    #[test]
    fn networks_fit_their_front_ends() {
        for preset in Preset::ALL {
            let network = (preset.network)(7);
            let front_end = preset.front_end;
            assert_eq!(network.input, [usize::from(front_end.mel_bands), front_end.frames(), 1]);
            assert_eq!(network.shapes().unwrap().last(), Some(&[1, 1, 7]), "{}", preset.name);
            assert!(network.layers.len() < engine::blob::MAX_LAYERS);
        }
    }

    /// Its blob with random weights, as they don't change its size.
    #[test]
    fn tiny_fits_the_smallest_parts() {
        let preset = Preset::named("tiny").unwrap();
        let network = (preset.network)(8);
        let bands = preset.front_end.mel_bands.into();
        let model = FloatModel {
            name: preset.name.to_owned(),
            labels: Classes::Eight.labels().to_vec(),
            front_end: preset.front_end,
            scaling: InputScaling::PerBand { mean: vec![-40.0; bands], deviation: vec![15.0; bands] },
            weights: Weights::initial(&network, &mut ChaCha8Rng::seed_from_u64(1)),
            network,
            temperature: 1.0,
        };
        let tone: Vec<i16> = (0..66_150).map(|n| (8000.0 * f64::from(n).sin()) as i16).collect();
        let blob = quantise::export(&model, &[tone]).unwrap();
        let footprint = Footprint::of(&engine::Model::from_bytes(&blob).unwrap(), blob.len());
        assert!(footprint.weights_bytes <= 60 * 1024, "{} bytes of weights", footprint.weights_bytes);
        assert!(footprint.macs <= 8_000_000, "{} MACs", footprint.macs);
        assert!(footprint.arena_bytes <= 26 * 1024, "{} bytes of arena", footprint.arena_bytes);
    }

    #[test]
    fn the_default_is_small() {
        let network = (Preset::ALL[0].network)(7);
        assert!(network.macs() <= 30_000_000, "{} MACs", network.macs());
        assert!((180_000..=220_000).contains(&network.params()), "{} parameters", network.params());
    }
}
