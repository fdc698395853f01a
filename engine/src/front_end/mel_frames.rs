use super::filter_bank::FilterBank;
use super::framer::Framer;
use super::real_fft::{SCALE, power_spectrum};
use crate::blob::FrontEndParams;

/// Mel power, frame by frame, from samples pushed in any portions.
///
/// Frame `t` is a Hann window of `fft_length` samples centred on sample `t * hop_length`; silence
/// precedes the recording. It takes 7 KiB, and while it works it borrows memory for the spectrum.
///
/// ```
/// use prosodia::front_end::{MelFrames, decibel};
/// use prosodia::{Model, include_model};
///
/// const MODEL: &[u8] = include_model!("../../tests/data/every_operator.postcard");
/// let model = Model::from_bytes(MODEL)?;
/// let mut mel_frames = MelFrames::new();
/// mel_frames.configure(model.front_end()); // frames of 512 samples, 256 apart, 4 bands
/// let mut scratch = vec![0.0; MelFrames::scratch_len(model.front_end())];
/// let mut samples: &[i16] = &[0; 10_000];
/// let mut frames = 0;
/// while let Some(power) = mel_frames.next(&mut samples, &mut scratch) {
///     assert!(power.iter().all(|&power| decibel(power) == -100.0));
///     frames += 1;
/// }
/// assert_eq!(frames, 39); // the last one ends at 38 * 256 + 256
/// assert_eq!(mel_frames.pad(&mut scratch), [0.0; 4]); // one more, filled up with silence
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MelFrames {
    framer: Framer,
    filter_bank: FilterBank,
    shape: Shape,
}

#[derive(Clone, Copy)]
struct Shape {
    fft_length: usize,
    hop_length: usize,
    mel_bands: usize,
}

impl MelFrames {
    /// A front end that is not configured yet and yields no frames.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            framer: Framer::new(),
            filter_bank: FilterBank::new(),
            shape: Shape { fft_length: 0, hop_length: 0, mel_bands: 0 },
        }
    }

    /// Takes on parameters and starts a new recording.
    ///
    /// Parameters that [`Model::from_bytes`](crate::Model::from_bytes) refuses give no frames, or frames
    /// without meaning.
    pub fn configure(&mut self, params: &FrontEndParams<'_>) {
        self.shape = Shape {
            fft_length: params.fft_length.into(),
            hop_length: params.hop_length.into(),
            mel_bands: params.mel_bands.into(),
        };
        let FrontEndParams { mel_scale, sample_rate, fft_length, mel_bands, .. } = *params;
        self.filter_bank.configure(mel_scale, sample_rate, fft_length, mel_bands);
        self.reset();
    }

    /// Starts a new recording.
    pub fn reset(&mut self) {
        self.framer.start(self.shape.fft_length, self.shape.hop_length);
    }

    /// The values of scratch memory that [`next`](Self::next) and [`pad`](Self::pad) need: `fft_length + mel_bands`.
    /// What they find there does not matter.
    #[must_use]
    pub fn scratch_len(params: &FrontEndParams<'_>) -> usize {
        usize::from(params.fft_length).saturating_add(params.mel_bands.into())
    }

    /// Takes samples until a frame is complete, and takes them off the slice; the frame's mel power, a value of
    /// 0 or more for each band. None when the samples are used up. An amplitude of 32768 counts as 1. With less
    /// scratch memory than [`scratch_len`](Self::scratch_len) says, frames are empty.
    pub fn next<'s>(&mut self, samples: &mut &[i16], scratch: &'s mut [f32]) -> Option<&'s [f32]> {
        if let Some(left) = self.framer.fill(samples) {
            *samples = left;
            Some(self.analyse(scratch))
        } else {
            *samples = &[];
            None
        }
    }

    /// Samples that the next frame still waits for.
    #[must_use]
    pub fn missing_samples(&self) -> usize {
        self.framer.missing()
    }

    /// Fills the next frame up with silence: its mel power.
    pub fn pad<'s>(&mut self, scratch: &'s mut [f32]) -> &'s [f32] {
        self.framer.fill_with_silence();
        self.analyse(scratch)
    }

    fn analyse<'s>(&mut self, scratch: &'s mut [f32]) -> &'s [f32] {
        let Some((bins, rest)) = scratch.split_at_mut_checked(self.shape.fft_length) else { return &[] };
        let power = rest.get_mut(..self.shape.mel_bands).unwrap_or_default();
        let bins = bytemuck::try_cast_slice_mut(bins).unwrap_or_default();
        power_spectrum(self.framer.frame(), bins);
        self.filter_bank.apply(bins, power);
        power.iter_mut().for_each(|power| *power *= SCALE);
        power
    }
}

impl Default for MelFrames {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;
    use core::num::NonZeroU8;

    use crate::blob::{MelScale, Normalisation};

    /// Miri takes a second for a frame.
    const WINDOW_SAMPLES: usize = if cfg!(miri) { 1000 } else { 8000 };

    fn params(fft_length: u16, hop_length: u16, mel_bands: u16) -> FrontEndParams<'static> {
        FrontEndParams {
            sample_rate: 22050,
            fft_length,
            hop_length,
            window_samples: WINDOW_SAMPLES as u32,
            mel_bands,
            mel_scale: MelScale::Slaney,
            normalisation: Normalisation::Power { gain: 1.0, root: NonZeroU8::MIN, offset: -128.0 },
        }
    }

    fn mel(params: &FrontEndParams<'_>, portions: &[&[i16]]) -> Vec<Vec<f32>> {
        let mut mel_frames = MelFrames::new();
        mel_frames.configure(params);
        let mut scratch = std::vec![f32::NAN; MelFrames::scratch_len(params)];
        let mut frames = Vec::new();
        for samples in portions {
            let mut samples = *samples;
            while let Some(power) = mel_frames.next(&mut samples, &mut scratch) {
                frames.push(power.to_vec());
            }
        }
        while params.hop_length > 0 && frames.len() < params.frames() {
            frames.push(mel_frames.pad(&mut scratch).to_vec());
        }
        frames
    }

    fn noise(length: usize) -> Vec<i16> {
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        core::iter::successors(Some(1), next).map(|state| (state >> 16) as i16).take(length).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 24 }))]

        #[test]
        fn portions_do_not_matter(
            length in prop_oneof![Just(512u16), Just(1024), Just(2048)],
            hop in prop_oneof![1500u16..9000, 160u16..700],
            bands in 1u16..=128,
            samples in 0..WINDOW_SAMPLES + 1000,
            portion in prop_oneof![1usize..4, 100usize..5000],
        ) {
            let params = params(length, hop, bands);
            let samples = noise(samples);
            let portions: Vec<_> = samples.chunks(portion).collect();
            let at_once = mel(&params, &[&samples]);
            prop_assert_eq!(&mel(&params, &portions), &at_once);
        }
    }

    #[test]
    fn a_frame_does_not_depend_on_what_was_before_it() {
        // The same 2048 samples at frame 0 and, after 3 hops of silence, at frame 3.
        let params = params(2048, 700, 40);
        let samples = noise(1024);
        let late = [&std::vec![0; 2100], &samples[..]].concat();
        assert_eq!(mel(&params, &[&samples])[0], mel(&params, &[&late])[3]);
    }

    #[test]
    fn extremes_give_finite_power() {
        let square = |half_period: usize| -> Vec<i16> {
            let is_high = |n: usize| (n / half_period).is_multiple_of(2);
            (0..WINDOW_SAMPLES).map(|n| if is_high(n) { i16::MAX } else { i16::MIN }).collect()
        };
        for length in [512, 1024, 2048] {
            let params = params(length, 512, 128);
            let lowest = std::vec![i16::MIN; WINDOW_SAMPLES];
            for samples in [&square(50), &square(1), &lowest, &noise(WINDOW_SAMPLES)] {
                let frames = mel(&params, &[samples]);
                assert_eq!(frames.len(), 1 + WINDOW_SAMPLES / 512);
                assert!(frames.iter().flatten().all(|power| power.is_finite() && *power >= 0.0));
                assert!(frames.iter().flatten().any(|power| *power > 0.0));
            }
            assert!(mel(&params, &[&[0; WINDOW_SAMPLES]]).iter().flatten().all(|power| *power == 0.0));
        }
    }

    #[test]
    fn a_constant_by_hand() {
        let frames = mel(&params(512, 512, 1), &[&[16384; 8000]]);
        // Between the ends of the recording, a Hann window leaves a constant in bins 0 and 1 alone. Bin 1
        // holds (N/4 * amplitude)^2 and lies 43.07 Hz up a triangle 11025 Hz wide, whose peak is at half of
        // 49.911 mel: 1000 * 6.4^((24.955 - 15) / 27) = 1982.6 Hz.
        let expected = 4096.0 * (43.066 / 1982.6) * 2.0 / 11025.0;
        for frame in &frames[1..15] {
            assert!((frame[0] / expected - 1.0).abs() < 1e-4, "{frame:?} {expected}");
        }
    }

    #[test]
    fn refused_parameters_give_no_frames() {
        assert!(mel(&FrontEndParams { hop_length: 0, ..params(512, 1, 40) }, &[&noise(5000)]).is_empty());
    }
}
