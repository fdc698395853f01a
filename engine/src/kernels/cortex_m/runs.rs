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

/// The runs along an axis.
pub(super) type Runs = Vec<Run, MAX_RUNS>;

/// Lists all `outputs` positions along an axis of `inputs`: the whole windows together, cut ones by themselves. Returns
/// whether each window touches the input; where one does not, the list is of no use.
// Written where it stays: to return it would be to copy it.
pub(super) fn list_runs(list: &mut Runs, window: Window, axis: Axis, inputs: u16, outputs: u16) -> bool {
    each_run(window, axis, inputs, outputs).all(|run| !run.first.inside.is_empty() && list.push(run).is_ok())
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
