//! The table of the operations, made from the document as it stands.
//!
//! It tells what the lowering takes away (the media type of a body) and what a caller wants to
//! know of an operation beside its code.

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::lower::{JSON, NO_WAIT, RATE_GROUP, REPEAT, is_success, media_types};
use crate::walk::{OperationNode, operations};

/// The module `operations` of a generated file. The document has passed the checks.
pub(crate) fn render(document: &Value) -> TokenStream {
    let operations = operations(document);
    let entries = operations.iter().map(entry);
    let names = operations.iter().map(constant_name);
    quote! {
        /// The operations of the document.
        pub mod operations {
            use ::chat_rest::{Operation, Repeat};

            #(#entries)*

            /// Every operation, in the order of paths and methods.
            pub static ALL: &[&Operation] = &[#(&#names),*];
        }
    }
}

fn entry(operation: &OperationNode<'_>) -> TokenStream {
    let name = constant_name(operation);
    let id = id(operation);
    let function = id.to_snake_case();
    let path = operation.path;
    let method = format_ident!("{}", operation.method.to_uppercase());
    let summary = operation.node["summary"].as_str().unwrap_or(id);
    let doc = format!(" {summary}: `{method} {path}`.");
    let media_type = match media_type(operation.node) {
        Some(media_type) => quote! { ::std::option::Option::Some(#media_type) },
        None => quote! { ::std::option::Option::None },
    };
    let accept = accept(operation.node);
    let success = success(operation.node);
    let repeat = &operation.node[REPEAT];
    let because = repeat["because"].as_str().unwrap_or_default();
    let repeat = match repeat["safe"].as_bool() {
        Some(true) => quote! { Repeat::Safe },
        _ => quote! { Repeat::Unsafe },
    };
    let rate_group = operation.node[RATE_GROUP].as_str().unwrap_or_default();
    let no_wait = operation.node[NO_WAIT].as_bool().unwrap_or_default();
    quote! {
        #[doc = #doc]
        pub static #name: Operation = Operation {
            id: #id,
            function: #function,
            method: ::reqwest::Method::#method,
            path: #path,
            media_type: #media_type,
            accept: #accept,
            success: &[#(#success),*],
            repeat: #repeat,
            repeat_because: #because,
            rate_group: #rate_group,
            no_wait: #no_wait,
        };
    }
}

fn id<'a>(operation: &OperationNode<'a>) -> &'a str {
    operation.node["operationId"].as_str().unwrap_or_default()
}

fn constant_name(operation: &OperationNode<'_>) -> proc_macro2::Ident {
    format_ident!("{}", id(operation).to_shouty_snake_case())
}

fn media_type(operation: &Value) -> Option<&str> {
    media_types::chosen(operation["requestBody"]["content"].as_object()?)
}

/// Answers of failure are JSON, whatever those of success are.
fn accept(operation: &Value) -> String {
    let answers = operation["responses"].as_object().into_iter().flatten();
    let mut successes = answers.filter(|(status, _)| is_success(status));
    let types = successes.find_map(|(_, answer)| answer["content"].as_object());
    match types {
        Some(types) if !types.contains_key(JSON) => {
            let types = types.keys().map(String::as_str);
            types.chain([JSON]).collect::<Vec<_>>().join(", ")
        }
        _ => JSON.to_owned(),
    }
}

fn success(operation: &Value) -> Vec<proc_macro2::Literal> {
    let statuses = operation["responses"].as_object();
    statuses
        .into_iter()
        .flat_map(|statuses| statuses.keys())
        .filter(|status| is_success(status))
        .filter_map(|status| status.parse().ok())
        .map(proc_macro2::Literal::u16_unsuffixed)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_the_truth_that_the_lowering_takes_away() {
        let file = syn::parse2(render(&crate::lower::testing::document())).unwrap();

        let table = prettyplease::unparse(&file);

        let expected = r#"
    /// Change a thing: `PATCH /things/{id}`.
    pub static UPDATE_THING: Operation = Operation {
        id: "updateThing",
        function: "update_thing",
        method: ::reqwest::Method::PATCH,
        path: "/things/{id}",
        media_type: ::std::option::Option::Some("application/merge-patch+json"),
        accept: "application/json",
        success: &[204],
        repeat: Repeat::Unsafe,
        repeat_because: "a late one is wrong",
        rate_group: "changes",
        no_wait: true,
    };
"#;
        assert!(table.contains(expected), "{table}");
        assert!(
            table.contains("pub static ALL: &[&Operation] = &[&GET_THING, &UPDATE_THING];"),
            "{table}"
        );
    }

    #[test]
    fn what_is_accepted_is_what_is_answered_and_json_for_failures() {
        let mut document = crate::lower::testing::document();
        let bytes = serde_json::json!({"schema": {"type": "string", "format": "binary"}});
        document["paths"]["/things/{id}"]["get"]["responses"]["200"]["content"] =
            serde_json::json!({"image/png": bytes, "image/gif": bytes});

        let table = render(&document).to_string();

        assert!(
            table.contains(r#"accept : "image/gif, image/png, application/json""#),
            "{table}"
        );
    }
}
