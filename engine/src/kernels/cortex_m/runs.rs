//! Output positions whose windows padding cuts alike.

use core::iter::once;
use core::ops::Range;

use heapless::Vec;

use crate::blob::Window;
use crate::kernels::plain::Span;

/// Successive positions along one axis.
pub(in crate::kernels) struct Run {
    /// The window of the first.
    pub(in crate::kernels) first: Span,
    /// The first's index.
    pub(in crate::kernels) start: usize,
    pub(in crate::kernels) count: usize,
}

/// The widest kernel, and the highest.
pub(in crate::kernels) const MAX_KERNEL: u8 = 8;
/// The most runs along an axis, of kernels no larger than [`MAX_KERNEL`]: before and behind the whole windows
/// as many cut ones as a kernel has places but one.
const MAX_RUNS: usize = 2 * MAX_KERNEL as usize - 1;

/// All `outputs` positions along an axis of `inputs`: the whole windows together, cut ones by themselves. None where
/// some window does not touch the input.
pub(super) fn runs(window: Window, axis: Axis, inputs: u16, outputs: u16) -> Option<Vec<Run, MAX_RUNS>> {
    let mut list = Vec::new();
    for run in each_run(window, axis, inputs, outputs) {
        if run.first.inside.is_empty() {
            return None;
        }
        list.push(run).ok()?;
    }
    Some(list)
}

fn each_run(window: Window, axis: Axis, inputs: u16, outputs: u16) -> impl Iterator<Item = Run> {
    let (kernel, stride, padding) = axis.of(window);
    let outputs = usize::from(outputs);
    let last_start = usize::from(inputs).saturating_add(padding.into()).checked_sub(kernel.into());
    let whole_end = last_start
        .and_then(|start| start.checked_div(stride.into()))
        .map_or(0, |last| last.saturating_add(1));
    let end = whole_end.min(outputs);
    let start = usize::from(padding).div_ceil(usize::from(stride).max(1)).min(end);
    let singles = |range: Range<usize>| range.map(|index| index..index.saturating_add(1));
    let ranges = singles(0..start).chain(once(start..end)).chain(singles(end..outputs));
    ranges.filter(|range| !range.is_empty()).map(move |range| Run {
        first: Span::new(range.start, kernel, stride, padding, inputs),
        start: range.start,
        count: range.len(),
    })
}

/// Down or right.
#[derive(Clone, Copy)]
pub(super) enum Axis {
    Rows,
    Columns,
}

impl Axis {
    /// Kernel, stride and padding.
    const fn of(self, window: Window) -> (u8, u8, u8) {
        let Window { kernel: [height, width], stride: [down, right], padding: [above, left] } = window;
        match self {
            Self::Rows => (height, down, above),
            Self::Columns => (width, right, left),
        }
    }
}
