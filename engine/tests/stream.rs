//! Laws of the whole engine as it listens: what it says depends on the recording alone.
#![cfg(all(feature = "std", feature = "unstable"))]

mod common;

use common::{RUNNING, every_operator, loud};
use proptest::collection::vec;
use proptest::prelude::*;
use prosodia::blob::{Body, Normalisation, Reference, RunningParams};
use prosodia::{Classification, Model, NotReady, Session, Voice};

/// The three references, over the network with every operator.
fn bodies() -> Vec<Body<'static>> {
    let mut window = every_operator();
    if let Some(reference) = reference(&mut window) {
        *reference = Reference::WindowMaximum;
    }
    vec![every_operator(), window, loud()]
}

/// What decibels are relative to in a body that hears them.
fn reference<'b>(body: &'b mut Body<'static>) -> Option<&'b mut Reference<'static>> {
    match body.front_end.as_mut()?.normalisation {
        Normalisation::Decibel { ref mut reference, .. } => Some(reference),
        Normalisation::Power { .. } => None,
    }
}

/// A session with its arena.
struct Listener<'m> {
    session: Session<'m>,
    arena: Vec<i8>,
}

impl<'m> Listener<'m> {
    fn new(blob: &'m [u8], garbage: i8) -> Self {
        let model = Model::from_bytes(blob).unwrap();
        let mut arena = vec![garbage; model.layout().arena_bytes()];
        let mut session = Session::new();
        session.start(model, &mut arena).unwrap();
        Self { session, arena }
    }

    fn push(&mut self, samples: &[i16]) -> Vec<Classification<'m>> {
        let mut answers = Vec::new();
        self.session.push(samples, &mut self.arena, |answer| answers.push(answer)).unwrap();
        answers
    }

    fn finish(&mut self) -> Classification<'m> {
        self.session.finish(&mut self.arena).unwrap()
    }

    /// Hears a whole recording. The last answer is that of its end.
    fn hear(&mut self, recording: &[i16]) -> Vec<Classification<'m>> {
        let mut answers = self.push(recording);
        answers.push(self.finish());
        answers
    }

    fn voice(&mut self) -> Voice {
        self.session.voice(&mut self.arena).unwrap()
    }
}

/// Bursts of a voice at any loudness, and pauses between them.
fn recording() -> impl Strategy<Value = Vec<i16>> {
    let burst = (1usize..3000, 0i16..8000, 2usize..40);
    vec(burst, 1..6).prop_map(|bursts| {
        let burst = |(length, loudness, period): (usize, i16, usize)| {
            (0..length).map(move |n| if n % period < period / 2 { loudness } else { -loudness })
        };
        bursts.into_iter().flat_map(burst).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 64 }))]

    #[test]
    fn any_portions_give_the_same_answers(
        recording in recording(),
        portions in vec(1usize..700, 1..20),
        garbage: i8,
    ) {
        for body in bodies() {
            let blob = body.to_bytes().unwrap();
            let mut whole = Listener::new(&blob, 0);
            let expected = whole.hear(&recording);
            let mut listener = Listener::new(&blob, garbage);
            let mut found = Vec::new();
            let mut rest = &recording[..];
            for portion in portions.iter().cycle() {
                let (now, later) = rest.split_at((*portion).min(rest.len()));
                found.extend(listener.push(now));
                rest = later;
                if rest.is_empty() {
                    break;
                }
            }
            found.push(listener.finish());
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(listener.voice(), whole.voice());
        }
    }

    #[test]
    fn a_recording_does_not_depend_on_what_was_before_a_reset(before in recording(), recording in recording()) {
        for body in bodies() {
            let blob = body.to_bytes().unwrap();
            let expected = Listener::new(&blob, 0).hear(&recording);
            let mut listener = Listener::new(&blob, 0);
            listener.push(&before);
            // What it has learnt of a voice is forgotten too, by taking on none.
            listener.session.restore_voice(&Voice::default(), &mut listener.arena).unwrap();
            prop_assert_eq!(listener.hear(&recording), expected);
        }
    }

    #[test]
    fn a_voice_that_is_stored_and_put_back_is_the_same_voice(before in recording(), recording in recording()) {
        let blob = every_operator().to_bytes().unwrap();
        let mut one = Listener::new(&blob, 0);
        one.hear(&before);
        let stored = one.voice();
        let mut other = Listener::new(&blob, 9);
        other.session.restore_voice(&stored, &mut other.arena).unwrap();
        prop_assert_eq!(&other.voice(), &stored);
        prop_assert_eq!(other.hear(&recording), one.hear(&recording));
        prop_assert_eq!(other.voice(), one.voice());
    }

    /// Nor where it is frozen in the middle of an utterance.
    #[test]
    fn a_frozen_voice_does_not_change(before in recording(), recording in recording(), share in 0.0..1.0) {
        let blob = every_operator().to_bytes().unwrap();
        let mut listener = Listener::new(&blob, 0);
        listener.hear(&before);
        let (owner, guest) = recording.split_at((recording.len() as f64 * share) as usize);
        listener.push(owner);
        let voice = listener.voice();
        listener.session.freeze_voice(true);
        listener.push(guest);
        listener.finish();
        prop_assert_eq!(listener.voice(), voice);
    }

    /// Twice the amplitude, twice the level: a running reference takes it away, to the rounding of the samples and
    /// where no band is near the floor of -100 dB.
    #[test]
    fn loudness_makes_no_difference(seed in 1u32..1000) {
        let mut body = every_operator();
        if let Some(reference) = reference(&mut body) {
            *reference = Reference::Running(RunningParams { quietest: -12_000, ..RUNNING });
        }
        let blob = body.to_bytes().unwrap();
        let noise = |gain: i16| -> Vec<i16> {
            let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
            let noise = core::iter::successors(Some(seed), next).map(|state| (state >> 22) as i16 - 512);
            noise.take(6000).enumerate().map(|(n, x)| gain * if n < 2000 { x / 64 } else { x }).collect()
        };
        let [quiet, loud] = [4, 32].map(|gain| {
            let mut listener = Listener::new(&blob, 0);
            listener.push(&noise(gain));
            listener.finish()
        });
        let differences = quiet.scores().iter().zip(loud.scores()).map(|(a, b)| a.abs_diff(*b));
        prop_assert!(differences.max() <= Some(1), "{quiet:?} {loud:?}");
    }
}

/// The stream of `loud` by hand: a window has three frames, and so has each answer; they end on successive frames.
#[test]
fn answers_say_up_to_where_they_have_heard() {
    let blob = loud().to_bytes().unwrap();
    let mut listener = Listener::new(&blob, 0);
    let answers = listener.push(&[0; 256 * 6]);
    let samples: Vec<u64> = answers.iter().map(Classification::sample).collect();
    // Frame t is centred on sample 256 t and complete 256 samples later.
    assert_eq!(samples, [512, 768, 1024, 1280]);
}

/// Wherever one asks: with a sample less than is missing there is no answer, with that one there is.
#[test]
fn what_is_missing_is_exact() {
    for body in bodies() {
        let blob = body.to_bytes().unwrap();
        for heard in [0, 1, 300, 700] {
            let mut listener = Listener::new(&blob, 0);
            assert_eq!(listener.push(&vec![100; heard]), []);
            let Err(NotReady::Samples { missing }) = listener.session.latest() else { panic!("an answer") };
            assert_eq!(listener.push(&vec![-100; missing as usize - 1]), [], "{heard} {missing}");
            assert_eq!(listener.session.latest(), Err(NotReady::Samples { missing: 1 }));
            assert_eq!(listener.push(&[0]).len(), 1, "{heard} {missing}");
        }
    }
}

#[test]
fn the_embedding_is_what_the_dense_layer_reads() {
    let blob = loud().to_bytes().unwrap();
    let mut listener = Listener::new(&blob, 0);
    assert!(listener.session.embedding(&mut listener.arena).is_err());
    listener.push(&[0; 1000]);
    let embedding: Vec<i8> = listener.session.embedding(&mut listener.arena).unwrap().collect();
    // The latest row of the input: silence.
    assert_eq!(embedding, [-128]);
}
