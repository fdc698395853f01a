/// The size of the largest sample of 16 bit.
const FULL_SCALE: f64 = 32768.0;

/// Samples to work on.
#[must_use]
pub fn to_f64(samples: &[i16]) -> Vec<f64> {
    samples.iter().copied().map(f64::from).collect()
}

/// Samples as a converter gives them: rounded, and clipped at full scale.
///
/// ```
/// assert_eq!(host_trainer::acoustics::to_i16(&[0.6, -40_000.0, 32_768.0]), [1, -32_768, 32_767]);
/// ```
#[must_use]
pub fn to_i16(samples: &[f64]) -> Vec<i16> {
    // The conversion saturates.
    samples.iter().map(|sample| sample.round_ties_even() as i16).collect()
}

/// The mean square; of nothing, 0.
#[must_use]
pub fn power(samples: &[f64]) -> f64 {
    samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len().max(1) as f64
}

/// Makes samples louder by so many dB.
pub fn amplify(samples: &mut [f64], decibels: f64) {
    let factor = 10f64.powf(decibels / 20.0);
    samples.iter_mut().for_each(|sample| *sample *= factor);
}

/// Brings the largest sample to so many dB above full scale; more than 0 will clip. Silence stays silent.
pub fn set_peak(samples: &mut [f64], decibels: f64) {
    let peak = samples.iter().fold(0.0, |peak: f64, sample| peak.max(sample.abs()));
    if peak > 0.0 {
        amplify(samples, decibels - 20.0 * (peak / FULL_SCALE).log10());
    }
}

/// Adds an offset (DC).
pub fn offset(samples: &mut [f64], offset: f64) {
    samples.iter_mut().for_each(|sample| *sample += offset);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 dB are a factor of 10.
    #[test]
    fn a_peak_is_where_it_is_asked_for() {
        let mut samples = [1.0, -10.0, 4.0];
        set_peak(&mut samples, -20.0);
        assert_eq!(to_i16(&samples), [328, -3277, 1311]);
        set_peak(&mut samples, 20.0);
        assert_eq!(to_i16(&samples), [32_767, -32_768, 32_767]);
        let mut silence = [0.0; 3];
        set_peak(&mut silence, 0.0);
        assert_eq!(silence, [0.0; 3]);
    }

    #[test]
    fn an_offset_moves_every_sample() {
        let mut samples = to_f64(&[5, -7]);
        offset(&mut samples, 1000.0);
        assert_eq!((to_i16(&samples), power(&[3.0, -4.0])), (vec![1005, 993], 12.5));
    }
}
