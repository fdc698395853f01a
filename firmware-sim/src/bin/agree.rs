//! Runs this core's kernels against the plain ones over random layers.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use defmt::{Display2Format, Format, Formatter};
use engine::kernels::agreement::{self, Case, Memory};
use firmware_sim::host::{self, HostError};
use serde::Serialize;

const CASES: usize = 4000;

/// The instruction set whose kernels the board is to have.
const BACKEND: &str = if cfg!(feature = "an385") {
    "armv7m"
} else if cfg!(feature = "an547") {
    "helium"
} else if cfg!(feature = "microbit") {
    "portable"
} else {
    "armv7em"
};

#[entry]
fn main() -> ! {
    static mut MEMORY: Memory = Memory::new();
    host::exit(run(MEMORY))
}

fn run(memory: &mut Memory) -> Result<(), Failure> {
    assert_eq!(engine::BACKEND, BACKEND);
    agreement::check(CASES, memory).map_err(Failure::Disagreement)?;
    host::write_result::<32>(&Outcome { cases: CASES }).map_err(Failure::Host)
}

/// `result.json`.
#[derive(Serialize)]
struct Outcome {
    cases: usize,
}

enum Failure {
    Disagreement(Case),
    Host(HostError),
}

impl Format for Failure {
    fn format(&self, f: Formatter<'_>) {
        match self {
            Self::Disagreement(case) => Display2Format(case).format(f),
            Self::Host(error) => error.format(f),
        }
    }
}
