use askama::Template;
use engine::Model;
use engine::blob::Layer;
use plotters::style::{Color, RGBAColor, RGBColor};

use super::chart::{self, BLUE, Bars, GREY, ORANGE, PINK, PURPLE, Points, Series, Span, TEAL};
use super::figures::Figures;
use super::listener::Listener;
use super::metrics::speakers;
use super::{Elsewhere, FinishedTraining, spectrogram};
use crate::corpus::{Clip, Split, Summary, SummaryRow};
use crate::evaluate::{
    Both, ClassScores, Comparison, Confusion, Covered, Footprint, FrontEndFacts, LayerFacts, OfScores,
    PanelEntry, TestClip,
};
use crate::features::{decibels, mel_power};
use crate::network::FloatModel;
use crate::quantise::deployed;
use crate::training::Epoch;

/// Of UA and ECE.
const PANEL_COLOURS: [RGBColor; 2] = [BLUE, ORANGE];
/// Neighbours in time must differ.
const TENSORS: [RGBColor; 4] = [BLUE, TEAL, PURPLE, PINK];

/// The page, ready to be filled in.
#[derive(Template)]
#[template(path = "report.html")]
pub struct TrainingPage<'a> {
    run: &'a FinishedTraining<'a>,
    labels: &'a [String],
    float: &'a Confusion,
    int8: &'a Confusion,
    agreement: f64,
    intervals: Both<OfScores>,
    quantisation_warning: Option<String>,
    footprint: Footprint,
    front_end: FrontEndFacts,
    test_speakers: usize,
    charts: Vec<Chart>,
    recordings: Summary,
    panel: String,
    panel_keys: [(&'static str, String); 2],
    /// Share right over share answered.
    coverage: String,
    listener: Listener<'a>,
    spectrograms: Vec<Spectrogram>,
    layer_names: Vec<String>,
    arena: String,
}

/// Curves with their caption.
struct Chart {
    title: &'static str,
    svg: String,
    /// Name and colour of each line.
    keys: Vec<(&'static str, String)>,
}

/// A clip as an image.
struct Spectrogram {
    label: String,
    source: String,
    image: String,
}

impl<'a> TrainingPage<'a> {
    pub fn new(
        run: &'a FinishedTraining<'a>,
        comparison: &'a Comparison,
        Elsewhere { panel, streamed }: &'a Elsewhere,
    ) -> anyhow::Result<Self> {
        let model = Model::from_bytes(run.blob)?;
        let test = run.test.sources();
        let recordings = Summary::new(&[run.train, run.validation, &test].concat());
        Ok(Self {
            run,
            labels: comparison.int8.labels(),
            float: &comparison.float,
            int8: &comparison.int8,
            agreement: comparison.agreement,
            intervals: comparison.intervals,
            quantisation_warning: comparison.quantisation.warning(),
            footprint: Footprint::of(&model, run.blob.len()),
            front_end: model.front_end().into(),
            test_speakers: speakers(&test),
            charts: charts(run.history)?,
            panel: chart::bars(&panel.iter().map(bars).collect::<Vec<_>>(), PANEL_COLOURS)?,
            panel_keys: [("UA", chart::css(PANEL_COLOURS[0])), ("ECE", chart::css(PANEL_COLOURS[1]))],
            coverage: chart::scatter(&[coverage(&comparison.coverage)], false)?,
            listener: Listener::new(streamed)?,
            spectrograms: spectrograms(run)?,
            layer_names: layer_names(run.model)?,
            arena: arena(&model)?,
            recordings,
        })
    }

    fn split(&self) -> &'static str {
        match self.run.split {
            Split::Speaker => "speaker",
            Split::Random => "clip, at random",
        }
    }

    fn is_inflated(&self) -> bool {
        self.run.split == Split::Random
    }

    fn corpora(&self) -> String {
        self.recordings.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn class_names(&self) -> String {
        self.labels.join(", ")
    }

    fn confusions(&self) -> [(&'static str, &Confusion); 2] {
        [("int8", self.int8), ("float", self.float)]
    }

    /// Each class in int8 and in float.
    fn classes(&self) -> Vec<[ClassScores; 2]> {
        self.int8.classes().into_iter().zip(self.float.classes()).map(<[_; 2]>::from).collect()
    }

    /// The corpora, their total, and the parts of the split.
    fn recording_rows(&self) -> impl Iterator<Item = SummaryRow> {
        let Self { run, recordings: Summary { labels, rows, total }, .. } = self;
        let test = run.test.sources();
        let part = |(name, clips): (&str, &[Clip])| SummaryRow::count(name, labels, clips);
        let parts = [("training", run.train), ("validation", run.validation), ("test", &test)].map(part);
        rows.iter().chain([total]).cloned().chain(parts)
    }

    fn layers(&self) -> impl Iterator<Item = (&str, &LayerFacts)> {
        self.layer_names.iter().map(String::as_str).zip(&self.footprint.layers)
    }

    fn minutes(&self, hours: &f64) -> u32 {
        (60.0 * hours).ceil() as u32
    }

    fn seconds(&self) -> f64 {
        f64::from(self.front_end.window_samples) / f64::from(self.front_end.sample_rate)
    }

    fn shape(&self, [height, width, channels]: &[u16; 3]) -> String {
        format!("{height} × {width} × {channels}")
    }
}

impl Figures for TrainingPage<'_> {}

fn charts(history: &[Epoch]) -> anyhow::Result<Vec<Chart>> {
    let line = |name, colour, value: fn(&Epoch) -> Option<f64>| Series {
        name,
        colour,
        values: history.iter().filter_map(value).collect(),
    };
    let charts = [
        (
            "Loss, nats",
            vec![
                line("training", BLUE, |epoch| Some(epoch.train_loss)),
                line("validation", ORANGE, |epoch| Some(epoch.validation?.loss)),
            ],
        ),
        (
            "Accuracy, percent",
            vec![
                line("training", BLUE, |epoch| Some(100.0 * epoch.train_accuracy)),
                line("validation", ORANGE, |epoch| Some(100.0 * epoch.validation?.accuracy)),
            ],
        ),
        (
            "Learning rate",
            vec![line("at the end of the epoch", GREY, |epoch| Some(epoch.learning_rate.into()))],
        ),
    ];
    let charts = charts.into_iter().map(|(title, series)| {
        let keys = series.iter().map(|line| (line.name, chart::css(line.colour))).collect();
        Ok(Chart { title, svg: chart::lines(&series)?, keys })
    });
    charts.collect()
}

/// UA and ECE in percent.
/// Percent right over percent answered.
fn coverage(points: &[Covered]) -> Points {
    let point = |point: &Covered| (100.0 * point.answered, 100.0 * point.right);
    Points { colour: BLUE, points: points.iter().map(point).collect() }
}

fn bars(entry: &PanelEntry) -> Bars<'_> {
    Bars { name: entry.condition, values: [entry.ua, entry.calibration.ece].map(|share| 100.0 * share) }
}

/// The first test clip of each class.
fn spectrograms(run: &FinishedTraining<'_>) -> anyhow::Result<Vec<Spectrogram>> {
    let labels = run.classes.labels().iter().enumerate();
    let clips = labels.filter_map(|(class, label)| {
        let clip = run.test.clips.iter().find(|clip| clip.class == class)?;
        Some((label, clip))
    });
    clips.map(|(label, clip)| spectrogram_of(run, label, clip)).collect()
}

fn spectrogram_of(run: &FinishedTraining<'_>, label: &str, clip: &TestClip) -> anyhow::Result<Spectrogram> {
    let front_end = &run.model.hearing.front_end;
    let power = mel_power(&clip.window, front_end);
    let image = spectrogram::data_uri(&decibels(&power), front_end.frames(), front_end.mel_bands.into())?;
    let Clip { path, corpus, speaker, .. } = &clip.source;
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Spectrogram { label: label.to_owned(), source: format!("{corpus}, speaker {speaker}, {file}"), image })
}

/// The names that training had for the blob's layers.
fn layer_names(model: &FloatModel) -> anyhow::Result<Vec<String>> {
    let layers = deployed(model)?.network.layers.into_iter().map(|layer| layer.name);
    Ok(layers.chain(["softmax".to_owned()]).collect())
}

fn arena(model: &Model<'_>) -> anyhow::Result<String> {
    let (network, layout) = (model.network(), model.layout());
    let last_layer = network.len().saturating_sub(1);
    let whole = |name: &str, start: usize, length: usize, colour: RGBAColor| Span {
        name: name.to_owned(),
        layers: (0, last_layer),
        bytes: (start, start + length),
        colour,
    };
    let kept = whole("rows that are kept", 0, layout.state_bytes, GREY.mix(0.5));
    let frames = whole("frames that wait", layout.state_bytes, layout.feature_bytes, GREY.mix(0.8));
    let workspace = layout.state_bytes + layout.feature_bytes;
    let tensors = (0..=network.len()).filter_map(|index| {
        let place = network.placement(index)?;
        let start = workspace + place.workspace as usize;
        let rows = usize::from(place.history) + 1;
        let reads = |layer: &Layer<'_>| layer.inputs().any(|input| usize::from(input) == index);
        let last = network.layers().enumerate().filter(|(_, layer)| reads(layer)).last();
        Some(Span {
            name: index.checked_sub(1).map_or("in".to_owned(), |layer| layer.to_string()),
            layers: (index.saturating_sub(1), last.map_or(last_layer, |(layer, _)| layer)),
            bytes: (start, start + rows * network.tensor(index)?.row_len()),
            colour: TENSORS[index % TENSORS.len()].mix(0.9),
        })
    });
    chart::spans(&[kept, frames].into_iter().chain(tensors).collect::<Vec<_>>())
}
