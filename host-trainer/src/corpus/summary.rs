use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use engine::Emotion;

use super::{Clip, Corpus};
use crate::table::table;

/// How many clips there are of each label in each corpus. `Display` draws it as a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The labels that occur: emotions first, in [`Emotion::ALL`]'s order, then the others, sorted.
    pub labels: Vec<String>,
    /// One row a corpus, in their order.
    pub rows: Vec<SummaryRow>,
    /// All corpora together.
    pub total: SummaryRow,
}

/// One row of a [`Summary`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryRow {
    /// The corpus' name, or `total`.
    pub name: String,
    /// Different speakers.
    pub speakers: usize,
    /// Clips.
    pub clips: usize,
    /// Clips of each label, in the order of the summary's.
    pub by_label: Vec<usize>,
}

impl Summary {
    /// Counts clips.
    #[must_use]
    pub fn new(clips: &[Clip]) -> Self {
        let labels = labels(clips);
        let mut corpora = BTreeMap::<&Corpus, Vec<&Clip>>::new();
        clips.iter().for_each(|clip| corpora.entry(&clip.corpus).or_default().push(clip));
        let row = |(corpus, clips): (&Corpus, Vec<&Clip>)| SummaryRow::count(corpus.name(), &labels, clips);
        Self {
            rows: corpora.into_iter().map(row).collect(),
            total: SummaryRow::count("total", &labels, clips),
            labels,
        }
    }
}

fn labels(clips: &[Clip]) -> Vec<String> {
    let order = |label| (Emotion::from_label(label).map_or(usize::MAX, |emotion| emotion as usize), label);
    let found: BTreeSet<(usize, &str)> = clips.iter().map(|clip| order(clip.label.as_str())).collect();
    found.into_iter().map(|(_, label)| label.to_owned()).collect()
}

impl SummaryRow {
    /// Counts clips of some labels.
    pub(crate) fn count<'a>(
        name: &str,
        labels: &[String],
        clips: impl IntoIterator<Item = &'a Clip>,
    ) -> Self {
        let (mut count, mut speakers, mut by_label) = (0, BTreeSet::new(), vec![0; labels.len()]);
        for clip in clips {
            count += 1;
            speakers.insert(clip.voice());
            if let Some(index) = labels.iter().position(|label| *label == clip.label) {
                by_label[index] += 1;
            }
        }
        Self { name: name.to_owned(), speakers: speakers.len(), clips: count, by_label }
    }

    fn cells(&self) -> Vec<String> {
        let counts = [self.speakers, self.clips].into_iter().chain(self.by_label.iter().copied());
        std::iter::once(self.name.clone()).chain(counts.map(|count| count.to_string())).collect()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.labels.iter().map(String::as_str);
        let mut table = table(["corpus", "speakers", "clips"].into_iter().chain(labels));
        table.add_rows(self.rows.iter().chain(std::iter::once(&self.total)).map(SummaryRow::cells));
        table.fmt(f)
    }
}

/// What there is, in a message: `those of a, b`, or `none`.
pub(crate) fn those<'a>(of: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    if names.is_empty() { "none".to_owned() } else { format!("those {of} {}", names.join(", ")) }
}

/// The first few of some names: `a, b, ...`.
pub(super) fn first_of(count: usize, names: impl ExactSizeIterator<Item: fmt::Display>) -> String {
    let more = if names.len() > count { ", ..." } else { "" };
    let named: Vec<String> = names.take(count).map(|name| name.to_string()).collect();
    format!("{}{more}", named.join(", "))
}

/// Who speaks in clips, by corpus: `RAVDESS 05, 12; SAVEE DC`. Of a corpus the first few are named.
pub(crate) fn people(clips: &[Clip]) -> String {
    const NAMED: usize = 10;
    let mut speakers = BTreeMap::<&str, BTreeSet<&str>>::new();
    for clip in clips {
        let name = if clip.has_speaker() { &*clip.speaker } else { "of unknown name" };
        speakers.entry(clip.corpus.name()).or_default().insert(name);
    }
    let of_corpus = |(corpus, speakers): (&str, BTreeSet<&str>)| {
        let count = speakers.len();
        let all = if count > NAMED { format!(" ({count})") } else { String::new() };
        format!("{corpus} {}{all}", first_of(NAMED, speakers.into_iter()))
    };
    speakers.into_iter().map(of_corpus).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_by_corpus() {
        let mut clips = clips(&["DC_sa03.wav", "03-01-02-01-01-01-12.wav", "03-01-02-01-01-01-05.wav"]);
        assert_eq!(people(&clips), "RAVDESS 05, 12; SAVEE DC");
        clips.truncate(1);
        clips[0].speaker = Clip::UNKNOWN_SPEAKER.to_owned();
        assert_eq!(people(&clips), "SAVEE of unknown name");
        let many: Vec<String> = (1..=12).map(|actor| format!("03-01-02-01-01-01-{actor:02}.wav")).collect();
        let many: Vec<_> = many.iter().map(|name| Clip::from_path(name.as_ref()).unwrap()).collect();
        assert_eq!(people(&many), "RAVDESS 01, 02, 03, 04, 05, 06, 07, 08, 09, 10, ... (12)");
    }

    fn clips(paths: &[&str]) -> Vec<Clip> {
        paths.iter().map(|path| Clip::from_path(path.as_ref()).unwrap()).collect()
    }

    #[test]
    fn clips_are_counted_by_corpus_speaker_and_emotion() {
        let summary =
            Summary::new(&clips(&["DC_sa03.wav", "DC_sa04.wav", "JE_n01.wav", "03-01-02-01-01-01-05.wav"]));
        assert_eq!(summary.labels, ["neutral", "calm", "sad"]);
        let [ravdess, savee] = summary.rows.as_slice() else { panic!("{summary}") };
        assert_eq!((savee.name.as_str(), savee.speakers, savee.clips), ("SAVEE", 2, 3));
        assert_eq!(savee.by_label, [1, 0, 2]);
        assert_eq!((ravdess.name.as_str(), ravdess.speakers, ravdess.clips), ("RAVDESS", 1, 1));
        assert_eq!((summary.total.speakers, summary.total.clips), (3, 4));
        assert_eq!(summary.total.by_label, [1, 1, 2]);
    }

    #[test]
    fn speech_and_song_are_of_the_same_people_and_labels_of_one_s_own_come_last() {
        let mut clips =
            clips(&["03-01-02-01-01-01-05.wav", "03-02-02-01-01-01-05.wav", "03-02-02-01-01-01-06.wav"]);
        clips[1].label = "absent-minded".to_owned();
        let summary = Summary::new(&clips);
        assert_eq!(
            (summary.total.speakers, summary.labels),
            (2, vec!["calm".to_owned(), "absent-minded".to_owned()])
        );
    }

    #[test]
    fn the_table_has_a_line_for_each_corpus_and_the_total() {
        let table = Summary::new(&clips(&["DC_sa03.wav", "1001_IEO_ANG_XX.wav"])).to_string();
        let first_words: Vec<_> = table.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();

        assert_eq!(first_words, ["corpus", "CREMA-D", "SAVEE", "total"]);
    }
}
