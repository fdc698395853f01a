use std::ops::Range;

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use serde::Serialize;

use crate::acoustics::{Click, HARMONICS, Thump, excerpt, hum, power, to_f64, to_i16};
use crate::evaluate::panel::{Surroundings, unheard};

/// Seconds before each recording.
const PAUSE: Range<f64> = 1.5..6.0;
/// Seconds that a place is heard before anything is said there, and after.
const MARGIN: f64 = 4.0;
/// The largest sample of near silence: a microphone is never quite silent.
const QUIET: i16 = 2;
/// The root mean square of steady sound: -40 dB.
const LOUDNESS: f64 = 328.0;
/// How far steady sound is below the recordings, in dB.
const SIGNAL_TO_NOISE: f64 = 10.0;
/// Knocks a second.
const KNOCKS: f64 = 0.5;
/// Voices in babble.
const VOICES: usize = 6;

/// What is heard around a recording and between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A microphone's own noise.
    Silence,
    /// Brown noise, as of traffic or wind.
    Noise,
    /// A motor.
    Machine,
    /// Plucked chords.
    Music,
    /// Mains hum.
    Hum,
    /// Knocks on the microphone and on the table.
    Knocks,
    /// Six other people at once.
    Babble,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Silence, Self::Noise, Self::Machine, Self::Music, Self::Hum, Self::Knocks, Self::Babble];

    /// As the JSON has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Noise => "noise",
            Self::Machine => "machine",
            Self::Music => "music",
            Self::Hum => "hum",
            Self::Knocks => "knocks",
            Self::Babble => "babble",
        }
    }

    /// Whether it goes on at one level, above which recordings are then brought.
    const fn is_steady(self) -> bool {
        !matches!(self, Self::Silence | Self::Knocks)
    }

    fn sound(self, length: usize, kinds: &Kinds<'_>, rng: &mut impl Rng) -> Vec<f64> {
        let rate = kinds.surroundings.rate;
        let recordings = kinds.surroundings.noises;
        match self {
            Self::Silence => near_silence(length, rng),
            Self::Noise if !recordings.is_empty() => {
                excerpt(&recordings[rng.random_range(0..recordings.len())], length, rng)
            }
            Self::Noise => unheard(0, length, rate, rng),
            Self::Machine => unheard(1, length, rate, rng),
            Self::Music => unheard(2, length, rate, rng),
            Self::Hum => hum(
                length,
                rate,
                50.0,
                std::array::from_fn::<_, HARMONICS, _>(|n| (1.0 / (n + 1) as f64, 0.0)),
            ),
            Self::Knocks => knocks(length, rate, rng),
            Self::Babble => babble(length, kinds.others, rng),
        }
    }
}

/// What places are made of.
#[derive(Clone, Copy)]
pub(super) struct Kinds<'a> {
    /// With recordings of noise, if there are any.
    pub(super) surroundings: Surroundings<'a>,
    /// Recordings of other people, for babble.
    pub(super) others: &'a [&'a [i16]],
}

/// A recording that is to be set in a scene.
#[derive(Clone, Copy)]
pub(super) struct Recorded<'a> {
    pub(super) class: usize,
    pub(super) samples: &'a [i16],
}

/// Recordings of a person in one place after the other.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Scene {
    pub(super) samples: Vec<i16>,
    pub(super) utterances: Vec<PlacedRecording>,
    /// Where each place is.
    pub(super) places: Vec<(Place, Range<usize>)>,
}

/// Where a recording is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlacedRecording {
    pub(super) class: usize,
    pub(super) place: Place,
    pub(super) samples: Range<usize>,
}

impl Scene {
    /// Shares the recordings out to the places, in an order that is drawn.
    pub(super) fn of(mut recordings: Vec<Recorded<'_>>, kinds: &Kinds<'_>, rng: &mut impl Rng) -> Self {
        let mut places: Vec<Place> = Place::ALL.into();
        places.retain(|place| *place != Place::Babble || !kinds.others.is_empty());
        places.shuffle(rng);
        recordings.shuffle(rng);
        let mut scene = Self::default();
        let share = recordings.len().div_ceil(places.len()).max(1);
        for (place, recordings) in places.into_iter().zip(recordings.chunks(share)) {
            scene.go_to(place, recordings, kinds, rng);
        }
        scene
    }

    fn go_to(&mut self, place: Place, recordings: &[Recorded<'_>], kinds: &Kinds<'_>, rng: &mut impl Rng) {
        let seconds = |seconds: f64| (seconds * f64::from(kinds.surroundings.rate)) as usize;
        let mut end = seconds(MARGIN);
        let mut starts = Vec::with_capacity(recordings.len());
        for recording in recordings {
            let start = end + seconds(rng.random_range(PAUSE));
            starts.push(start);
            end = start + recording.samples.len();
        }
        let mut sound = place.sound(end + seconds(MARGIN), kinds, rng);
        if place.is_steady() {
            bring_to(&mut sound, LOUDNESS);
        }
        let here = self.samples.len();
        for (Recorded { class, samples }, start) in recordings.iter().zip(starts) {
            let mut speech = to_f64(samples);
            if place.is_steady() {
                bring_to(&mut speech, LOUDNESS * 10f64.powf(SIGNAL_TO_NOISE / 20.0));
            }
            sound[start..].iter_mut().zip(&speech).for_each(|(sum, sample)| *sum += sample);
            let samples = here + start..here + start + speech.len();
            self.utterances.push(PlacedRecording { class: *class, place, samples });
        }
        self.samples.extend(to_i16(&sound));
        self.places.push((place, here..self.samples.len()));
    }
}

/// Makes the root mean square what it is asked for; silence stays silent.
fn bring_to(samples: &mut [f64], loudness: f64) {
    let is = power(samples).sqrt();
    if is > 0.0 {
        samples.iter_mut().for_each(|sample| *sample *= loudness / is);
    }
}

fn near_silence(length: usize, rng: &mut impl Rng) -> Vec<f64> {
    (0..length).map(|_| rng.random_range(-QUIET..=QUIET).into()).collect()
}

/// Clicks and thumps at random times.
fn knocks(length: usize, rate: u32, rng: &mut impl Rng) -> Vec<f64> {
    let mut sound = near_silence(length, rng);
    let count = (KNOCKS * length as f64 / f64::from(rate)) as usize;
    for _ in 0..count {
        let (start, height) = (rng.random_range(0..length), rng.random_range(2000.0..20_000.0));
        if rng.random() {
            Click { start, seconds: 0.001, height }.add(&mut sound, rate);
        } else {
            Thump { start, seconds: 0.1, frequency: rng.random_range(50.0..120.0), height }
                .add(&mut sound, rate);
        }
    }
    sound
}

/// People at once, of equal power.
fn babble(length: usize, others: &[&[i16]], rng: &mut impl Rng) -> Vec<f64> {
    let mut babble = vec![0.0; length];
    for _ in 0..VOICES {
        let mut place = 0;
        while place < length {
            let mut voice = to_f64(others[rng.random_range(0..others.len())]);
            bring_to(&mut voice, 1.0);
            babble[place..].iter_mut().zip(&voice).for_each(|(sum, sample)| *sum += sample);
            place += voice.len().max(1);
        }
    }
    babble
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    const RATE: u32 = 8000;

    fn tone(length: usize) -> Vec<i16> {
        (0..length).map(|n| (6000.0 * (0.3 * n as f64).sin()) as i16).collect()
    }

    fn scene(count: usize, others: &[&[i16]], seed: u64) -> Scene {
        let samples = tone(4000);
        let recordings = (0..count).map(|class| Recorded { class, samples: &samples }).collect();
        let surroundings = Surroundings { rate: RATE, noises: &[] };
        Scene::of(recordings, &Kinds { surroundings, others }, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    #[test]
    fn every_recording_is_once_in_its_place_with_a_pause_before() {
        let other = tone(3000);
        let scene = scene(20, &[&other], 1);
        let mut classes: Vec<usize> = scene.utterances.iter().map(|utterance| utterance.class).collect();
        classes.sort_unstable();
        assert!(classes.into_iter().eq(0..20));
        let mut end = 0;
        for PlacedRecording { place, samples, .. } in &scene.utterances {
            let (_, within) = scene.places.iter().find(|(_, range)| range.contains(&samples.start)).unwrap();
            assert!(samples.end + 4 * RATE as usize <= within.end && samples.len() == 4000);
            assert!(samples.start >= end + RATE as usize * 3 / 2);
            assert!(scene.places.contains(&(*place, within.clone())));
            end = samples.end;
        }
        assert_eq!(scene.places.last().unwrap().1.end, scene.samples.len());
        assert!(scene.places.len() == 7, "{:?}", scene.places);
    }

    #[test]
    fn steady_sound_is_10_db_below_speech_and_silence_leaves_it_alone() {
        let other = tone(3000);
        let scene = scene(20, &[&other], 2);
        for PlacedRecording { place, samples, .. } in &scene.utterances {
            let heard = to_f64(&scene.samples[samples.clone()]);
            // Speech and noise together.
            let expected = LOUDNESS * 11f64.sqrt();
            match place {
                Place::Silence => assert!((power(&heard).sqrt() - 6000.0 / 2f64.sqrt()).abs() < 30.0),
                Place::Knocks => {}
                // Sound swells, and babble of one voice is not unlike it.
                _ => assert!((0.6..1.5).contains(&(power(&heard).sqrt() / expected)), "{place:?}"),
            }
        }
    }

    #[test]
    fn the_seed_decides_and_without_others_there_is_no_babble() {
        assert_eq!(scene(14, &[], 3), scene(14, &[], 3));
        assert_ne!(scene(14, &[], 3), scene(14, &[], 4));
        assert!(scene(14, &[], 3).places.iter().all(|(place, _)| *place != Place::Babble));
    }
}
