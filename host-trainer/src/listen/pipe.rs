use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::source::Source;

/// Blocks that may wait to be heard: four minutes at 16 kHz. A pipe that is faster than the network then waits too.
const WAITING: usize = 1024;
/// Bytes of a block at most.
const BLOCK: usize = 8192;
/// Bytes of a word.
const WORD: usize = 2;

/// Raw samples that a program pipes in; see [`words`].
pub(crate) fn standard_input(rate: u32, channels: usize) -> Source {
    let blocks = words(io::stdin(), channels);
    Source { name: "standard input".to_owned(), rate, blocks, overruns: Arc::default(), _open: Box::new(()) }
}

/// Reads raw 16-bit little-endian words of interleaved channels and passes on the first channel's. It does so on a
/// thread of its own, so that a slow terminal loses no audio; the receiver is disconnected when there is no more.
fn words(reader: impl Read + Send + 'static, channels: usize) -> Receiver<io::Result<Vec<i16>>> {
    let (sender, receiver) = sync_channel(WAITING);
    thread::spawn(move || {
        if let Err(error) = pass_on(reader, channels * WORD, &sender) {
            // Nobody may be listening any more.
            _ = sender.send(Err(error));
        }
    });
    receiver
}

/// Sends block by block; what is left of an incomplete frame of words waits for the rest.
fn pass_on(mut reader: impl Read, frame: usize, sender: &SyncSender<io::Result<Vec<i16>>>) -> io::Result<()> {
    let mut bytes = vec![0; BLOCK.next_multiple_of(frame)];
    let (mut kept, mut is_first) = (0, true);
    loop {
        let filled = match reader.read(&mut bytes[kept..]) {
            Ok(0) => return Ok(()),
            Ok(count) => kept + count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if is_first && filled >= 4 {
            refuse_wav(&bytes)?;
            is_first = false;
        }
        let frames = bytes[..filled].chunks_exact(frame);
        kept = frames.remainder().len();
        let words = frames.map(|frame| i16::from_le_bytes([frame[0], frame[1]])).collect();
        if sender.send(Ok(words)).is_err() {
            return Ok(());
        }
        bytes.copy_within(filled - kept..filled, 0);
    }
}

/// A header would be heard as a click, and the rate that it states would not be known.
fn refuse_wav(bytes: &[u8]) -> io::Result<()> {
    if bytes.starts_with(b"RIFF") {
        let advice =
            "it is a WAV file; pipe samples without a header (arecord -t raw, ffmpeg -f s16le, sox -t raw)";
        return Err(io::Error::new(ErrorKind::InvalidData, advice));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Yields a few bytes at a time, and is interrupted in between.
    struct Trickle(Vec<u8>, usize);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            if self.1.is_multiple_of(3) {
                return Err(ErrorKind::Interrupted.into());
            }
            let count = (self.1 % 5 + 1).min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    fn heard(bytes: Vec<u8>, channels: usize) -> Vec<i16> {
        words(Trickle(bytes, 0), channels).into_iter().flat_map(Result::unwrap).collect()
    }

    #[test]
    fn words_are_whole_however_bytes_come_and_of_the_first_channel() {
        let samples: Vec<i16> = (-40..41).map(|n| n * 401).collect();
        let mono: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        assert_eq!(heard([&mono[..], &[7]].concat(), 1), samples);
        let stereo = samples.iter().flat_map(|sample| [*sample, 9].map(i16::to_le_bytes)).flatten().collect();
        assert_eq!(heard(stereo, 2), samples);
        assert!(heard(Vec::new(), 1).is_empty());
    }

    #[test]
    fn a_wav_file_is_refused() {
        let blocks: Vec<_> = words(&b"RIFF\x24\0\0\0WAVEfmt "[..], 1).into_iter().collect();
        assert!(matches!(&blocks[..], [Err(error)] if error.to_string().contains("arecord -t raw")));
    }
}
