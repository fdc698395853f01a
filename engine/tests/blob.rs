//! What the envelope lets through.
#![cfg(all(feature = "std", feature = "unstable"))]

mod common;

use std::num::NonZeroU16;

use common::{every_operator, loud, weighted};
use proptest::prelude::*;
use prosodia::blob::{HEADER_BYTES, MelScale, Op, Placement, RECORD_BYTES, WriteError, reseal};
use prosodia::kernels::conv2d_scratch_bytes;
use prosodia::model::Run;
use prosodia::{Classifier, LoadError, Model, NotReady, Session, arena_bytes};

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

#[test]
fn a_model_says_what_was_written() -> Result {
    for body in [every_operator(), loud()] {
        let blob = body.to_bytes()?;
        let model = Model::from_bytes(&blob)?;
        assert_eq!(model.name(), body.name);
        assert_eq!(model.labels().iter().collect::<Vec<_>>(), body.labels.as_slice());
        assert_eq!(Some(*model.front_end()), body.front_end);
        assert_eq!(model.network().tensor(0), Some(body.input));
        assert_eq!(model.network().layers().collect::<Vec<_>>(), body.layers.as_slice());
    }
    Ok(())
}

#[test]
fn what_does_not_fit_its_shape_is_not_written() {
    let mut body = every_operator();
    body.layers[3].input = 9;
    assert!(body.to_bytes().is_ok(), "whether it makes sense is judged when it is read");
    body = loud();
    body.input.height = 2;
    assert_eq!(body.to_bytes(), Err(WriteError::FilterLength { layer: 0 }));
}

#[test]
fn every_truncation_is_refused() -> Result {
    let blob = every_operator().to_bytes()?;
    for length in 0..blob.len() {
        assert_eq!(Model::from_bytes(&blob[..length]).err(), Some(LoadError::Truncated), "{length} bytes");
    }
    Ok(())
}

#[test]
fn trailing_bytes_are_refused() -> Result {
    let mut blob = loud().to_bytes()?;
    blob.push(0);
    assert_eq!(Model::from_bytes(&blob).err(), Some(LoadError::TrailingBytes));
    Ok(())
}

#[test]
fn every_flipped_bit_is_refused_for_what_it_spoils() -> Result {
    let blob = every_operator().to_bytes()?;
    for bit in 0..blob.len() * 8 {
        let mut flipped = blob.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let error = Model::from_bytes(&flipped).err();
        let as_expected = match bit / 8 {
            0..4 => error == Some(LoadError::NotABlob),
            4..6 => matches!(error, Some(LoadError::UnsupportedVersion { found }) if found != 3),
            8..12 => matches!(error, Some(LoadError::Truncated | LoadError::TrailingBytes)),
            _ => error == Some(LoadError::Corrupt),
        };
        assert!(as_expected, "bit {bit}: {error:?}");
    }
    Ok(())
}

#[test]
fn another_version_is_named() -> Result {
    let mut blob = loud().to_bytes()?;
    blob[4] = 1;
    let error = Model::from_bytes(&blob).err();
    assert_eq!(error, Some(LoadError::UnsupportedVersion { found: 1 }));
    assert_eq!(arena_bytes(&blob), 0);
    Ok(())
}

#[test]
fn a_corner_at_0_hz_does_not_decode() {
    let scale = |corner| postcard::from_bytes(&[1, corner]);
    assert_eq!(scale(1), Ok(MelScale::Logarithmic { corner_hz: NonZeroU16::MIN }));
    assert!(scale(0).is_err());
}

/// The header's arena is what is needed: no byte less.
#[test]
fn an_arena_too_small_says_what_suffices() -> Result {
    let blob = loud().to_bytes()?;
    // A spectrum of 512 and one band, with one to spare, of 4 bytes, aligned; a frame of one band; two results.
    let needed = 514 * 4 + 8 + 24;
    assert_eq!(arena_bytes(&blob), needed);
    let too_small = LoadError::ArenaTooSmall { needed, available: 2087 };
    assert_eq!(Classifier::<2087>::new().load(&blob), Err(too_small));
    assert_eq!(Classifier::<2088>::new().load(&blob), Ok(()));
    Ok(())
}

#[test]
fn no_model_too_small_an_arena_and_too_short_a_recording_are_told_apart() -> Result {
    let blob = loud().to_bytes()?;
    let mut session = Session::new();
    let mut arena = vec![0; arena_bytes(&blob)];
    assert_eq!(session.push(&[0], &mut arena, |_| ()), Err(NotReady::NoModel));
    assert_eq!(session.latest().err(), Some(NotReady::NoModel));
    session.load(&blob, &mut arena)?;
    let needed = arena.len();
    let too_small = NotReady::ArenaTooSmall { needed, available: 7 };
    assert_eq!(session.push(&[0], &mut arena[..7], |_| ()), Err(too_small));
    assert_eq!(session.finish(&mut arena[..7]).err(), Some(too_small));
    // Three frames, of which the last one is centred on sample 512 and reaches to 768.
    for (samples, missing) in [(0, 768), (1, 767), (256, 511), (510, 1)] {
        session.push(&vec![0; samples], &mut arena, |_| ())?;
        assert_eq!(session.latest().err(), Some(NotReady::Samples { missing }));
    }
    session.push(&[0], &mut arena, |_| ())?;
    assert_eq!(session.latest()?.label(), "quiet");
    Ok(())
}

/// Runs a model that was accepted, unless a mutation made it too large to be worth it.
fn run_if_small(model: &Model<'_>, fill: i8) {
    let macs: u64 = (0..model.network().len()).map(|layer| model.network().macs(layer)).sum();
    let bytes = model.layout().arena_bytes();
    if macs < 1 << 24 && bytes < 1 << 20 {
        let mut arena = vec![!fill; bytes];
        let mut run = Run::new(*model, &mut arena);
        let mut answered = false;
        for _ in 0..model.frames() {
            answered |= run.push(|row| row.fill(fill), |_| ());
        }
        answered |= run.finish(|_| ());
        assert!(answered);
        assert_eq!(run.scores().len(), model.labels().len());
        assert_eq!(run.answer().len(), model.labels().len());
    }
}

/// Where a model's records put each tensor.
fn places(model: &Model<'_>) -> Vec<Placement> {
    (0..=model.network().len()).filter_map(|tensor| model.network().placement(tensor)).collect()
}

/// A blob whose records put tensors elsewhere, and whose header announces the arena that this takes.
fn put(blob: &[u8], places: &[Placement]) -> Vec<u8> {
    let model = Model::from_bytes(blob).unwrap();
    let mut altered = blob.to_vec();
    let metadata = u32::from_le_bytes(*blob[24..].first_chunk().unwrap()) as usize;
    let records = HEADER_BYTES + metadata.next_multiple_of(4);
    let (mut state, mut workspace) = (0, model.layout().workspace_bytes as u64);
    for (tensor, place) in places.iter().enumerate() {
        let record = &mut altered[records + RECORD_BYTES * tensor..][..RECORD_BYTES];
        record[10..12].copy_from_slice(&place.history.to_le_bytes());
        for (field, offset) in [place.state, place.workspace, place.scratch].into_iter().enumerate() {
            record[44 + 4 * field..][..4].copy_from_slice(&offset.to_le_bytes());
        }
        let row = model.network().tensor(tensor).unwrap().row_len() as u64;
        let kept = row * u64::from(place.history);
        let scratch = tensor.checked_sub(1).and_then(|layer| scratch_bytes(&model, layer));
        let scratch_end = scratch.map_or(0, |length| u64::from(place.scratch) + length);
        state = state.max(u64::from(place.state) + kept);
        workspace = workspace.max(u64::from(place.workspace) + kept + row).max(scratch_end);
    }
    let arena =
        state.next_multiple_of(8) + model.layout().feature_bytes as u64 + workspace.next_multiple_of(8);
    altered[20..24].copy_from_slice(&u32::try_from(arena).unwrap_or(u32::MAX).to_le_bytes());
    reseal(&mut altered);
    altered
}

fn scratch_bytes(model: &Model<'_>, layer: usize) -> Option<u64> {
    let layer = model.network().layer(layer)?;
    let Op::Conv2d { window, .. } = layer.op else { return None };
    let channels = model.network().tensor(layer.input.into())?.channels;
    let taps = window.kernel.map(usize::from).iter().product::<usize>() * usize::from(channels);
    Some(conv2d_scratch_bytes(taps) as u64)
}

/// Every row of every tensor, as they are computed from a window.
fn rows(model: &Model<'_>, fill: i8) -> Vec<(usize, Vec<i8>)> {
    let mut rows = Vec::new();
    let mut arena = vec![!fill; model.layout().arena_bytes()];
    let mut run = Run::new(*model, &mut arena);
    for row in 0..2 * model.frames() {
        run.push(
            |values| values.fill(fill.wrapping_mul(row as i8)),
            |row| rows.push((row.tensor, row.values.to_vec())),
        );
    }
    run.finish(|row| rows.push((row.tensor, row.values.to_vec())));
    rows
}

#[test]
fn a_plan_that_is_not_sound_is_refused() -> Result {
    let blob = every_operator().to_bytes()?;
    let places = places(&Model::from_bytes(&blob)?);
    assert_eq!(put(&blob, &places), blob);
    type Spoil = fn(&mut [Placement]);
    let cases: [(&str, Spoil); 8] = [
        ("a row too few is kept", |p| p[0].history -= 1),
        ("a row too many is kept", |p| p[0].history += 1),
        ("an answer that is not kept", |p| p[8].history = 0),
        ("kept rows over others", |p| p[0].state = p[1].state),
        ("kept rows over others' last byte", |p| p[0].state = p[1].state + u32::from(p[1].history) * 8 - 1),
        ("an output over the input", |p| p[1].workspace = p[0].workspace),
        ("scratch memory over the input", |p| p[1].scratch = p[0].workspace),
        ("scratch memory over the output", |p| p[1].scratch = p[1].workspace),
    ];
    for (name, alter) in cases {
        let mut altered = places.clone();
        alter(&mut altered);
        assert_eq!(Model::from_bytes(&put(&blob, &altered)).err(), Some(LoadError::Plan), "{name}");
    }
    Ok(())
}

/// A range without bytes that lies within another one is no reason to compute nothing.
#[test]
fn a_place_that_an_operator_does_not_use_is_ignored() -> Result {
    let blob = every_operator().to_bytes()?;
    let original = Model::from_bytes(&blob)?;
    for tensor in (0..9).filter(|&tensor| tensor != 1) {
        let mut places = places(&original);
        places[tensor].scratch = places[tensor].workspace + 1;
        assert_eq!(rows(&Model::from_bytes(&put(&blob, &places))?, 5), rows(&original, 5), "tensor {tensor}");
    }
    Ok(())
}

#[test]
fn a_header_that_says_other_than_the_rest_is_refused() -> Result {
    let blob = every_operator().to_bytes()?;
    // The sample rate, and the arena: a byte more, 256 more.
    for byte in [16, 20, 21] {
        let mut altered = blob.clone();
        altered[byte] += 1;
        reseal(&mut altered);
        assert_eq!(Model::from_bytes(&altered).err(), Some(LoadError::Plan), "byte {byte}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 8 } else { 4096 }))]

    /// Whatever a plan is, nothing but where things lie depends on it.
    #[test]
    fn an_altered_plan_is_refused_or_computes_the_same(
        changes in proptest::collection::vec(
            (any::<prop::sample::Index>(), 0..16, prop_oneof![8 => 0u32..4000, 1 => any::<u32>()]),
            1..4,
        ),
        fill: i8,
    ) {
        let blob = every_operator().to_bytes()?;
        let original = Model::from_bytes(&blob).unwrap();
        let mut places = places(&original);
        for (tensor, field, value) in changes {
            let place = tensor.get_mut(&mut places);
            match field {
                0 => place.history = value as u16,
                1..6 => place.state = value,
                6..11 => place.workspace = value,
                _ => place.scratch = value,
            }
        }
        match Model::from_bytes(&put(&blob, &places)) {
            Ok(model) if model.layout().arena_bytes() < 1 << 20 => {
                prop_assert_eq!(rows(&model, fill), rows(&original, fill));
            }
            Ok(_) => {}
            Err(error) => prop_assert_eq!(error, LoadError::Plan),
        }
    }

    #[test]
    fn an_altered_blob_with_a_right_checksum_is_refused_or_runs(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), fill: i8
    ) {
        let mut blob = every_operator().to_bytes()?;
        for (place, value) in changes {
            *place.get_mut(&mut blob[HEADER_BYTES..]) = value;
        }
        reseal(&mut blob);
        if let Ok(model) = Model::from_bytes(&blob) {
            run_if_small(&model, fill);
        }
    }

    #[test]
    fn any_bytes_are_refused_or_run(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut blob = loud().to_bytes()?;
        blob.truncate(HEADER_BYTES);
        blob.extend(body);
        reseal(&mut blob);
        if let Ok(model) = Model::from_bytes(&blob) {
            run_if_small(&model, 0);
        }
    }
}

/// The models that the documentation's examples and the fuzzers load.
#[test]
fn the_files_of_models_are_these_blobs() -> Result {
    for (name, body) in [("loud", loud()), ("every_operator", every_operator()), ("weighted", weighted())] {
        let path = format!("{}/tests/data/{name}.postcard", env!("CARGO_MANIFEST_DIR"));
        let blob = body.to_bytes()?;
        if std::env::var_os("REFRESH_MODELS").is_some() {
            std::fs::write(&path, &blob)?;
        }
        assert_eq!(std::fs::read(&path)?, blob, "REFRESH_MODELS=1 writes {path} anew");
    }
    Ok(())
}
