//! One web page of the engine, a model, and what the page is made of: a file that works wherever it lies.

mod wasm;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::Model;

/// The models that come along.
const SHIPPED_MODELS: [&[u8]; 2] = [
    include_bytes!("../../../../host-trainer/models/small.postcard"),
    include_bytes!("../../../../host-trainer/models/tiny.postcard"),
];

const PAGE: &str = include_str!("../../page/index.html");

/// What takes the place of `{{name}}` in the page.
const PARTS: [(&str, &str); 6] = [
    ("style.css", include_str!("../../page/style.css")),
    ("worklet.js", include_str!("../../page/worklet.js")),
    ("worker.js", include_str!("../../page/worker.js")),
    ("picture.js", include_str!("../../page/picture.js")),
    ("view.js", include_str!("../../page/view.js")),
    ("main.js", include_str!("../../page/main.js")),
];

/// Of the shipped models; they have learnt from corpora that ask for it.
const CREDITS: &str = "It has learnt from RAVDESS and nEMO (CC BY-NC-SA 4.0) and CREMA-D (ODbL 1.0): no commercial \
                       use, share alike.";

/// The page with a model in it.
///
/// # Errors
/// What the engine says of the model; a toolchain without the target; what the compiler says.
pub fn build(model: &[u8]) -> anyhow::Result<String> {
    Model::from_bytes(model)?;
    let packed = [("engine.wasm", packed(&wasm::build()?)?), ("model.postcard", packed(model)?)];
    let credits = if SHIPPED_MODELS.contains(&model) { CREDITS } else { "" };
    let parts = PARTS
        .into_iter()
        .chain([("credits", credits)])
        .chain(packed.iter().map(|(name, text)| (*name, &**text)));
    Ok(parts
        .fold(PAGE.to_owned(), |page, (name, text)| page.replace(&format!("{{{{{name}}}}}"), text.trim())))
}

/// Compressed as far as gzip goes, which takes a second or two, as text.
fn packed(bytes: &[u8]) -> anyhow::Result<String> {
    let mut compressed = Vec::new();
    zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, bytes, &mut compressed)?;
    Ok(STANDARD.encode(compressed))
}
