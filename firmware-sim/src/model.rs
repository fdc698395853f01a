//! The model that the firmware was built with.

include!(concat!(env!("OUT_DIR"), "/model.rs"));
