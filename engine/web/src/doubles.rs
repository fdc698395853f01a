//! WAV files of 64-bit floats, which hound does not read.

/// Programs that write to a pipe don't know a recording's length and state such a one, or a longer one.
const UNKNOWN_LENGTH: usize = 0x7FFF_0000;

/// What such a file holds.
#[derive(Debug, PartialEq)]
pub(crate) struct Doubles {
    /// Samples per second.
    pub(crate) rate: u32,
    pub(crate) channels: usize,
    pub(crate) interleaved: Vec<f64>,
}

/// None if the file is no WAV file of 64-bit floats.
///
/// # Errors
/// The file is cut short.
pub(crate) fn read(file: &[u8]) -> Option<Result<Doubles, String>> {
    let mut rest = file.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut format = None;
    while let Some((id, stated, behind)) = chunk(rest) {
        let (body, after) = behind.split_at(stated.min(behind.len()));
        match (id, format) {
            (b"fmt ", _) => format = Some(channels_and_rate(body)?),
            (b"data", Some((channels, rate))) => {
                if stated > behind.len() && stated < UNKNOWN_LENGTH {
                    return Some(Err("the WAV file is cut short; copy it again".to_owned()));
                }
                let interleaved = body.as_chunks().0.iter().copied().map(f64::from_le_bytes).collect();
                return Some(Ok(Doubles { rate, channels, interleaved }));
            }
            _ => {}
        }
        // A chunk of an odd length has a byte behind it.
        rest = after.get(stated % 2..)?;
    }
    None
}

/// A chunk's name, the length that it states, and what stands behind that.
fn chunk(file: &[u8]) -> Option<(&[u8; 4], usize, &[u8])> {
    let (id, behind) = file.split_first_chunk()?;
    let (length, behind) = behind.split_first_chunk()?;
    Some((id, u32::from_le_bytes(*length) as usize, behind))
}

/// Of 64-bit floats; the format is 3, or it is extensible and begins its subformat with 3.
fn channels_and_rate(format: &[u8]) -> Option<(usize, u32)> {
    let word = |at: usize| Some(u16::from_le_bytes(*format.get(at..)?.first_chunk()?));
    let is_float = word(0)? == 3 || (word(0)? == 0xFFFE && word(24)? == 3);
    let rate = u32::from_le_bytes(*format.get(4..)?.first_chunk()?);
    (is_float && word(14)? == 64 && word(2)? > 0).then_some((word(2)?.into(), rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the RIFF specification lays it out: the format of 18 bytes that floats have, an odd chunk, and two frames of
    /// two channels.
    fn file(bits: u8, stated: u8) -> Vec<u8> {
        let begin = b"RIFF\0\0\0\0WAVEfmt \x12\0\0\0\x03\0\x02\0\x80\xbb\0\0\0\xb8\x0b\0\x10\0";
        let odd = b"\0\0\0LIST\x03\0\0\0abc\0data";
        let samples = [0.5, -0.25, 1.0, 0.0_f64].map(f64::to_le_bytes);
        [&begin[..], &[bits], odd, &[stated, 0, 0, 0], samples.as_flattened()].concat()
    }

    #[test]
    fn samples_are_those_of_the_file() {
        let expected = Doubles { rate: 48_000, channels: 2, interleaved: vec![0.5, -0.25, 1.0, 0.0] };
        assert_eq!(read(&file(64, 32)), Some(Ok(expected)));
        assert_eq!(read(&file(32, 32)), None);
        assert!(read(&file(64, 40)).unwrap().unwrap_err().contains("cut short"));
        for length in 0..file(64, 32).len() - 32 {
            assert!(read(&file(64, 32)[..length]).is_none_or(|read| read.is_err()), "{length}");
        }
    }
}
