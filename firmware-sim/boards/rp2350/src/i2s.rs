//! I2S, Philips' format: 64 clocks a frame, 32 for each channel. Of the left one's, the first 24 are the sample.

use embassy_rp::peripherals::PIO0;
use embassy_rp::pio::program::pio_asm;
use embassy_rp::pio::{Common, Config, Pin};
use listening::{BLOCK, Capture};

/// The left channel by I2S.
pub struct Protocol;

impl Protocol {
    /// Steps of the state machine for a cycle of the clock.
    pub const STEPS_A_CYCLE: u32 = 2;

    /// Loads the program. `clock` and `word_select` are side-set bits 0 and 1.
    ///
    /// Bits change when the clock falls and are read when it rises, half a cycle later. Word select changes one cycle
    /// before a channel's first bit, which is that of its highest value.
    pub fn load(
        common: &mut Common<'static, PIO0>,
        config: &mut Config<'static, PIO0>,
        [clock, word_select]: [&Pin<'static, PIO0>; 2],
    ) -> Self {
        let code = pio_asm!(
            ".side_set 2",
            ".wrap_target",
            "    set x, 29      side 0b00", // the left channel's first bit
            "left:",
            "    in pins, 1     side 0b01", // its bits 1 to 30 of 32
            "    jmp x-- left   side 0b00",
            "    in pins, 1     side 0b01", // its 31st
            "    set x, 30      side 0b10", // word select rises with its last one
            "    in pins, 1     side 0b11",
            "right:",
            "    nop            side 0b10", // the right channel's bits 1 to 31
            "    jmp x-- right  side 0b11",
            "    nop            side 0b00", // word select falls with its last one
            "    nop            side 0b01",
            ".wrap",
        );
        config.use_program(&common.load_program(&code.program), &[clock, word_select]);
        Self
    }

    /// Each word is a sample.
    pub fn hear(&mut self, words: &[u32; BLOCK], capture: &mut Capture<i32>) {
        capture.deliver(&words.map(u32::cast_signed));
    }
}
