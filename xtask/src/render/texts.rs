//! Bodies of requests whose texts may be borrowed.
//!
//! A request may name hundreds of participants, and the caller keeps them: for an error that tells
//! who was not added, and for a repeat. To copy each text into the body would cost more than to
//! write it. So these types take any kind of text, an owned one unless another is named, and the
//! generated functions take bodies of borrowed ones.

use syn::{
    FnArg, ImplItemFn, Item, ItemStruct, PathArguments, TypePath,
    visit_mut::{self, VisitMut},
};

use crate::{pointer::Pointer, refusal::Refusal};

/// The types that are sent with the texts of participants in them.
const BORROWING: &[&str] = &[
    "AddChatParticipantsRequest",
    "ChatParticipant",
    "CommunicationIdentifierModel",
    "CommunicationUserIdentifierModel",
    "CreateChatThreadRequest",
    "MicrosoftTeamsAppIdentifierModel",
    "MicrosoftTeamsUserIdentifierModel",
    "PhoneNumberIdentifierModel",
    "TeamsExtensionUserIdentifierModel",
];

/// Lets the types of a file that are listed borrow their texts.
///
/// # Errors
///
/// Some of them are there and others are not: the list is out of date.
pub(super) fn borrow(file: &mut syn::File) -> Result<(), Refusal> {
    let mut types = Types { found: 0 };
    types.visit_file_mut(file);
    if types.found != 0 && types.found != BORROWING.len() {
        let reason = "some of the types whose texts may be borrowed are not there";
        return Err(Refusal::new(&Pointer::root(), reason));
    }
    Bodies.visit_file_mut(file);
    Ok(())
}

/// Gives the types a parameter for their texts.
struct Types {
    found: usize,
}

impl VisitMut for Types {
    fn visit_item_mut(&mut self, item: &mut Item) {
        match item {
            Item::Struct(item) if is_borrowing(&item.ident) => {
                self.found += 1;
                parametrize(item);
            }
            item => visit_mut::visit_item_mut(self, item),
        }
    }
}

fn parametrize(item: &mut ItemStruct) {
    item.generics = syn::parse_quote!(<S = ::std::string::String>);
    Texts.visit_fields_mut(&mut item.fields);
}

/// Puts the parameter in the place of owned texts.
struct Texts;

impl VisitMut for Texts {
    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        let Some(last) = path.path.segments.last_mut() else {
            return;
        };
        match () {
            // Its keys are not borrowed: a map of others would have to be made.
            () if last.ident == "BTreeMap" => {}
            () if last.ident == "String" => *path = syn::parse_quote!(S),
            () if is_borrowing(&last.ident) => {
                last.arguments = PathArguments::AngleBracketed(syn::parse_quote!(<S>));
            }
            () => visit_mut::visit_type_path_mut(self, path),
        }
    }
}

/// Has functions take bodies of borrowed texts.
struct Bodies;

impl VisitMut for Bodies {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        for argument in &mut function.sig.inputs {
            if let FnArg::Typed(argument) = argument
                && let syn::Type::Reference(reference) = &mut *argument.ty
                && let syn::Type::Path(path) = &mut *reference.elem
                && let Some(last) = path.path.segments.last_mut()
                && is_borrowing(&last.ident)
            {
                last.arguments = PathArguments::AngleBracketed(syn::parse_quote!(<&'a str>));
            }
        }
    }
}

fn is_borrowing(name: &syn::Ident) -> bool {
    BORROWING.iter().any(|known| name == known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn borrowing(code: &str) -> Result<String, Refusal> {
        let mut file = syn::parse_file(code).unwrap();
        borrow(&mut file)?;
        Ok(prettyplease::unparse(&file))
    }

    /// All of the types, each with the fields that are given.
    fn types(fields: &str) -> String {
        let types = BORROWING
            .iter()
            .map(|name| format!("pub struct {name} {{ {fields} }}"));
        types.collect()
    }

    #[test]
    fn texts_and_what_holds_them_are_generic_and_maps_are_not() {
        let code = borrowing(&types(
            "pub a: ::std::option::Option<::std::string::String>, pub b: ::std::vec::Vec<ChatParticipant>,
             pub c: ::std::collections::BTreeMap<::std::string::String, ::std::string::String>,",
        ))
        .unwrap();

        for wanted in [
            "pub struct AddChatParticipantsRequest<S = ::std::string::String> {",
            "pub a: ::std::option::Option<S>,",
            "pub b: ::std::vec::Vec<ChatParticipant<S>>,",
            "pub c: ::std::collections::BTreeMap<::std::string::String, ::std::string::String>,",
        ] {
            assert!(code.contains(wanted), "{wanted}: {code}");
        }
    }

    #[test]
    fn functions_take_borrowed_texts_and_other_types_and_bodies_stay() {
        let code = borrowing(&format!(
            "{} pub struct Page {{ pub next: String, pub value: Vec<ChatParticipant> }}
             impl Client {{
                pub async fn add<'a>(&'a self, id: &'a str, body: &'a types::AddChatParticipantsRequest) {{}}
                pub async fn send<'a>(&'a self, body: &'a types::SendChatMessageRequest) {{}}
             }}",
            types("")
        ))
        .unwrap();

        assert!(
            code.contains("body: &'a types::AddChatParticipantsRequest<&'a str>"),
            "{code}"
        );
        assert!(
            code.contains("body: &'a types::SendChatMessageRequest)"),
            "{code}"
        );
        assert!(
            code.contains("pub next: String,\n    pub value: Vec<ChatParticipant>,"),
            "{code}"
        );
    }

    #[test]
    fn a_list_that_is_out_of_date_is_refused_and_a_document_without_any_is_not() {
        let refusal = borrowing("pub struct ChatParticipant { pub a: String }").unwrap_err();
        assert!(refusal.to_string().contains("are not there"), "{refusal}");
        assert!(borrowing("pub struct Thing { pub a: String }").is_ok());
    }
}
