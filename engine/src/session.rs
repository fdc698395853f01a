use crate::front_end::{FeatureWindow, MelFrames};
use crate::{Classification, Model};

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
        let Self { window, mel_frames, .. } = self;
        mel_frames.push(samples, |power| window.push(power, arena));
    }

    /// Ends a recording: one shorter than a window is filled up with silence.
    pub fn finish(&mut self, arena: &mut [i8]) {
        let Self { window, mel_frames, .. } = self;
        mel_frames.finish(|power| window.push(power, arena));
    }

    /// Classifies the latest window of the recording. None without a model or before the window is
    /// full; [`finish`](Self::finish) fills it.
    pub fn classify<'c>(&'c self, arena: &'c mut [i8]) -> Option<Classification<'c>> {
        let model = self.model.as_ref()?;
        if !self.window.is_full() || arena.len() < model.plan().arena_bytes() {
            return None;
        }
        quantise_window(model, &self.window, arena);
        model.run(arena);
        Some(Classification::read(model, arena))
    }
}

fn quantise_window(model: &Model<'_>, window: &FeatureWindow, arena: &mut [i8]) {
    let places = [0..model.plan().window_bytes(), model.plan().bytes(0)];
    let Ok([features, input]) = arena.get_disjoint_mut(places) else { return };
    window.quantise(features, &model.body().front_end.normalisation, input);
}

impl Default for Session<'_> {
    fn default() -> Self {
        Self::new()
    }
}
