//! Which operations the service has, and which of them the client offers.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Expr, ImplItemConst, ItemStatic, Macro};

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
    let mut found = Constants::default();
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

/// `operation!(NAME of …)` of a builder, and `const OPERATION: … = &operations::NAME` of a list.
#[derive(Default)]
struct Constants {
    names: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Constants {
    fn visit_impl_item_const(&mut self, item: &'ast ImplItemConst) {
        if item.ident != "OPERATION" {
            return;
        }
        // What lists share passes on the constant of another type, which is no reference.
        if let Expr::Reference(reference) = &item.expr
            && let Expr::Path(path) = &*reference.expr
        {
            let name = path.path.segments.last();
            self.names.extend(name.map(|name| name.ident.to_string()));
        }
    }

    fn visit_macro(&mut self, used: &'ast Macro) {
        if used.path.is_ident("operation") {
            let name = used.tokens.clone().into_iter().next();
            self.names.extend(name.map(|name| name.to_string()));
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
