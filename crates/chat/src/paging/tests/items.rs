//! What a stream of items does with its page.

use super::*;

#[tokio::test]
async fn the_continuation_of_items_stays_with_their_page_until_all_were_given() {
    let service = Service::new(vec![
        (vec![1, 2], PAGE_1),
        (vec![3, 4], PAGE_2),
        (vec![5], None),
    ]);
    let mut items = service.items();
    let mut seen = vec![items.continuation().cloned()];
    while items.try_next().await.unwrap().is_some() {
        seen.push(items.continuation().cloned());
    }
    let (one, two) = (Some(page(1)), Some(page(2)));
    assert_eq!(seen, [None, None, one.clone(), one, two, None]);
    assert!(items.is_terminated());
}

#[tokio::test]
async fn an_unreadable_item_is_an_error_at_its_place_and_the_list_goes_on() {
    let service = Arc::new(Service {
        pages: vec![(vec![1, 2], PAGE_1), (vec![], PAGE_2), (vec![3], None)],
        unreadable: vec![(0, 1), (0, 3), (1, 0), (2, 0)],
        ..Service::default()
    });
    let mut items = service.items();
    let mut all = Vec::new();
    while let Some(item) = items.next().await {
        all.push(item.map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::InvalidResponse);
            assert_eq!(error.operation(), Some("list"));
            (error.to_string(), error.continuation().cloned())
        }));
    }
    let text = |number: u32| {
        format!("list: the answer can't be read: item {number} of the page: its field `topic`")
    };
    assert_eq!(
        all,
        [
            Ok(1),
            Err((text(2), None)),
            Ok(2),
            Err((text(4), None)),
            Err((text(1), Some(page(1)))),
            Err((text(1), Some(page(2)))),
            Ok(3),
        ]
    );
    assert_eq!(service.asked(), [0, 1, 2]);

    let mut pages = service.pages(None);
    let first = pages.try_next().await.unwrap().unwrap();
    let unreadable = first.unreadable().iter();
    let unreadable: Vec<_> = unreadable
        .map(|item| (item.position(), item.field()))
        .collect();
    assert_eq!(unreadable, [(1, Some("topic")), (3, Some("topic"))]);
    assert_eq!(
        (first.items(), first.clone().into_items()),
        (&[1, 2][..], vec![1, 2])
    );
    let second = pages.try_next().await.unwrap().unwrap();
    assert_eq!((second.items(), second.unreadable().len()), (&[][..], 1));
}

#[tokio::test]
async fn what_is_left_of_a_page_is_counted() {
    let service = Arc::new(Service {
        pages: vec![(vec![1, 2], None)],
        unreadable: vec![(0, 2)],
        ..Service::default()
    });
    let mut items = service.items();
    let mut left = Vec::new();
    while items.next().await.is_some() {
        left.push(futures_core::Stream::size_hint(&items));
        assert_eq!(items.is_terminated(), left.len() == 3);
    }
    assert_eq!(left, [(2, None), (1, None), (0, None)]);
}

#[tokio::test]
async fn items_are_read_up_to_a_limit_and_none_is_lost_to_an_error() {
    let pages = vec![(vec![1, 2], PAGE_1), (vec![3], None)];
    let service = Service::failing(pages.clone(), &[(1, ErrorKind::Timeout)]);
    let (mut items, mut all) = (service.items(), Vec::new());

    assert_eq!(items.read_into(&mut all, 0).await.unwrap(), 0);
    assert_eq!(service.calls(), 0);
    assert_eq!(items.read_into(&mut all, 1).await.unwrap(), 1);
    assert_eq!(all, [1]);
    let error = items.read_into(&mut all, 9).await.unwrap_err();
    assert_eq!((error.kind(), &all[..]), (ErrorKind::Timeout, &[1, 2][..]));
    assert_eq!(items.read_into(&mut all, 9).await.unwrap(), 1);
    assert_eq!(all, [1, 2, 3]);

    assert_eq!(
        Service::new(pages.clone()).items().collect().await.unwrap(),
        [1, 2, 3]
    );
    let service = Service::failing(pages, &[(1, ErrorKind::Forbidden)]);
    assert_eq!(
        service.items().collect().await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );
}

#[tokio::test]
async fn streams_show_their_operation_and_how_far_they_are() {
    let service = Service::new(vec![(vec![1, 2], PAGE_1), (vec![3], None)]);
    let mut items = service.items();
    items.try_next().await.unwrap();
    let shown = format!("{items:?}");
    for part in [
        "ItemStream",
        "held: 1",
        "PageStream",
        "\"list\"",
        "next: Some",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
}
