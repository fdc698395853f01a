use proptest::prelude::*;

use super::*;
use crate::corpus::{ClassSet, Sex};

/// RAVDESS' speech part: 8 clips of each emotion but 4 of neutral, of each of 24 actors.
fn ravdess_clips() -> Vec<Clip> {
    let mut clips = Vec::new();
    for actor in 1..=24 {
        for emotion in 1..=8 {
            for take in 0..if emotion == 1 { 4 } else { 8 } {
                let [repetition, statement, intensity] = [take % 2 + 1, take / 2 % 2 + 1, take / 4 + 1];
                let name = format!(
                    "03-01-{emotion:02}-{intensity:02}-{statement:02}-{repetition:02}-{actor:02}.wav"
                );
                clips.push(Clip::from_path(name.as_ref()).unwrap());
            }
        }
    }
    clips
}

#[test]
fn every_fourth_speaker_is_held_out_of_those_to_choose_among() {
    let clips = ravdess_clips();
    let speakers = |part: &[usize]| -> BTreeSet<&str> {
        part.iter().map(|&index| clips[index].speaker.as_str()).collect()
    };
    let among = by_test_speakers(
        &clips,
        &ClassSet::Eight.into(),
        Some(&Corpus::new("ravdess")),
        &["01".to_owned(), "12".to_owned()],
    )
    .unwrap()
    .train;
    let held_out = |seed| hold_out_speakers(&clips, &ClassSet::Eight.into(), &among, seed).unwrap();
    let Parts { train, validation, test } = held_out(3);
    assert!(test.is_empty());
    assert_eq!((speakers(&train).len(), speakers(&validation).len()), (17, 5));
    assert!(speakers(&train).is_disjoint(&speakers(&validation)));
    assert_eq!(train.len() + validation.len(), among.len());
    for sex in Sex::ALL {
        assert!(validation.iter().any(|&index| clips[index].sex == Some(sex)));
    }
    assert_eq!(held_out(3).validation, validation);
    assert_ne!(held_out(4).validation, validation);
}

#[test]
fn two_speakers_are_enough_to_hold_one_out_and_one_is_not() {
    let clips = ravdess_clips();
    let of = |speakers: usize| {
        let among: Vec<usize> = (0..60 * speakers).collect();
        hold_out_speakers(&clips, &ClassSet::Eight.into(), &among, 1)
    };
    let parts = of(2).unwrap();
    assert_eq!((parts.train.len(), parts.validation.len()), (60, 60));
    assert!(of(1).unwrap_err().to_string().contains("at least 2 speakers"));
}

/// Six emotions in turn; the speakers have different numbers of clips.
fn crema_d_clips(clips_of_speakers: &[usize]) -> Vec<Clip> {
    let name = |speaker: usize, clip: usize| {
        let emotion = ["ANG", "DIS", "FEA", "HAP", "NEU", "SAD"][clip % 6];
        format!("{}_A{}{}_{emotion}_XX.wav", 1001 + speaker, letter(clip / 26), letter(clip))
    };
    let names = clips_of_speakers
        .iter()
        .enumerate()
        .flat_map(|(speaker, &clips)| (0..clips).map(move |clip| name(speaker, clip)));
    names.map(|name| Clip::from_path(name.as_ref()).unwrap()).collect()
}

fn letter(index: usize) -> char {
    char::from(b'A' + (index % 26) as u8)
}

/// One clip of each of the seven classes for each of these speakers.
fn savee_clips(speakers: &[&str]) -> Vec<Clip> {
    let name = |speaker: &&str, code| Clip::from_path(format!("{speaker}_{code}01.wav").as_ref()).unwrap();
    speakers.iter().flat_map(|s| ["a", "d", "f", "h", "n", "sa", "su"].map(|code| name(s, code))).collect()
}

fn speakers(clips: &[Clip], part: &[usize]) -> BTreeSet<String> {
    part.iter().map(|&index| clips[index].speaker.clone()).collect()
}

fn all(parts: &Parts) -> Vec<usize> {
    let mut all = [parts.train.as_slice(), &parts.validation, &parts.test].concat();
    all.sort_unstable();
    all
}

fn complaint(result: anyhow::Result<Parts>) -> String {
    format!("{:#}", result.unwrap_err())
}

#[test]
fn random_parts_have_the_shares_of_the_original_in_every_class() {
    let clips = ravdess_clips();
    let parts = split(&clips, &ClassSet::Eight.into(), Split::Random, 7).unwrap();
    let count = |part: &[usize], label| part.iter().filter(|&&i| clips[i].label == label).count();
    // 56 %, 14 % and 30 % of 192 clips, and of 96.
    for (label, expected) in [("sad", [108, 26, 58]), ("neutral", [54, 13, 29])] {
        let found = [&parts.train, &parts.validation, &parts.test].map(|part| count(part, label));
        assert_eq!(found, expected);
    }
}

#[test]
fn both_sexes_are_in_every_part() {
    let clips = ravdess_clips();
    for seed in 0..20 {
        let parts = split(&clips, &ClassSet::Seven.into(), Split::Speaker, seed).unwrap();
        for part in [&parts.train, &parts.validation, &parts.test] {
            let men = part.iter().filter(|&&index| clips[index].sex == Some(Sex::Male)).count();
            assert!(0 < men && men < part.len(), "seed {seed}");
        }
    }
}

#[test]
fn every_corpus_is_in_every_part() {
    let clips = [savee_clips(&["DC", "JE", "JK", "KL"]), ravdess_clips(), crema_d_clips(&[80; 91])].concat();
    let parts = split(&clips, &ClassSet::Seven.into(), Split::Speaker, 3).unwrap();
    for part in [&parts.train, &parts.validation, &parts.test] {
        let corpora: BTreeSet<&Corpus> = part.iter().map(|&index| &clips[index].corpus).collect();
        assert_eq!(corpora.len(), 3);
    }
}

#[test]
fn another_seed_gives_another_split() {
    let clips = ravdess_clips();
    for kind in [Split::Speaker, Split::Random] {
        let of_seed = |seed| split(&clips, &ClassSet::Seven.into(), kind, seed).unwrap();
        assert_eq!(of_seed(1), of_seed(1));
        assert_ne!(of_seed(1), of_seed(2));
    }
}

#[test]
fn clips_without_a_class_are_in_no_part() {
    let clips = ravdess_clips();
    let parts = split(&clips, &ClassSet::Six.into(), Split::Speaker, 1).unwrap();
    assert_eq!(all(&parts).len(), 6 * 192);
    assert!(all(&parts).iter().all(|&i| Classes::from(ClassSet::Six).index(&clips[i].label).is_some()));
}

#[test]
fn three_speakers_suffice_and_two_do_not() {
    let parts = split(&savee_clips(&["DC", "JE", "JK"]), &ClassSet::Seven.into(), Split::Speaker, 1).unwrap();
    assert_eq!([parts.train.len(), parts.validation.len(), parts.test.len()], [7, 7, 7]);
    let message = complaint(split(&savee_clips(&["DC", "JE"]), &ClassSet::Seven.into(), Split::Speaker, 1));
    assert!(message.contains("at least 3 speakers, found 2"), "{message}");
}

#[test]
fn a_corpus_without_surprise_can_be_learnt() {
    let clips = crema_d_clips(&[12, 12, 12, 12]);
    let parts = split(&clips, &ClassSet::Seven.into(), Split::Speaker, 1).unwrap();
    assert_eq!(parts.absent(&clips, &ClassSet::Seven.into()), ["surprised"]);
}

#[test]
fn too_few_classes_or_clips_are_explained() {
    let mut clips = crema_d_clips(&[12, 12, 12, 12]);
    clips.retain(|clip| clip.label == "sad");
    let message = complaint(split(&clips, &ClassSet::Seven.into(), Split::Speaker, 1));
    assert!(message.contains("at least 2 classes"), "{message}");
    let message = complaint(split(&savee_clips(&["DC"]), &ClassSet::Seven.into(), Split::Random, 1));
    assert!(message.contains("none is left for"), "{message}");
}

#[test]
fn a_fold_tests_on_exactly_its_speakers_and_learns_from_all_others() {
    let mut clips = ravdess_clips();
    clips.extend(savee_clips(&["DC", "JE"]));
    let fold = ["01", "11", "20", "21"].map(String::from);
    let parts =
        by_test_speakers(&clips, &ClassSet::Eight.into(), Some(&Corpus::new("ravdess")), &fold).unwrap();
    assert_eq!(speakers(&clips, &parts.test), fold.into_iter().collect());
    assert_eq!((parts.test.len(), parts.train.len()), (4 * 60, 20 * 60 + 2 * 7));
    assert_eq!(parts.validation, [] as [usize; 0]);
    assert_eq!(all(&parts), (0..clips.len()).collect::<Vec<_>>());
}

#[test]
fn a_fold_with_unknown_or_all_speakers_is_refused() {
    let clips = ravdess_clips();
    let fold = |speakers: &[String]| {
        complaint(by_test_speakers(&clips, &ClassSet::Eight.into(), Some(&Corpus::new("ravdess")), speakers))
    };
    let message = fold(&["01".into(), "25".into()]);
    assert!(message.contains("RAVDESS speaker 25; there are those of 01, 02"), "{message}");
    let everyone: Vec<String> = (1..=24).map(|actor| format!("{actor:02}")).collect();
    assert!(fold(&everyone).contains("nobody is left to learn from"));
}

/// A song of each emotion of each of these actors.
fn song_clips(actors: &[usize]) -> Vec<Clip> {
    let name = |actor: usize, emotion: usize| format!("03-02-{emotion:02}-01-01-01-{actor:02}.wav");
    let names = actors.iter().flat_map(|&actor| (1..=6).map(move |emotion| name(actor, emotion)));
    names.map(|name| Clip::from_path(name.as_ref()).unwrap()).collect()
}

#[test]
fn who_speaks_and_sings_is_one_person() {
    let mut clips = [ravdess_clips(), song_clips(&[1, 2, 5, 6, 7, 8])].concat();
    let seven = Classes::from(ClassSet::Seven);
    for seed in 0..10 {
        let Parts { train, validation, test } = split(&clips, &seven, Split::Speaker, seed).unwrap();
        let [train, validation, test] = [train, validation, test].map(|part| speakers(&clips, &part));
        assert!(train.is_disjoint(&validation) && train.is_disjoint(&test) && validation.is_disjoint(&test));
    }
    let tested = |clips: &[Clip], corpus: Option<&Corpus>| {
        let Parts { train, test, .. } = by_test_speakers(clips, &seven, corpus, &["05".to_owned()]).unwrap();
        assert!(!speakers(clips, &train).contains("05"));
        test.len()
    };
    assert_eq!(tested(&clips, None), 60 + 6);
    // Folds of the speech part: what its people sing is neither learnt from nor tested on.
    assert_eq!(tested(&clips, Some(&Corpus::new("ravdess"))), 60);
    clips.extend(savee_clips(&["DC"]).into_iter().map(|clip| Clip { speaker: "05".to_owned(), ..clip }));
    let parts = by_test_speakers(&clips, &seven, Some(&Corpus::new("ravdess")), &["05".to_owned()]).unwrap();
    assert!(parts.train.iter().any(|&index| clips[index].corpus == Corpus::new("savee")));
}

proptest! {
    #[test]
    fn speakers_are_in_one_part_and_shares_are_kept(
        counts in prop::collection::vec(1..90usize, 3..40), seed in any::<u64>(),
    ) {
        let mut clips = crema_d_clips(&counts);
        clips.extend(savee_clips(&["DC", "JE", "JK", "KL"]));
        // A small training part may have a single class, which is an error of its own.
        if let Ok(parts) = split(&clips, &ClassSet::Seven.into(), Split::Speaker, seed) {
            let [train, validation, test] =
                [&parts.train, &parts.validation, &parts.test].map(|part| speakers(&clips, part));
            prop_assert!(train.is_disjoint(&validation) && train.is_disjoint(&test));
            prop_assert!(validation.is_disjoint(&test));
            prop_assert_eq!(all(&parts), (0..clips.len()).collect::<Vec<_>>());
            // A part takes a speaker when it lacks at least a clip; it exceeds its share by at most one speaker,
            // beside the first three, who are dealt without looking.
            for (part, share) in [(&parts.train, 0.56), (&parts.validation, 0.14), (&parts.test, 0.30)] {
                prop_assert!(part.len() as f64 <= share * clips.len() as f64 + 90.0);
            }
        }
    }
}
