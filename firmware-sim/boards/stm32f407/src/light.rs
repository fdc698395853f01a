use embassy_stm32::Peri;
use embassy_stm32::gpio::{AnyPin, Level, Output, Speed};
use listening::Colour;

/// The red, the green and the blue LED of the board.
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
        let [red, green, blue] = [red, green, blue].map(|pin| Output::new(pin, Level::Low, Speed::Low));
        Self { red, green, blue }
    }

    /// Switches it.
    pub fn set(&mut self, colour: Colour) {
        self.red.set_level(Level::from(colour.red));
        self.green.set_level(Level::from(colour.green));
        self.blue.set_level(Level::from(colour.blue));
    }
}
