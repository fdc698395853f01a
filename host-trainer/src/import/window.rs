//! Kernels that slide over their input.

use anyhow::{Context, ensure};
use engine::blob::Window;
use tract_tflite::tflite::Padding as Mode;

use super::network::Value;

/// Kernel, stride and padding as the file has them: rows, then columns.
pub(super) struct ImportedWindow {
    pub(super) kernel: [usize; 2],
    pub(super) stride: [i32; 2],
    pub(super) mode: Mode,
}

impl ImportedWindow {
    /// As the engine has them, with the output's height and width (TFLite's `ComputePaddingHeightWidth`).
    pub(super) fn over(&self, input: Value) -> anyhow::Result<(Window, [usize; 2])> {
        let sizes = [input.tensor.height, input.tensor.width].map(usize::from);
        let mut window = Window { kernel: [0; 2], stride: [0; 2], padding: [0; 2] };
        let mut output = [0; 2];
        for axis in 0..2 {
            let (kernel, explicit) = (self.kernel[axis], input.padding[axis]);
            let stride = usize::try_from(self.stride[axis]).ok().filter(|&stride| stride > 0);
            let stride = stride.with_context(|| format!("it has a stride of {}", self.stride[axis]))?;
            let padded = sizes[axis] + explicit.before + explicit.behind;
            let before = if self.mode == Mode::SAME {
                output[axis] = padded.div_ceil(stride);
                ((output[axis] - 1) * stride + kernel).saturating_sub(padded) / 2
            } else {
                ensure!(
                    (1..=padded).contains(&kernel),
                    "its kernel of {kernel} is larger than its input of {padded}"
                );
                output[axis] = (padded - kernel) / stride + 1;
                0
            };
            let before = before + explicit.before;
            ensure!(
                before < kernel && explicit.behind < kernel,
                "it is padded by {} and {}, less than its kernel of {kernel} is supported",
                before,
                explicit.behind
            );
            let byte = |size: usize| {
                u8::try_from(size)
                    .ok()
                    .with_context(|| format!("a kernel or stride of {size}: 255 is the most"))
            };
            (window.kernel[axis], window.stride[axis]) = (byte(kernel)?, byte(stride)?);
            window.padding[axis] = byte(before)?;
        }
        Ok((window, output))
    }
}

#[cfg(test)]
mod tests {
    use engine::blob::Tensor;

    use super::super::network::AxisPadding;
    use super::*;

    fn input(height: u16, width: u16, padding: [AxisPadding; 2]) -> Value {
        let tensor = Tensor { height, width, channels: 1, zero_point: 0, scale: 1.0 };
        Value { index: 0, tensor, padding }
    }

    /// 5 rows by steps of 2 are 3, which read 7: one before, one behind. 6 columns by steps of 2 are 3, which read 7:
    /// none before, one behind.
    #[test]
    fn same_padding_has_the_odd_one_behind() {
        let sliding = ImportedWindow { kernel: [3, 3], stride: [2, 2], mode: Mode::SAME };
        let (window, output) = sliding.over(input(5, 6, Default::default())).unwrap();
        assert_eq!((window.padding, output), ([1, 0], [3, 3]));
    }

    /// 1 + 6 + 1 rows and 6 + 1 columns, by steps of 2: 3 each.
    #[test]
    fn explicit_padding_is_taken_in() {
        let sliding = ImportedWindow { kernel: [3, 3], stride: [2, 2], mode: Mode::VALID };
        let padding = [(1, 1), (0, 1)].map(|(before, behind)| AxisPadding { before, behind });
        let (window, output) = sliding.over(input(6, 6, padding)).unwrap();
        assert_eq!((window.padding, output), ([1, 0], [3, 3]));
    }

    #[test]
    fn what_the_engine_cannot_slide_is_refused() {
        let over = |kernel, stride, before| {
            let sliding = ImportedWindow { kernel: [kernel; 2], stride: [stride; 2], mode: Mode::VALID };
            let padding = [AxisPadding { before, behind: 0 }; 2];
            sliding.over(input(300, 300, padding)).err().map(|error| error.to_string()).unwrap_or_default()
        };
        assert_eq!(over(3, 1, 0), "");
        assert!(over(256, 1, 0).contains("a kernel or stride of 256"));
        assert!(over(3, 0, 0).contains("a stride of 0"));
        assert!(over(3, 1, 3).contains("padded by 3"));
        assert!(over(304, 1, 3).contains("larger than its input of 303"));
    }
}
