use crate::front_end::{FeatureWindow, MelFrames};
use crate::{Classification, LoadError, Model};

/// A [`Classifier`](crate::Classifier) whose arena the caller lends: for a host, where it can come from
/// the heap, or a device that uses that memory for other things between recordings.
///
/// Every call between [`start`](Self::start) and [`classify`](Self::classify) must be lent the same
/// arena, of at least [`Plan::arena_bytes`](crate::model::Plan::arena_bytes); a shorter one is no
/// panic, but no result either.
pub struct Session<'m> {
    model: Option<Model<'m>>,
    mel_frames: MelFrames,
    window: FeatureWindow,
}

impl<'m> Session<'m> {
    /// A session without a model; it can be the initial value of a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self { model: None, mel_frames: MelFrames::new(), window: FeatureWindow::new() }
    }

    /// Takes on a model and starts a new recording.
    pub fn start(&mut self, model: Model<'m>) {
        self.model = Some(model);
        self.reset();
    }

    /// Loads a model and starts a new recording, with less stack than to [`start`](Self::start) with a model that was
    /// loaded before.
    ///
    /// # Errors
    /// What [`Model::from_bytes`] says. The session is then without a model.
    // Not inlined, lest what it has on the stack is there during an inference.
    #[inline(never)]
    pub fn load(&mut self, blob: &'m [u8]) -> Result<(), LoadError> {
        let result = put_empty(&mut self.model).read(blob);
        if result.is_err() {
            self.clear();
        }
        self.reset();
        result
    }

    /// Forgets the model.
    pub fn clear(&mut self) {
        self.model = None;
    }

    /// The model in use.
    #[must_use]
    pub const fn model(&self) -> Option<&Model<'m>> {
        self.model.as_ref()
    }

    /// Starts a new recording.
    pub fn reset(&mut self) {
        if let Some(model) = &self.model {
            self.mel_frames.configure(&model.body().front_end);
            self.window.configure(&model.body().front_end);
        }
    }

    /// Takes the next samples of the recording: mono, at the model's sample rate, any number at a time.
    pub fn push(&mut self, samples: &[i16], arena: &mut [i8]) {
        let Some((features, scratch)) = self.split(arena) else { return };
        let Self { window, mel_frames, .. } = self;
        mel_frames.push(samples, floats(scratch), |power| window.push(power, features));
    }

    /// Ends a recording: one shorter than a window is filled up with silence.
    pub fn finish(&mut self, arena: &mut [i8]) {
        let Some((features, scratch)) = self.split(arena) else { return };
        let Self { window, mel_frames, .. } = self;
        mel_frames.finish(floats(scratch), |power| window.push(power, features));
    }

    /// Classifies the latest window of the recording. None without a model or before the window is
    /// full; [`finish`](Self::finish) fills it.
    pub fn classify<'c>(&'c self, arena: &'c mut [i8]) -> Option<Classification<'c>> {
        let (features, scratch) = self.split(arena)?;
        let model = self.model.as_ref().filter(|_| self.window.is_full())?;
        let input = self.window.quantiser(features, &model.body().front_end.normalisation);
        model.run(scratch, |band, row| input.row(band, row));
        Some(Classification::read(model, scratch))
    }

    /// The window of features, and what the front end and the network take turns in. None without a model or
    /// with less than it needs.
    fn split<'s>(&self, arena: &'s mut [i8]) -> Option<(&'s mut [i8], &'s mut [i8])> {
        let plan = self.model.as_ref()?.plan();
        arena.get_mut(..plan.arena_bytes())?.split_at_mut_checked(plan.window_bytes())
    }
}

/// Makes room for a model. Not inlined, lest a copy of it is on the stack while the model is read.
#[inline(never)]
fn put_empty<'s, 'm>(slot: &'s mut Option<Model<'m>>) -> &'s mut Model<'m> {
    slot.insert(Model::empty())
}

fn floats(scratch: &mut [i8]) -> &mut [f32] {
    bytemuck::pod_align_to_mut(scratch).1
}

impl Default for Session<'_> {
    fn default() -> Self {
        Self::new()
    }
}
