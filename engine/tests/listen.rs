//! Laws of listening: what comes out depends on the stream alone, and only speech is announced.
#![cfg(all(feature = "std", feature = "unstable"))]

#[allow(dead_code, reason = "this test listens with one model")]
mod common;

use std::f64::consts::TAU;

use common::{every_operator, listening};
use proptest::collection::vec;
use proptest::prelude::*;
use prosodia::listen::{Event, Filter, Listener, Opinion, Settings, Stage, Verdict, filter_len};
use prosodia::{LoadError, SettingsError, Voice};

const RATE: usize = 16_000;
const ARENA: usize = 1 << 14;

static FROM_48000: Filter<{ filter_len(48_000, 16_000) }> = Filter::new(48_000, 16_000);

fn listener<'m>(blob: &'m [u8], settings: &Settings<'m>) -> Box<Listener<'m, ARENA>> {
    let mut listener = Box::new(Listener::new());
    listener.load(blob, settings).unwrap();
    listener
}

/// The events of a whole stream.
fn events(stream: &[i16]) -> Vec<Event<'static>> {
    let blob = Box::leak(listening().to_bytes().unwrap().into_boxed_slice());
    let mut listener = listener(blob, &Settings::DEFAULT);
    let mut events = Vec::new();
    listener.push(stream, |event| events.push(event)).unwrap();
    listener.flush(|event| events.push(event)).unwrap();
    events
}

/// Harmonics of 125 Hz under three formants, in syllables, four a second.
fn voice(rate: usize, length: usize, amplitude: f64) -> Vec<i16> {
    let formant = |hz: f64| {
        [500.0, 1500.0, 2500.0]
            .map(|centre: f64| 1.0 / (1.0 + ((hz - centre) / 120.0).powi(2)))
            .iter()
            .sum::<f64>()
    };
    let harmonics: Vec<(f64, f64)> =
        (1..28).map(|k| f64::from(k) * 125.0).map(|hz| (hz, formant(hz))).collect();
    let sample = |n: usize| {
        let t = n as f64 / rate as f64;
        let syllable = (TAU * 2.0 * t).sin().powi(2) + 0.01;
        amplitude * syllable * harmonics.iter().map(|(hz, weight)| weight * (TAU * hz * t).sin()).sum::<f64>()
    };
    (0..length).map(|n| sample(n) as i16).collect()
}

fn noise(length: usize, amplitude: i16) -> Vec<i16> {
    let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    let states = std::iter::successors(Some(1_u32), next);
    states
        .map(|state| ((i32::from((state >> 16) as i16) * i32::from(amplitude)) >> 15) as i16)
        .take(length)
        .collect()
}

fn tones(length: usize, frequencies: &[f64], amplitude: f64) -> Vec<i16> {
    let sample =
        |n: usize| frequencies.iter().map(|hz| (TAU * hz * n as f64 / RATE as f64).sin()).sum::<f64>();
    (0..length).map(|n| (amplitude * sample(n)) as i16).collect()
}

fn sum(streams: &[&[i16]]) -> Vec<i16> {
    (0..streams[0].len())
        .map(|n| streams.iter().map(|stream| stream[n]).fold(0, i16::saturating_add))
        .collect()
}

/// A second and a half of the room, two seconds of a voice, one of the room.
fn utterance() -> Vec<i16> {
    let voice = [&vec![0; RATE * 3 / 2], &voice(RATE, 2 * RATE, 4000.0)[..], &vec![0; RATE]].concat();
    sum(&[&voice, &noise(voice.len(), 20)])
}

#[test]
fn an_utterance_is_one_event_at_the_right_time() {
    let events = events(&utterance());
    let [Event::Began { sample }, .., Event::Ended { start, end, verdict: Verdict::Emotion(opinion) }] =
        events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(sample, start);
    // Up to the pre-roll (128 ms) early, and never late.
    assert!((RATE * 3 / 2 - 2300..=RATE * 3 / 2).contains(&(start as usize)), "{start}");
    let true_end = RATE * 7 / 2;
    assert!((true_end - 3000..true_end + 1000).contains(&(end as usize)), "{end}");
    assert_eq!(opinion.label(), "loud", "{events:?}");
    assert!(opinion.confidence() > 0.5);
    assert_eq!(opinion.affect(), prosodia::listen::Affect::default()); // "loud" is no emotion
    let announced: Vec<Opinion<'_>> = events
        .iter()
        .filter_map(|event| if let Event::Announced(o) = event { Some(*o) } else { None })
        .collect();
    assert_eq!(announced.len(), 1, "{announced:?}");
    assert!(announced[0].sample() < end);
}

#[test]
fn what_is_not_speech_is_not_announced() {
    let length = 12 * RATE;
    let room = noise(length, 20);
    let late = |mut stream: Vec<i16>| {
        stream[..5 * RATE].fill(0);
        stream
    };
    let sounds = [
        ("silence", vec![0; length]),
        ("a room", room.clone()),
        ("noise", noise(length, 6000)),
        ("noise that begins", late(noise(length, 6000))),
        ("hum", tones(length, &[50.0, 100.0, 150.0, 250.0], 2000.0)),
        ("hum that begins", late(tones(length, &[50.0, 100.0, 150.0, 250.0], 2000.0))),
        ("a tone", tones(length, &[1000.0], 8000.0)),
        ("a tone that begins", late(tones(length, &[440.0], 8000.0))),
        ("a chord that begins", late(tones(length, &[440.0, 550.0, 660.0], 4000.0))),
        ("clicks", (0..length).map(|n| if n % 9000 < 16 { 20_000 } else { 0 }).collect()),
        ("the lowest", vec![i16::MIN; length]),
        ("full scale", (0..length).map(|n| if n % 160 < 80 { i16::MAX } else { i16::MIN }).collect()),
    ];
    for (name, sound) in sounds {
        for event in events(&sum(&[&sound, &room])) {
            assert!(matches!(event, Event::Ended { verdict: Verdict::NotSpeech, .. }), "{name}: {event:?}");
        }
    }
}

#[test]
fn a_voice_behind_noise_is_found_again() {
    // Noise that begins with the stream is doubted first; the voice comes 12 dB above it.
    let voice = [&vec![0; 2 * RATE], &voice(RATE, 3 * RATE, 6000.0)[..], &vec![0; 2 * RATE]].concat();
    let events = events(&sum(&[&voice, &noise(voice.len(), 600)]));
    let began: Vec<u64> = events
        .iter()
        .filter_map(|event| if let Event::Began { sample } = event { Some(*sample) } else { None })
        .collect();
    assert!(!began.is_empty(), "{events:?}");
    assert!(began[0] < 3 * RATE as u64, "{events:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 12 }))]

    #[test]
    fn any_buffers_give_the_same_events(
        portions in vec(1usize..2000, 1..20),
        amplitude in 0u16..8000,
        room in 0i16..200,
    ) {
        let mut stream = [&voice(RATE, 2 * RATE, amplitude.into())[..], &vec![0; RATE], &utterance()].concat();
        stream = sum(&[&stream, &noise(stream.len(), room)]);
        let expected = events(&stream);
        let blob = listening().to_bytes().unwrap();
        let mut listener = listener(&blob, &Settings::DEFAULT);
        let (mut found, mut rest) = (Vec::new(), &stream[..]);
        for portion in portions.iter().cycle() {
            let (now, later) = rest.split_at((*portion).min(rest.len()));
            listener.push(now, |event| found.push(event)).unwrap();
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        listener.flush(|event| found.push(event)).unwrap();
        prop_assert_eq!(found, expected);
    }
}

/// An utterance each ten seconds, at the times at which they are, the last as the first, in constant memory: the value
/// is all there is.
#[test]
fn time_does_not_drift() {
    const PERIOD: usize = 10 * RATE;
    let period = [utterance(), noise(PERIOD - utterance().len(), 20)].concat();
    let blob = listening().to_bytes().unwrap();
    let mut listener = listener(&blob, &Settings::DEFAULT);
    let mut ends = Vec::new();
    for _ in 0..30 {
        listener
            .push(&period, |event| {
                if let Event::Ended { start, end, verdict: Verdict::Emotion(_) } = event {
                    ends.push([start, end]);
                }
            })
            .unwrap();
    }
    assert_eq!(listener.time(), 30 * PERIOD as u64);
    assert_eq!(ends.len(), 30);
    let within: Vec<_> =
        ends.iter().zip(0..).map(|(times, n)| times.map(|time| time - n * PERIOD as u64)).collect();
    // The first of them finds a room that is not known yet.
    assert!(within[1..].iter().all(|times| times == &within[1]), "{within:?}");
    assert!(size_of::<Listener<'_, 0>>() < 16 << 10, "{}", size_of::<Listener<'_, 0>>());
}

#[test]
fn a_microphone_at_another_rate_gives_the_same_verdict_at_the_same_time() {
    let blob = listening().to_bytes().unwrap();
    let settings = Settings { conversion: Some(FROM_48000.conversion()), ..Settings::DEFAULT };
    let mut listener = listener(&blob, &settings);
    let silence = vec![0; 72_000];
    let stream = [&silence, &voice(48_000, 96_000, 4000.0)[..], &silence].concat();
    // I2S words of 24 bits.
    let words = sum(&[&stream, &noise(stream.len(), 20)]).into_iter().map(|sample| i32::from(sample) << 16);
    let mut events = Vec::new();
    listener.push(words, |event| events.push(event)).unwrap();
    let [.., Event::Ended { start, verdict: Verdict::Emotion(opinion), .. }] = events[..] else {
        panic!("{events:?}")
    };
    assert!((72_000 - 4000..=72_000).contains(&start), "{start}");
    assert_eq!(opinion.label(), "loud");
    assert_eq!(listener.stage(), Stage::Asleep);
    let so_far = listener.so_far().expect("there was an answer");
    assert!(so_far.probabilities().eq(opinion.probabilities()));
    assert_eq!(listener.overall().map(|overall| overall.label()), Some("loud"));
    listener.enrol().unwrap();
    assert!(listener.overall().is_none());
    assert_eq!(listener.voice().unwrap(), Voice::default());
}

/// With a running reference, which would learn from whatever is loud.
#[test]
fn nothing_is_learnt_from_what_is_not_speech() {
    let blob = every_operator().to_bytes().unwrap();
    let mut listener = listener(&blob, &Settings::DEFAULT);
    let burst = [noise(RATE, 20), noise(RATE, 8000), tones(RATE, &[300.0], 8000.0), noise(RATE, 20)].concat();
    for _ in 0..5 {
        listener.push(&burst, |_| ()).unwrap();
    }
    listener.flush(|_| ()).unwrap();
    assert_eq!(listener.voice().unwrap().heard, 0);
}

#[test]
fn a_conversion_to_another_rate_is_refused() {
    static TO_22050: Filter<{ filter_len(48_000, 22_050) }> = Filter::new(48_000, 22_050);
    let blob = listening().to_bytes().unwrap();
    let mut listener = Listener::<ARENA>::new();
    let settings = Settings { conversion: Some(TO_22050.conversion()), ..Settings::DEFAULT };
    let error = listener.load(&blob, &settings).unwrap_err();
    assert_eq!(error.to_string(), "the microphone is resampled to 22050 Hz, the model hears 16000 Hz");
    assert!(listener.push([0_i16], |_| ()).is_err());
}

/// A threshold of 101 % would never announce anything, a gate that closes on what opens it never stay open.
#[test]
fn settings_that_nothing_can_follow_are_refused() {
    let blob = listening().to_bytes().unwrap();
    let mut listener = Listener::<ARENA>::new();
    let with = |change: fn(&mut Settings<'_>)| {
        let mut settings = Settings::DEFAULT;
        change(&mut settings);
        settings
    };
    for (settings, error) in [
        (with(|settings| settings.decisions.threshold = 101), SettingsError::Threshold),
        (with(|settings| settings.decisions.hysteresis = 101), SettingsError::Hysteresis),
        (with(|settings| settings.gate.closes_below = settings.gate.opens_above + 1), SettingsError::Gate),
    ] {
        assert_eq!(listener.load(&blob, &settings), Err(LoadError::Settings(error)));
        assert!(listener.push([0_i16], |_| ()).is_err());
    }
    for settings in [
        with(|settings| (settings.decisions.threshold, settings.decisions.hysteresis) = (100, 100)),
        with(|settings| settings.gate.closes_below = settings.gate.opens_above),
    ] {
        assert_eq!(listener.load(&blob, &settings), Ok(()));
    }
}
