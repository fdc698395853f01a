#[cfg(test)]
extern crate std;

use core::cmp::Reverse;
use core::ops::Range;

use heapless::Vec;

use super::schedule::{MAX_TENSORS, Stage};
use super::sizes::{Sizes, aligned};
use super::stages::{Bands, choose};
use crate::blob::Body;
use crate::front_end::MelFrames;

/// Where everything lies in the one arena.
///
/// The arena starts with the window of features (an i16 for each band and frame), which outlives every
/// inference. What is behind it, the scratch memory, is the front end's between inferences and the
/// tensors' during one.
///
/// A network runs in stages. Each computes one tensor as a whole, from whole ones, and on the way some that
/// only it needs: of those a band of rows suffices. Stages are chosen so that the network needs the least
/// memory. Two tensors share bytes only if no stage needs both. Placement is greedy by size: the largest
/// tensor first, of equals the first, each at the lowest offset that is free while it lives (Pisarchyk and Lee,
/// "Efficient Memory Management for Deep Neural Net Inference", 2020). The kernels of a stage have their working
/// memory where that leaves room.
#[derive(Debug, Clone)]
pub struct Plan {
    window_bytes: usize,
    scratch_bytes: usize,
    stages: Vec<Stage, MAX_TENSORS>,
    /// What each stage's kernels work with.
    kernels: Vec<Range<usize>, MAX_TENSORS>,
    tensors: Vec<Placement, MAX_TENSORS>,
}

/// Where a tensor lies, or a band of its rows, and the tensors during whose stages it does. Counting from 0, the
/// input, layer `i` computes tensor `i + 1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// Bytes of the scratch memory.
    pub bytes: Range<usize>,
    /// The first tensor that is computed while this one lives.
    pub first: usize,
    /// The last one.
    pub last: usize,
}

impl Placement {
    fn lives_with(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

impl Plan {
    /// No plan yet.
    #[inline]
    pub(super) fn empty() -> Self {
        Self {
            window_bytes: 0,
            scratch_bytes: 0,
            stages: Vec::new(),
            kernels: Vec::new(),
            tensors: Vec::new(),
        }
    }

    /// Plans a network's memory, in place, so that no second plan is on the stack.
    pub(super) fn read(&mut self, body: &Body<'_>) {
        let values = usize::from(body.front_end.mel_bands).saturating_mul(body.front_end.frames());
        self.window_bytes = aligned(values.saturating_mul(size_of::<i16>()));
        // One more than needed, so that an arena may begin anywhere.
        let front_end =
            MelFrames::scratch_len(&body.front_end).saturating_add(1).saturating_mul(size_of::<f32>());
        let sizes = Sizes::of(body);
        choose(body, &sizes, front_end, &mut self.stages);
        self.place(body, &sizes, front_end);
    }

    /// The plan for given stages.
    #[cfg(test)]
    pub(super) fn of_stages(body: &Body<'_>, stages: std::vec::Vec<Stage>) -> Self {
        let mut plan = Self { stages: stages.into_iter().collect(), ..Self::empty() };
        plan.place(body, &Sizes::of(body), 0);
        plan
    }

    /// Places what the stages need in at least `front_end` bytes.
    fn place(&mut self, body: &Body<'_>, sizes: &Sizes, front_end: usize) {
        set_lifetimes(body, sizes, &self.stages, &mut self.tensors);
        place_largest_first(&mut self.tensors);
        place_kernels(sizes, &self.stages, &self.tensors, &mut self.kernels);
        let ends = self.tensors.iter().map(|tensor| tensor.bytes.end);
        self.scratch_bytes =
            ends.chain(self.kernels.iter().map(|kernel| kernel.end)).fold(front_end, usize::max);
    }

    /// Bytes of arena that the model needs.
    #[must_use]
    pub fn arena_bytes(&self) -> usize {
        self.window_bytes.saturating_add(self.scratch_bytes)
    }

    /// Bytes at the start of the arena that hold the window of features.
    #[must_use]
    pub fn window_bytes(&self) -> usize {
        self.window_bytes
    }

    /// Bytes behind the window, in which the network runs.
    #[must_use]
    pub fn scratch_bytes(&self) -> usize {
        self.scratch_bytes
    }

    /// Each tensor's place in the scratch memory; the input first, then the layers' outputs in order.
    #[must_use]
    pub fn tensors(&self) -> &[Placement] {
        &self.tensors
    }

    /// Each stage, with what its kernels work with.
    pub(super) fn stages(&self) -> impl Iterator<Item = (Stage, &Range<usize>)> {
        self.stages.iter().copied().zip(&self.kernels)
    }

    /// The bytes of one tensor; nothing for a tensor that does not exist.
    pub(super) fn bytes(&self, tensor: usize) -> Range<usize> {
        self.tensors.get(tensor).map_or(0..0, |placement| placement.bytes.clone())
    }

    /// Where a tensor starts.
    pub(super) fn start(&self, tensor: usize) -> usize {
        self.bytes(tensor).start
    }
}

/// How long each tensor lives, with its size as a range that is not placed yet.
fn set_lifetimes(
    body: &Body<'_>,
    sizes: &Sizes,
    stages: &[Stage],
    tensors: &mut Vec<Placement, MAX_TENSORS>,
) {
    tensors.clear();
    for &stage in stages {
        let bands = Bands::of(body, stage);
        for tensor in stage.first..=stage.last {
            let length = sizes.band(tensor, bands.rows(tensor));
            let reader = sizes.last_reader(tensor);
            let last = stages.iter().map(|stage| stage.last).find(|&last| reader <= last).unwrap_or(reader);
            // There is room for the tensors of as many layers as a body can have.
            let _ = tensors.push(Placement { bytes: 0..length, first: stage.first, last });
        }
    }
}

fn place_largest_first(tensors: &mut [Placement]) {
    let mut placed: Vec<usize, MAX_TENSORS> = Vec::new();
    for _ in 0..tensors.len() {
        let waiting = (0..).zip(tensors.iter()).filter(|(index, _)| !placed.contains(index));
        let Some((index, largest)) = waiting.min_by_key(|(_, tensor)| Reverse(tensor.bytes.len())) else {
            return;
        };
        let neighbours = placed.iter().filter_map(|&other| tensors.get(other));
        let place = lowest_gap(largest.bytes.len(), &neighbours.filter(|other| other.lives_with(largest)));
        if let Some(tensor) = tensors.get_mut(index) {
            tensor.bytes = place;
        }
        let _ = placed.push(index);
    }
}

/// Gives each stage's kernels what they need together with the stage's tensors, which are placed.
fn place_kernels(
    sizes: &Sizes,
    stages: &[Stage],
    tensors: &[Placement],
    kernels: &mut Vec<Range<usize>, MAX_TENSORS>,
) {
    kernels.clear();
    for stage in stages {
        let needs = (stage.first..=stage.last).map(|tensor| sizes.kernel(tensor));
        let alive = tensors.iter().filter(|tensor| tensor.first <= stage.last && stage.first <= tensor.last);
        let _ = kernels.push(lowest_gap(needs.max().unwrap_or(0), &alive));
    }
}

/// The lowest place, at the start or behind a neighbour, that overlaps no neighbour.
fn lowest_gap<'t>(length: usize, neighbours: &(impl Iterator<Item = &'t Placement> + Clone)) -> Range<usize> {
    let offsets = neighbours.clone().map(|other| aligned(other.bytes.end));
    let places = core::iter::once(0)
        .chain(offsets)
        .map(|offset| offset..offset.saturating_add(length))
        .filter(|place| neighbours.clone().all(|other| !overlap(place, &other.bytes)));
    // Behind the last neighbour there is always room.
    places.min_by_key(|place| place.start).unwrap_or(0..length)
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::blob::{Clamp, Layer, MAX_LAYERS, Op, Rescale, Tensor};

    fn tensor(values: u16) -> Tensor {
        Tensor { height: 1, width: 1, channels: values, zero_point: 0, scale: 1.0 }
    }

    /// An addition for each output size and pair of inputs.
    fn body(input: u16, layers: &[(u16, u8, u8)]) -> Body<'static> {
        let rescale = Rescale { multiplier: 0, shift: 0 };
        let [input_rescale, other_rescale, output_rescale] = [rescale; 3];
        let layers = layers.iter().map(|&(output, input, other)| Layer {
            input,
            output: tensor(output),
            op: Op::Add { other, input_rescale, other_rescale, output_rescale, clamp: Clamp::NONE },
        });
        Body { input: tensor(input), layers: layers.collect(), ..Body::empty() }
    }

    /// Each tensor by itself.
    fn plan(body: &Body<'_>) -> Plan {
        Plan::of_stages(body, (0..=body.layers.len()).map(Stage::whole).collect())
    }

    /// 16 -> 32 -> 8 -> 24: what lives before or after the second tensor shares its bytes.
    #[test]
    fn a_chain_needs_its_largest_pair() {
        let plan = plan(&body(16, &[(32, 0, 0), (8, 1, 1), (24, 2, 2)]));
        let places: std::vec::Vec<_> = plan.tensors().iter().map(|tensor| tensor.bytes.clone()).collect();
        assert_eq!(places, [32..48, 0..32, 32..40, 0..24]);
        assert_eq!(plan.scratch_bytes(), 48);
    }

    #[test]
    fn a_shortcut_keeps_its_tensor() {
        let plan = plan(&body(8, &[(8, 0, 0), (8, 1, 1), (8, 2, 0)]));
        let lives: std::vec::Vec<_> = plan.tensors().iter().map(|t| (t.first, t.last)).collect();
        assert_eq!(lives, [(0, 3), (1, 2), (2, 3), (3, 3)]);
        assert_eq!(plan.scratch_bytes(), 3 * 8);
    }

    fn any_layers() -> impl Strategy<Value = std::vec::Vec<(u16, u8, u8)>> {
        let layer = (1u16..2000, any::<prop::sample::Index>(), any::<prop::sample::Index>());
        proptest::collection::vec(layer, 1..MAX_LAYERS).prop_map(|layers| {
            let layers = layers.into_iter().enumerate();
            layers.map(|(i, (size, a, b))| (size, a.index(i + 1) as u8, b.index(i + 1) as u8)).collect()
        })
    }

    /// Live tensors never overlap, and never take more than their sum or less than those of one layer.
    fn assert_sound(input: u16, layers: &[(u16, u8, u8)]) {
        let body = body(input, layers);
        let plan = plan(&body);
        for (index, a) in plan.tensors().iter().enumerate() {
            assert_eq!(Some(a.bytes.len()), body.tensor(index).map(|tensor| tensor.len()));
            assert_eq!(a.bytes.start, aligned(a.bytes.start));
            for b in plan.tensors().iter().skip(index + 1) {
                assert!(!a.lives_with(b) || !overlap(&a.bytes, &b.bytes), "{a:?} {b:?}");
            }
        }
        let sum: usize = plan.tensors().iter().map(|tensor| aligned(tensor.bytes.len())).sum();
        assert!(plan.scratch_bytes() <= sum);
        let alive_at = |layer| {
            let alive = plan.tensors().iter().filter(move |t| t.first <= layer && layer <= t.last);
            alive.map(|tensor| tensor.bytes.len()).sum::<usize>()
        };
        let most = (0..=layers.len()).map(alive_at).max().unwrap_or(0);
        assert!(plan.scratch_bytes() >= most);
    }

    /// All networks of three layers whose tensors have 1, 8 or 17 values.
    #[test]
    #[cfg_attr(miri, ignore = "too many cases to interpret")]
    fn every_small_network_is_placed_soundly() {
        const SIZES: [u16; 3] = [1, 8, 17];
        let choices = |index: u8| {
            let inputs = (0..=index).flat_map(move |a| (0..=a).map(move |b| (a, b)));
            inputs.flat_map(|(a, b)| SIZES.map(|size| (size, a, b)))
        };
        for input in SIZES {
            for first in choices(0) {
                for second in choices(1) {
                    choices(2).for_each(|third| assert_sound(input, &[first, second, third]));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_network_is_placed_soundly(input in 1u16..2000, layers in any_layers()) {
            assert_sound(input, &layers);
        }
    }
}
