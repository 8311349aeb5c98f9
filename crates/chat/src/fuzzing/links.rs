//! What leads to further pages: the service's links, and continuations that have been stored.

use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use percent_encoding::percent_decode_str;
use url::Url;

use super::ENDPOINT;
use crate::error::ErrorKind;
use crate::paging::{Continuation, Fetch, PageStream, RawPage, Target};
use crate::response::{Response, ResponseInfo};

const PATH: &str = "/chat/threads/{chatThreadId}/messages";
const THREAD: &str = "19:abc_x-y1@thread.v2";
/// What a gateway puts in front.
const PREFIX: &str = "/a/gate%20way";

/// Links to next pages: what is followed stays at the endpoint and within its list, and is followed
/// once.
pub fn next_links(data: &[u8]) {
    let Ok(link) = str::from_utf8(data) else {
        return;
    };
    for prefix in ["", PREFIX] {
        let (mut pages, followed) = list(prefix, None, Some(link));
        let first = next(&mut pages).expect("the first page comes without a link");
        let Some(first) = first else {
            unreachable!("the first page has an item");
        };
        if link.is_empty() {
            assert_eq!(next(&mut pages), Ok(None));
            return;
        }
        if let Some(continuation) = first {
            // The page behind it leads to itself.
            assert_eq!(next(&mut pages), Ok(Some(None)));
            assert_eq!(followed.lock().unwrap().len(), 1);
            continuations(continuation.to_string().as_bytes());
        }
        assert_eq!(next(&mut pages), Err(ErrorKind::InvalidNextLink));
        assert_eq!(next(&mut pages), Ok(None));
    }
}

/// Continuations: each is read as the one that was written, and leads only to where it came from.
pub fn continuations(data: &[u8]) {
    let Some(continuation) = str::from_utf8(data).ok().and_then(|text| text.parse().ok()) else {
        return;
    };
    let continuation: Continuation = continuation;
    assert_eq!(
        continuation.to_string().parse().ok().as_ref(),
        Some(&continuation)
    );
    let json = serde_json::to_string(&continuation).expect("a continuation is a text");
    assert_eq!(
        serde_json::from_str::<Continuation>(&json).ok().as_ref(),
        Some(&continuation)
    );
    for prefix in ["", PREFIX] {
        let (mut pages, followed) = list(prefix, Some(&continuation), None);
        let outcome = next(&mut pages);
        match outcome {
            Ok(_) => assert_eq!(followed.lock().unwrap().len(), 1),
            Err(kind) => {
                assert_eq!(kind, ErrorKind::InvalidArgument);
                assert!(followed.lock().unwrap().is_empty());
            }
        }
    }
}

/// The links that were followed.
type Followed = Arc<Mutex<Vec<Url>>>;

/// A list at an endpoint with that path. Its pages each have one item, and lead to `link`.
fn list(
    prefix: &'static str,
    from: Option<&Continuation>,
    link: Option<&str>,
) -> (PageStream<()>, Followed) {
    let followed = Followed::default();
    let (log, next_link) = (Arc::clone(&followed), link.map(str::to_owned));
    let fetch: Fetch<()> = Arc::new(move |from| {
        if let Some(from) = from {
            stays_in_list(from.link(), prefix);
            log.lock().unwrap().push(from.link().clone());
        }
        let page = RawPage {
            items: vec![()],
            unreadable: Vec::new(),
            next_link: next_link.clone(),
        };
        Box::pin(std::future::ready(Ok(Response::new(
            page,
            ResponseInfo::default(),
        ))))
    });
    let endpoint = Url::parse(&format!("{ENDPOINT}{prefix}")).expect("it is an endpoint");
    let target = Target::new("list", &endpoint, PATH, &[THREAD]);
    (PageStream::new(fetch, target, from), followed)
}

/// The next page's continuation.
fn next(pages: &mut PageStream<()>) -> Result<Option<Option<Continuation>>, ErrorKind> {
    let page = pages.try_next().now_or_never();
    match page.expect("pages come at once") {
        Ok(page) => Ok(page.map(|page| page.continuation().cloned())),
        Err(error) => {
            let _ = format!("{error} {error:?}");
            Err(error.kind())
        }
    }
}

/// Where the access token goes and what is read with it, as the layers beneath will read it.
fn stays_in_list(link: &Url, prefix: &str) {
    let path = link.as_str().strip_prefix(&format!("{ENDPOINT}{prefix}"));
    let path = path.unwrap_or_else(|| panic!("{link} leaves the endpoint"));
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    assert_eq!(decoded, PATH.replace("{chatThreadId}", THREAD), "{link}");
    assert_eq!(path.matches('/').count(), 4, "{link}");
    assert!(
        link.username().is_empty() && link.password().is_none(),
        "{link}"
    );
    if let Ok(sent) = http::Uri::try_from(link.as_str()) {
        assert_eq!(sent.scheme_str(), Some("https"), "{link}");
        assert_eq!(sent.host(), ENDPOINT.strip_prefix("https://"), "{link}");
    }
}
