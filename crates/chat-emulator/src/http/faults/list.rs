//! What is done to the pages of lists.

use serde_json::{Value, json};

use super::kind::FaultKind;

/// A request to a list, as its links are made from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListRequest<'a> {
    /// Scheme and authority.
    pub(crate) origin: &'a str,
    /// Path and query as they were sent.
    pub(crate) target: &'a str,
    /// Unlike that of any other request.
    pub(crate) serial: u64,
}

const NEXT_LINK: &str = "nextLink";
/// The service ignores parameters that it does not know.
const EMPTY_PAGE: &str = "&emptyPage=";

/// Changes a page as `fault` says, if that is one that does.
pub(crate) fn distort(page: &mut Value, fault: &FaultKind, request: ListRequest<'_>) {
    if !page.get("value").is_some_and(Value::is_array) {
        return;
    }
    let ListRequest {
        origin,
        target,
        serial,
    } = request;
    match fault {
        FaultKind::EmptyPage {} => {
            // Its own link would be taken for a repeated one, so each has a number.
            let target = target.split(EMPTY_PAGE).next().unwrap_or(target);
            page["value"] = json!([]);
            page[NEXT_LINK] = format!("{origin}{target}{EMPTY_PAGE}{serial}").into();
        }
        FaultKind::RepeatedNextLink {} => page[NEXT_LINK] = format!("{origin}{target}").into(),
        FaultKind::ForeignNextLink { origin: foreign } => {
            let foreign = foreign.trim_end_matches('/');
            let target = page[NEXT_LINK]
                .as_str()
                .and_then(|link| link.strip_prefix(origin))
                .unwrap_or(target);
            page[NEXT_LINK] = format!("{foreign}{target}").into();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: ListRequest<'_> = ListRequest {
        origin: "http://h:1",
        target: "/chat/threads?api-version=v",
        serial: 7,
    };

    #[test]
    fn an_empty_page_leads_to_the_page_as_it_would_have_been_by_ever_new_links() {
        let mut page = json!({"value": [1], "nextLink": "http://h:1/next"});
        distort(&mut page, &FaultKind::EmptyPage {}, REQUEST);
        let link = "http://h:1/chat/threads?api-version=v&emptyPage=7";
        assert_eq!(page, json!({"value": [], "nextLink": link}));
        let again = ListRequest {
            target: link.strip_prefix("http://h:1").unwrap(),
            serial: 8,
            ..REQUEST
        };
        distort(&mut page, &FaultKind::EmptyPage {}, again);
        assert_eq!(
            page["nextLink"],
            "http://h:1/chat/threads?api-version=v&emptyPage=8"
        );
    }

    #[test]
    fn a_foreign_link_has_the_path_of_the_link_or_of_the_request() {
        let fault = FaultKind::ForeignNextLink {
            origin: "https://f/".to_owned(),
        };
        let mut page = json!({"value": [], "nextLink": "http://h:1/next?a=1"});
        distort(&mut page, &fault, REQUEST);
        assert_eq!(page["nextLink"], "https://f/next?a=1");
        let mut last = json!({"value": []});
        distort(&mut last, &fault, REQUEST);
        assert_eq!(last["nextLink"], "https://f/chat/threads?api-version=v");
    }

    #[test]
    fn what_is_no_page_stays_as_it_is() {
        for answer in [json!({"error": {}}), json!([]), json!({"value": 1})] {
            let mut page = answer.clone();
            distort(&mut page, &FaultKind::EmptyPage {}, REQUEST);
            assert_eq!(page, answer);
        }
    }
}
