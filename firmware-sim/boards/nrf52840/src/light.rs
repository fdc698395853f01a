use embassy_nrf::Peri;
use embassy_nrf::gpio::{AnyPin, Level, Output, OutputDrive};
use listening::Colour;

/// Three LEDs in one case, which are on when their pins are low.
pub struct Light {
    red: Output<'static>,
    green: Output<'static>,
    blue: Output<'static>,
}

impl Light {
    pub(crate) fn new(
        red: Peri<'static, AnyPin>,
        green: Peri<'static, AnyPin>,
        blue: Peri<'static, AnyPin>,
    ) -> Self {
        let [red, green, blue] =
            [red, green, blue].map(|pin| Output::new(pin, Level::High, OutputDrive::Standard));
        Self { red, green, blue }
    }

    /// Switches it.
    pub fn set(&mut self, colour: Colour) {
        self.red.set_level(Level::from(!colour.red));
        self.green.set_level(Level::from(!colour.green));
        self.blue.set_level(Level::from(!colour.blue));
    }
}
