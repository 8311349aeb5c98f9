//! The whole surface without async.

use std::time::Duration;

use chat::models::{ChatMessageType, TokenScope};
use chat::{
    ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, Error, ErrorKind,
};
use chat_emulator::Emulator;

/// Runs on a thread that belongs to no runtime, as the main thread of a program without one does.
async fn without_runtime<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || done.send(run()).map_err(drop));
    wait.await.expect("the thread ends without a panic")
}

fn client(connection_string: &str) -> Result<(ChatClient, String), Error> {
    let identity = CommunicationIdentityClient::from_connection_string(connection_string)?;
    let user = identity.create_user().send_blocking()?;
    let id = user.id().to_owned();
    // The refresher is async, and is polled by the runtime behind the blocking calls.
    let endpoint = identity.endpoint().to_owned();
    let credential = CommunicationTokenCredential::refreshing(move || {
        identity.issue_token(&user, [TokenScope::Chat]).send()
    });
    Ok((ChatClient::new(&endpoint, credential)?, id))
}

#[tokio::test]
async fn people_chat_and_read_without_async() {
    let emulator = Emulator::start().await.unwrap();
    let connection_string = emulator.connection_string();
    let talk = move || {
        let (alice, _) = client(&connection_string)?;
        let (bob, bobs_id) = client(&connection_string)?;
        let created = alice
            .create_chat_thread("Lunch")
            .participant(bobs_id.as_str())
            .send_with_info_blocking()?;
        assert_eq!(created.info().status(), Some(201));
        let id = created.value().chat_thread().id().clone();
        let (thread, bobs) = (alice.chat_thread_client(&id), bob.chat_thread_client(&id));

        let sends = thread
            .send_messages_iter(["one", "two", "three"])
            .into_blocking_iter();
        let sent = sends.collect::<Result<Vec<_>, _>>()?;
        assert_eq!(sent.len(), 3);
        let once = bobs.send_message("four").exactly_once();
        once.settle(Duration::ZERO).send_blocking()?;
        bobs.send_typing_notification().send_blocking()?;
        bobs.send_read_receipt(sent[0].id()).send_blocking()?;

        let mut watch = bobs.watch().from_beginning().into_blocking_iter();
        let watched = watch.next().transpose()?;
        let watched = watched.expect("a thread begins with a message of the service");
        let after = bobs.watch().after(watched.cursor().clone());
        assert!(
            after
                .into_blocking_iter()
                .next()
                .is_some_and(|next| next.is_ok())
        );
        let mut watch = bob.watch().from_beginning().into_blocking_iter();
        assert!(
            watch
                .next()
                .is_some_and(|next| next.is_ok_and(|next| *next.thread_id() == id))
        );

        let mut texts = Vec::new();
        for message in thread.list_messages().page_size(2).into_blocking_iter() {
            let message = message?;
            if *message.message_type() == ChatMessageType::Text {
                texts.push(message.content().message().unwrap_or_default().to_owned());
            }
        }
        assert_eq!(texts, ["four", "three", "two", "one"]);

        let mut pages = thread.list_messages().page_size(2).into_blocking_pages();
        let first = pages.next().transpose()?.map(|page| page.items().len());
        assert_eq!(first, Some(2));
        let continuation = pages.get_ref().continuation().cloned();
        let rest = thread
            .list_messages()
            .continue_from(continuation.expect("there are more pages"));
        assert_eq!(rest.into_blocking_pages().count(), pages.count());

        alice.delete_chat_thread(&id).send_blocking()?;
        Ok::<_, Error>(())
    };
    without_runtime(talk).await.unwrap();
}

#[tokio::test]
async fn within_a_runtime_nothing_is_sent_and_the_error_says_what_to_do() {
    let emulator = Emulator::start().await.unwrap();
    let identity =
        CommunicationIdentityClient::from_connection_string(&emulator.connection_string()).unwrap();
    let (_, token) = identity
        .create_user_and_token([TokenScope::Chat])
        .await
        .unwrap();
    let credential = CommunicationTokenCredential::new(token).unwrap();
    let client = ChatClient::new(identity.endpoint(), credential).unwrap();

    let error = client.create_chat_thread("a").send_blocking().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("await the builder"), "{error}");

    let mut threads = client.list_chat_threads().into_blocking_iter();
    let error = threads.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(threads.next().is_none());

    assert!(
        client
            .list_chat_threads()
            .into_stream()
            .next()
            .await
            .is_none()
    );
}

#[tokio::test]
async fn many_threads_call_at_once_and_connections_live_on_between_calls() {
    let emulator = Emulator::start().await.unwrap();
    let connection_string = emulator.connection_string();
    let work = move || {
        let (alice, _) = client(&connection_string)?;
        let created = alice.create_chat_thread("Many").send_blocking()?;
        let thread = alice.chat_thread_client(created.chat_thread().id());
        let senders: Vec<_> = (0..8)
            .map(|sender| {
                let thread = thread.clone();
                std::thread::spawn(move || {
                    (0..5).try_for_each(|number| {
                        let text = format!("{sender} {number}");
                        thread.send_message(text).send_blocking().map(drop)
                    })
                })
            })
            .collect();
        for sender in senders {
            sender.join().expect("no call panics")?;
        }
        let messages = thread.list_messages().into_blocking_iter();
        let messages = messages.collect::<Result<Vec<_>, _>>()?;
        let texts = messages
            .iter()
            .filter(|message| *message.message_type() == ChatMessageType::Text);
        Ok::<_, Error>(texts.count())
    };
    assert_eq!(without_runtime(work).await.unwrap(), 40);
}

#[tokio::test]
async fn a_blocking_call_takes_no_connection_of_a_runtime_that_waits_for_it() {
    let emulator = Emulator::start().await.unwrap();
    let identity =
        CommunicationIdentityClient::from_connection_string(&emulator.connection_string()).unwrap();
    // Leaves a pooled connection that belongs to the runtime of this test, whose one thread then waits.
    identity.create_user().await.unwrap();
    let create = identity.create_user().timeout(Duration::from_secs(10));
    let created = std::thread::spawn(move || create.send_blocking());
    created.join().unwrap().unwrap();
    // And the other way round.
    identity.create_user().await.unwrap();
}
