//! The integer operators.
//!
//! Arithmetic is that of TFLite's int8 reference kernels, bit for bit. Shapes are height, width,
//! channels, channels innermost. A kernel trusts nothing but its slices: where they are shorter than
//! the shapes say, it computes less; it never panics.
//!
//! [`plain`] defines what is right. Beside it lies one folder for each instruction set, of which `build.rs` chooses
//! those of the target: [`BACKEND`] says which. `scalar` is what `armv7m` and `armv7em` have in common; `portable` is
//! for all targets that have no kernels of their own. On a host with an operating system it is asked when the program
//! runs: [`backend`] says what it turned out to have. Layers outside the bounds that a set's kernels rely on go to the
//! plain ones.

#[doc(hidden)]
pub mod agreement;
#[cfg(armv7em)]
mod armv7em;
#[cfg(armv7m)]
mod armv7m;
#[cfg(avx512)]
mod avx2;
#[cfg(avx512)]
#[allow(clippy::incompatible_msrv)] // `build.rs` leaves it to compilers that have it.
mod avx512;
#[cfg(cortex_m)]
mod cortex_m;
#[cfg(any(cortex_m, vectors, test))]
mod factor;
#[cfg(helium)]
mod helium;
mod im2col;
#[cfg(neon)]
mod neon;
pub mod plain;
#[cfg(not(cortex_m))]
mod portable;
#[cfg(any(armv7em, armv7m))]
mod scalar;
#[cfg(avx512)]
mod vectors;

#[cfg(armv7em)]
use armv7em as instructions;
#[cfg(armv7m)]
use armv7m as instructions;
#[cfg(helium)]
use helium as backend;
#[cfg(any(armv7em, armv7m))]
use scalar as backend;

#[cfg(cortex_m)]
pub use backend::conv2d;
#[cfg(cortex_m)]
pub use cortex_m::{add, copy, depthwise_conv2d};
#[cfg(not(any(cortex_m, avx512)))]
pub use plain::add;
#[cfg(not(cortex_m))]
pub use plain::depthwise_conv2d;
pub use plain::{AddRescale, softmax};
#[cfg(not(any(armv7em, armv7m)))]
pub use plain::{average_pool, dense, global_average_pool, max_pool};
#[cfg(any(armv7em, armv7m))]
pub use scalar::{average_pool, dense, global_average_pool, max_pool};

#[cfg(avx512)]
use crate::blob::Clamp;
use crate::blob::Tensor;
#[cfg(not(cortex_m))]
use crate::blob::{Filter, Window};

/// The instruction set whose kernels were compiled in: `"portable"`, `"armv7m"`, `"armv7em"` (the DSP extension),
/// `"helium"`, or for hosts `"avx512"` and `"neon"` (used where the host turns out to have them; `kernels::backend`
/// says, with the feature `unstable`).
///
/// On Armv8-M it depends on `-Ctarget-cpu` or on the features `dsp` and `helium`; a firmware can make sure of it:
///
/// ```
/// // For instance `matches!(prosodia::BACKEND.as_bytes(), b"helium")`.
/// const _: () = assert!(!prosodia::BACKEND.is_empty());
/// ```
pub const BACKEND: &str = if cfg!(armv7m) {
    "armv7m"
} else if cfg!(armv7em) {
    "armv7em"
} else if cfg!(helium) {
    "helium"
} else if cfg!(avx512) {
    "avx512"
} else if cfg!(neon) {
    "neon"
} else {
    "portable"
};

/// The instruction set whose kernels run: [`BACKEND`], or `"avx2"` or `"portable"` on a host that has no AVX-512 VNNI,
/// and `"portable"` on a 64-bit Arm without the dot product.
///
/// ```
/// println!("kernels: {}", prosodia::kernels::backend());
/// ```
#[must_use]
pub fn backend() -> &'static str {
    #[cfg(avx512)]
    if !avx512::is_capable() {
        return if avx2::is_capable() { "avx2" } else { "portable" };
    }
    #[cfg(neon)]
    if !neon::is_capable() {
        return "portable";
    }
    BACKEND
}

/// The most weights of one output channel for which a convolution gets scratch memory.
const MAX_KERNEL_SIZE: usize = 4096;

/// The most weights of one output channel for which six positions are computed at once, which takes more memory than
/// two: with the DSP extension, and without.
const MAX_SIX_HALFWORDS: usize = 1024;
const MAX_SIX_WORDS: usize = 288;

/// Bytes of scratch memory with which [`conv2d`] is fast on every core, for so many weights of an output channel.
///
/// Patches of the input are laid out there: one as it is, and six widened to 16 bits, or to 32 where there is
/// no DSP extension. Of large ones there is room for fewer.
#[must_use]
pub const fn conv2d_scratch_bytes(kernel_size: usize) -> usize {
    // For the alignment, and because patches are rounded up to whole words.
    const SLACK: usize = 136;
    let per_value = if kernel_size <= MAX_SIX_WORDS {
        25
    } else if kernel_size <= MAX_SIX_HALFWORDS {
        13
    } else if kernel_size <= MAX_KERNEL_SIZE {
        8
    } else {
        return 0;
    };
    SLACK + per_value * kernel_size
}

/// 2-D convolution over every input channel: [`plain::conv2d`], faster.
///
/// It is so with [`conv2d_scratch_bytes`] of `scratch` memory.
#[cfg(not(cortex_m))]
#[cfg_attr(vectors, allow(unsafe_code))]
pub fn conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>, scratch: &mut [i8]) {
    #[cfg(avx512)]
    if avx512::is_capable() {
        // SAFETY: the host is capable.
        return unsafe { avx512::conv2d(input, output, window, filter) };
    }
    #[cfg(avx512)]
    if avx2::is_capable() {
        // SAFETY: the host is capable.
        return unsafe { avx2::conv2d(input, output, window, filter, scratch) };
    }
    #[cfg(neon)]
    if neon::is_capable() {
        // SAFETY: the host is capable.
        return unsafe { neon::conv2d(input, output, window, filter, scratch) };
    }
    portable::conv2d(input, output, window, filter, scratch);
}

/// Sum of two tensors of one shape: [`plain::add`], faster.
#[cfg(avx512)]
#[allow(unsafe_code)]
pub fn add(input: Input<'_>, other: Input<'_>, output: Output<'_>, rescale: AddRescale, clamp: Clamp) {
    if avx512::is_capable() {
        // SAFETY: the host is capable.
        return unsafe { avx512::add(input, other, output, rescale, clamp) };
    }
    if avx2::is_capable() {
        // SAFETY: the host is capable.
        return unsafe { avx2::add(input, other, output, rescale, clamp) };
    }
    plain::add(input, other, output, rescale, clamp);
}

/// Copies values, as many as both slices have.
#[cfg(not(cortex_m))]
pub fn copy(source: &[i8], target: &mut [i8]) {
    let length = source.len().min(target.len());
    let (source, _) = source.split_at(length);
    let (target, _) = target.split_at_mut(length);
    target.copy_from_slice(source);
}

/// A tensor to read.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Shape and quantisation.
    pub tensor: Tensor,
    /// `height * width * channels` values.
    pub data: &'a [i8],
}

/// A tensor to write.
#[derive(Debug)]
pub struct Output<'a> {
    /// Shape and quantisation.
    pub tensor: Tensor,
    /// `height * width * channels` values.
    pub data: &'a mut [i8],
}

/// A tensor without its first values.
#[cfg(any(cortex_m, avx512))]
fn tail(input: Input<'_>, first: usize) -> Input<'_> {
    Input { data: input.data.get(first..).unwrap_or_default(), ..input }
}
