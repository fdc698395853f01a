use std::path::Path;

use anyhow::{Context, ensure};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::{BatchNorm, FloatModel, LayerSpec, LayerWeights, Network, OpSpec, Weights};
use crate::features::{FrontEndSpec, Hearing, InputScaling, Reference};
use crate::files;
use crate::json_text;

/// What a float model's JSON has: all but the numbers that were fitted to its training clips, which are tensors.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    name: String,
    labels: Vec<String>,
    front_end: FrontEndSpec,
    /// In 1/128 dB.
    prior: Vec<i16>,
    network: Network,
    temperature: f32,
}

impl FloatModel {
    /// Writes the model as two files: its tensors in [safetensors](https://huggingface.co/docs/safetensors), which any
    /// framework reads, and beside them a JSON of the same name that says how they are wired. A tensor is called after
    /// its layer, like `branch1.stem.weight`; `.bias`, `.gamma`, `.beta`, `.mean` and `.variance` are its others. The
    /// input's scaling is `input.mean` and `input.deviation`.
    ///
    /// # Errors
    /// Names the file that could not be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let Self { name, labels, hearing, network, temperature, .. } = self;
        let description = Description {
            name: name.clone(),
            labels: labels.clone(),
            front_end: hearing.front_end,
            prior: hearing.prior.clone(),
            network: network.clone(),
            temperature: *temperature,
        };
        files::write_whole(&path.with_extension("json"), &serde_json::to_vec_pretty(&description)?)?;
        files::write_whole(path, &self.tensors()?)
    }

    /// Reads what [`write`](Self::write) wrote.
    ///
    /// # Errors
    /// Names the file that can't be read or is of no float model, and the tensor that is missing or does not fit.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let tensors =
            std::fs::read(path).with_context(|| format!("cannot read the float model {}", path.display()))?;
        let json = path.with_extension("json");
        let json = std::fs::read(&json).with_context(|| {
            format!("a float model has its JSON beside it, and {} can't be read", json.display())
        })?;
        Self::parse(&json, &tensors)
            .with_context(|| format!("{} and the JSON beside it are no float model", path.display()))
    }

    /// A model from the contents of both files.
    ///
    /// # Errors
    /// The JSON is another, or a tensor is missing or does not fit.
    pub fn parse(json: &[u8], tensors: &[u8]) -> anyhow::Result<Self> {
        let Description { name, labels, front_end, prior, network, temperature } =
            json_text::parse(json).context("the JSON is none of a float model of this version")?;
        let shapes = network.shapes()?;
        ensure!(
            shapes.last() == Some(&[1, 1, labels.len()]),
            "its network has not as many outputs as there are labels"
        );
        let tensors = SafeTensors::deserialize(tensors).context("the tensors can't be read")?;
        let bands = usize::from(front_end.mel_bands);
        ensure!(prior.is_empty() || prior.len() == bands, "its prior is not of {bands} bands");
        let scaling = match front_end.reference {
            Reference::Power { .. } => InputScaling::Alike {
                mean: values(&tensors, "input.mean", 1)?[0],
                deviation: values(&tensors, "input.deviation", 1)?[0],
            },
            Reference::WindowMaximum | Reference::Running(_) => InputScaling::PerBand {
                mean: values(&tensors, "input.mean", bands)?,
                deviation: values(&tensors, "input.deviation", bands)?,
            },
        };
        let layers = (0..network.layers.len()).map(|index| layer(&tensors, &network, index));
        let weights = Weights { layers: layers.collect::<anyhow::Result<_>>()? };
        ensure!(weights.values().all(|value| value.is_finite()), "it has weights that are not numbers");
        let hearing = Hearing { front_end, scaling, prior };
        Ok(Self { name, labels, hearing, network, weights, temperature })
    }

    fn tensors(&self) -> anyhow::Result<Vec<u8>> {
        let (mean, deviation) = match &self.hearing.scaling {
            InputScaling::PerBand { mean, deviation } => (mean.clone(), deviation.clone()),
            InputScaling::Alike { mean, deviation } => (vec![*mean], vec![*deviation]),
        };
        let mut tensors = vec![
            ("input.mean".to_owned(), vec![mean.len()], bytes(&mean)),
            ("input.deviation".to_owned(), vec![deviation.len()], bytes(&deviation)),
        ];
        for (index, (spec, weights)) in self.network.layers.iter().zip(&self.weights.layers).enumerate() {
            for (part, values) in parts(weights) {
                let shape =
                    if part == "weight" { weight_shape(&self.network, index) } else { vec![values.len()] };
                tensors.push((format!("{}.{part}", spec.name), shape, bytes(values)));
            }
        }
        let views = tensors
            .iter()
            .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)));
        Ok(safetensors::serialize(views.collect::<anyhow::Result<Vec<_>>>()?, None)?)
    }
}

/// The tensors of a layer that has any.
fn parts(LayerWeights { weight, bias, batch_norm }: &LayerWeights) -> Vec<(&'static str, &Vec<f32>)> {
    let mut parts = vec![("weight", weight), ("bias", bias)];
    if let Some(BatchNorm { gamma, beta, mean, variance }) = batch_norm {
        parts.extend([("gamma", gamma), ("beta", beta), ("mean", mean), ("variance", variance)]);
    }
    parts.retain(|(_, values)| !values.is_empty());
    parts
}

/// In the order of the values: see [`LayerWeights::weight`].
fn weight_shape(network: &Network, index: usize) -> Vec<usize> {
    let (weights, channels) = network.weight_counts(index);
    match network.layers[index].op {
        OpSpec::Conv2d { kernel: [height, width], .. } => {
            vec![channels, height, width, weights / (channels * height * width)]
        }
        OpSpec::DepthwiseConv2d { kernel: [height, width], .. } => vec![height, width, channels],
        _ => vec![channels, weights / channels],
    }
}

fn layer(tensors: &SafeTensors<'_>, network: &Network, index: usize) -> anyhow::Result<LayerWeights> {
    let LayerSpec { name, op, .. } = &network.layers[index];
    let (weights, channels) = network.weight_counts(index);
    if channels == 0 {
        return Ok(LayerWeights::default());
    }
    let part = |part: &str| values(tensors, &format!("{name}.{part}"), channels);
    let weight = values(tensors, &format!("{name}.weight"), weights)?;
    Ok(if op.is_normalised() {
        let batch_norm = BatchNorm {
            gamma: part("gamma")?,
            beta: part("beta")?,
            mean: part("mean")?,
            variance: part("variance")?,
        };
        LayerWeights { weight, bias: Vec::new(), batch_norm: Some(batch_norm) }
    } else {
        LayerWeights { weight, bias: part("bias")?, batch_norm: None }
    })
}

fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn values(tensors: &SafeTensors<'_>, name: &str, count: usize) -> anyhow::Result<Vec<f32>> {
    let tensor = tensors.tensor(name).with_context(|| format!("there is no tensor {name}"))?;
    ensure!(
        tensor.dtype() == Dtype::F32 && tensor.data().len() == 4 * count,
        "tensor {name} is not of {count} values in f32"
    );
    let value = |bytes: &[u8; 4]| f32::from_le_bytes(*bytes);
    Ok(tensor.data().as_chunks().0.iter().map(value).collect())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use serde_json::Value;

    use super::*;
    use crate::preset::Preset;

    /// A model of a built-in preset that has learnt nothing, and deaf to its first band.
    fn untrained(preset: &str) -> FloatModel {
        let preset = Preset::load(preset.as_ref()).unwrap();
        let labels = ["calm", "stressed"].map(str::to_owned).to_vec();
        let network = preset.network(labels.len());
        let Preset { name, front_end, .. } = preset;
        let weights = Weights::initial(&network, &mut ChaCha8Rng::seed_from_u64(1));
        let bands = usize::from(front_end.mel_bands);
        let mut deviation = vec![1.5; bands];
        deviation[0] = f32::INFINITY;
        let scaling = match front_end.reference {
            Reference::Power { .. } => InputScaling::Alike { mean: 0.25, deviation: 3.0 },
            _ => InputScaling::PerBand { mean: vec![0.1; bands], deviation },
        };
        let prior =
            if let Reference::Running(_) = front_end.reference { vec![-77; bands] } else { Vec::new() };
        let hearing = Hearing { front_end, scaling, prior };
        FloatModel { name, labels, hearing, network, weights, temperature: 1.7 }
    }

    #[test]
    fn models_come_back() {
        let folder = tempfile::tempdir().unwrap();
        for preset in Preset::NAMES {
            let model = untrained(preset);
            let path = folder.path().join(format!("{preset}.safetensors"));
            model.write(&path).unwrap();
            assert_eq!(FloatModel::read(&path).unwrap(), model);
        }
    }

    /// The layout that safetensors documents: the header's length in 8 bytes, a JSON of dtype, shape and place, the
    /// values.
    #[test]
    fn other_programs_find_tensors_by_the_published_layout() {
        let model = untrained("tiny");
        let bytes = model.tensors().unwrap();
        let (length, rest) = bytes.split_at(8);
        let length = u64::from_le_bytes(length.try_into().unwrap()) as usize;
        let header: Value = serde_json::from_slice(&rest[..length]).unwrap();
        let stem = &header[format!("{}.weight", model.network.layers[0].name)];
        assert_eq!((&stem["dtype"], &stem["shape"]), (&"F32".into(), &serde_json::json!([10, 3, 3, 1])));
        let place = |index: usize| length + stem["data_offsets"][index].as_u64().unwrap() as usize;
        let values: Vec<f32> =
            rest[place(0)..place(1)].as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        assert_eq!(values, model.weights.layers[0].weight);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join("float.safetensors");
        let complaint = || format!("{:#}", FloatModel::read(&path).unwrap_err());
        assert!(complaint().contains("float.safetensors"));
        let model = untrained("tiny");
        model.write(&path).unwrap();
        std::fs::remove_file(path.with_extension("json")).unwrap();
        assert!(complaint().contains("float.json can't be read"), "{}", complaint());
        model.write(&path).unwrap();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(complaint().contains("tensors can't be read"), "{}", complaint());
        untrained("seed").tensors().map(|tensors| std::fs::write(&path, tensors)).unwrap().unwrap();
        assert!(complaint().contains("tensor input.mean is not of 64 values"), "{}", complaint());
        let mut broken = model.clone();
        broken.weights.layers[0].weight[3] = f32::NAN;
        broken.write(&path).unwrap();
        assert!(complaint().contains("not numbers"), "{}", complaint());
        model.write(&path).unwrap();
        std::fs::write(path.with_extension("json"), b"{}").unwrap();
        assert!(complaint().contains("the JSON is none"), "{}", complaint());
    }
}
