//! Lists, held against any sequence of pages, links and failures.

use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use proptest::prelude::*;
use proptest::sample::Index;
use url::Url;

use super::*;
use crate::error::{Error, ErrorKind};
use crate::response::{Response, ResponseInfo};

const BASE: &str = "https://contoso.communication.azure.com/list?";

/// What a page leads to.
#[derive(Clone, Debug)]
enum Next {
    Nothing,
    Empty,
    Page(Index),
    Bad(&'static str),
}

/// What is behind a link; nothing is an error of the service.
type Served = Option<(u8, Next)>;

fn nexts() -> impl Strategy<Value = Next> {
    let bad = prop::sample::select(vec![
        "https://evil.example/list?1",
        "http://contoso.communication.azure.com/list?1",
        "https://contoso.communication.azure.com:444/list?1",
        "https://u:p@contoso.communication.azure.com/list?1",
        "blob:https://contoso.communication.azure.com/list?1",
        "https://contoso.communication.azure.com/other?1",
        "/list?1",
        "no link",
    ]);
    prop_oneof![
        1 => Just(Next::Nothing),
        1 => Just(Next::Empty),
        12 => any::<Index>().prop_map(Next::Page),
        1 => bad.prop_map(Next::Bad),
    ]
}

fn served() -> impl Strategy<Value = Served> {
    prop::option::weighted(0.95, (0_u8..4, nexts()))
}

/// A service, and the pages it was asked for in turn.
#[derive(Debug)]
struct Service {
    pages: Vec<Served>,
    fetched: Mutex<Vec<usize>>,
}

impl Service {
    /// Pages begin with the first. Which one a page leads to is mostly one that comes after it.
    fn target(&self, page: usize, index: &Index) -> usize {
        let ahead = page + 1 + index.index(3);
        if ahead < self.pages.len() {
            ahead
        } else {
            index.index(self.pages.len())
        }
    }

    fn link(&self, page: usize) -> Option<String> {
        match &self.pages[page].as_ref()?.1 {
            Next::Nothing => None,
            Next::Empty => Some(String::new()),
            Next::Page(index) => Some(format!("{BASE}{}", self.target(page, index))),
            Next::Bad(link) => Some((*link).to_owned()),
        }
    }

    /// The items of a page: no two of all pages are the same.
    fn items(&self, page: usize) -> Option<Vec<(usize, u8)>> {
        let (count, _) = self.pages[page].as_ref()?;
        Some((0..*count).map(|n| (page, n)).collect())
    }

    fn serve(&self, from: Option<Continuation>) -> Result<Response<RawPage<(usize, u8)>>, Error> {
        let page = match &from {
            None => 0,
            Some(from) => {
                let page = from.link().as_str().strip_prefix(BASE);
                page.and_then(|page| page.parse().ok())
                    .expect("no foreign link is followed")
            }
        };
        self.fetched.lock().unwrap().push(page);
        let items = self
            .items(page)
            .ok_or_else(|| Error::new(ErrorKind::ServiceUnavailable))?;
        let next_link = self.link(page);
        let page = RawPage {
            items,
            unreadable: Vec::new(),
            next_link,
        };
        Ok(Response::new(page, ResponseInfo::default()))
    }

    fn list(self: &Arc<Self>, from: Option<&Continuation>) -> PageStream<(usize, u8)> {
        let service = Arc::clone(self);
        let fetch: Fetch<_> =
            Arc::new(move |from| Box::pin(std::future::ready(service.serve(from))));
        let endpoint = Url::parse(BASE).expect("it is a URL").join("/");
        let target = Target::new("list", &endpoint.expect("it is one"), "/list", &[]);
        PageStream::new(fetch, target, from)
    }

    /// What a list that begins at a page must give: items, how it ends, and the pages fetched.
    /// The first page has no link of its own unless the list was resumed there.
    fn walk(&self, from: Option<usize>) -> (Vec<(usize, u8)>, Option<ErrorKind>, Vec<usize>) {
        let (mut items, mut fetched) = (Vec::new(), Vec::new());
        let mut linked: Vec<usize> = from.into_iter().collect();
        let mut page = from.unwrap_or(0);
        loop {
            fetched.push(page);
            let Some(there) = self.items(page) else {
                return (items, Some(ErrorKind::ServiceUnavailable), fetched);
            };
            items.extend(there);
            match self.pages[page].as_ref().map(|(_, next)| next) {
                Some(Next::Page(index)) => page = self.target(page, index),
                Some(Next::Bad(_)) => return (items, Some(ErrorKind::InvalidNextLink), fetched),
                _ => return (items, None, fetched),
            }
            if linked.contains(&page) {
                return (items, Some(ErrorKind::InvalidNextLink), fetched);
            }
            linked.push(page);
        }
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("pages come at once")
}

/// Reads a list of items to its end, and beyond.
fn items(mut list: ItemStream<(usize, u8)>) -> (Vec<(usize, u8)>, Option<ErrorKind>) {
    let mut all = Vec::new();
    let end = loop {
        match now(list.try_next()) {
            Ok(Some(item)) => all.push(item),
            Ok(None) => break None,
            Err(error) => break Some(error.kind()),
        }
    };
    let again = match end {
        // The page that failed is asked for again.
        Some(ErrorKind::ServiceUnavailable) => end,
        _ => None,
    };
    let next = now(list.next()).map(|item| item.expect_err("there are no more items").kind());
    assert_eq!(next, again);
    (all, end)
}

proptest! {
    #[test]
    fn what_is_served_is_delivered_in_order_and_no_link_is_followed_twice(
        pages in prop::collection::vec(served(), 1..24)
    ) {
        let service = Arc::new(Service { pages, fetched: Mutex::default() });
        let (all, end, fetched) = service.walk(None);
        prop_assert_eq!(items(ItemStream::new(service.list(None))), (all, end));
        let mut asked = service.fetched.lock().unwrap().clone();
        if end == Some(ErrorKind::ServiceUnavailable) {
            prop_assert_eq!(asked.pop(), asked.last().copied());
        }
        prop_assert_eq!(asked, fetched);
    }

    #[test]
    fn pages_are_never_empty_and_each_can_be_resumed_behind(
        pages in prop::collection::vec(served(), 1..24)
    ) {
        let service = Arc::new(Service { pages, fetched: Mutex::default() });
        let mut list = service.list(None);
        while let Ok(Some(page)) = now(list.try_next()) {
            prop_assert!(!page.items().is_empty());
            let Some(continuation) = page.continuation() else { continue };
            let stored: Continuation = continuation.to_string().parse().expect("it was stored");
            let behind = page.items()[0].0;
            let Some(Next::Page(index)) = service.pages[behind].as_ref().map(|(_, next)| next)
            else {
                return Err(TestCaseError::fail("a continuation that leads nowhere"));
            };
            let (rest, end, _) = service.walk(Some(service.target(behind, index)));
            prop_assert_eq!(items(ItemStream::new(service.list(Some(&stored)))), (rest, end));
        }
    }
}
