//! PDM: a bit a clock, of which 64 make a sample.

use embassy_rp::peripherals::PIO0;
use embassy_rp::pio::program::pio_asm;
use embassy_rp::pio::{Common, Config, Pin};
use listening::engine::listen::Decimator;
use listening::{BLOCK, Capture};

/// A microphone whose channel is chosen by a low level: its bit is there while the clock is low.
pub struct Protocol {
    decimator: Decimator,
    samples: [i32; BLOCK],
    count: usize,
}

impl Protocol {
    /// Steps of the state machine for a cycle of the clock.
    pub const STEPS_A_CYCLE: u32 = 2;

    /// Loads the program. `clock` is the side-set bit.
    pub fn load(
        common: &mut Common<'static, PIO0>,
        config: &mut Config<'static, PIO0>,
        [clock, _]: [&Pin<'static, PIO0>; 2],
    ) -> Self {
        // What is read when the clock rises was there just before.
        let code = pio_asm!(".side_set 1", ".wrap_target", "nop side 0", "in pins, 1 side 1", ".wrap");
        config.use_program(&common.load_program(&code.program), &[clock]);
        Self { decimator: Decimator::new(), samples: [0; BLOCK], count: 0 }
    }

    /// Two words are a sample.
    pub fn hear(&mut self, words: &[u32; BLOCK], capture: &mut Capture<i32>) {
        let Self { decimator, samples, count } = self;
        decimator.push(words.iter().copied(), |sample| {
            samples[*count] = sample;
            *count += 1;
            if *count == BLOCK {
                capture.deliver(samples);
                *count = 0;
            }
        });
    }
}
