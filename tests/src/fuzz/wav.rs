use firmware_sim::wav::WavReader;
use host_trainer::audio;

/// A file is a recording or is refused, on the device and on the host; where both read it, and nothing
/// is resampled, they hear the same.
///
/// # Panics
/// If they do not.
pub fn wav(bytes: &[u8]) {
    if !bytes.starts_with(b"RIFF") {
        return; // Other formats are left to symphonia.
    }
    let device = read_on_device(bytes);
    let Ok(host) = audio::decode(bytes.to_vec()) else { return };
    if let Some((audio::SAMPLE_RATE, samples)) = device {
        assert_eq!(samples, host);
    }
}

/// The sample rate and all samples, read in small blocks.
fn read_on_device(bytes: &[u8]) -> Option<(u32, Vec<i16>)> {
    let mut reader = WavReader::new(bytes).ok()?;
    let mut samples = Vec::new();
    let mut block = [0; 7];
    loop {
        let read = reader.read(&mut block).ok()?;
        if read.is_empty() {
            return Some((reader.sample_rate(), samples));
        }
        samples.extend_from_slice(read);
    }
}
