//! The model that the firmware was built with.

include!(concat!(env!("OUT_DIR"), "/model.rs"));

/// Bytes of arena that the model needs. A blob that the engine refuses is refused on the device, where the message
/// belongs.
pub const ARENA_BYTES: usize = engine::arena_bytes(MODEL);

/// Values in a row of the network's input.
pub const ROW_LEN: usize = engine::row_len(MODEL);

/// The sample rate in Hz that the model hears; any rate of a network alone, which no firmware lets hear.
pub const SAMPLE_RATE: u32 = match engine::sample_rate(MODEL) {
    0 => 22_050,
    rate => rate,
};
