use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;
use walkdir::WalkDir;

use crate::audio::{self, Loaded};
use crate::cache::Cache;
use crate::corpus::{self, Classes, Clip, Parts, Split, Summary};
use crate::files::Lock;
use crate::preset::Preset;
use crate::training::{Example, Options, Trained, fit};

#[derive(Debug, Args)]
pub(super) struct Train {
    /// Folder of recordings, searched at any depth; may be given more than once.
    #[arg(long, value_name = "DIR")]
    data: Vec<PathBuf>,
    /// Folder for the model, its figures and the checkpoint.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// Front end, network and recipe.
    #[arg(long, value_name = "NAME", default_value = Preset::ALL[0].name,
          value_parser = PossibleValuesParser::new(Preset::ALL.map(|preset| preset.name)))]
    preset: String,
    /// The emotions to tell apart.
    #[arg(long, value_enum, default_value_t)]
    classes: Classes,
    /// How recordings are shared out; the figures of a random split are inflated.
    #[arg(long, value_enum, default_value_t)]
    split: Split,
    /// Seed of all randomness.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Most passes over the training clips; the preset's own number if left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    epochs: Option<u32>,
    /// Go on from the checkpoint in the output folder.
    #[arg(long)]
    resume: bool,
    /// Folder of noise recordings to disturb training clips with; noise is made if left out.
    #[arg(long, value_name = "DIR")]
    noise: Option<PathBuf>,
}

/// Recordings that have a class and can be read.
struct Recordings {
    clips: Vec<Clip>,
    samples: Vec<Vec<i16>>,
}

impl Train {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let mut preset = Preset::named(&self.preset).context("no such preset")?;
        preset.recipe.epochs = self.epochs.map_or(preset.recipe.epochs, |epochs| epochs as usize);
        let _lock = Lock::take(&self.out)?;
        let recordings = Recordings::load(&self.data, self.classes)?;
        let parts = corpus::split(&recordings.clips, self.classes, self.split, self.seed)?;
        let Parts { train, validation, test } = &parts;
        eprintln!(
            "{} clips to train on, {} to validate, {} to test",
            train.len(),
            validation.len(),
            test.len()
        );

        let options = Options {
            out: self.out.clone(),
            seed: self.seed,
            resume: self.resume,
            noises: self.noise.as_deref().map(load_noises).transpose()?.unwrap_or_default(),
        };
        let [train, validation] = [train, validation].map(|part| recordings.examples(part, self.classes));
        let Trained { history, best_epoch, .. } = fit(&preset, self.classes, &train, &validation, &options)?;
        let best = &history[best_epoch];
        eprintln!(
            "best after epoch {}: validation accuracy {:.1} %",
            best_epoch + 1,
            100.0 * best.validation_accuracy
        );
        // To be joined here: quantisation, evaluation on the test clips, report.
        Ok(())
    }
}

impl Recordings {
    /// Finds and decodes what is in the folders. What can't be used is named and left out.
    fn load(folders: &[PathBuf], classes: Classes) -> anyhow::Result<Self> {
        let mut scan = corpus::scan(folders)?;
        for path in &scan.unknown {
            eprintln!("left out, its name says no emotion: {}", path.display());
        }
        scan.clips.retain(|clip| classes.index(clip.emotion).is_some());
        let Loaded { samples, broken } = audio::load_all(&scan.clips, &Cache::open());
        for recording in &broken {
            eprintln!("left out: {}", recording.reason);
        }
        let (indices, samples): (Vec<usize>, Vec<_>) = samples.into_iter().unzip();
        let clips: Vec<Clip> = indices.into_iter().map(|index| scan.clips[index].clone()).collect();
        eprintln!("{}", Summary::new(&clips));
        Ok(Self { clips, samples })
    }

    fn examples(&self, part: &[usize], classes: Classes) -> Vec<Example> {
        let example = |&index: &usize| {
            let class = classes.index(self.clips[index].emotion)?;
            Some(Example { samples: self.samples[index].clone(), class })
        };
        part.iter().filter_map(example).collect()
    }
}

/// Every recording in a folder, at any depth. What can't be decoded is named and left out.
fn load_noises(folder: &Path) -> anyhow::Result<Vec<Vec<i16>>> {
    let mut noises = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.with_context(|| format!("cannot search folder {}", folder.display()))?;
        if entry.file_type().is_file() {
            match audio::load(entry.path()) {
                Ok(samples) => noises.push(samples),
                Err(error) => eprintln!("left out: {error:#}"),
            }
        }
    }
    ensure!(!noises.is_empty(), "no recordings of noise in {}", folder.display());
    Ok(noises)
}
