use crate::{Classification, LoadError, Model, Session};

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
    session: Session<'m>,
    arena: Arena<ARENA>,
}

/// Aligned so that kernels may read whole words.
#[repr(C, align(8))]
struct Arena<const N: usize>([i8; N]);

impl<'m, const ARENA: usize> Classifier<'m, ARENA> {
    /// A classifier without a model; it can be the initial value of a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self { session: Session::new(), arena: Arena([0; ARENA]) }
    }

    /// Checks a blob, keeps the model that borrows from it and starts a new recording.
    ///
    /// # Errors
    /// What [`Model::from_bytes`] says, or [`LoadError::ArenaTooSmall`] with the bytes that are
    /// needed. The classifier is then without a model.
    pub fn load(&mut self, blob: &'m [u8]) -> Result<(), LoadError> {
        self.session.load(blob)?;
        let needed = self.model().map_or(0, |model| model.plan().arena_bytes());
        if needed > ARENA {
            self.session.clear();
            return Err(LoadError::ArenaTooSmall { needed, available: ARENA });
        }
        Ok(())
    }

    /// The model in use.
    #[must_use]
    pub const fn model(&self) -> Option<&Model<'m>> {
        self.session.model()
    }

    /// Takes the next samples of the recording: mono, at the model's sample rate, any number at a time.
    pub fn push(&mut self, samples: &[i16]) {
        self.session.push(samples, &mut self.arena.0);
    }

    /// Ends a recording: one shorter than a window is filled up with silence.
    pub fn finish(&mut self) {
        self.session.finish(&mut self.arena.0);
    }

    /// Starts a new recording.
    pub fn reset(&mut self) {
        self.session.reset();
    }

    /// Classifies the latest window of the recording. None without a model or before the window is
    /// full; [`finish`](Self::finish) fills it.
    pub fn classify(&mut self) -> Option<Classification<'_>> {
        self.session.classify(&mut self.arena.0)
    }
}

impl<const ARENA: usize> Default for Classifier<'_, ARENA> {
    fn default() -> Self {
        Self::new()
    }
}
