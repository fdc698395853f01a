use engine::Model;
use engine::blob::{Op, seal_envelope};

use super::samples;
use crate::assert_answers;

/// What a model may cost before it is passed over, in kernel taps or samples: a network is never too
/// large to be safe, but it can be too large to run a million times.
const BUDGET: u64 = 1 << 18;

/// A body with a right checksum is refused, or classifies any audio.
///
/// The bytes are the body's length in two bytes, the body, and samples that are repeated until the
/// window is full.
///
/// # Panics
/// If tensors overlap that live together, or the answer is not one.
pub fn model(bytes: &[u8]) {
    let Some((&length, rest)) = bytes.split_first_chunk() else { return };
    let (body, audio) = rest.split_at(usize::from(u16::from_le_bytes(length)).min(rest.len()));
    let blob = seal_envelope(body);
    let Ok(model) = Model::from_bytes(&blob) else { return };
    assert_disjoint(&model);
    if cost(&model) <= BUDGET {
        let window = model.body().front_end.window_samples as usize;
        let audio: Vec<i16> = samples(audio).into_iter().cycle().take(window).collect();
        assert_answers(model, &audio);
    }
}

fn assert_disjoint(model: &Model<'_>) {
    let end = model.plan().scratch_bytes();
    let tensors = model.plan().tensors();
    for (index, tensor) in tensors.iter().enumerate() {
        assert!(tensor.bytes.end <= end, "tensor {index}");
        for other in tensors.iter().skip(index + 1) {
            let together = tensor.first <= other.last && other.first <= tensor.last;
            let overlap = tensor.bytes.start < other.bytes.end && other.bytes.start < tensor.bytes.end;
            assert!(!(together && overlap), "{tensor:?} {other:?}");
        }
    }
}

/// An upper bound on the work of an inference.
fn cost(model: &Model<'_>) -> u64 {
    let front_end = &model.body().front_end;
    let transforms = model.frames() as u64 * u64::from(front_end.fft_length);
    let layers = model.layers().iter().map(|layer| {
        let input = model.tensor(layer.input.into()).map_or(0, |tensor| tensor.len() as u64);
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
    layers.fold(transforms + u64::from(front_end.window_samples), u64::saturating_add)
}
