use crate::blob::{Normalisation, Reference};
use crate::front_end::{Decibels, Features, MelFrames, Voice};
use crate::logit_offsets::LogitOffsets;
use crate::model::{Memory, Stream};
use crate::{Classification, LoadError, Model, NotReady};

/// A [`Classifier`](crate::Classifier) whose arena the caller lends: for a host, where it can come from the heap.
///
/// Every call after [`start`](Self::start) must be lent the same arena, of at least
/// [`arena_bytes`](crate::arena_bytes) of the model's blob.
/// ```
/// use prosodia::{Session, arena_bytes};
///
/// // A model that is known at run time only.
/// let blob = std::fs::read("tests/data/loud.postcard")?;
/// let mut arena = vec![0; arena_bytes(&blob)];
/// let mut session = Session::new();
/// session.load(&blob, &mut arena)?;
/// session.push(&[0; 4000], &mut arena, |answer| assert_eq!(answer.label(), "quiet"))?;
/// assert_eq!(session.finish(&mut arena)?.label(), "quiet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Session<'m> {
    model: Option<Model<'m>>,
    mel_frames: MelFrames,
    features: Features,
    offsets: LogitOffsets,
    stream: Stream,
    /// Frames of the recording so far; those of silence behind its end included.
    frames: u64,
    /// Rows of the network's input so far.
    rows: u64,
    /// Whether the recording is over, and rows of padding behind it so far.
    is_over: bool,
    rows_behind: u32,
    latest: Option<Classification<'m>>,
}

impl<'m> Session<'m> {
    /// A session without a model; it can be the initial value of a `static`.
    #[must_use]
    #[inline] // Where it is written in place, the stack needs no room for it.
    pub const fn new() -> Self {
        Self {
            model: None,
            mel_frames: MelFrames::new(),
            features: Features::new(),
            offsets: LogitOffsets::new(),
            stream: Stream::new(),
            frames: 0,
            rows: 0,
            is_over: false,
            rows_behind: 0,
            latest: None,
        }
    }

    /// Takes on a model and starts a recording, with a voice that is not known.
    ///
    /// # Errors
    /// [`LoadError::ArenaTooSmall`]; the session is then without a model.
    pub fn start(&mut self, model: Model<'m>, arena: &mut [i8]) -> Result<(), LoadError> {
        self.model = None;
        let available = arena.len();
        let needed = model.layout().arena_bytes();
        let memory = model.layout().split(arena).ok_or(LoadError::ArenaTooSmall { needed, available })?;
        self.mel_frames.configure(model.front_end());
        self.features.configure(model.front_end());
        self.features.forget_voice(model.front_end(), memory.features);
        self.offsets = LogitOffsets::new();
        self.model = Some(model);
        self.begin(&model, memory.features);
        Ok(())
    }

    /// Checks a blob, and [starts](Self::start) with the model in it.
    ///
    /// # Errors
    /// What [`Model::from_bytes`] says, or [`LoadError::ArenaTooSmall`]. The session is then without a model.
    pub fn load(&mut self, blob: &'m [u8], arena: &mut [i8]) -> Result<(), LoadError> {
        self.model = None;
        self.start(Model::from_bytes(blob)?, arena)
    }

    /// The model in use.
    #[must_use]
    pub const fn model(&self) -> Option<&Model<'m>> {
        self.model.as_ref()
    }

    /// Lets go of the model.
    pub(crate) const fn unload(&mut self) {
        self.model = None;
    }

    /// Starts a recording. What was learnt of the voice stays.
    ///
    /// # Errors
    /// Without a model, or with too small an arena.
    pub fn reset(&mut self, arena: &mut [i8]) -> Result<(), NotReady> {
        let (model, memory) = self.open(arena)?;
        self.begin(&model, memory.features);
        Ok(())
    }

    /// Takes the next samples of the recording: mono, at the model's sample rate, any number at a time. Calls
    /// `on_answer` with each answer that they make possible.
    ///
    /// # Errors
    /// Without a model, or with too small an arena. That an answer is not ready is no error here.
    pub fn push(
        &mut self,
        samples: &[i16],
        arena: &mut [i8],
        on_answer: impl FnMut(Classification<'m>),
    ) -> Result<(), NotReady> {
        self.push_watched(samples, arena, &mut |_| (), on_answer)
    }

    /// [`push`](Self::push), which shows each frame in 1/128 dB before the answers that it makes possible.
    pub(crate) fn push_watched(
        &mut self,
        samples: &[i16],
        arena: &mut [i8],
        on_frame: &mut dyn FnMut(&[i16]),
        mut on_answer: impl FnMut(Classification<'m>),
    ) -> Result<(), NotReady> {
        let (model, mut memory) = self.open(arena)?;
        let mut samples = samples;
        while let Some(power) = self.mel_frames.next(&mut samples, floats(memory.workspace)) {
            let frame = Decibels::of(power);
            on_frame(frame.bands());
            self.keep(&model, &frame, memory.features);
            while self.run_row(&model, &mut memory, &mut on_answer) {}
        }
        Ok(())
    }

    /// Hears samples by the front end alone, and shows each frame in 1/128 dB. To be followed by a
    /// [`reset`](Self::reset).
    pub(crate) fn watch(
        &mut self,
        samples: &[i16],
        arena: &mut [i8],
        on_frame: &mut dyn FnMut(&[i16]),
    ) -> Result<(), NotReady> {
        let (_, memory) = self.open(arena)?;
        let mut samples = samples;
        while let Some(power) = self.mel_frames.next(&mut samples, floats(memory.workspace)) {
            on_frame(Decibels::of(power).bands());
        }
        Ok(())
    }

    /// Ends the recording, and starts another. One shorter than a window is filled up with silence, and one without
    /// samples is silence alone.
    ///
    /// # Errors
    /// Without a model, or with too small an arena.
    pub fn finish(&mut self, arena: &mut [i8]) -> Result<Classification<'m>, NotReady> {
        loop {
            if let Some(answer) = self.finish_step(arena)? {
                return Ok(answer);
            }
        }
    }

    /// Does a part of what [`finish`](Self::finish) does, which is no more work than a hop's, until it has the answer.
    pub(crate) fn finish_step(&mut self, arena: &mut [i8]) -> Result<Option<Classification<'m>>, NotReady> {
        let (model, mut memory) = self.open(arena)?;
        let ignore = &mut |_| ();
        if self.run_row(&model, &mut memory, ignore) {
            return Ok(None);
        }
        if self.frames < u64::from(model.pace().window_rows) {
            let frame = Decibels::of(self.mel_frames.pad(floats(memory.workspace)));
            self.keep(&model, &frame, memory.features);
            return Ok(None);
        }
        if !self.is_over {
            self.is_over = true;
            self.features.end();
            return Ok(None);
        }
        if !is_in_windows(&model) && self.rows_behind < model.pace().rows_behind() {
            self.rows_behind = self.rows_behind.saturating_add(1);
            self.run_row_behind(&model, &mut memory, ignore);
            return Ok(None);
        }
        let answer = self.latest();
        if let Ok(answer) = &answer {
            self.learn(&model, answer, memory.state);
        }
        self.begin(&model, memory.features);
        answer.map(Some)
    }

    /// The latest answer of the recording that is under way.
    ///
    /// # Errors
    /// Without a model, or when the recording has been too short so far.
    pub fn latest(&self) -> Result<Classification<'m>, NotReady> {
        let model = self.model.as_ref().ok_or(NotReady::NoModel)?;
        self.latest.ok_or_else(|| NotReady::Samples { missing: self.missing_samples(model) })
    }

    /// What the last dense layers read for the latest answer, as int8, branch by branch: the network's view of the
    /// recording, before it is narrowed down to labels.
    ///
    /// # Errors
    /// As [`latest`](Self::latest); an arena that is too small.
    pub fn embedding<'a>(
        &self,
        arena: &'a mut [i8],
    ) -> Result<impl Iterator<Item = i8> + use<'a, 'm>, NotReady> {
        self.latest()?;
        let (model, memory) = self.open(arena)?;
        let Memory { state, .. } = memory;
        Ok(model.runnable().embedding(state))
    }

    /// What has been learnt of the voice, up to the last utterance that is over.
    ///
    /// # Errors
    /// Without a model, or with too small an arena.
    pub fn voice(&self, arena: &mut [i8]) -> Result<Voice, NotReady> {
        let (model, memory) = self.open(arena)?;
        let mut voice = self.features.voice(model.front_end(), memory.features);
        if knows_voices(&model) {
            let labels = model.labels().len();
            // There is room for as many labels as a model can have.
            self.offsets.utterances(labels).iter().for_each(|&count| _ = voice.utterances.push(count));
            self.offsets.offsets(labels).iter().for_each(|&offset| _ = voice.offsets.push(offset));
        }
        Ok(voice)
    }

    /// Takes on a voice that was known before, and starts a recording. Models without a running reference know none.
    ///
    /// # Errors
    /// Without a model, or with too small an arena.
    pub fn restore_voice(&mut self, voice: &Voice, arena: &mut [i8]) -> Result<(), NotReady> {
        let (model, memory) = self.open(arena)?;
        self.features.restore_voice(model.front_end(), voice, memory.features);
        if knows_voices(&model) {
            self.offsets.restore(&voice.utterances, &voice.offsets);
        }
        self.begin(&model, memory.features);
        Ok(())
    }

    /// Stops learning from the voice that is heard, or goes on. Of an utterance that ends while frozen
    /// nothing is learnt, not even of its beginning.
    pub fn freeze_voice(&mut self, is_frozen: bool) {
        self.features.freeze_voice(is_frozen);
    }

    /// Whether it has stopped learning from the voice.
    #[must_use]
    pub const fn is_voice_frozen(&self) -> bool {
        self.features.is_voice_frozen()
    }

    fn open<'a>(&self, arena: &'a mut [i8]) -> Result<(Model<'m>, Memory<'a>), NotReady> {
        let model = *self.model.as_ref().ok_or(NotReady::NoModel)?;
        let (needed, available) = (model.layout().arena_bytes(), arena.len());
        let memory = model.layout().split(arena).ok_or(NotReady::ArenaTooSmall { needed, available })?;
        Ok((model, memory))
    }

    /// Starts a recording.
    fn begin(&mut self, model: &Model<'m>, features: &mut [i8]) {
        self.mel_frames.reset();
        self.features.reset(model.front_end(), features);
        self.stream.reset(model.network());
        (self.frames, self.rows, self.latest) = (0, 0, None);
        (self.is_over, self.rows_behind) = (false, 0);
    }

    /// Lets a frame wait for what it is relative to.
    fn keep(&mut self, model: &Model<'m>, frame: &Decibels, memory: &mut [i8]) {
        self.features.push_decibels(model.front_end(), frame.bands().iter().copied(), memory);
        self.frames = self.frames.saturating_add(1);
    }

    /// Feeds the network with the next frame, if one need not wait. Returns whether there was one.
    fn run_row(
        &mut self,
        model: &Model<'m>,
        memory: &mut Memory<'_>,
        on_answer: &mut dyn FnMut(Classification<'m>),
    ) -> bool {
        let Some(row) = self.features.next(model.front_end(), memory.features) else { return false };
        let Memory { state, features, workspace } = memory;
        let mut fill = |values: &mut [i8]| row.write(model.front_end(), features, values);
        self.rows = self.rows.saturating_add(1);
        let is_answer = self.stream.step(model.network(), state, workspace, Some(&mut fill), &mut |_| ());
        self.note(model, is_answer, state, on_answer);
        if is_in_windows(model) && self.rows.is_multiple_of(model.pace().window_rows.into()) {
            for _ in 0..model.pace().rows_behind() {
                self.run_row_behind(model, memory, on_answer);
            }
            self.stream.reset(model.network());
        }
        true
    }

    /// Lets layers read a row of their padding behind the end.
    fn run_row_behind(
        &mut self,
        model: &Model<'m>,
        memory: &mut Memory<'_>,
        on_answer: &mut dyn FnMut(Classification<'m>),
    ) {
        let Memory { state, workspace, .. } = memory;
        let is_answer = self.stream.step(model.network(), state, workspace, None, &mut |_| ());
        self.note(model, is_answer, state, on_answer);
    }

    fn note(
        &mut self,
        model: &Model<'m>,
        is_answer: bool,
        state: &[i8],
        on_answer: &mut dyn FnMut(Classification<'m>),
    ) {
        if is_answer {
            let hop = u64::from(model.front_end().hop_length);
            let answer = Classification::read(
                model,
                state,
                &self.offsets,
                self.rows.saturating_sub(1).saturating_mul(hop),
            );
            self.latest = Some(answer);
            on_answer(answer);
        }
    }

    /// Learns what is usual for the voice from a recording's last answer, if there was speech to learn from.
    fn learn(&mut self, model: &Model<'m>, answer: &Classification<'m>, state: &[i8]) {
        let runnable = model.runnable();
        if let (true, Some(factor)) = (self.features.has_heard_speech(), runnable.logit_factor()) {
            self.offsets.learn(runnable.scores(state), answer.class(), factor);
        }
    }

    fn missing_samples(&self, model: &Model<'_>) -> u32 {
        let pace = model.pace();
        // A frame leaves when as many wait as may; a window's leave together.
        let needed = if is_in_windows(model) {
            pace.window_rows
        } else {
            pace.first_answer.saturating_add(Features::delay(model.front_end()).into())
        };
        let behind = u64::from(needed).saturating_sub(self.frames).saturating_sub(1);
        let hops = behind.saturating_mul(model.front_end().hop_length.into());
        u32::try_from(hops.saturating_add(self.mel_frames.missing_samples() as u64)).unwrap_or(u32::MAX)
    }
}

/// Whether anything is learnt of a voice.
const fn knows_voices(model: &Model<'_>) -> bool {
    matches!(model.front_end().normalisation, Normalisation::Decibel { reference: Reference::Running(_), .. })
}

/// Whether the recording is cut into windows, since frames wait for the maximum of theirs.
const fn is_in_windows(model: &Model<'_>) -> bool {
    matches!(
        model.front_end().normalisation,
        Normalisation::Decibel { reference: Reference::WindowMaximum, .. }
    )
}

fn floats(scratch: &mut [i8]) -> &mut [f32] {
    bytemuck::pod_align_to_mut(scratch).1
}

impl Default for Session<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { model, frames, rows, latest, .. } = self;
        f.debug_struct("Session")
            .field("model", &model.as_ref().map(Model::name))
            .field("frames", frames)
            .field("rows", rows)
            .field("latest", latest)
            .finish_non_exhaustive()
    }
}
