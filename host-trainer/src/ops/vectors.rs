use pulp::Arch;

/// Runs loops that are compiled for the widest vectors that the processor has. Each value is computed as it would be
/// without: products and sums are not fused, and nothing is reordered.
pub(super) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(work)
}
