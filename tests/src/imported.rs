use syn::{ItemUse, UseTree};

/// What stands for every name of a module.
pub const ALL: &str = "*";

/// The names that a `use` brings in, each with the path that leads to it.
#[must_use]
pub fn imported(item: &ItemUse) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    add(&item.tree, &[], &mut found);
    found
}

fn add(tree: &UseTree, before: &[String], found: &mut Vec<(String, Vec<String>)>) {
    let path = |name: &str| [before, &[name.to_owned()]].concat();
    let (name, own) = match tree {
        UseTree::Path(tree) => return add(&tree.tree, &path(&tree.ident.to_string()), found),
        UseTree::Group(group) => return group.items.iter().for_each(|tree| add(tree, before, found)),
        UseTree::Name(tree) => (tree.ident.to_string(), tree.ident.to_string()),
        UseTree::Rename(tree) => (tree.ident.to_string(), tree.rename.to_string()),
        UseTree::Glob(_) => (ALL.to_owned(), ALL.to_owned()),
    };
    found.push((own, path(&name)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_its_path() {
        let item = syn::parse_str("use crate::{a::{b, c as d}, e::*};").unwrap();
        let found = imported(&item).into_iter().map(|(name, path)| (name, path.join("::")));
        let expected = [("b", "crate::a::b"), ("d", "crate::a::c"), ("*", "crate::e::*")];
        assert!(found.eq(expected.map(|(name, path)| (name.to_owned(), path.to_owned()))));
    }
}
