//! The fuzzers' corpora and mutations of them, without a fuzzer: what `tests/fuzz` found stays found.

use std::fs;

use parity::fuzz::{TARGETS, corpus};
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

fn holds_of_mutations(name: &str, cases: u32) {
    let (target, run) = TARGETS.into_iter().find(|(target, _)| *target == name).expect("a target");
    let strategy = (prop::sample::select(seeds(target)), prop::collection::vec(mutation(), 1..6));
    proptest!(ProptestConfig::with_cases(cases), |((mut bytes, mutations) in strategy)| {
        mutations.iter().for_each(|mutation| apply(&mut bytes, mutation));
        run(&bytes);
    });
}

#[test]
fn holds_of_mutated_blobs() {
    holds_of_mutations("blob", 50_000);
}

#[test]
fn holds_of_mutated_models() {
    holds_of_mutations("model", 50_000);
}

#[test]
fn holds_of_mutated_audio() {
    holds_of_mutations("audio", 5_000);
}

#[test]
fn holds_of_mutated_wav_files() {
    holds_of_mutations("wav", 5_000);
}
