use engine::blob::{FrontEndParams, RunningParams};
use engine::front_end::Features;

use super::voices::running;

/// Tells which frames of a recording are speech to a running reference: those whose loudest band is near the level that
/// speech has reached. What becomes of a frame is known once it need not wait for the level any more.
pub struct Speech<'p> {
    params: FrontEndParams<'p>,
    running: RunningParams<'p>,
    features: Features,
    memory: Vec<i8>,
}

impl<'p> Speech<'p> {
    /// Nothing of a recording yet. None for a model without such a reference, which does not tell.
    #[must_use]
    pub fn new(params: &FrontEndParams<'p>) -> Option<Self> {
        let running = *running(params)?;
        let mut features = Features::new();
        features.configure(params);
        // What is learnt of a voice would be taken off the rows.
        features.freeze_voice(true);
        Some(Self { params: *params, running, features, memory: vec![0; Features::memory_bytes(params)] })
    }

    /// Takes the mel power of the next frame, and says of each frame that need not wait, in turn, whether it is speech.
    pub fn push(&mut self, frame: &[f32], tell: impl FnMut(bool)) {
        self.features.push(&self.params, frame.iter().copied(), &mut self.memory);
        self.tell(tell);
    }

    /// The recording is over: no frame need wait any more.
    pub fn end(&mut self, tell: impl FnMut(bool)) {
        self.features.end();
        self.tell(tell);
    }

    fn tell(&mut self, mut tell: impl FnMut(bool)) {
        let [first, end] = self.running.loudness_bands.map(usize::from);
        while let Some(row) = self.features.next(&self.params, &mut self.memory) {
            let loudness = row.decibels(&self.memory).skip(first).take(end - first).max();
            tell(loudness.is_some_and(|loudness| loudness > -i32::from(self.running.speech_below)));
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::Model;

    use super::super::FrameStream;
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
        let (mut frames, mut speech) = (FrameStream::new(params), Speech::new(params).unwrap());
        let mut told = Vec::new();
        frames.push(&samples, |frame| speech.push(frame, |is_speech| told.push(is_speech)));
        frames.end(|frame| speech.push(frame, |is_speech| told.push(is_speech)));
        speech.end(|is_speech| told.push(is_speech));
        let hop = usize::from(params.hop_length);
        assert_eq!(told.len(), samples.len() / hop + 1);
        let around = |sample: usize| told[sample / hop];
        assert_eq!([half / 2, 3 * half / 2, 5 * half / 2].map(around), [true, false, true]);
    }
}
