use engine::blob::FrontEndParams;
use engine::front_end::Features;

use super::voices::running;
use super::{FrontEndSpec, log_mel};

/// Which frames of a recording are speech to a running reference: those whose loudest band is near the level that
/// speech has reached. None for a model without such a reference, which does not tell.
#[must_use]
pub fn speech(params: &FrontEndParams<'_>, samples: &[i16]) -> Option<Vec<bool>> {
    let running = running(params)?;
    let [first, end] = running.loudness_bands.map(usize::from);
    let spec = FrontEndSpec { window_samples: samples.len() as u32, ..params.into() };
    let mut memory = vec![0; Features::memory_bytes(params)];
    let mut features = Features::new();
    features.configure(params);
    // What is learnt of a voice would be taken off the rows.
    features.freeze_voice(true);
    let mut speech = Vec::new();
    let mut rows = |features: &mut Features, memory: &mut [i8]| {
        while let Some(row) = features.next(params, memory) {
            let loudness = row.decibels(memory).skip(first).take(end - first).max();
            speech.push(loudness.is_some_and(|loudness| loudness > -i32::from(running.speech_below)));
        }
    };
    for frame in log_mel(samples, &spec).chunks_exact(params.mel_bands.into()) {
        features.push_decibels(params, frame.iter().copied(), &mut memory);
        rows(&mut features, &mut memory);
    }
    features.end();
    rows(&mut features, &mut memory);
    Some(speech)
}

#[cfg(test)]
mod tests {
    use engine::Model;

    use super::*;
    use crate::SHIPPED_MODEL;

    /// Half a second each of a tone, of near silence and of the tone again.
    #[test]
    fn what_is_far_below_the_level_is_no_speech() {
        let model = Model::from_bytes(SHIPPED_MODEL).unwrap();
        let params = model.front_end();
        let half = params.sample_rate as usize / 2;
        let tone = |n: usize| (8000.0 * (0.1 * n as f64).sin()) as i16;
        let samples: Vec<i16> = (0..3 * half)
            .map(|n| if (half..2 * half).contains(&n) { (n % 3) as i16 - 1 } else { tone(n) })
            .collect();
        let speech = speech(params, &samples).unwrap();
        let hop = usize::from(params.hop_length);
        assert_eq!(speech.len(), samples.len() / hop + 1);
        let around = |sample: usize| speech[sample / hop];
        assert_eq!([half / 2, 3 * half / 2, 5 * half / 2].map(around), [true, false, true]);
    }
}
