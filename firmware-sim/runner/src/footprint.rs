use anyhow::Context;
use object::elf::{SHF_ALLOC, SHF_WRITE};
use object::{File, Object, ObjectSection, SectionFlags};

use crate::Firmware;

/// What a firmware takes, without its stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Footprint {
    /// Code, constants, model and the initial values of statics.
    pub(crate) flash_bytes: u64,
    /// Statics.
    pub(crate) static_ram_bytes: u64,
}

impl Footprint {
    /// Adds up the ELF file's sections that are there when the firmware runs.
    pub(crate) fn of(firmware: &Firmware) -> anyhow::Result<Self> {
        let file = File::parse(firmware.elf.as_slice()).context("cannot read the firmware")?;
        let mut footprint = Self { flash_bytes: 0, static_ram_bytes: 0 };
        for section in file.sections() {
            let SectionFlags::Elf { sh_flags } = section.flags() else { continue };
            if sh_flags & u64::from(SHF_ALLOC) == 0 {
                continue;
            }
            // `.data` counts twice: it lies in flash and is copied to RAM.
            if section.file_range().is_some() {
                footprint.flash_bytes += section.size();
            }
            if sh_flags & u64::from(SHF_WRITE) != 0 {
                footprint.static_ram_bytes += section.size();
            }
        }
        Ok(footprint)
    }
}
