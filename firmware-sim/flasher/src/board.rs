use std::ops::Range;

use clap::ValueEnum;

/// A board that a person can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Board {
    /// Seeed XIAO nRF52840 Sense.
    XiaoSense,
    /// Arduino Nano 33 BLE Sense.
    NanoSense,
    /// STM32F4DISCOVERY (STM32F407).
    F407Discovery,
    /// Raspberry Pi Pico 2 with an I2S microphone (INMP441).
    Pico2,
    /// Raspberry Pi Pico 2 with a PDM microphone.
    Pico2Pdm,
}

/// Where a program lies in a chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Addresses of the flash that the bootloader leaves to a program.
    pub flash: Range<u32>,
    /// Addresses of RAM.
    pub ram: Range<u32>,
}

/// How a program comes onto a board without a debug probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Without {
    /// As a file that is copied onto the drive that the bootloader shows.
    Uf2 {
        /// The chip's number among UF2 families.
        family: u32,
        /// How the drive appears.
        how: &'static str,
    },
    /// As the bytes of the flash, by another program.
    Binary {
        /// What to run, with FILE for the file.
        how: &'static str,
    },
}

impl Board {
    /// Every board.
    pub const ALL: [Self; 5] =
        [Self::XiaoSense, Self::NanoSense, Self::F407Discovery, Self::Pico2, Self::Pico2Pdm];

    /// The name in commands.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::XiaoSense => "xiao-sense",
            Self::NanoSense => "nano-sense",
            Self::F407Discovery => "f407-discovery",
            Self::Pico2 => "pico2",
            Self::Pico2Pdm => "pico2-pdm",
        }
    }

    /// The firmware's package, and its feature for this board.
    pub(crate) const fn package(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::XiaoSense => ("nrf52840", Some("xiao-sense")),
            Self::NanoSense => ("nrf52840", Some("nano-sense")),
            Self::F407Discovery => ("stm32f407", None),
            Self::Pico2 => ("rp2350", None),
            Self::Pico2Pdm => ("rp2350", Some("pdm")),
        }
    }

    /// What the firmware is compiled for.
    pub(crate) const fn target(self) -> &'static str {
        match self {
            Self::XiaoSense | Self::NanoSense | Self::F407Discovery => "thumbv7em-none-eabihf",
            Self::Pico2 | Self::Pico2Pdm => "thumbv8m.main-none-eabihf",
        }
    }

    /// The chip, as probe-rs calls it.
    pub(crate) const fn chip(self) -> &'static str {
        match self {
            Self::XiaoSense | Self::NanoSense => "nRF52840_xxAA",
            Self::F407Discovery => "STM32F407VGTx",
            Self::Pico2 | Self::Pico2Pdm => "RP235x",
        }
    }

    /// The chip's memory.
    #[must_use]
    pub const fn part(self) -> Part {
        match self {
            Self::XiaoSense => Part { flash: 0x2_7000..0xf_4000, ram: 0x2000_0008..0x2004_0000 },
            Self::NanoSense => Part { flash: 0x1_0000..0x10_0000, ram: 0x2000_0000..0x2004_0000 },
            Self::F407Discovery => Part { flash: 0x800_0000..0x810_0000, ram: 0x2000_0000..0x2002_0000 },
            Self::Pico2 | Self::Pico2Pdm => {
                Part { flash: 0x1000_0000..0x1040_0000, ram: 0x2000_0000..0x2008_0000 }
            }
        }
    }

    pub(crate) const fn without_probe(self) -> Without {
        match self {
            Self::XiaoSense => Without::Uf2 {
                family: 0xada5_2840,
                how: "connect the board by USB, press its reset button twice, and copy the file onto the drive \
                      XIAO-SENSE",
            },
            Self::Pico2 | Self::Pico2Pdm => Without::Uf2 {
                family: 0xe48b_ff59,
                how: "hold BOOTSEL while you connect the board by USB, and copy the file onto the drive RP2350",
            },
            Self::NanoSense => Without::Binary {
                how: "connect the board by USB, press its reset button twice, and run, with Arduino's bossac 1.9 and \
                      the board's port,\n    bossac --port=PORT -U -i -e -w FILE -R",
            },
            Self::F407Discovery => Without::Binary {
                how: "connect the board's ST-LINK socket, and copy the file onto the drive that appears, or run\n    \
                      st-flash --reset write FILE 0x8000000",
            },
        }
    }
}
