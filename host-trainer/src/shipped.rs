//! The trained models that come along.

use std::path::Path;

/// The model that is used where none is named: the `small` preset, trained on recordings of people.
pub const SHIPPED_MODEL: &[u8] = include_bytes!("../models/small.postcard");

/// A trained model that comes along.
pub(crate) struct Shipped {
    /// Its preset's.
    name: &'static str,
    pub(crate) blob: &'static [u8],
    /// JSON and tensors of its [float model](crate::network::FloatModel), from which a training can go on.
    pub(crate) float: [&'static [u8]; 2],
}

/// All that come along, the one that is used where none is named first.
const SHIPPED_MODELS: [Shipped; 2] = [
    Shipped {
        name: "small",
        blob: SHIPPED_MODEL,
        float: [include_bytes!("../models/small.json"), include_bytes!("../models/small.safetensors")],
    },
    Shipped {
        name: "tiny",
        blob: include_bytes!("../models/tiny.postcard"),
        float: [include_bytes!("../models/tiny.json"), include_bytes!("../models/tiny.safetensors")],
    },
];

impl Shipped {
    /// The one of a name.
    pub(crate) fn named(name: &Path) -> Option<&'static Self> {
        SHIPPED_MODELS.iter().find(|model| Path::new(model.name) == name)
    }

    /// What a message calls them all.
    pub(crate) fn names() -> String {
        SHIPPED_MODELS.each_ref().map(|model| model.name).join(", ")
    }
}
