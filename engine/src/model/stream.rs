use core::ops::Range;

use super::layout::{layer_scratch_range, live_range, state_range};
use super::rows::{MAX_TENSORS, RowKernel};
use crate::blob::{Layer, MAX_LAYERS, Network, Op, Tensor, Window};
use crate::kernels::{self, AddRescale, Input, Output};

/// A network that is under way: it takes one row of its input at a time, and computes each row of every tensor once, as
/// soon as the rows that it is computed from are there.
///
/// Between steps, a tensor keeps only the rows that later ones still need (its history). In a step a layer computes one
/// row at most. Behind a recording's end come rows that are not there: layers read them as padding as far as theirs
/// reaches, and compute nothing from more of them.
pub(crate) struct Stream {
    layers: [Progress; MAX_LAYERS],
    /// Rows of each tensor that are in the state memory.
    kept: [u16; MAX_TENSORS],
}

/// How far a layer is.
#[derive(Debug, Clone, Copy)]
struct Progress {
    inputs: [Pending; 2],
    /// Rows of padding above the first row that the next output row reads.
    above: u16,
}

/// The rows of an input from the first that the next output row reads.
#[derive(Debug, Clone, Copy)]
struct Pending {
    /// How many there are; below 0 where a stride leaves rows out that are still to come.
    rows: i16,
    /// The last of them that are not there, since the recording is over.
    missing: u16,
}

/// What a step did to a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Latest {
    /// Nothing.
    Unchanged,
    /// It has a new row.
    Row,
    /// It would have a new row, were the recording not over.
    Missing,
}

/// The row of a tensor that a step has computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TensorRow<'r> {
    /// 0 is the input, layer `i` computes tensor `i + 1`.
    pub tensor: usize,
    /// Columns, channels innermost.
    pub values: &'r [i8],
}

/// Fills the input's next row.
pub(crate) type Fill<'f> = &'f mut dyn FnMut(&mut [i8]);
/// Is shown each row as soon as it is computed.
pub(crate) type Watch<'w> = &'w mut dyn FnMut(TensorRow<'_>);

impl Stream {
    /// A stream of no network.
    pub(crate) const fn new() -> Self {
        const NOTHING: Pending = Pending { rows: 0, missing: 0 };
        Self { layers: [Progress { inputs: [NOTHING; 2], above: 0 }; MAX_LAYERS], kept: [0; MAX_TENSORS] }
    }

    /// Starts a recording.
    pub(crate) fn reset(&mut self, network: &Network<'_>) {
        *self = Self::new();
        for (progress, layer) in self.layers.iter_mut().zip(network.layers()) {
            let input = network.tensor(layer.input.into()).unwrap_or(layer.output);
            progress.above = RowKernel::of(&layer, input).above;
        }
    }

    /// Computes all that the input's next row makes possible, or its absence once the recording is over. Returns
    /// whether the network has answered: the last tensor has a new row.
    pub(crate) fn step(
        &mut self,
        network: &Network<'_>,
        state: &mut [i8],
        workspace: &mut [i8],
        fill: Option<Fill<'_>>,
        watch: Watch<'_>,
    ) -> bool {
        let mut step = Step {
            network,
            stream: self,
            state,
            workspace,
            latest: [Latest::Unchanged; MAX_TENSORS],
            live: [0; MAX_TENSORS],
            has_kept: [false; MAX_TENSORS],
        };
        step.begin(fill, watch);
        for index in 0..network.len() {
            step.run_layer(index, watch);
        }
        step.latest(network.len()) == Latest::Row
    }
}

impl Progress {
    /// Whether the next row is due, and which rows of each input it reads: counted from the end of those that are
    /// there, the first one and how many. None for rows that are computed from too many missing ones. It is due when
    /// `lag` rows have come behind those that it reads.
    fn due(&self, kernel: RowKernel, lag: u8, inputs: usize) -> Option<Option<[(u16, u16); 2]>> {
        let needed = kernel.size.saturating_sub(self.above);
        let waited_for = needed.saturating_add(lag.into());
        let mut reads = [(0, 0); 2];
        let mut is_there = true;
        for (pending, read) in self.inputs.iter().zip(&mut reads).take(inputs) {
            let rows = u16::try_from(pending.rows).ok().filter(|&rows| rows >= waited_for)?;
            let behind = rows.saturating_sub(needed);
            let missing = pending.missing.saturating_sub(behind);
            let count = needed.saturating_sub(missing);
            is_there &= missing <= kernel.below && count > 0;
            *read = (rows.saturating_sub(pending.missing), count);
        }
        Some(is_there.then_some(reads))
    }

    /// Moves on to the next row.
    fn advance(&mut self, kernel: RowKernel, inputs: usize) {
        let moved = kernel.stride.saturating_sub(self.above);
        self.above = self.above.saturating_sub(kernel.stride);
        for pending in self.inputs.iter_mut().take(inputs) {
            pending.rows = pending.rows.saturating_sub_unsigned(moved);
            pending.missing = pending.missing.min(pending.rows.max(0).unsigned_abs());
        }
    }
}

/// A step that is under way.
struct Step<'s, 'a> {
    network: &'s Network<'a>,
    stream: &'s mut Stream,
    state: &'s mut [i8],
    workspace: &'s mut [i8],
    latest: [Latest; MAX_TENSORS],
    /// Rows of each tensor that have a place in the workspace, kept ones and a new one; 0 as long as there is no new
    /// one and none was asked for.
    live: [u16; MAX_TENSORS],
    /// Whether the kept ones are there.
    has_kept: [bool; MAX_TENSORS],
}

impl Step<'_, '_> {
    /// The input's row.
    fn begin(&mut self, fill: Option<Fill<'_>>, watch: Watch<'_>) {
        let Some(fill) = fill else { return self.set_latest(0, Latest::Missing) };
        let place = self.new_row(0);
        fill(self.workspace.get_mut(place).unwrap_or_default());
        self.keep(0, watch);
    }

    /// A layer's next row, if the rows that it reads have come.
    fn run_layer(&mut self, index: usize, watch: Watch<'_>) {
        // A row becomes due when one comes that it waits for. For most layers none does, which records tell at once.
        let is_unchanged = |input: u8| self.latest(input.into()) == Latest::Unchanged;
        if self.network.inputs(index).into_iter().all(is_unchanged) {
            return;
        }
        let Some(layer) = self.network.layer(index) else { return };
        let Some(mut progress) = self.stream.layers.get(index).copied() else { return };
        let mut inputs = 0;
        for (pending, input) in progress.inputs.iter_mut().zip(layer.inputs()) {
            inputs = usize::saturating_add(inputs, 1);
            let latest = self.latest(input.into());
            pending.rows = pending.rows.saturating_add(i16::from(latest != Latest::Unchanged));
            pending.missing = pending.missing.saturating_add(u16::from(latest == Latest::Missing));
        }
        let kernel = RowKernel::of(&layer, self.tensor(layer.input.into()));
        let output = index.saturating_add(1);
        if let Some(reads) = progress.due(kernel, layer.lag, inputs) {
            match reads {
                Some(reads) => {
                    self.compute(&layer, output, progress.above, reads);
                    self.keep(output, watch);
                }
                None => self.set_latest(output, Latest::Missing),
            }
            progress.advance(kernel, inputs);
        }
        if let Some(place) = self.stream.layers.get_mut(index) {
            *place = progress;
        }
    }

    /// Computes a row as if it were the whole output, from the rows that it reads as if they were all.
    fn compute(&mut self, layer: &Layer<'_>, output: usize, above: u16, [read, other_read]: [(u16, u16); 2]) {
        let input = self.rows_read(layer.input.into(), read);
        let written = View { tensor: Tensor { height: 1, ..layer.output }, place: self.new_row(output) };
        if let Op::Add { other, input_rescale, other_rescale, output_rescale, clamp } = layer.op {
            let rescale = AddRescale { input: input_rescale, other: other_rescale, output: output_rescale };
            let other = self.rows_read(other.into(), other_read);
            let places = [input.place, other.place, written.place];
            let Ok([first, second, sum]) = self.workspace.get_disjoint_mut(places) else { return };
            let first = Input { tensor: input.tensor, data: first };
            let second = Input { tensor: other.tensor, data: second };
            return kernels::add(first, second, Output { tensor: written.tensor, data: sum }, rescale, clamp);
        }
        let places = [input.place, written.place, layer_scratch_range(self.network, output, layer)];
        let Ok([read, values, scratch]) = self.workspace.get_disjoint_mut(places) else { return };
        let input = Input { tensor: input.tensor, data: read };
        let output = Output { tensor: written.tensor, data: values };
        compute_unary(&layer.op, input, output, above, scratch);
    }

    /// Rows of an input: where they begin, counted from the end of those that are there, and how many.
    fn rows_read(&mut self, tensor: usize, (from_end, count): (u16, u16)) -> View {
        self.bring(tensor);
        let rows = self.live.get(tensor).copied().unwrap_or(0);
        let place = self.rows(tensor, rows.saturating_sub(from_end), count);
        View { tensor: Tensor { height: count, ..self.tensor(tensor) }, place }
    }

    /// Makes place for a tensor's kept rows in the workspace. Returns how many rows have one.
    fn open(&mut self, tensor: usize) -> u16 {
        let kept = self.stream.kept.get(tensor).copied().unwrap_or(0);
        let Some(live) = self.live.get_mut(tensor) else { return 0 };
        if *live == 0 {
            *live = kept;
        }
        *live
    }

    /// Brings a tensor's kept rows into the workspace, if they are not there yet: only when they are read, for most of
    /// the rows under a long window are kept for many steps before.
    fn bring(&mut self, tensor: usize) {
        let live = self.open(tensor);
        let Some(has_kept) = self.has_kept.get_mut(tensor).filter(|has_kept| !**has_kept) else { return };
        *has_kept = true;
        let kept = live.saturating_sub(u16::from(self.latest(tensor) == Latest::Row));
        let length = self.tensor(tensor).row_len().saturating_mul(kept.into());
        let from = state_range(self.network, tensor).start;
        let to = live_range(self.network, tensor).start;
        copy(self.state, from, self.workspace, to, length);
    }

    /// The place of a tensor's new row, behind those that were kept.
    fn new_row(&mut self, tensor: usize) -> Range<usize> {
        let row = self.open(tensor);
        if let Some(live) = self.live.get_mut(tensor) {
            *live = row.saturating_add(1);
        }
        self.rows(tensor, row, 1)
    }

    /// Shows a tensor's new row and keeps the latest rows for later steps.
    fn keep(&mut self, tensor: usize, watch: Watch<'_>) {
        self.set_latest(tensor, Latest::Row);
        let rows = self.live.get(tensor).copied().unwrap_or(0);
        let row = self.rows(tensor, rows.saturating_sub(1), 1);
        watch(TensorRow { tensor, values: self.workspace.get(row.clone()).unwrap_or_default() });
        let history = self.network.placement(tensor).unwrap_or_default().history;
        let state = state_range(self.network, tensor).start;
        if rows <= history {
            // None is dropped: those that were kept are where they belong.
            let earlier = self.tensor(tensor).row_len().saturating_mul(rows.saturating_sub(1).into());
            copy(self.workspace, row.start, self.state, state.saturating_add(earlier), row.len());
        } else {
            self.bring(tensor);
            let latest = self.rows(tensor, rows.saturating_sub(history), history);
            copy(self.workspace, latest.start, self.state, state, latest.len());
        }
        if let Some(kept) = self.stream.kept.get_mut(tensor) {
            *kept = rows.min(history);
        }
    }

    /// The place of rows that are in the workspace.
    fn rows(&self, tensor: usize, first: u16, count: u16) -> Range<usize> {
        let row_len = self.tensor(tensor).row_len();
        let start =
            live_range(self.network, tensor).start.saturating_add(row_len.saturating_mul(first.into()));
        start..start.saturating_add(row_len.saturating_mul(count.into()))
    }

    fn tensor(&self, tensor: usize) -> Tensor {
        const NONE: Tensor = Tensor { height: 0, width: 0, channels: 0, zero_point: 0, scale: 0.0 };
        self.network.tensor(tensor).unwrap_or(NONE)
    }

    fn latest(&self, tensor: usize) -> Latest {
        self.latest.get(tensor).copied().unwrap_or(Latest::Unchanged)
    }

    fn set_latest(&mut self, tensor: usize, latest: Latest) {
        if let Some(place) = self.latest.get_mut(tensor) {
            *place = latest;
        }
    }
}

/// Rows of a tensor, as a tensor of their own.
struct View {
    tensor: Tensor,
    place: Range<usize>,
}

/// Copies values, of which there are as many in both places.
fn copy(source: &[i8], from: usize, target: &mut [i8], to: usize, length: usize) {
    let source = source.get(from..).and_then(|source| source.get(..length));
    let target = target.get_mut(to..).and_then(|target| target.get_mut(..length));
    if let (Some(source), Some(target)) = (source, target) {
        kernels::copy(source, target);
    }
}

/// All operators but the addition, for a row of the output above which so many rows of padding are left.
fn compute_unary(op: &Op<'_>, input: Input<'_>, output: Output<'_>, above: u16, scratch: &mut [i8]) {
    let cut = |window: &Window| Window { padding: [above as u8, window.padding[1]], ..*window };
    match op {
        Op::Conv2d { window, filter } => kernels::conv2d(input, output, cut(window), filter, scratch),
        Op::DepthwiseConv2d { window, filter } => {
            kernels::depthwise_conv2d(input, output, cut(window), filter);
        }
        Op::Dense { filter } => kernels::dense(input, output, filter),
        Op::MaxPool { window, clamp } => kernels::max_pool(input, output, cut(window), *clamp),
        Op::AveragePool { window, clamp } => kernels::average_pool(input, output, cut(window), *clamp),
        Op::GlobalAveragePool { rescale } => kernels::global_average_pool(input, output, *rescale),
        Op::Softmax { rescale } => kernels::softmax(input, output, *rescale),
        Op::Add { .. } => {}
    }
}
