use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;
use engine::listen::{Conversion, DecisionSettings, Gain, Settings};
use engine::{Model, Voice};

use super::model::ModelFile;
use super::output;
use super::values::percent;
use crate::evaluate::HostListener;
use crate::listen::{
    Happening, Said, Screen, Source, View, ensure_kept, read_voice, sound_card, standard_input, write_voice,
};

/// Between two looks whether Ctrl-C was pressed.
const PATIENCE: Duration = Duration::from_millis(50);

static IS_STOPPED: AtomicBool = AtomicBool::new(false);

#[derive(Debug, Args)]
pub(super) struct Listen {
    #[command(flatten)]
    model: ModelFile,
    /// Hear the sound card at its own rate, its first channel, instead of standard input (built with `--features
    /// sound-card`).
    #[arg(long, conflicts_with_all = ["rate", "channels"])]
    sound_card: bool,
    /// Sample rate of standard input in Hz, 4000 to 192000 and at most three times the model's, which it is if left
    /// out.
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(4000..=192_000))]
    rate: Option<u32>,
    /// Interleaved channels of standard input, of which the first is heard.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=32))]
    channels: u8,
    /// Makes the microphone so many dB louder, -40 to 40.
    #[arg(long, value_name = "DB", default_value_t = 0,
        value_parser = clap::value_parser!(i8).range(-40..=40))]
    gain: i8,
    /// The probability from which on an emotion is announced, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = DecisionSettings::DEFAULT.threshold,
        value_parser = percent)]
    threshold: u8,
    /// File of a voice: if it is there, the voice is known from the start; at the end what has been learnt is stored in
    /// it.
    #[arg(long, value_name = "FILE")]
    enrol: Option<PathBuf>,
    /// Print a line of JSON for each event.
    #[arg(long)]
    json: bool,
}

/// Where events go.
enum Output {
    Json,
    Text,
    Terminal(Box<Screen>, View),
}

impl Listen {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let blob = self.model.read()?;
        let unusable = || format!("cannot use {}", self.model.name());
        let model = Model::from_bytes(&blob).with_context(unusable)?;
        let wanted = model.front_end().sample_rate;
        self.enrol.iter().try_for_each(|file| ensure_kept(file, &model))?;
        let source = self.source(wanted)?;
        let rate = source.rate;
        let mut coefficients = Vec::new();
        let conversion =
            if rate == wanted { None } else { Some(conversion(&source, wanted, &mut coefficients)?) };
        let decisions = DecisionSettings { threshold: self.threshold, ..DecisionSettings::DEFAULT };
        let settings =
            Settings { conversion, gain: Gain::decibels(self.gain), decisions, ..Settings::DEFAULT };
        let mut listener = Box::new(HostListener::new());
        listener.load(&blob, &settings).with_context(unusable)?;
        if let Some(voice) = self.stored_voice(&blob, &model)? {
            listener.restore_voice(&voice)?;
        }

        ctrlc::set_handler(|| IS_STOPPED.store(true, Ordering::Relaxed)).context("cannot wait for Ctrl-C")?;
        let mut output = self.output()?;
        let mut told = 0;
        while !IS_STOPPED.load(Ordering::Relaxed) {
            match source.blocks.recv_timeout(PATIENCE) {
                Ok(block) => {
                    let block = block.with_context(|| format!("cannot hear {}", source.name))?;
                    let mut happened = Vec::new();
                    listener
                        .push(block.iter().copied(), |event| happened.push(Happening::of(event, rate)))?;
                    happened.iter().try_for_each(|happening| output.note(happening))?;
                    output.hear(&block, listener.time() as f64 / f64::from(rate), listener.stage())?;
                }
                Err(RecvTimeoutError::Timeout) => output.rest()?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
            // Again whenever they are twice as many.
            let overruns = source.overruns();
            if overruns > 2 * told {
                told = overruns;
                output.tell(format!("some sound was lost: this machine is too slow ({overruns} in all)"));
            }
        }
        let mut happened = Vec::new();
        listener.flush(|event| happened.push(Happening::of(event, rate)))?;
        happened.iter().try_for_each(|happening| output.note(happening))?;
        drop(output);
        if source.overruns() > 0 {
            eprintln!("some sound was lost {} times", source.overruns());
        }
        if listener.time() == 0 {
            eprintln!("no sound came");
        }
        if let Some(overall) = listener.overall() {
            eprintln!("all utterances together: {}", Said::from(overall).text());
        }
        self.store(&blob, listener.voice()?)
    }

    fn source(&self, wanted: u32) -> anyhow::Result<Source> {
        if self.sound_card {
            let source = sound_card()?;
            eprintln!("listening to {} at {} Hz", source.name, source.rate);
            return Ok(source);
        }
        ensure!(
            !std::io::stdin().is_terminal(),
            "nothing is piped in; for example: arecord -t raw -f S16_LE -r 16000 | host-trainer listen --rate 16000"
        );
        Ok(standard_input(self.rate.unwrap_or(wanted), self.channels.into()))
    }

    fn output(&self) -> anyhow::Result<Output> {
        if self.json {
            return Ok(Output::Json);
        }
        if !std::io::stdout().is_terminal() {
            return Ok(Output::Text);
        }
        let screen = Screen::open().context("cannot draw on the terminal")?;
        Ok(Output::Terminal(Box::new(screen), View::default()))
    }

    /// The voice that is kept in the file, if there is one.
    fn stored_voice(&self, blob: &[u8], model: &Model<'_>) -> anyhow::Result<Option<Voice>> {
        let Some(path) = self.enrol.as_deref().filter(|path| path.exists()) else { return Ok(None) };
        let voice = read_voice(path, blob, model)?;
        eprintln!("the voice in {} is known by {} frames of speech", path.display(), voice.heard);
        Ok(Some(voice))
    }

    fn store(&self, blob: &[u8], voice: Voice) -> anyhow::Result<()> {
        let Some(path) = &self.enrol else { return Ok(()) };
        if voice.heard == 0 {
            eprintln!("nothing was learnt of a voice; {} is left as it is", path.display());
            return Ok(());
        }
        write_voice(path, blob, voice)
    }
}

/// From one rate to another.
fn conversion<'c>(
    source: &Source,
    wanted: u32,
    coefficients: &'c mut Vec<i16>,
) -> anyhow::Result<Conversion<'c>> {
    let Source { name, rate, .. } = source;
    Conversion::between(*rate, wanted, coefficients).with_context(|| {
        let highest = 192_000.min(3 * wanted);
        format!("{name} at {rate} Hz can't be heard by a model for {wanted} Hz; 4000 to {highest} Hz can")
    })
}

impl Output {
    fn note(&mut self, happening: &Happening) -> anyhow::Result<()> {
        match self {
            Self::Json => output::json(happening),
            Self::Text => output::line(&happening.text()),
            Self::Terminal(_, view) => {
                view.note(happening);
                Ok(())
            }
        }
    }

    fn hear(&mut self, words: &[i16], time: f64, stage: engine::listen::Stage) -> anyhow::Result<()> {
        if let Self::Terminal(_, view) = self {
            view.hear(words, time, stage);
        }
        self.rest()
    }

    /// Says something that is no event.
    fn tell(&mut self, line: String) {
        match self {
            Self::Json | Self::Text => eprintln!("{line}"),
            Self::Terminal(_, view) => view.tell(line),
        }
    }

    fn rest(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Terminal(screen, view) => screen.show(view).context("cannot draw on the terminal"),
            Self::Json | Self::Text => Ok(()),
        }
    }
}
