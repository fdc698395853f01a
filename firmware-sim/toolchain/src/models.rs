use std::convert::Infallible;
use std::path::{Path, PathBuf};

/// Where the trained models lie that come along.
const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../host-trainer/models");

/// The name of the shipped model that is used where none is named.
pub const DEFAULT_MODEL: &str = "small";

/// The file of a model: that of a shipped one by its name, `small` or `tiny`, unless a file is called so.
///
/// # Errors
/// None: a file that is not there is found out by whoever reads it.
pub fn model_file(name_or_file: &str) -> Result<PathBuf, Infallible> {
    let shipped = Path::new(SHIPPED).join(name_or_file).with_extension("postcard");
    let is_name = Path::new(name_or_file).components().count() == 1 && !Path::new(name_or_file).exists();
    Ok(if is_name && shipped.is_file() { shipped } else { name_or_file.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shipped_model_goes_by_its_name() {
        for name in [DEFAULT_MODEL, "tiny"] {
            let Ok(file) = model_file(name);
            assert!(file.is_file() && file.ends_with(format!("{name}.postcard")), "{}", file.display());
        }
        for other in ["huge", "models/tiny", "mine.postcard", "/tiny", ""] {
            assert_eq!(model_file(other), Ok(PathBuf::from(other)));
        }
    }
}
