//! A PDM microphone's bits: the boards' samples are the host's.

use anyhow::Result;
use sim::{Board, Decimation, decimate_on_host, modulate};

use crate::{models, recordings};

#[test]
fn a_board_decimates_as_the_host_does() -> Result<()> {
    let file = models::file(host_trainer::SHIPPED_MODEL)?;
    // Speech, then what drives every stage to its limits.
    let speech = &recordings::all()?[0].samples;
    let mut pdm = modulate(&speech[..speech.len().min(40_000)]);
    pdm.extend(
        (0..64_000_u32)
            .map(|n| if n / 100 % 2 == 0 { (n * n) as u16 } else { u16::MAX * (n / 200 % 2) as u16 }),
    );
    let Decimation { samples, checksum, instructions_per_sample, .. } =
        Decimation::of(Board::An386, file.path(), &pdm)?;
    assert_eq!((samples, checksum), decimate_on_host(&pdm));
    assert_eq!(samples, pdm.len() as u64 / 4);
    assert!(instructions_per_sample < 400.0, "{instructions_per_sample}");
    Ok(())
}
