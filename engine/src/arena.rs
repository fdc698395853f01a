/// A model's working memory, aligned so that kernels may read whole words.
#[repr(C, align(8))]
pub(crate) struct Arena<const BYTES: usize>(pub(crate) [i8; BYTES]);

impl<const BYTES: usize> Arena<BYTES> {
    pub(crate) const fn new() -> Self {
        Self([0; BYTES])
    }
}
