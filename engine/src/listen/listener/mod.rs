mod session;

use crate::arena::Arena;
use crate::listen::{Event, Opinion, Settings, Stage, Word};
use crate::{LoadError, Model, NotReady, Voice};

pub use session::Session;

/// What stands between a microphone and a decision: words in, events out. All memory is in the value itself, and
/// `ARENA` is as for [`Classifier`](crate::Classifier).
///
/// Words are [conditioned](crate::listen::Conditioner). As long as the level is near the noise floor, nothing else is
/// computed. When it rises, an utterance begins with the samples just before: they are resampled and go to the model.
/// If they do not have the shape of speech for a second, the network sleeps again, until they have. When it has been
/// quiet for a while, or unlike speech for a second, the utterance is over. Only speech is learnt from.
///
/// What comes out depends on the stream alone, not on how it is cut into buffers.
///
/// ```
/// use prosodia::listen::{Event, Listener, Settings, Verdict};
/// use prosodia::{arena_bytes, include_model};
///
/// const MODEL: &[u8] = include_model!("../../../tests/data/loud.postcard");
/// let mut listener = Listener::<{ arena_bytes(MODEL) }>::new(); // const: can be a static
/// listener.load(MODEL, &Settings::DEFAULT)?;
///
/// // Half a second of silence, a beep, silence again; from a DMA buffer of 32 ms.
/// let beep = |n| if n % 20 < 10 { 8000 } else { -8000 };
/// let stream: Vec<i16> = (0..40_000).map(|n| if (8000..24_000).contains(&n) { beep(n) } else { 0 }).collect();
/// let mut events = Vec::new();
/// for buffer in stream.chunks(512) {
///     listener.push(buffer, |event| events.push(event))?;
/// }
/// // No voice sounds like that.
/// assert!(matches!(events[..], [Event::Ended { verdict: Verdict::NotSpeech, .. }]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Listener<'m, const ARENA: usize> {
    session: Session<'m>,
    arena: Arena<ARENA>,
}

impl<'m, const ARENA: usize> Listener<'m, ARENA> {
    /// A listener without a model; it can be the initial value of a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self { session: Session::new(), arena: Arena::new() }
    }

    /// Checks a blob, keeps the model that borrows from it, and starts a stream, with a voice that is not known.
    ///
    /// # Errors
    /// What [`Classifier::load`](crate::Classifier::load) says, [`LoadError::SampleRate`] if the conversion leads to
    /// another rate than the model's, or [`LoadError::Settings`]. The listener is then without a model.
    pub fn load(&mut self, blob: &'m [u8], settings: &Settings<'m>) -> Result<(), LoadError> {
        self.session.load(blob, settings, &mut self.arena.0)
    }

    /// The model in use.
    #[must_use]
    pub const fn model(&self) -> Option<&Model<'m>> {
        self.session.model()
    }

    /// What listens at present.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.session.stage()
    }

    /// Samples of the stream so far.
    #[must_use]
    pub const fn time(&self) -> u64 {
        self.session.time()
    }

    /// Takes the microphone's next words, any number at a time, and calls `on_event` with what becomes due. Of
    /// interleaved channels, `buffer.iter().step_by(2)` is the first.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn push<W: Word>(
        &mut self,
        words: impl IntoIterator<Item = W>,
        on_event: impl FnMut(Event<'m>),
    ) -> Result<(), NotReady> {
        self.session.push(words, &mut self.arena.0, on_event)
    }

    /// Ends an utterance that is under way, as when the stream ends. Time goes on.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn flush(&mut self, on_event: impl FnMut(Event<'m>)) -> Result<(), NotReady> {
        self.session.flush(&mut self.arena.0, on_event)
    }

    /// By the answers so far to the utterance that is under way, or was the latest. None before its first one.
    #[must_use]
    pub fn so_far(&self) -> Option<Opinion<'m>> {
        self.session.so_far()
    }

    /// By all utterances that are over since the model was loaded or the voice forgotten: the more somebody has said,
    /// the surer. None before the first.
    #[must_use]
    pub fn overall(&self) -> Option<Opinion<'m>> {
        self.session.overall()
    }

    /// What the last dense layers read for the latest answer, as in
    /// [`Classifier::embedding`](crate::Classifier::embedding), while an utterance is under way.
    ///
    /// # Errors
    /// Without a model, or before an utterance's first answer.
    pub fn embedding(&mut self) -> Result<impl Iterator<Item = i8>, NotReady> {
        self.session.embedding(&mut self.arena.0)
    }

    /// Forgets the voice and what it said, and learns whoever speaks next, for as long as they speak: an enrolment.
    /// What was under way is dropped.
    ///
    /// ```
    /// use prosodia::listen::Listener;
    /// use prosodia::{NotReady, Voice};
    ///
    /// /// Somebody has pressed the button, and speaks from now on.
    /// fn button_pressed<const ARENA: usize>(listener: &mut Listener<'_, ARENA>) -> Result<(), NotReady> {
    ///     listener.enrol()
    /// }
    ///
    /// /// The voice, once it is known by ten seconds of speech at 43 frames a second.
    /// fn enrolled<const ARENA: usize>(listener: &mut Listener<'_, ARENA>) -> Result<Option<Voice>, NotReady> {
    ///     let voice = listener.voice()?;
    ///     Ok((voice.heard >= 430).then_some(voice))
    /// }
    /// ```
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn enrol(&mut self) -> Result<(), NotReady> {
        self.session.enrol(&mut self.arena.0)
    }

    /// The voice as it is known so far, to be stored; [`Voice::heard`] says by how much speech. Listeners of two voices
    /// keep two such values.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn voice(&mut self) -> Result<Voice, NotReady> {
        self.session.voice(&mut self.arena.0)
    }

    /// Takes on a voice that was stored, or forgets the present one for a default [`Voice`]. What was under way is
    /// dropped.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn restore_voice(&mut self, voice: &Voice) -> Result<(), NotReady> {
        self.session.restore_voice(voice, &mut self.arena.0)
    }

    /// Stops learning from the voice that is heard, or goes on: a guest does not change what is known of the owner. Of
    /// an utterance that ends while frozen nothing is learnt, not even of its beginning.
    pub fn freeze_voice(&mut self, is_frozen: bool) {
        self.session.freeze_voice(is_frozen);
    }
}

impl<const ARENA: usize> Default for Listener<'_, ARENA> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const ARENA: usize> core::fmt::Debug for Listener<'_, ARENA> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.session.fmt(f)
    }
}
