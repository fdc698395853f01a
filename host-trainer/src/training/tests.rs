use std::collections::BTreeMap;

use indicatif::ProgressBar;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::checkpoint;
use super::disturbed_clips::DisturbedClips;
use super::fit::Prepared;
use super::state::TrainingState;
use super::*;
use crate::augment::{Augmentation, Channel, Mask, Speed};
use crate::corpus::{ClassSet, Classes};
use crate::features::{FrontEndSpec, MelScale, Reference};
use crate::network::{LayerSpec, Network, OpSpec, infer};
use crate::ops::Padding;
use crate::preset::{Architecture, Plain, Preset, Recipe, Residual, Stage, Teaching};

fn classes() -> Classes {
    ClassSet::Six.into()
}

/// A network and recipe that train in a moment and use all that the real ones do.
fn preset(epochs: usize) -> Preset {
    Preset {
        name: "test".to_owned(),
        front_end: FrontEndSpec {
            sample_rate: 22_050,
            fft_length: 512,
            hop_length: 512,
            mel_bands: 16,
            mel_scale: MelScale::Slaney,
            window_samples: 4096,
            reference: Reference::WindowMaximum,
        },
        network: Architecture::Residual(Residual {
            branches: 2,
            stem: 8,
            stages: vec![Stage { channels: 12, stride: [2, 1] }],
            dropout: 0.1,
        }),
        recipe: Recipe {
            epochs,
            batch: 8,
            learning_rate: 0.02,
            weight_decay: 0.01,
            label_smoothing: 0.05,
            teacher: Teaching { share: 0.8, temperature: 1.0 },
            context: Some(VoiceContext { cold_share: 0.3, most_clips: 3 }),
            corpora: BTreeMap::new(),
            augmentation: Augmentation {
                noisy_share: 0.4,
                gain: 6.0,
                channel: Channel::default(),
                speed: Speed { share: 0.5, furthest: 1.02 },
                shift: 0.02,
                band_mask: Mask { share: 0.5, width: 1 },
                time_mask: Mask { share: 0.5, width: 2 },
                band_shift: 0,
                mixup: Some(0.1),
            },
        },
    }
}

fn network(classes: usize) -> Network {
    let convolution = |channels, stride, relu| OpSpec::Conv2d {
        channels,
        kernel: [3, 3],
        stride,
        padding: Padding { above: 2, below: 0, sides: 1 },
        batch_norm: true,
        relu,
    };
    let ops = [
        convolution(8, [2, 1], true),
        convolution(8, [1, 1], false),
        OpSpec::Add { other: 1, relu: true },
        OpSpec::AveragePool { kernel: [5, 1], stride: [1, 1] },
        OpSpec::Dropout { rate: 0.1 },
        OpSpec::Dense { units: classes, relu: false },
    ];
    let layer = |(input, op)| LayerSpec { name: format!("layer{input}"), input, op };
    Network { input: [9, 16, 1], layers: ops.into_iter().enumerate().map(layer).collect() }
}

/// Tones whose pitch tells the class, in noise, of two speakers.
fn training_clips(seed: u64, count: usize) -> Vec<TrainingClip> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut clip = |class: usize, speaker: usize| {
        let step = std::f64::consts::TAU * 300.0 * 1.7f64.powi(class as i32) / 22_050.0;
        let tone = |n: u32| 4000.0 * (step * f64::from(n)).sin() + rng.random_range(-400.0..400.0);
        let samples = (0..5000).map(tone).map(|sample| sample as i16).collect();
        TrainingClip { samples, class: Some(class), speaker, corpus: "made".into(), advice: None }
    };
    (0..count).map(|index| clip(index % classes().labels().len(), index % 2)).collect()
}

fn options(out: &std::path::Path) -> Options {
    Options::new(out, 3)
}

/// Goes on from the checkpoint in its folder.
fn resumed(out: &std::path::Path) -> Options {
    Options { resume: Some(out.join("checkpoint.postcard")), ..options(out) }
}

/// A teacher calls each class the next one; where it alone counts, that is what is learnt: by a share of all, or
/// because there is no label.
#[test]
fn a_teacher_is_believed() {
    for (share, labelled) in [(1.0, true), (0.0, false)] {
        believed(share, labelled);
    }
}

fn believed(share: f32, labelled: bool) {
    let folder = tempfile::tempdir().unwrap();
    let (mut train, mut validation) = (training_clips(1, 36), training_clips(2, 12));
    let labels = classes().labels().len();
    let next = |clip: &TrainingClip| clip.class.map(|class| (class + 1) % labels);
    for clip in &mut train {
        let said = next(clip);
        clip.advice = Some((0..labels).map(|class| if Some(class) == said { 9.0 } else { 0.0 }).collect());
        clip.class = clip.class.filter(|_| labelled);
    }
    validation.iter_mut().for_each(|clip| clip.class = next(clip));
    let mut preset = preset(12);
    preset.recipe.teacher.share = share;
    let trained =
        fit(&preset, &classes(), &train, &validation, &options(folder.path()), &Watch::default()).unwrap();
    assert!(trained.history[trained.best_epoch].validation.unwrap().accuracy > 0.9, "{:?}", trained.history);
}

#[test]
fn a_tiny_set_is_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let (train, validation) = (training_clips(1, 36), training_clips(2, 12));
    let trained =
        fit(&preset(12), &classes(), &train, &validation, &options(folder.path()), &Watch::default())
            .unwrap();
    let best = &trained.history[trained.best_epoch];
    assert!(best.validation.unwrap().accuracy > 0.9, "{:?}", trained.history);
    assert!(trained.history[0].train_loss > trained.history.last().unwrap().train_loss);

    let stored = crate::network::FloatModel::read(&folder.path().join("float.safetensors")).unwrap();
    assert_eq!(stored, trained.model);
}

/// Whoever goes on from a model that knows has little to learn.
#[test]
fn a_training_goes_on_from_a_model() {
    let (folder, further) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (train, validation) = (training_clips(1, 36), training_clips(2, 12));
    let known = fit(&preset(12), &classes(), &train, &validation, &options(folder.path()), &Watch::default())
        .unwrap();
    let init = Some(Init::load(&folder.path().join("float.safetensors")).unwrap());
    let mut steady = preset(1);
    steady.recipe.learning_rate *= Init::LEARNING_RATE_SHARE;
    let options = Options { init, ..options(further.path()) };
    let more = fit(&steady, &classes(), &train, &validation, &options, &Watch::default()).unwrap();
    assert_eq!(more.model.hearing, known.model.hearing);
    let [first, later] = [&known.history[0], &more.history[0]].map(|epoch| epoch.validation.unwrap().loss);
    assert!(later < first / 2.0, "{first} {later}");
}

/// Some clips are of a corpus that has two of the classes. They say nothing about the others; those of the other corpus
/// do.
#[test]
fn clips_say_nothing_about_classes_that_their_corpus_lacks() {
    use super::batches::{Batch, Draw};
    use super::random::{Purpose, generator};
    use crate::ops::{Tape, Variable, cross_entropy};

    let folder = tempfile::tempdir().unwrap();
    let mut train = training_clips(1, 24);
    for clip in train.iter_mut().skip(12).filter(|clip| clip.class < Some(2)) {
        clip.corpus = "two classes".into();
    }
    let (preset, classes, options) = (preset(1), classes(), options(folder.path()));
    let prepared = Prepared::new(&preset, &classes, &train, &[], &options);
    let setup = prepared.setup(&preset, &train, &options);
    let mut disturbed = DisturbedClips::default();
    let disturbed = disturbed.of_epoch(&setup, 0);
    let gradient = |corpus: &str| {
        let of_corpus = (0..train.len()).filter(|&clip| &*train[clip].corpus == corpus);
        let draws: Vec<Draw> = of_corpus.enumerate().map(|(number, clip)| Draw { number, clip }).collect();
        let mut rng = generator(1, Purpose::Batch { epoch: 0, batch: 0 });
        let batch = Batch::assemble(&setup, 0, disturbed, &draws, 0, &mut rng);
        let logits = Variable::new((0..batch.targets.len()).map(|_| rng.random_range(-2.0..2.0)).collect());
        let mut tape = Tape::default();
        let sums = crate::ops::add(&mut tape, &logits, &Variable::constant(batch.log_priors), false);
        let (loss, mut gradients) = cross_entropy(tape, &sums, batch.targets, 6).unwrap();
        assert!(loss.is_finite());
        logits.take_gradient(&mut gradients).unwrap()
    };
    let of_class = |gradient: &[f32], class: usize| -> Vec<f32> {
        gradient.iter().skip(class).step_by(6).copied().collect()
    };
    let (two, all) = (gradient("two classes"), gradient("made"));
    for class in 0..6 {
        assert_eq!(of_class(&two, class).iter().all(|&value| value == 0.0), class >= 2, "{two:?}");
        assert!(of_class(&all, class).iter().any(|&value| value != 0.0));
    }
}

#[test]
fn the_same_seed_gives_the_same_weights_whatever_the_threads() {
    let (train, validation) = (training_clips(1, 20), training_clips(2, 6));
    let fitted = |threads, seed| {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { seed, ..options(folder.path()) };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&preset(2), &classes(), &train, &validation, &options, &Watch::default()))
            .unwrap()
    };
    let once = fitted(1, 3);
    assert_eq!(once, fitted(3, 3));
    assert_ne!(once.model.weights, fitted(1, 4).model.weights);
}

#[test]
fn a_stopped_run_resumes_to_the_same_end() {
    let (train, validation) = (training_clips(1, 20), training_clips(2, 6));
    let (whole, stopped) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let preset = preset(4);
    let expected =
        fit(&preset, &classes(), &train, &validation, &options(whole.path()), &Watch::default()).unwrap();

    stop_after(2, &preset, &train, &validation, stopped.path());
    let resumed = resumed(stopped.path());
    assert_eq!(fit(&preset, &classes(), &train, &validation, &resumed, &Watch::default()).unwrap(), expected);
    for file in ["float.safetensors", "checkpoint.postcard"] {
        let read = |folder: &tempfile::TempDir| std::fs::read(folder.path().join(file)).unwrap();
        assert!(read(&stopped) == read(&whole), "{file} differs");
    }
}

/// Leaves behind what a run that is killed after some epochs does.
fn stop_after(
    epochs: usize,
    preset: &Preset,
    train: &[TrainingClip],
    validation: &[TrainingClip],
    out: &std::path::Path,
) {
    let options = options(out);
    let classes = classes();
    let prepared = Prepared::new(preset, &classes, train, validation, &options);
    let setup = prepared.setup(preset, train, &options);
    let settings = prepared.settings(preset, train, validation, &options).unwrap();
    let mut run = TrainingState::start(&setup);
    let mut disturbed = DisturbedClips::default();
    for _ in 0..epochs {
        run.epoch(&setup, &mut disturbed, &ProgressBar::hidden()).unwrap();
    }
    checkpoint::save(&out.join("checkpoint.postcard"), &settings, &run).unwrap();
}

#[test]
fn a_checkpoint_that_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (train, validation) = (training_clips(1, 12), training_clips(2, 6));
    let file = folder.path().join("checkpoint.postcard");
    let resume = |preset: &Preset, train: &[TrainingClip], seed| {
        let options = Options { seed, ..resumed(folder.path()) };
        format!("{:#}", fit(preset, &classes(), train, &validation, &options, &Watch::default()).unwrap_err())
    };
    let missing = resume(&preset(3), &train, 3);
    assert!(missing.contains("checkpoint.postcard"), "{missing}");

    stop_after(1, &preset(3), &train, &validation, folder.path());
    assert!(resume(&preset(3), &train, 4).contains("another --seed"));
    assert!(resume(&preset(5), &train, 3).contains("another --epochs"));
    assert!(resume(&preset(3), &train[1..], 3).contains("another --data"));
    let mut other = train.clone();
    other[0].speaker = 2;
    assert!(resume(&preset(3), &other, 3).contains("another --data"));

    let good = std::fs::read(&file).unwrap();
    let with = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        resume(&preset(3), &train, 3)
    };
    assert!(with(&good[..20]).contains("cut short"));
    assert!(with(&good[..good.len() - 1]).contains("cut short"));
    assert!(with(b"RIFF, not a checkpoint at all, but long enough").contains("not a checkpoint"));
    let mut foreign = good.clone();
    foreign[8] += 1;
    assert!(with(&foreign).contains("another version"));
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 4;
    assert!(with(&flipped).contains("altered"));
}

#[test]
fn divergence_stops_with_the_epoch_and_keeps_the_best_model() {
    let folder = tempfile::tempdir().unwrap();
    let (train, validation) = (training_clips(1, 12), training_clips(2, 6));
    let mut preset = preset(3);
    preset.recipe.learning_rate = f32::MAX;
    std::fs::write(folder.path().join("float.safetensors"), b"best so far").unwrap();
    let error = fit(&preset, &classes(), &train, &validation, &options(folder.path()), &Watch::default())
        .unwrap_err();
    assert!(error.is::<Diverged>());
    assert!(error.to_string().contains("diverged in epoch 1"), "{error}");
    assert_eq!(std::fs::read(folder.path().join("float.safetensors")).unwrap(), b"best so far");
}

#[test]
fn training_stops_after_epochs_that_bring_nothing() {
    let (train, validation) = (training_clips(1, 12), training_clips(2, 6));
    // The learning rate is at a tenth of its highest after 80 % of the epochs: 0.101 after 24 of 30 and 96 of 120.
    for (epochs, done) in [(30, 25), (120, 97)] {
        let folder = tempfile::tempdir().unwrap();
        let mut preset = preset(epochs);
        preset.recipe.learning_rate = 0.0;
        // Without statistics that move, weights at rest stay the same model.
        preset.network = Architecture::Plain(Plain { channels: Vec::new(), dense: 4, dropout: [0.0; 2] });
        let trained =
            fit(&preset, &classes(), &train, &validation, &options(folder.path()), &Watch::default())
                .unwrap();
        assert_eq!((trained.best_epoch, trained.history.len()), (0, done));
    }
}

#[test]
fn without_validation_every_epoch_is_trained_and_the_last_model_kept() {
    let folder = tempfile::tempdir().unwrap();
    let train = training_clips(1, 12);
    let mut preset = preset(9);
    let stopped = tempfile::tempdir().unwrap();
    let fitted = |preset: &Preset, options: &Options| {
        fit(preset, &classes(), &train, &[], options, &Watch::default()).unwrap()
    };
    let trained = fitted(&preset, &options(folder.path()));
    assert_eq!((trained.best_epoch, trained.history.len()), (8, 9));
    // The mean of two branches.
    assert_eq!(trained.model.temperature, 2.0);
    assert!(trained.history.iter().all(|epoch| epoch.validation.is_none()));

    stop_after(5, &preset, &train, &[], stopped.path());
    assert_eq!(fitted(&preset, &resumed(stopped.path())), trained);

    // Nothing that training learns from depends on validation: with it, the last epoch's average is the same.
    preset.recipe.epochs = 1;
    let alone = fitted(&preset, &options(folder.path()));
    let beside =
        fit(&preset, &classes(), &train, &training_clips(2, 6), &options(folder.path()), &Watch::default())
            .unwrap();
    assert_eq!(alone.model.weights, beside.model.weights);
}

/// A rectifier that took them for 0 would hide a divergence.
#[test]
fn what_is_not_a_number_reaches_the_logits() {
    use crate::network::{Weights, forward};
    use crate::ops::Tape;

    let network = network(6);
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut weights = Weights::initial(&network, &mut rng);
    weights.layers[0].weight[0] = f32::NAN;
    let input: Vec<f32> = (0..16 * 9).map(|_| rng.random_range(-1.0..1.0)).collect();
    let pass = forward(&network, &weights, input.clone(), &mut Tape::default(), &mut rng);
    assert!(pass.logits.values().iter().any(|logit| logit.is_nan()));
    assert!(infer::logits(&network, &weights, &[input])[0].iter().any(|logit| logit.is_nan()));
}

/// With statistics that have converged, training's forward pass and inference are the same function.
#[test]
fn inference_agrees_with_the_forward_pass() {
    use crate::network::{Weights, forward};
    use crate::ops::Tape;

    let mut network = network(6);
    network.layers.retain(|layer| !matches!(layer.op, OpSpec::Dropout { .. }));
    network.layers[4].input = 4;
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut weights = Weights::initial(&network, &mut rng);
    let inputs: Vec<Vec<f32>> =
        (0..3).map(|_| (0..16 * 9).map(|_| rng.random_range(-1.0..1.0)).collect()).collect();
    let pass = forward(&network, &weights, inputs.concat(), &mut Tape::default(), &mut rng);
    for (layer, seen) in weights.layers.iter_mut().zip(&pass.statistics) {
        if let (Some(norm), Some(seen)) = (&mut layer.batch_norm, seen) {
            (norm.mean, norm.variance) = (seen.mean.clone(), seen.variance.clone());
        }
    }
    let logits = infer::logits(&network, &weights, &inputs).concat();
    for (trained, inferred) in pass.logits.values().iter().zip(logits) {
        assert!((trained - inferred).abs() < 1e-4, "{trained} {inferred}");
    }
}
