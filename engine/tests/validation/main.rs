//! Every kind of bad field, each refused for what it is.
#![cfg(all(feature = "std", feature = "unstable"))]

mod arithmetic;
#[path = "../common/mod.rs"]
mod common;
mod layers;
mod spoilt;
mod whole;

use common::{every_operator, loud};
use prosodia::{LayerError, LoadError, Model};
use spoilt::Result;

#[test]
fn the_models_that_the_tests_spoil_are_valid() -> Result {
    for body in [every_operator(), loud()] {
        Model::from_bytes(&body.to_bytes()?)?;
    }
    Ok(())
}

#[test]
fn errors_say_what_is_wrong() {
    let error = LoadError::Layer { index: 3, error: LayerError::Overflow };
    assert_eq!(error.to_string(), "the model's layer 3 can't be run: its sums could overflow 32 bits");
    let error = LoadError::ArenaTooSmall { needed: 160, available: 159 };
    assert_eq!(error.to_string(), "the model needs an arena of 160 bytes, this one has 159");
}
