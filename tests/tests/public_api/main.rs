//! What `prosodia` promises to its users, without the feature `unstable`, is what `engine/public-api.txt` says: a
//! change that breaks them is seen where it is made. (What macros write, as the errors' `Display`, is not listed.)

mod sources;
mod stripped;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Result;
use syn::{File, Item};

use sources::{Place, Sources, is_public, name_of};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../engine/src");
const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../engine/public-api.txt");

/// What is public in a module, by name, and in the public modules within it.
fn list(sources: &Sources, place: &Place, listed: &mut BTreeMap<Place, BTreeMap<String, Vec<Item>>>) {
    let mut names: Vec<String> = sources.handed_on(place);
    for item in sources.items(place) {
        match item {
            Item::Mod(module) if is_public(&module.vis) => {
                list(sources, &[&place[..], &[module.ident.to_string()]].concat(), listed);
            }
            item => names.extend(name_of(item).filter(|_| stripped::is_shown(item))),
        }
    }
    let described = names.into_iter().filter_map(|name| {
        let definition = sources.definition(place, &name)?;
        let items = sources.item(&definition).into_iter().chain(sources.implementations(&definition));
        Some((name, items.filter_map(stripped::item).collect()))
    });
    listed.entry(place.clone()).or_default().extend(described);
}

fn text(sources: &Sources) -> String {
    let mut listed = BTreeMap::new();
    list(sources, &Place::new(), &mut listed);
    let macros = sources.exported_macros().map(|name| format!("macro_rules! {name}\n"));
    let modules = listed.into_iter().map(|(place, names)| {
        let module = [&["prosodia".to_owned()], &place[..]].concat().join("::");
        let items = names.into_values().flatten().collect();
        format!("// {module}\n\n{}", prettyplease::unparse(&File { shebang: None, attrs: Vec::new(), items }))
    });
    macros.chain(modules).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_public_is_what_is_listed() -> Result<()> {
    let found = text(&Sources::read(Path::new(SOURCES))?);
    if std::env::var_os("REFRESH_API").is_some() {
        fs::write(LIST, &found)?;
    }
    let listed = fs::read_to_string(LIST)?;
    let new: Vec<_> = found.lines().filter(|line| !listed.lines().any(|other| other == *line)).collect();
    let gone: Vec<_> = listed.lines().filter(|line| !found.lines().any(|other| other == *line)).collect();
    assert!(
        found == listed,
        "new: {new:#?}, gone: {gone:#?}; if that was meant, REFRESH_API=1 lists it anew, and CHANGELOG.md says it"
    );
    Ok(())
}
