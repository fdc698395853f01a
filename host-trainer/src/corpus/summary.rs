use std::collections::BTreeSet;
use std::fmt;

use comfy_table::{CellAlignment, Table, presets};
use engine::Emotion;

use super::{Clip, Corpus};

/// How many clips there are of each emotion in each corpus. `Display` draws it as a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// One row a corpus that has clips.
    pub rows: Vec<Row>,
    /// All corpora together.
    pub total: Row,
}

/// One row of a [`Summary`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The corpus' name, or `total`.
    pub name: &'static str,
    /// Different speakers.
    pub speakers: usize,
    /// Clips.
    pub clips: usize,
    /// Clips of each emotion, in the order of [`Emotion::ALL`].
    pub by_emotion: [usize; 8],
}

impl Summary {
    /// Counts clips.
    #[must_use]
    pub fn new(clips: &[Clip]) -> Self {
        let rows = Corpus::ALL
            .into_iter()
            .map(|corpus| Row::count(corpus.name(), clips.iter().filter(|clip| clip.corpus == corpus)))
            .filter(|row| row.clips > 0)
            .collect();
        Self { rows, total: Row::count("total", clips.iter()) }
    }
}

impl Row {
    fn count<'a>(name: &'static str, clips: impl Iterator<Item = &'a Clip>) -> Self {
        let mut speakers = BTreeSet::new();
        let mut by_emotion = [0; 8];
        for clip in clips {
            speakers.insert((clip.corpus, &clip.speaker));
            by_emotion[clip.emotion as usize] += 1;
        }
        Self { name, speakers: speakers.len(), clips: by_emotion.iter().sum(), by_emotion }
    }

    fn cells(&self) -> Vec<String> {
        let counts = [self.speakers, self.clips].into_iter().chain(self.by_emotion);
        std::iter::once(self.name.to_owned()).chain(counts.map(|count| count.to_string())).collect()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(presets::ASCII_MARKDOWN);
        let emotions = Emotion::ALL.map(Emotion::label);
        table.set_header(["corpus", "speakers", "clips"].into_iter().chain(emotions));
        table.add_rows(self.rows.iter().chain(std::iter::once(&self.total)).map(Row::cells));
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clips(paths: &[&str]) -> Vec<Clip> {
        paths.iter().map(|path| Clip::from_path(path.as_ref()).unwrap()).collect()
    }

    #[test]
    fn clips_are_counted_by_corpus_speaker_and_emotion() {
        let summary =
            Summary::new(&clips(&["DC_sa03.wav", "DC_sa04.wav", "JE_n01.wav", "03-01-02-01-01-01-05.wav"]));
        let [savee, ravdess] = summary.rows.as_slice() else { panic!("{summary}") };
        assert_eq!((savee.name, savee.speakers, savee.clips), ("SAVEE", 2, 3));
        assert_eq!(savee.by_emotion, [1, 0, 0, 2, 0, 0, 0, 0]);
        assert_eq!((ravdess.name, ravdess.speakers, ravdess.clips), ("RAVDESS", 1, 1));
        assert_eq!((summary.total.speakers, summary.total.clips), (3, 4));
        assert_eq!(summary.total.by_emotion, [1, 1, 0, 2, 0, 0, 0, 0]);
    }

    #[test]
    fn the_table_has_a_line_for_each_corpus_and_the_total() {
        let table = Summary::new(&clips(&["DC_sa03.wav", "1001_IEO_ANG_XX.wav"])).to_string();
        let first_words: Vec<_> = table.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();

        assert_eq!(first_words, ["corpus", "SAVEE", "CREMA-D", "total"]);
    }
}
