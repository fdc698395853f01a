use anyhow::{Context, ensure};
use object::read::elf::{ElfFile32, ProgramHeader};
use object::{Endianness, elf};

use crate::Board;

/// What lies in a board's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// As the linker left it.
    pub elf: Vec<u8>,
    /// The address of its first byte in flash.
    pub start: u32,
    /// What lies in flash from there on: code, constants, model and the initial values of statics.
    pub flash: Vec<u8>,
    /// Bytes of statics. The stack has the rest of the RAM.
    pub static_ram_bytes: usize,
}

impl Image {
    /// Takes an ELF file for a board apart.
    ///
    /// # Errors
    /// What is no such file, or one that does not lie in the board's memory.
    pub fn of(board: Board, elf: Vec<u8>) -> anyhow::Result<Self> {
        let part = board.part();
        let (mut flash, mut static_ram_bytes) = (Vec::new(), 0);
        let file = ElfFile32::<Endianness>::parse(elf.as_slice()).context("cannot read the firmware")?;
        let endian = file.endian();
        for segment in file.elf_program_headers() {
            let [load, memory, bytes] =
                [segment.p_paddr(endian), segment.p_vaddr(endian), segment.p_memsz(endian)];
            if segment.p_type(endian) != elf::PT_LOAD || bytes == 0 {
                continue;
            }
            if part.ram.contains(&memory) {
                static_ram_bytes = static_ram_bytes.max((memory + bytes - part.ram.start) as usize);
            }
            let contents = segment.data(endian, elf.as_slice()).ok().context("the firmware is cut off")?;
            if !contents.is_empty() {
                ensure!(
                    part.flash.contains(&load) && contents.len() <= (part.flash.end - load) as usize,
                    "the firmware does not lie in the flash of {}",
                    board.name()
                );
                put(&mut flash, (load - part.flash.start) as usize, contents);
            }
        }
        ensure!(!flash.is_empty(), "the firmware is empty");
        Ok(Self { start: part.flash.start, flash, static_ram_bytes, elf })
    }
}

/// Writes `contents` at an offset; between what is written there is 0xff, as in flash that was erased.
fn put(flash: &mut Vec<u8>, offset: usize, contents: &[u8]) {
    let end = offset + contents.len();
    flash.resize(flash.len().max(end), 0xff);
    flash[offset..end].copy_from_slice(contents);
}
