use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use anyhow::{Context, bail};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{Data, Device, Error, ErrorKind, FromSample, SampleFormat, SizedSample, SupportedStreamConfig};

use super::source::Source;

/// Blocks that may wait to be heard, some ten seconds. A microphone can't wait: what comes on top is lost.
const WAITING: usize = 1024;

/// Where blocks go, or the error that ends them.
type Sender = SyncSender<io::Result<Vec<i16>>>;

/// Hears the microphone that the system is set to, in the card's own format and at its own rate.
///
/// # Errors
/// There is none, or it can't be used.
pub fn open() -> anyhow::Result<Source> {
    // ALSA prints all that it tries; what came of it is in the errors.
    #[cfg(target_os = "linux")]
    let _quiet = alsa::Output::local_error_handler();
    let device = cpal::default_host().default_input_device();
    let config = device.as_ref().and_then(|device| device.default_input_config().ok());
    let (Some(device), Some(config)) = (device, config) else {
        bail!(
            "there is no sound card that hears: connect a microphone, or pipe samples in without --sound-card"
        );
    };
    start(&device, config).with_context(|| format!("cannot hear the sound card ({device})"))
}

fn start(device: &Device, config: SupportedStreamConfig) -> anyhow::Result<Source> {
    let (sender, blocks) = sync_channel(WAITING);
    let overruns = Arc::new(AtomicU64::new(0));
    let channels = config.channels().into();
    let pass_on = {
        let (sender, overruns) = (sender.clone(), Arc::clone(&overruns));
        move |data: &Data, _: &_| pass_on(words(data, channels), &sender, &overruns)
    };
    let note = {
        let overruns = Arc::clone(&overruns);
        move |error| note(error, &sender, &overruns)
    };
    let stream =
        device.build_input_stream_raw(config.config(), config.sample_format(), pass_on, note, None)?;
    stream.play()?;
    let name = format!("the sound card ({device})");
    Ok(Source { name, rate: config.sample_rate(), blocks, overruns, _open: Box::new(stream) })
}

/// Never waits, since the card does not.
fn pass_on(words: io::Result<Vec<i16>>, sender: &Sender, overruns: &AtomicU64) {
    if let Err(TrySendError::Full(_)) = sender.try_send(words) {
        overruns.fetch_add(1, Ordering::Relaxed);
    }
}

/// Counts what the card lost, and passes on what ends the stream.
fn note(error: Error, sender: &Sender, overruns: &AtomicU64) {
    match error.kind() {
        ErrorKind::Xrun => _ = overruns.fetch_add(1, Ordering::Relaxed),
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        // Nobody may be listening any more.
        _ => _ = sender.send(Err(io::Error::other(error))),
    }
}

/// The first channel of what the card gives.
fn words(data: &Data, channels: usize) -> io::Result<Vec<i16>> {
    let words = match data.sample_format() {
        SampleFormat::I8 => first_channel::<i8>(data, channels),
        SampleFormat::I16 => first_channel::<i16>(data, channels),
        SampleFormat::I24 => first_channel::<cpal::I24>(data, channels),
        SampleFormat::I32 => first_channel::<i32>(data, channels),
        SampleFormat::I64 => first_channel::<i64>(data, channels),
        SampleFormat::U8 => first_channel::<u8>(data, channels),
        SampleFormat::U16 => first_channel::<u16>(data, channels),
        SampleFormat::U24 => first_channel::<cpal::U24>(data, channels),
        SampleFormat::U32 => first_channel::<u32>(data, channels),
        SampleFormat::U64 => first_channel::<u64>(data, channels),
        SampleFormat::F32 => first_channel::<f32>(data, channels),
        SampleFormat::F64 => first_channel::<f64>(data, channels),
        _ => None,
    };
    words.ok_or_else(|| io::Error::other(format!("its format {} is unknown", data.sample_format())))
}

fn first_channel<T: SizedSample>(data: &Data, channels: usize) -> Option<Vec<i16>>
where
    i16: FromSample<T>,
{
    Some(data.as_slice::<T>()?.iter().step_by(channels.max(1)).map(|&sample| sample.to_sample()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a card would give.
    fn heard<T: SizedSample>(mut samples: Vec<T>, channels: usize) -> Vec<i16> {
        // SAFETY: the pointer and the length are those of a slice of this format, which lives as long.
        let data = unsafe { Data::from_parts(samples.as_mut_ptr().cast(), samples.len(), T::FORMAT) };
        words(&data, channels).unwrap()
    }

    #[test]
    fn every_format_gives_the_same_words_of_the_first_channel() {
        let expected = [i16::MIN, -256, 0, 256, 0x7f00];
        let i16s: Vec<i16> = expected.iter().flat_map(|&word| [word, 99]).collect();
        assert_eq!(heard(i16s, 2), expected);
        assert_eq!(heard(expected.map(|word| (word >> 8) as i8).to_vec(), 1), expected);
        assert_eq!(heard(expected.map(|word| i32::from(word) << 16).to_vec(), 1), expected);
        assert_eq!(heard(expected.map(|word| f32::from(word) / 32_768.0).to_vec(), 1), expected);
        assert_eq!(heard(expected.map(|word| f64::from(word) / 32_768.0).to_vec(), 1), expected);
        assert_eq!(heard(expected.map(|word| word as u16 ^ 0x8000).to_vec(), 1), expected);
        assert_eq!(heard(vec![2.0_f32, -2.0], 1), [i16::MAX, i16::MIN]);
    }

    #[test]
    fn what_nobody_takes_in_time_is_counted_and_what_the_card_lost_too() {
        let (sender, blocks) = sync_channel(1);
        let overruns = AtomicU64::new(0);
        for block in [vec![1], vec![2], vec![3]] {
            pass_on(Ok(block), &sender, &overruns);
        }
        note(ErrorKind::Xrun.into(), &sender, &overruns);
        note(ErrorKind::DeviceChanged.into(), &sender, &overruns);
        assert_eq!(overruns.load(Ordering::Relaxed), 3);
        assert_eq!(blocks.recv().unwrap().unwrap(), [1]);
        note(ErrorKind::DeviceNotAvailable.into(), &sender, &overruns);
        assert!(blocks.recv().unwrap().unwrap_err().to_string().contains("disconnected"));
    }
}
