mod ending;
mod enrolment;

use crate::blob::Labels;
use crate::listen::decision::{Decider, DecisionSettings, Event, Opinion, Verdict};
use crate::listen::ear::Ear;
use crate::listen::gate::{PreRoll, Shape, Turn};
use crate::listen::{Settings, Stage, Word};
use crate::{LoadError, Model, NotReady};

/// Sound that is unlike speech for so many ms puts the network to sleep though it is loud.
const MOST_UNLIKE: u32 = 1000;
/// Words that are taken at once.
const PORTION: usize = 64;
/// Steps by which the last answer is worked out while a hop comes in: that is less work than hearing.
const STEPS_A_HOP: u64 = 2;

/// A [`Listener`](super::Listener) whose arena the caller lends: for a host, where it can come from the heap, or for
/// memory whose size is known at run time only.
///
/// Every call after [`start`](Self::start) must be lent the same arena, of at least
/// [`arena_bytes`](crate::arena_bytes) of the model's blob.
/// ```
/// use prosodia::arena_bytes;
/// use prosodia::listen::{Session, Settings, Stage};
///
/// // A model that is known at run time only.
/// let blob = std::fs::read("tests/data/loud.postcard")?;
/// let mut arena = vec![0; arena_bytes(&blob)];
/// let mut session = Session::new();
/// session.load(&blob, &Settings::DEFAULT, &mut arena)?;
/// session.push([0_i16; 512], &mut arena, |event| println!("{event:?}"))?;
/// assert_eq!((session.stage(), session.time()), (Stage::Asleep, 512));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Session<'m> {
    network: crate::Session<'m>,
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

impl<'m> Session<'m> {
    /// A session without a model; it can be the initial value of a `static`. (All zeros, so that a static costs no
    /// flash.)
    #[must_use]
    #[inline] // Where it is written in place, the stack needs no room for it.
    pub const fn new() -> Self {
        Self {
            network: crate::Session::new(),
            ear: Ear::new(),
            pre_roll: PreRoll::new(),
            shape: Shape::new(),
            decider: Decider::new(DecisionSettings::NONE),
            stage: Stage::Asleep,
            next: Stage::Asleep,
            step: 0,
            time: 0,
            start: 0,
            end: 0,
        }
    }

    /// Checks a blob, and [starts](Self::start) with the model in it.
    ///
    /// # Errors
    /// What [`Model::from_bytes`] says, and those of [`start`](Self::start). The session is then without a model.
    pub fn load(
        &mut self,
        blob: &'m [u8],
        settings: &Settings<'m>,
        arena: &mut [i8],
    ) -> Result<(), LoadError> {
        self.network.unload();
        self.start(Model::from_bytes(blob)?, settings, arena)
    }

    /// Takes on a model and starts a stream, with a voice that is not known.
    ///
    /// # Errors
    /// [`LoadError::ArenaTooSmall`], [`LoadError::SampleRate`] if the conversion leads to another rate than the
    /// model's, or [`LoadError::Settings`]. The session is then without a model.
    pub fn start(
        &mut self,
        model: Model<'m>,
        settings: &Settings<'m>,
        arena: &mut [i8],
    ) -> Result<(), LoadError> {
        self.network.unload();
        let (wanted, hop_length) = (model.front_end().sample_rate, model.front_end().hop_length);
        let found = settings.conversion.map_or(wanted, |conversion| conversion.output_rate());
        if found != wanted {
            return Err(LoadError::SampleRate { found, wanted });
        }
        if let Some(error) = settings.error() {
            return Err(LoadError::Settings(error));
        }
        self.network.start(model, arena)?;
        self.shape.configure(model.front_end());
        self.ear.configure(wanted, settings);
        self.decider = Decider::new(settings.decisions);
        self.pre_roll.begin(self.ear.sample_rate());
        (self.stage, self.time, self.start) = (Stage::Asleep, 0, 0);
        let hop = u64::from(hop_length).saturating_mul(self.ear.sample_rate().into());
        self.step = hop.checked_div(u64::from(wanted).saturating_mul(STEPS_A_HOP)).unwrap_or(0).max(1);
        Ok(())
    }

    /// The model in use.
    #[must_use]
    pub const fn model(&self) -> Option<&Model<'m>> {
        self.network.model()
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

    /// Takes the microphone's next words, any number at a time, and calls `on_event` with what becomes due. Of
    /// interleaved channels, `buffer.iter().step_by(2)` is the first.
    ///
    /// # Errors
    /// Without a model, or with too small an arena.
    pub fn push<W: Word>(
        &mut self,
        words: impl IntoIterator<Item = W>,
        arena: &mut [i8],
        mut on_event: impl FnMut(Event<'m>),
    ) -> Result<(), NotReady> {
        let mut call = self.call(arena, &mut on_event)?;
        let mut words = words.into_iter().map(Word::sample);
        let mut portion = [0; PORTION];
        loop {
            let mut count = 0_usize;
            for (place, word) in portion.iter_mut().zip(&mut words) {
                *place = word;
                count = count.saturating_add(1);
            }
            let Some(samples @ [_, ..]) = portion.get(..count) else { return Ok(()) };
            self.hear(samples, &mut call);
        }
    }

    /// Ends an utterance that is under way, as when the stream ends. Time goes on.
    ///
    /// # Errors
    /// Without a model, or with too small an arena.
    pub fn flush(&mut self, arena: &mut [i8], mut on_event: impl FnMut(Event<'m>)) -> Result<(), NotReady> {
        let mut call = self.call(arena, &mut on_event)?;
        self.ear.gate.close();
        self.close(&mut call);
        while self.stage == Stage::Ending {
            self.work_out(&mut call);
        }
        Ok(())
    }

    /// By the answers so far to the utterance that is under way, or was the latest. None before its first one.
    #[must_use]
    pub fn so_far(&self) -> Option<Opinion<'m>> {
        self.decider.so_far(self.labels().ok()?, self.time)
    }

    /// By all utterances that are over since the model was loaded or the voice forgotten: the more somebody has said,
    /// the surer. None before the first.
    #[must_use]
    pub fn overall(&self) -> Option<Opinion<'m>> {
        self.decider.overall(self.labels().ok()?, self.time)
    }

    /// What the last dense layers read for the latest answer, as in
    /// [`prosodia::Session::embedding`](crate::Session::embedding), while an utterance is under way.
    ///
    /// # Errors
    /// Without a model, before an utterance's first answer, or with too small an arena.
    pub fn embedding<'a>(
        &self,
        arena: &'a mut [i8],
    ) -> Result<impl Iterator<Item = i8> + use<'a, 'm>, NotReady> {
        self.network.embedding(arena)
    }

    fn call<'c>(
        &self,
        arena: &'c mut [i8],
        on_event: &'c mut dyn FnMut(Event<'m>),
    ) -> Result<Call<'c, 'm>, NotReady> {
        let labels = self.labels()?;
        let needed = self.model().map_or(0, |model| model.layout().arena_bytes());
        let available = arena.len();
        match arena.get_mut(..needed) {
            Some(arena) => Ok(Call { arena, labels, on_event }),
            None => Err(NotReady::ArenaTooSmall { needed, available }),
        }
    }

    fn labels(&self) -> Result<Labels<'m>, NotReady> {
        self.model().map(Model::labels).ok_or(NotReady::NoModel)
    }

    fn hear(&mut self, samples: &[i32], call: &mut Call<'_, 'm>) {
        let mut rest = samples;
        while let [sample, behind @ ..] = rest {
            if self.stage == Stage::Asleep {
                rest = self.doze(rest, call);
                continue;
            }
            let (sample, turn) = self.ear.hear(*sample, &mut self.pre_roll);
            self.time = self.time.saturating_add(1);
            self.attend(sample, turn, call);
            rest = behind;
        }
    }

    /// Keeps samples while it is quiet, until the gate has judged. Returns those behind.
    fn doze<'s>(&mut self, samples: &'s [i32], call: &mut Call<'_, 'm>) -> &'s [i32] {
        let (count, turn) = self.ear.hear_many(samples, &mut [0; PORTION], &mut self.pre_roll);
        self.time = self.time.saturating_add(count as u64);
        if turn == Some(Turn::Opened) {
            self.wake(call);
        }
        samples.get(count..).unwrap_or_default()
    }

    /// Does what a sample calls for while it is loud, after which the gate has perhaps turned.
    fn attend(&mut self, sample: i16, turn: Option<Turn>, call: &mut Call<'_, 'm>) {
        match self.stage {
            Stage::Asleep => (),
            // What waits is heard half as fast again as it comes, so that no call takes long.
            Stage::Attentive | Stage::Speech => {
                for _ in 0..=self.time % 2 {
                    if let Some(sample) = self.pre_roll.pop() {
                        self.feed(sample, call);
                    }
                }
            }
            Stage::Doubtful => self.feed(sample, call),
            Stage::Ending if self.time.is_multiple_of(self.step) => self.work_out(call),
            Stage::Ending => (),
        }
        match turn {
            Some(Turn::Closed) => self.close(call),
            Some(Turn::Opened) if self.stage == Stage::Ending => self.next = Stage::Attentive,
            _ => (),
        }
    }

    fn wake(&mut self, call: &mut Call<'_, 'm>) {
        self.begin_recording(call);
        self.shape.reset();
        self.stage = Stage::Attentive;
    }

    /// A recording begins with what was kept.
    fn begin_recording(&mut self, call: &mut Call<'_, 'm>) {
        // There is a model, and room for it.
        _ = self.network.reset(call.arena);
        self.ear.reset();
        self.decider.begin();
        self.start = self.time.saturating_sub(self.pre_roll.len());
    }

    fn begin_speech(&mut self, call: &mut Call<'_, 'm>) {
        self.stage = Stage::Speech;
        (call.on_event)(Event::Began { sample: self.start });
    }

    /// Hears a sample of the recording.
    fn feed(&mut self, sample: i16, call: &mut Call<'_, 'm>) {
        if self.ear.convert(sample) {
            self.run(call);
        }
    }

    /// Hears the block that has been converted.
    fn run(&mut self, call: &mut Call<'_, 'm>) {
        let is_heard = self.is_heard_by_the_network();
        let Self { network, ear, shape, decider, .. } = self;
        let mut on_frame = |decibels: &[i16]| shape.hear(decibels);
        // There is a model, and room for it.
        _ = if is_heard {
            network.push_watched(ear.block(), call.arena, &mut on_frame, |answer| decider.hear(&answer))
        } else {
            network.watch(ear.block(), call.arena, &mut on_frame)
        };
        self.ear.clear();
        self.judge(call);
    }

    fn judge(&mut self, call: &mut Call<'_, 'm>) {
        let is_unlike = self.shape.unlike() >= MOST_UNLIKE;
        match self.stage {
            Stage::Attentive if self.shape.is_speech() => self.begin_speech(call),
            Stage::Attentive if is_unlike => {
                (call.on_event)(Event::Ended {
                    start: self.start,
                    end: self.time,
                    verdict: Verdict::NotSpeech,
                });
                self.stage = Stage::Doubtful;
            }
            Stage::Speech if is_unlike => {
                let unlike =
                    u64::from(self.shape.unlike()).saturating_mul(self.ear.sample_rate().into()) / 1000;
                let end = self.time.saturating_sub(unlike).max(self.start);
                self.end_speech(end, Stage::Doubtful);
            }
            Stage::Doubtful if self.shape.is_speech() => {
                self.begin_recording(call);
                self.begin_speech(call);
            }
            _ => (),
        }
        if self.stage == Stage::Speech
            && self.is_long_enough(self.time)
            && let Some(opinion) = self.decider.announce(call.labels, self.time)
        {
            (call.on_event)(Event::Announced(opinion));
        }
    }

    fn is_heard_by_the_network(&self) -> bool {
        matches!(self.stage, Stage::Attentive | Stage::Speech)
    }

    fn is_long_enough(&self, end: u64) -> bool {
        self.decider.is_long_enough(end.saturating_sub(self.start), self.ear.sample_rate())
    }
}

/// What one call from outside works with.
struct Call<'c, 'm> {
    arena: &'c mut [i8],
    labels: Labels<'m>,
    on_event: &'c mut dyn FnMut(Event<'m>),
}

impl Default for Session<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Session")
            .field("stage", &self.stage)
            .field("time", &self.time)
            .field("network", &self.network)
            .finish_non_exhaustive()
    }
}
