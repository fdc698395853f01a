//! From the microphone's sample rate to the model's.

use engine::listen::{Conversion, Filter, filter_len};

use crate::hear::Error;
use crate::microphone;
use crate::model::SAMPLE_RATE;

const MICROPHONE_RATE: u32 = microphone::sample_rate(SAMPLE_RATE);

static FROM_MICROPHONE: Filter<{ filter_len(MICROPHONE_RATE, SAMPLE_RATE) }> =
    Filter::new(MICROPHONE_RATE, SAMPLE_RATE);

/// From a recording's rate in Hz; None from the model's own.
///
/// # Errors
/// A rate for which there is no filter.
pub fn to_the_model(sample_rate: u32) -> Result<Option<Conversion<'static>>, Error> {
    match sample_rate {
        SAMPLE_RATE => Ok(None),
        MICROPHONE_RATE => Ok(Some(FROM_MICROPHONE.conversion())),
        found => Err(Error::SampleRate { found, expected: SAMPLE_RATE }),
    }
}
