use super::*;

/// A page of messages with these sequence ids, after which the list goes on or not.
fn page(sequence_ids: impl IntoIterator<Item = u64>, next: Option<&str>) -> MessagePage {
    let messages = sequence_ids.into_iter().map(|place| {
        let json = format!(r#"{{"id":"1{place}","sequenceId":"{place}","version":"1{place}"}}"#);
        ListedMessage::new(&json).unwrap()
    });
    MessagePage {
        messages: messages.collect(),
        unreadable: 0,
        continuation: next.map(|next| format!("v1 https://h/?{next}").parse().unwrap()),
    }
}

fn places(log: &PageLog) -> Vec<u64> {
    let mut ascending = log.ascending().unwrap();
    let mut places = Vec::new();
    while let Some(message) = ascending.try_next().unwrap() {
        places.push(message.sequence_id);
    }
    places
}

#[test]
fn a_log_that_is_cut_off_anywhere_goes_on_after_its_last_whole_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages");
    let mut log = PageLog::open(&path, "8:acs:r_a", None).unwrap();
    let mut states = vec![(log.length, Place::Beginning, vec![])];
    for (ids, next) in [(7..=9, Some("b")), (4..=6, Some("c")), (1..=3, None)] {
        log.append(&page(ids.rev(), next)).unwrap();
        states.push((log.length, log.place().clone(), places(&log)));
    }
    assert_eq!(places(&log), (1..=9).collect::<Vec<_>>());
    assert_eq!(
        (log.top(), log.lowest(), log.count()),
        (Some(9), Some(1), 9)
    );
    drop(log);
    let whole = std::fs::read(&path).unwrap();
    for length in 0..=whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let log = PageLog::open(&path, "8:acs:r_a", None).unwrap();
        let state = states.iter().rfind(|(end, ..)| *end <= length as u64);
        let (_, place, read) = state.unwrap_or(&states[0]);
        assert_eq!((log.place(), &places(&log)), (place, read), "{length}");
        // What is added then is read back.
        let mut log = log;
        let below = log.lowest().unwrap_or(100);
        log.append(&page([below, below - 1], None)).unwrap();
        let again = PageLog::open(&path, "8:acs:r_a", None).unwrap();
        let lowest = if log.count() == 2 { below } else { below - 1 };
        assert!(
            again.lowest() == Some(below - 1) && lowest >= below - 1,
            "{length}"
        );
    }
}

#[test]
fn a_changed_byte_ends_a_log_before_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages");
    let mut log = PageLog::open(&path, "8:acs:r_a", None).unwrap();
    log.append(&page([9], Some("b"))).unwrap();
    let first = log.length as usize;
    log.append(&page([8], None)).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[first + 10] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let log = PageLog::open(&path, "8:acs:r_a", None).unwrap();
    assert_eq!(places(&log), [9]);
}

#[test]
fn a_log_of_another_list_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages");
    for (reader, since) in [("a", None), ("b", None), ("b", Some(7)), ("a", None)] {
        let mut log = PageLog::open(&path, reader, since).unwrap();
        assert_eq!(log.place(), &Place::Beginning);
        log.append(&page([9], None)).unwrap();
    }
}

#[test]
fn what_comes_again_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages");
    let mut log = PageLog::open(&path, "a", None).unwrap();
    log.append(&page([9, 8, 7], Some("b"))).unwrap();
    assert_eq!(log.append(&page([8, 7, 6], None)).unwrap(), 1);
    assert_eq!(places(&log), [6, 7, 8, 9]);
}
