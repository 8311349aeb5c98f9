use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use url::Url;

use super::*;
use crate::error::{Error, ErrorKind};
use crate::models::RetryInfo;

const BASE: &str = "https://contoso.communication.azure.com/";

/// A service with these pages: page `n` is behind the link that ends in `n`.
struct Service {
    pages: Vec<(Vec<u32>, Option<&'static str>)>,
    calls: AtomicUsize,
}

impl Service {
    fn new(pages: Vec<(Vec<u32>, Option<&'static str>)>) -> Arc<Self> {
        Arc::new(Self {
            pages,
            calls: AtomicUsize::new(0),
        })
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    fn pages(self: &Arc<Self>, from: Option<&Continuation>) -> PageStream<u32> {
        let service = Arc::clone(self);
        let fetch: Fetch<u32> = Arc::new(move |link| {
            let service = Arc::clone(&service);
            Box::pin(async move {
                service.calls.fetch_add(1, Ordering::Relaxed);
                let page = link.map_or(0, |link| {
                    link.url()
                        .path()
                        .trim_start_matches('/')
                        .parse::<usize>()
                        .unwrap()
                });
                let (items, next) = service
                    .pages
                    .get(page)
                    .ok_or_else(|| Error::new(ErrorKind::ServiceUnavailable))?
                    .clone();
                let page = RawPage {
                    items,
                    next_link: next.map(str::to_owned),
                };
                Ok((page, RetryInfo::default()))
            })
        });
        PageStream::new(
            fetch,
            scope("list"),
            Url::parse(BASE).unwrap().origin(),
            from,
        )
    }

    fn items(self: &Arc<Self>) -> ItemStream<u32> {
        ItemStream::new(self.pages(None))
    }
}

fn scope(operation: &'static str) -> Scope {
    Scope {
        operation: operation.into(),
        subject: Some("19:a b@thread.v2".to_owned()),
    }
}

const PAGE_1: Option<&str> = Some("https://contoso.communication.azure.com/1");
const PAGE_2: Option<&str> = Some("https://contoso.communication.azure.com/2");
const FOREIGN: Option<&str> = Some("https://evil.example/1");

async fn collect(mut items: ItemStream<u32>) -> (Vec<u32>, Option<ErrorKind>) {
    let mut all = Vec::new();
    loop {
        match items.try_next().await {
            Ok(Some(item)) => all.push(item),
            Ok(None) => return (all, None),
            Err(error) => {
                assert!(
                    items.try_next().await.unwrap().is_none(),
                    "the stream ends after an error"
                );
                return (all, Some(error.kind()));
            }
        }
    }
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
async fn a_link_that_comes_twice_ends_the_list_with_an_error() {
    let service = Service::new(vec![(vec![1], PAGE_1), (vec![2], PAGE_1)]);
    assert_eq!(
        collect(service.items()).await,
        (vec![1, 2], Some(ErrorKind::InvalidNextLink))
    );
    assert_eq!(service.calls(), 2);
}

#[tokio::test]
async fn a_foreign_link_is_never_followed_and_the_items_before_it_are_not_lost() {
    let service = Service::new(vec![(vec![1], FOREIGN)]);
    assert_eq!(
        collect(service.items()).await,
        (vec![1], Some(ErrorKind::InvalidNextLink))
    );
    let empty = Service::new(vec![(vec![], FOREIGN)]);
    assert_eq!(
        collect(empty.items()).await,
        (vec![], Some(ErrorKind::InvalidNextLink))
    );
    assert_eq!((service.calls(), empty.calls()), (1, 1));
}

#[tokio::test]
async fn an_error_of_the_service_ends_the_stream_after_the_items_before_it() {
    let service = Service::new(vec![(vec![1], PAGE_1)]);
    assert_eq!(
        collect(service.items()).await,
        (vec![1], Some(ErrorKind::ServiceUnavailable))
    );
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
    let others = [
        "v1 other https://contoso.communication.azure.com/1 19:a b@thread.v2",
        "v1 list https://contoso.communication.azure.com/1 19:other@thread.v2",
        "v1 list https://contoso.communication.azure.com/1",
        "v1 list https://evil.example/1 19:a b@thread.v2",
        "v1 list nonsense 19:a b@thread.v2",
    ];
    for text in others {
        let continuation = text.parse().unwrap();
        let (items, error) = collect(ItemStream::new(service.pages(Some(&continuation)))).await;
        assert_eq!(
            (items, error),
            (vec![], Some(ErrorKind::InvalidArgument)),
            "{text}"
        );
    }
    assert_eq!(service.calls(), 0);
}

#[test]
fn what_is_no_continuation_is_an_invalid_argument() {
    for text in [
        "",
        "v1",
        "v1 list",
        "v2 list https://h/",
        "list https://h/ x",
    ] {
        let error = text.parse::<Continuation>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{text}");
    }
}
