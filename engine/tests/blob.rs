//! What the envelope lets through.

mod common;

use std::num::NonZeroU16;

use common::{every_operator, smallest};
use engine::blob::{Body, HEADER_BYTES, MelScale, seal_envelope};
use engine::{Classifier, LoadError, Model};
use proptest::prelude::*;

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

#[test]
fn a_body_comes_back_as_it_was_written() -> Result {
    for body in [every_operator(), smallest()] {
        assert_eq!(Body::from_bytes(&body.to_bytes()?)?, body);
    }
    Ok(())
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
    let mut blob = smallest().to_bytes()?;
    blob.push(0);
    assert_eq!(Model::from_bytes(&blob).err(), Some(LoadError::TrailingBytes));
    Ok(())
}

#[test]
fn bytes_behind_the_body_but_inside_the_envelope_are_refused() -> Result {
    let mut body = smallest().to_bytes()?.split_off(HEADER_BYTES);
    body.push(0);
    assert_eq!(Model::from_bytes(&seal_envelope(&body)).err(), Some(LoadError::Malformed));
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
            4..6 => matches!(error, Some(LoadError::UnsupportedVersion { found }) if found != 1),
            8..12 => matches!(error, Some(LoadError::Truncated | LoadError::TrailingBytes)),
            _ => error == Some(LoadError::Corrupt),
        };
        assert!(as_expected, "bit {bit}: {error:?}");
    }
    Ok(())
}

#[test]
fn another_version_is_named() -> Result {
    let mut blob = smallest().to_bytes()?;
    blob[4] = 1;
    let error = Model::from_bytes(&blob).err();
    assert_eq!(error, Some(LoadError::UnsupportedVersion { found: 1 }));
    Ok(())
}

#[test]
fn a_corner_at_0_hz_does_not_decode() {
    let scale = |corner| postcard::from_bytes(&[1, corner]);
    assert_eq!(scale(1), Ok(MelScale::Logarithmic { corner_hz: NonZeroU16::MIN }));
    assert!(scale(0).is_err());
}

/// A window of 4 bands by 5 frames takes 40 bytes; the network needs less than the front end, whose spectrum of 512
/// and power of 4 bands, with one to spare, are of 4 bytes.
#[test]
fn an_arena_too_small_says_what_suffices() -> Result {
    let blob = every_operator().to_bytes()?;
    let too_small = LoadError::ArenaTooSmall { needed: 2108, available: 2107 };
    assert_eq!(Classifier::<2107>::new().load(&blob), Err(too_small));
    assert_eq!(Classifier::<2108>::new().load(&blob), Ok(()));
    Ok(())
}

#[test]
fn nothing_is_computed_in_a_shorter_arena() -> Result {
    let blob = every_operator().to_bytes()?;
    let model = Model::from_bytes(&blob)?;
    let mut scratch = vec![77; model.plan().scratch_bytes() - 1];
    model.run(&mut scratch, |_, row| row.fill(0));
    assert!(scratch.iter().all(|&byte| byte == 77));
    Ok(())
}

/// Runs a model that was accepted, unless a mutation made it too large to be worth it.
fn run_if_small(model: &Model<'_>, fill: i8) {
    let macs: u64 = (0..model.layers().len()).map(|layer| model.body().macs(layer)).sum();
    let bytes = model.plan().scratch_bytes();
    if macs < 1 << 24 && bytes < 1 << 20 {
        let mut scratch = vec![!fill; bytes];
        model.run(&mut scratch, |_, row| row.fill(fill));
        assert_eq!(model.scores(&scratch).len(), model.labels().len());
        assert_eq!(model.probabilities(&scratch).len(), model.labels().len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 8 } else { 4096 }))]

    #[test]
    fn an_altered_body_with_a_right_checksum_is_refused_or_runs(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), fill: i8
    ) {
        let mut body = every_operator().to_bytes()?.split_off(HEADER_BYTES);
        for (place, value) in changes {
            *place.get_mut(&mut body) = value;
        }
        if let Ok(model) = Model::from_bytes(&seal_envelope(&body)) {
            run_if_small(&model, fill);
        }
    }

    #[test]
    fn any_bytes_are_refused_or_run(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(model) = Model::from_bytes(&seal_envelope(&body)) {
            run_if_small(&model, 0);
        }
    }
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
    assert_eq!(blob, smallest().to_bytes()?);
    let model = Model::from_bytes(&blob)?;
    let mut scratch = vec![0; model.plan().scratch_bytes()];
    model.run(&mut scratch, |_, row| row.fill(3));
    assert_eq!(model.scores(&scratch), [5, 1]);
    assert_eq!(model.probabilities(&scratch), [59, -59]);
    Ok(())
}
