//! From a microphone to events: a line of JSON for each, and last what it cost.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use engine::blob::MAX_LABELS;
use engine::listen::{Conversion, Event, Filter, Listener, Opinion, Settings, Stage, Verdict, filter_len};
use firmware_sim::hear::{self, Error, each_block};
use firmware_sim::host::{self, Lines};
use firmware_sim::microphone;
use firmware_sim::model::{ARENA_BYTES, MODEL, SAMPLE_RATE};
use firmware_sim::stack;
use firmware_sim::ticks::Ticks;
use heapless::Vec;
use serde::Serialize;

const MICROPHONE_RATE: u32 = microphone::sample_rate(SAMPLE_RATE);
/// Samples of a DMA buffer: 32 ms at 16 kHz.
const BUFFER: usize = 512;

static FROM_MICROPHONE: Filter<{ filter_len(MICROPHONE_RATE, SAMPLE_RATE) }> =
    Filter::new(MICROPHONE_RATE, SAMPLE_RATE);

#[entry]
fn main() -> ! {
    static mut LISTENER: Listener<'static, ARENA_BYTES> = Listener::new();
    host::exit(listen(LISTENER))
}

fn listen(listener: &mut Listener<'static, ARENA_BYTES>) -> Result<(), Error> {
    let recording = hear::open()?;
    let conversion = conversion(recording.sample_rate())?;
    listener.load(MODEL, &Settings { conversion, ..Settings::DEFAULT })?;
    let clock = Ticks::start();
    let mut lines = Lines::create()?;
    let mut cost = Cost::default();
    // Events are written when the time has been taken.
    let mut events = Vec::<Line, 8>::new();
    each_block::<BUFFER>(recording, |samples| {
        let before = listener.stage();
        let mut pushed = Ok(());
        let ticks =
            clock.measure(|| pushed = listener.push(samples, |event| _ = events.push(Line::of(event))));
        pushed?;
        cost.count(Tally { samples: samples.len() as u64, ticks }, [before, listener.stage()]);
        write(&mut lines, &mut events)
    })?;
    listener.flush(|event| _ = events.push(Line::of(event)))?;
    write(&mut lines, &mut events)?;
    Ok(lines.write::<512>(&Cost { stack_bytes: stack::deepest_bytes(), ..cost })?)
}

/// From the recording's rate to the model's.
fn conversion(sample_rate: u32) -> Result<Option<Conversion<'static>>, Error> {
    match sample_rate {
        SAMPLE_RATE => Ok(None),
        MICROPHONE_RATE => Ok(Some(FROM_MICROPHONE.conversion())),
        found => Err(Error::SampleRate { found, expected: SAMPLE_RATE }),
    }
}

fn write(lines: &mut Lines, events: &mut Vec<Line, 8>) -> Result<(), Error> {
    events.iter().try_for_each(|line| lines.write::<512>(line))?;
    events.clear();
    Ok(())
}

/// An event as a line of `result.json`; samples are the microphone's.
#[derive(Serialize)]
struct Line {
    event: &'static str,
    start: u64,
    sample: u64,
    said: Option<Said>,
}

#[derive(Serialize)]
struct Said {
    /// In steps of 2^-15.
    posteriors: Vec<u16, MAX_LABELS>,
    valence: i16,
    arousal: i16,
}

impl Line {
    fn of(event: Event<'_>) -> Self {
        match event {
            Event::Began { sample } => Self { event: "began", start: sample, sample, said: None },
            Event::Announced(opinion) => Self {
                event: "announced",
                start: 0,
                sample: opinion.sample(),
                said: Some(Said::of(&opinion)),
            },
            Event::Ended { start, end, verdict } => {
                let (event, said) = match verdict {
                    Verdict::Emotion(opinion) => ("emotion", Some(Said::of(&opinion))),
                    Verdict::Unsure(opinion) => ("unsure", Some(Said::of(&opinion))),
                    Verdict::NotSpeech => ("not_speech", None),
                };
                Self { event, start, sample: end, said }
            }
        }
    }
}

impl Said {
    fn of(opinion: &Opinion<'_>) -> Self {
        let affect = opinion.affect();
        Self {
            posteriors: opinion.probabilities().map(|(_, share)| (share * 32_768.0) as u16).collect(),
            valence: affect.valence,
            arousal: affect.arousal,
        }
    }
}

/// The last line of `result.json`, in ticks of the core clock.
#[derive(Serialize, Default)]
struct Cost {
    asleep: Tally,
    awake: Tally,
    speech: Tally,
    dearest_buffer_ticks: u64,
    stack_bytes: usize,
}

#[derive(Serialize, Default, Clone, Copy)]
struct Tally {
    samples: u64,
    ticks: u64,
}

impl Cost {
    /// Counts a buffer, by the stages before and after it.
    fn count(&mut self, buffer: Tally, stages: [Stage; 2]) {
        if stages == [Stage::Asleep; 2] {
            self.asleep.add(buffer);
        } else {
            self.awake.add(buffer);
        }
        if stages == [Stage::Speech; 2] {
            self.speech.add(buffer);
        }
        self.dearest_buffer_ticks = self.dearest_buffer_ticks.max(buffer.ticks);
    }
}

impl Tally {
    fn add(&mut self, buffer: Self) {
        self.samples += buffer.samples;
        self.ticks += buffer.ticks;
    }
}
