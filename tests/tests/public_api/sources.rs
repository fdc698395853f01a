//! A crate's source files, without what is for tests or behind the feature `unstable`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use parity::{ALL, imported};
use syn::{Attribute, Item, ItemMod, ItemUse, Type, Visibility};

/// Names from the crate's root: a module's, or an item's behind its module's.
pub type Place = Vec<String>;

/// The items of each module.
#[derive(Default)]
pub struct Sources {
    modules: BTreeMap<Place, Vec<Item>>,
}

impl Sources {
    pub fn read(folder: &Path) -> Result<Self> {
        let mut sources = Self::default();
        sources.add(&folder.join("lib.rs"), folder, Place::new())?;
        Ok(sources)
    }

    /// Adds a file, and those of its modules, which lie in a folder.
    fn add(&mut self, file: &Path, folder: &Path, place: Place) -> Result<()> {
        let shown = || file.display().to_string();
        let text = fs::read_to_string(file).with_context(shown)?;
        let mut items = syn::parse_file(&text).with_context(shown)?.items;
        items.retain(|item| attributes(item).iter().all(is_built));
        for item in &items {
            // What stands between braces is private everywhere.
            let Item::Mod(ItemMod { ident, content: None, .. }) = item else { continue };
            let name = ident.to_string();
            let within = folder.join(&name);
            let beside = within.with_extension("rs");
            let file = if beside.exists() { beside } else { within.join("mod.rs") };
            self.add(&file, &within, [&place[..], &[name]].concat())?;
        }
        self.modules.insert(place, items);
        Ok(())
    }

    pub fn items(&self, place: &Place) -> &[Item] {
        self.modules.get(place).map_or(&[], Vec::as_slice)
    }

    pub fn item(&self, definition: &Place) -> Option<&Item> {
        let (name, place) = definition.split_last()?;
        self.items(&place.to_vec()).iter().find(|item| name_of(item).as_ref() == Some(name))
    }

    /// The names that a module hands on from elsewhere to whoever uses it.
    pub fn handed_on(&self, place: &Place) -> Vec<String> {
        let uses = self.uses(place).filter(|item| is_public(&item.vis));
        uses.flat_map(imported).map(|(name, _)| name).collect()
    }

    /// Where what has a name in a module is defined, if it is in this crate.
    pub fn definition(&self, place: &Place, name: &str) -> Option<Place> {
        if self.items(place).iter().any(|item| name_of(item).as_deref() == Some(name)) {
            return Some([&place[..], &[name.to_owned()]].concat());
        }
        let imported = self.uses(place).flat_map(imported).filter(|(known, _)| known == name || known == ALL);
        imported
            .filter_map(|(_, path)| self.definition(&self.module(place, path.split_last()?.1)?, name))
            .next()
    }

    /// The module to which a path leads.
    fn module(&self, place: &Place, path: &[String]) -> Option<Place> {
        let mut module = match path.first().map(String::as_str) {
            Some("crate") => Place::new(),
            _ => place.clone(),
        };
        for name in path {
            match name.as_str() {
                "crate" | "self" => (),
                "super" => _ = module.pop()?,
                name => module.push(name.to_owned()),
            }
        }
        self.modules.contains_key(&module).then_some(module)
    }

    fn uses(&self, place: &Place) -> impl Iterator<Item = &ItemUse> {
        self.items(place).iter().filter_map(|item| if let Item::Use(item) = item { Some(item) } else { None })
    }

    /// The implementations of a type, wherever they are.
    pub fn implementations(&self, definition: &Place) -> impl Iterator<Item = &Item> {
        let is_of_it = |place: &Place, item: &Item| {
            let Item::Impl(found) = item else { return false };
            let Type::Path(of) = &*found.self_ty else { return false };
            let name = of.path.segments.last().map(|segment| segment.ident.to_string());
            name.and_then(|name| self.definition(place, &name)).as_ref() == Some(definition)
        };
        let all = self.modules.iter().flat_map(|(place, items)| items.iter().map(move |item| (place, item)));
        all.filter(move |(place, item)| is_of_it(place, item)).map(|(_, item)| item)
    }

    pub fn exported_macros(&self) -> impl Iterator<Item = String> {
        self.modules.values().flatten().filter_map(|item| match item {
            Item::Macro(found)
                if found.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) =>
            {
                found.ident.as_ref().map(ToString::to_string)
            }
            _ => None,
        })
    }
}

/// Whether something is there without the feature `unstable`, and outside of tests.
fn is_built(attribute: &Attribute) -> bool {
    let condition = match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string(),
        _ => return true,
    };
    condition != "test" && (!condition.contains("\"unstable\"") || condition.starts_with("not"))
}

pub const fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

pub fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
