use std::io::Cursor;

use engine::listen::Conversion;
use hound::{SampleFormat, WavReader};

use crate::doubles::{self, Doubles};
use crate::spectrogram::converted;

/// A recording that was decoded: mono, 16 bit.
#[derive(Debug, PartialEq)]
pub struct Recording {
    /// Samples per second.
    pub rate: u32,
    /// The mean over the channels, to the nearest.
    pub samples: Vec<i16>,
}

impl Recording {
    /// Decodes a WAV file of PCM of any width or of floats of 32 or 64 bits, to the same samples as the host does.
    ///
    /// # Errors
    /// Says why the file can't be used.
    pub fn read(file: &[u8]) -> Result<Self, String> {
        let Doubles { rate, channels, interleaved } = match doubles::read(file) {
            Some(doubles) => doubles?,
            None => decoded(file)?,
        };
        // Which rates can be heard is the model's to say; it takes 0 for its own.
        if rate == 0 {
            return Err("not a valid WAV file: its sample rate is 0 Hz".to_owned());
        }
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

    /// At a rate of which the engine's resampler goes to a model's: as it is, or at a third where that is less than 3
    /// times too high, as 192000 Hz for a model of 22050 Hz.
    #[must_use]
    pub fn within_reach(self, model_rate: u32) -> Self {
        let third = self.rate.div_ceil(3);
        let is_too_high = self.rate > model_rate.saturating_mul(3);
        let mut coefficients = Vec::new();
        match Conversion::between(self.rate, third, &mut coefficients).filter(|_| is_too_high) {
            None => self,
            Some(conversion) => Self { rate: third, samples: converted(conversion, &self.samples) },
        }
    }
}

/// What hound reads.
fn decoded(file: &[u8]) -> Result<Doubles, String> {
    let reader = WavReader::new(Cursor::new(file)).map_err(explain)?;
    let spec = reader.spec();
    let interleaved: Result<Vec<f64>, hound::Error> = match spec.sample_format {
        SampleFormat::Float => reader.into_samples::<f32>().map(|sample| sample.map(f64::from)).collect(),
        SampleFormat::Int => {
            let full_scale = 2f64.powi(i32::from(spec.bits_per_sample) - 1);
            reader.into_samples::<i32>().map(|sample| Ok(f64::from(sample?) / full_scale)).collect()
        }
    };
    let (rate, channels) = (spec.sample_rate, usize::from(spec.channels.max(1)));
    Ok(Doubles { rate, channels, interleaved: interleaved.map_err(explain)? })
}

fn explain(error: hound::Error) -> String {
    match error {
        hound::Error::IoError(_) => "the WAV file is cut short; copy it again".to_owned(),
        hound::Error::Unsupported | hound::Error::TooWide => {
            "WAV files must hold PCM of 8, 16, 24 or 32 bits or floats of 32 or 64 bits; convert it"
                .to_owned()
        }
        error => format!("not a valid WAV file: {error}"),
    }
}

/// The `length` consecutive samples with the highest energy, the first of equals; a shorter recording is padded with
/// silence.
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

    /// A third of 96001 Hz is no whole number; that of the others leaves a constant as it is.
    #[test]
    fn a_rate_that_is_too_high_becomes_a_third() {
        for (rate, expected) in [(66_150, 66_150), (88_200, 29_400), (96_001, 32_001), (192_000, 64_000)] {
            let recording = Recording { rate, samples: vec![1000; rate as usize / 10] };
            let Recording { rate, samples } = recording.within_reach(22_050);
            assert_eq!(rate, expected);
            assert!(samples.len().abs_diff(expected as usize / 10) <= 1, "{}", samples.len());
            assert_eq!(samples[samples.len() / 2], 1000);
        }
        let same = Recording { rate: 8000, samples: vec![1] };
        assert_eq!(same.within_reach(22_050), Recording { rate: 8000, samples: vec![1] });
    }
}
