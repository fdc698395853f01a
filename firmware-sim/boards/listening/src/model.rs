use engine::listen::Filter;

include!(concat!(env!("OUT_DIR"), "/model.rs"));

/// Bytes of arena that the model needs.
pub(crate) const ARENA_BYTES: usize = engine::arena_bytes(MODEL);

/// The sample rate in Hz that the model hears.
pub const SAMPLE_RATE: u32 = engine::sample_rate(MODEL);

/// Coefficients of the [`filter`] from a microphone's sample rate in Hz; 0 if it is the model's.
#[must_use]
pub const fn filter_len(microphone: u32) -> usize {
    if microphone == SAMPLE_RATE { 0 } else { engine::listen::filter_len(microphone, SAMPLE_RATE) }
}

/// The filter from a microphone's sample rate in Hz to the model's, if they differ.
///
/// # Panics
/// (At compile time.) If the microphone's is more than three times the model's, or out of range.
#[must_use]
pub const fn filter<const LEN: usize>(microphone: u32) -> Option<Filter<LEN>> {
    if microphone == SAMPLE_RATE { None } else { Some(Filter::new(microphone, SAMPLE_RATE)) }
}

/// The [conversion](engine::listen::Conversion) from a microphone's sample rate, a constant, to the model's: computed
/// at compile time, None if they are alike.
#[macro_export]
macro_rules! conversion {
    ($rate:expr) => {{
        use $crate::engine::listen::Filter;

        static FILTER: Option<Filter<{ $crate::filter_len($rate) }>> = $crate::filter($rate);
        FILTER.as_ref().map(Filter::conversion)
    }};
}
