//! Changes to training clips that leave the emotion: speed and shift of the samples, rooms, microphones, noise and
//! codecs, masks and band shift of the features, mixtures of clips. All randomness comes from the caller's generator,
//! so a clip is changed the same way whatever else is going on.

mod channel;
mod environments;
mod mixup;
mod noise;
mod rooms;
mod samples;
mod spectrogram;

pub use channel::{Channel, Clicks, Hum, Level, LowPass, Offset, PacketLoss, Reverberation, Telephone, Tilt};
pub use environments::Environments;
pub use mixup::Mixture;
pub use noise::Noises;
pub use rooms::Rooms;

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::acoustics::{amplify, to_f64, to_i16};
use crate::audio;
use crate::features::{Hearing, Voice, log_mel};

/// What is done to training clips.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Augmentation {
    /// The share of clips to which noise is added.
    pub noisy_share: f64,
    /// Playback at another speed.
    pub speed: Speed,
    /// dB by which the recording is louder or quieter at most.
    pub gain: f64,
    /// What lies between the speaker and the model; nothing where it is left out.
    #[serde(default)]
    pub channel: Channel,
    /// Seconds by which a window is rotated at most, both ways.
    pub shift: f64,
    /// A run of bands set to their mean.
    pub band_mask: Mask,
    /// A run of frames set to the mean.
    pub time_mask: Mask,
    /// Bands by which the spectrum is moved at most, both ways.
    pub band_shift: usize,
    /// The parameter of mixup's beta distribution.
    pub mixup: Option<f64>,
}

/// Playback at another speed; pitch changes with it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speed {
    /// The share of clips that are played faster or slower.
    pub share: f64,
    /// How many times as slow or as fast at most.
    pub furthest: f64,
}

/// A mask over a spectrogram (Park et al., "SpecAugment", 2019).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mask {
    /// The share of clips that are masked.
    pub share: f64,
    /// The largest width.
    pub width: usize,
}

/// Turns recordings into disturbed network inputs.
#[derive(Debug, Clone, Copy)]
pub struct Augmenter<'a> {
    /// What to do.
    pub augmentation: Augmentation,
    /// From samples to the network's input.
    pub hearing: &'a Hearing,
    /// Noises to disturb with.
    pub noises: &'a Noises<'a>,
    /// Rooms to speak in.
    pub rooms: &'a Rooms,
}

impl Augmenter<'_> {
    /// The [`log_mel`] frames of a whole recording whose sound is disturbed, in the order in which sound travels: the
    /// speaker (speed, place), the room, the microphone and its noise, the recording level, the codec.
    #[must_use]
    pub fn frames(&self, recording: &[i16], rng: &mut impl Rng) -> Vec<i16> {
        let Augmentation { noisy_share, gain, channel, speed, shift, .. } = self.augmentation;
        let front_end = &self.hearing.front_end;
        let (length, rate) = (front_end.window_samples as usize, front_end.sample_rate);
        let window = if rng.random_bool(speed.share) {
            audio::window(&samples::at_random_speed(recording, speed.furthest, rng), length)
        } else {
            audio::window(recording, length)
        };
        let mut window = to_f64(&window);
        samples::rotate(&mut window, (shift * f64::from(rate)) as usize, rng);
        channel.room(&mut window, rate, self.rooms, rng);
        channel.microphone(&mut window, rate, rng);
        if rng.random_bool(noisy_share) {
            self.noises.add(&mut window, rng);
        }
        amplify(&mut window, rng.random_range(-gain..=gain));
        channel.level(&mut window, rng);
        let digital = channel.codec(to_i16(&window), rate, rng);
        log_mel(&digital, front_end)
    }

    /// The network's input for frames of a voice whose features are disturbed: bands shifted, bands and frames masked.
    #[must_use]
    pub fn input(&self, frames: &[i16], voice: &Voice, rng: &mut impl Rng) -> Vec<f32> {
        let Augmentation { band_mask, time_mask, band_shift, .. } = self.augmentation;
        let Hearing { front_end, scaling, .. } = self.hearing;
        let bands = front_end.mel_bands.into();
        let mut features = self.hearing.refer(frames, voice);
        spectrogram::shift_bands(&mut features, bands, band_shift, rng);
        let mut input = scaling.apply(&features);
        if rng.random_bool(band_mask.share) {
            spectrogram::mask_bands(&mut input, bands, band_mask.width, rng);
        }
        if rng.random_bool(time_mask.share) {
            spectrogram::mask_frames(&mut input, bands, time_mask.width, rng);
        }
        input
    }
}
