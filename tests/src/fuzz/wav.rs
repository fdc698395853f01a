use firmware_sim::wav::WavReader;

/// A file is a recording on the device, or is refused; the size of the blocks makes no difference.
///
/// # Panics
/// If it does, or if there are more samples than the file has room for.
pub fn wav(bytes: &[u8]) {
    let recording = read_wav_on_device(bytes, 7);
    assert_eq!(recording, read_wav_on_device(bytes, 256));
    assert!(recording.is_none_or(|(_, samples)| samples.len() * 2 + 44 <= bytes.len()));
}

/// The sample rate and all samples of a WAV file as the firmware reads it, in blocks of a size.
#[must_use]
pub fn read_wav_on_device(bytes: &[u8], block_size: usize) -> Option<(u32, Vec<i16>)> {
    let mut reader = WavReader::new(bytes).ok()?;
    let mut samples = Vec::new();
    let mut block = vec![0; block_size];
    loop {
        let read = reader.read(&mut block).ok()?;
        if read.is_empty() {
            return Some((reader.sample_rate(), samples));
        }
        samples.extend_from_slice(read);
    }
}
