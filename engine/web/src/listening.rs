use engine::Model;
use engine::listen::happening::{Happening, Said};
use engine::listen::{Conversion, Event, Listener, Settings, Stage};
use serde::Serialize;

use crate::spectrogram::Spectrogram;

/// Bytes of arena: as on the host, where models of any kind are tried; the shipped one needs a tenth of it.
const ARENA: usize = 512 * 1024;
/// The quietest level that is told, in dB below full scale.
const QUIETEST: f64 = -100.0;

/// A stream that is listened to as `host-trainer listen` does: by the same code, with the same settings.
pub struct Listening {
    listener: Box<Listener<'static, ARENA>>,
    conversion: Option<Conversion<'static>>,
    spectrogram: Spectrogram,
    /// Samples per second of the stream.
    rate: u32,
    bytes: usize,
}

/// What a page tells of a model.
#[derive(Debug, Serialize)]
pub struct Facts {
    name: &'static str,
    labels: Vec<&'static str>,
    /// Samples per second that it hears.
    rate: u32,
    /// Seconds of a window.
    window: f64,
    /// Mel bands of a column of the spectrogram.
    bands: u16,
    /// Seconds between two columns.
    hop: f64,
    /// Of the blob.
    bytes: usize,
}

/// What came of some samples.
#[derive(Debug, Serialize)]
pub struct Heard {
    /// Seconds of the stream so far.
    t: f64,
    /// What listens: `asleep`, `attentive`, `speech`, `ending` or `doubtful`.
    stage: &'static str,
    /// The samples' root mean square in dB, where that of the largest amplitude is 0.
    level: f64,
    /// What happened, each as `host-trainer listen --json` prints it.
    pub events: Vec<Happening>,
    /// What the utterance that is under way is so far.
    so_far: Option<Said>,
    /// New columns of the spectrogram.
    columns: usize,
}

impl Listening {
    /// Checks a model's blob and starts a stream of a rate in Hz; 0 is the model's own.
    ///
    /// # Errors
    /// Says what is wrong with the model, or that the rate can't be brought to its own.
    pub fn start(blob: &'static [u8], rate: u32) -> Result<Self, String> {
        let front_end = *Model::from_bytes(blob).map_err(|error| error.to_string())?.front_end();
        let rate = if rate == 0 { front_end.sample_rate } else { rate };
        let conversion =
            if rate == front_end.sample_rate { None } else { Some(conversion(rate, front_end.sample_rate)?) };
        let mut listener = Box::new(Listener::new());
        let settings = Settings { conversion, ..Settings::DEFAULT };
        listener.load(blob, &settings).map_err(|error| error.to_string())?;
        let spectrogram = Spectrogram::new(&front_end, conversion);
        Ok(Self { listener, conversion, spectrogram, rate, bytes: blob.len() })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> Option<&Model<'static>> {
        self.listener.model()
    }

    /// From the stream's rate to the model's, if they differ.
    #[must_use]
    pub const fn conversion(&self) -> Option<Conversion<'static>> {
        self.conversion
    }

    /// What is told of the model.
    #[must_use]
    pub fn facts(&self) -> Option<Facts> {
        let model = self.model()?;
        let front_end = model.front_end();
        let seconds = |samples: u32| f64::from(samples) / f64::from(front_end.sample_rate);
        Some(Facts {
            name: model.name(),
            labels: model.labels().iter().collect(),
            rate: front_end.sample_rate,
            window: seconds(front_end.window_samples),
            bands: front_end.mel_bands,
            hop: seconds(front_end.hop_length.into()),
            bytes: self.bytes,
        })
    }

    /// Hears the stream's next samples.
    ///
    /// # Errors
    /// Without a model.
    pub fn hear(&mut self, samples: &[i16]) -> Result<Heard, String> {
        self.spectrogram.hear(samples);
        let mut events = Vec::new();
        let heard = self.listener.push(samples, |event| events.push(event));
        heard.map_err(|error| error.to_string())?;
        Ok(self.heard(samples, events))
    }

    /// Ends the stream: an utterance that is under way is over.
    ///
    /// # Errors
    /// Without a model.
    pub fn finish(&mut self) -> Result<Heard, String> {
        self.spectrogram.hear(&[]);
        let mut events = Vec::new();
        self.listener.flush(|event| events.push(event)).map_err(|error| error.to_string())?;
        Ok(self.heard(&[], events))
    }

    /// The columns that the latest samples made.
    #[must_use]
    pub fn columns(&self) -> &[u8] {
        self.spectrogram.columns()
    }

    fn heard(&self, samples: &[i16], events: Vec<Event<'static>>) -> Heard {
        let stage = self.listener.stage();
        let is_speech = matches!(stage, Stage::Speech | Stage::Ending);
        Heard {
            t: self.listener.time() as f64 / f64::from(self.rate),
            stage: name(stage),
            level: level(samples),
            events: events.into_iter().map(|event| Happening::of(event, self.rate)).collect(),
            so_far: self.listener.so_far().filter(|_| is_speech).map(Said::from),
            columns: self.spectrogram.count(),
        }
    }
}

fn conversion(rate: u32, wanted: u32) -> Result<Conversion<'static>, String> {
    // As the model, for as long as the instance lives.
    let coefficients = Box::leak(Box::default());
    Conversion::between(rate, wanted, coefficients).ok_or_else(|| {
        let highest = 192_000.min(3 * wanted);
        format!("sound of {rate} Hz can't be heard by a model for {wanted} Hz; 4000 to {highest} Hz can")
    })
}

const fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Asleep => "asleep",
        Stage::Attentive => "attentive",
        Stage::Speech => "speech",
        Stage::Ending => "ending",
        Stage::Doubtful => "doubtful",
    }
}

fn level(samples: &[i16]) -> f64 {
    let sum: f64 = samples.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    let power = sum / samples.len().max(1) as f64 / f64::from(i16::MIN).powi(2);
    (10.0 * power.log10()).max(QUIETEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &[u8] = engine::include_model!("../../tests/data/loud.postcard");

    /// Full scale is 0 dB, a hundredth of it -40 dB.
    #[test]
    fn levels_are_worked_by_hand() {
        assert_eq!(level(&[i16::MIN; 3]), 0.0);
        assert!((level(&[328, -328]) + 40.0).abs() < 0.01);
        assert_eq!((level(&[0]), level(&[])), (QUIETEST, QUIETEST));
    }

    /// The model hears 16 kHz, and frames every 256 samples.
    #[test]
    fn a_stream_at_another_rate_has_as_many_columns() {
        for (rate, samples) in [(0, 16_000), (16_000, 16_000), (48_000, 48_000), (8000, 8000)] {
            let mut listening = Listening::start(MODEL, rate).unwrap();
            let facts = serde_json::to_value(listening.facts()).unwrap();
            let (hop, bands) = (facts["hop"].as_f64().unwrap(), facts["bands"].as_u64().unwrap() as usize);
            let heard = listening.hear(&vec![1000; samples]).unwrap();
            assert!((heard.columns as f64 - 1.0 / hop).abs() < 4.0, "{rate}: {heard:?}");
            assert_eq!(listening.columns().len(), heard.columns * bands);
            assert_eq!((heard.t, listening.finish().unwrap().columns), (1.0, 0));
        }
    }

    #[test]
    fn what_can_not_be_heard_is_said() {
        let error = |blob, rate| Listening::start(blob, rate).err().unwrap();
        assert!(error(b"RIFF, and so on, longer than a header is.", 0).contains("not a model blob"));
        assert!(error(&MODEL[..MODEL.len() - 1], 0).contains("cut short"));
        assert!(error(MODEL, 96_000).contains("4000 to 48000 Hz"));
    }
}
