use engine::blob::FrontEndParams;
use engine::front_end::MelFrames;

/// Mel power of a recording that comes in any portions: a frame of [`FrontEndParams::mel_bands`] values each hop.
pub struct FrameStream {
    mel_frames: MelFrames,
    scratch: Vec<f32>,
    hop_length: usize,
    /// Samples and frames so far.
    samples: usize,
    frames: usize,
}

impl FrameStream {
    /// Nothing of a recording yet.
    #[must_use]
    pub fn new(params: &FrontEndParams<'_>) -> Self {
        let mut mel_frames = MelFrames::new();
        mel_frames.configure(params);
        let scratch = vec![0.0; MelFrames::scratch_len(params)];
        Self { mel_frames, scratch, hop_length: params.hop_length.into(), samples: 0, frames: 0 }
    }

    /// Takes the next samples, and shows each frame that they complete.
    pub fn push(&mut self, mut samples: &[i16], mut on_frame: impl FnMut(&[f32])) {
        self.samples += samples.len();
        while let Some(frame) = self.mel_frames.next(&mut samples, &mut self.scratch) {
            self.frames += 1;
            on_frame(frame);
        }
    }

    /// The recording is over: shows the frames that reach behind its end, `samples / hop_length + 1` in all.
    pub fn end(&mut self, mut on_frame: impl FnMut(&[f32])) {
        while self.frames < self.samples / self.hop_length + 1 {
            self.frames += 1;
            on_frame(self.mel_frames.pad(&mut self.scratch));
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::Model;
    use proptest::prelude::*;

    use super::super::{FrontEndSpec, mel_power};
    use super::*;
    use crate::SHIPPED_MODEL;

    proptest! {
        #[test]
        fn any_portions_give_the_frames_of_the_whole(
            portions in prop::collection::vec(prop::collection::vec(any::<i16>(), 0..3000), 0..8),
        ) {
            let model = Model::from_bytes(SHIPPED_MODEL).unwrap();
            let (mut stream, mut frames) = (FrameStream::new(model.front_end()), Vec::new());
            for portion in &portions {
                stream.push(portion, |frame| frames.extend_from_slice(frame));
            }
            stream.end(|frame| frames.extend_from_slice(frame));
            let samples = portions.concat();
            let whole = FrontEndSpec { window_samples: samples.len() as u32, ..model.front_end().into() };
            prop_assert_eq!(frames, mel_power(&samples, &whole));
        }
    }
}
