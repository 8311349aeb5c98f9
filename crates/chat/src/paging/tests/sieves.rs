//! Lists of which something is left out, and lists that fetch ahead.

use super::*;

/// Gives odd numbers, and ends before 9.
fn odd() -> Option<Sieve<u32>> {
    Some(Box::new(|item| match *item {
        9 => Verdict::End,
        item if item % 2 == 0 => Verdict::Leave,
        7 => Verdict::GiveLast,
        _ => Verdict::Give,
    }))
}

fn sifted(service: &Arc<Service>) -> ItemStream<u32> {
    ItemStream::new(service.pages(None).with_sieve(odd()))
}

#[tokio::test]
async fn what_is_left_out_does_not_end_the_list_and_an_end_asks_for_no_more() {
    let service = Service::new(vec![
        (vec![1, 2], PAGE_1),
        (vec![4, 6], PAGE_2),
        (vec![8, 7, 5], FOREIGN),
    ]);
    assert_eq!(collect(sifted(&service)).await, (vec![1, 7], None));
    assert_eq!(service.calls(), 3);

    let service = Service::new(vec![(vec![1, 9, 3], PAGE_1), (vec![5], None)]);
    let mut pages = service.pages(None).with_sieve(odd());
    let page = pages.try_next().await.unwrap().unwrap();
    assert_eq!((page.items(), page.continuation()), (&[1][..], None));
    assert!(pages.is_terminated());
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn unreadable_items_keep_their_place_among_what_is_given() {
    let service = Arc::new(Service {
        // Unreadable are the first, the fourth and the last entry of the page.
        pages: vec![(vec![1, 2, 3, 9, 5], None)],
        unreadable: vec![(0, 0), (0, 3), (0, 7)],
        ..Service::default()
    });
    let mut items = sifted(&service);
    let mut seen = Vec::new();
    while let Some(item) = items.next().await {
        seen.push(item.map_err(|error| error.to_string().contains("item 1 ")));
    }
    assert_eq!(seen, [Err(true), Ok(1), Err(false), Ok(3)]);
}

#[tokio::test]
async fn a_list_that_fetches_ahead_has_one_page_more_under_way_and_no_further() {
    let service = Service::new(vec![(vec![1], PAGE_1), (vec![2], PAGE_2), (vec![3], None)]);
    let mut items = ItemStream::new(service.pages(None).with_prefetch(true));
    assert_eq!(
        service.calls(),
        0,
        "nothing is sent before the stream is polled"
    );
    for (item, calls) in [(Some(1), 2), (Some(2), 3), (Some(3), 3), (None, 3)] {
        assert_eq!(items.try_next().await.unwrap(), item);
        tokio::task::yield_now().await;
        assert_eq!(service.calls(), calls);
    }
}

#[tokio::test]
async fn a_page_that_could_not_be_fetched_ahead_is_asked_for_again() {
    let pages = vec![(vec![1], PAGE_1), (vec![2], None)];
    let service = Service::failing(pages, &[(1, ErrorKind::Timeout)]);
    let mut items = ItemStream::new(service.pages(None).with_prefetch(true));
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    assert_eq!(
        items.try_next().await.unwrap_err().kind(),
        ErrorKind::Timeout
    );
    assert_eq!(items.try_next().await.unwrap(), Some(2));
    assert_eq!(service.asked(), [0, 1, 1]);
}
