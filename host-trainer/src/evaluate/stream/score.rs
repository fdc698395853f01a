use std::ops::Range;

use serde::Serialize;

use super::heard::{Heard, TimedClass, is_long_enough};
use super::scene::{Place, PlacedRecording, Scene};
use crate::evaluate::{Calibration, Confusion};

/// Thresholds for which is said what they trade, in percent.
const THRESHOLDS: [u8; 9] = [0, 30, 40, 50, 60, 70, 80, 90, 95];

/// What a listener made of recordings set in streams. Serialises to what `eval --stream --json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Streamed {
    /// Of all recordings.
    #[serde(flatten)]
    pub all: Found,
    /// Times that somebody was heard who had been heard already, as when a pause cuts an utterance in two.
    pub repeated: usize,
    /// Emotions that were announced where nobody spoke, for each hour of that.
    pub false_per_hour: f64,
    /// From the end of speech until the listener is done with it, the mean in seconds.
    pub latency_s: f64,
    /// From where an utterance begins until its first announcement, the mean of those that had one, in seconds.
    pub announced_after_s: f64,
    /// Of each answer of the network within an utterance and the next one, the share that differ, 0 to 1.
    pub changes_share: f64,
    /// The network's answers within utterances.
    pub answers: usize,
    /// The mean recall of the classes by the most likely label of each utterance found.
    pub ua: f64,
    /// Hours of the stream.
    pub hours: f64,
    /// By what was around the speech.
    pub by_place: Vec<InPlace>,
    /// By the probability from which on an emotion is announced.
    pub by_threshold: Vec<Announced>,
}

/// How many recordings were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Recordings that were to be heard.
    pub utterances: usize,
    /// Those that were heard as speech.
    pub found: usize,
    /// Those whose emotion was announced at their end, and right.
    pub right: usize,
    /// Those that were found, but no emotion was likely enough.
    pub unsure: usize,
}

/// What was made of recordings in one kind of place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InPlace {
    /// What was heard besides.
    pub place: Place,
    /// Of recordings there.
    #[serde(flatten)]
    pub here: Found,
    /// Emotions that were announced where nobody spoke, for each hour of that.
    pub false_per_hour: f64,
}

/// What a threshold trades.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Announced {
    /// In percent.
    pub threshold: u8,
    /// Of all recordings, the share whose emotion is announced.
    pub announced: f64,
    /// Of these, the share that is right.
    pub right: f64,
    /// Of these.
    #[serde(flatten)]
    pub calibration: Calibration,
    /// Emotions that are announced where nobody speaks, for each hour of that.
    pub false_per_hour: f64,
}

/// What a listener made of a scene.
pub(super) struct Record {
    utterances: Vec<Scored>,
    /// Heard where nobody spoke, and where.
    false_alarms: Vec<(Place, Heard)>,
    /// Samples without speech, by place.
    quiet: Vec<(Place, usize)>,
    repeated: usize,
    pairs: usize,
    changes: usize,
    answers: usize,
}

struct Scored {
    utterance: PlacedRecording,
    heard: Option<Heard>,
}

impl Record {
    pub(super) fn of(scene: &Scene, heard: &[Heard], answers: &[TimedClass]) -> Self {
        let mut utterances: Vec<Scored> = scene
            .utterances
            .iter()
            .map(|utterance| Scored { utterance: utterance.clone(), heard: None })
            .collect();
        let (mut false_alarms, mut repeated) = (Vec::new(), 0);
        for heard in heard {
            let best =
                utterances.iter_mut().max_by_key(|scored| overlap(&scored.utterance.samples, &heard.samples));
            match best.filter(|scored| overlap(&scored.utterance.samples, &heard.samples) > 0) {
                None => false_alarms.push((scene.place(heard.samples.start), heard.clone())),
                Some(scored) => {
                    let longest =
                        scored.heard.as_ref().is_none_or(|other| other.samples.len() < heard.samples.len());
                    repeated += usize::from(scored.heard.is_some());
                    if longest {
                        scored.heard = Some(heard.clone());
                    }
                }
            }
        }
        let spoken = |place: &Range<usize>| -> usize {
            scene.utterances.iter().map(|utterance| overlap(&utterance.samples, place)).sum()
        };
        let quiet = scene.places.iter().map(|(place, range)| (*place, range.len() - spoken(range))).collect();
        let mut record = Self { utterances, false_alarms, quiet, repeated, pairs: 0, changes: 0, answers: 0 };
        for utterance in &scene.utterances {
            record
                .count_changes(answers.iter().filter(|answer| utterance.samples.contains(&answer.made_from)));
        }
        record
    }

    fn count_changes<'a>(&mut self, answers: impl Iterator<Item = &'a TimedClass>) {
        let classes: Vec<usize> = answers.map(|answer| answer.class).collect();
        self.pairs += classes.len().saturating_sub(1);
        self.changes += classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
        self.answers += classes.len();
    }
}

impl Scene {
    fn place(&self, sample: usize) -> Place {
        let within = self.places.iter().find(|(_, range)| range.contains(&sample));
        within.or(self.places.last()).map_or(Place::Silence, |(place, _)| *place)
    }
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

impl Scored {
    fn is_unsure(&self) -> bool {
        self.heard.as_ref().is_some_and(|heard| !heard.is_sure)
    }

    fn is_right(&self) -> bool {
        self.heard.as_ref().is_some_and(|heard| heard.is_sure && heard.class == self.utterance.class)
    }
}

impl Heard {
    /// Whether an emotion was announced at any time.
    fn was_announced(&self) -> bool {
        self.is_sure || self.announced.is_some()
    }

    /// Whether it would be announced at its end above a threshold in percent.
    fn passes(&self, threshold: u8, rate: u32) -> bool {
        f64::from(self.confidence) >= f64::from(threshold) / 100.0 && is_long_enough(self.samples.len(), rate)
    }
}

impl Streamed {
    pub(super) fn of(records: &[Record], labels: &[String], rate: u32) -> Self {
        let all: Vec<&Scored> = records.iter().flat_map(|record| &record.utterances).collect();
        let sum = |count: fn(&Record) -> usize| records.iter().map(count).sum::<usize>();
        let found: Vec<(&PlacedRecording, &Heard)> =
            all.iter().filter_map(|scored| Some((&scored.utterance, scored.heard.as_ref()?))).collect();
        let mut confusion = Confusion::new(labels);
        found.iter().for_each(|(utterance, heard)| confusion.add(utterance.class, heard.class));
        let seconds = |samples: usize| samples as f64 / f64::from(rate);
        let latency = |(utterance, heard): &(&PlacedRecording, &Heard)| {
            seconds(heard.done.saturating_sub(utterance.samples.end.min(heard.samples.end)))
        };
        let announced =
            found.iter().filter_map(|(_, heard)| Some(seconds(heard.announced? - heard.samples.start)));
        let places = Place::ALL.into_iter().map(|place| InPlace::of(records, place, rate));
        Self {
            all: Found::of(&all),
            repeated: sum(|record| record.repeated),
            false_per_hour: per_hour(records, rate, |_| true, Heard::was_announced),
            latency_s: mean(found.iter().map(latency)),
            announced_after_s: mean(announced),
            changes_share: share(sum(|record| record.changes), sum(|record| record.pairs)),
            answers: sum(|record| record.answers),
            ua: confusion.ua(),
            hours: seconds(sum(Record::samples)) / 3600.0,
            by_place: places.filter(|in_place| in_place.here.utterances > 0).collect(),
            by_threshold: THRESHOLDS.map(|threshold| Announced::of(records, threshold, rate)).into(),
        }
    }
}

impl Found {
    fn of(recordings: &[&Scored]) -> Self {
        let count =
            |is_meant: fn(&Scored) -> bool| recordings.iter().filter(|scored| is_meant(scored)).count();
        Self {
            utterances: recordings.len(),
            found: count(|scored| scored.heard.is_some()),
            right: count(Scored::is_right),
            unsure: count(Scored::is_unsure),
        }
    }
}

impl Record {
    fn samples(&self) -> usize {
        let spoken: usize = self.utterances.iter().map(|scored| scored.utterance.samples.len()).sum();
        spoken + self.quiet.iter().map(|(_, samples)| samples).sum::<usize>()
    }
}

impl InPlace {
    fn of(records: &[Record], place: Place, rate: u32) -> Self {
        let all = records.iter().flat_map(|record| &record.utterances);
        let here: Vec<&Scored> = all.filter(|scored| scored.utterance.place == place).collect();
        Self {
            place,
            here: Found::of(&here),
            false_per_hour: per_hour(records, rate, |other| other == place, Heard::was_announced),
        }
    }
}

impl Announced {
    fn of(records: &[Record], threshold: u8, rate: u32) -> Self {
        let all: Vec<&Scored> = records.iter().flat_map(|record| &record.utterances).collect();
        let announced: Vec<(f32, bool)> = all
            .iter()
            .filter_map(|scored| {
                let heard = scored.heard.as_ref().filter(|heard| heard.passes(threshold, rate))?;
                Some((heard.confidence, heard.class == scored.utterance.class))
            })
            .collect();
        Self {
            threshold,
            announced: share(announced.len(), all.len()),
            right: share(announced.iter().filter(|(_, is_right)| *is_right).count(), announced.len()),
            calibration: Calibration::of(announced.iter().copied()),
            false_per_hour: per_hour(records, rate, |_| true, |heard| heard.passes(threshold, rate)),
        }
    }
}

/// False alarms for each hour without speech, in some places.
fn per_hour(
    records: &[Record],
    rate: u32,
    is_meant: impl Fn(Place) -> bool,
    is_alarm: impl Fn(&Heard) -> bool,
) -> f64 {
    let alarms = records.iter().flat_map(|record| &record.false_alarms);
    let count = alarms.filter(|(place, heard)| is_meant(*place) && is_alarm(heard)).count();
    let quiet = records.iter().flat_map(|record| &record.quiet).filter(|(place, _)| is_meant(*place));
    let samples: usize = quiet.map(|(_, samples)| samples).sum();
    let hours = samples as f64 / f64::from(rate) / 3600.0;
    if samples == 0 { 0.0 } else { count as f64 / hours }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0, 0.0), |(count, sum), value| (count + 1, sum + value));
    sum / f64::from(count.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(samples: Range<usize>, class: usize, confidence: f32) -> Heard {
        let done = samples.end + 60;
        Heard { samples, class, confidence, is_sure: confidence >= 0.5, announced: None, done }
    }

    /// 100 samples a second; two people's utterances, one alarm in silence and one in music.
    #[test]
    fn figures_worked_by_hand() {
        let utterance = |class, place, samples| PlacedRecording { class, place, samples };
        let scene = Scene {
            samples: Vec::new(),
            utterances: vec![
                utterance(0, Place::Silence, 1000..1400),
                utterance(1, Place::Silence, 2000..2400),
                utterance(1, Place::Music, 4000..4400),
                utterance(1, Place::Music, 5000..5400),
            ],
            places: vec![(Place::Silence, 0..3000), (Place::Music, 3000..6000)],
        };
        let mut early = heard(1010..1350, 0, 0.75);
        early.announced = Some(1210);
        let events = [
            early,
            heard(1360..1390, 1, 0.9), // a piece of the same
            heard(2050..2450, 1, 0.25),
            heard(2800..2900, 0, 0.75), // nobody
            heard(3500..3600, 0, 0.25), // nobody, and not announced
            heard(3990..4390, 0, 0.75), // wrong; the last one is missed
        ];
        let answers = [(1, 990), (0, 1010), (1, 1200), (1, 1300), (0, 1390), (0, 2500), (1, 4100)];
        let answers = answers.map(|(class, made_from)| TimedClass { class, made_from });
        let records = [Record::of(&scene, &events, &answers)];
        let streamed = Streamed::of(&records, &["happy".to_owned(), "sad".to_owned()], 100);
        assert_eq!(streamed.all, Found { utterances: 4, found: 3, right: 1, unsure: 1 });
        assert_eq!(streamed.repeated, 1);
        // 44 of 60 s are without speech.
        assert!((streamed.false_per_hour - 3600.0 / 44.0).abs() < 1e-9);
        // Done 60 samples after its own end, but the second time it had heard 50 samples more than there were.
        assert!((streamed.latency_s - (0.6 + 1.1 + 0.6) / 3.0).abs() < 1e-9);
        assert_eq!((streamed.announced_after_s, streamed.answers), (2.0, 5));
        // Two of three pairs.
        assert!((streamed.changes_share - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!((streamed.ua, streamed.hours), (0.75, 60.0 / 3600.0));
        let [silence, music] = &streamed.by_place[..] else { panic!("{streamed:?}") };
        let [quiet, loud] = [silence, music].map(|in_place| in_place.here);
        assert_eq!((silence.place, quiet.found, quiet.right, quiet.unsure), (Place::Silence, 2, 1, 1));
        assert_eq!((loud.utterances, loud.found, loud.right, music.false_per_hour), (2, 1, 0, 0.0));
        let at = |threshold| streamed.by_threshold.iter().find(|entry| entry.threshold == threshold).unwrap();
        assert_eq!(
            (at(0).announced, at(0).right, at(50).announced, at(50).right),
            (0.75, 2.0 / 3.0, 0.5, 0.5)
        );
        let Calibration { confidence, ece, .. } = at(50).calibration;
        assert_eq!((confidence, ece, at(80).announced), (0.75, 0.25, 0.0));
        assert!((at(0).false_per_hour - 2.0 * 3600.0 / 44.0).abs() < 1e-9);
    }
}
