//! Items without what a user can't see: bodies, values, private fields, documentation.

use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, ImplItem, Item, TraitItem, Visibility, parse_quote};

use super::sources::is_public;

/// Whether an item is public where it stands.
pub fn is_shown(item: &Item) -> bool {
    let visibility = match item {
        Item::Const(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Fn(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Type(item) => &item.vis,
        _ => return false,
    };
    is_public(visibility)
}

/// What a user sees of an item; None of an implementation in which there is nothing to see.
pub fn item(item: &Item) -> Option<Item> {
    let mut item = item.clone();
    match &mut item {
        Item::Const(found) => {
            found.attrs = attributes(&found.attrs);
            *found.expr = parse_quote!(_);
        }
        Item::Enum(found) => {
            found.attrs = attributes(&found.attrs);
            for variant in &mut found.variants {
                variant.attrs = attributes(&variant.attrs);
                strip_fields(&mut variant.fields, true);
            }
        }
        Item::Fn(found) => {
            found.attrs = attributes(&found.attrs);
            *found.block = parse_quote!({});
        }
        Item::Struct(found) => {
            found.attrs = attributes(&found.attrs);
            strip_fields(&mut found.fields, false);
        }
        Item::Trait(found) => {
            found.attrs = attributes(&found.attrs);
            found.items.iter_mut().for_each(strip_trait_item);
        }
        Item::Impl(found) => {
            found.attrs = attributes(&found.attrs);
            let is_of_trait = found.trait_.is_some();
            found.items =
                if is_of_trait { Vec::new() } else { found.items.iter().filter_map(member).collect() };
            if !is_of_trait && found.items.is_empty() {
                return None;
            }
        }
        _ => (),
    }
    Some(item)
}

/// A method or constant of a type, if it is public.
fn member(member: &ImplItem) -> Option<ImplItem> {
    let mut member = member.clone();
    let (visibility, attrs): (&Visibility, _) = match &mut member {
        ImplItem::Fn(found) => {
            found.block = parse_quote!({});
            (&found.vis, &mut found.attrs)
        }
        ImplItem::Const(found) => {
            found.expr = parse_quote!(_);
            (&found.vis, &mut found.attrs)
        }
        _ => return None,
    };
    if !is_public(visibility) || is_hidden(attrs) {
        return None;
    }
    *attrs = attributes(attrs);
    Some(member)
}

fn strip_trait_item(item: &mut TraitItem) {
    match item {
        TraitItem::Fn(found) => {
            found.attrs = attributes(&found.attrs);
            if let Some(body) = &mut found.default {
                *body = parse_quote!({});
            }
        }
        TraitItem::Const(found) => found.attrs = attributes(&found.attrs),
        _ => (),
    }
}

/// Takes private and hidden fields away; those of a variant are as public as it is.
fn strip_fields(fields: &mut Fields, are_public: bool) {
    let (Fields::Named(syn::FieldsNamed { named: fields, .. })
    | Fields::Unnamed(syn::FieldsUnnamed { unnamed: fields, .. })) = fields
    else {
        return;
    };
    let shown =
        fields.iter().filter(|field| (are_public || is_public(&field.vis)) && !is_hidden(&field.attrs));
    *fields = shown
        .map(|field| syn::Field { attrs: attributes(&field.attrs), ..field.clone() })
        .collect::<Punctuated<_, _>>();
}

/// What is hidden without the feature `unstable`.
fn is_hidden(attributes: &[Attribute]) -> bool {
    let said = |attribute: &Attribute| attribute.meta.require_list().map(|list| list.tokens.to_string());
    attributes.iter().any(|attribute| {
        said(attribute).is_ok_and(|said| {
            said.contains("doc (hidden)")
                || (attribute.path().is_ident("cfg") && said == "feature = \"unstable\"")
        })
    })
}

/// The attributes that a user depends on.
fn attributes(attributes: &[Attribute]) -> Vec<Attribute> {
    let kept = attributes.iter().filter_map(|attribute| {
        let tokens = attribute.meta.require_list().map(|list| list.tokens.to_string()).unwrap_or_default();
        if tokens.ends_with("non_exhaustive") {
            return Some(parse_quote!(#[non_exhaustive]));
        }
        ["derive", "cfg", "cfg_attr", "non_exhaustive"]
            .iter()
            .any(|name| attribute.path().is_ident(name))
            .then(|| attribute.clone())
    });
    kept.collect()
}
