//! From a microphone to events: a line of JSON for each, and last what it cost.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use engine::listen::{DecisionSettings, Listener, Settings, Stage};
use firmware_sim::conversion;
use firmware_sim::events::{self, Line};
use firmware_sim::hear::{self, Error, each_block};
use firmware_sim::host::{self, Lines};
use firmware_sim::model::{ARENA_BYTES, MODEL};
use firmware_sim::stack;
use firmware_sim::ticks::Ticks;
use heapless::Vec;
use serde::Serialize;

/// Samples of a DMA buffer: 32 ms at 16 kHz.
const BUFFER: usize = 512;

#[entry]
fn main() -> ! {
    static mut LISTENER: Listener<'static, ARENA_BYTES> = Listener::new();
    host::exit(listen(LISTENER))
}

fn listen(listener: &mut Listener<'static, ARENA_BYTES>) -> Result<(), Error> {
    let recording = hear::open()?;
    let conversion = conversion::to_the_model(recording.sample_rate())?;
    let threshold = host::number(c"threshold.txt")?.try_into().unwrap_or(u8::MAX);
    let decisions = DecisionSettings { threshold, ..DecisionSettings::DEFAULT };
    listener.load(MODEL, &Settings { conversion, decisions, ..Settings::DEFAULT })?;
    let clock = Ticks::start();
    let mut lines = Lines::create()?;
    let mut cost = Cost::default();
    // Events are written when the time has been taken.
    let mut due = Vec::<Line, 8>::new();
    each_block::<BUFFER>(recording, |samples| {
        let before = listener.stage();
        let mut pushed = Ok(());
        let ticks = clock.measure(|| pushed = listener.push(samples, |event| _ = due.push(Line::of(event))));
        pushed?;
        cost.count(Tally { samples: samples.len() as u64, ticks }, [before, listener.stage()]);
        Ok(events::write(&mut lines, &mut due)?)
    })?;
    listener.flush(|event| _ = due.push(Line::of(event)))?;
    events::write(&mut lines, &mut due)?;
    Ok(lines.write::<512>(&Cost { stack_bytes: stack::deepest_bytes(), ..cost })?)
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
