//! Runs this core's kernels against the plain ones over random layers.
#![no_std]
#![no_main]

use core::fmt::{self, Display};

use cortex_m_rt::entry;
use firmware_sim::agreement::{self, Case, Memory};
use firmware_sim::host::{self, HostError};
use semihosting::io::Write;

const CASES: usize = 2000;

#[entry]
fn main() -> ! {
    static mut MEMORY: Memory = Memory::new();
    host::exit(run(MEMORY))
}

fn run(memory: &mut Memory) -> Result<(), Failure> {
    agreement::check(CASES, memory).map_err(Failure::Disagreement)?;
    let mut file = host::create_result().map_err(Failure::Host)?;
    write!(file, r#"{{"cases":{CASES}}}"#).map_err(|error| Failure::Host(error.into()))
}

enum Failure {
    Disagreement(Case),
    Host(HostError),
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disagreement(case) => case.fmt(f),
            Self::Host(error) => error.fmt(f),
        }
    }
}
