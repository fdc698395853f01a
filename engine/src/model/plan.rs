//! Where everything lies in the arena: found out when a blob is written, and only verified on the device.

use core::cmp::Reverse;
use core::ops::Range;
use std::vec::Vec;

use super::layout::{aligned, are_apart, row_bytes, scratch_range};
use super::rows::{histories, last_readers, timings};
use crate::blob::{Network, Placement};

/// A place for every tensor of a network whose records have none yet.
///
/// Rows that are kept lie one tensor behind the other. In the workspace a tensor lives from the layer that computes it
/// to the last one that reads it, and placement is greedy by size: the largest first, of equals the first, each at the
/// lowest offset that is free while it lives (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
/// Inference", 2020). A network that validation refuses gets some plan or other.
pub(crate) fn plan(network: &Network<'_>) -> Vec<Placement> {
    let timings = timings(network).unwrap_or_default();
    let mut histories: Vec<u16> = histories(network, &timings).iter().copied().collect();
    histories.resize(network.len() + 1, 0);
    let pieces = place_largest_first(pieces(network, &histories));
    let mut state = 0;
    let mut placements = Vec::new();
    for (tensor, history) in histories.into_iter().enumerate() {
        let mut placement = Placement { history, state: offset(state), ..Placement::default() };
        state = aligned(state.saturating_add(row_bytes(network, tensor).saturating_mul(history.into())));
        for piece in pieces.iter().filter(|piece| piece.tensor == tensor) {
            let start = offset(piece.place.start);
            *(if piece.is_scratch { &mut placement.scratch } else { &mut placement.workspace }) = start;
        }
        placements.push(placement);
    }
    placements
}

/// What needs room in the workspace for some time.
struct Piece {
    tensor: usize,
    is_scratch: bool,
    /// The tensors while which are computed it is needed.
    lives: Range<usize>,
    place: Range<usize>,
}

fn pieces(network: &Network<'_>, histories: &[u16]) -> Vec<Piece> {
    let readers = last_readers(network);
    let mut pieces = Vec::new();
    for (tensor, &history) in histories.iter().enumerate() {
        let last = readers.get(tensor).map_or(tensor, |&reader| usize::from(reader).max(tensor));
        let rows = usize::from(history).saturating_add(1);
        let length = row_bytes(network, tensor).saturating_mul(rows);
        pieces.push(Piece { tensor, is_scratch: false, lives: tensor..last + 1, place: 0..length });
        let length = scratch_range(network, tensor).len();
        pieces.push(Piece { tensor, is_scratch: true, lives: tensor..tensor + 1, place: 0..length });
    }
    pieces
}

fn place_largest_first(mut waiting: Vec<Piece>) -> Vec<Piece> {
    waiting.sort_by_key(|piece| Reverse(piece.place.len()));
    let mut placed: Vec<Piece> = Vec::new();
    for mut piece in waiting {
        let neighbours = placed.iter().filter(|other| !are_apart(&other.lives, &piece.lives));
        let neighbours: Vec<&Range<usize>> = neighbours.map(|other| &other.place).collect();
        piece.place = lowest_gap(piece.place.len(), &neighbours);
        placed.push(piece);
    }
    placed
}

/// The lowest place, at the start or behind a neighbour, that overlaps no neighbour.
fn lowest_gap(length: usize, neighbours: &[&Range<usize>]) -> Range<usize> {
    let offsets = neighbours.iter().map(|other| aligned(other.end));
    let places = core::iter::once(0).chain(offsets).map(|offset| offset..offset.saturating_add(length));
    let free = places.filter(|place| neighbours.iter().all(|other| are_apart(place, other)));
    // Behind the last neighbour there is always room.
    free.min_by_key(|place| place.start).unwrap_or(0..length)
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::super::layout::{is_sound, live_range, state_range};
    use super::super::tests::{WEIGHTS, dice, network};
    use super::*;
    use crate::blob::{self, Body, Clamp, Layer, MAX_LAYERS, Op, RECORD_BYTES, Rescale, Tensor, Window};

    /// The records of a body, with the places that it is written with.
    fn records(body: &Body<'_>) -> Vec<[u8; RECORD_BYTES]> {
        let blob = body.to_bytes().unwrap();
        blob::open(&blob).unwrap().records.to_vec()
    }

    /// The filters of a body.
    fn filters(body: &Body<'_>) -> Vec<u8> {
        let blob = body.to_bytes().unwrap();
        blob::open(&blob).unwrap().filters.to_vec()
    }

    /// Whether some byte is written twice of those that a step needs: it is looked for byte by byte.
    fn overlaps(network: &Network<'_>) -> bool {
        let readers = last_readers(network);
        let paint = |bytes: &mut Vec<bool>, place: Range<usize>| {
            bytes.resize(bytes.len().max(place.end), false);
            place.into_iter().any(|byte| core::mem::replace(&mut bytes[byte], true))
        };
        let mut state = Vec::new();
        (0..=network.len()).any(|step| {
            let mut workspace = Vec::new();
            let is_needed = |tensor: &usize| usize::from(readers[*tensor]) >= step;
            (0..step).filter(is_needed).any(|tensor| paint(&mut workspace, live_range(network, tensor)))
                || paint(&mut workspace, live_range(network, step))
                || paint(&mut workspace, scratch_range(network, step))
                || paint(&mut state, state_range(network, step))
        })
    }

    /// Nothing lies over anything else, and there is neither less room than a step needs nor more than all pieces do.
    fn assert_laws(body: &Body<'_>) {
        let (records, filters) = (records(body), filters(body));
        let network = Network::new(&records, &filters);
        assert!(is_sound(&network));
        assert!(!overlaps(&network));
        let readers = last_readers(&network);
        let [mut workspace, mut largest_step, mut sum, mut state, mut kept] = [0; 5];
        for step in 0..=network.len() {
            let [live, scratch, rows] =
                [live_range, scratch_range, state_range].map(|range| range(&network, step));
            assert!([&live, &scratch, &rows].iter().all(|place| place.start == aligned(place.start)));
            workspace = workspace.max(live.end).max(scratch.end);
            sum += aligned(live.len()) + aligned(scratch.len());
            let alive = (0..=step).filter(|&tensor| tensor == step || usize::from(readers[tensor]) >= step);
            let needed = alive.map(|tensor| live_range(&network, tensor).len()).sum::<usize>();
            largest_step = largest_step.max(needed + scratch.len());
            state = state.max(rows.end);
            kept += aligned(rows.len());
        }
        assert!((largest_step..=sum).contains(&workspace), "{largest_step} <= {workspace} <= {sum}");
        assert!(state <= kept, "{state} <= {kept}");
        // What lies where does not depend on where it lay before.
        let placements: Vec<_> = (0..=network.len()).filter_map(|tensor| network.placement(tensor)).collect();
        assert_eq!(plan(&network), placements);
    }

    fn tensor(values: u16) -> Tensor {
        Tensor { height: 1, width: 1, channels: values, zero_point: 0, scale: 1.0 }
    }

    /// A layer that reads a tensor, and maybe others: two tensors, or a few rows of one.
    type Choice = (u16, u8, Reads);

    #[derive(Debug, Clone, Copy)]
    enum Reads {
        Rows(u8),
        Other(u8),
    }

    /// Layers of any sizes: no one validates them.
    fn body(input: u16, layers: &[Choice]) -> Body<'static> {
        let layers = layers.iter().map(|&(values, input, reads)| {
            let rescale = Rescale { multiplier: 0, shift: 0 };
            let [input_rescale, other_rescale, output_rescale] = [rescale; 3];
            let clamp = Clamp::NONE;
            let op = match reads {
                Reads::Other(other) => Op::Add { other, input_rescale, other_rescale, output_rescale, clamp },
                Reads::Rows(rows) => Op::MaxPool {
                    window: Window { kernel: [rows, 1], stride: [1; 2], padding: [0; 2] },
                    clamp,
                },
            };
            Layer { input, lag: 0, output: tensor(values), op }
        });
        let layers = layers.collect();
        Body { input: tensor(input), layers, ..network(1, &[], false, &[0; WEIGHTS]) }
    }

    /// 16 -> 32 -> 8 -> 24, of which the second layer reads 3 rows.
    #[test]
    fn a_chain_by_hand() {
        let chain = [(32, 0, Reads::Rows(1)), (8, 1, Reads::Rows(3)), (24, 2, Reads::Rows(1))];
        let body = body(16, &chain);
        let records = records(&body);
        let network = Network::new(&records, &[]);
        // Two rows of the second tensor are kept, and one of what the model answers with: of the last and of what it is
        // computed from.
        let state = [0..0, 0..64, 64..72, 72..96];
        // During a step there is a row more of each. What lives before or after the largest shares its bytes.
        let live = [96..112, 0..96, 96..112, 0..48];
        for tensor in 0..4 {
            assert_eq!(state_range(&network, tensor), state[tensor]);
            assert_eq!(live_range(&network, tensor), live[tensor]);
            assert!(scratch_range(&network, tensor).is_empty());
        }
        assert_laws(&body);
    }

    #[test]
    fn a_shortcut_keeps_its_tensor() {
        let body = body(8, &[(8, 0, Reads::Rows(1)), (8, 1, Reads::Rows(1)), (8, 2, Reads::Other(0))]);
        let records = records(&body);
        let network = Network::new(&records, &[]);
        // The first is needed to the end. The third and the last keep a row.
        let live = [32..40, 16..24, 0..16, 16..32];
        assert_eq!(core::array::from_fn(|tensor| live_range(&network, tensor)), live);
        assert_laws(&body);
    }

    /// All networks of three layers whose tensors have 1, 8 or 17 values.
    #[test]
    #[cfg_attr(miri, ignore = "too many cases to interpret")]
    fn every_small_network_is_placed_soundly() {
        const SIZES: [u16; 3] = [1, 8, 17];
        let choices = |index: u8| {
            let reads = |input: u8| (0..input).map(Reads::Other).chain([Reads::Rows(1), Reads::Rows(3)]);
            let inputs = (0..=index).flat_map(move |input| reads(input).map(move |reads| (input, reads)));
            inputs.flat_map(|(input, reads)| SIZES.map(|size| (size, input, reads)))
        };
        for input in SIZES {
            for first in choices(0) {
                for second in choices(1) {
                    choices(2).for_each(|third| assert_laws(&body(input, &[first, second, third])));
                }
            }
        }
    }

    fn any_layers() -> impl Strategy<Value = Vec<Choice>> {
        let layer = (1u16..400, any::<Index>(), any::<Index>(), 0u8..10);
        vec(layer, 1..MAX_LAYERS).prop_map(|layers| {
            let layers = layers.into_iter().enumerate();
            layers
                .map(|(index, (size, input, other, rows))| {
                    let input = input.index(index + 1) as u8;
                    let other = other.index(index + 1) as u8;
                    let reads = if other < input { Reads::Other(other) } else { Reads::Rows(rows) };
                    (size, input, reads)
                })
                .collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 256 }))]

        #[test]
        fn any_layers_are_placed_soundly(input in 1u16..400, layers in any_layers()) {
            assert_laws(&body(input, &layers));
        }

        /// Networks with convolutions, which have scratch memory.
        #[test]
        fn any_network_is_placed_soundly(height in 1u16..20, layers in vec(dice(), 1..40), has_mean: bool) {
            let weights = std::vec![1; WEIGHTS];
            assert_laws(&network(height, &layers, has_mean, &weights));
        }

        /// Places of chance, a few of which lie over one another: those networks are refused, and no others.
        #[test]
        fn what_lies_over_something_else_is_found(
            height in 1u16..6,
            layers in vec(dice(), 1..4),
            moves in vec((any::<Index>(), 0usize..3, 0u32..4000), 1..4),
        ) {
            let weights = std::vec![1; WEIGHTS];
            let body = network(height, &layers, false, &weights);
            let (mut records, filters) = (records(&body), filters(&body));
            for (tensor, field, place) in moves {
                let record = tensor.get_mut(&mut records);
                record[44 + 4 * field..][..4].copy_from_slice(&place.to_le_bytes());
            }
            let network = Network::new(&records, &filters);
            prop_assert_eq!(is_sound(&network), !overlaps(&network));
        }
    }
}
