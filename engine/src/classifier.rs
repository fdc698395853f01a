use crate::arena::Arena;
use crate::front_end::Voice;
use crate::{Classification, LoadError, Model, NotReady, Session};

/// Microphone samples in, emotion out. All memory is in the value itself; `ARENA` is in bytes, and
/// [`arena_bytes`](crate::arena_bytes) reads off a model's blob how many it needs.
///
/// Samples may come in any portions: an answer depends on the recording alone. While they come, each frame's work is
/// done once, when the frame is complete, so a push of one hop never takes long (`docs/benchmarks.md` says how long).
///
/// ```
/// use prosodia::{Classifier, NotReady, arena_bytes, include_model};
///
/// // A model that tells loud from quiet.
/// const MODEL: &[u8] = include_model!("../tests/data/loud.postcard");
/// let mut classifier = Classifier::<{ arena_bytes(MODEL) }>::new(); // const: can be a static
/// classifier.load(MODEL)?; // every field is checked here
///
/// let siren: [i16; 2000] = core::array::from_fn(|n| if n % 20 < 10 { 20_000 } else { -20_000 });
/// let mut answers = Vec::new();
/// classifier.push(&siren, |answer| answers.push(answer.label()))?;
/// assert_eq!(answers, ["loud"; 5]);
///
/// assert_eq!(classifier.finish()?.label(), "loud"); // the recording ends, the next one begins
/// assert_eq!(classifier.latest(), Err(NotReady::Samples { missing: 768 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Classifier<'m, const ARENA: usize> {
    session: Session<'m>,
    arena: Arena<ARENA>,
}

impl<'m, const ARENA: usize> Classifier<'m, ARENA> {
    /// A classifier without a model; it can be the initial value of a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self { session: Session::new(), arena: Arena::new() }
    }

    /// Checks a blob, keeps the model that borrows from it and starts a recording, with a voice that is not known.
    ///
    /// # Errors
    /// What [`Model::from_bytes`] says, or [`LoadError::ArenaTooSmall`] with the bytes that are
    /// needed. The classifier is then without a model.
    pub fn load(&mut self, blob: &'m [u8]) -> Result<(), LoadError> {
        self.session.load(blob, &mut self.arena.0)
    }

    /// The model in use.
    #[must_use]
    pub const fn model(&self) -> Option<&Model<'m>> {
        self.session.model()
    }

    /// Takes the next samples of the recording: mono, at the model's sample rate, any number at a time. Calls
    /// `on_answer` with each answer that they make possible.
    ///
    /// # Errors
    /// [`NotReady::NoModel`]. That an answer is not ready is no error here.
    pub fn push(
        &mut self,
        samples: &[i16],
        on_answer: impl FnMut(Classification<'m>),
    ) -> Result<(), NotReady> {
        self.session.push(samples, &mut self.arena.0, on_answer)
    }

    /// Ends the recording and starts another: the answer to what was heard. A recording shorter than a window is
    /// filled up with silence, and one without samples is silence alone.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn finish(&mut self) -> Result<Classification<'m>, NotReady> {
        self.session.finish(&mut self.arena.0)
    }

    /// Starts a recording. What was learnt of the voice stays; [`restore_voice`](Self::restore_voice) with a default
    /// [`Voice`] forgets it.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn reset(&mut self) -> Result<(), NotReady> {
        self.session.reset(&mut self.arena.0)
    }

    /// The latest answer of the recording that is under way.
    ///
    /// # Errors
    /// Without a model, or with the samples that are missing for an answer.
    pub fn latest(&self) -> Result<Classification<'m>, NotReady> {
        self.session.latest()
    }

    /// What the last dense layers read for the latest answer, as int8: see [`Session::embedding`]. Recordings that
    /// sound alike to the network have like embeddings, as for a nearest neighbour of one's own.
    ///
    /// ```
    /// use prosodia::{Classifier, arena_bytes, include_model};
    ///
    /// const MODEL: &[u8] = include_model!("../tests/data/loud.postcard");
    /// let mut classifier = Classifier::<{ arena_bytes(MODEL) }>::new();
    /// classifier.load(MODEL)?;
    /// classifier.push(&[0; 1000], |_| ())?;
    /// let embedding: Vec<i8> = classifier.embedding()?.collect();
    /// assert_eq!(embedding.len(), 1); // what the one dense layer of this model reads of the latest frame
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// # Errors
    /// As [`latest`](Self::latest).
    pub fn embedding(&mut self) -> Result<impl Iterator<Item = i8>, NotReady> {
        self.session.embedding(&mut self.arena.0)
    }

    /// What has been learnt of the voice, up to the last utterance that is over.
    ///
    /// ```
    /// use prosodia::{Classifier, Voice, arena_bytes, include_model};
    ///
    /// const MODEL: &[u8] = include_model!("../tests/data/every_operator.postcard");
    /// let mut classifier = Classifier::<{ arena_bytes(MODEL) }>::new();
    /// classifier.load(MODEL)?;
    /// let speech: Vec<i16> = (0..16_000).map(|n| if n % 37 < 18 { 6000 } else { -6000 }).collect();
    /// classifier.push(&speech, |_| ())?;
    /// classifier.finish()?;
    /// let owner = classifier.voice()?;
    /// assert!(owner.heard > 0);
    ///
    /// classifier.freeze_voice(true); // a guest speaks, and nothing is learnt
    /// classifier.push(&speech, |_| ())?;
    /// classifier.finish()?;
    /// assert_eq!(classifier.voice()?, owner);
    ///
    /// classifier.restore_voice(&Voice::default())?; // somebody else, of whom nothing is known
    /// assert_eq!(classifier.voice()?.heard, 0);
    /// classifier.restore_voice(&owner)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn voice(&mut self) -> Result<Voice, NotReady> {
        self.session.voice(&mut self.arena.0)
    }

    /// Takes on a voice that was known before, and starts a recording. Models without a running reference know none.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn restore_voice(&mut self, voice: &Voice) -> Result<(), NotReady> {
        self.session.restore_voice(voice, &mut self.arena.0)
    }

    /// Stops learning from the voice that is heard, or goes on. Of an utterance that ends while frozen
    /// nothing is learnt, not even of its beginning.
    pub fn freeze_voice(&mut self, is_frozen: bool) {
        self.session.freeze_voice(is_frozen);
    }
}

impl<const ARENA: usize> Default for Classifier<'_, ARENA> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const ARENA: usize> core::fmt::Debug for Classifier<'_, ARENA> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.session.fmt(f)
    }
}
