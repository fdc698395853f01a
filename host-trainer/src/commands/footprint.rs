use comfy_table::Table;

use crate::evaluate::{Footprint, FrontEndFacts, LayerFacts, TensorFacts};
use crate::features::MelScale;
use crate::table::table;

/// What a person wants to know of it.
pub(super) fn text(footprint: &Footprint) -> String {
    let Footprint { name, blob_bytes, weights_bytes, params, macs, arena_bytes, labels, .. } = footprint;
    let Footprint { frames_an_answer, front_end, layers, .. } = footprint;
    let mut facts = vec![
        ("model", name.clone()),
        ("labels", if labels.is_empty() { "none".to_owned() } else { labels.join(", ") }),
        ("blob", format!("{blob_bytes} bytes, {weights_bytes} of them weights")),
        ("parameters", params.to_string()),
        ("multiply-accumulates", macs.to_string()),
        ("arena", format!("{arena_bytes} bytes")),
        ("input", tensor(&footprint.input)),
        ("output", tensor(&footprint.output)),
    ];
    match front_end {
        Some(front_end) => facts.extend(hearing(front_end, *frames_an_answer)),
        None => facts.push(("an answer", format!("every {frames_an_answer} rows of the input"))),
    }
    let mut text = String::new();
    for (name, value) in facts {
        text += &format!("{name:<22}{value}\n");
    }
    text + "\n" + &layer_table(layers).to_string()
}

fn tensor(TensorFacts { shape, scale, zero_point }: &TensorFacts) -> String {
    let [height, width, channels] = shape;
    format!("{height} x {width} x {channels}, a value q stands for {scale} (q - {zero_point})")
}

fn hearing(front_end: &FrontEndFacts, frames_an_answer: u32) -> [(&'static str, String); 7] {
    let hops = f64::from(frames_an_answer) * f64::from(front_end.hop_length);
    let seconds = hops / f64::from(front_end.sample_rate);
    [
        ("sample rate", format!("{} Hz", front_end.sample_rate)),
        ("FFT, hop", format!("{}, {} samples", front_end.fft_length, front_end.hop_length)),
        ("window", format!("{} samples, {} frames", front_end.window_samples, front_end.frames)),
        ("mel bands", format!("{}, {}", front_end.mel_bands, front_end.normalisation)),
        ("mel scale", scale(front_end.mel_scale)),
        ("reference", front_end.reference.replace('_', " ")),
        ("an answer", format!("every {frames_an_answer} frames, {seconds:.3} s")),
    ]
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
