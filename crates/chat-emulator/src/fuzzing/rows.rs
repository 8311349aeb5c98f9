//! Rows of a data file.

use std::sync::Arc;

use uuid::Uuid;

use crate::store::limits::{Capacity, Limits};
use crate::store::timestamp::Timestamp;
use crate::store::{
    ContentType, ListMessages, ListThreads, Loading, Metadata, MovableClock, RandomIds, RowChange,
    Store, StoreState, Table, UserMessage,
};

/// Rows as lines of `TABLE KEY VALUE`: the number of the table, a key whose second part follows a `!`, and
/// JSON. What is read is written so that it is read again, and a store goes on from it.
pub fn rows(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let rows: Vec<_> = text.lines().filter_map(row).collect();
    let Some(state) = read(&rows) else { return };
    // What has been read is written, and read again.
    let written: Vec<_> = state.rows().filter_map(put).collect();
    let again = read(&written).expect("what the store has written");
    assert_eq!(again.rows().count(), written.len());
    go_on(state);
}

type Row = (Table, Vec<u8>, Vec<u8>);

fn read(rows: &[Row]) -> Option<StoreState> {
    let mut loading = Loading::new(Uuid::nil());
    for table in Table::ALL {
        for (_, key, value) in rows.iter().filter(|(of, ..)| *of == table) {
            if let Err(error) = loading.row(table, key, value) {
                assert!(!error.to_string().is_empty());
                return None;
            }
        }
    }
    Some(loading.finish())
}

fn put(change: RowChange) -> Option<Row> {
    match change {
        RowChange::Put(table, key, value) => Some((table, key, value.bytes().into_owned())),
        RowChange::Delete(..) => None,
    }
}

/// Does with a store what callers may do.
fn go_on(state: StoreState) {
    let clock = Arc::new(MovableClock::default());
    let (limits, capacity) = (Limits::default(), Capacity::default());
    let mut store = Store::continuing(state, clock, Box::new(RandomIds), limits, capacity);
    let (threads, _, _) = store.overview(usize::MAX, usize::MAX);
    let (users, _) = store.users_overview(usize::MAX);
    for user in &users {
        let Ok(caller) = store.caller_as(&user.id) else {
            continue;
        };
        let list = ListThreads {
            page_size: 10,
            start: Timestamp::EPOCH,
            after: None,
        };
        // Whether it may is not the question.
        let _ = store.list_threads(&caller, &list);
        for thread in &threads {
            let id = &thread.properties.id;
            let message = UserMessage {
                sender: caller.user.clone(),
                sender_display_name: String::new(),
                content_type: ContentType::Text,
                content: "hello".to_owned(),
                metadata: Metadata::new(),
                attachments: Vec::new(),
            };
            let list = ListMessages {
                page_size: 10,
                start: Timestamp::EPOCH,
                before: u64::MAX,
            };
            let sent = store.send_message(&caller, id, message);
            let listed = store.list_messages(&caller, id, &list);
            if let (Ok(sent), Ok(listed)) = (sent, listed) {
                assert!(listed.items.iter().any(|message| message.id == sent));
            }
            let _ = store.thread_overview(id, 10);
            let _ = store.delete_thread(&caller, id);
        }
        let _ = store.delete_user(&user.id);
    }
}

fn row(line: &str) -> Option<Row> {
    let (table, rest) = line.split_once(' ')?;
    let table = *Table::ALL.get(table.parse::<usize>().ok()?)?;
    let (key, value) = rest.split_once(' ')?;
    let key = match key.split_once('!') {
        None => key.as_bytes().to_vec(),
        Some((first, second)) => {
            let second = match second.parse::<u64>() {
                Ok(sequence) => sequence.to_be_bytes().to_vec(),
                Err(_) => second.as_bytes().to_vec(),
            };
            [first.as_bytes(), &[0], &second].concat()
        }
    };
    Some((table, key, value.into()))
}
