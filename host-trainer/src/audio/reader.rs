use std::io::{Read, Seek};

use anyhow::{bail, ensure};

use super::compressed::Compressed;
use super::decoder::{ByteSource, Decoded, Decoder};
use super::resample::Resampler;
use super::wav::Wav;

/// How a pointer begins that Git LFS leaves where a file was not fetched.
const GIT_LFS: &[u8] = b"version https://git-lfs";

/// A recording that is decoded, mixed down and resampled while it is read: blocks of samples, none of them empty. It
/// takes the same memory however long the recording is. What is 16-bit mono at the wanted rate comes through unchanged.
///
/// After an error there is nothing more.
pub(super) struct Reader {
    decoder: Box<dyn Decoder>,
    /// Whether a file can hold more samples than bytes.
    is_compressed: bool,
    /// Samples per second that are wanted, and those of the recording once they are known.
    sample_rate: u32,
    recorded: Option<u32>,
    /// Where the two differ.
    resampler: Option<Resampler>,
    is_over: bool,
}

impl Reader {
    /// Reads a header, recognised by content.
    ///
    /// # Errors
    /// Says that the source is empty, cut short, or not audio.
    pub(super) fn open(mut source: ByteSource, sample_rate: u32) -> anyhow::Result<Self> {
        let mut first = Vec::new();
        source.by_ref().take(GIT_LFS.len() as u64).read_to_end(&mut first)?;
        source.rewind()?;
        ensure!(!first.is_empty(), "the file is empty");
        ensure!(
            first != GIT_LFS,
            "Git LFS holds it, and only a pointer to it is here; fetch it by `git lfs pull`"
        );
        // RF64 is what ffmpeg calls a WAV file of more than 4 GiB.
        let is_compressed = !(first.starts_with(b"RIFF") || first.starts_with(b"RF64"));
        let decoder: Box<dyn Decoder> =
            if is_compressed { Box::new(Compressed::open(source)?) } else { Box::new(Wav::open(source)?) };
        Ok(Self { decoder, is_compressed, sample_rate, recorded: None, resampler: None, is_over: false })
    }

    /// Samples per second of what comes out.
    pub(super) fn sample_rate(&self) -> usize {
        self.sample_rate as usize
    }

    /// Whether it is no WAV file.
    pub(super) fn is_compressed(&self) -> bool {
        self.is_compressed
    }

    fn next_block(&mut self) -> anyhow::Result<Option<Vec<i16>>> {
        while !self.is_over {
            let samples = match self.decoder.next()? {
                Some(block) => self.resampled(block)?,
                None => self.rest()?,
            };
            if !samples.is_empty() {
                // The conversion saturates.
                let quantised = samples.into_iter().map(|sample| (sample * 32768.0).round() as i16);
                return Ok(Some(quantised.collect()));
            }
        }
        Ok(None)
    }

    fn resampled(&mut self, Decoded { sample_rate, samples }: Decoded) -> anyhow::Result<Vec<f64>> {
        if samples.is_empty() {
            return Ok(samples);
        }
        if self.recorded.is_none() {
            self.begin(sample_rate)?;
        }
        ensure!(self.recorded == Some(sample_rate), "the sample rate changes within the recording");
        ensure!(samples.iter().all(|sample| sample.is_finite()), "it holds samples that are not numbers");
        let Some(resampler) = &mut self.resampler else { return Ok(samples) };
        let mut resampled = Vec::new();
        resampler.push(&samples, &mut resampled)?;
        Ok(resampled)
    }

    fn begin(&mut self, recorded: u32) -> anyhow::Result<()> {
        if !(8_000..=192_000).contains(&recorded) {
            bail!("its sample rate of {recorded} Hz is not within 8000 to 192000 Hz");
        }
        self.recorded = Some(recorded);
        if recorded != self.sample_rate {
            self.resampler = Some(Resampler::new(recorded, self.sample_rate)?);
        }
        Ok(())
    }

    /// What the resampler still holds once all is decoded.
    fn rest(&mut self) -> anyhow::Result<Vec<f64>> {
        ensure!(self.recorded.is_some(), "it holds no samples");
        self.is_over = true;
        let mut resampled = Vec::new();
        if let Some(resampler) = self.resampler.take() {
            resampler.end(&mut resampled)?;
        }
        Ok(resampled)
    }
}

impl Iterator for Reader {
    type Item = anyhow::Result<Vec<i16>>;

    fn next(&mut self) -> Option<Self::Item> {
        let block = self.next_block();
        self.is_over |= block.is_err();
        block.transpose()
    }
}
