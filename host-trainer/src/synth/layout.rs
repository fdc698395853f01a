//! Which utterances there are, and the names of their files in the three corpora.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use engine::Emotion;

use super::emotion::Intensity;
use super::sentence::{CREMA_D, RAVDESS, SAVEE, Sentence};
use crate::corpus::Sex;

/// How many clips there are by default: a training run of a few minutes on two cores.
pub const DEFAULT_CLIPS: usize = 800;
/// The most clips: a fifth of them fills SAVEE's 480 names.
pub const MOST_CLIPS: usize = 2400;

/// Speakers of RAVDESS, and as many of CREMA-D.
const ACTORS: usize = 24;

/// The corpora whose folders and names are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `SAVEE/DC/sa03.wav`
    Savee,
    /// `RAVDESS/Actor_07/03-01-05-02-01-01-07.wav`
    Ravdess,
    /// `CREMA-D/1001_IEO_ANG_XX.wav`
    CremaD,
}

/// Something a speaker says, and the file it is written to.
#[derive(Debug, Clone, PartialEq)]
pub struct Utterance {
    layout: Layout,
    /// Counted from 0 within the layout.
    speaker: usize,
    emotion: Emotion,
    intensity: Intensity,
    sentence: Sentence,
    /// Counted from 0 within the layout, however many are made.
    number: usize,
    path: PathBuf,
}

impl Utterance {
    /// Where it is written, relative to the folder of the built-in corpus.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The layout that it follows.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The emotion it expresses.
    #[must_use]
    pub fn emotion(&self) -> Emotion {
        self.emotion
    }

    /// Samples per second, as in that corpus's recordings.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        match self.layout {
            Layout::Savee => 44_100,
            Layout::Ravdess => 48_000,
            Layout::CremaD => 16_000,
        }
    }

    pub(super) fn intensity(&self) -> Intensity {
        self.intensity
    }

    pub(super) fn sentence(&self) -> Sentence {
        self.sentence
    }

    /// SAVEE's speakers are men; in RAVDESS odd actors are, and in CREMA-D's part here.
    pub(super) fn sex(&self) -> Sex {
        if self.layout == Layout::Savee || self.speaker.is_multiple_of(2) { Sex::Male } else { Sex::Female }
    }

    /// The random numbers of this utterance.
    pub(super) fn stream(&self) -> u64 {
        (self.layout as u64) << 32 | self.number as u64
    }

    /// The random numbers of its speaker.
    pub(super) fn speaker_stream(&self) -> u64 {
        1 << 63 | (self.layout as u64) << 32 | self.speaker as u64
    }
}

/// The first so many utterances: a fifth in SAVEE's layout, the others half in RAVDESS's, half in
/// CREMA-D's; in each as many of every emotion and from every speaker as there can be.
///
/// # Errors
/// When there are not so many, or none are asked for.
pub fn utterances(clips: usize) -> anyhow::Result<Vec<Utterance>> {
    ensure!(
        (1..=MOST_CLIPS).contains(&clips),
        "the built-in corpus has 1 to {MOST_CLIPS} clips, not {clips}"
    );
    let savee_clips = clips / 5;
    let ravdess_clips = 2 * clips / 5;
    let crema_d_clips = clips - savee_clips - ravdess_clips;
    Ok(savee()
        .take(savee_clips)
        .chain(ravdess().take(ravdess_clips))
        .chain(crema_d().take(crema_d_clips))
        .collect())
}

/// `SAVEE/DC/sa03.wav`: 15 sentences for every speaker and emotion, 30 for neutral.
fn savee() -> impl Iterator<Item = Utterance> {
    const SPEAKERS: [&str; 4] = ["DC", "JE", "JK", "KL"];
    const LETTERS: [(&str, Emotion); 7] = [
        ("n", Emotion::Neutral),
        ("a", Emotion::Angry),
        ("d", Emotion::Disgust),
        ("f", Emotion::Fearful),
        ("h", Emotion::Happy),
        ("sa", Emotion::Sad),
        ("su", Emotion::Surprised),
    ];
    turns(SPEAKERS.len(), LETTERS.len())
        .take_while(|turn| turn.take < 30)
        .filter(|turn| turn.take < 15 || turn.emotion == 0)
        .enumerate()
        .map(|(number, turn)| {
            let (letter, emotion) = LETTERS[turn.emotion];
            let name = format!("SAVEE/{}/{letter}{:02}.wav", SPEAKERS[turn.speaker], turn.take + 1);
            Utterance {
                layout: Layout::Savee,
                speaker: turn.speaker,
                emotion,
                intensity: Intensity::Normal,
                sentence: SAVEE[turn.take % SAVEE.len()],
                number,
                path: name.into(),
            }
        })
}

/// `RAVDESS/Actor_07/03-01-05-02-01-01-07.wav`: two intensities, two statements, two repetitions; neutral is
/// never strong.
fn ravdess() -> impl Iterator<Item = Utterance> {
    turns(ACTORS, RAVDESS_EMOTIONS.len())
        .take_while(|turn| turn.take < 8)
        .filter(|turn| turn.take % 2 == 0 || turn.emotion != 0)
        .enumerate()
        .map(|(number, turn)| {
            let strong = turn.take % 2;
            let statement = (turn.take / 2 + turn.speaker / 2) % 2;
            let repetition = turn.take / 4;
            let actor = turn.speaker + 1;
            let name = format!(
                "RAVDESS/Actor_{actor:02}/03-01-{:02}-{:02}-{:02}-{:02}-{actor:02}.wav",
                turn.emotion + 1,
                strong + 1,
                statement + 1,
                repetition + 1,
            );
            Utterance {
                layout: Layout::Ravdess,
                speaker: turn.speaker,
                emotion: RAVDESS_EMOTIONS[turn.emotion],
                intensity: if strong == 1 { Intensity::Strong } else { Intensity::Normal },
                sentence: RAVDESS[statement],
                number,
                path: name.into(),
            }
        })
}

/// In the order of their numbers in RAVDESS's names.
const RAVDESS_EMOTIONS: [Emotion; 8] = [
    Emotion::Neutral,
    Emotion::Calm,
    Emotion::Happy,
    Emotion::Sad,
    Emotion::Angry,
    Emotion::Fearful,
    Emotion::Disgust,
    Emotion::Surprised,
];

/// `CREMA-D/1001_IEO_ANG_XX.wav`: twelve sentences.
fn crema_d() -> impl Iterator<Item = Utterance> {
    const CODES: [(&str, Emotion); 6] = [
        ("NEU", Emotion::Neutral),
        ("ANG", Emotion::Angry),
        ("DIS", Emotion::Disgust),
        ("FEA", Emotion::Fearful),
        ("HAP", Emotion::Happy),
        ("SAD", Emotion::Sad),
    ];
    turns(ACTORS, CODES.len()).take_while(|turn| turn.take < CREMA_D.len()).enumerate().map(
        |(number, turn)| {
            let (code, emotion) = CODES[turn.emotion];
            let (sentence_code, sentence) = CREMA_D[(turn.take + turn.speaker) % CREMA_D.len()];
            let name = format!("CREMA-D/{}_{sentence_code}_{code}_XX.wav", 1001 + turn.speaker);
            Utterance {
                layout: Layout::CremaD,
                speaker: turn.speaker,
                emotion,
                intensity: Intensity::Normal,
                sentence,
                number,
                path: name.into(),
            }
        },
    )
}

/// Who speaks with which emotion, and for the how manieth time.
struct Turn {
    speaker: usize,
    emotion: usize,
    take: usize,
}

/// Every speaker in turn, the emotion moving on by one each time, so that any number of turns is balanced.
fn turns(speakers: usize, emotions: usize) -> impl Iterator<Item = Turn> {
    (0..).map(move |turn| {
        let (round, speaker) = (turn / speakers, turn % speakers);
        Turn { speaker, emotion: (round + speaker) % emotions, take: round / emotions }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use proptest::prelude::*;

    use super::*;
    use crate::corpus::Clip;

    #[test]
    fn the_readers_agree_with_every_name() {
        for utterance in utterances(MOST_CLIPS).unwrap() {
            let clip = Clip::from_path(utterance.path()).unwrap();
            let expected = match utterance.layout {
                Layout::Savee => "savee",
                Layout::Ravdess => "ravdess",
                Layout::CremaD => "crema-d",
            };
            let found = (clip.corpus.id(), clip.label.as_str());
            assert_eq!(found, (expected, utterance.emotion.label()), "{:?}", clip.path);
        }
    }

    #[test]
    fn the_layouts_have_as_many_names_as_the_corpora_have_recordings() {
        assert_eq!(savee().count(), 480);
        assert_eq!(ravdess().count(), 1440);
        assert_eq!(MOST_CLIPS / 5, 480);
    }

    #[test]
    fn no_name_comes_twice() {
        let all = utterances(MOST_CLIPS).unwrap();
        let names: HashSet<&Path> = all.iter().map(Utterance::path).collect();
        assert_eq!(names.len(), MOST_CLIPS);
    }

    proptest! {
        #[test]
        fn as_many_as_asked_for_and_emotions_balanced(clips in 1..=DEFAULT_CLIPS) {
            let utterances = utterances(clips).unwrap();
            prop_assert_eq!(utterances.len(), clips);
            // CREMA-D's names put no limit on neutral, so every emotion comes equally often there.
            let mut counts = BTreeMap::new();
            for utterance in utterances.iter().filter(|utterance| utterance.layout == Layout::CremaD) {
                *counts.entry(utterance.emotion).or_insert(0) += 1;
            }
            let (least, most) = (counts.values().min().unwrap(), counts.values().max().unwrap());
            prop_assert!(counts.len() < 6 || most - least <= 4, "{:?}", counts);
        }
    }
}
