//! The fuzzers' corpora and mutations of them, without a fuzzer: what `tests/fuzz` found stays found.

use std::fs;

use host_trainer::audio;
use parity::fuzz::{self, TARGETS, corpus};
use proptest::prelude::*;
use proptest::sample::Index;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(corpus(target)).expect("every target has a corpus");
    let mut paths: Vec<_> = files.map(|file| file.expect("readable").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("readable")).collect()
}

#[test]
fn holds_of_the_corpora() {
    for (target, run) in TARGETS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "{target}");
        seeds.iter().for_each(|seed| run(seed));
    }
}

/// What a fuzzer does to a seed.
#[derive(Debug, Clone)]
enum Mutation {
    Overwrite(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    CutOff(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        8 => (any::<Index>(), any::<u8>()).prop_map(|(place, value)| Mutation::Overwrite(place, value)),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(place, value)| Mutation::Insert(place, value)),
        2 => any::<Index>().prop_map(Mutation::Remove),
        1 => any::<Index>().prop_map(Mutation::CutOff),
    ]
}

fn apply(bytes: &mut Vec<u8>, mutation: &Mutation) {
    let place = |index: &Index| index.index(bytes.len().max(1));
    match mutation {
        Mutation::Overwrite(index, value) => {
            let place = place(index);
            bytes.get_mut(place).into_iter().for_each(|byte| *byte = *value);
        }
        Mutation::Insert(index, value) => bytes.insert(place(index), *value),
        Mutation::Remove(index) if !bytes.is_empty() => {
            bytes.remove(place(index));
        }
        Mutation::Remove(_) => {}
        Mutation::CutOff(index) => bytes.truncate(place(index)),
    }
}

fn holds_of_mutations(target: &str, run: fn(&[u8]), cases: u32) {
    let strategy = (prop::sample::select(seeds(target)), prop::collection::vec(mutation(), 1..6));
    proptest!(ProptestConfig::with_cases(cases), |((mut bytes, mutations) in strategy)| {
        mutations.iter().for_each(|mutation| apply(&mut bytes, mutation));
        run(&bytes);
    });
}

#[test]
fn holds_of_mutated_blobs() {
    holds_of_mutations("blob", fuzz::blob, 50_000);
}

#[test]
fn holds_of_mutated_models() {
    holds_of_mutations("model", fuzz::model, 50_000);
}

#[test]
fn holds_of_mutated_audio() {
    holds_of_mutations("audio", fuzz::audio, 5_000);
}

#[test]
fn holds_of_mutated_wav_files() {
    holds_of_mutations("wav", fuzz::wav, 50_000);
}

#[test]
fn holds_of_mutated_recordings() {
    holds_of_mutations("recording", fuzz::recording, 5_000);
}

#[test]
fn holds_of_mutated_tflite_files() {
    holds_of_mutations("import", fuzz::import, 20_000);
}

/// The host refuses what it can't read; where both read a file and nothing is resampled, it hears what
/// the device hears.
fn host_and_device_agree(wav: &[u8]) {
    if !wav.starts_with(b"RIFF") {
        return; // Other formats are left to the decoder of their own.
    }
    let Ok(host) = audio::decode(wav.to_vec(), audio::SAMPLE_RATE) else { return };
    if let Some((audio::SAMPLE_RATE, device)) = fuzz::read_wav_on_device(wav, 64) {
        assert_eq!(device, host);
    }
}

#[test]
fn host_and_device_agree_on_wav_files() {
    seeds("wav").iter().for_each(|seed| host_and_device_agree(seed));
    holds_of_mutations("wav", host_and_device_agree, 20_000);
}
