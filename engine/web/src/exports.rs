//! What JavaScript calls. On a host the names are not exported: `listen` is one of the C library's.

use std::cell::RefCell;

use serde::Serialize;
use serde_json::json;

use crate::{Answer, Facts, Heard, Listening, Recording, answer_to};

/// What an instance holds.
struct Instance {
    /// What JavaScript has written.
    input: Vec<u8>,
    reply: String,
    /// The recording, or what the microphone has heard since the call before.
    samples: Vec<i16>,
    /// How many of them have been listened to.
    heard: usize,
    listening: Option<Listening>,
}

thread_local! {
    static INSTANCE: RefCell<Instance> = const {
        RefCell::new(Instance {
            input: Vec::new(),
            reply: String::new(),
            samples: Vec::new(),
            heard: 0,
            listening: None,
        })
    };
}

type Result<T> = std::result::Result<T, String>;

impl Instance {
    fn decode(&mut self, model_rate: u32) -> Result<serde_json::Value> {
        let recording = Recording::read(&std::mem::take(&mut self.input))?;
        let Recording { rate, samples } = recording.within_reach(model_rate);
        let seconds = samples.len() as f64 / f64::from(rate);
        (self.samples, self.heard) = (samples, 0);
        Ok(json!({ "rate": rate, "seconds": seconds }))
    }

    fn load(&mut self, rate: u32) -> Result<Facts> {
        // The instance's only model: it lives as long as the instance does.
        let blob = std::mem::take(&mut self.input).leak();
        self.listening = None;
        let listening = Listening::start(blob, rate)?;
        self.listening.insert(listening).facts().ok_or_else(|| NO_MODEL.to_owned())
    }

    fn take(&mut self) {
        let floats = self.input.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes));
        // The conversion saturates.
        let words = floats.map(|sample| (sample * 32_768.0).round() as i16);
        self.samples.drain(..self.heard);
        self.heard = 0;
        self.samples.extend(words);
    }

    fn listen(&mut self, most: usize) -> Result<Heard> {
        let listening = self.listening.as_mut().ok_or(NO_MODEL)?;
        let waiting = self.samples.get(self.heard..).unwrap_or_default();
        let samples = waiting.get(..most).unwrap_or(waiting);
        self.heard += samples.len();
        listening.hear(samples)
    }

    fn finish(&mut self) -> Result<Heard> {
        self.listening.as_mut().ok_or(NO_MODEL)?.finish()
    }

    fn answer(&self) -> Result<Answer> {
        let listening = self.listening.as_ref().ok_or(NO_MODEL)?;
        answer_to(listening.model().ok_or(NO_MODEL)?, listening.conversion(), &self.samples)
    }
}

const NO_MODEL: &str = "no model is loaded";

/// Leaves a reply, and tells its length.
fn replied<T: Serialize>(work: impl FnOnce(&mut Instance) -> Result<T>) -> usize {
    INSTANCE.with_borrow_mut(|instance| {
        let reply = work(instance).and_then(|reply| serde_json::to_string(&reply).map_err(|e| e.to_string()));
        instance.reply = reply.unwrap_or_else(|error| json!({ "error": error }).to_string());
        instance.reply.len()
    })
}

/// Memory of so many bytes for JavaScript to fill.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn input(length: usize) -> *mut u8 {
    INSTANCE.with_borrow_mut(|instance| {
        instance.input.clear();
        instance.input.resize(length, 0);
        instance.input.as_mut_ptr()
    })
}

/// Where the latest reply lies.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn reply() -> *const u8 {
    INSTANCE.with_borrow(|instance| instance.reply.as_ptr())
}

/// Where the spectrogram's columns lie that the latest reply counts: a byte for each mel band, the lowest first, in
/// steps of half a decibel above -80 dB.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn columns() -> *const u8 {
    INSTANCE.with_borrow(|instance| {
        instance.listening.as_ref().map_or(std::ptr::null(), |l| l.columns().as_ptr())
    })
}

/// Decodes the WAV file in the input, to be heard by a model of a rate in Hz.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn decode(model_rate: u32) -> usize {
    replied(|instance| instance.decode(model_rate))
}

/// Starts to listen at a rate in Hz by the model in the input; 0 is the model's own rate.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn load(rate: u32) -> usize {
    replied(|instance| instance.load(rate))
}

/// Takes the microphone's next samples in the input: 32-bit floats, where 1 is full scale.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn take() {
    INSTANCE.with_borrow_mut(Instance::take);
}

/// Listens to what has been taken or decoded, so many samples at most.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn listen(most: usize) -> usize {
    replied(|instance| instance.listen(most))
}

/// Ends the stream.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn finish() -> usize {
    replied(Instance::finish)
}

/// Answers to the whole recording.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn answer() -> usize {
    replied(|instance| instance.answer())
}
