use engine::blob::{Filter, FrontEndParams, Layer, MelScale, Network, Normalisation, Reference, Tensor};
use engine::model::Runnable;
use engine::{LoadError, Model};
use serde::Serialize;

/// What is in a blob and what it costs a device; serialises to what `inspect --json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Footprint {
    /// The model's name.
    pub name: String,
    /// Bytes of flash for the whole blob.
    pub blob_bytes: usize,
    /// Bytes of weights, biases and requantisation in it.
    pub weights_bytes: usize,
    /// Weights and biases.
    pub params: usize,
    /// Multiply-accumulates of one inference.
    pub macs: u64,
    /// Bytes of RAM for rows of tensors, frames that wait, and the workspace.
    pub arena_bytes: usize,
    /// Frames, or rows of the input, from one answer to the next.
    pub frames_an_answer: u32,
    /// What the outputs stand for.
    pub labels: Vec<String>,
    /// How it hears; None of a network alone.
    pub front_end: Option<FrontEndFacts>,
    /// What its input stands for.
    pub input: TensorFacts,
    /// What its last layer's values stand for.
    pub output: TensorFacts,
    /// What it computes.
    pub layers: Vec<LayerFacts>,
}

/// A tensor: `scale * (q - zero_point)` is what an int8 value `q` of it stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct TensorFacts {
    /// Height, width and channels.
    pub shape: [u16; 3],
    /// What a step is worth.
    pub scale: f32,
    /// The value that stands for 0.
    pub zero_point: i8,
}

impl From<Tensor> for TensorFacts {
    fn from(tensor: Tensor) -> Self {
        Self { shape: shape(tensor), scale: tensor.scale, zero_point: tensor.zero_point }
    }
}

/// A blob's front end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrontEndFacts {
    /// Samples per second.
    pub sample_rate: u32,
    /// Samples per FFT.
    pub fft_length: u16,
    /// Samples between frames.
    pub hop_length: u16,
    /// Samples in a window.
    pub window_samples: u32,
    /// Frames in a window.
    pub frames: usize,
    /// Mel bands.
    pub mel_bands: u16,
    /// What they are equally wide in.
    pub mel_scale: MelScale,
    /// `decibel` or `power`.
    pub normalisation: &'static str,
    /// What decibels are relative to: `window_maximum`, `running` or, for power, `none`.
    pub reference: &'static str,
}

/// One layer of a blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayerFacts {
    /// Its index and operator: blobs hold no names.
    pub name: String,
    /// Its operator.
    pub op: &'static str,
    /// Height, width and channels of what it reads.
    pub input: [u16; 3],
    /// Height, width and channels of what it writes.
    pub output: [u16; 3],
    /// Rows of what it writes that are kept from frame to frame.
    pub history: u16,
    /// Rows of what it reads by which it lags behind, so that its work falls into other steps than other layers'.
    pub lag: u8,
    /// Multiply-accumulates.
    pub macs: u64,
    /// Weights and biases.
    pub params: usize,
}

impl Footprint {
    /// Reads it off a model whose blob has `blob_bytes` bytes.
    #[must_use]
    pub fn of(model: &Model<'_>, blob_bytes: usize) -> Self {
        Self {
            frames_an_answer: frames_an_answer(model),
            front_end: Some(FrontEndFacts::from(model.front_end())),
            ..Self::of_network(model.runnable(), blob_bytes)
        }
    }

    /// Reads it off a network alone.
    #[must_use]
    pub fn of_network(runnable: &Runnable<'_>, blob_bytes: usize) -> Self {
        let network = runnable.network();
        // A network that was checked has both.
        let end = |tensor| network.tensor(tensor).map(TensorFacts::from).unwrap_or_default();
        let layers: Vec<LayerFacts> =
            network.layers().enumerate().map(|(index, facts)| layer(network, index, &facts)).collect();
        Self {
            name: runnable.name().to_owned(),
            blob_bytes,
            weights_bytes: network.layers().filter_map(|layer| layer.op.filter().map(filter_bytes)).sum(),
            params: layers.iter().map(|layer| layer.params).sum(),
            macs: layers.iter().map(|layer| layer.macs).sum(),
            arena_bytes: runnable.layout().arena_bytes(),
            frames_an_answer: runnable.pace().rows_an_answer,
            labels: runnable.labels().iter().map(str::to_owned).collect(),
            front_end: None,
            input: end(0),
            output: end(network.len()),
            layers,
        }
    }

    /// Reads it off a blob of either kind.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn of_blob(blob: &[u8]) -> Result<Self, LoadError> {
        Ok(match engine::sample_rate(blob) {
            0 => Self::of_network(&Runnable::from_bytes(blob)?, blob.len()),
            _ => Self::of(&Model::from_bytes(blob)?, blob.len()),
        })
    }
}

fn layer(network: &Network<'_>, index: usize, layer: &Layer<'_>) -> LayerFacts {
    let input = network.tensor(layer.input.into()).unwrap_or(layer.output);
    LayerFacts {
        name: format!("{index} {}", layer.op.name()),
        op: layer.op.name(),
        input: shape(input),
        output: shape(layer.output),
        history: network.placement(index + 1).unwrap_or_default().history,
        lag: layer.lag,
        macs: layer.macs(input),
        params: layer.op.filter().map_or(0, Filter::params),
    }
}

fn frames_an_answer(model: &Model<'_>) -> u32 {
    match model.front_end().normalisation {
        Normalisation::Decibel { reference: Reference::WindowMaximum, .. } => model.pace().window_rows,
        _ => model.pace().rows_an_answer,
    }
}

fn shape(tensor: Tensor) -> [u16; 3] {
    [tensor.height, tensor.width, tensor.channels]
}

fn filter_bytes(filter: &Filter<'_>) -> usize {
    [filter.weights, filter.bias, filter.multipliers, filter.shifts].iter().map(|bytes| bytes.len()).sum()
}

impl From<&FrontEndParams<'_>> for FrontEndFacts {
    fn from(params: &FrontEndParams<'_>) -> Self {
        Self {
            sample_rate: params.sample_rate,
            fft_length: params.fft_length,
            hop_length: params.hop_length,
            window_samples: params.window_samples,
            frames: params.frames(),
            mel_bands: params.mel_bands,
            mel_scale: params.mel_scale,
            normalisation: match params.normalisation {
                Normalisation::Decibel { .. } => "decibel",
                Normalisation::Power { .. } => "power",
            },
            reference: match params.normalisation {
                Normalisation::Decibel { reference: Reference::Running(_), .. } => "running",
                Normalisation::Decibel { reference: Reference::WindowMaximum, .. } => "window_maximum",
                Normalisation::Power { .. } => "none",
            },
        }
    }
}
