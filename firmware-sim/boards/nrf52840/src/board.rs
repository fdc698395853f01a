use embassy_nrf::config::{Config, HfclkSource};
use embassy_nrf::peripherals::USBD;
use embassy_nrf::usb::Driver;
use embassy_nrf::usb::vbus_detect::HardwareVbusDetect;
use embassy_nrf::{Peri, bind_interrupts, usb};

use crate::{Light, PdmMicrophone};

bind_interrupts!(struct Irqs {
    USBD => usb::InterruptHandler<USBD>;
    CLOCK_POWER => usb::vbus_detect::InterruptHandler;
});

/// What the programs use of the board: all pins are named here.
pub struct Board {
    /// The microphone.
    pub microphone: PdmMicrophone,
    /// The light of three colours.
    pub light: Light,
    /// The USB socket.
    pub usb: Usb,
}

/// The USB socket.
pub struct Usb(Peri<'static, USBD>);

impl Board {
    /// Starts the chip on its crystal, from which the microphone's clock is derived.
    #[must_use]
    pub fn start() -> Self {
        let mut config = Config::default();
        config.hfclk_source = HfclkSource::ExternalXtal;
        let p = embassy_nrf::init(config);
        if cfg!(feature = "nano-sense") {
            Self {
                microphone: PdmMicrophone {
                    pdm: p.PDM,
                    clock: p.P0_26.into(),
                    data: p.P0_25.into(),
                    power: p.P0_17.into(),
                },
                light: Light::new(p.P0_24.into(), p.P0_16.into(), p.P0_06.into()),
                usb: Usb(p.USBD),
            }
        } else {
            Self {
                microphone: PdmMicrophone {
                    pdm: p.PDM,
                    clock: p.P1_00.into(),
                    data: p.P0_16.into(),
                    power: p.P1_10.into(),
                },
                light: Light::new(p.P0_26.into(), p.P0_30.into(), p.P0_06.into()),
                usb: Usb(p.USBD),
            }
        }
    }
}

impl Usb {
    /// What `record` sends by.
    #[must_use]
    pub fn driver(self) -> Driver<'static, HardwareVbusDetect> {
        Driver::new(self.0, Irqs, HardwareVbusDetect::new(Irqs))
    }
}
