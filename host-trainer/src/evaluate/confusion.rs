use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::largest::largest;

/// How often each label was taken for which: the counts from which every score follows.
/// Serialises to `{"clips","wa","ua","labels","confusion","classes"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    labels: Vec<String>,
    counts: Vec<Vec<usize>>,
}

/// The scores of one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassScores {
    /// The class's label.
    pub emotion: String,
    /// Of the clips taken for this class, the share that belongs to it; 0 if there are none.
    pub precision: f64,
    /// Of the clips of this class, the share that was taken for it; 0 if there are none.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
    /// Clips of this class.
    pub support: usize,
}

impl Confusion {
    /// No clips yet.
    ///
    /// ```
    /// use host_trainer::evaluate::Confusion;
    ///
    /// let mut confusion = Confusion::new(&["happy", "sad"]);
    /// for (truth, predicted) in [(0, 0), (0, 0), (0, 1), (1, 1)] {
    ///     confusion.add(truth, predicted);
    /// }
    /// assert_eq!(confusion.wa(), 3.0 / 4.0);
    /// assert_eq!(confusion.ua(), (2.0 / 3.0 + 1.0) / 2.0);
    /// ```
    #[must_use]
    pub fn new<L: AsRef<str>>(labels: &[L]) -> Self {
        Self {
            labels: labels.iter().map(|label| label.as_ref().to_owned()).collect(),
            counts: vec![vec![0; labels.len()]; labels.len()],
        }
    }

    /// What logits say, clip by clip, against the right classes.
    ///
    /// # Panics
    /// If a class is not the index of a label.
    #[must_use]
    pub(crate) fn of_logits(labels: &[String], logits: &[Vec<f32>], classes: &[usize]) -> Self {
        let mut confusion = Self::new(labels);
        logits.iter().zip(classes).for_each(|(logits, &class)| confusion.add(class, largest(logits)));
        confusion
    }

    /// Counts a clip.
    ///
    /// # Panics
    /// If either is not the index of a label.
    pub fn add(&mut self, truth: usize, predicted: usize) {
        self.counts[truth][predicted] += 1;
    }

    /// The classes, in the order of rows and columns.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Clips by true class (row) and predicted class (column).
    #[must_use]
    pub fn counts(&self) -> &[Vec<usize>] {
        &self.counts
    }

    /// Clips counted.
    #[must_use]
    pub fn clips(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// Clips that were recognised.
    #[must_use]
    pub fn right(&self) -> usize {
        (0..self.labels.len()).map(|class| self.counts[class][class]).sum()
    }

    /// Weighted accuracy, 0 to 1: the share of clips that was recognised.
    #[must_use]
    pub fn wa(&self) -> f64 {
        share(self.right(), self.clips())
    }

    /// Unweighted accuracy, 0 to 1: the mean recall of the classes that have clips.
    #[must_use]
    pub fn ua(&self) -> f64 {
        let recalls: Vec<f64> =
            self.classes().iter().filter(|class| class.support > 0).map(|class| class.recall).collect();
        if recalls.is_empty() { 0.0 } else { recalls.iter().sum::<f64>() / recalls.len() as f64 }
    }

    /// The scores of each class, in the order of the labels.
    #[must_use]
    pub fn classes(&self) -> Vec<ClassScores> {
        self.labels.iter().enumerate().map(|(class, label)| self.class(class, label)).collect()
    }

    fn class(&self, class: usize, label: &str) -> ClassScores {
        let right = self.counts[class][class];
        let support = self.counts[class].iter().sum();
        let predicted: usize = self.counts.iter().map(|row| row[class]).sum();
        ClassScores {
            emotion: label.to_owned(),
            precision: share(right, predicted),
            recall: share(right, support),
            // 2pr / (p + r), without the quotients.
            f1: share(2 * right, support + predicted),
            support,
        }
    }
}

impl Serialize for Confusion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Confusion", 6)?;
        object.serialize_field("clips", &self.clips())?;
        object.serialize_field("wa", &self.wa())?;
        object.serialize_field("ua", &self.ua())?;
        object.serialize_field("labels", &self.labels)?;
        object.serialize_field("confusion", &self.counts)?;
        object.serialize_field("classes", &self.classes())?;
        object.end()
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows are truth:
    ///
    /// |       | happy | sad | angry |
    /// | ----- | ----- | --- | ----- |
    /// | happy |     5 |   2 |     1 |
    /// | sad   |     1 |   3 |     0 |
    /// | angry |     0 |   0 |     0 |
    fn worked_by_hand() -> Confusion {
        let mut confusion = Confusion::new(&["happy", "sad", "angry"]);
        for (truth, predicted, clips) in [(0, 0, 5), (0, 1, 2), (0, 2, 1), (1, 0, 1), (1, 1, 3)] {
            (0..clips).for_each(|_| confusion.add(truth, predicted));
        }
        confusion
    }

    #[test]
    fn weighted_accuracy_counts_clips() {
        assert_eq!(worked_by_hand().clips(), 12);
        assert_eq!(worked_by_hand().wa(), 8.0 / 12.0);
    }

    #[test]
    fn unweighted_accuracy_is_the_mean_recall_of_classes_with_clips() {
        assert_eq!(worked_by_hand().ua(), (5.0 / 8.0 + 3.0 / 4.0) / 2.0);
    }

    #[test]
    fn precision_recall_and_f1_of_each_class() {
        let [happy, sad, angry] = worked_by_hand().classes().try_into().unwrap();
        assert_eq!((happy.precision, happy.recall, happy.support), (5.0 / 6.0, 5.0 / 8.0, 8));
        assert_eq!((sad.precision, sad.recall, sad.support), (3.0 / 5.0, 3.0 / 4.0, 4));
        assert!((happy.f1 - 5.0 / 7.0).abs() < 1e-12);
        assert!((sad.f1 - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!((angry.precision, angry.recall, angry.f1, angry.support), (0.0, 0.0, 0.0, 0));
    }

    #[test]
    fn nothing_counted_scores_nothing() {
        let empty = Confusion::new(&["happy", "sad"]);
        assert_eq!((empty.clips(), empty.wa(), empty.ua()), (0, 0.0, 0.0));
    }
}
