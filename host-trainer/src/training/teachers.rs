use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::features::Hearing;
use crate::network::{FloatModel, infer};

/// Trained models whose opinion a network learns beside the labels (Hinton et al., "Distilling the Knowledge in
/// a Neural Network", 2015). They see what the network sees, disturbed and mixed as it is (Beyer et al.,
/// "Knowledge distillation: A good teacher is patient and consistent", 2022).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Teachers(Vec<(PathBuf, FloatModel)>);

impl Teachers {
    /// Loads models from the `float.safetensors` files that trainings leave.
    ///
    /// # Errors
    /// Names the file that can't be read, or that is none.
    pub fn load(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let model = |path: &PathBuf| {
            let model = FloatModel::read(path).with_context(|| {
                format!("cannot learn from {}; a training leaves a float.safetensors", path.display())
            })?;
            Ok((path.clone(), model))
        };
        paths.iter().map(model).collect::<anyhow::Result<_>>().map(Self)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Makes sure that a network with these labels and inputs can learn from them. The scaling of inputs follows
    /// from the training clips: with the same, no teacher has heard a clip that is kept from the network.
    ///
    /// # Errors
    /// Names the model that differs, and in what.
    pub(super) fn ensure_fit(&self, labels: &[String], hearing: &Hearing) -> anyhow::Result<()> {
        for (path, model) in &self.0 {
            let path: &Path = path;
            ensure!(model.labels == labels, "cannot learn from {}: it has other classes", path.display());
            ensure!(
                model.hearing.front_end == hearing.front_end,
                "cannot learn from {}: it has another front end",
                path.display()
            );
            ensure!(
                model.hearing == *hearing,
                "cannot learn from {}: it was trained on other recordings; teachers must know the training part only",
                path.display()
            );
        }
        Ok(())
    }

    /// The BLAKE3 of all models.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        self.0.iter().for_each(|(_, model)| {
            hasher.update(format!("{model:?}").as_bytes());
        });
        hasher.finalize().into()
    }

    /// Moves targets towards the mean of what the teachers say, by `share`. `log_priors` are added to their logits
    /// as they are to the network's.
    pub(super) fn advise(
        &self,
        inputs: &[Vec<f32>],
        log_priors: &[Vec<f32>],
        targets: &mut [Vec<f32>],
        share: f32,
    ) {
        let part = share / self.0.len().max(1) as f32;
        if !self.is_empty() {
            targets.iter_mut().flatten().for_each(|value| *value *= 1.0 - share);
        }
        for (_, FloatModel { network, weights, temperature, .. }) in &self.0 {
            let mut logits = infer::logits(network, weights, inputs);
            for ((target, logits), log_prior) in targets.iter_mut().zip(&mut logits).zip(log_priors) {
                logits
                    .iter_mut()
                    .zip(log_prior)
                    .for_each(|(logit, prior)| *logit = *logit / temperature + prior);
                let posterior = infer::softmax(logits);
                target.iter_mut().zip(posterior).for_each(|(target, opinion)| *target += part * opinion);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU8;

    use super::*;
    use crate::features::{FrontEndSpec, InputScaling, MelScale, Reference};
    use crate::network::{LayerSpec, LayerWeights, Network, OpSpec, Weights};

    const FRONT_END: FrontEndSpec = FrontEndSpec {
        sample_rate: 22_050,
        fft_length: 512,
        hop_length: 256,
        mel_bands: 1,
        mel_scale: MelScale::Slaney,
        window_samples: 256,
        reference: Reference::Power { root: NonZeroU8::MIN },
    };

    /// Doubles nothing but the logits of its two inputs: `gain * input`.
    fn teacher(gain: f32) -> FloatModel {
        let op = OpSpec::Dense { units: 2, relu: false };
        let weight = vec![gain, 0.0, 0.0, gain];
        FloatModel {
            name: "teacher".to_owned(),
            labels: ["happy", "sad"].map(str::to_owned).into(),
            hearing: Hearing { front_end: FRONT_END, scaling: InputScaling::NONE, prior: Vec::new() },
            network: Network {
                input: [1, 2, 1],
                layers: vec![LayerSpec { name: "logits".to_owned(), input: 0, op }],
            },
            weights: Weights { layers: vec![LayerWeights { weight, bias: vec![0.0; 2], batch_norm: None }] },
            temperature: 1.0,
        }
    }

    fn teachers(gains: &[f32]) -> Teachers {
        Teachers(gains.iter().map(|&gain| (PathBuf::from("a/float.safetensors"), teacher(gain))).collect())
    }

    /// Of the inputs ln 3 and 0 the first teacher makes 3/4 and 1/4, the second, with twice the logits, 9/10
    /// and 1/10: in the mean 0.825 and 0.175. Where the second class is three times as common as the first, they
    /// make 1/2 and 1/2, 3/4 and 1/4: in the mean 0.625 and 0.375.
    #[test]
    fn advice_worked_by_hand() {
        for (prior, said) in [([0.0, 0.0], [0.825, 0.175]), ([0.0, 3f32.ln()], [0.625, 0.375])] {
            let mut targets = vec![vec![0.0, 1.0]];
            teachers(&[1.0, 2.0]).advise(&[vec![3f32.ln(), 0.0]], &[prior.to_vec()], &mut targets, 0.6);
            for (found, expected) in targets[0].iter().zip([0.6 * said[0], 0.4 + 0.6 * said[1]]) {
                assert!((found - expected).abs() < 1e-6, "{targets:?}");
            }
        }
    }

    #[test]
    fn without_teachers_the_label_counts_alone() {
        let mut targets = vec![vec![0.05, 0.95]];
        Teachers::default().advise(&[vec![1.0, 2.0]], &[vec![0.0; 2]], &mut targets, 0.6);
        assert_eq!(targets, [[0.05, 0.95]]);
    }

    #[test]
    fn teachers_of_another_class_front_end_or_recordings_are_refused() {
        let FloatModel { labels, hearing, .. } = teacher(1.0);
        let refused = |labels: &[String], hearing: &Hearing| {
            let error = teachers(&[1.0]).ensure_fit(labels, hearing).unwrap_err().to_string();
            assert!(error.contains("a/float.safetensors"), "{error}");
            error
        };
        teachers(&[1.0]).ensure_fit(&labels, &hearing).unwrap();
        assert!(refused(&["sad", "happy"].map(str::to_owned), &hearing).contains("classes"));
        let hop = FrontEndSpec { hop_length: 128, ..FRONT_END };
        let hop = Hearing { front_end: hop, ..hearing.clone() };
        assert!(refused(&labels, &hop).contains("front end"));
        let louder = Hearing { scaling: InputScaling::Alike { mean: 0.0, deviation: 2.0 }, ..hearing };
        assert!(refused(&labels, &louder).contains("recordings"));
    }
}
