use core::ops::Range;

use super::Model;
use super::schedule::{Schedule, Step};
use crate::blob::{Layer, Op, Tensor, Window};
use crate::kernels::{self, AddRescale, Input, Output};

/// Rows of a tensor, as soon as a run has computed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows<'r> {
    /// 0 is the input, layer `i` computes tensor `i + 1`.
    pub tensor: usize,
    /// The first one's index.
    pub first: usize,
    /// Columns, channels innermost, row by row.
    pub values: &'r [i8],
}

impl Model<'_> {
    /// The int8 logits of the last run: what the closing softmax reads, a value for each label.
    #[must_use]
    pub fn scores<'m>(&self, scratch: &'m [i8]) -> &'m [i8] {
        let tensor = self.body.layers.last().map_or(0, |layer| usize::from(layer.input));
        scratch.get(self.plan.bytes(tensor)).unwrap_or_default()
    }

    /// The probabilities of the last run, as int8: `(q + 128) / 256`, a value for each label.
    #[must_use]
    pub fn probabilities<'m>(&self, scratch: &'m [i8]) -> &'m [i8] {
        scratch.get(self.plan.bytes(self.body.layers.len())).unwrap_or_default()
    }

    /// Runs the network. `input` is called once for each row of its input, in order, with the row's index, a mel
    /// band, and its values, a frame each, to fill.
    ///
    /// `scratch` holds at least [`Plan::scratch_bytes`](super::Plan::scratch_bytes); in a shorter one nothing is
    /// computed.
    pub fn run(&self, scratch: &mut [i8], input: impl FnMut(usize, &mut [i8])) {
        self.run_watched(scratch, input, |_| ());
    }

    /// [`run`](Self::run) that shows whatever it computes. A tensor's rows come in order, between those of others;
    /// rows that no later layer reads may be left out.
    pub fn run_watched(
        &self,
        scratch: &mut [i8],
        mut input: impl FnMut(usize, &mut [i8]),
        mut watch: impl FnMut(Rows<'_>),
    ) {
        let Some(memory) = scratch.get_mut(..self.plan.scratch_bytes()) else { return };
        let mut run = Run { model: self, schedule: Schedule::new(&self.body, 0), memory };
        for (stage, kernel) in self.plan.stages() {
            while let Some(step) = run.schedule.next(stage) {
                run.drop_rows(&step);
                match step.tensor.checked_sub(1).and_then(|index| self.body.layers.get(index)) {
                    None => run.fill(&step, &mut input),
                    Some(layer) => run.compute(layer, &step, kernel),
                }
                let values = run.memory.get(run.place(step.tensor, &step.rows)).unwrap_or_default();
                watch(Rows { tensor: step.tensor, first: step.rows.start, values });
            }
        }
    }
}

/// A run that is under way.
struct Run<'r, 'a> {
    model: &'r Model<'a>,
    schedule: Schedule<'r, 'a>,
    memory: &'r mut [i8],
}

impl Run<'_, '_> {
    /// Moves the rows of a band that are still needed to where the dropped ones were.
    fn drop_rows(&mut self, step: &Step) {
        let kept = self.schedule.kept(step.tensor).start..step.rows.start;
        let dropped = step.dropped.saturating_mul(self.tensor(step.tensor).row_len());
        if dropped > 0 && !kept.is_empty() {
            let place = self.place(step.tensor, &kept);
            let band =
                self.memory.get_mut(place.start..place.end.saturating_add(dropped)).unwrap_or_default();
            if dropped <= band.len() {
                band.copy_within(dropped.., 0);
            }
        }
    }

    fn fill(&mut self, step: &Step, input: &mut impl FnMut(usize, &mut [i8])) {
        let row_len = self.tensor(step.tensor).row_len();
        let place = self.place(step.tensor, &step.rows);
        let mut rest = self.memory.get_mut(place).unwrap_or_default();
        // The caller's crate compiles this, maybe for size, when no chunk's length is known not to be 0.
        for row in step.rows.clone() {
            let Some(values) = rest.split_off_mut(..row_len) else { return };
            input(row, values);
        }
    }

    /// Computes rows as if they were the whole output, from what they need of the input as if it were all.
    fn compute(&mut self, layer: &Layer<'_>, step: &Step, kernel: &Range<usize>) {
        let output = self.view(step.tensor, step.rows.clone());
        let input = self.view_read(layer, layer.input, &step.rows);
        if let Op::Add { other, input_rescale, other_rescale, output_rescale, clamp } = layer.op {
            let rescale = AddRescale { input: input_rescale, other: other_rescale, output: output_rescale };
            let other = self.view_read(layer, other, &step.rows);
            let places = [input.place, other.place, output.place];
            let Ok([first, second, sum]) = self.memory.get_disjoint_mut(places) else { return };
            let first = Input { tensor: input.tensor, data: first };
            let second = Input { tensor: other.tensor, data: second };
            return kernels::add(first, second, Output { tensor: output.tensor, data: sum }, rescale, clamp);
        }
        let places = [input.place, output.place, kernel.clone()];
        let Ok([read, written, scratch]) = self.memory.get_disjoint_mut(places) else { return };
        let input = Input { tensor: input.tensor, data: read };
        let output = Output { tensor: output.tensor, data: written };
        compute_unary(&layer.op, input, output, step.rows.start, scratch);
    }

    /// What a layer reads of a tensor to compute rows of its output.
    fn view_read(&self, layer: &Layer<'_>, tensor: u8, rows: &Range<usize>) -> View {
        let tensor = usize::from(tensor);
        self.view(tensor, layer.rows_read(rows, self.tensor(tensor).height.into()))
    }

    fn view(&self, tensor: usize, rows: Range<usize>) -> View {
        let height = rows.len() as u16;
        View { tensor: Tensor { height, ..self.tensor(tensor) }, place: self.place(tensor, &rows) }
    }

    /// Where rows lie of a tensor that are there.
    fn place(&self, tensor: usize, rows: &Range<usize>) -> Range<usize> {
        let row_len = self.tensor(tensor).row_len();
        let above = rows.start.saturating_sub(self.schedule.kept(tensor).start);
        let start = self.model.plan.start(tensor).saturating_add(above.saturating_mul(row_len));
        start..start.saturating_add(rows.len().saturating_mul(row_len))
    }

    fn tensor(&self, tensor: usize) -> Tensor {
        self.model.body.tensor(tensor).unwrap_or(self.model.body.input)
    }
}

/// Rows of a tensor, as a tensor of their own.
struct View {
    tensor: Tensor,
    place: Range<usize>,
}

/// All operators but the addition, for the rows of the output from `first_row` on.
fn compute_unary(op: &Op<'_>, input: Input<'_>, output: Output<'_>, first_row: usize, scratch: &mut [i8]) {
    let cut = |window: &Window| without_rows_above(*window, first_row);
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

/// The window over an input that begins with what the output's row `first_row` reads: it has less padding above.
fn without_rows_above(window: Window, first_row: usize) -> Window {
    let [above, left] = window.padding;
    let start = first_row.saturating_mul(window.stride[0].into());
    Window { padding: [usize::from(above).saturating_sub(start) as u8, left], ..window }
}
