//! Rows and columns change places.
//!
//! In the engine a row is a moment of time. A network whose columns are time computes the same on its side: every
//! kernel is transposed, and a dense layer's weights follow the order in which its input comes.

use bumpalo::Bump;
use engine::blob::{Layer, Op, Tensor, Window};

use super::network::sizes;

/// Transposes a network.
pub(super) fn transpose<'b>(bytes: &'b Bump, input: &mut Tensor, layers: &mut [Layer<'b>]) {
    let mut shapes = vec![*input];
    shapes.extend(layers.iter().map(|layer| layer.output));
    swap_tensor(input);
    for layer in layers {
        let read = shapes.get(usize::from(layer.input)).copied().unwrap_or(layer.output);
        swap_tensor(&mut layer.output);
        match &mut layer.op {
            Op::Conv2d { window, filter } | Op::DepthwiseConv2d { window, filter } => {
                let [rows, columns] = window.kernel.map(usize::from);
                filter.weights = transposed(bytes, filter.weights, [rows, columns, read.channels.into()]);
                swap_window(window);
            }
            Op::Dense { filter } => {
                filter.weights = transposed(bytes, filter.weights, sizes(read));
            }
            Op::MaxPool { window, .. } | Op::AveragePool { window, .. } => swap_window(window),
            Op::GlobalAveragePool { .. } | Op::Add { .. } | Op::Softmax { .. } => {}
        }
    }
}

fn swap_tensor(tensor: &mut Tensor) {
    (tensor.height, tensor.width) = (tensor.width, tensor.height);
}

fn swap_window(Window { kernel, stride, padding }: &mut Window) {
    [kernel, stride, padding].into_iter().for_each(|pair| pair.swap(0, 1));
}

/// Weights of several outputs, each rows by columns by depth, as columns by rows by depth.
fn transposed<'b>(bytes: &'b Bump, weights: &[u8], [rows, columns, depth]: [usize; 3]) -> &'b [u8] {
    let output = |weights: &[u8]| {
        let places = (0..columns).flat_map(move |column| (0..rows).map(move |row| row * columns + column));
        places.flat_map(|place| weights[place * depth..][..depth].to_vec()).collect::<Vec<u8>>()
    };
    let turned: Vec<u8> = weights.chunks_exact((rows * columns * depth).max(1)).flat_map(output).collect();
    bytes.alloc_slice_copy(&turned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two outputs of two rows, three columns and two channels.
    #[test]
    fn columns_become_rows_and_channels_stay_together() {
        let bytes = Bump::new();
        let weights: Vec<u8> = (0..24).collect();
        let turned = transposed(&bytes, &weights, [2, 3, 2]);
        assert_eq!(turned[..12], [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11]);
        assert_eq!(turned[12..], [12, 13, 18, 19, 14, 15, 20, 21, 16, 17, 22, 23]);
        assert_eq!(transposed(&bytes, turned, [3, 2, 2]), weights);
    }
}
