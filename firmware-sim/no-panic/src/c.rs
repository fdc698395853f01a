//! The interface for C, of whose pointers the compiler knows nothing.

use core::ffi::c_void;

use emotion::*;

use crate::{ignore, unknown};

/// Calls every function.
pub fn call_all() {
    let (memory, model) = (pointer::<c_void>(), pointer::<c_void>());
    let (listener, classifier) = (pointer::<Listener>(), pointer::<Classifier>());
    // SAFETY: none; it is never run.
    unsafe {
        ignore(emotion_model_sample_rate(model, number()));
        ignore(emotion_default_settings());
        ignore(emotion_error_name(number() as i32));
        ignore(emotion_listener_memory_bytes(model, number(), number() as u32));
        ignore(emotion_listener_init(memory, number(), model, number(), pointer(), pointer()));
        ignore(emotion_listener_push(listener, pointer(), number()));
        ignore(emotion_listener_push_words(listener, pointer(), number()));
        ignore(emotion_listener_flush(listener));
        ignore(emotion_listener_next_event(listener, pointer()));
        ignore(emotion_listener_stage(listener));
        ignore(emotion_listener_time(listener));
        ignore(emotion_listener_overall(listener, pointer()));
        ignore(emotion_listener_label(listener, number(), pointer()));
        ignore(emotion_listener_reset(listener));
        ignore(emotion_listener_enrol(listener));
        ignore(emotion_listener_voice(listener, pointer()));
        ignore(emotion_listener_restore_voice(listener, pointer()));
        ignore(emotion_listener_freeze_voice(listener, number() == 0));
        ignore(emotion_classifier_memory_bytes(model, number()));
        ignore(emotion_classifier_init(memory, number(), model, number(), pointer()));
        ignore(emotion_classifier_push(classifier, pointer(), number()));
        ignore(emotion_classifier_latest(classifier, pointer()));
        ignore(emotion_classifier_finish(classifier, pointer()));
        ignore(emotion_classifier_reset(classifier));
        ignore(emotion_classifier_label(classifier, number(), pointer()));
    }
}

/// As far as the compiler can tell, any number.
fn number() -> usize {
    unknown::<u8>().len()
}

/// As far as the compiler can tell, it leads anywhere.
fn pointer<T: 'static>() -> *mut T {
    unknown::<*mut T>().first().copied().unwrap_or_default()
}
