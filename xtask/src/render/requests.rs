//! What the generated functions do for each request, without what is not needed for it.
//!
//! The generator makes a header map for the `api-version`, which is no header of this service, and
//! copies of all ids, and leaves `:` and `@` in them as they are. Here the version becomes part of
//! the URL's text, and ids are checked and encoded where they are written into it. It also reads the
//! whole URL anew for each request; here the base is read once, and the rest is added to it. What is
//! asked for is said in one place, for all operations alike, and not here.

use quote::{ToTokens, quote};
use syn::{
    Expr, ExprMethodCall, File, ImplItemFn, LitStr, Stmt, Token,
    parse::Parser,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

use crate::{pointer::Pointer, refusal::Refusal};

/// Rewrites all functions of a generated client.
///
/// # Errors
///
/// A function is not what the generator is known to write.
pub(super) fn tidy(file: &mut File, version: &str) -> Result<(), Refusal> {
    let mut requests = Requests {
        version,
        unknown: None,
    };
    requests.visit_file_mut(file);
    match requests.unknown {
        None => Ok(()),
        Some(function) => Err(Refusal::new(
            &Pointer::root(),
            format!("the generator's function `{function}` does not do what it is known to do"),
        )),
    }
}

struct Requests<'a> {
    version: &'a str,
    /// The first function that has another form.
    unknown: Option<String>,
}

impl VisitMut for Requests<'_> {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        if function.sig.asyncness.is_some() && self.rewrite(function).is_none() {
            let name = function.sig.ident.to_string();
            self.unknown.get_or_insert(name);
        }
    }
}

impl Requests<'_> {
    fn rewrite(&self, function: &mut ImplItemFn) -> Option<()> {
        let statements = &mut function.block.stmts;
        let url = statements.iter_mut().find_map(|s| initializer(s, "url"))?;
        *url = self.url(url)?;
        let is_version = |statement: &Stmt| {
            is_append(statement)
                && statement
                    .to_token_stream()
                    .to_string()
                    .contains("api-version")
        };
        let count = statements.len();
        statements.retain(|statement| !is_version(statement));
        if statements.len() + 1 != count {
            return None;
        }
        let has_headers = |statement: &Stmt| {
            let text = statement.to_token_stream().to_string();
            text.contains("header_map . append")
        };
        if !statements.iter().any(has_headers) {
            statements.retain_mut(|statement| initializer(statement, "header_map").is_none());
            let request = statements.iter_mut();
            let request = request.filter_map(|s| initializer(s, "request")).next()?;
            WithoutHeaders.visit_expr_mut(request);
        }
        WithoutAccept.visit_block_mut(&mut function.block);
        Decoding.visit_block_mut(&mut function.block);
        Some(())
    }

    /// `format!("{}/…", self.baseurl, encode_path(&id.to_string()))`, with the version, with ids
    /// that are encoded as they are written, and joined to a base that is a URL.
    fn url(&self, url: &Expr) -> Option<Expr> {
        let Expr::Macro(format) = url else {
            return None;
        };
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        let mut arguments = parser.parse2(format.mac.tokens.clone()).ok()?.into_iter();
        let text: LitStr = syn::parse2(arguments.next()?.into_token_stream()).ok()?;
        let base = arguments.next()?;
        let ids = arguments
            .map(|argument| id(&argument))
            .collect::<Option<Vec<_>>>()?;
        let path = text.value().strip_prefix("{}/")?.to_owned();
        let text = format!("{path}?api-version={}", self.version);
        let url = match ids.is_empty() {
            true => quote! { ::chat_rest::join(&#base, #text)? },
            false => quote! {
                ::chat_rest::join(&#base, &format!(#text, #(::chat_rest::encode_id(#ids)?),*))?
            },
        };
        syn::parse2(url).ok()
    }
}

/// What a variable of this name begins with.
fn initializer<'a>(statement: &'a mut Stmt, name: &str) -> Option<&'a mut Expr> {
    let Stmt::Local(local) = statement else {
        return None;
    };
    match &local.pat {
        syn::Pat::Ident(pattern) if pattern.ident == name => {
            local.init.as_mut().map(|init| &mut *init.expr)
        }
        _ => None,
    }
}

/// `header_map.append(…);`
fn is_append(statement: &Stmt) -> bool {
    let Stmt::Expr(Expr::MethodCall(call), _) = statement else {
        return false;
    };
    let receiver = call.receiver.to_token_stream().to_string();
    call.method == "append" && receiver == "header_map"
}

/// The id in `encode_path(&id.to_string())`.
fn id(argument: &Expr) -> Option<Expr> {
    let Expr::Call(call) = argument else {
        return None;
    };
    match call.args.first()? {
        Expr::Reference(reference) if call.func.to_token_stream().to_string() == "encode_path" => {
            match &*reference.expr {
                Expr::MethodCall(call) if call.method == "to_string" => {
                    Some((*call.receiver).clone())
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Takes `.headers(header_map)` out of a chain of calls.
struct WithoutHeaders;

impl VisitMut for WithoutHeaders {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Expr::MethodCall(ExprMethodCall {
            method, receiver, ..
        }) = expression
            && method == "headers"
        {
            *expression = (**receiver).clone();
        }
        visit_mut::visit_expr_mut(self, expression);
    }
}

/// Takes `.header(ACCEPT, …)` out of a chain of calls.
struct WithoutAccept;

impl VisitMut for WithoutAccept {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        if let Expr::MethodCall(call) = expression
            && call.method == "header"
            && let Some(Expr::Path(name)) = call.args.first()
            && name
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "ACCEPT")
        {
            *expression = (*call.receiver).clone();
        }
    }
}

/// Has answers decoded by this project, in one pass over a text that is known to be UTF-8.
struct Decoding;

impl VisitMut for Decoding {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let names = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        if names.eq(["ResponseValue", "from_response"].map(str::to_owned)) {
            *path = syn::parse_quote!(::chat_rest::decode);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERATED: &str = r#"
        impl Client {
            pub async fn read<'a>(&'a self, thing_id: &'a str) -> Result<(), Error<()>> {
                let url = format!(
                    "{}/things/{}", self.baseurl, encode_path(&thing_id.to_string()),
                );
                let mut header_map = HeaderMap::with_capacity(1usize);
                header_map.append(
                    HeaderName::from_static("api-version"),
                    HeaderValue::from_static(Self::api_version()),
                );
                let mut request = self.client.get(url)
                    .header(::reqwest::header::ACCEPT, HeaderValue::from_static("application/json"))
                    .headers(header_map).build()?;
                ResponseValue::from_response(response).await
            }
        }
    "#;

    fn tidied(code: &str) -> Result<String, Refusal> {
        let mut file = syn::parse_file(code).unwrap();
        tidy(&mut file, "2024-03-07")?;
        Ok(prettyplease::unparse(&file))
    }

    #[test]
    fn the_version_is_part_of_the_url_and_ids_are_encoded_into_it() {
        let code = tidied(GENERATED).unwrap();

        assert!(
            code.contains("::chat_rest::join(\n            &self.baseurl,")
                && code.contains(r#""things/{}?api-version=2024-03-07""#),
            "{code}"
        );
        assert!(code.contains("::chat_rest::encode_id(thing_id)"), "{code}");
        assert!(code.contains("self.client.get(url).build()?"), "{code}");
        assert!(
            code.contains("::chat_rest::decode(response).await"),
            "{code}"
        );
        for gone in [
            "header_map",
            "ACCEPT",
            "encode_path",
            "to_string",
            "from_response",
        ] {
            assert!(!code.contains(gone), "{code}");
        }
    }

    #[test]
    fn other_headers_stay() {
        let other =
            r#"header_map.append("thing-token", token.to_string().try_into()?); let mut request"#;
        let code = tidied(&GENERATED.replace("let mut request", other)).unwrap();

        assert!(code.contains(".headers(header_map)"), "{code}");
        assert!(
            code.contains("thing-token") && !code.contains(r#""api-version""#),
            "{code}"
        );
    }

    #[test]
    fn a_function_of_another_form_is_refused() {
        for (known, other) in [
            ("encode_path(&thing_id.to_string())", "thing_id"),
            ("let url", "let path"),
            (r#""api-version""#, r#""version""#),
        ] {
            let refusal = tidied(&GENERATED.replace(known, other)).unwrap_err();
            assert!(refusal.to_string().contains("`read`"), "{refusal}");
        }
    }
}
