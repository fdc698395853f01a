mod enrolment;

use crate::blob::Labels;
use crate::listen::decision::{Decider, Event, Opinion, Verdict};
use crate::listen::ear::Ear;
use crate::listen::gate::{PreRoll, Shape, Turn};
use crate::listen::{Settings, Stage, Word};
use crate::{Classifier, LoadError, Model, NotReady};

/// Sound that is unlike speech for so many ms puts the network to sleep though it is loud.
const MOST_UNLIKE: u32 = 1000;
/// Words that are taken at once.
const PORTION: usize = 64;
/// Steps by which the last answer is worked out while a hop comes in: that is less work than hearing.
const STEPS_A_HOP: u64 = 2;

/// What stands between a microphone and a decision: words in, events out. All memory is in the value itself, and
/// `ARENA` is as for [`Classifier`].
///
/// Words are [conditioned](crate::listen::Conditioner). As long as the level is near the noise floor, nothing else is
/// computed. When it rises, an utterance begins with the samples just before: they are resampled and go to the model. If they do not have the
/// shape of speech for a second, the network sleeps again, until they have. When it has been quiet for a while, or unlike speech
/// for a second, the utterance is over. Only speech is learnt from.
///
/// What comes out depends on the stream alone, not on how it is cut into buffers.
///
/// ```
/// use engine::listen::{Event, Listener, Settings, Verdict};
/// use engine::{arena_bytes, include_model};
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
    classifier: Classifier<'m, ARENA>,
    ear: Ear<'m>,
    pre_roll: PreRoll,
    shape: Shape,
    decider: Decider,
    stage: Stage,
    /// What comes once the last answer is worked out.
    next: Stage,
    /// Samples of the microphone for each step of working out the last answer.
    step: u64,
    /// Samples of the stream so far.
    time: u64,
    /// Where the utterance began and, if it is over, ended.
    start: u64,
    end: u64,
}

impl<'m, const ARENA: usize> Listener<'m, ARENA> {
    /// A listener without a model; it can be the initial value of a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            classifier: Classifier::new(),
            ear: Ear::new(),
            pre_roll: PreRoll::new(),
            shape: Shape::new(),
            decider: Decider::new(Settings::DEFAULT.decisions),
            stage: Stage::Asleep,
            next: Stage::Asleep,
            step: 1,
            time: 0,
            start: 0,
            end: 0,
        }
    }

    /// Checks a blob, keeps the model that borrows from it, and starts a stream, with a voice that is not known.
    ///
    /// # Errors
    /// What [`Classifier::load`] says, or [`LoadError::SampleRate`] if the conversion leads to another rate than the model's.
    /// The listener is then without a model.
    pub fn load(&mut self, blob: &'m [u8], settings: &Settings<'m>) -> Result<(), LoadError> {
        self.classifier.load(blob)?;
        let Some(model) = self.classifier.model() else { return Ok(()) };
        let (wanted, hop_length) = (model.front_end().sample_rate, model.front_end().hop_length);
        let found = settings.conversion.map_or(wanted, |conversion| conversion.output_rate());
        if found != wanted {
            self.classifier.unload();
            return Err(LoadError::SampleRate { found, wanted });
        }
        self.shape.configure(model.front_end());
        self.ear.configure(wanted, settings);
        self.decider = Decider::new(settings.decisions);
        self.pre_roll.clear();
        (self.stage, self.time, self.start) = (Stage::Asleep, 0, 0);
        let hop = u64::from(hop_length).saturating_mul(self.ear.sample_rate().into());
        self.step = hop.checked_div(u64::from(wanted).saturating_mul(STEPS_A_HOP)).unwrap_or(0).max(1);
        Ok(())
    }

    /// The model in use.
    #[must_use]
    pub const fn model(&self) -> Option<&Model<'m>> {
        self.classifier.model()
    }

    /// What listens at present.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// Samples of the stream so far.
    #[must_use]
    pub const fn time(&self) -> u64 {
        self.time
    }

    /// Takes the microphone's next words, any number at a time, and calls `on_event` with what becomes due. Of interleaved
    /// channels, `buffer.iter().step_by(2)` is the first.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn push<W: Word>(
        &mut self,
        words: impl IntoIterator<Item = W>,
        mut on_event: impl FnMut(Event<'m>),
    ) -> Result<(), NotReady> {
        let labels = self.labels()?;
        let mut words = words.into_iter().map(Word::sample);
        let mut portion = [0; PORTION];
        loop {
            let mut count = 0_usize;
            for (place, word) in portion.iter_mut().zip(&mut words) {
                *place = word;
                count = count.saturating_add(1);
            }
            let Some(samples @ [_, ..]) = portion.get(..count) else { return Ok(()) };
            self.hear(samples, labels, &mut on_event);
        }
    }

    /// Ends an utterance that is under way, as when the stream ends. Time goes on.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn flush(&mut self, mut on_event: impl FnMut(Event<'m>)) -> Result<(), NotReady> {
        let labels = self.labels()?;
        self.ear.gate.close();
        self.close(labels, &mut on_event);
        while self.stage == Stage::Ending {
            self.work_out(labels, &mut on_event);
        }
        Ok(())
    }

    /// By all utterances that are over since the model was loaded or the voice forgotten: the more somebody has said, the
    /// surer. None before the first.
    #[must_use]
    pub fn overall(&self) -> Option<Opinion<'m>> {
        self.decider.overall(self.labels().ok()?, self.time)
    }

    /// What the last dense layers read for the latest answer, as in [`Classifier::embedding`], while an utterance is under way.
    ///
    /// # Errors
    /// Without a model, or before an utterance's first answer.
    pub fn embedding(&mut self) -> Result<impl Iterator<Item = i8>, NotReady> {
        self.classifier.embedding()
    }

    fn labels(&self) -> Result<Labels<'m>, NotReady> {
        self.model().map(Model::labels).ok_or(NotReady::NoModel)
    }

    fn hear(&mut self, samples: &[i32], labels: Labels<'m>, on_event: OnEvent<'_, 'm>) {
        let mut rest = samples;
        while let [sample, behind @ ..] = rest {
            if self.stage == Stage::Asleep {
                rest = self.doze(rest);
                continue;
            }
            let (sample, turn) = self.ear.hear(*sample, &mut self.pre_roll);
            self.time = self.time.saturating_add(1);
            self.attend(sample, turn, labels, on_event);
            rest = behind;
        }
    }

    /// Keeps samples while it is quiet, until the gate has judged. Returns those behind.
    fn doze<'s>(&mut self, samples: &'s [i32]) -> &'s [i32] {
        let (count, turn) = self.ear.hear_many(samples, &mut [0; PORTION], &mut self.pre_roll);
        self.time = self.time.saturating_add(count as u64);
        if turn == Some(Turn::Opened) {
            self.wake();
        }
        samples.get(count..).unwrap_or_default()
    }

    /// Does what a sample calls for while it is loud, after which the gate has perhaps turned.
    fn attend(&mut self, sample: i16, turn: Option<Turn>, labels: Labels<'m>, on_event: OnEvent<'_, 'm>) {
        match self.stage {
            Stage::Asleep => (),
            // What waits is heard half as fast again as it comes, so that no call takes long.
            Stage::Attentive | Stage::Speech => {
                for _ in 0..=self.time % 2 {
                    if let Some(sample) = self.pre_roll.pop() {
                        self.feed(sample, labels, on_event);
                    }
                }
            }
            Stage::Doubtful => self.feed(sample, labels, on_event),
            Stage::Ending if self.time.is_multiple_of(self.step) => self.work_out(labels, on_event),
            Stage::Ending => (),
        }
        match turn {
            Some(Turn::Closed) => self.close(labels, on_event),
            Some(Turn::Opened) if self.stage == Stage::Ending => self.next = Stage::Attentive,
            _ => (),
        }
    }

    fn wake(&mut self) {
        self.begin_recording();
        self.shape.reset();
        self.stage = Stage::Attentive;
    }

    /// A recording begins with what was kept.
    fn begin_recording(&mut self) {
        // There is a model.
        _ = self.classifier.reset();
        self.ear.reset();
        self.decider.begin();
        self.start = self.time.saturating_sub(self.pre_roll.len());
    }

    fn begin_speech(&mut self, on_event: OnEvent<'_, 'm>) {
        self.stage = Stage::Speech;
        on_event(Event::Began { sample: self.start });
    }

    /// The gate has closed.
    fn close(&mut self, labels: Labels<'m>, on_event: OnEvent<'_, 'm>) {
        self.hear_the_rest(labels, on_event);
        let end = self.time.saturating_sub(self.ear.gate.quiet_samples()).max(self.start);
        match self.stage {
            Stage::Speech => self.end_speech(end, Stage::Asleep),
            Stage::Attentive => {
                on_event(Event::Ended { start: self.start, end, verdict: Verdict::NotSpeech });
                self.fall_asleep();
            }
            Stage::Asleep | Stage::Doubtful => self.fall_asleep(),
            Stage::Ending => self.next = Stage::Asleep,
        }
    }

    /// Lets the network hear what waits and what the resampler holds back, as long as it listens.
    fn hear_the_rest(&mut self, labels: Labels<'m>, on_event: OnEvent<'_, 'm>) {
        let mut behind = 0..self.ear.delay();
        while self.is_heard_by_the_network() {
            let Some(sample) = self.pre_roll.pop().or_else(|| behind.next().map(|_| 0)) else {
                return self.run(labels, on_event);
            };
            self.feed(sample, labels, on_event);
        }
    }

    fn fall_asleep(&mut self) {
        // Nothing is learnt from what was not speech.
        _ = self.classifier.reset();
        self.stage = Stage::Asleep;
    }

    /// The utterance is over: its last answer is to be worked out.
    const fn end_speech(&mut self, end: u64, next: Stage) {
        (self.stage, self.next, self.end) = (Stage::Ending, next, end);
    }

    /// Works on the utterance's last answer. When it is there, so is the verdict.
    fn work_out(&mut self, labels: Labels<'m>, on_event: OnEvent<'_, 'm>) {
        match self.classifier.finish_step() {
            Ok(None) => return,
            Ok(Some(answer)) => self.decider.hear(&answer),
            Err(_) => (),
        }
        let is_long_enough = self.is_long_enough(self.end);
        let verdict = self.decider.end(labels, self.end, is_long_enough);
        on_event(Event::Ended { start: self.start, end: self.end, verdict });
        self.stage = self.next;
        if self.next == Stage::Attentive {
            self.wake();
        }
    }

    /// Hears a sample of the recording.
    fn feed(&mut self, sample: i16, labels: Labels<'m>, on_event: OnEvent<'_, 'm>) {
        if self.ear.convert(sample) {
            self.run(labels, on_event);
        }
    }

    /// Hears the block that has been converted.
    fn run(&mut self, labels: Labels<'m>, on_event: OnEvent<'_, 'm>) {
        let is_heard = self.is_heard_by_the_network();
        let Self { classifier, ear, shape, decider, .. } = self;
        let mut on_frame = |decibels: &[i16]| shape.hear(decibels);
        // There is a model.
        _ = if is_heard {
            classifier.push_watched(ear.block(), &mut on_frame, |answer| decider.hear(&answer))
        } else {
            classifier.watch(ear.block(), &mut on_frame)
        };
        self.ear.clear();
        self.judge(labels, on_event);
    }

    fn judge(&mut self, labels: Labels<'m>, on_event: OnEvent<'_, 'm>) {
        let is_unlike = self.shape.unlike() >= MOST_UNLIKE;
        match self.stage {
            Stage::Attentive if self.shape.is_speech() => self.begin_speech(on_event),
            Stage::Attentive if is_unlike => {
                on_event(Event::Ended { start: self.start, end: self.time, verdict: Verdict::NotSpeech });
                self.stage = Stage::Doubtful;
            }
            Stage::Speech if is_unlike => {
                let unlike =
                    u64::from(self.shape.unlike()).saturating_mul(self.ear.sample_rate().into()) / 1000;
                let end = self.time.saturating_sub(unlike).max(self.start);
                self.end_speech(end, Stage::Doubtful);
            }
            Stage::Doubtful if self.shape.is_speech() => {
                self.begin_recording();
                self.begin_speech(on_event);
            }
            _ => (),
        }
        if self.stage == Stage::Speech
            && self.is_long_enough(self.time)
            && let Some(opinion) = self.decider.announce(labels, self.time)
        {
            on_event(Event::Announced(opinion));
        }
    }

    fn is_heard_by_the_network(&self) -> bool {
        matches!(self.stage, Stage::Attentive | Stage::Speech)
    }

    fn is_long_enough(&self, end: u64) -> bool {
        self.decider.is_long_enough(end.saturating_sub(self.start), self.ear.sample_rate())
    }
}

type OnEvent<'e, 'm> = &'e mut dyn FnMut(Event<'m>);

impl<const ARENA: usize> Default for Listener<'_, ARENA> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const ARENA: usize> core::fmt::Debug for Listener<'_, ARENA> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Listener")
            .field("stage", &self.stage)
            .field("time", &self.time)
            .field("classifier", &self.classifier)
            .finish_non_exhaustive()
    }
}
