use std::io::Cursor;

use hound::{SampleFormat, WavReader};

/// A recording that was decoded: mono, 16 bit.
#[derive(Debug, PartialEq)]
pub struct Recording {
    /// Samples per second.
    pub rate: u32,
    /// The mean over the channels, to the nearest.
    pub samples: Vec<i16>,
}

impl Recording {
    /// Decodes a WAV file of PCM of any width or of 32-bit floats, to the same samples as the host does.
    ///
    /// # Errors
    /// Says why the file can't be used.
    pub fn read(file: &[u8]) -> Result<Self, String> {
        let reader = WavReader::new(Cursor::new(file)).map_err(explain)?;
        let spec = reader.spec();
        let (rate, channels) = (spec.sample_rate, usize::from(spec.channels.max(1)));
        // Which rates can be heard is the model's to say; it takes 0 for its own.
        if rate == 0 {
            return Err("not a valid WAV file: its sample rate is 0 Hz".to_owned());
        }
        let interleaved: Result<Vec<f64>, hound::Error> = match spec.sample_format {
            SampleFormat::Float => reader.into_samples::<f32>().map(|sample| sample.map(f64::from)).collect(),
            SampleFormat::Int => {
                let full_scale = 2f64.powi(i32::from(spec.bits_per_sample) - 1);
                reader.into_samples::<i32>().map(|sample| Ok(f64::from(sample?) / full_scale)).collect()
            }
        };
        let interleaved = interleaved.map_err(explain)?;
        if interleaved.is_empty() {
            return Err("it holds no samples".to_owned());
        }
        if interleaved.iter().any(|sample| !sample.is_finite()) {
            return Err("it holds samples that are not numbers".to_owned());
        }
        let mean = |frame: &[f64]| frame.iter().sum::<f64>() / frame.len() as f64;
        // The conversion saturates.
        let quantised = |sample: f64| (sample * 32_768.0).round() as i16;
        Ok(Self {
            rate,
            samples: interleaved.chunks_exact(channels).map(|frame| quantised(mean(frame))).collect(),
        })
    }
}

fn explain(error: hound::Error) -> String {
    match error {
        hound::Error::IoError(_) => "the WAV file is cut short; copy it again".to_owned(),
        hound::Error::Unsupported | hound::Error::TooWide => {
            "WAV files must hold PCM of 8, 16, 24 or 32 bits or floats of 32 bits; convert it".to_owned()
        }
        error => format!("not a valid WAV file: {error}"),
    }
}

/// The `length` consecutive samples with the highest energy, the first of equals; a shorter recording is padded with silence.
///
/// ```
/// use engine_web::loudest;
///
/// assert_eq!(loudest(&[1, -5, 4, 0, 2], 2), [-5, 4]);
/// assert_eq!(loudest(&[7], 3), [7, 0, 0]);
/// ```
#[must_use]
pub fn loudest(samples: &[i16], length: usize) -> Vec<i16> {
    let square = |sample: i16| i64::from(sample) * i64::from(sample);
    let pairs = samples.iter().skip(length).zip(samples);
    // Energy above that of the first window.
    let energies = pairs.scan(0, |energy, (&enters, &leaves)| {
        *energy += square(enters) - square(leaves);
        Some(*energy)
    });
    let (start, _) = (1..).zip(energies).fold((0, 0), |most, next| if next.1 > most.1 { next } else { most });
    let mut window: Vec<i16> = samples.iter().copied().skip(start).take(length).collect();
    window.resize(length, 0);
    window
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of 44 bytes as the RIFF specification lays it out, with the rate at byte 24, and one sample.
    #[test]
    fn any_rate_but_0_is_read() {
        let file = |rate: u32| {
            let (rate, bytes_a_second) = (rate.to_le_bytes(), (2 * rate).to_le_bytes());
            let begin = b"RIFF\x26\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0";
            [&begin[..], &rate, &bytes_a_second, b"\x02\0\x10\0data\x02\0\0\0\x07\0"].concat()
        };
        assert_eq!(Recording::read(&file(4000)), Ok(Recording { rate: 4000, samples: vec![7] }));
        assert!(Recording::read(&file(0)).unwrap_err().contains("0 Hz"));
    }
}
