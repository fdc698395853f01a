use engine::Model;
use engine::blob::{Network, Op, reseal};

use super::samples;
use crate::assert_answers;

/// What a model may cost before it is passed over, in kernel taps or samples: a network is never too
/// large to be safe, but it can be too large to run a million times.
const BUDGET: u64 = 1 << 18;

/// A blob with a right checksum is refused, or classifies any audio.
///
/// The bytes are the blob's length in two bytes, the blob, and samples that are repeated until the
/// window is full.
///
/// # Panics
/// If rows overlap that are kept, or the answer is not one.
pub fn model(bytes: &[u8]) {
    let Some((&length, rest)) = bytes.split_first_chunk() else { return };
    let (blob, audio) = rest.split_at(usize::from(u16::from_le_bytes(length)).min(rest.len()));
    let mut blob = blob.to_vec();
    reseal(&mut blob);
    let Ok(model) = Model::from_bytes(&blob) else { return };
    assert_disjoint(model.network(), model.layout().state_bytes);
    if cost(&model) <= BUDGET {
        let window = model.front_end().window_samples as usize;
        let audio: Vec<i16> = samples(audio).into_iter().cycle().take(window).collect();
        assert_answers(model, &audio);
    }
}

fn assert_disjoint(network: &Network<'_>, end: usize) {
    let kept = |index: usize| {
        let (place, tensor) = (network.placement(index)?, network.tensor(index)?);
        let start = place.state as usize;
        Some(start..start + usize::from(place.history) * tensor.row_len())
    };
    let places: Vec<_> = (0..=network.len()).filter_map(kept).collect();
    for (index, a) in places.iter().enumerate() {
        assert!(a.end <= end, "tensor {index}");
        for b in places.iter().skip(index + 1) {
            assert!(a.is_empty() || b.is_empty() || a.end <= b.start || b.end <= a.start, "{a:?} {b:?}");
        }
    }
}

/// An upper bound on the work of an inference.
fn cost(model: &Model<'_>) -> u64 {
    let (front_end, network) = (model.front_end(), model.network());
    let transforms = model.frames() as u64 * u64::from(front_end.fft_length);
    let layers = network.layers().map(|layer| {
        let input = network.tensor(layer.input.into()).map_or(0, |tensor| tensor.len() as u64);
        let taps = match &layer.op {
            Op::Conv2d { window, .. }
            | Op::DepthwiseConv2d { window, .. }
            | Op::MaxPool { window, .. }
            | Op::AveragePool { window, .. } => {
                window.kernel.map(u64::from).iter().product::<u64>() * input.min(1 << 16)
            }
            Op::Dense { .. } => input,
            Op::GlobalAveragePool { .. } | Op::Add { .. } | Op::Softmax { .. } => 1,
        };
        input.saturating_add(taps.saturating_mul(layer.output.len() as u64))
    });
    // Behind the end there may be steps in which nothing is computed.
    let pace = model.pace();
    let steps = u64::from(pace.first_answer) + u64::from(pace.rows_an_answer);
    let looks = steps * network.len() as u64;
    layers.fold(looks + transforms + u64::from(front_end.window_samples), u64::saturating_add)
}
