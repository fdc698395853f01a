use embassy_rp::peripherals::USB;
use embassy_rp::usb::Driver;
use embassy_rp::{Peri, bind_interrupts, usb};

use crate::{Light, PioMicrophone};

bind_interrupts!(struct Irqs {
    USBCTRL_IRQ => usb::InterruptHandler<USB>;
});

/// What the programs use of the board: all pins are named here.
pub struct Board {
    /// The microphone.
    pub microphone: PioMicrophone,
    /// The lights.
    pub light: Light,
    /// The USB socket.
    pub usb: Usb,
}

/// The USB socket.
pub struct Usb(Peri<'static, USB>);

impl Board {
    /// Starts the chip, at 150 MHz.
    #[must_use]
    pub fn start() -> Self {
        let p = embassy_rp::init(embassy_rp::config::Config::default());
        Self {
            microphone: PioMicrophone {
                pio: p.PIO0,
                dma: p.DMA_CH0,
                clock: p.PIN_18,
                word_select: p.PIN_19,
                data: p.PIN_20,
            },
            light: Light::new(p.PIN_25.into(), p.PIN_13.into(), p.PIN_14.into(), p.PIN_15.into()),
            usb: Usb(p.USB),
        }
    }
}

impl Usb {
    /// What `record` sends by.
    #[must_use]
    pub fn driver(self) -> Driver<'static, USB> {
        Driver::new(self.0, Irqs)
    }
}
