//! What happens to sound between a mouth and a model, for training and for tests alike: rooms, microphones,
//! disturbances and codecs. Samples are `f64` in steps of 16 bit, so that full scale is 32768, and may exceed it until
//! [`to_i16`] clips.

mod hum;
mod level;
mod mu_law;
mod noise;
mod packet_loss;
mod response;
mod room;
mod spectrum;
mod telephone;
mod transients;

pub use hum::{HARMONICS, add_tone, hum};
pub use level::{amplify, offset, power, set_peak, to_f64, to_i16};
pub use mu_law::{decode, encode};
pub use noise::{excerpt, gaussian, mix};
pub use packet_loss::{Concealment, lose};
pub use response::{high_pass, low_pass, tilt};
pub use room::{Room, of_recording};
pub use spectrum::{convolve, shape};
pub use telephone::telephone;
pub use transients::{Click, Thump};
