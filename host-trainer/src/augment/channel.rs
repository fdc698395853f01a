use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::{Rooms, noise};
use crate::acoustics::{self, Click, Concealment, Thump, power};

/// How steep a low-pass is: from a simple filter's 24 dB an octave to what sources of a lower rate have.
const ORDERS: std::ops::RangeInclusive<i32> = 4..=32;
/// The quietest click or thump is so many times as low as the highest.
const QUIETEST_KNOCK: f64 = 20.0;
/// Hum lies within so many dB of the loudest.
const QUIETEST_HUM: f64 = 30.0;
/// Seconds in a packet.
const PACKET: f64 = 0.02;
/// Packets that are lost in a row, in the mean.
const BURST: f64 = 2.5;

/// What lies between a speaker and a model, each for a share of the clips (0 to 1), in the order in which sound meets
/// it. What is left out is not done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Channel {
    /// A room's echoes.
    pub room: Option<Reverberation>,
    /// A microphone that favours high or low frequencies.
    pub tilt: Option<Tilt>,
    /// A microphone, or a source of a lower rate, that has no high frequencies.
    pub low_pass: Option<LowPass>,
    /// One click.
    pub click: Option<Clicks>,
    /// One thump.
    pub thump: Option<Clicks>,
    /// Hum of the mains.
    pub hum: Option<Hum>,
    /// An offset.
    pub dc: Option<Offset>,
    /// How loud it is recorded, in place of what `gain` makes of it.
    pub level: Option<Level>,
    /// A telephone line: 300 to 3400 Hz at 8000 Hz, mu-law.
    pub telephone: Option<Telephone>,
    /// Packets of 20 ms that are lost, in bursts.
    pub packet_loss: Option<PacketLoss>,
}

/// A room's echoes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reverberation {
    /// The share of clips.
    pub share: f64,
    /// Seconds until a made room's echoes have faded by 60 dB, at most; at least it is 0.1. Recorded rooms are as they
    /// are.
    pub longest: f64,
}

/// A level that rises or falls with frequency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tilt {
    /// The share of clips.
    pub share: f64,
    /// dB an octave at most, both ways.
    pub steepest: f64,
}

/// A low-pass filter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LowPass {
    /// The share of clips.
    pub share: f64,
    /// The lowest cutoff in Hz; the highest is half the sample rate.
    pub lowest: f64,
}

/// Knocks, anywhere in the window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clicks {
    /// The share of clips.
    pub share: f64,
    /// How high at most, in steps of 16 bit, either way; at least it is a twentieth of it.
    pub highest: f64,
}

/// Hum of the mains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hum {
    /// The share of clips.
    pub share: f64,
    /// dB above the speech at most; at least it is 30 dB less.
    pub loudest: f64,
}

/// An offset.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offset {
    /// The share of clips.
    pub share: f64,
    /// In steps of 16 bit at most, both ways.
    pub furthest: f64,
}

/// A recording level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The share of clips.
    pub share: f64,
    /// Where the highest sample lies at least, in dB above full scale: -30 is very quiet.
    pub quietest: f64,
    /// And at most: what lies above 0 is clipped.
    pub loudest: f64,
}

/// A telephone line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telephone {
    /// The share of clips.
    pub share: f64,
}

/// Packets that get lost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PacketLoss {
    /// The share of clips.
    pub share: f64,
    /// The share of packets that are lost, at most.
    pub most: f64,
}

impl Channel {
    /// Sets a window in a room.
    pub(super) fn room(&self, window: &mut [f64], rate: u32, rooms: &Rooms, rng: &mut impl Rng) {
        if let Some(room) = self.room.filter(|room| happens(room.share, rng)) {
            rooms.reverberate(window, rate, room.longest, rng);
        }
    }

    /// What a microphone makes of a window, without its noise.
    pub(super) fn microphone(&self, window: &mut [f64], rate: u32, rng: &mut impl Rng) {
        self.response(window, rate, rng);
        if let Some(click) = self.click.filter(|click| happens(click.share, rng)) {
            let start = rng.random_range(0..window.len().max(1));
            let seconds = rng.random_range(0.0002..0.003);
            Click { start, seconds, height: height(click.highest, rng) }.add(window, rate);
        }
        if let Some(thump) = self.thump.filter(|thump| happens(thump.share, rng)) {
            let start = rng.random_range(0..window.len().max(1));
            let (seconds, frequency) = (rng.random_range(0.03..0.25), rng.random_range(25.0..120.0));
            Thump { start, seconds, frequency, height: height(thump.highest, rng) }.add(window, rate);
        }
        if let Some(hum) = self.hum.filter(|hum| happens(hum.share, rng)) {
            let level = rng.random_range(hum.loudest - QUIETEST_HUM..=hum.loudest);
            acoustics::mix(window, &noise::hum(window.len(), rate, rng), -level);
        }
        if let Some(dc) = self.dc.filter(|dc| happens(dc.share, rng)) {
            acoustics::offset(window, rng.random_range(-dc.furthest..=dc.furthest));
        }
    }

    /// Tilt and low-pass at once: two transforms of a window take as long as its features.
    fn response(&self, window: &mut [f64], rate: u32, rng: &mut impl Rng) {
        let tilt = self.tilt.filter(|tilt| happens(tilt.share, rng));
        let tilt = tilt.map(|tilt| rng.random_range(-tilt.steepest..=tilt.steepest));
        let low_pass = self.low_pass.filter(|low_pass| happens(low_pass.share, rng)).map(|low_pass| {
            let nyquist = f64::from(rate) / 2.0;
            let cutoff = rng.random_range(low_pass.lowest.min(nyquist).ln()..=nyquist.ln()).exp();
            acoustics::low_pass(cutoff, rng.random_range(ORDERS))
        });
        if tilt.is_none() && low_pass.is_none() {
            return;
        }
        let before = power(window);
        let tilt = tilt.map(acoustics::tilt);
        acoustics::shape(window, rate, |frequency| {
            let gain = tilt.as_ref().map_or(1.0, |tilt| tilt(frequency));
            gain * low_pass.as_ref().map_or(1.0, |low_pass| low_pass(frequency))
        });
        // It is the colour that changes: the level has its own place.
        let after = power(window);
        if after > 0.0 {
            acoustics::amplify(window, 10.0 * (before / after).log10());
        }
    }

    /// Sets how loud a window is recorded.
    pub(super) fn level(&self, window: &mut [f64], rng: &mut impl Rng) {
        if let Some(level) = self.level.filter(|level| happens(level.share, rng)) {
            acoustics::set_peak(window, rng.random_range(level.quietest..=level.loudest));
        }
    }

    /// What comes out at the other end of a line.
    pub(super) fn codec(&self, window: Vec<i16>, rate: u32, rng: &mut impl Rng) -> Vec<i16> {
        let telephone = self.telephone.is_some_and(|telephone| happens(telephone.share, rng));
        let packet_loss = self.packet_loss.filter(|packet_loss| happens(packet_loss.share, rng));
        if !telephone && packet_loss.is_none() {
            return window;
        }
        let mut samples = acoustics::to_f64(&window);
        if telephone {
            samples = acoustics::telephone(&samples, rate);
        }
        if let Some(packet_loss) = packet_loss {
            lose_packets(&mut samples, rate, rng.random_range(0.0..=packet_loss.most), rng);
        }
        acoustics::to_i16(&samples)
    }
}

/// Loses a share of the packets in bursts: a chain of two states (Gilbert, "Capacity of a burst-noise channel", 1960).
fn lose_packets(samples: &mut [f64], rate: u32, share: f64, rng: &mut impl Rng) {
    let concealment = if rng.random() { Concealment::Silence } else { Concealment::Repetition };
    let ends = 1.0 / BURST;
    // In balance as many bursts begin as end.
    let begins = (ends * share / (1.0 - share)).min(1.0);
    let mut is_lost = false;
    let length = ((PACKET * f64::from(rate)) as usize).max(1);
    acoustics::lose(samples, length, concealment, |_| {
        is_lost = if is_lost { !rng.random_bool(ends) } else { rng.random_bool(begins) };
        is_lost
    });
}

/// Nothing is drawn for what is never done.
fn happens(share: f64, rng: &mut impl Rng) -> bool {
    share > 0.0 && rng.random_bool(share)
}

/// A knock's height, its magnitude as likely to be small as large, either way.
fn height(highest: f64, rng: &mut impl Rng) -> f64 {
    let height = highest * (-rng.random_range(0.0..=QUIETEST_KNOCK.ln())).exp();
    if rng.random() { height } else { -height }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    const RATE: u32 = 16_000;

    fn speech() -> Vec<f64> {
        let tone = |frequency: f64, n: i32| (TAU * frequency * f64::from(n) / f64::from(RATE)).sin();
        (0..16_000).map(|n| 3000.0 * tone(400.0, n) + 500.0 * tone(5000.0, n)).collect()
    }

    /// A window after everything that the channel does.
    fn through(channel: &Channel, seed: u64) -> Vec<i16> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut window = speech();
        channel.room(&mut window, RATE, &Rooms::default(), &mut rng);
        channel.microphone(&mut window, RATE, &mut rng);
        channel.level(&mut window, &mut rng);
        channel.codec(acoustics::to_i16(&window), RATE, &mut rng)
    }

    /// Each disturbance with a share of its own.
    fn each(share: f64) -> Vec<Channel> {
        let clicks = Some(Clicks { share, highest: 20_000.0 });
        let none = Channel::default();
        vec![
            Channel { room: Some(Reverberation { share, longest: 0.5 }), ..none },
            Channel { tilt: Some(Tilt { share, steepest: 3.0 }), ..none },
            Channel { low_pass: Some(LowPass { share, lowest: 300.0 }), ..none },
            Channel { click: clicks, ..none },
            Channel { thump: clicks, ..none },
            Channel { hum: Some(Hum { share, loudest: 0.0 }), ..none },
            Channel { dc: Some(Offset { share, furthest: 1000.0 }), ..none },
            Channel { level: Some(Level { share, quietest: -30.0, loudest: 12.0 }), ..none },
            Channel { telephone: Some(Telephone { share }), ..none },
            Channel { packet_loss: Some(PacketLoss { share, most: 0.5 }), ..none },
        ]
    }

    #[test]
    fn what_has_a_share_of_0_changes_and_draws_nothing() {
        let clean = acoustics::to_i16(&speech());
        for channel in each(0.0).into_iter().chain([Channel::default()]) {
            assert_eq!(through(&channel, 1), clean, "{channel:?}");
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            channel.microphone(&mut speech(), RATE, &mut rng);
            assert_eq!(rng, ChaCha8Rng::seed_from_u64(1), "{channel:?}");
        }
    }

    #[test]
    fn a_share_is_of_the_clips_and_the_seed_decides() {
        let clean = acoustics::to_i16(&speech());
        for channel in each(0.5) {
            let windows: Vec<_> = (0..40).map(|seed| through(&channel, seed)).collect();
            let changed = windows.iter().filter(|window| **window != clean).count();
            // 40 tosses of a coin: fewer than 8 or more than 32 are one in 25 000.
            assert!((8..=32).contains(&changed), "{channel:?}: {changed}");
            assert_eq!(through(&channel, 7), windows[7]);
            assert!(windows.iter().all(|window| window.len() == clean.len()));
        }
    }

    #[test]
    fn levels_lie_between_quietest_and_loudest() {
        let level = Channel {
            level: Some(Level { share: 1.0, quietest: -30.0, loudest: -20.0 }),
            ..Channel::default()
        };
        // -30 dB of full scale are 1036, -20 dB are 3277.
        for seed in 0..20 {
            let peak = through(&level, seed).into_iter().max().unwrap();
            assert!((1036..=3277).contains(&peak), "{peak}");
        }
    }

    #[test]
    fn packets_are_lost_in_bursts_and_as_often_as_is_asked_for() {
        let mut samples = vec![1.0; 20_000];
        // Packets of one sample: 50 Hz.
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        while samples.iter().all(|sample| *sample != 0.0) {
            samples.fill(1.0);
            // Until it is silence that takes their place.
            lose_packets(&mut samples, 50, 0.2, &mut rng);
        }
        let lost = samples.iter().filter(|sample| **sample == 0.0).count();
        let bursts = samples.windows(2).filter(|pair| pair[0] != 0.0 && pair[1] == 0.0).count();
        assert!((0.18..0.22).contains(&(lost as f64 / 20_000.0)), "{lost}");
        assert!((2.3..2.7).contains(&(lost as f64 / bursts as f64)), "{lost} {bursts}");
    }

    #[test]
    fn a_microphone_colours_and_keeps_the_level() {
        let tilt = Channel { tilt: Some(Tilt { share: 1.0, steepest: 6.0 }), ..Channel::default() };
        let before = power(&speech());
        for seed in 0..5 {
            let after = power(&acoustics::to_f64(&through(&tilt, seed)));
            assert!((after / before - 1.0).abs() < 1e-3, "{after}");
        }
    }
}
