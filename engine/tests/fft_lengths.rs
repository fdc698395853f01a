//! FFT lengths by feature. `.ci/run` has it run with a single one as well.

mod common;

use common::every_operator;
use prosodia::{FrontEndError, LoadError, Model};

#[test]
fn a_length_that_is_left_out_is_refused_at_load() -> Result<(), Box<dyn std::error::Error>> {
    let lengths = [
        (512, cfg!(feature = "fft-512")),
        (1024, cfg!(feature = "fft-1024")),
        (2048, cfg!(feature = "fft-2048")),
    ];
    for (length, is_built_in) in lengths {
        let mut body = every_operator();
        body.front_end.as_mut().ok_or("it hears")?.fft_length = length;
        let refused = (!is_built_in).then_some(LoadError::FrontEnd(FrontEndError::FftLengthLeftOut));
        assert_eq!(Model::from_bytes(&body.to_bytes()?).err(), refused, "{length}");
    }
    Ok(())
}
