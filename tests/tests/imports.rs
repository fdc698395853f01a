//! The house's imports run one way: no files of a crate import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use parity::imported;
use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use syn::visit::{self, Visit};
use syn::{ItemMod, ItemUse, Path as Names, Visibility};
use walkdir::WalkDir;

/// Names from the crate's root: a module's, or an item's behind its module's.
type Place = Vec<String>;

const CRATES: [&str; 11] = [
    "engine/src",
    "engine/c/src",
    "engine/web/src",
    "engine/web/builder/src",
    "host-trainer/src",
    "firmware-sim/src",
    "firmware-sim/flasher/src",
    "firmware-sim/runner/src",
    "firmware-sim/toolchain/src",
    "host-trainer/whole-file/src",
    "tests/src",
];

/// What a file takes from elsewhere in its crate.
#[derive(Default)]
struct File {
    module: Place,
    /// What it imports for itself, or names in full.
    imports: Vec<Place>,
    /// What it hands on under a name of its own: a module's face does, without needing it.
    hands_on: BTreeMap<String, Place>,
}

impl File {
    fn read(path: &Path, module: Place) -> Result<Self> {
        let mut file = Self { module, ..Self::default() };
        let text = fs::read_to_string(path)?;
        file.visit_file(&syn::parse_file(&text).with_context(|| path.display().to_string())?);
        Ok(file)
    }

    /// Where a path leads that starts at `crate`, `super` or `self`, or at a module within.
    fn resolve(&self, names: &[String]) -> Option<Place> {
        let up = names.iter().take_while(|name| *name == "super").count();
        let rest = |count: usize| names.get(count..).unwrap_or_default().iter().cloned();
        match names.first()?.as_str() {
            "crate" => Some(rest(1).collect()),
            "super" => {
                let above = self.module.len().checked_sub(up)?;
                Some(self.module[..above].iter().cloned().chain(rest(up)).collect())
            }
            "self" => Some(self.module.iter().cloned().chain(rest(1)).collect()),
            _ => None,
        }
    }
}

impl<'ast> Visit<'ast> for File {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let is_handed_on = !matches!(item.vis, Visibility::Inherited);
        for (own, names) in imported(item) {
            let place = self.resolve(&names);
            if is_handed_on {
                // A face names its own modules without `self`.
                let within = || self.module.iter().cloned().chain(names).collect();
                self.hands_on.insert(own, place.unwrap_or_else(within));
            } else {
                self.imports.extend(place);
            }
        }
    }

    fn visit_path(&mut self, path: &'ast Names) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.imports.extend(self.resolve(&names).filter(|_| names[0] != "self"));
        visit::visit_path(self, path);
    }

    /// Tests may use all of what they test.
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if item.ident != "tests" {
            visit::visit_item_mod(self, item);
        }
    }
}

/// A crate's files by module.
fn files(folder: &Path) -> Result<BTreeMap<Place, File>> {
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(folder) {
        let path = entry?.into_path();
        let below = path.strip_prefix(folder)?.with_extension("");
        let is_test =
            below.components().any(|part| ["tests", "testing"].iter().any(|name| part.as_os_str() == *name));
        if path.extension().is_none_or(|found| found != "rs") || is_test {
            continue;
        }
        let mut module: Place = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        module.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
        files.insert(module.clone(), File::read(&path, module)?);
    }
    Ok(files)
}

/// The module that defines what a place names, through those that hand it on.
fn definer(files: &BTreeMap<Place, File>, place: &[String]) -> Option<Place> {
    let mut place = place.to_vec();
    // No more hands than there are files.
    for _ in 0..files.len() {
        let length = (0..=place.len()).rev().find(|&length| files.contains_key(&place[..length]))?;
        let (module, item) = place.split_at(length);
        let Some(next) = item.first().and_then(|name| files[module].hands_on.get(name)) else {
            return Some(module.to_vec());
        };
        place = [next, &item[1..]].concat();
    }
    None
}

fn circles(files: &BTreeMap<Place, File>) -> Vec<BTreeSet<String>> {
    let modules: Vec<&Place> = files.keys().collect();
    let mut graph = DiGraphMap::<usize, ()>::new();
    for (index, file) in files.values().enumerate() {
        let used = file.imports.iter().filter_map(|place| definer(files, place));
        for other in used.filter_map(|module| modules.binary_search(&&module).ok()) {
            if other != index {
                graph.add_edge(index, other, ());
            }
        }
    }
    let name = |&index: &usize| modules[index].join("::");
    let together = tarjan_scc(&graph).into_iter().filter(|files| files.len() > 1);
    together.map(|files| files.iter().map(name).collect()).collect()
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn no_files_import_each_other_in_a_circle() -> Result<()> {
    for name in CRATES {
        let files = files(&workspace().join(name))?;
        ensure!(!files.is_empty(), "{name} has no sources");
        let circles = circles(&files);
        assert!(circles.is_empty(), "{name}: {circles:?} import each other");
    }
    Ok(())
}

/// `a` takes from `c` through the face of `b`, and `c` from `a`.
#[test]
fn a_circle_is_found_through_what_is_handed_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
        fs::write(path, text)
    };
    write("lib.rs", "mod a; mod b; pub use a::A;")?;
    write("a.rs", "use crate::b::{C as Other, d}; pub struct A(Other); fn f() { d::g() }")?;
    write("b/mod.rs", "mod c; pub mod d; pub use c::C;")?;
    write("b/c.rs", "pub struct C; fn f(_: crate::A) {}")?;
    write("b/d.rs", "use super::C; pub fn g() {}")?;
    let found = circles(&files(folder.path())?);
    assert_eq!(found, [["a", "b::c", "b::d"].map(str::to_owned).into()]);
    write("b/c.rs", "pub struct C; #[cfg(test)] mod tests { use crate::A; }")?;
    assert_eq!(circles(&files(folder.path())?), []);
    Ok(())
}
