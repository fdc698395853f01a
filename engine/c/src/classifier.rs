use core::ffi::{c_char, c_void};

use engine::{Model, Session};

use crate::memory::{Claim, Region, padded};
use crate::model::blob;
use crate::opinion::label;
use crate::pointer::{self, Seal, Sealed};
use crate::{Answer, EMOTION_LABEL_BYTES, Error};

/// What a classifier takes beside the model's arena: EMOTION_CLASSIFIER_BYTES has it in.
pub const EMOTION_CLASSIFIER_OVERHEAD: usize = 8064;

/// Hears a recording and answers, as "host-trainer predict" does. It lies in memory that C gives.
pub struct Classifier {
    seal: Seal,
    arena: Region,
    session: Session<'static>,
}

impl Sealed for Classifier {
    const SEAL: Seal = Seal(0x454d_4f63);

    unsafe fn seal(this: *const Self) -> *const Seal {
        // SAFETY: the caller says that there is memory.
        unsafe { &raw const (*this).seal }
    }
}

const _: () = assert!(padded(size_of::<Classifier>()) <= EMOTION_CLASSIFIER_OVERHEAD);

/// Bytes of memory that a classifier needs for a model, or 0 if the bytes are not a model's. It reads their first 32.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_classifier_memory_bytes(model: *const c_void, model_bytes: usize) -> usize {
    // SAFETY: C says that there are so many bytes.
    let arena = unsafe { blob(model, model_bytes) }.map_or(0, engine::arena_bytes);
    if arena == 0 { 0 } else { memory_bytes(arena) }
}

fn memory_bytes(arena: usize) -> usize {
    padded(size_of::<Classifier>()).saturating_add(arena)
}

/// Checks a model and starts a recording. memory, model and classifier are as in emotion_listener_init;
/// emotion_classifier_memory_bytes says how much memory it takes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_classifier_init(
    memory: *mut c_void,
    memory_bytes: usize,
    model: *const c_void,
    model_bytes: usize,
    classifier: *mut *mut Classifier,
) -> Error {
    // SAFETY: C says that there is room for a pointer.
    let out = match unsafe { pointer::place(classifier) } {
        Ok(out) => out.write(core::ptr::null_mut()),
        Err(error) => return error,
    };
    // SAFETY: C says that there are so many bytes, and keeps the model.
    let made = unsafe { blob(model, model_bytes).and_then(|model| init(memory.cast(), memory_bytes, model)) };
    made.map(|made| *out = made).into()
}

/// # Safety
/// As [`Claim::new`].
unsafe fn init(memory: *mut u8, bytes: usize, blob: &'static [u8]) -> Result<*mut Classifier, Error> {
    let model = Model::from_bytes(blob)?;
    // SAFETY: the caller says that the memory is there.
    let mut claim = unsafe { Claim::new(memory, bytes, memory_bytes(model.layout().arena_bytes())) }?;
    let place = claim.object::<Classifier>()?;
    let unsealed = Classifier { seal: Seal(0), arena: claim.rest(), session: Session::new() };
    // SAFETY: the claim has room for it, aligned.
    let classifier = unsafe {
        place.write(unsealed);
        &mut *place
    };
    classifier.session.start(model, classifier.arena.arena())?;
    classifier.seal = Classifier::SEAL;
    Ok(place)
}

/// Hears the recording's next samples: mono, 16 bits, at the model's rate, any number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_classifier_push(
    classifier: *mut Classifier,
    samples: *const i16,
    count: usize,
) -> Error {
    // SAFETY: C says that there is a classifier, which nobody else uses meanwhile, and that there are so many samples.
    let (classifier, samples) = unsafe { (pointer::object(classifier), pointer::slice(samples, count)) };
    let pushed = classifier
        .and_then(|classifier| Ok(classifier.session.push(samples?, classifier.arena.arena(), |_| ())?));
    pushed.into()
}

/// The latest answer of a recording that goes on.
///
/// EMOTION_ERROR_TOO_SHORT: there is none yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_classifier_latest(
    classifier: *const Classifier,
    answer: *mut Answer,
) -> Error {
    // SAFETY: C says that there is a classifier, which nobody changes meanwhile, and that there is room for an answer.
    let (classifier, place) = unsafe { (pointer::object_ref(classifier), pointer::place(answer)) };
    let latest = classifier.and_then(|classifier| Ok(classifier.session.latest()?));
    place.and_then(|place| latest.map(|latest| _ = place.write(latest.into()))).into()
}

/// Ends the recording, answers, and starts another. A recording shorter than the model's window is filled up with
/// silence.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_classifier_finish(
    classifier: *mut Classifier,
    answer: *mut Answer,
) -> Error {
    // SAFETY: C says that there is a classifier, which nobody else uses meanwhile, and that there is room for an
    // answer.
    let (classifier, place) = unsafe { (pointer::object(classifier), pointer::place(answer)) };
    let finished = place.and_then(|place| {
        let Classifier { session, arena, .. } = classifier?;
        place.write(session.finish(arena.arena())?.into());
        Ok(())
    });
    finished.into()
}

/// Drops the recording and starts another.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_classifier_reset(classifier: *mut Classifier) -> Error {
    // SAFETY: C says that there is a classifier, which nobody else uses meanwhile.
    let classifier = unsafe { pointer::object(classifier) };
    classifier.and_then(|Classifier { session, arena, .. }| Ok(session.reset(arena.arena())?)).into()
}

/// The text of a label of the model, from 0, which ends with a NUL.
///
/// EMOTION_ERROR_LABEL: it has no such label.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_classifier_label(
    classifier: *const Classifier,
    index: usize,
    text: *mut [c_char; EMOTION_LABEL_BYTES],
) -> Error {
    // SAFETY: C says that there is a classifier, which nobody changes meanwhile, and that there is room for a label.
    let (classifier, place) = unsafe { (pointer::object_ref(classifier), pointer::place(text)) };
    let label = classifier.and_then(|classifier| label(classifier.session.model(), index));
    place.and_then(|place| label.map(|label| _ = place.write(label))).into()
}
