//! What the tests measure of a sound, by other means than those that made it.

use std::f64::consts::TAU;

/// Squared magnitude of the Fourier transform at a frequency in Hz.
pub(super) fn power_at(samples: &[f64], frequency: f64, rate: f64) -> f64 {
    let (real, imaginary) = samples.iter().enumerate().fold((0.0, 0.0), |(real, imaginary), (n, sample)| {
        let (sin, cos) = (TAU * frequency / rate * n as f64).sin_cos();
        (real + sample * cos, imaginary + sample * sin)
    });
    real * real + imaginary * imaginary
}

/// RMS in dB.
pub(super) fn level(samples: &[f64]) -> f64 {
    10.0 * (samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len() as f64).log10()
}

/// The pitch of a 40 ms stretch in Hz by autocorrelation, if it has one between 60 and 600 Hz.
pub(super) fn pitch(samples: &[f64], rate: f64) -> Option<f64> {
    let window = (0.04 * rate) as usize;
    let first = samples.get(..window)?;
    let correlation: Vec<f64> = (0..(rate / 60.0) as usize)
        .map_while(|lag| {
            let second = samples.get(lag..lag + window)?;
            let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            Some(product(first, second) / (product(first, first) * product(second, second)).sqrt())
        })
        .collect();
    let shortest = (rate / 600.0) as usize;
    let highest = correlation.iter().skip(shortest).copied().fold(f64::MIN, f64::max);
    // The first of about equally high peaks: the others are multiples of the period.
    let peak = |around: &[f64]| around[1] >= around[0].max(around[2]) && around[1] > 0.93 * highest;
    let (lag, around) = correlation.windows(3).enumerate().skip(shortest).find(|(_, around)| peak(around))?;
    // The top of the parabola through the three points lies between two lags.
    let top = 0.5 * (around[0] - around[2]) / (around[0] - 2.0 * around[1] + around[2]);
    (highest > 0.8).then(|| rate / (lag as f64 + 1.0 + top))
}

/// What a recording sounds like as a whole.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MeasuredSpeech {
    /// Mean pitch in semitones above 1 Hz.
    pub pitch: f64,
    /// Standard deviation of the pitch, semitones.
    pub pitch_range: f64,
    /// dB relative to full scale, while someone speaks.
    pub level: f64,
    /// From the first sound to the last.
    pub seconds: f64,
    /// Level of the pitched parts' differenced signal relative to their own, dB: the more, the brighter.
    pub brightness: f64,
}

impl MeasuredSpeech {
    pub(super) fn measure(samples: &[i16], rate: f64) -> Self {
        let samples: Vec<f64> = samples.iter().map(|&sample| f64::from(sample) / 32768.0).collect();
        let hop = (0.02 * rate) as usize;
        let levels: Vec<f64> = samples.chunks_exact(hop).map(level).collect();
        let loudest = levels.iter().copied().fold(f64::MIN, f64::max);
        let spoken = |level: &f64| *level > loudest - 20.0;
        let first = levels.iter().position(spoken).unwrap();
        let last = levels.iter().rposition(spoken).unwrap();
        let speech = &samples[first * hop..(last + 1) * hop];
        let voiced: Vec<(f64, &[f64])> = (0..speech.len() / hop)
            .map(|index| &speech[index * hop..])
            .filter(|rest| level(&rest[..hop]) > loudest - 12.0)
            .filter_map(|rest| Some((12.0 * pitch(rest, rate)?.log2(), &rest[..hop])))
            .collect();
        let count = voiced.len() as f64;
        let pitch = voiced.iter().map(|(pitch, _)| pitch).sum::<f64>() / count;
        let variance = voiced.iter().map(|(each, _)| (each - pitch).powi(2)).sum::<f64>() / count;
        let brightness = voiced.iter().map(|(_, stretch)| {
            let differences: Vec<f64> = stretch.windows(2).map(|pair| pair[1] - pair[0]).collect();
            level(&differences) - level(stretch)
        });
        Self {
            pitch,
            pitch_range: variance.sqrt(),
            level: level(speech),
            seconds: speech.len() as f64 / rate,
            brightness: brightness.sum::<f64>() / count,
        }
    }

    pub(super) fn mean(all: &[Self]) -> Self {
        let mean = |of: fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
        Self {
            pitch: mean(|speech| speech.pitch),
            pitch_range: mean(|speech| speech.pitch_range),
            level: mean(|speech| speech.level),
            seconds: mean(|speech| speech.seconds),
            brightness: mean(|speech| speech.brightness),
        }
    }
}
