//! What leads to further pages: the service's links, and continuations that have been stored.

use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use url::Url;

use super::ENDPOINT;
use crate::endpoint::Endpoint;
use crate::error::ErrorKind;
use crate::models::RetryInfo;
use crate::paging::{Continuation, Fetch, Link, PageStream, RawPage, Scope};

/// Links to next pages: what is followed stays at the endpoint, and is followed once.
pub fn next_links(data: &[u8]) {
    let Ok(link) = str::from_utf8(data) else {
        return;
    };
    let (mut pages, followed) = list(scope("list", None), None, Some(link));
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

/// Continuations: each is written as it was read, and leads only to where it came from.
pub fn continuations(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let Ok(continuation) = text.parse::<Continuation>() else {
        return;
    };
    assert_eq!(continuation.to_string(), text);
    let json = serde_json::to_string(&continuation).expect("a continuation is a text");
    assert_eq!(
        serde_json::from_str::<Continuation>(&json).ok().as_ref(),
        Some(&continuation)
    );

    let mut parts = text.splitn(4, ' ').skip(1);
    let (operation, _link, subject) =
        (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let own = scope(operation, subject);
    let (mut pages, followed) = list(own.clone(), Some(&continuation), None);
    match next(&mut pages) {
        Ok(_) => assert_eq!(followed.lock().unwrap().len(), 1),
        Err(kind) => assert_eq!(kind, ErrorKind::InvalidArgument),
    }
    let other = Scope {
        subject: Some(format!("{} ", subject.unwrap_or_default())),
        ..own
    };
    let (mut pages, followed) = list(other, Some(&continuation), None);
    assert_eq!(next(&mut pages), Err(ErrorKind::InvalidArgument));
    assert!(followed.lock().unwrap().is_empty());
}

fn scope(operation: &str, subject: Option<&str>) -> Scope {
    Scope {
        operation: operation.to_owned().into(),
        subject: subject.map(str::to_owned),
    }
}

/// The links that were followed.
type Followed = Arc<Mutex<Vec<Link>>>;

/// A list whose pages each have one item, and lead to `link`.
fn list(
    scope: Scope,
    from: Option<&Continuation>,
    link: Option<&str>,
) -> (PageStream<()>, Followed) {
    let followed = Followed::default();
    let (log, next_link) = (Arc::clone(&followed), link.map(str::to_owned));
    let fetch: Fetch<()> = Arc::new(move |link| {
        if let Some(link) = link {
            stays_at_endpoint(link.url());
            log.lock().unwrap().push(link);
        }
        let page = RawPage {
            items: vec![()],
            next_link: next_link.clone(),
        };
        Box::pin(std::future::ready(Ok((page, RetryInfo::default()))))
    });
    let endpoint = Endpoint::parse(ENDPOINT, false).expect("it is an endpoint");
    let origin = endpoint.origin().clone();
    (PageStream::new(fetch, scope, origin, from), followed)
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

/// Where the access token goes, as the layers beneath will read it.
fn stays_at_endpoint(link: &Url) {
    assert!(link.as_str().starts_with(&format!("{ENDPOINT}/")), "{link}");
    assert!(
        link.username().is_empty() && link.password().is_none(),
        "{link}"
    );
    if let Ok(sent) = http::Uri::try_from(link.as_str()) {
        assert_eq!(sent.scheme_str(), Some("https"), "{link}");
        assert_eq!(sent.host(), ENDPOINT.strip_prefix("https://"), "{link}");
    }
}
