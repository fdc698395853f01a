//! The resampler against scipy and against what a filter promises: `tests/scripts/scipy_golden.py` made the golden
//! file.
#![cfg(all(feature = "std", feature = "unstable"))]

use std::f64::consts::TAU;

use prosodia::listen::{Conversion, Filter, Resampler, filter_len};

const RATE: u32 = 22_050;
const SILENCE: [i16; 64] = [0; 64];

/// From each of the rates that microphones have.
fn conversions() -> [Conversion<'static>; 6] {
    macro_rules! from {
        ($rate:literal) => {{
            static FILTER: Filter<{ filter_len($rate, RATE) }> = Filter::new($rate, RATE);
            FILTER.conversion()
        }};
    }
    [from!(8000), from!(16_000), from!(20_833), from!(32_000), from!(44_100), from!(48_000)]
}

/// The whole recording, resampled.
fn resample(conversion: Conversion<'_>, samples: &[i16]) -> Vec<i16> {
    let mut resampler = Resampler::new(conversion);
    let behind = &SILENCE[..resampler.delay()];
    let mut resampled = Vec::new();
    for &sample in samples.iter().chain(behind) {
        resampler.push(sample);
        resampled.extend(std::iter::from_fn(|| resampler.pull()));
    }
    resampled
}

fn tone(rate: u32, hz: f64, amplitude: f64, length: usize) -> Vec<i16> {
    let turn = TAU * hz / f64::from(rate);
    (0..length).map(|n| (amplitude * (turn * n as f64).sin()).round() as i16).collect()
}

/// The middle of a recording, away from where it begins and ends.
fn middle(samples: &[i16]) -> &[i16] {
    &samples[200..samples.len() - 200]
}

fn rms(samples: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = samples.len() as f64;
    (samples.map(|x| x * x).sum::<f64>() / count).sqrt()
}

fn decibels(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}

/// What is left of a tone when its best fit at one frequency is taken away: the fit's amplitude, and the rest's rms.
fn fit(samples: &[i16], rate: u32, hz: f64) -> (f64, f64) {
    let turn = TAU * hz / f64::from(rate);
    let basis = |n: usize| [(turn * n as f64).sin(), (turn * n as f64).cos()];
    let (mut gram, mut projections) = ([0.0; 3], [0.0; 2]);
    for (n, &x) in samples.iter().enumerate() {
        let [s, c] = basis(n);
        gram = [gram[0] + s * s, gram[1] + s * c, gram[2] + c * c];
        projections = [projections[0] + s * f64::from(x), projections[1] + c * f64::from(x)];
    }
    let determinant = gram[0] * gram[2] - gram[1] * gram[1];
    let a = (gram[2] * projections[0] - gram[1] * projections[1]) / determinant;
    let b = (gram[0] * projections[1] - gram[1] * projections[0]) / determinant;
    let rest = samples.iter().enumerate().map(|(n, &x)| {
        let [s, c] = basis(n);
        f64::from(x) - a * s - b * c
    });
    (a.hypot(b), rms(rest))
}

#[derive(serde::Deserialize)]
struct Golden {
    rate: u32,
    samples: Vec<i16>,
    resampled: Vec<f64>,
}

#[test]
fn the_pass_band_is_that_of_scipy_s_resample_poly() {
    let goldens: Vec<Golden> = serde_json::from_str(include_str!("data/resampled.json")).unwrap();
    for (conversion, golden) in conversions().into_iter().zip(goldens) {
        assert_eq!(conversion.input_rate(), golden.rate);
        let resampled = resample(conversion, &golden.samples);
        assert_eq!(resampled.len(), golden.resampled.len(), "{}", golden.rate);
        let pairs = resampled.iter().zip(&golden.resampled);
        let difference = rms(pairs.map(|(&ours, &scipy)| f64::from(ours) - scipy));
        let below = decibels(difference / rms(golden.resampled.iter().copied()));
        assert!(below < -60.0, "{} {below}", golden.rate);
    }
}

#[test]
fn a_tone_in_the_pass_band_keeps_its_level_and_gets_no_company() {
    for conversion in conversions() {
        let rate = conversion.input_rate();
        let nyquist = f64::from(rate.min(RATE)) / 2.0;
        for share in [0.02, 0.11, 0.37, 0.6, 0.8, 0.86] {
            let hz = share * nyquist;
            let resampled = resample(conversion, &tone(rate, hz, 20_000.0, 6000));
            let (amplitude, rest) = fit(middle(&resampled), RATE, hz);
            assert!(decibels(amplitude / 20_000.0).abs() < 0.1, "{rate} {hz} {amplitude}");
            let below = decibels(rest / (20_000.0 / 2_f64.sqrt()));
            assert!(below < -60.0, "{rate} {hz} {below}");
        }
    }
}

#[test]
fn a_tone_in_the_stop_band_is_60_db_down() {
    for conversion in conversions().into_iter().filter(|conversion| conversion.input_rate() > RATE) {
        let rate = conversion.input_rate();
        for hz in (12_570..rate / 2).step_by(431) {
            let resampled = resample(conversion, &tone(rate, hz.into(), 30_000.0, 6000));
            let alias = rms(middle(&resampled).iter().map(|&x| f64::from(x)));
            let below = decibels(alias / (30_000.0 / 2_f64.sqrt()));
            assert!(below < -60.0, "{rate} {hz} {below}");
        }
    }
}

#[test]
fn extremes_saturate_and_constants_stay() {
    for conversion in conversions() {
        let high = resample(conversion, &[i16::MAX; 3000]);
        assert_eq!(high[500], i16::MAX);
        let low = resample(conversion, &[i16::MIN; 3000]);
        assert_eq!(low[500], i16::MIN);
        // A step between the extremes overshoots, whatever its place between phases.
        let square: Vec<i16> = (0..3000).map(|n| if n % 100 < 50 { i16::MAX } else { i16::MIN }).collect();
        let resampled = resample(conversion, &square);
        assert!(resampled.contains(&i16::MAX) && resampled.contains(&i16::MIN));
        let crossings = middle(&resampled).windows(2).filter(|pair| (pair[0] < 0) != (pair[1] < 0)).count();
        let expected =
            middle(&resampled).len() as f64 * f64::from(conversion.input_rate()) / f64::from(RATE) / 50.0;
        assert!((crossings as f64 - expected).abs() <= 1.5, "{crossings} {expected}");
        assert!(resample(conversion, &[0; 1000]).iter().all(|&x| x == 0));
    }
}

/// As many output samples as fit: `ceil(n * output / input)`, after a minute as at the beginning.
#[test]
fn time_does_not_drift() {
    for conversion in conversions() {
        let (input, output) = (u64::from(conversion.input_rate()), u64::from(conversion.output_rate()));
        let mut resampler = Resampler::new(conversion);
        let (mut taken, mut given) = (0, 0);
        for _ in 0..60 * input {
            resampler.push(7);
            taken += 1;
            given += std::iter::from_fn(|| resampler.pull()).count() as u64;
            let ready = u64::saturating_sub(taken, resampler.delay() as u64);
            assert_eq!(given, (ready * output).div_ceil(input), "{input} {taken}");
        }
    }
}
