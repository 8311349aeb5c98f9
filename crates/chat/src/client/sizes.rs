//! How large what programs hold by the thousand is. The figures of a release build stand in
//! `docs/performance.md`; these are the bounds they are under, in any build.

use crate::models::{ChatMessage, ChatParticipant, CommunicationIdentifier};
use crate::{ChatClient, ChatThreadClient, CommunicationTokenCredential, Error};

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDB9.c2ln";

#[test]
fn the_future_of_each_single_operation_is_under_a_kibibyte() {
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let client = ChatClient::new("http://127.0.0.1:1", credential).unwrap();
    let thread = client.chat_thread_client("19:a@thread.v2");
    let sizes = [
        ("create", size_of_val(&client.create_chat_thread("").send())),
        ("delete", size_of_val(&client.delete_chat_thread("").send())),
        ("properties", size_of_val(&thread.properties().send())),
        ("topic", size_of_val(&thread.update_topic("").send())),
        ("update", size_of_val(&thread.update_properties().send())),
        ("send", size_of_val(&thread.send_message("").send())),
        (
            "exactly once",
            size_of_val(&thread.send_message("").exactly_once().send()),
        ),
        ("key", size_of_val(&thread.new_send_key().send())),
        ("get", size_of_val(&thread.message("1").send())),
        ("change", size_of_val(&thread.update_message("1").send())),
        ("remove", size_of_val(&thread.delete_message("1").send())),
        (
            "add",
            size_of_val(
                &thread
                    .add_participants(Vec::<ChatParticipant>::new())
                    .send(),
            ),
        ),
        (
            "leave",
            size_of_val(&thread.remove_participant("8:a").send()),
        ),
        (
            "typing",
            size_of_val(&thread.send_typing_notification().send()),
        ),
        ("read", size_of_val(&thread.send_read_receipt("1").send())),
    ];
    let large = sizes.into_iter().filter(|(_, size)| *size >= 1024);
    assert_eq!(large.collect::<Vec<_>>(), [], "of {sizes:?}");
}

#[test]
fn what_lists_and_clients_are_made_of_is_small() {
    for (what, size, most) in [
        ("ChatMessage", size_of::<ChatMessage>(), 272),
        ("ChatParticipant", size_of::<ChatParticipant>(), 112),
        (
            "CommunicationIdentifier",
            size_of::<CommunicationIdentifier>(),
            48,
        ),
        ("ChatClient", size_of::<ChatClient>(), 8),
        ("ChatThreadClient", size_of::<ChatThreadClient>(), 32),
        ("Error", size_of::<Error>(), 8),
    ] {
        assert!(size <= most, "{what} has {size} bytes, and had {most}");
    }
}
