//! A PDM microphone's bits to samples: what that costs, and a checksum of what comes out.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use crc::{CRC_32_ISO_HDLC, Crc};
use engine::listen::Decimator;
use firmware_sim::hear::{self, Error, each_block};
use firmware_sim::host;
use firmware_sim::ticks::Ticks;
use heapless::Vec;
use serde::Serialize;

/// Words of a DMA buffer: 16 ms at 1.024 MHz.
const BUFFER: usize = 1024;
const SAMPLES: usize = BUFFER * 16 / Decimator::DECIMATION as usize;

#[entry]
fn main() -> ! {
    host::exit(decimate())
}

/// The recording's "samples" are words of 16 bits each.
fn decimate() -> Result<(), Error> {
    let clock = Ticks::start();
    let (mut decimator, mut samples) = (Decimator::new(), Vec::<i32, SAMPLES>::new());
    let crc = Crc::<u32>::new(&CRC_32_ISO_HDLC);
    let mut digest = crc.digest();
    let mut cost = Cost::default();
    each_block::<BUFFER>(hear::open()?, |words| {
        let words: &[u16] = bytemuck::cast_slice(words);
        cost.ticks += clock.measure(|| decimator.push(words, |sample| _ = samples.push(sample)));
        cost.samples += samples.len() as u64;
        samples.iter().for_each(|sample| digest.update(&sample.to_le_bytes()));
        samples.clear();
        Ok(())
    })?;
    Ok(host::write_result::<128>(&Cost { checksum: digest.finalize(), ..cost })?)
}

/// `result.json`.
#[derive(Serialize, Default)]
struct Cost {
    samples: u64,
    ticks: u64,
    checksum: u32,
}
