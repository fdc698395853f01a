use std::io::{ErrorKind, Read};
use std::path::Path;

use anyhow::{Context, bail};
use hound::{SampleFormat, WavSpec, WavWriter};
use packet::{HEADER_BYTES, Header, MAGIC};

use crate::files;

/// Packets that are skipped first, 0.1 s: they have lain in the port and on the board since before it was opened.
const STALE: usize = 32;

/// What came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// In Hz.
    pub sample_rate: u32,
    /// Samples in the file.
    pub samples: u64,
    /// Blocks that were lost. The file does not say where.
    pub lost_blocks: u64,
}

/// Writes so many seconds of what a board sends to a WAV file. If the board goes away, the file has what came before.
///
/// # Errors
/// Names the file that can't be written; nothing, or nothing that a board sends, came from `source`.
pub fn record(mut source: impl Read, seconds: u32, path: &Path) -> anyhow::Result<Recorded> {
    for _ in 0..STALE {
        next(&mut source)?;
    }
    let (first, samples) = next(&mut source)?;
    let failed = || format!("cannot write {}", path.display());
    let spec = WavSpec {
        channels: 1,
        sample_rate: first.sample_rate,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut file = files::begin(path)?;
    let mut wav = WavWriter::new(std::io::BufWriter::new(file.as_file_mut()), spec).with_context(failed)?;
    let mut recorded = Recorded { sample_rate: first.sample_rate, samples: 0, lost_blocks: 0 };
    let wanted = u64::from(seconds) * u64::from(first.sample_rate);
    let mut samples = Some(samples);
    while let Some(block) = samples {
        for sample in block.into_iter().take((wanted - recorded.samples) as usize) {
            wav.write_sample(sample).with_context(failed)?;
            recorded.samples += 1;
        }
        if recorded.samples == wanted {
            break;
        }
        samples = next(&mut source).ok().map(|(header, block)| {
            recorded.lost_blocks += u64::from(header.lost_blocks);
            block
        });
    }
    wav.finalize().with_context(failed)?;
    files::finish(file, path)?;
    Ok(recorded)
}

/// The next packet. What stands before it is skipped.
fn next(source: &mut impl Read) -> anyhow::Result<(Header, Vec<i16>)> {
    const MOST_SKIPPED: usize = 1 << 16;

    let mut bytes = [0; HEADER_BYTES];
    read(source, &mut bytes)?;
    for _ in 0..MOST_SKIPPED {
        if let Some(header) = Header::from_bytes(&bytes) {
            let mut samples = vec![0; 2 * header.samples as usize];
            read(source, &mut samples)?;
            let samples = samples.as_chunks().0.iter().copied().map(i16::from_le_bytes).collect();
            return Ok((header, samples));
        }
        bytes.rotate_left(1);
        read(source, &mut bytes[HEADER_BYTES - 1..])?;
    }
    bail!("what comes from the port is no recording board's: it lacks {}", MAGIC.escape_ascii())
}

fn read(source: &mut impl Read, bytes: &mut [u8]) -> anyhow::Result<()> {
    match source.read_exact(bytes) {
        Err(error) if [ErrorKind::TimedOut, ErrorKind::UnexpectedEof].contains(&error.kind()) => {
            bail!("nothing comes from the port: was the board flashed with --record?")
        }
        result => result.context("cannot read from the port"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A board's packets of four samples, of which the first are stale; before the third of the others two blocks were lost.
    fn stream(packets: usize) -> Vec<u8> {
        let mut bytes = b"\x01EMO".to_vec();
        for packet in 0..STALE + packets {
            let lost_blocks = if packet == STALE + 2 { 2 } else { u32::from(packet < STALE) };
            bytes.extend(Header { sample_rate: 8, lost_blocks, samples: 4 }.to_bytes());
            let value = packet as i16 - STALE as i16;
            bytes.extend([value; 4].map(i16::to_le_bytes).as_flattened());
        }
        bytes
    }

    fn samples(path: &Path) -> Vec<i16> {
        let wav = hound::WavReader::open(path).unwrap();
        assert_eq!((wav.spec().sample_rate, wav.spec().channels, wav.spec().bits_per_sample), (8, 1, 16));
        wav.into_samples().map(Result::unwrap).collect()
    }

    #[test]
    fn what_comes_is_written_and_what_was_lost_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let recorded = record(stream(6).as_slice(), 2, &path).unwrap();
        assert_eq!(recorded, Recorded { sample_rate: 8, samples: 16, lost_blocks: 2 });
        assert_eq!(samples(&path), [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no temporary file stays");
    }

    #[test]
    fn a_board_that_goes_away_leaves_what_it_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut bytes = stream(2);
        bytes.pop();
        assert_eq!(record(bytes.as_slice(), 9, &path).unwrap().samples, 4);
        assert_eq!(samples(&path), [0; 4]);
    }

    #[test]
    fn what_no_board_sends_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let message = |bytes: &[u8]| record(bytes, 1, &path).unwrap_err().to_string();
        assert_eq!(message(&[]), "nothing comes from the port: was the board flashed with --record?");
        assert!(message(&vec![7; 1 << 17]).ends_with("it lacks EMO1"));
        assert!(!path.exists());
    }
}
