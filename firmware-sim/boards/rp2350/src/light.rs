use embassy_rp::Peri;
use embassy_rp::gpio::{AnyPin, Level, Output};
use listening::Colour;

/// The LED on the board, and three of one's own beside it: red, green and blue. The board's is on while any of them is.
pub struct Light {
    any: Output<'static>,
    red: Output<'static>,
    green: Output<'static>,
    blue: Output<'static>,
}

impl Light {
    pub(crate) fn new(
        any: Peri<'static, AnyPin>,
        red: Peri<'static, AnyPin>,
        green: Peri<'static, AnyPin>,
        blue: Peri<'static, AnyPin>,
    ) -> Self {
        let [any, red, green, blue] = [any, red, green, blue].map(|pin| Output::new(pin, Level::Low));
        Self { any, red, green, blue }
    }

    /// Switches it.
    pub fn set(&mut self, colour: Colour) {
        self.any.set_level(Level::from(colour != Colour::OFF));
        self.red.set_level(Level::from(colour.red));
        self.green.set_level(Level::from(colour.green));
        self.blue.set_level(Level::from(colour.blue));
    }
}
