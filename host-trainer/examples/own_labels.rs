//! A model of one's own, from recordings in a folder for each label, and how often it is right about recordings that it
//! has not learnt from. It is small and learns for a few epochs only.
//!
//!     cargo run --release -p host-trainer --example own_labels -- recordings out

use std::path::Path;

use anyhow::bail;
use host_trainer::corpus::{Sources, Split, split};
use host_trainer::evaluate::{Answers, Comparison};
use host_trainer::preset::Preset;
use host_trainer::recordings::Recordings;
use host_trainer::training::{Options, Watch, fit};
use host_trainer::{files, quantise};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [folder, out] = &arguments[..] else { bail!("name the folder of recordings, and one for the model") };
    let judged = train(folder.as_ref(), out.as_ref(), 10)?;
    println!("of {} recordings {:.0} % are right", judged.int8.clips(), 100.0 * judged.int8.wa());
    Ok(())
}

/// Trains, quantises, writes `model.postcard` and judges it.
pub fn train(folder: &Path, out: &Path, epochs: usize) -> anyhow::Result<Comparison> {
    let mut preset = Preset::load("tiny".as_ref())?;
    preset.recipe.epochs = epochs;
    let sources = Sources { paths: vec![folder.to_owned()], ..Sources::default() };
    let recordings = Recordings::load(&sources, preset.front_end.sample_rate, None)?;
    // Where speakers are known, `Split::Speaker` says how good it is for new ones.
    let parts = split(&recordings.clips, &recordings.classes, Split::Random, 1)?;

    let [learnt, validated] = [&parts.train, &parts.validation].map(|part| recordings.training_clips(part));
    let options = Options::new(out, 1);
    let trained = fit(&preset, &recordings.classes, &learnt, &validated, &options, &Watch::default())?;

    let window = preset.front_end.window_samples as usize;
    let blob = quantise::export(&trained.model, &recordings.calibration(&parts.train, window))?;
    files::write_whole(&out.join("model.postcard"), &blob)?;
    let answers = Answers::ask(&trained.model, &blob, &recordings.test_set(&parts.test, window))?;
    Ok(Comparison::from(&answers))
}
