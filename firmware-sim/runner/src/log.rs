//! The firmware's defmt logs.

use std::io::Read;

use anyhow::Context;
use defmt_decoder::{DecodeError, Frame, Table};
use defmt_parser::Level;

/// Decodes a firmware's logs until they end. Errors are returned, all else goes to standard error.
pub(crate) fn decode(elf: &[u8], mut logs: impl Read) -> anyhow::Result<Vec<String>> {
    let table = Table::parse(elf)?.context("the firmware has no defmt logs")?;
    let mut decoder = table.new_stream_decoder();
    let mut errors = Vec::new();
    let mut bytes = [0; 1024];
    loop {
        let count = logs.read(&mut bytes).context("cannot read the firmware's logs")?;
        if count == 0 {
            return Ok(errors);
        }
        decoder.received(&bytes[..count]);
        loop {
            match decoder.decode() {
                Ok(frame) => report(&frame, &mut errors),
                Err(DecodeError::UnexpectedEof) => break,
                Err(DecodeError::Malformed) => {}
            }
        }
    }
}

fn report(frame: &Frame<'_>, errors: &mut Vec<String>) {
    let message = frame.display_message().to_string();
    match frame.level() {
        Some(Level::Error) => errors.push(message),
        _ => eprintln!("{message}"),
    }
}
