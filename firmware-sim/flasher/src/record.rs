use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use hound::{SampleFormat, WavSpec, WavWriter};
use packet::{HEADER_BYTES, Header, MAGIC};
use whole_file::WholeFile;

/// Packets that are skipped first, 0.1 s: they have lain in the port and on the board since before it was opened.
const STALE: usize = 32;

/// How long a packet may take to come: longer than any pause between two.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// In Hz.
    pub sample_rate: u32,
    /// Samples in the file.
    pub samples: u64,
    /// Blocks that were lost. The file does not say where.
    pub lost_blocks: u64,
    /// Bytes between packets that were none of a packet, and skipped. Where they came, sound is missing too.
    pub skipped_bytes: u64,
    /// Why it ended before all that was asked for had come, if it did.
    pub cut_short: Option<String>,
}

/// The packets that come from a port.
struct Packets<R> {
    source: R,
    /// When the one that is read must have come.
    deadline: Instant,
    /// Bytes before the one that was read that were skipped.
    skipped: u64,
}

/// Writes so many seconds of what a board sends to a WAV file. If the board goes away, sends what is no packet, or
/// changes its rate, the file has what came before. Reads from `source` should end after [`PATIENCE`].
///
/// # Errors
/// Names the file that can't be written; nothing, or nothing that a board sends, came from `source`.
pub fn record(source: impl Read, seconds: u32, path: &Path) -> anyhow::Result<Recorded> {
    let mut packets = Packets { source, deadline: Instant::now(), skipped: 0 };
    let (first, mut block) =
        packets.begin().context("no board sends sound: was it flashed with --record?")?;
    let failed = || format!("cannot write {}", path.display());
    let spec = WavSpec {
        channels: 1,
        sample_rate: first.sample_rate,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut file = WholeFile::begin(path)?;
    let mut wav = WavWriter::new(std::io::BufWriter::new(file.as_file()), spec).with_context(failed)?;
    let mut recorded = Recorded {
        sample_rate: first.sample_rate,
        samples: 0,
        lost_blocks: 0,
        skipped_bytes: 0,
        cut_short: None,
    };
    let wanted = u64::from(seconds) * u64::from(first.sample_rate);
    loop {
        for sample in block.into_iter().take((wanted - recorded.samples) as usize) {
            wav.write_sample(sample).with_context(failed)?;
            recorded.samples += 1;
        }
        if recorded.samples == wanted {
            break;
        }
        match packets.next_at(first.sample_rate) {
            Ok((header, samples)) => {
                recorded.lost_blocks += u64::from(header.lost_blocks);
                recorded.skipped_bytes += packets.skipped;
                block = samples;
            }
            Err(error) => {
                recorded.cut_short = Some(format!("{error:#}"));
                break;
            }
        }
    }
    wav.finalize().with_context(failed)?;
    file.finish()?;
    Ok(recorded)
}

impl<R: Read> Packets<R> {
    /// The first that is not stale.
    fn begin(&mut self) -> anyhow::Result<(Header, Vec<i16>)> {
        for _ in 0..STALE {
            self.next()?;
        }
        self.next()
    }

    fn next_at(&mut self, sample_rate: u32) -> anyhow::Result<(Header, Vec<i16>)> {
        let packet = self.next()?;
        let found = packet.0.sample_rate;
        ensure!(found == sample_rate, "the board changed its rate from {sample_rate} to {found} Hz");
        Ok(packet)
    }

    /// The next packet. What stands before it is skipped and counted.
    fn next(&mut self) -> anyhow::Result<(Header, Vec<i16>)> {
        const MOST_SKIPPED: u64 = 1 << 16;

        self.deadline = Instant::now() + PATIENCE;
        let mut bytes = [0; HEADER_BYTES];
        self.read(&mut bytes)?;
        for skipped in 0..MOST_SKIPPED {
            if let Some(header) = Header::from_bytes(&bytes) {
                let mut samples = vec![0; 2 * header.samples as usize];
                self.read(&mut samples)?;
                self.skipped = skipped;
                let samples = samples.as_chunks().0.iter().copied().map(i16::from_le_bytes).collect();
                return Ok((header, samples));
            }
            bytes.rotate_left(1);
            self.read(&mut bytes[HEADER_BYTES - 1..])?;
        }
        bail!("no packet ({}) is in what comes from the port", MAGIC.escape_ascii())
    }

    /// Fills `bytes` before the deadline.
    fn read(&mut self, mut bytes: &mut [u8]) -> anyhow::Result<()> {
        while !bytes.is_empty() {
            ensure!(Instant::now() < self.deadline, "no whole packet came in {} s", PATIENCE.as_secs());
            match self.source.read(bytes) {
                Ok(0) => bail!("nothing comes from the port"),
                Ok(count) => bytes = &mut bytes[count..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::TimedOut => bail!("nothing comes from the port"),
                Err(error) => return Err(error).context("cannot read from the port"),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 4_000;
    /// A quarter of a second.
    const SAMPLES: u32 = 1_000;

    fn packet(sample_rate: u32, lost_blocks: u32, value: i16) -> Vec<u8> {
        let mut bytes = Header { sample_rate, lost_blocks, samples: SAMPLES }.to_bytes().to_vec();
        bytes.extend([value; SAMPLES as usize].map(i16::to_le_bytes).as_flattened());
        bytes
    }

    /// A board's packets, of which the first are stale; before the third of the others two blocks were lost.
    fn stream(packets: usize) -> Vec<u8> {
        let mut bytes = b"\x01EMO".to_vec();
        for number in 0..STALE + packets {
            let lost_blocks = if number == STALE + 2 { 2 } else { u32::from(number < STALE) };
            bytes.extend(packet(RATE, lost_blocks, number as i16 - STALE as i16));
        }
        bytes
    }

    fn samples(path: &Path) -> Vec<i16> {
        let wav = hound::WavReader::open(path).unwrap();
        assert_eq!((wav.spec().sample_rate, wav.spec().channels, wav.spec().bits_per_sample), (RATE, 1, 16));
        wav.into_samples().map(Result::unwrap).collect()
    }

    #[test]
    fn what_comes_is_written_and_what_was_lost_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let recorded = record(stream(6).as_slice(), 1, &path).unwrap();
        assert_eq!(recorded, heard(4_000, 2, 0));
        let expected: Vec<i16> = (0..4).flat_map(|value| [value; SAMPLES as usize]).collect();
        assert_eq!(samples(&path), expected);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no temporary file stays");
    }

    fn heard(samples: u64, lost_blocks: u64, skipped_bytes: u64) -> Recorded {
        Recorded { sample_rate: RATE, samples, lost_blocks, skipped_bytes, cut_short: None }
    }

    /// What stands before the first packet belongs to no recording.
    #[test]
    fn what_is_no_packet_is_counted_within_a_recording() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let bytes =
            [&stream(2)[..], &[7; 3_000], &packet(RATE, 1, 2), b"EMO1\0", &packet(RATE, 0, 3)].concat();
        assert_eq!(record(bytes.as_slice(), 1, &path).unwrap(), heard(4_000, 1, 3_005));
        let expected: Vec<i16> = (0..4).flat_map(|value| [value; SAMPLES as usize]).collect();
        assert_eq!(samples(&path), expected);
    }

    /// How many samples are recorded of two packets and what comes after them, and why no more.
    fn cut_short(after: &[u8]) -> (u64, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let bytes = [stream(2).as_slice(), after].concat();
        let recorded = record(bytes.as_slice(), 9, &path).unwrap();
        assert_eq!(samples(&path).len() as u64, recorded.samples);
        (recorded.samples, recorded.cut_short.unwrap())
    }

    #[test]
    fn a_board_that_goes_away_leaves_what_it_sent() {
        let gone = "nothing comes from the port".to_owned();
        assert_eq!(cut_short(&[]), (2_000, gone.clone()));
        assert_eq!(cut_short(&packet(RATE, 0, 7)[..1_000]), (2_000, gone));
    }

    #[test]
    fn what_is_no_packet_ends_a_recording() {
        let no_packet = "no packet (EMO1) is in what comes from the port".to_owned();
        assert_eq!(cut_short(&vec![7; 1 << 17]), (2_000, no_packet.clone()));
        let empty = Header { sample_rate: RATE, lost_blocks: 0, samples: 0 }.to_bytes();
        assert_eq!(cut_short(&empty.repeat(1 << 13)), (2_000, no_packet));
    }

    #[test]
    fn a_change_of_rate_ends_a_recording() {
        let changed = "the board changed its rate from 4000 to 8000 Hz".to_owned();
        assert_eq!(cut_short(&packet(8_000, 0, 7)), (2_000, changed));
    }

    #[test]
    fn bytes_that_never_make_a_packet_end_at_the_deadline() {
        let mut packets = Packets { source: std::io::repeat(b'E'), deadline: Instant::now(), skipped: 0 };
        assert_eq!(packets.read(&mut [0]).unwrap_err().to_string(), "no whole packet came in 3 s");
    }

    #[test]
    fn what_no_board_sends_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let message = |bytes: &[u8]| format!("{:#}", record(bytes, 1, &path).unwrap_err());
        let begin = "no board sends sound: was it flashed with --record?: ";
        assert_eq!(message(&[]), format!("{begin}nothing comes from the port"));
        let no_packet = "no packet (EMO1) is in what comes from the port";
        assert_eq!(message(&vec![7; 1 << 17]), format!("{begin}{no_packet}"));
        assert_eq!(message(&packet(u32::MAX, 0, 1).repeat(99)), format!("{begin}{no_packet}"));
        assert!(!path.exists());
    }
}
