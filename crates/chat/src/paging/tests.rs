mod errors;
mod items;
mod sieves;

use std::sync::{Arc, Mutex};

use futures_core::stream::FusedStream;
use url::Url;

use super::*;
use crate::error::{Error, ErrorKind};
use crate::response::{Response, ResponseInfo};

const BASE: &str = "https://contoso.communication.azure.com";

/// A service with these pages: page `n` is behind the link whose query is `n`.
#[derive(Default)]
struct Service {
    pages: Vec<(Vec<u32>, Option<&'static str>)>,
    /// What asking for a page fails with, each once.
    failures: Mutex<Vec<(usize, ErrorKind)>>,
    /// A page, and the place of an item in it that can't be read.
    unreadable: Vec<(usize, usize)>,
    /// The pages that were asked for.
    asked: Mutex<Vec<usize>>,
}

impl Service {
    fn new(pages: Vec<(Vec<u32>, Option<&'static str>)>) -> Arc<Self> {
        Self::failing(pages, &[])
    }

    fn failing(
        pages: Vec<(Vec<u32>, Option<&'static str>)>,
        failures: &[(usize, ErrorKind)],
    ) -> Arc<Self> {
        Arc::new(Self {
            pages,
            failures: Mutex::new(failures.to_vec()),
            ..Self::default()
        })
    }

    fn asked(&self) -> Vec<usize> {
        self.asked.lock().unwrap().clone()
    }

    fn calls(&self) -> usize {
        self.asked().len()
    }

    fn serve(&self, page: usize) -> Result<Response<RawPage<u32>>, Error> {
        self.asked.lock().unwrap().push(page);
        let mut failures = self.failures.lock().unwrap();
        if let Some(failure) = failures.iter().position(|(at, _)| *at == page) {
            return Err(Error::new(failures.remove(failure).1));
        }
        let (items, next) = self.pages[page].clone();
        let unreadable = self.unreadable.iter().filter(|(at, _)| *at == page);
        let page = RawPage {
            items,
            unreadable: unreadable
                .map(|(_, position)| UnreadableItem {
                    position: *position,
                    field: Some("topic".to_owned()),
                })
                .collect(),
            next_link: next.map(str::to_owned),
        };
        Ok(Response::new(page, ResponseInfo::default()))
    }

    fn pages(self: &Arc<Self>, from: Option<&Continuation>) -> PageStream<u32> {
        let service = Arc::clone(self);
        let fetch: Fetch<u32> = Arc::new(move |from| {
            let page = from.map_or(0, |from| from.link().query().unwrap().parse().unwrap());
            Box::pin(std::future::ready(service.serve(page)))
        });
        PageStream::new(fetch, target(), from)
    }

    fn items(self: &Arc<Self>) -> ItemStream<u32> {
        ItemStream::new(self.pages(None))
    }
}

fn target() -> Target {
    Target::new("list", &Url::parse(BASE).unwrap(), "/list", &[])
}

const PAGE_1: Option<&str> = Some("https://contoso.communication.azure.com/list?1");
const PAGE_2: Option<&str> = Some("https://contoso.communication.azure.com/list?2");
const FOREIGN: Option<&str> = Some("https://evil.example/list?1");

fn page(number: usize) -> Continuation {
    format!("v1 {BASE}/list?{number}").parse().unwrap()
}

async fn collect(mut items: ItemStream<u32>) -> (Vec<u32>, Option<ErrorKind>) {
    let mut all = Vec::new();
    let end = items.read_into(&mut all, usize::MAX).await;
    let kind = end.err().map(|error| error.kind());
    assert!(items.is_terminated());
    assert!(items.next().await.is_none(), "the end is the end");
    (all, kind)
}

#[tokio::test]
async fn nothing_is_sent_before_the_stream_is_polled_and_one_page_at_a_time_after() {
    let service = Service::new(vec![(vec![1, 2], PAGE_1), (vec![3], None)]);
    let mut items = service.items();
    assert_eq!(service.calls(), 0);
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    assert_eq!(items.try_next().await.unwrap(), Some(2));
    assert_eq!(service.calls(), 1);
    assert_eq!(items.try_next().await.unwrap(), Some(3));
    assert_eq!(items.try_next().await.unwrap(), None);
    assert_eq!(items.try_next().await.unwrap(), None);
    assert_eq!(service.calls(), 2);
}

#[tokio::test]
async fn empty_pages_are_skipped_and_do_not_end_the_list() {
    let service = Service::new(vec![(vec![], PAGE_1), (vec![], PAGE_2), (vec![7], None)]);
    assert_eq!(collect(service.items()).await, (vec![7], None));
    let mut pages = service.pages(None);
    assert_eq!(pages.try_next().await.unwrap().unwrap().items(), [7]);
    assert!(pages.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_list_may_end_with_an_empty_page() {
    let service = Service::new(vec![(vec![1], PAGE_1), (vec![], None)]);
    assert_eq!(collect(service.items()).await, (vec![1], None));
    assert_eq!(service.calls(), 2);
}

#[tokio::test]
async fn an_empty_link_ends_the_list() {
    let service = Service::new(vec![(vec![1], Some(""))]);
    assert_eq!(collect(service.items()).await, (vec![1], None));
}

#[tokio::test]
async fn a_stored_continuation_resumes_at_its_page() {
    let service = Service::new(vec![(vec![1], PAGE_1), (vec![2], PAGE_2), (vec![3], None)]);
    let first = service.pages(None).try_next().await.unwrap().unwrap();
    let stored = serde_json::to_string(first.continuation().unwrap()).unwrap();

    let read: Continuation = serde_json::from_str(&stored).unwrap();
    assert_eq!(Some(&read), first.continuation());
    let mut rest = service.pages(Some(&read));
    assert_eq!(rest.try_next().await.unwrap().unwrap().items(), [2]);
    let last = rest.try_next().await.unwrap().unwrap();
    assert_eq!((last.items(), last.continuation()), (&[3][..], None));
}

#[tokio::test]
async fn a_resumed_list_that_is_led_back_to_its_own_start_ends_with_an_error() {
    let service = Service::new(vec![(vec![1], PAGE_1), (vec![2], PAGE_1)]);
    let first = service.pages(None).try_next().await.unwrap().unwrap();
    let rest = ItemStream::new(service.pages(first.continuation()));
    assert_eq!(
        collect(rest).await,
        (vec![2], Some(ErrorKind::InvalidNextLink))
    );
}

#[tokio::test]
async fn a_continuation_of_another_list_is_an_invalid_argument_and_nothing_is_sent() {
    let service = Service::new(vec![(vec![1], None)]);
    for link in [
        "https://contoso.communication.azure.com/other?1",
        "https://evil.example/list?1",
    ] {
        let continuation = format!("v1 {link}").parse().unwrap();
        let items = ItemStream::new(service.pages(Some(&continuation)));
        assert_eq!(
            collect(items).await,
            (vec![], Some(ErrorKind::InvalidArgument)),
            "{link}"
        );
    }
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn a_page_is_gone_through_by_reference_and_by_value() {
    let service = Service::new(vec![(vec![1, 2], None)]);
    let page = service.pages(None).try_next().await.unwrap().unwrap();
    let mut sum = 0;
    for item in &page {
        sum += item;
    }
    assert_eq!(sum, 3);
    assert_eq!(page.into_iter().collect::<Vec<_>>(), [1, 2]);
}
