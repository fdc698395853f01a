use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use comfy_table::Table;
use engine::Model;

use super::model::ModelFile;
use super::output;
use crate::evaluate::{Footprint, LayerFacts};
use crate::features::MelScale;
use crate::table::table;

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// The model blob; the shipped model if none is named.
    model: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let file = ModelFile { model: self.model };
        let blob = file.read()?;
        let model = Model::from_bytes(&blob).with_context(|| format!("cannot use {}", file.name()))?;
        let footprint = Footprint::of(&model, blob.len());
        if self.json { output::json(&footprint) } else { output::line(&text(&footprint)) }
    }
}

fn text(footprint: &Footprint) -> String {
    let Footprint { name, blob_bytes, weights_bytes, params, macs, arena_bytes, labels, .. } = footprint;
    let Footprint { frames_an_answer, front_end, layers, .. } = footprint;
    let hops = f64::from(*frames_an_answer) * f64::from(front_end.hop_length);
    let seconds = hops / f64::from(front_end.sample_rate);
    let facts = [
        ("model", name.clone()),
        ("labels", labels.join(", ")),
        ("blob", format!("{blob_bytes} bytes, {weights_bytes} of them weights")),
        ("parameters", params.to_string()),
        ("multiply-accumulates", macs.to_string()),
        ("arena", format!("{arena_bytes} bytes")),
        ("sample rate", format!("{} Hz", front_end.sample_rate)),
        ("FFT, hop", format!("{}, {} samples", front_end.fft_length, front_end.hop_length)),
        ("window", format!("{} samples, {} frames", front_end.window_samples, front_end.frames)),
        ("mel bands", format!("{}, {}", front_end.mel_bands, front_end.normalisation)),
        ("mel scale", scale(front_end.mel_scale)),
        ("reference", front_end.reference.replace('_', " ")),
        ("an answer", format!("every {frames_an_answer} frames, {seconds:.3} s")),
    ];
    let mut text = String::new();
    for (name, value) in facts {
        text += &format!("{name:<22}{value}\n");
    }
    text + "\n" + &layer_table(layers).to_string()
}

fn layer_table(layers: &[LayerFacts]) -> Table {
    let mut table = table(["layer", "input", "output", "rows kept", "MACs", "parameters"]);
    for layer in layers {
        let shape = |[height, width, channels]: [u16; 3]| format!("{height} x {width} x {channels}");
        let counts = [layer.history.to_string(), layer.macs.to_string(), layer.params.to_string()];
        let shapes = [shape(layer.input), shape(layer.output)];
        table.add_row([layer.name.clone()].into_iter().chain(shapes).chain(counts));
    }
    table
}

fn scale(scale: MelScale) -> String {
    match scale {
        MelScale::Slaney => "Slaney's".to_owned(),
        MelScale::Logarithmic { corner_hz } => format!("logarithmic, corner at {corner_hz} Hz"),
    }
}
