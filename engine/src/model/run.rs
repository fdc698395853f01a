use super::Model;
use crate::blob::{Layer, Op};
use crate::kernels::{self, AddRescale, Input, Output};

impl Model<'_> {
    /// Where the network's input belongs: mel bands by frames, row by row.
    pub fn input_mut<'m>(&self, arena: &'m mut [i8]) -> &'m mut [i8] {
        arena.get_mut(self.plan.bytes(0)).unwrap_or_default()
    }

    /// The values of one tensor, as long as the plan keeps them.
    #[must_use]
    pub fn tensor_data<'m>(&self, arena: &'m [i8], index: usize) -> &'m [i8] {
        arena.get(self.plan.bytes(index)).unwrap_or_default()
    }

    /// The int8 logits of the last run: what the closing softmax reads, a value for each label.
    #[must_use]
    pub fn scores<'m>(&self, arena: &'m [i8]) -> &'m [i8] {
        let tensor = self.body.layers.last().map_or(0, |layer| usize::from(layer.input));
        self.tensor_data(arena, tensor)
    }

    /// The probabilities of the last run, as int8: `(q + 128) / 256`, a value for each label.
    #[must_use]
    pub fn probabilities<'m>(&self, arena: &'m [i8]) -> &'m [i8] {
        self.tensor_data(arena, self.body.layers.len())
    }

    /// Runs every layer over the input that lies in the arena.
    ///
    /// `arena` holds at least [`Plan::arena_bytes`](super::Plan::arena_bytes); in a shorter one
    /// nothing is computed.
    pub fn run(&self, arena: &mut [i8]) {
        let Some(arena) = arena.get_mut(..self.plan.arena_bytes()) else { return };
        for index in 0..self.body.layers.len() {
            self.run_layer(index, arena);
        }
    }

    /// Runs one layer; the layers before it must have run.
    pub fn run_layer(&self, index: usize, arena: &mut [i8]) {
        let Some(layer) = self.body.layers.get(index) else { return };
        match layer.op {
            Op::Add { other, input_rescale, other_rescale, output_rescale, clamp } => {
                let rescale =
                    AddRescale { input: input_rescale, other: other_rescale, output: output_rescale };
                let places =
                    [layer.input.into(), other.into(), index + 1].map(|tensor| self.plan.bytes(tensor));
                let Ok([input, second, output]) = arena.get_disjoint_mut(places) else { return };
                let Some(second) = self.input(other, second) else { return };
                let Some(input) = self.input(layer.input, input) else { return };
                kernels::add(input, second, Output { tensor: layer.output, data: output }, rescale, clamp);
            }
            _ => self.run_unary(layer, index, arena),
        }
    }

    fn run_unary(&self, layer: &Layer<'_>, index: usize, arena: &mut [i8]) {
        let places = [layer.input.into(), index + 1].map(|tensor| self.plan.bytes(tensor));
        let Ok([input, output]) = arena.get_disjoint_mut(places) else { return };
        let Some(input) = self.input(layer.input, input) else { return };
        let output = Output { tensor: layer.output, data: output };
        match &layer.op {
            Op::Conv2d { window, filter } => kernels::conv2d(input, output, *window, filter),
            Op::DepthwiseConv2d { window, filter } => {
                kernels::depthwise_conv2d(input, output, *window, filter);
            }
            Op::Dense { filter } => kernels::dense(input, output, filter),
            Op::MaxPool { window, clamp } => kernels::max_pool(input, output, *window, *clamp),
            Op::AveragePool { window, clamp } => kernels::average_pool(input, output, *window, *clamp),
            Op::GlobalAveragePool { rescale } => kernels::global_average_pool(input, output, *rescale),
            Op::Softmax { rescale } => kernels::softmax(input, output, *rescale),
            // Two inputs: `run_layer` has dealt with it.
            Op::Add { .. } => {}
        }
    }

    fn input<'m>(&self, tensor: u8, data: &'m [i8]) -> Option<Input<'m>> {
        let tensor = self.body.tensor(tensor.into())?;
        Some(Input { tensor, data })
    }
}
