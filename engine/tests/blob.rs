//! What the envelope lets through.

mod common;

use std::num::NonZeroU16;

use common::{every_operator, loud};
use engine::blob::{HEADER_BYTES, MelScale, WriteError, reseal};
use engine::model::Run;
use engine::{Classifier, LoadError, Model, NotReady, Session, arena_bytes};
use proptest::prelude::*;

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

#[test]
fn a_model_says_what_was_written() -> Result {
    for body in [every_operator(), loud()] {
        let blob = body.to_bytes()?;
        let model = Model::from_bytes(&blob)?;
        assert_eq!(model.name(), body.name);
        assert_eq!(model.labels().iter().collect::<Vec<_>>(), body.labels.as_slice());
        assert_eq!(*model.front_end(), body.front_end);
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
        assert_eq!(run.probabilities().len(), model.labels().len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 8 } else { 4096 }))]

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
    for (name, body) in [("loud", loud()), ("every_operator", every_operator())] {
        let path = format!("{}/tests/data/{name}.postcard", env!("CARGO_MANIFEST_DIR"));
        let blob = body.to_bytes()?;
        if std::env::var_os("REFRESH_MODELS").is_some() {
            std::fs::write(&path, &blob)?;
        }
        assert_eq!(std::fs::read(&path)?, blob, "REFRESH_MODELS=1 writes {path} anew");
    }
    Ok(())
}

/// The bytes of the worked example on the format's page: pairs of hexadecimal digits at the start of a line.
fn bytes_on_the_page() -> Vec<u8> {
    let page = include_str!("../../docs/blob-format.md");
    let example = page.split("```").find_map(|block| block.strip_prefix("hexdump\n")).unwrap_or_default();
    let pairs = |line: &'static str| {
        let bytes = line.split(' ').map_while(|pair| match pair.len() {
            2 => u8::from_str_radix(pair, 16).ok(),
            _ => None,
        });
        bytes.collect::<Vec<_>>()
    };
    example.lines().flat_map(pairs).collect()
}

#[test]
fn the_example_on_the_page_is_this_blob() -> Result {
    let blob = bytes_on_the_page();
    assert_eq!(blob, loud().to_bytes()?);
    let model = Model::from_bytes(&blob)?;
    let mut arena = vec![0; model.layout().arena_bytes()];
    let mut run = Run::new(model, &mut arena);
    // 3 * 40 * 100 + 100 and 3 * -40 * 100 - 100, times 2^-8, from a zero point of 3.
    for _ in 0..3 {
        run.push(|row| row.fill(100), |_| ());
    }
    assert_eq!(run.scores(), [50, -44]);
    Ok(())
}
