//! Members that are rarely there, in a box each.
//!
//! Lists hold hundreds of these objects, which are moved as they are read. A kind of identifier that
//! is not there should not take the room of one that is.

use syn::{Fields, File, GenericArgument, ItemStruct, PathArguments, Type, visit_mut::VisitMut};

use crate::{pointer::Pointer, refusal::Refusal};

/// The members, by the names of their type and field.
const RARE: &[(&str, &str)] = &[
    ("ChatMessageContent", "initiator_communication_identifier"),
    ("CommunicationIdentifierModel", "microsoft_teams_app"),
    ("CommunicationIdentifierModel", "microsoft_teams_user"),
    ("CommunicationIdentifierModel", "phone_number"),
    ("CommunicationIdentifierModel", "teams_extension_user"),
];

/// Boxes the rare members of a file's types.
///
/// # Errors
///
/// A type is there and lacks its rare member: the list is out of date.
pub(super) fn add(file: &mut File) -> Result<(), Refusal> {
    let mut boxes = Boxes { missing: None };
    boxes.visit_file_mut(file);
    match boxes.missing {
        None => Ok(()),
        Some((name, field)) => {
            let reason = format!("`{name}` has no optional `{field}` to be put into a box");
            Err(Refusal::new(&Pointer::root(), reason))
        }
    }
}

struct Boxes {
    missing: Option<(&'static str, &'static str)>,
}

impl VisitMut for Boxes {
    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        for (name, rare) in RARE.iter().filter(|(name, _)| item.ident == name) {
            let Fields::Named(fields) = &mut item.fields else {
                continue;
            };
            let named = |field: &&mut syn::Field| field.ident.as_ref().is_some_and(|id| id == rare);
            let field = fields.named.iter_mut().find(named);
            if field
                .and_then(|field| put_into_box(&mut field.ty))
                .is_none()
            {
                self.missing = Some((name, rare));
            }
        }
    }
}

/// Makes `Option<Box<T>>` of `Option<T>`.
fn put_into_box(option: &mut Type) -> Option<()> {
    let Type::Path(path) = option else {
        return None;
    };
    let last = path.path.segments.last_mut()?;
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else {
        return None;
    };
    match arguments.args.first_mut()? {
        GenericArgument::Type(inner) if last.ident == "Option" => {
            *inner = syn::parse_quote!(::std::boxed::Box<#inner>);
            Some(())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(code: &str) -> Result<String, Refusal> {
        let mut file = syn::parse_file(code).unwrap();
        add(&mut file)?;
        Ok(prettyplease::unparse(&file))
    }

    #[test]
    fn a_rare_member_is_boxed_and_others_are_not() {
        let code = "pub struct ChatMessageContent {
            pub initiator_communication_identifier: ::std::option::Option<Identifier>,
            pub topic: ::std::option::Option<::std::string::String>,
        }";
        let code = boxed(code).unwrap();
        assert!(
            code.contains("Option<\n        ::std::boxed::Box<Identifier>,\n    >"),
            "{code}"
        );
        assert_eq!(code.matches("Box").count(), 1, "{code}");
    }

    #[test]
    fn a_list_that_is_out_of_date_is_refused() {
        for code in [
            "pub struct ChatMessageContent { pub initiator: Option<Identifier> }",
            "pub struct ChatMessageContent { pub initiator_communication_identifier: Identifier }",
        ] {
            let refusal = boxed(code).unwrap_err().to_string();
            assert!(
                refusal.contains("initiator_communication_identifier"),
                "{refusal}"
            );
        }
    }
}
