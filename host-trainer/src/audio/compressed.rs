use anyhow::{Context, ensure};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::decoder::{ByteSource, Decoded, Decoder};
use crate::unpanicked::unpanicked;

const BROKEN: &str = "the recording is broken";

/// Decodes AIFF, FLAC, MP3, Ogg Vorbis, AAC or ALAC (M4A, CAF), recognised by content, packet by packet. FLAC is
/// checked against its MD5 at the end.
pub(super) struct Compressed {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    interleaved: Vec<f64>,
}

impl Compressed {
    pub(super) fn open(source: ByteSource) -> anyhow::Result<Self> {
        unpanicked(|| Self::recognise(source)).context(BROKEN)?
    }

    fn recognise(source: ByteSource) -> anyhow::Result<Self> {
        let stream = MediaSourceStream::new(source, Default::default());
        let format = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
            .ok()
            .context("not a WAV, AIFF, FLAC, MP3, Ogg Vorbis or AAC (M4A) recording")?;
        let track = format.default_track(TrackType::Audio).context("there is no audio in it")?;
        let codec =
            track.codec_params.as_ref().and_then(|params| params.audio()).context("it names no codec")?;
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(codec, &AudioDecoderOptions::default().verify(true))
            .context("convert it to WAV or FLAC")?;
        let track_id = track.id;
        Ok(Self { format, decoder, track_id, interleaved: Vec::new() })
    }

    fn decode_packet(&mut self) -> anyhow::Result<Option<Decoded>> {
        let packet = loop {
            match self.format.next_packet().context(BROKEN)? {
                Some(packet) if packet.track_id == self.track_id => break packet,
                Some(_) => (),
                None => {
                    ensure!(
                        self.decoder.finalize().verify_ok != Some(false),
                        "the recording is cut short or altered: its MD5 does not match; copy it again"
                    );
                    return Ok(None);
                }
            }
        };
        let decoded = self.decoder.decode(&packet).context(BROKEN)?;
        let (sample_rate, channels) = (decoded.spec().rate(), decoded.spec().channels().count());
        decoded.copy_to_vec_interleaved(&mut self.interleaved);
        Ok(Some(Decoded::mix_down(sample_rate, &self.interleaved, channels)))
    }
}

impl Decoder for Compressed {
    fn next(&mut self) -> anyhow::Result<Option<Decoded>> {
        unpanicked(|| self.decode_packet()).context(BROKEN)?
    }
}
