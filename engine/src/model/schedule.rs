//! In which order the rows of a network's tensors are computed, and how long each is kept.

use core::ops::Range;

use crate::blob::{Body, Layer, MAX_LAYERS, Op};

/// Tensors of the largest network: its input and one per layer.
pub(super) const MAX_TENSORS: usize = MAX_LAYERS + 1;

/// Successive tensors that are computed together.
///
/// The last one is computed a few rows at a time, and of the others what it asks for, when it asks for it.
/// So only the last one is ever there as a whole; of the others, a band of rows slides by (Alwani et al.,
/// "Fused-Layer CNN Accelerators", 2016).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) first: usize,
    pub(super) last: usize,
    /// Rows that are computed at once.
    pub(super) stripe: usize,
}

/// Rows that are computed at once, with what has to happen before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) tensor: usize,
    pub(super) rows: Range<usize>,
    /// The tensor's oldest rows, which nothing needs any more.
    pub(super) dropped: usize,
}

/// What has been computed, and what of it is still there.
pub(super) struct Schedule<'b, 'a> {
    body: &'b Body<'a>,
    kept: [Range<usize>; MAX_TENSORS],
    /// The tensor whose turn it is, if what it is computed from is there.
    turn: usize,
    /// The tensor that asked for each tensor's latest rows.
    asker: [u8; MAX_TENSORS],
}

impl Stage {
    /// A tensor by itself, all at once.
    pub(super) const fn whole(tensor: usize) -> Self {
        Self { first: tensor, last: tensor, stripe: usize::MAX }
    }
}

impl<'b, 'a> Schedule<'b, 'a> {
    /// Nothing but the tensors before the first one has been computed yet.
    pub(super) fn new(body: &'b Body<'a>, first: usize) -> Self {
        let mut schedule =
            Self { body, kept: [const { 0..0 }; MAX_TENSORS], turn: usize::MAX, asker: [0; MAX_TENSORS] };
        for (index, kept) in schedule.kept.iter_mut().enumerate().take(first) {
            kept.end = height(body, index);
        }
        schedule
    }

    /// The rows of a tensor that are there, once those of the latest step are.
    pub(super) fn kept(&self, tensor: usize) -> Range<usize> {
        self.kept.get(tensor).cloned().unwrap_or_default()
    }

    /// The next step of a stage, all stages before it being through; None at its end.
    pub(super) fn next(&mut self, stage: Stage) -> Option<Step> {
        let (tensor, rows) = self.wanted(stage)?;
        let first = self.first_needed(tensor, stage).min(rows.start);
        let kept = self.kept.get_mut(tensor)?;
        let dropped = first.saturating_sub(kept.start);
        *kept = kept.start.saturating_add(dropped)..rows.end;
        if tensor != stage.last {
            self.turn = self.asker.get(tensor).copied()?.into();
        }
        Some(Step { tensor, rows, dropped })
    }

    /// The next rows of the last tensor, or what they wait for.
    fn wanted(&mut self, stage: Stage) -> Option<(usize, Range<usize>)> {
        // A stage begins.
        if !(stage.first..=stage.last).contains(&self.turn) {
            self.turn = stage.last;
        }
        let mut rows = self.next_rows(self.turn, stage.stripe);
        if rows.is_empty() {
            return None;
        }
        // What a layer reads comes before what it writes, so this ends.
        while let Some(input) = self.missing_input(self.turn, &rows) {
            *self.asker.get_mut(input)? = self.turn as u8;
            self.turn = input;
            rows = self.next_rows(input, stage.stripe);
        }
        Some((self.turn, rows))
    }

    fn next_rows(&self, tensor: usize, stripe: usize) -> Range<usize> {
        let done = self.kept(tensor).end;
        done..done.saturating_add(stripe).min(height(self.body, tensor))
    }

    fn missing_input(&self, tensor: usize, rows: &Range<usize>) -> Option<usize> {
        let layer = self.body.layers.get(tensor.checked_sub(1)?)?;
        let mut inputs = layer.inputs().map(usize::from);
        inputs.find(|&input| {
            input < tensor && layer.rows_read(rows, height(self.body, input)).end > self.kept(input).end
        })
    }

    /// The first row of a tensor that something in the stage has yet to read.
    fn first_needed(&self, tensor: usize, stage: Stage) -> usize {
        if tensor == stage.last {
            return 0;
        }
        let written = tensor.saturating_add(1)..=stage.last;
        let readers = written.zip(self.body.layers.iter().skip(tensor));
        let readers = readers.filter(|(_, layer)| layer.inputs().any(|input| usize::from(input) == tensor));
        let waiting = readers.map(|(output, layer)| (self.next_rows(output, 1), layer));
        let waiting = waiting.filter(|(rows, _)| !rows.is_empty());
        let starts = waiting.map(|(rows, layer)| layer.rows_read(&rows, height(self.body, tensor)).start);
        starts.min().unwrap_or(usize::MAX)
    }
}

fn height(body: &Body<'_>, tensor: usize) -> usize {
    body.tensor(tensor).map_or(0, |tensor| tensor.height.into())
}

impl Layer<'_> {
    /// The rows of an input of so many rows from which rows of the output are computed.
    pub(super) fn rows_read(&self, rows: &Range<usize>, height: usize) -> Range<usize> {
        match &self.op {
            Op::Conv2d { window, .. }
            | Op::DepthwiseConv2d { window, .. }
            | Op::MaxPool { window, .. }
            | Op::AveragePool { window, .. } => {
                let [kernel, stride, padding] =
                    [window.kernel, window.stride, window.padding].map(|[down, _]| usize::from(down));
                let last = rows.end.saturating_sub(1).saturating_mul(stride);
                let end = last.saturating_add(kernel).saturating_sub(padding).min(height);
                rows.start.saturating_mul(stride).saturating_sub(padding)..end
            }
            Op::Add { .. } | Op::Softmax { .. } => rows.clone(),
            Op::Dense { .. } | Op::GlobalAveragePool { .. } => 0..height,
        }
    }
}
