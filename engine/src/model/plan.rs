//! Where everything lies in the arena: found out when a blob is written, and only verified on the device.

use core::cmp::Reverse;
use core::ops::Range;
use std::vec::Vec;

use super::layout::{aligned, are_apart, kernel_scratch_bytes, row_bytes};
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
        let layer = tensor.checked_sub(1).and_then(|index| network.layer(index));
        let length = layer.map_or(0, |layer| kernel_scratch_bytes(network, &layer));
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
