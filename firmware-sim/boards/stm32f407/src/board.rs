use embassy_stm32::peripherals::{PA11, PA12, USB_OTG_FS};
use embassy_stm32::rcc::{
    AHBPrescaler, APBPrescaler, Hse, HseMode, Pll, PllMul, PllPDiv, PllPreDiv, PllQDiv, PllRDiv, PllSource,
    Sysclk,
};
use embassy_stm32::time::Hertz;
use embassy_stm32::usb::{self, Driver};
use embassy_stm32::{Config, Peri, bind_interrupts};
use static_cell::ConstStaticCell;

use crate::{I2sMicrophone, Light};

bind_interrupts!(struct Irqs {
    OTG_FS => usb::InterruptHandler<USB_OTG_FS>;
});

/// What the programs use of the board: all pins are named here.
pub struct Board {
    /// The microphone.
    pub microphone: I2sMicrophone,
    /// The lights.
    pub light: Light,
    /// The USB socket for applications.
    pub usb: Usb,
}

/// The USB socket for applications: the one without the debug probe.
pub struct Usb {
    controller: Peri<'static, USB_OTG_FS>,
    plus: Peri<'static, PA12>,
    minus: Peri<'static, PA11>,
}

impl Board {
    /// Starts the chip on the board's crystal, at 168 MHz.
    #[must_use]
    pub fn start() -> Self {
        let p = embassy_stm32::init(clocks());
        Self {
            microphone: I2sMicrophone {
                spi: p.SPI2,
                dma: p.DMA1_CH3,
                clock: p.PB10,
                data: p.PC3,
                word_select: p.PB12,
            },
            light: Light::new(p.PD14.into(), p.PD12.into(), p.PD15.into()),
            usb: Usb { controller: p.USB_OTG_FS, plus: p.PA12, minus: p.PA11 },
        }
    }
}

impl Usb {
    /// What `record` sends by.
    ///
    /// # Panics
    /// When another one was made before.
    #[must_use]
    pub fn driver(self) -> Driver<'static, USB_OTG_FS> {
        static RECEIVED: ConstStaticCell<[u8; 256]> = ConstStaticCell::new([0; 256]);
        let mut config = usb::Config::default();
        // The board can't say whether a cable is there.
        config.vbus_detection = false;
        Driver::new_fs(self.controller, Irqs, self.plus, self.minus, RECEIVED.take(), config)
    }
}

/// From 8 MHz: 168 for the core, 48 for USB, 151 for I2S, of which a 107th is the microphone's clock, 1.4112 MHz.
fn clocks() -> Config {
    let mut config = Config::default();
    let rcc = &mut config.rcc;
    rcc.hse = Some(Hse { freq: Hertz::mhz(8), mode: HseMode::Oscillator });
    rcc.pll_src = PllSource::HSE;
    rcc.pll = Some(Pll {
        prediv: PllPreDiv::DIV8,
        mul: PllMul::MUL336,
        divp: Some(PllPDiv::DIV2),
        divq: Some(PllQDiv::DIV7),
        divr: None,
    });
    rcc.plli2s = Some(Pll {
        prediv: PllPreDiv::DIV8,
        mul: PllMul::MUL302,
        divp: None,
        divq: None,
        divr: Some(PllRDiv::DIV2),
    });
    rcc.ahb_pre = AHBPrescaler::DIV1;
    rcc.apb1_pre = APBPrescaler::DIV4;
    rcc.apb2_pre = APBPrescaler::DIV2;
    rcc.sys = Sysclk::PLL1_P;
    config
}
