//! Lists that fail.

use super::*;

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
async fn after_an_error_that_may_pass_the_same_page_is_asked_for_again() {
    for kind in [
        ErrorKind::ServiceUnavailable,
        ErrorKind::TooManyRequests,
        ErrorKind::Credential,
    ] {
        let pages = vec![(vec![1], PAGE_1), (vec![2], None)];
        let service = Service::failing(pages, &[(0, kind), (1, kind), (1, kind)]);
        let mut items = service.items();

        let error = items.try_next().await.unwrap_err();
        assert_eq!((error.kind(), error.continuation()), (kind, None));
        assert_eq!((items.continuation(), items.is_terminated()), (None, false));
        assert_eq!(items.try_next().await.unwrap(), Some(1));
        for _ in 0..2 {
            let error = items.try_next().await.unwrap_err();
            assert_eq!(error.continuation(), Some(&page(1)));
            assert_eq!(error.operation(), Some("list"));
            assert_eq!(items.continuation(), Some(&page(1)));
            assert!(!items.is_terminated());
        }
        assert_eq!(collect(items).await, (vec![2], None));
        assert_eq!(service.asked(), [0, 0, 1, 1, 1]);
    }
}

#[tokio::test]
async fn after_an_error_that_stays_the_stream_has_ended_and_another_can_go_on() {
    let pages = vec![(vec![1], PAGE_1), (vec![2], None)];
    let service = Service::failing(pages, &[(1, ErrorKind::Forbidden)]);
    let mut items = service.items();
    assert_eq!(items.try_next().await.unwrap(), Some(1));

    let error = items.try_next().await.unwrap_err();

    assert_eq!(error.continuation(), Some(&page(1)));
    assert_eq!(items.continuation(), Some(&page(1)));
    assert_eq!(collect(items).await, (vec![], None));
    assert_eq!(service.calls(), 2);
    let rest = ItemStream::new(service.pages(error.continuation()));
    assert_eq!(collect(rest).await, (vec![2], None));
}

/// A list of pages with ever new links, of which these have an item.
fn endless(with_item: fn(u32) -> bool) -> (ItemStream<u32>, Arc<Mutex<u32>>) {
    let fetched = Arc::new(Mutex::new(0));
    let count = Arc::clone(&fetched);
    let fetch: Fetch<u32> = Arc::new(move |from| {
        let number = from.map_or(0, |from| from.link().query().unwrap().parse().unwrap());
        *count.lock().unwrap() += 1;
        let page = RawPage {
            items: if with_item(number) {
                vec![number]
            } else {
                vec![]
            },
            unreadable: vec![],
            next_link: Some(format!("{BASE}/list?{}", number + 1)),
        };
        Box::pin(std::future::ready(Ok(Response::new(
            page,
            ResponseInfo::default(),
        ))))
    });
    (
        ItemStream::new(PageStream::new(fetch, target(), None)),
        fetched,
    )
}

#[tokio::test]
async fn a_thousand_empty_pages_in_a_row_end_the_list_and_say_where_to_go_on() {
    let (mut items, fetched) = endless(|number| number == 999);
    assert_eq!(items.try_next().await.unwrap(), Some(999));

    let error = items.try_next().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidNextLink);
    assert!(
        error
            .to_string()
            .ends_with("1000 pages in a row had no items"),
        "{error}"
    );
    assert_eq!(error.continuation(), Some(&page(2000)));
    assert_eq!(items.continuation(), Some(&page(2000)));
    assert_eq!(collect(items).await, (vec![], None));
    assert_eq!(*fetched.lock().unwrap(), 2000);
}

#[tokio::test]
async fn a_list_may_end_behind_many_empty_pages() {
    let fetch: Fetch<u32> = Arc::new(|from| {
        let number = from.map_or(0, |from| {
            from.link().query().unwrap().parse::<u32>().unwrap()
        });
        let page = RawPage {
            items: vec![],
            unreadable: vec![],
            next_link: (number < 999).then(|| format!("{BASE}/list?{}", number + 1)),
        };
        Box::pin(std::future::ready(Ok(Response::new(
            page,
            ResponseInfo::default(),
        ))))
    });
    let items = ItemStream::new(PageStream::new(fetch, target(), None));
    assert_eq!(collect(items).await, (vec![], None));
}

#[tokio::test]
async fn an_error_about_a_link_leads_back_to_the_page_that_has_the_link() {
    let service = Service::new(vec![(vec![1], PAGE_1), (vec![2], FOREIGN)]);
    let mut items = service.items();
    let mut all = Vec::new();

    let error = items.read_into(&mut all, 9).await.unwrap_err();

    assert_eq!(
        (error.kind(), all),
        (ErrorKind::InvalidNextLink, vec![1, 2])
    );
    assert_eq!(error.continuation(), Some(&page(1)));
    assert_eq!(items.continuation(), Some(&page(1)));
    let mut pages = service.pages(None);
    pages.try_next().await.unwrap();
    assert_eq!(
        pages.try_next().await.unwrap().unwrap().continuation(),
        None
    );
}
