use super::decibel::{STEPS_PER_DECIBEL, decibel_steps, power_of_steps};
use crate::blob::{FrontEndParams, Normalisation};

/// The lowest value below the window's maximum (librosa's `top_db=80`).
const FLOOR: i32 = -80 * STEPS_PER_DECIBEL as i32;

/// The latest frames of log-mel features, oldest first, in 1/128 dB, in memory that the caller lends.
///
/// A value is an i16, 2 bytes: `2 * mel_bands * frames` bytes in all. Every call must be lent the same
/// memory; what lies beyond those bytes is left alone, and with less the features are incomplete.
pub struct FeatureWindow {
    mel_bands: usize,
    frames: usize,
    /// Frames that have come, at most `frames`.
    filled: usize,
    /// Where the next frame goes: in a full window, the place of the oldest one.
    next: usize,
}

impl FeatureWindow {
    /// A window that is not configured yet and never full.
    #[must_use]
    pub const fn new() -> Self {
        Self { mel_bands: 0, frames: 0, filled: 0, next: 0 }
    }

    /// Forgets all frames and takes on parameters.
    pub fn configure(&mut self, params: &FrontEndParams<'_>) {
        *self = Self { mel_bands: params.mel_bands.into(), frames: params.frames(), ..Self::new() };
    }

    /// Takes in a frame of mel power; the oldest frame leaves a full window.
    pub fn push(&mut self, power: &[f32], memory: &mut [i8]) {
        let start = self.next.saturating_mul(self.frame_bytes());
        let Some((_, places)) = memory.split_at_mut_checked(start) else { return };
        let (places, _) = places.as_chunks_mut::<2>();
        for (place, &power) in places.iter_mut().zip(power).take(self.mel_bands) {
            *place = decibel_steps(power).to_le_bytes().map(u8::cast_signed);
        }
        self.filled = self.filled.saturating_add(1).min(self.frames);
        self.next = self.next.saturating_add(1);
        if self.next >= self.frames {
            self.next = 0;
        }
    }

    /// Whether as many frames have come as the window holds.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.frames > 0 && self.filled == self.frames
    }

    /// Writes a full window as the network's int8 input: a row for each band, a column for each frame,
    /// oldest first. [`Normalisation`] says how.
    pub fn quantise(&self, memory: &[i8], normalisation: &Normalisation<'_>, input: &mut [i8]) {
        let quantiser = self.quantiser(memory, normalisation);
        for (band, row) in (0..self.mel_bands).zip(input.chunks_mut(self.frames.max(1))) {
            quantiser.row(band, row);
        }
    }

    /// The same, for one row at a time.
    #[must_use]
    pub fn quantiser<'w>(&'w self, memory: &'w [i8], normalisation: &'w Normalisation<'w>) -> Quantiser<'w> {
        let maximum = match normalisation {
            Normalisation::Decibel { .. } => {
                self.in_order(memory).into_iter().flat_map(values).max().unwrap_or(0)
            }
            Normalisation::Power { .. } => 0,
        };
        Quantiser { window: self, memory, normalisation, maximum }
    }

    fn frame_bytes(&self) -> usize {
        self.mel_bands.saturating_mul(size_of::<i16>())
    }

    /// The older and the newer frames' bytes of a full window.
    fn in_order<'m>(&self, memory: &'m [i8]) -> [&'m [i8]; 2] {
        let frame_bytes = self.frame_bytes();
        let frames = memory.get(..self.frames.saturating_mul(frame_bytes)).unwrap_or(memory);
        let (newer, older) =
            frames.split_at_checked(self.next.saturating_mul(frame_bytes)).unwrap_or_default();
        [older, newer]
    }
}

impl Default for FeatureWindow {
    fn default() -> Self {
        Self::new()
    }
}

/// A full window on its way into the network.
pub struct Quantiser<'w> {
    window: &'w FeatureWindow,
    memory: &'w [i8],
    normalisation: &'w Normalisation<'w>,
    /// The window's, where that matters.
    maximum: i16,
}

impl Quantiser<'_> {
    /// Writes a band's row: a value for each frame, oldest first.
    pub fn row(&self, band: usize, row: &mut [i8]) {
        match *self.normalisation {
            Normalisation::Decibel { bands } => {
                let Some(&affine) = bands.as_chunks().0.get(band) else { return };
                let affine = Affine::from_bytes(affine);
                self.map_row(band, row, |value| affine.apply(below(value, self.maximum)));
            }
            Normalisation::Power { gain } => {
                self.map_row(band, row, |value| {
                    saturate(round(power_of_steps(value) * gain).saturating_sub(128))
                });
            }
        }
    }

    fn map_row(&self, band: usize, row: &mut [i8], quantise: impl Fn(i16) -> i8) {
        let mut row = row.iter_mut();
        for frames in self.window.in_order(self.memory) {
            let frames = frames.chunks_exact(self.window.frame_bytes().max(1));
            for (frame, q) in frames.zip(row.by_ref()) {
                *q = values(frame).nth(band).map_or(0, &quantise);
            }
        }
    }
}

fn values(frames: &[i8]) -> impl Iterator<Item = i16> + use<'_> {
    frames.as_chunks().0.iter().map(|bytes| i16::from_le_bytes(bytes.map(i8::cast_unsigned)))
}

/// One band's part of [`Normalisation::Decibel`].
struct Affine {
    multiplier: i32,
    offset: i32,
}

impl Affine {
    fn from_bytes([m0, m1, m2, m3, o0, o1, o2, o3]: [u8; 8]) -> Self {
        Self {
            multiplier: i32::from_le_bytes([m0, m1, m2, m3]),
            offset: i32::from_le_bytes([o0, o1, o2, o3]),
        }
    }

    /// A loaded model never wraps: its coefficients were checked against the lowest value.
    fn apply(&self, value: i32) -> i8 {
        let scaled = value.wrapping_mul(self.multiplier).wrapping_add(self.offset);
        saturate(scaled.wrapping_add(1 << 19) >> 20)
    }
}

/// In 1/128 dB below the maximum.
fn below(value: i16, maximum: i16) -> i32 {
    i32::from(value).wrapping_sub(maximum.into()).max(FLOOR)
}

fn round(value: f32) -> i32 {
    libm::rintf(value) as i32
}

fn saturate(value: i32) -> i8 {
    value.clamp(i8::MIN.into(), i8::MAX.into()) as i8
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;
    use crate::blob::MelScale;

    const PARAMS: FrontEndParams<'static> = FrontEndParams {
        sample_rate: 22050,
        fft_length: 512,
        hop_length: 100,
        window_samples: 200,
        mel_bands: 2,
        mel_scale: MelScale::Slaney,
        normalisation: Normalisation::Power { gain: 1.0 },
    };

    fn window(frames: &[[f32; 2]], memory: &mut [i8]) -> FeatureWindow {
        let mut window = FeatureWindow::new();
        window.configure(&PARAMS);
        for frame in frames {
            window.push(frame, memory);
        }
        window
    }

    /// `q = r dB + offset`, for each band.
    fn one_step_a_decibel(offsets: [i32; 2]) -> Vec<u8> {
        let coefficients = offsets.map(|offset| [8192, offset << 20]);
        coefficients.iter().flatten().flat_map(|value: &i32| value.to_le_bytes()).collect()
    }

    fn quantised(frames: &[[f32; 2]], normalisation: &Normalisation<'_>) -> [i8; 6] {
        let (mut memory, mut input) = ([0; 12], [99; 6]);
        window(frames, &mut memory).quantise(&memory, normalisation, &mut input);
        input
    }

    #[test]
    fn decibels_are_below_the_maximum_and_above_the_floor() {
        let bands = one_step_a_decibel([0, 100]);
        let normalisation = Normalisation::Decibel { bands: &bands };
        let frames = [[1.0, 0.1], [0.01, 0.0], [1e-7, 1e-9]];
        // Below the maximum: 0, -20, -70 in the first band and -10, -80, -80 in the second.
        assert_eq!(quantised(&frames, &normalisation), [0, -20, -70, 90, 20, 20]);
    }

    #[test]
    fn the_oldest_frame_leaves() {
        let bands = one_step_a_decibel([0, 0]);
        let normalisation = Normalisation::Decibel { bands: &bands };
        // The loud first frame is gone, and with it its maximum.
        let frames = [[1000.0, 1000.0], [1.0, 0.1], [0.01, 0.001], [1e-4, 1e-5]];
        assert_eq!(quantised(&frames, &normalisation), [0, -20, -40, -10, -30, -50]);
    }

    #[test]
    fn silence_is_its_own_maximum() {
        let bands = one_step_a_decibel([-5, 7]);
        let normalisation = Normalisation::Decibel { bands: &bands };
        assert_eq!(quantised(&[[0.0; 2]; 3], &normalisation), [-5, -5, -5, 7, 7, 7]);
    }

    #[test]
    fn power_is_scaled_rounded_and_saturated() {
        let normalisation = Normalisation::Power { gain: 10.0 };
        let frames = [[0.0, 1.0], [10.0, 10.04], [100.0, f32::MAX]];
        assert_eq!(quantised(&frames, &normalisation), [-128, -28, 127, -118, -28, 127]);
    }

    #[test]
    fn full_from_the_third_frame_on() {
        let full = |count| window(&std::vec![[1.0; 2]; count], &mut [0; 12]).is_full();
        assert_eq!([0, 2, 3, 4].map(full), [false, false, true, true]);
        assert!(!FeatureWindow::new().is_full());
    }

    #[test]
    fn less_memory_is_no_panic() {
        let mut memory = [0; 5];
        let window = window(&[[1.0; 2]; 4], &mut memory);
        window.quantise(&memory, &Normalisation::Power { gain: 1.0 }, &mut [0; 3]);
    }
}
