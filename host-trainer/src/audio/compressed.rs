use std::io::Cursor;

use anyhow::{Context, bail, ensure};
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::{Decoded, check_sample_rate, mix_down};

/// The longest recording, in seconds. In a few bytes FLAC holds 65535 samples of silence: without a limit a short
/// file could fill the memory.
const MAX_SECONDS: usize = 30 * 60;

/// Decodes AIFF, FLAC, MP3, Ogg Vorbis or AAC (M4A), recognised by content. FLAC is checked against its MD5.
pub(super) fn decode(bytes: Vec<u8>) -> anyhow::Result<Decoded> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
        .ok()
        .context("not a WAV, AIFF, FLAC, MP3, Ogg Vorbis or AAC (M4A) recording")?;
    let track = format.default_track(TrackType::Audio).context("there is no audio in it")?;
    let codec = track.codec_params.as_ref().and_then(|params| params.audio()).context("it names no codec")?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(codec, &AudioDecoderOptions::default().verify(true))
        .context("convert it to WAV or FLAC")?;
    let track_id = track.id;

    let mut sample_rate = None;
    let mut samples = Vec::new();
    let mut interleaved = Vec::new();
    while let Some(packet) = format.next_packet().context("the recording is broken")? {
        if packet.track_id != track_id {
            continue;
        }
        let decoded = decoder.decode(&packet).context("the recording is broken")?;
        let spec = decoded.spec();
        check_sample_rate(spec.rate())?;
        if *sample_rate.get_or_insert(spec.rate()) != spec.rate() {
            bail!("the sample rate changes within the recording");
        }
        let channels = spec.channels().count();
        decoded.copy_to_vec_interleaved(&mut interleaved);
        samples.extend(mix_down(&interleaved, channels));
        ensure!(
            samples.len() <= MAX_SECONDS * spec.rate() as usize,
            "it lasts more than half an hour; cut it up, or convert it to WAV"
        );
    }
    ensure!(
        decoder.finalize().verify_ok != Some(false),
        "the recording is cut short or altered: its MD5 does not match; copy it again"
    );
    Ok(Decoded { sample_rate: sample_rate.context("it holds no samples")?, samples })
}
