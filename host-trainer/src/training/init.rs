use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::digest::digest;
use crate::network::{FloatModel, LayerWeights, Weights};
use crate::preset::Preset;
use crate::quantise;
use crate::shipped::Shipped;

/// A trained model to go on from: for a few recordings of one's own, which are far too few to learn from nothing.
/// The input's scaling and prior stay the model's.
#[derive(Debug, Clone, PartialEq)]
pub struct Init {
    path: PathBuf,
    model: FloatModel,
}

impl Init {
    /// A steady hand: the learning rate is this share of the preset's, so that what the model knows is not overrun.
    pub const LEARNING_RATE_SHARE: f32 = 0.1;

    /// Reads the model of a built-in preset that is shipped, by the preset's name, or the `float.safetensors` of a
    /// training.
    ///
    /// # Errors
    /// Those of [`FloatModel::read`].
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let model = match Shipped::named(path) {
            Some(Shipped { float: [json, tensors], .. }) => FloatModel::parse(json, tensors)?,
            None => read(path).with_context(|| expected(path))?,
        };
        Ok(Self { path: path.to_owned(), model })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &FloatModel {
        &self.model
    }

    /// Makes sure that a preset's training can go on from it.
    ///
    /// # Errors
    /// It has another front end or network; says which preset it is of.
    pub(crate) fn ensure_fit(&self, preset: &Preset) -> anyhow::Result<()> {
        let FloatModel { name, labels, hearing, network, .. } = &self.model;
        ensure!(
            hearing.front_end == preset.front_end && *network == preset.network(labels.len()),
            "cannot go on from {}: it has another front end or network than preset {}; train with its own: --preset \
             {name}",
            self.path.display(),
            preset.name
        );
        Ok(())
    }

    /// A branch's weights to start from: the model's, with a row of `fresh` for each label that it does not know.
    pub(super) fn branch(&self, index: usize, fresh: &Weights, labels: &[String]) -> Weights {
        let FloatModel { network, weights, .. } = &self.model;
        let mut branch = weights.branch(network, index);
        if let (Some(known), Some(fresh)) = (branch.layers.last_mut(), fresh.layers.last()) {
            *known = self.relabelled(known, fresh, labels);
        }
        branch
    }

    /// The last layer for other labels.
    fn relabelled(&self, known: &LayerWeights, fresh: &LayerWeights, labels: &[String]) -> LayerWeights {
        let inputs = fresh.weight.len() / labels.len();
        let row = |(row, label): (usize, &String)| {
            let place = self.model.labels.iter().position(|known| known == label);
            let (layer, row) = place.map_or((fresh, row), |place| (known, place));
            (layer.weight[row * inputs..][..inputs].to_vec(), layer.bias[row])
        };
        let (weight, bias): (Vec<_>, Vec<_>) = labels.iter().enumerate().map(row).unzip();
        LayerWeights { weight: weight.concat(), bias, batch_norm: None }
    }

    /// What tells the model from others.
    ///
    /// # Errors
    /// The model can't be written as JSON.
    pub(super) fn digest(&self) -> anyhow::Result<[u8; 32]> {
        Ok(digest(&self.model)?.into())
    }
}

fn read(path: &Path) -> anyhow::Result<FloatModel> {
    let is_int8 = std::fs::read(path).is_ok_and(|bytes| !bytes.is_empty() && quantise::is_blob(&bytes));
    ensure!(!is_int8, "it is an int8 model, which can't be trained");
    FloatModel::read(path)
}

/// What to name instead of a file that is no float model.
fn expected(path: &Path) -> String {
    let beside = path.with_file_name("float.safetensors");
    let model = if beside.is_file() && beside != path {
        format!("give {}", beside.display())
    } else {
        format!("name a shipped model ({}), or the float.safetensors of a training", Shipped::names())
    };
    format!("cannot go on from {}: {model}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Init {
        Init::load("small".as_ref()).unwrap()
    }

    #[test]
    fn a_label_that_is_known_keeps_its_weights() {
        let init = model();
        let labels = ["stressed", "sad", "neutral"].map(str::to_owned);
        let network = Preset::load("small".as_ref()).unwrap().network(labels.len());
        let branches = network.branches();
        for (index, branch) in branches.iter().enumerate() {
            let mut fresh = Weights::initial(branch, &mut rand::rng());
            fresh.layers.last_mut().unwrap().bias = vec![5.0, 6.0, 7.0];
            let started = init.branch(index, &fresh, &labels);
            let known = init.model.weights.branch(&init.model.network, index);
            let (heads, bodies) =
                ([&started, &known, &fresh].map(|w| w.layers.last().unwrap()), started.layers.len() - 1);
            assert_eq!(started.layers[..bodies], known.layers[..bodies]);
            let row =
                |layer: usize, row: usize| (&heads[layer].weight[34 * row..][..34], heads[layer].bias[row]);
            // Of the seven, neutral is the first and sad the third.
            assert_eq!([row(0, 0), row(0, 1), row(0, 2)], [row(2, 0), row(1, 2), row(1, 0)]);
        }
    }

    #[test]
    fn what_can_be_named_is_told() {
        let complaint = Init::load("large".as_ref()).unwrap_err().to_string();
        assert!(complaint.contains("from large: name a shipped model (small, tiny)"), "{complaint}");
        let folder = tempfile::tempdir().unwrap();
        let [blob, float] = ["model.postcard", "float.safetensors"].map(|name| folder.path().join(name));
        std::fs::write(&blob, &crate::SHIPPED_MODEL[..1000]).unwrap();
        let complaint = || crate::complaint(&Init::load(&blob).unwrap_err());
        assert!(complaint().contains("or the float.safetensors of a training"), "{}", complaint());
        std::fs::write(&float, b"").unwrap();
        let expected = format!("give {}: it is an int8 model", float.display());
        assert!(complaint().contains(&expected), "{}", complaint());
    }

    #[test]
    fn another_preset_is_refused() {
        let preset = |name: &str| Preset::load(name.as_ref()).unwrap();
        model().ensure_fit(&preset("small")).unwrap();
        let complaint = model().ensure_fit(&preset("tiny")).unwrap_err().to_string();
        assert!(complaint.contains("than preset tiny; train with its own: --preset small"), "{complaint}");
    }
}
