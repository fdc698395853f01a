//! A recording over time: what it sounds like, and what a model said of it.

mod columns;
mod picture;
mod sound_track;
#[cfg(test)]
mod tests;

use std::path::Path;

use askama::Template;
use engine::Model;

use self::columns::Columns;
use self::picture::{Picture, Strip};
use self::sound_track::SoundTrack;
use super::figures::Figures;
use super::{chart, spectrogram};
use crate::evaluate::Moment;
use crate::features::decibels;
use crate::files;

/// What a model said of a recording over time, for a picture. It takes the same memory however long the recording is.
pub struct Timeline<'m> {
    file: String,
    model: Model<'m>,
    /// Seconds between answers.
    every: f64,
    sound: SoundTrack<'m>,
    /// The probability of each label.
    answers: Columns,
    /// Where the time of the first answer begins, and that of the latest ends, in seconds.
    answered: Option<(f64, f64)>,
    /// How long each label was the answer while somebody spoke, in seconds.
    spoken: Vec<f64>,
}

impl<'m> Timeline<'m> {
    /// Nothing yet of a recording that will be answered every so many seconds.
    #[must_use]
    pub fn new(file: &Path, model: &Model<'m>, every: f64) -> Self {
        let labels = model.labels().iter().count();
        Self {
            file: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            model: *model,
            every,
            sound: SoundTrack::new(model.front_end()),
            answers: Columns::new(labels),
            answered: None,
            spoken: vec![0.0; labels],
        }
    }

    /// Takes the next samples of the recording.
    pub fn hear(&mut self, samples: &[i16]) {
        self.sound.push(samples);
    }

    /// Takes the next answer.
    pub fn note(&mut self, moment: &Moment) {
        let (start, since) = self.answered.unwrap_or([(moment.t - self.every).max(0.0); 2].into());
        self.answered = Some((start, moment.t));
        // Each is rounded to 1/256, so that their sum is not quite 1.
        let shares = || moment.prediction.probabilities.iter().map(|&(_, share)| f64::from(share));
        let sum = shares().sum::<f64>().max(f64::MIN_POSITIVE);
        self.answers.push(shares().map(|share| share / sum));
        if moment.speech != Some(false) {
            self.spoken[moment.prediction.class] += moment.t - since;
        }
    }

    /// The recording is over: writes a page, the picture alone, or both.
    ///
    /// # Errors
    /// Names the file that can't be written.
    pub fn write(mut self, html: Option<&Path>, svg: Option<&Path>) -> anyhow::Result<()> {
        self.sound.end();
        let picture = self.picture()?;
        if let Some(path) = svg {
            files::write_whole(path, picture.as_bytes())?;
        }
        if let Some(path) = html {
            files::write_whole(path, self.page(&picture).render()?.as_bytes())?;
        }
        Ok(())
    }

    /// In seconds.
    fn length(&self) -> f64 {
        self.sound.samples() as f64 / f64::from(self.model.front_end().sample_rate)
    }

    fn picture(&self) -> anyhow::Result<String> {
        let params = self.model.front_end();
        let hop = f64::from(params.hop_length) / f64::from(params.sample_rate);
        let (power, spoken) = (self.sound.power(), self.sound.spoken());
        let powers: Vec<f32> = power.means().flatten().map(|power| power as f32).collect();
        let bands = usize::from(params.mel_bands);
        let labels: Vec<&str> = self.model.labels().iter().collect();
        Picture {
            seconds: self.length(),
            highest_hertz: params.sample_rate / 2,
            spectrogram: spectrogram::data_uri(&decibels(&powers), powers.len() / bands, bands)?,
            labels: &labels,
            answers: Strip {
                start: self.answered.map_or(0.0, |(start, _)| start),
                step: self.every * self.answers.span() as f64,
                columns: self.answers.means().collect(),
            },
            spoken: Strip { start: 0.0, step: hop * spoken.span() as f64, columns: spoken.means().collect() },
        }
        .draw()
    }

    fn page<'a>(&'a self, picture: &str) -> TimelinePage<'a> {
        let labels: Vec<&str> = self.model.labels().iter().collect();
        let total: f64 = self.spoken.iter().sum();
        let row = |(index, (&name, &seconds)): (usize, (&&'a str, &f64))| LabelRow {
            name,
            colour: chart::css(chart::label_colour(index, labels.len())),
            seconds: format!("{seconds:.1}"),
            share: if total > 0.0 { seconds / total } else { 0.0 },
        };
        let rows = labels.iter().zip(&self.spoken).enumerate().map(row).collect();
        TimelinePage {
            file: &self.file,
            model: self.model.name(),
            length: duration(self.length()),
            every: self.every,
            knows_speech: self.sound.spoken().rows() > 0,
            spoken: duration(total),
            picture: chart::inline(picture),
            rows,
        }
    }
}

/// The page, ready to be filled in.
#[derive(Template)]
#[template(path = "timeline.html")]
struct TimelinePage<'a> {
    file: &'a str,
    model: &'a str,
    length: String,
    every: f64,
    /// Whether the model tells speech from silence.
    knows_speech: bool,
    spoken: String,
    picture: String,
    rows: Vec<LabelRow<'a>>,
}

impl Figures for TimelinePage<'_> {}

/// What the page says of a label.
struct LabelRow<'a> {
    name: &'a str,
    colour: String,
    seconds: String,
    /// Of the time in which somebody speaks, 0 to 1.
    share: f64,
}

/// A time of some seconds as hours, minutes and seconds.
fn duration(seconds: f64) -> String {
    let whole = seconds as u64;
    let (hours, minutes) = (whole / 3600, whole / 60 % 60);
    match whole {
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{minutes} min {} s", whole % 60),
        _ => format!("{hours} h {minutes} min {} s", whole % 60),
    }
}
