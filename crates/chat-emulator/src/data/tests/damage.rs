//! Files that are damaged at many places: each is refused with an error, or read as it was.

use std::fs;

use super::*;

/// A file in which something has happened, and what its emulator knew.
fn whole_file(folder: &Folder) -> (Vec<u8>, crate::store::identifier::RawId) {
    let mut opened = begin(&folder.file());
    let (user, grant) = opened.store.create_user(vec![Scope::Chat], 60).unwrap();
    let caller = opened.store.authorize(&grant.unwrap()).unwrap();
    for number in 0..20 {
        let topic = format!("{number} {}", "x".repeat(100));
        opened
            .store
            .create_thread(&caller, new_thread(&topic))
            .unwrap();
        if number % 10 == 0 {
            opened.write().unwrap();
        }
    }
    opened.write().unwrap();
    drop(opened);
    (fs::read(folder.file()).unwrap(), user)
}

/// Opens the file with these bytes. Whatever is wrong, the error names the file and what to do, and the file
/// is as it was.
fn open_damaged(folder: &Folder, bytes: &[u8], what: &str) -> Option<Opened> {
    fs::write(folder.file(), bytes).unwrap();
    match open(&folder.file(), None) {
        Ok(opened) => Some(opened),
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains("state.redb"), "{what}: {text}");
            assert!(text.contains("copy of it"), "{what}: {text}");
            let same = fs::read(folder.file()).unwrap() == bytes;
            assert!(same, "{what}: {text}: it is left as it was");
            None
        }
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let folder = Folder::new("cut");
    let (bytes, _) = whole_file(&folder);
    let lengths = [1, 8, 9, 10, 64, 128, 319, 320, 321, 4095, 4096, 4097, 8192];
    let parts = (1..10).map(|part| bytes.len() * part / 10);
    for length in lengths.into_iter().chain(parts).chain([bytes.len() - 1]) {
        let what = format!("{length} of {} bytes", bytes.len());
        let opened = open_damaged(&folder, &bytes[..length], &what);
        assert!(opened.is_none(), "{what}");
    }
}

#[test]
fn a_file_that_is_garbled_anywhere_is_refused_or_read_as_it_was() {
    let folder = Folder::new("garbled");
    let (bytes, user) = whole_file(&folder);
    let mut whole = open_damaged(&folder, &bytes, "whole").unwrap();
    let expected = topics(&mut whole.store, &user);
    assert_eq!(expected.len(), 20);
    drop(whole);

    let mut random = fastrand::Rng::with_seed(7);
    let (mut refused, mut read) = (0, 0);
    // The head, where all pointers begin, and some of all that follows.
    let head = (0..320).step_by(8).map(|place| (place, 1));
    let pages = (0..20).map(|_| (random.usize(512..bytes.len()), 64));
    let places: Vec<_> = head.chain(pages).collect();
    for (place, length) in places {
        let mut damaged = bytes.clone();
        let end = (place + length).min(damaged.len());
        for byte in &mut damaged[place..end] {
            *byte ^= random.u8(1..);
        }
        let what = format!("{length} at {place}");
        match open_damaged(&folder, &damaged, &what) {
            None => refused += 1,
            Some(mut opened) => {
                read += 1;
                let found = topics(&mut opened.store, &user);
                assert!(found == expected, "{what}: {} topics", found.len());
            }
        }
    }
    assert!(refused > 10 && read > 10, "{refused} refused, {read} read");
}
