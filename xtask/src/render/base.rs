//! A client's base, as the URL that it is.
//!
//! The generator keeps it as a text, which would be read anew for each request.

use syn::{
    Expr, FieldValue, File, FnArg, ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct, Member,
    visit_mut::{self, VisitMut},
};

use crate::{pointer::Pointer, refusal::Refusal};

/// Gives the client of a file a URL, and takes away the constructor that makes an HTTP client of its
/// own, with a timeout over all, and panics where it can't.
///
/// # Errors
///
/// The client is not what the generator is known to write.
pub(super) fn keep(file: &mut File) -> Result<(), Refusal> {
    let mut base = Base { changed: 0 };
    base.visit_file_mut(file);
    match base.changed {
        // The field, the parameter, and what the one is made of the other.
        3 => Ok(()),
        _ => {
            let reason = "the generator's client does not keep its base as it is known to do";
            Err(Refusal::new(&Pointer::root(), reason))
        }
    }
}

struct Base {
    changed: usize,
}

impl VisitMut for Base {
    fn visit_item_mut(&mut self, item: &mut Item) {
        match item {
            Item::Struct(item) if item.ident == "Client" => self.visit_item_struct_mut(item),
            Item::Impl(item) if item.trait_.is_none() => self.visit_item_impl_mut(item),
            _ => {}
        }
    }

    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        for field in &mut item.fields {
            if field.ident.as_ref().is_some_and(|name| name == "baseurl") {
                field.ty = syn::parse_quote!(::reqwest::Url);
                self.changed += 1;
            }
        }
    }

    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        item.items
            .retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"));
        visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        if function.sig.ident == "new_with_client" {
            visit_mut::visit_impl_item_fn_mut(self, function);
        }
    }

    fn visit_fn_arg_mut(&mut self, argument: &mut FnArg) {
        if let FnArg::Typed(argument) = argument
            && let syn::Pat::Ident(name) = &*argument.pat
            && name.ident == "baseurl"
        {
            *argument.ty = syn::parse_quote!(::reqwest::Url);
            self.changed += 1;
        }
    }

    fn visit_field_value_mut(&mut self, value: &mut FieldValue) {
        if let Member::Named(name) = &value.member
            && name == "baseurl"
            && let Expr::MethodCall(call) = &value.expr
            && call.method == "to_string"
        {
            value.expr = (*call.receiver).clone();
            self.changed += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERATED: &str = r#"
        pub struct Client { pub(crate) baseurl: String, pub(crate) client: reqwest::Client }
        impl Client {
            pub fn new(baseurl: &str) -> Self {
                Self::new_with_client(baseurl, reqwest::Client::new())
            }
            pub fn new_with_client(baseurl: &str, client: reqwest::Client) -> Self {
                Self { baseurl: baseurl.to_string(), client }
            }
        }
    "#;

    fn kept(code: &str) -> Result<String, Refusal> {
        let mut file = syn::parse_file(code).unwrap();
        keep(&mut file)?;
        Ok(prettyplease::unparse(&file))
    }

    #[test]
    fn the_base_is_a_url_and_no_http_client_is_made() {
        let code = kept(GENERATED).unwrap();

        assert!(
            code.contains("pub(crate) baseurl: ::reqwest::Url,"),
            "{code}"
        );
        let constructor =
            "pub fn new_with_client(baseurl: ::reqwest::Url, client: reqwest::Client)";
        assert!(code.contains(constructor), "{code}");
        assert!(code.contains("Self { baseurl: baseurl, client }"), "{code}");
        assert!(!code.contains("pub fn new("), "{code}");
    }

    #[test]
    fn a_client_of_another_form_is_refused() {
        for (known, other) in [
            ("baseurl: String", "base: String"),
            ("baseurl.to_string()", "baseurl.into()"),
            ("new_with_client(baseurl: &str", "with_client(baseurl: &str"),
        ] {
            assert!(kept(&GENERATED.replace(known, other)).is_err(), "{other}");
        }
    }
}
