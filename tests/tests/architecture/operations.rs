//! Which operations the service has, and which of them the client offers.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{ItemStatic, Macro};

/// The operations of the generated tables, by the names of their statics.
pub(crate) fn documented(workspace: &Path) -> BTreeSet<String> {
    let mut found = Statics::default();
    for_each_file(
        &workspace.join("crates/chat-rest/src/generated"),
        &mut found,
    );
    found.names
}

/// The operations that the builders of the client name as their own.
pub(crate) fn offered(workspace: &Path) -> BTreeSet<String> {
    let mut found = Named::default();
    for_each_file(&workspace.join("crates/chat/src/operations"), &mut found);
    found.names
}

/// `static NAME: Operation`.
#[derive(Default)]
struct Statics {
    names: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Statics {
    fn visit_item_static(&mut self, item: &'ast ItemStatic) {
        if matches!(&*item.ty, syn::Type::Path(path) if path.path.is_ident("Operation")) {
            self.names.insert(item.ident.to_string());
        }
    }
}

/// `NAME` in `operation! { NAME of … }` of a builder, and in `list_builder! { … NAME, … }` of a list.
#[derive(Default)]
struct Named {
    names: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Named {
    fn visit_macro(&mut self, used: &'ast Macro) {
        if used.path.is_ident("operation") || used.path.is_ident("list_builder") {
            let tokens = used.tokens.clone().into_iter();
            let names = tokens.map(|token| token.to_string());
            let is_constant = |name: &String| {
                let is_upper = |c: char| c.is_ascii_uppercase() || c == '_';
                name.chars().all(is_upper)
            };
            self.names.extend(names.filter(is_constant));
        }
    }
}

fn for_each_file(folder: &Path, visitor: &mut impl for<'ast> Visit<'ast>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for_each_file(&path, visitor);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let parsed = syn::parse_file(&fs::read_to_string(&path).unwrap());
            let file = parsed.unwrap_or_else(|error| panic!("{path:?}: {error}"));
            visit::visit_file(visitor, &file);
        }
    }
}
