use core::ffi::{c_char, c_void};
use core::mem::MaybeUninit;

use engine::Model;
use engine::listen::{self, Conversion, Session, Word};
use heapless::Deque;

use crate::memory::{Claim, Region, padded};
use crate::model::{blob, coefficients};
use crate::opinion::label;
use crate::pointer::{self, Seal, Sealed};
use crate::{EMOTION_LABEL_BYTES, Error, Event, Opinion, Settings, Voice};

/// How many events wait to be fetched.
pub const EMOTION_WAITING_EVENTS: usize = 4;

/// What a listener takes beside the model's arena and the filter: EMOTION_LISTENER_BYTES has it in.
pub const EMOTION_LISTENER_OVERHEAD: usize = 13_824;

/// Hears a microphone and says who speaks when, with which emotion. It lies in memory that C gives.
pub struct Listener {
    seal: Seal,
    arena: Region,
    session: Session<'static>,
    settings: listen::Settings<'static>,
    /// What waits, each with the sample at which the utterance began.
    events: Deque<(listen::Event<'static>, u64), EMOTION_WAITING_EVENTS>,
    start: u64,
}

impl Sealed for Listener {
    const SEAL: Seal = Seal(0x454d_4f6c);

    unsafe fn seal(this: *const Self) -> *const Seal {
        // SAFETY: the caller says that there is memory.
        unsafe { &raw const (*this).seal }
    }
}

const _: () = assert!(padded(size_of::<Listener>()) <= EMOTION_LISTENER_OVERHEAD);

/// What a listener does at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Stage {
    /// It is quiet: the level alone is heard. A device may sleep until its next buffer.
    Asleep = 0,
    /// It is loud, and the network hears whether it is speech.
    Attentive = 1,
    /// Somebody speaks.
    Speech = 2,
    /// An utterance is over, and its last answer is worked out.
    Ending = 3,
    /// It is loud, but not speech.
    Doubtful = 4,
}

/// Bytes of memory that a listener needs for a model and a microphone of so many Hz (0: the model's), or 0 if the bytes
/// are not a model's or the rate can't be converted. It reads the model's first 32 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_memory_bytes(
    model: *const c_void,
    model_bytes: usize,
    microphone_rate: u32,
) -> usize {
    // SAFETY: C says that there are so many bytes.
    let needed = unsafe { blob(model, model_bytes) }.and_then(|model| {
        let (model_rate, arena) = (engine::sample_rate(model), engine::arena_bytes(model));
        let rate = if microphone_rate == 0 { model_rate } else { microphone_rate };
        if model_rate == 0 { Ok(0) } else { memory_bytes(rate, model_rate, arena) }
    });
    needed.unwrap_or(0)
}

fn memory_bytes(microphone_rate: u32, model_rate: u32, arena: usize) -> Result<usize, Error> {
    let filter = padded(coefficients(microphone_rate, model_rate)?.saturating_mul(size_of::<i16>()));
    Ok(padded(size_of::<Listener>()).saturating_add(filter).saturating_add(arena))
}

/// Checks a model and starts a stream, with a voice that is not known.
///
/// memory: of memory_bytes, at least what emotion_listener_memory_bytes says, aligned to EMOTION_ALIGNMENT. It is the
/// listener's until the listener is used no more; there is nothing to free, and it can be given again.
/// model: of model_bytes, unchanged as long as the listener is used: usually in flash. Aligned to 4 bytes it runs
/// fastest. settings: NULL for the defaults; they are copied.
/// listener: what the other functions want; NULL if this fails.
///
/// The time that it takes is mostly that of a checksum over the model; if the microphone's rate is not the model's, a
/// filter is designed, which takes a processor without double precision some ten million instructions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_init(
    memory: *mut c_void,
    memory_bytes: usize,
    model: *const c_void,
    model_bytes: usize,
    settings: *const Settings,
    listener: *mut *mut Listener,
) -> Error {
    // SAFETY: C says that there is room for a pointer.
    let out = match unsafe { pointer::place(listener) } {
        Ok(out) => out.write(core::ptr::null_mut()),
        Err(error) => return error,
    };
    let settings = if settings.is_null() {
        Ok(&Settings::default())
    } else {
        // SAFETY: C says that it leads to settings.
        unsafe { pointer::value(settings) }
    };
    // SAFETY: C says that there are so many bytes, and keeps the model.
    let made = settings.and_then(|settings| unsafe {
        let model = blob(model, model_bytes)?;
        init(memory.cast(), memory_bytes, model, settings)
    });
    made.map(|made| *out = made).into()
}

/// # Safety
/// As [`Claim::new`].
unsafe fn init(
    memory: *mut u8,
    bytes: usize,
    blob: &'static [u8],
    settings: &Settings,
) -> Result<*mut Listener, Error> {
    settings.check()?;
    let model = Model::from_bytes(blob)?;
    let model_rate = model.front_end().sample_rate;
    let rate = if settings.microphone_rate == 0 { model_rate } else { settings.microphone_rate };
    let count = coefficients(rate, model_rate)?;
    // SAFETY: the caller says that the memory is there.
    let mut claim =
        unsafe { Claim::new(memory, bytes, memory_bytes(rate, model_rate, model.layout().arena_bytes())?) }?;
    let place = claim.object::<Listener>()?;
    let conversion = Conversion::design(rate, model_rate, claim.coefficients(count)?);
    let settings = settings.with(conversion);
    let arena = claim.rest();
    // SAFETY: the claim has room for a listener, aligned, and every part of it is written.
    let listener = unsafe {
        (&raw mut (*place).seal).write(Seal(0));
        (&raw mut (*place).arena).write(arena);
        write_session(&mut *(&raw mut (*place).session).cast());
        (&raw mut (*place).settings).write(settings);
        (&raw mut (*place).events).write(Deque::new());
        (&raw mut (*place).start).write(0);
        &mut *place
    };
    listener.session.start(model, &settings, listener.arena.arena())?;
    listener.seal = Listener::SEAL;
    Ok(place)
}

/// Writes a session where it is to be. Of a constant and a reference that comes from outside the compiler knows that it
/// can do so without a copy on the stack, which may have no room for one.
#[inline(never)]
fn write_session(place: &mut MaybeUninit<Session<'static>>) {
    place.write(const { Session::new() });
}

impl Listener {
    fn push<W: Word>(&mut self, words: &[W]) -> Result<(), Error> {
        let Self { arena, session, events, start, .. } = self;
        let mut is_lost = false;
        session.push(words, arena.arena(), |event| is_lost |= !keep(event, start, events))?;
        if is_lost { Err(Error::EventsLost) } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        let Self { arena, session, events, start, .. } = self;
        let mut is_lost = false;
        session.flush(arena.arena(), |event| is_lost |= !keep(event, start, events))?;
        if is_lost { Err(Error::EventsLost) } else { Ok(()) }
    }

    /// A stream begins, with the voice that is known; if it was frozen, it is so still.
    fn reset(&mut self) -> Result<(), Error> {
        let model = *self.session.model().ok_or(Error::NotInitialised)?;
        let (voice, is_frozen) = (self.session.voice(self.arena.arena())?, self.session.is_voice_frozen());
        self.session.start(model, &self.settings, self.arena.arena())?;
        self.session.freeze_voice(is_frozen);
        self.restore(&voice)
    }

    fn restore(&mut self, voice: &engine::Voice) -> Result<(), Error> {
        self.events = Deque::new();
        Ok(self.session.restore_voice(voice, self.arena.arena())?)
    }
}

type Events = Deque<(listen::Event<'static>, u64), EMOTION_WAITING_EVENTS>;

/// Whether there was room for it.
fn keep(event: listen::Event<'static>, start: &mut u64, events: &mut Events) -> bool {
    if let listen::Event::Began { sample } = event {
        *start = sample;
    }
    events.push_back((event, *start)).is_ok()
}

/// Hears the microphone's next samples: mono, 16 bits, any number. Fetch the events after each push: a few may wait,
/// and the samples of 100 ms make no more. It takes a part of the time in which the samples came, so call it from a
/// task or the main loop, not from the microphone's interrupt.
///
/// EMOTION_ERROR_EVENTS_LOST: all was heard, but the latest events had no room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_push(
    listener: *mut Listener,
    samples: *const i16,
    count: usize,
) -> Error {
    // SAFETY: C says that there is a listener, which nobody else uses meanwhile, and that there are so many samples.
    unsafe { pointer::object(listener).and_then(|listener| listener.push(pointer::slice(samples, count)?)) }
        .into()
}

/// As emotion_listener_push, for words of 32 bits with the sample's 24 at the top, as I2S microphones give them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_push_words(
    listener: *mut Listener,
    words: *const i32,
    count: usize,
) -> Error {
    // SAFETY: as above.
    unsafe { pointer::object(listener).and_then(|listener| listener.push(pointer::slice(words, count)?)) }
        .into()
}

/// Ends an utterance that is under way, as when the microphone is switched off. Time goes on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_flush(listener: *mut Listener) -> Error {
    // SAFETY: C says that there is a listener, which nobody else uses meanwhile.
    unsafe { pointer::object(listener) }.and_then(Listener::flush).into()
}

/// Fetches the event that has waited longest. false: there is none, and nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_next_event(listener: *mut Listener, event: *mut Event) -> bool {
    // SAFETY: C says that there is a listener, which nobody else uses meanwhile, and that there is room for an event.
    let (listener, place) = unsafe { (pointer::object(listener), pointer::place(event)) };
    let (Ok(listener), Ok(place)) = (listener, place) else { return false };
    let Some((event, start)) = listener.events.pop_front() else { return false };
    place.write(Event::new(event, start));
    true
}

/// What it does at present.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_stage(listener: *const Listener) -> Stage {
    // SAFETY: C says that there is a listener, which nobody changes meanwhile.
    let stage = unsafe { pointer::object_ref(listener) }.map(|listener| listener.session.stage());
    match stage {
        Ok(listen::Stage::Asleep) | Err(_) => Stage::Asleep,
        Ok(listen::Stage::Attentive) => Stage::Attentive,
        Ok(listen::Stage::Speech) => Stage::Speech,
        Ok(listen::Stage::Ending) => Stage::Ending,
        Ok(listen::Stage::Doubtful) => Stage::Doubtful,
    }
}

/// Samples that were pushed so far.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_time(listener: *const Listener) -> u64 {
    // SAFETY: C says that there is a listener, which nobody changes meanwhile.
    unsafe { pointer::object_ref(listener) }.map_or(0, |listener| listener.session.time())
}

/// The opinion by all utterances that are over, each of which counts alike: the more somebody has said, the surer.
///
/// EMOTION_ERROR_TOO_SHORT before the first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_overall(listener: *const Listener, opinion: *mut Opinion) -> Error {
    // SAFETY: C says that there is a listener, which nobody changes meanwhile, and that there is room for an opinion.
    let (listener, place) = unsafe { (pointer::object_ref(listener), pointer::place(opinion)) };
    let overall = listener.and_then(|listener| listener.session.overall().ok_or(Error::TooShort));
    place.and_then(|place| overall.map(|overall| _ = place.write(overall.into()))).into()
}

/// The text of a label of the model, from 0, which ends with a NUL.
///
/// EMOTION_ERROR_LABEL: it has no such label.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_label(
    listener: *const Listener,
    index: usize,
    text: *mut [c_char; EMOTION_LABEL_BYTES],
) -> Error {
    // SAFETY: C says that there is a listener, which nobody changes meanwhile, and that there is room for a label.
    let (listener, place) = unsafe { (pointer::object_ref(listener), pointer::place(text)) };
    let label = listener.and_then(|listener| label(listener.session.model(), index));
    place.and_then(|place| label.map(|label| _ = place.write(label))).into()
}

/// Starts a stream: time is 0, events that wait and opinions are forgotten. What was learnt of the voice stays,
/// frozen if it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_reset(listener: *mut Listener) -> Error {
    // SAFETY: C says that there is a listener, which nobody else uses meanwhile.
    unsafe { pointer::object(listener) }.and_then(Listener::reset).into()
}

/// Forgets the voice and what it said, and learns whoever speaks next, for as long as they speak: an enrolment. What is
/// under way and events that wait are dropped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_enrol(listener: *mut Listener) -> Error {
    // SAFETY: C says that there is a listener, which nobody else uses meanwhile.
    let listener = unsafe { pointer::object(listener) };
    let enrolled = listener.and_then(|listener| {
        listener.events = Deque::new();
        Ok(listener.session.enrol(listener.arena.arena())?)
    });
    enrolled.into()
}

/// The voice as it is known so far, to be stored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_voice(listener: *mut Listener, voice: *mut Voice) -> Error {
    // SAFETY: C says that there is a listener, which nobody else uses meanwhile, and that there is room for a voice.
    let (listener, place) = unsafe { (pointer::object(listener), pointer::place(voice)) };
    let voice = listener.and_then(|listener| Ok(listener.session.voice(listener.arena.arena())?));
    place.and_then(|place| voice.map(|voice| _ = place.write((&voice).into()))).into()
}

/// Takes on a voice that was stored. What is under way and events that wait are dropped.
///
/// EMOTION_ERROR_VOICE: it has too many bands or labels, as of bytes that are no voice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_restore_voice(
    listener: *mut Listener,
    voice: *const Voice,
) -> Error {
    // SAFETY: C says that there is a listener, which nobody else uses meanwhile, and that there is a voice.
    let (listener, voice) = unsafe { (pointer::object(listener), pointer::value(voice)) };
    listener.and_then(|listener| listener.restore(&voice?.try_into()?)).into()
}

/// Stops learning from the voice that is heard, or goes on: a guest does not change what is known of the owner. Of
/// an utterance that ends while frozen nothing is learnt, not even of its beginning.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_listener_freeze_voice(listener: *mut Listener, is_frozen: bool) -> Error {
    // SAFETY: C says that there is a listener, which nobody else uses meanwhile.
    let listener = unsafe { pointer::object(listener) };
    listener.map(|listener| listener.session.freeze_voice(is_frozen)).into()
}
