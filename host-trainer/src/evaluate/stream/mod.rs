//! A model as a product uses it: recordings set in sound that goes on, heard by the engine's listener.

mod heard;
mod scene;
mod score;

use std::collections::BTreeMap;

use engine::Model;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{Surroundings, TestClip, TestSet};
use crate::progress;
use scene::{Kinds, Recorded, Scene};
use score::Record;

pub use heard::HostListener;
pub use scene::Place;
pub use score::{Announced, Found, InPlace, Streamed};

/// Sets each speaker's recordings in a scene of its own, in an order and at times that are drawn but always the same,
/// and lets a listener hear it that does not know the voice. `recordings` are the test clips' whole recordings.
///
/// # Errors
/// The engine refuses the blob.
pub fn stream(
    blob: &[u8],
    test: &TestSet,
    recordings: &[&[i16]],
    noises: &[Vec<i16>],
) -> anyhow::Result<Streamed> {
    let model = Model::from_bytes(blob)?;
    let rate = model.front_end().sample_rate;
    let surroundings = Surroundings { rate, noises };
    let mut speakers = BTreeMap::<_, Vec<(&TestClip, &[i16])>>::new();
    for (clip, &samples) in test.clips.iter().zip(recordings) {
        speakers.entry(clip.source.voice()).or_default().push((clip, samples));
    }
    let speakers: Vec<_> = speakers.into_values().collect();
    let bar = progress::bar(recordings.len(), "listening");
    let records = speakers.par_iter().enumerate().map(|(number, clips)| {
        let others = speakers.iter().enumerate().filter(|(other, _)| *other != number);
        let others: Vec<&[i16]> = others.flat_map(|(_, clips)| clips).map(|clip| clip.1).collect();
        let recorded = clips.iter().map(|&(clip, samples)| Recorded { class: clip.class, samples });
        let mut rng = ChaCha8Rng::seed_from_u64(number as u64);
        let scene = Scene::of(recorded.collect(), &Kinds { surroundings, others: &others }, &mut rng);
        let heard = heard::listen(blob, &scene.samples)?;
        let record = Record::of(&scene, &heard, &heard::answers(&model, &scene.samples));
        bar.inc(clips.len() as u64);
        Ok(record)
    });
    let records: anyhow::Result<Vec<Record>> = records.collect();
    bar.finish_and_clear();
    Ok(Streamed::of(&records?, &test.labels, rate))
}
