//! What a preset's values may be. Each message names the field as the file has it.

use std::fmt::Display;
use std::ops::RangeInclusive;

use anyhow::{Context, ensure};
use engine::blob::{MAX_LABELS, MAX_LAYERS};
use engine::front_end::MAX_MEL_BANDS;

use super::{Architecture, Plain, Preset, Recipe, Residual, Stage};
use crate::augment::{Augmentation, Channel, Mask, Speed};
use crate::features::{FrontEndSpec, Reference, Running};
use crate::network::OpSpec;
use crate::training::VoiceContext;

/// Characters of a name at most.
pub(crate) const LONGEST_NAME: usize = 40;
/// Samples per second: from a telephone's to a studio's.
const SAMPLE_RATES: RangeInclusive<u32> = 8_000..=48_000;
/// Channels of a convolution, or values of a dense layer.
const CHANNELS: RangeInclusive<usize> = 1..=1024;
/// More would leave nothing to learn from.
const DROPOUT: RangeInclusive<f32> = 0.0..=0.9;
/// The engine's limit to the frames of a window.
const FRAMES: RangeInclusive<usize> = 1..=1024;
/// The engine's limit to the values that a layer writes.
const MAX_VALUES: usize = 1 << 24;
/// A hundred times what fits a microcontroller.
const MAX_WEIGHTS: usize = 1 << 24;

impl Preset {
    /// Makes sure that it can be trained and that the engine takes what comes out.
    ///
    /// # Errors
    /// Names the first field that is out of range.
    pub(crate) fn validate(&self) -> anyhow::Result<()> {
        preset(self)
    }
}

fn preset(preset: &Preset) -> anyhow::Result<()> {
    within("the length of name", preset.name.chars().count(), 1..=LONGEST_NAME)?;
    ensure!(!preset.name.contains(char::is_control), "name has a character that cannot be printed");
    front_end(&preset.front_end)?;
    match &preset.network {
        Architecture::Residual(network) => residual(network),
        Architecture::Plain(network) => plain(network),
    }?;
    layers(preset)?;
    recipe(&preset.recipe)?;
    augmentation(&preset.recipe.augmentation, &preset.front_end)
}

fn front_end(front_end: &FrontEndSpec) -> anyhow::Result<()> {
    let FrontEndSpec { sample_rate, fft_length, hop_length, mel_bands, window_samples, .. } = *front_end;
    within("front_end.sample_rate", sample_rate, SAMPLE_RATES)?;
    ensure!(
        matches!(fft_length, 512 | 1024 | 2048),
        "front_end.fft_length is {fft_length}, not 512, 1024 or 2048"
    );
    within("front_end.hop_length", hop_length, 1..=fft_length)?;
    within("front_end.mel_bands", mel_bands.into(), 1..=MAX_MEL_BANDS)?;
    within("front_end.window_samples", window_samples, 1..=u32::MAX)?;
    within("the number of frames, front_end.window_samples / hop_length + 1,", front_end.frames(), FRAMES)?;
    match front_end.reference {
        Reference::Running(reference) => running(&reference, mel_bands),
        Reference::WindowMaximum | Reference::Power { .. } => Ok(()),
    }
}

fn running(running: &Running, mel_bands: u16) -> anyhow::Result<()> {
    let field = |name: &str| format!("front_end.reference.running.{name}");
    let Running { loudness_bands: [first, end], lasting, quietest, held, speech_below, pause, .. } = *running;
    let Running { prior_weight, memory, muted_bands, .. } = *running;
    within(&field("loudness_bands[1]"), end.into(), 1..=mel_bands)?;
    within(&field("loudness_bands[0]"), first, 0..=end - 1)?;
    within(&field("lasting"), lasting, 1..=8)?;
    within(&field("quietest"), quietest, -100..=100)?;
    within(&field("held"), held, 1..=64)?;
    within(&field("speech_below"), speech_below, 1..=100)?;
    within(&field("pause"), pause, 1..=u16::MAX)?;
    within(&field("prior_weight"), prior_weight, 1..=u16::MAX)?;
    within(&field("memory"), memory, 1..=16_384)?;
    within(&field("muted_bands"), muted_bands.into(), 0..=mel_bands)
}

fn residual(network: &Residual) -> anyhow::Result<()> {
    let Residual { branches, stem, stages, dropout } = network;
    within("network.residual.branches", *branches, 1..=MAX_LAYERS)?;
    within("network.residual.stem", *stem, CHANNELS)?;
    for (index, Stage { channels, stride }) in stages.iter().enumerate() {
        within(&format!("network.residual.stages[{index}].channels"), *channels, CHANNELS)?;
        for step in stride {
            within(&format!("network.residual.stages[{index}].stride"), *step, 1..=8)?;
        }
    }
    within("network.residual.dropout", *dropout, DROPOUT)
}

fn plain(network: &Plain) -> anyhow::Result<()> {
    let Plain { channels, dense, dropout } = network;
    for &channels in channels {
        within("network.plain.channels", channels, CHANNELS)?;
    }
    within("network.plain.dense", *dense, CHANNELS)?;
    dropout.iter().try_for_each(|&dropout| within("network.plain.dropout", dropout, DROPOUT))
}

/// What the engine holds against a network as a whole.
fn layers(preset: &Preset) -> anyhow::Result<()> {
    let network = preset.network(MAX_LABELS);
    let deployed = network.layers.iter().filter(|layer| !matches!(layer.op, OpSpec::Dropout { .. }));
    // A softmax follows.
    within("the number of network's layers", deployed.count() + 1, 1..=MAX_LAYERS)?;
    let shapes = network.shapes().context("network does not fit front_end")?;
    let largest = shapes.into_iter().map(|shape| shape.iter().product()).max().unwrap_or(0);
    within("the most values that a layer of network writes", largest, 1..=MAX_VALUES)?;
    within("the number of network's weights", network.params(), 1..=MAX_WEIGHTS)
}

fn recipe(recipe: &Recipe) -> anyhow::Result<()> {
    within("recipe.epochs", recipe.epochs, 1..=10_000)?;
    within("recipe.batch", recipe.batch, 1..=1024)?;
    within("recipe.learning_rate", recipe.learning_rate, 1e-6..=1.0)?;
    within("recipe.weight_decay", recipe.weight_decay, 0.0..=1.0)?;
    within("recipe.label_smoothing", recipe.label_smoothing, 0.0..=0.99)?;
    within("recipe.teacher.share", recipe.teacher.share, 0.0..=1.0)?;
    within("recipe.teacher.temperature", recipe.teacher.temperature, 0.1..=20.0)?;
    for (name, &weight) in &recipe.corpora {
        within(&format!("recipe.corpora.{name}"), weight, 0.01..=100.0)?;
    }
    let Some(VoiceContext { cold_share, most_clips }) = recipe.context else { return Ok(()) };
    within("recipe.context.cold_share", cold_share, 0.0..=1.0)?;
    within("recipe.context.most_clips", most_clips, 1..=1000)
}

fn augmentation(augmentation: &Augmentation, front_end: &FrontEndSpec) -> anyhow::Result<()> {
    let Augmentation { noisy_share, gain, channel, speed, shift, .. } = augmentation;
    let Augmentation { band_mask, time_mask, band_shift, mixup, .. } = augmentation;
    let field = |name: &str| format!("recipe.augmentation.{name}");
    within(&field("noisy_share"), *noisy_share, 0.0..=1.0)?;
    within(&field("gain"), *gain, 0.0..=60.0)?;
    let Speed { share, furthest } = *speed;
    within(&field("speed.share"), share, 0.0..=1.0)?;
    within(&field("speed.furthest"), furthest, 1.0..=2.0)?;
    within(&field("shift"), *shift, 0.0..=60.0)?;
    let bands = front_end.mel_bands.into();
    for (name, mask, size) in [("band_mask", band_mask, bands), ("time_mask", time_mask, front_end.frames())]
    {
        let Mask { share, width } = *mask;
        within(&field(&format!("{name}.share")), share, 0.0..=1.0)?;
        within(&field(&format!("{name}.width")), width, 1..=size)?;
    }
    within(&field("band_shift"), *band_shift, 0..=bands)?;
    mixup.map_or(Ok(()), |alpha| within(&field("mixup"), alpha, 0.01..=10.0))?;
    self::channel(channel, front_end.sample_rate)
}

fn channel(channel: &Channel, rate: u32) -> anyhow::Result<()> {
    let Channel { room, tilt, low_pass, click, thump, hum, dc, level, telephone, packet_loss } = channel;
    let nyquist = f64::from(rate) / 2.0;
    let shares = [
        ("room", room.map(|room| room.share)),
        ("tilt", tilt.map(|tilt| tilt.share)),
        ("low_pass", low_pass.map(|low_pass| low_pass.share)),
        ("click", click.map(|click| click.share)),
        ("thump", thump.map(|thump| thump.share)),
        ("hum", hum.map(|hum| hum.share)),
        ("dc", dc.map(|dc| dc.share)),
        ("level", level.map(|level| level.share)),
        ("telephone", telephone.map(|telephone| telephone.share)),
        ("packet_loss", packet_loss.map(|packet_loss| packet_loss.share)),
    ]
    .map(|(name, share)| (format!("{name}.share"), share, 0.0..=1.0));
    // No quieter level may be asked for than the loudest.
    let loudest = level.map_or(0.0, |level| level.loudest);
    let values = [
        ("room.longest", room.map(|room| room.longest), 0.1..=2.0),
        ("tilt.steepest", tilt.map(|tilt| tilt.steepest), 0.0..=12.0),
        ("low_pass.lowest", low_pass.map(|low_pass| low_pass.lowest), 300.0..=nyquist),
        ("click.highest", click.map(|click| click.highest), 1.0..=32_768.0),
        ("thump.highest", thump.map(|thump| thump.highest), 1.0..=32_768.0),
        ("hum.loudest", hum.map(|hum| hum.loudest), -60.0..=30.0),
        ("dc.furthest", dc.map(|dc| dc.furthest), 0.0..=16_384.0),
        ("level.loudest", level.map(|level| level.loudest), -60.0..=40.0),
        ("level.quietest", level.map(|level| level.quietest), -60.0..=loudest),
        ("packet_loss.most", packet_loss.map(|packet_loss| packet_loss.most), 0.0..=0.5),
    ]
    .map(|(name, value, range)| (name.to_owned(), value, range));
    for (name, value, range) in shares.into_iter().chain(values) {
        if let Some(value) = value {
            within(&format!("recipe.augmentation.channel.{name}"), value, range)?;
        }
    }
    Ok(())
}

fn within<T: Copy + PartialOrd + Display>(
    field: &str,
    value: T,
    range: RangeInclusive<T>,
) -> anyhow::Result<()> {
    let (low, high) = (range.start(), range.end());
    ensure!(range.contains(&value), "{field} is {value}, not within {low} to {high}");
    Ok(())
}
