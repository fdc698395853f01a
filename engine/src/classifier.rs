use crate::front_end::{FeatureWindow, MelFrames};
use crate::{Emotion, LoadError, Model};

/// Microphone samples in, emotion out. All memory is in the value itself; `ARENA` is in bytes, and
/// [`load`](Self::load) says how many a model needs.
///
/// ```
/// use engine::Classifier;
///
/// static MODEL: &[u8] = &[]; // include_bytes!("model.postcard")
/// let mut classifier = Classifier::<65536>::new();
/// match classifier.load(MODEL) {
///     Ok(()) => {
///         classifier.push(&[0; 512]);
///         if let Some(result) = classifier.classify() {
///             let _ = (result.emotion(), result.confidence());
///         }
///     }
///     Err(error) => assert_eq!(error, engine::LoadError::Truncated),
/// }
/// ```
pub struct Classifier<'m, const ARENA: usize> {
    model: Option<Model<'m>>,
    mel_frames: MelFrames,
    window: FeatureWindow,
    arena: Arena<ARENA>,
}

/// Aligned so that kernels may read whole words.
#[repr(C, align(8))]
struct Arena<const N: usize>([i8; N]);

impl<'m, const ARENA: usize> Classifier<'m, ARENA> {
    /// A classifier without a model; it can be the initial value of a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            model: None,
            mel_frames: MelFrames::new(),
            window: FeatureWindow::new(),
            arena: Arena([0; ARENA]),
        }
    }

    /// Checks a blob, keeps the model that borrows from it and starts a new recording.
    ///
    /// # Errors
    /// What [`Model::from_bytes`] says, or [`LoadError::ArenaTooSmall`] with the bytes that are
    /// needed. The classifier is then without a model.
    pub fn load(&mut self, blob: &'m [u8]) -> Result<(), LoadError> {
        self.model = None;
        let model = Model::from_bytes(blob)?;
        let needed = model.plan().arena_bytes();
        if needed > ARENA {
            return Err(LoadError::ArenaTooSmall { needed, available: ARENA });
        }
        self.mel_frames.configure(&model.body().front_end);
        self.window.configure(&model.body().front_end);
        self.model = Some(model);
        Ok(())
    }

    /// The model in use.
    #[must_use]
    pub fn model(&self) -> Option<&Model<'m>> {
        self.model.as_ref()
    }

    /// Takes the next samples of the recording: mono, at the model's sample rate, any number at a time.
    pub fn push(&mut self, samples: &[i16]) {
        let Self { window, mel_frames, arena, .. } = self;
        mel_frames.push(samples, |power| window.push(power, &mut arena.0));
    }

    /// Ends a recording: one shorter than a window is filled up with silence.
    pub fn finish(&mut self) {
        let Self { window, mel_frames, arena, .. } = self;
        mel_frames.finish(|power| window.push(power, &mut arena.0));
    }

    /// Starts a new recording.
    pub fn reset(&mut self) {
        if let Some(model) = &self.model {
            self.mel_frames.configure(&model.body().front_end);
            self.window.configure(&model.body().front_end);
        }
    }

    /// Classifies the latest window of the recording. None without a model or before the window is
    /// full; [`finish`](Self::finish) fills it.
    pub fn classify(&mut self) -> Option<Classification<'_>> {
        let model = self.model.as_ref()?;
        if !self.window.is_full() {
            return None;
        }
        quantise_window(model, &self.window, &mut self.arena.0);
        model.run(&mut self.arena.0);
        Some(Classification {
            labels: model.labels(),
            scores: model.scores(&self.arena.0),
            probabilities: model.probabilities(&self.arena.0),
        })
    }
}

fn quantise_window(model: &Model<'_>, window: &FeatureWindow, arena: &mut [i8]) {
    let places = [0..model.plan().window_bytes(), model.plan().bytes(0)];
    let Ok([features, input]) = arena.get_disjoint_mut(places) else { return };
    let body = model.body();
    window.quantise(features, &body.front_end.normalisation, input);
}

impl<const ARENA: usize> Default for Classifier<'_, ARENA> {
    fn default() -> Self {
        Self::new()
    }
}

/// What a model made of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Classification<'c> {
    labels: &'c [Emotion],
    scores: &'c [i8],
    probabilities: &'c [i8],
}

impl<'c> Classification<'c> {
    /// The likeliest emotion; of equals, the first.
    #[must_use]
    pub fn emotion(&self) -> Emotion {
        self.best().map_or(Emotion::Neutral, |(emotion, _)| emotion)
    }

    /// The probability of [`emotion`](Self::emotion), 0 to 1.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        self.best().map_or(0.0, |(_, probability)| probability)
    }

    /// Every label with its probability, in the model's order, in steps of 1/256.
    pub fn probabilities(&self) -> impl Iterator<Item = (Emotion, f32)> + use<'c> {
        let probabilities = self.probabilities.iter().map(|&q| (f32::from(q) + 128.0) / 256.0);
        self.labels.iter().copied().zip(probabilities)
    }

    /// The int8 logits, in the order of the labels.
    #[must_use]
    pub fn scores(&self) -> &'c [i8] {
        self.scores
    }

    fn best(&self) -> Option<(Emotion, f32)> {
        let ranked = self.probabilities().zip(self.scores);
        // Scores decide: probabilities may round to the same value.
        let best = ranked.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map(|(labelled, _)| labelled)
    }
}
