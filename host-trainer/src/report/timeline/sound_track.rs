use engine::blob::FrontEndParams;

use super::columns::Columns;
use crate::features::{FrameStream, Speech};

/// What a recording sounds like over time, a column for some frames.
pub struct SoundTrack<'m> {
    samples: usize,
    stream: FrameStream,
    frames: Frames<'m>,
}

/// What is kept of frames.
struct Frames<'m> {
    speech: Option<Speech<'m>>,
    power: Columns,
    spoken: Columns,
}

impl<'m> SoundTrack<'m> {
    /// Nothing of a recording yet.
    pub fn new(params: &FrontEndParams<'m>) -> Self {
        let frames = Frames {
            speech: Speech::new(params),
            power: Columns::new(params.mel_bands.into()),
            spoken: Columns::new(1),
        };
        Self { samples: 0, stream: FrameStream::new(params), frames }
    }

    /// Samples so far.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Mel power of each band; a row is a frame.
    pub fn power(&self) -> &Columns {
        &self.frames.power
    }

    /// The share of frames that are speech; empty for a model that does not tell.
    pub fn spoken(&self) -> &Columns {
        &self.frames.spoken
    }

    /// Takes the next samples.
    pub fn push(&mut self, samples: &[i16]) {
        self.samples += samples.len();
        self.stream.push(samples, |frame| self.frames.push(frame));
    }

    /// The recording is over: no frame need wait any more.
    pub fn end(&mut self) {
        self.stream.end(|frame| self.frames.push(frame));
        let Frames { speech, spoken, .. } = &mut self.frames;
        if let Some(speech) = speech {
            speech.end(|is_speech| spoken.push([share(is_speech)]));
        }
    }
}

impl Frames<'_> {
    fn push(&mut self, frame: &[f32]) {
        let Self { speech, power, spoken } = self;
        power.push(frame.iter().copied().map(f64::from));
        if let Some(speech) = speech {
            speech.push(frame, |is_speech| spoken.push([share(is_speech)]));
        }
    }
}

fn share(is_speech: bool) -> f64 {
    f64::from(u8::from(is_speech))
}
