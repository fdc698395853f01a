use core::ops::Range;

use heapless::Vec;

use crate::blob::{Body, MAX_LAYERS};

/// Every tensor starts at a multiple of this, so that kernels may read whole words.
const ALIGNMENT: usize = 8;
/// Tensors of the largest network: its input and one per layer.
const MAX_TENSORS: usize = MAX_LAYERS + 1;

/// Where each tensor lies in the one arena.
///
/// Two tensors share bytes only if they are never needed at the same time. Placement is greedy by
/// size: the largest tensor first, each at the lowest offset that is free while it lives
/// (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
///
/// The arena starts with the window of features (an i16 for each band and frame), which outlives
/// every inference; tensors follow.
#[derive(Debug, Clone)]
pub struct Plan {
    window_bytes: usize,
    tensors: Vec<Placement, MAX_TENSORS>,
}

/// One tensor's bytes, and the layers between which they hold its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// Bytes of the arena.
    pub bytes: Range<usize>,
    /// The layer that writes it; the input is there before layer 0.
    pub first: usize,
    /// The last layer that reads it. Scores and probabilities live on to the end.
    pub last: usize,
}

impl Placement {
    /// Offset 0 is the window's, so no tensor that has its place starts there.
    fn is_placed(&self) -> bool {
        self.bytes.start > 0
    }

    fn lives_with(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

impl Plan {
    /// Plans a network's memory.
    pub(crate) fn new(body: &Body<'_>) -> Self {
        let values = usize::from(body.front_end.mel_bands).saturating_mul(body.front_end.frames());
        let window_bytes = aligned(values.saturating_mul(size_of::<i16>())).max(ALIGNMENT);
        let mut tensors = lifetimes(body);
        place_largest_first(&mut tensors, window_bytes);
        Self { window_bytes, tensors }
    }

    /// Bytes of arena that the model needs.
    #[must_use]
    pub fn arena_bytes(&self) -> usize {
        self.tensors.iter().map(|tensor| tensor.bytes.end).fold(self.window_bytes, usize::max)
    }

    /// Bytes at the start of the arena that hold the window of features.
    #[must_use]
    pub fn window_bytes(&self) -> usize {
        self.window_bytes
    }

    /// Each tensor's place; the input first, then the layers' outputs in order.
    #[must_use]
    pub fn tensors(&self) -> &[Placement] {
        &self.tensors
    }

    /// The bytes of one tensor; nothing for a tensor that does not exist.
    #[must_use]
    pub fn bytes(&self, tensor: usize) -> Range<usize> {
        self.tensors.get(tensor).map_or(0..0, |placement| placement.bytes.clone())
    }
}

/// How long each tensor lives, with its size as a range that is not placed yet.
fn lifetimes(body: &Body<'_>) -> Vec<Placement, MAX_TENSORS> {
    let outputs = (0..MAX_LAYERS).zip(&body.layers).map(|(index, layer)| (layer.output, index));
    let mut tensors: Vec<Placement, MAX_TENSORS> = Vec::new();
    for (tensor, first) in core::iter::once((body.input, 0)).chain(outputs) {
        // There is room for the tensors of as many layers as a body can have.
        let _ = tensors.push(Placement { bytes: 0..tensor.len(), first, last: first });
    }
    for (index, layer) in body.layers.iter().enumerate() {
        for input in layer.inputs() {
            if let Some(tensor) = tensors.get_mut(usize::from(input)) {
                tensor.last = index;
            }
        }
    }
    tensors
}

fn place_largest_first(tensors: &mut [Placement], window_bytes: usize) {
    for _ in 0..tensors.len() {
        let waiting = (0..tensors.len()).zip(tensors.iter()).filter(|(_, tensor)| !tensor.is_placed());
        let largest = waiting.max_by_key(|(_, tensor)| tensor.bytes.len());
        let Some((index, place)) =
            largest.map(|(index, tensor)| (index, lowest_gap(tensors, tensor, window_bytes)))
        else {
            return;
        };
        if let Some(tensor) = tensors.get_mut(index) {
            tensor.bytes = place;
        }
    }
}

/// The lowest place, behind the window or another tensor, that overlaps nothing that lives with `tensor`.
fn lowest_gap(tensors: &[Placement], tensor: &Placement, window_bytes: usize) -> Range<usize> {
    let neighbours = tensors.iter().filter(|other| other.is_placed() && other.lives_with(tensor));
    let offsets = neighbours.clone().map(|other| aligned(other.bytes.end));
    let places = core::iter::once(window_bytes)
        .chain(offsets)
        .map(|offset| offset..offset.saturating_add(tensor.bytes.len()))
        .filter(|place| neighbours.clone().all(|other| !overlap(place, &other.bytes)));
    // Behind the last neighbour there is always room.
    places.min_by_key(|place| place.start).unwrap_or(tensor.bytes.clone())
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn aligned(bytes: usize) -> usize {
    bytes.saturating_add(ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::{Clamp, FrontEndParams, Layer, Normalisation, Op, Rescale, Tensor};
    use proptest::prelude::*;

    fn tensor(values: u16) -> Tensor {
        Tensor { height: 1, width: 1, channels: values, zero_point: 0, scale: 1.0 }
    }

    /// A body whose window takes 8 bytes, with an addition for each output size and pair of inputs.
    fn body(input: u16, layers: &[(u16, u8, u8)]) -> Body<'static> {
        let rescale = Rescale { multiplier: 0, shift: 0 };
        let [input_rescale, other_rescale, output_rescale] = [rescale; 3];
        let layers = layers.iter().map(|&(output, input, other)| Layer {
            input,
            output: tensor(output),
            op: Op::Add { other, input_rescale, other_rescale, output_rescale, clamp: Clamp::NONE },
        });
        Body {
            name: "",
            labels: Vec::new(),
            front_end: FrontEndParams {
                sample_rate: 8000,
                fft_length: 512,
                hop_length: 512,
                window_samples: 512,
                mel_bands: 2,
                normalisation: Normalisation::Power { gain: 1.0 },
            },
            input: tensor(input),
            layers: layers.collect(),
        }
    }

    /// 16 -> 32 -> 8 -> 24: the third tensor lies behind the second; what lives before or after
    /// the second shares its bytes.
    #[test]
    fn a_chain_needs_its_largest_pair() {
        let plan = Plan::new(&body(16, &[(32, 0, 0), (8, 1, 1), (24, 2, 2)]));
        let places: std::vec::Vec<_> = plan.tensors().iter().map(|tensor| tensor.bytes.clone()).collect();
        assert_eq!(places, [40..56, 8..40, 40..48, 8..32]);
        assert_eq!((plan.window_bytes(), plan.arena_bytes()), (8, 56));
    }

    #[test]
    fn a_shortcut_keeps_its_tensor() {
        let plan = Plan::new(&body(8, &[(8, 0, 0), (8, 1, 1), (8, 2, 0)]));
        let lives: std::vec::Vec<_> = plan.tensors().iter().map(|t| (t.first, t.last)).collect();
        assert_eq!(lives, [(0, 2), (0, 1), (1, 2), (2, 2)]);
        assert_eq!(plan.arena_bytes(), 8 + 3 * 8);
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
        let plan = Plan::new(&body);
        for (index, a) in plan.tensors().iter().enumerate() {
            assert_eq!(Some(a.bytes.len()), body.tensor(index).map(|tensor| tensor.len()));
            assert!(a.bytes.start >= plan.window_bytes() && a.bytes.start % ALIGNMENT == 0);
            for b in plan.tensors().iter().skip(index + 1) {
                assert!(!a.lives_with(b) || !overlap(&a.bytes, &b.bytes), "{a:?} {b:?}");
            }
        }
        let sum: usize = plan.tensors().iter().map(|tensor| aligned(tensor.bytes.len())).sum();
        assert!(plan.arena_bytes() <= plan.window_bytes() + sum);
        let alive_at = |layer| {
            let alive = plan.tensors().iter().filter(move |t| t.first <= layer && layer <= t.last);
            alive.map(|tensor| tensor.bytes.len()).sum::<usize>()
        };
        let most = (0..layers.len()).map(alive_at).max().unwrap_or(0);
        assert!(plan.arena_bytes() >= plan.window_bytes() + most);
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
