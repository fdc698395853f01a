use rand::{Rng, RngExt};

use crate::acoustics::{self, Room};

/// No made room is drier, in seconds.
const SHORTEST: f64 = 0.1;

/// Where rooms come from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rooms {
    /// The impulse responses of recordings; if there are none, rooms are made.
    responses: Vec<Vec<f64>>,
}

impl Rooms {
    /// Takes recordings of impulses.
    #[must_use]
    pub fn new(recordings: &[Vec<i16>]) -> Self {
        Self { responses: recordings.iter().map(|recording| acoustics::of_recording(recording)).collect() }
    }

    /// Sets a window in a room: one of the recordings, or one that is made, whose sound fades within `longest` seconds.
    pub(super) fn reverberate(&self, window: &mut [f64], rate: u32, longest: f64, rng: &mut impl Rng) {
        if self.responses.is_empty() {
            let room = Room::random(rng.random_range(SHORTEST..=longest.max(SHORTEST)), rng);
            acoustics::convolve(window, &room.impulse_response(rate));
        } else {
            acoustics::convolve(window, &self.responses[rng.random_range(0..self.responses.len())]);
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn impulse_in(rooms: &Rooms) -> Vec<f64> {
        let mut window = vec![0.0; 6000];
        window[100] = 1.0;
        rooms.reverberate(&mut window, 16_000, 0.3, &mut ChaCha8Rng::seed_from_u64(1));
        window
    }

    #[test]
    fn recordings_are_used_where_there_are_some() {
        let window = impulse_in(&Rooms::new(&[vec![0, 40, 30]]));
        for (n, sample) in window.into_iter().enumerate() {
            let expected = if n == 100 {
                0.8
            } else if n == 101 {
                0.6
            } else {
                0.0
            };
            assert!((sample - expected).abs() < 1e-9, "{n}: {sample}");
        }
    }

    #[test]
    fn a_made_room_has_faded_when_it_should_have() {
        let window = impulse_in(&Rooms::default());
        assert!(window[..100].iter().all(|sample| sample.abs() < 1e-9) && window[100] > 0.0);
        assert!(window[101..4800].iter().any(|sample| sample.abs() > 1e-3));
        assert!(window[4900 + 1..].iter().all(|sample| sample.abs() < 1e-9));
    }
}
