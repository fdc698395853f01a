//! A network over rows of int8 that the host gives: its answers out as bytes, and a line of JSON for each row.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use engine::{LoadError, Network, NotReady};
use firmware_sim::host::{self, Answers, HostError, Lines, Rows};
use firmware_sim::model::{ARENA_BYTES, MODEL, ROW_LEN};
use firmware_sim::stack;
use firmware_sim::ticks::Ticks;
use serde::Serialize;

#[entry]
fn main() -> ! {
    static mut NETWORK: Network<'static, ARENA_BYTES> = Network::new();
    static mut ROW: [i8; ROW_LEN] = [0; ROW_LEN];
    host::exit(run(NETWORK, ROW))
}

fn run(network: &mut Network<'static, ARENA_BYTES>, row: &mut [i8]) -> Result<(), Error> {
    network.load(MODEL)?;
    let clock = Ticks::start();
    let (mut rows, mut answers, mut lines) = (Rows::open()?, Answers::create()?, Lines::create()?);
    while rows.read(row)? {
        let mut answer = Ok(None);
        let ticks = clock.measure(|| answer = network.push(row));
        let answer = answer?;
        if let Some(values) = answer {
            answers.add(values)?;
        }
        lines.write::<64>(&Step {
            ticks,
            is_answer: answer.is_some(),
            stack_bytes: stack::deepest_bytes(),
        })?;
    }
    // A stream that is too short for an answer has none.
    let mut last = Err(NotReady::NoModel);
    let ticks = clock.measure(|| last = network.finish());
    if let Ok(values) = last {
        answers.add(values)?;
    }
    Ok(lines.write::<64>(&Step { ticks, is_answer: last.is_ok(), stack_bytes: stack::deepest_bytes() })?)
}

/// A line of `result.json`: what a row, and last the end of them, took.
#[derive(Serialize)]
struct Step {
    ticks: u64,
    is_answer: bool,
    /// The stack at its deepest so far.
    stack_bytes: usize,
}

/// Why there is no result.
enum Error {
    Host(HostError),
    Load(LoadError),
    NotReady(NotReady),
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

impl From<LoadError> for Error {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl From<NotReady> for Error {
    fn from(error: NotReady) -> Self {
        Self::NotReady(error)
    }
}

impl defmt::Format for Error {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::Host(error) => error.format(f),
            Self::Load(error) => error.format(f),
            Self::NotReady(error) => error.format(f),
        }
    }
}
