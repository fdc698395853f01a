use clap::ValueEnum;

/// A board that QEMU knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Board {
    /// Cortex-M3.
    An385,
    /// Cortex-M4F.
    An386,
    /// Cortex-M7.
    An500,
    /// Cortex-M33.
    An505,
    /// Cortex-M55 with Helium.
    An547,
    /// Cortex-M0: the micro:bit, with the memory of an RP2040.
    Microbit,
    /// STM32F405: Cortex-M4F, 1 MiB of flash, 128 KiB of SRAM.
    Stm32f405,
}

impl Board {
    /// Every board.
    pub const ALL: [Self; 7] =
        [Self::An385, Self::An386, Self::An500, Self::An505, Self::An547, Self::Microbit, Self::Stm32f405];

    /// The name in commands, and the firmware's feature.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::An385 => "an385",
            Self::An386 => "an386",
            Self::An500 => "an500",
            Self::An505 => "an505",
            Self::An547 => "an547",
            Self::Microbit => "microbit",
            Self::Stm32f405 => "stm32f405",
        }
    }

    /// QEMU's name.
    pub(crate) const fn machine(self) -> &'static str {
        match self {
            Self::An385 => "mps2-an385",
            Self::An386 => "mps2-an386",
            Self::An500 => "mps2-an500",
            Self::An505 => "mps2-an505",
            Self::An547 => "mps3-an547",
            Self::Microbit => "microbit",
            Self::Stm32f405 => "netduinoplus2",
        }
    }

    /// What the machine is to be given that QEMU's does not have by itself: properties, as `-global` takes them.
    pub(crate) const fn properties(self) -> &'static [&'static str] {
        match self {
            Self::Microbit => &["nrf51-soc.flash-size=2097152", "nrf51-soc.sram-size=270336"],
            _ => &[],
        }
    }

    /// What the firmware is compiled for.
    pub(crate) const fn target(self) -> &'static str {
        match self {
            Self::An385 => "thumbv7m-none-eabi",
            Self::Microbit => "thumbv6m-none-eabi",
            Self::An386 | Self::An500 | Self::Stm32f405 => "thumbv7em-none-eabihf",
            Self::An505 | Self::An547 => "thumbv8m.main-none-eabihf",
        }
    }

    /// How the firmware is compiled: for speed, but for the real part, whose flash is to hold an application besides.
    pub(crate) const fn profile(self) -> &'static str {
        match self {
            Self::Stm32f405 => "compact",
            _ => "firmware",
        }
    }

    /// The processor, where the target alone would leave out what it can do.
    pub(crate) const fn processor(self) -> Option<&'static str> {
        match self {
            Self::An505 => Some("cortex-m33"),
            Self::An547 => Some("cortex-m55"),
            _ => None,
        }
    }

    /// The SysTick clock of QEMU's model, in Hz.
    const fn clock(self) -> u64 {
        match self {
            Self::An385 | Self::An386 | Self::An500 => 25_000_000,
            Self::An505 => 20_000_000,
            Self::An547 => 32_000_000,
            Self::Microbit => 16_000_000,
            Self::Stm32f405 => 168_000_000,
        }
    }

    /// Instructions in so many ticks of SysTick: under `-icount shift=0` each takes a nanosecond.
    #[must_use]
    pub const fn instructions(self, ticks: u64) -> u64 {
        ticks * 1_000_000_000 / self.clock()
    }

    /// Whole ticks of SysTick in so many instructions.
    pub(crate) const fn ticks(self, instructions: u64) -> u64 {
        instructions * self.clock() / 1_000_000_000
    }
}
