//! How much memory is taken: by responses, whatever their framing, and by clients.
//!
//! A program of its own, since its allocator counts what all of it takes.

use std::io::{Read, Write};
use std::mem::size_of;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use chat::watch::WatchState;
use chat::{ChatClient, CommunicationTokenCredential, ErrorKind, RetryOptions};
use chat_tests::mock::{MESSAGE, THREAD, TOKEN, message, messages};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Held while memory is measured: tests run beside each other.
static MEASURING: Mutex<()> = Mutex::new(());

const LIMIT: usize = 1 << 20;

/// How the body of a response is framed.
#[derive(Clone, Copy, Debug)]
enum Framing {
    Length,
    Chunks(usize),
}

/// A status, how its body is framed, the body, and what is to come of it.
type Case<'a> = (u16, Framing, &'a [u8], Result<usize, ErrorKind>);

fn response(status: u16, framing: Framing, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} X\r\napi-supported-versions: 1\r\n");
    let mut response = head.into_bytes();
    match framing {
        Framing::Length => {
            write!(response, "content-length: {}\r\n\r\n", body.len()).unwrap();
            response.extend_from_slice(body);
        }
        Framing::Chunks(size) => {
            response.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
            for chunk in body.chunks(size) {
                write!(response, "{:x}\r\n", chunk.len()).unwrap();
                response.extend_from_slice(chunk);
                response.extend_from_slice(b"\r\n");
            }
            response.extend_from_slice(b"0\r\n\r\n");
        }
    }
    response
}

/// Serves one request.
fn serve_once(response: Arc<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_head(&mut stream);
        // Whoever finds it too large hangs up.
        let _ = stream.write_all(&response);
    });
    endpoint
}

/// Serves the same to all, for as long as anybody asks.
fn serve(response: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let response = Arc::new(response);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, response) = (stream.unwrap(), Arc::clone(&response));
            thread::spawn(move || {
                while read_head(&mut stream) {
                    stream.write_all(&response).unwrap();
                }
            });
        }
    });
    endpoint
}

/// Whether there was one.
fn read_head(stream: &mut TcpStream) -> bool {
    let (mut last, mut byte) = ([0; 4], [0]);
    while last != *b"\r\n\r\n" {
        if stream.read_exact(&mut byte).is_err() {
            return false;
        }
        last = [last[1], last[2], last[3], byte[0]];
    }
    true
}

/// Reads a message that is answered like this, and says what came of it, how many characters its
/// content has, and how many bytes were in use at the most.
fn read_message(status: u16, framing: Framing, body: &[u8]) -> (Result<usize, ErrorKind>, usize) {
    // Kept to the end: what is given back meanwhile would hide what is taken.
    let response = Arc::new(response(status, framing, body));
    let endpoint = serve_once(Arc::clone(&response));
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let client = ChatClient::builder(endpoint, credential)
        .retry(RetryOptions::none())
        .max_response_bytes(LIMIT);
    let thread = client.build().unwrap().chat_thread_client(THREAD);
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();

    let before = PeakAlloc.current_usage();
    PeakAlloc.reset_peak_usage();
    let result = runtime.block_on(thread.message(MESSAGE).send());
    let peak = PeakAlloc.peak_usage() - before;
    drop(response);

    let length = result.map(|message| message.content().message().map_or(0, str::len));
    (length.map_err(|error| error.kind()), peak)
}

fn long_message(content: usize) -> Vec<u8> {
    let mut message = message(MESSAGE);
    message["content"]["message"] = "x".repeat(content).into();
    serde_json::to_vec(&message).unwrap()
}

#[test]
fn a_response_takes_at_most_three_times_the_limit_whatever_its_framing() {
    let _measuring = MEASURING.lock().unwrap_or_else(PoisonError::into_inner);
    let nearly_all = LIMIT - 1000;
    let refusal = |length| {
        let message = "x".repeat(length);
        format!(r#"{{"error":{{"code":"Forbidden","message":"{message}"}}}}"#)
    };
    let (refused, long_refusal) = (refusal(LIMIT / 8), refusal(2 * LIMIT));
    // Enough to show what each chunk costs, and few enough for a test: hyper and reqwest take about
    // 10 µs for a chunk where nothing is optimized, however small it is.
    let (of_bytes, length) = (long_message(LIMIT / 8), LIMIT / 8);
    let (fits, too_large) = (long_message(nearly_all), long_message(2 * LIMIT));
    let cases: [Case<'_>; 7] = [
        (200, Framing::Chunks(1), &of_bytes, Ok(length)),
        (200, Framing::Chunks(512), &fits, Ok(nearly_all)),
        (200, Framing::Length, &fits, Ok(nearly_all)),
        (
            200,
            Framing::Chunks(512),
            &too_large,
            Err(ErrorKind::InvalidResponse),
        ),
        (
            200,
            Framing::Length,
            &too_large,
            Err(ErrorKind::InvalidResponse),
        ),
        (
            403,
            Framing::Chunks(1),
            refused.as_bytes(),
            Err(ErrorKind::Forbidden),
        ),
        (
            403,
            Framing::Length,
            long_refusal.as_bytes(),
            Err(ErrorKind::Forbidden),
        ),
    ];
    for (status, framing, body, expected) in cases {
        let (result, peak) = read_message(status, framing, body);
        assert_eq!(result, expected, "{status} {framing:?}");
        println!("{status} {framing:?} {} bytes: peak {peak}", body.len());
        assert!(peak > LIMIT / 32, "the measure is off");
        assert!(peak <= 3 * LIMIT, "{status} {framing:?}: {peak}");
    }
}

#[test]
fn a_client_for_another_user_takes_less_than_a_kilobyte() {
    const CLIENTS: usize = 1000;
    let _measuring = MEASURING.lock().unwrap_or_else(PoisonError::into_inner);
    let credential = || CommunicationTokenCredential::new(TOKEN).unwrap();
    let client = ChatClient::new("https://contoso.example", credential()).unwrap();
    let credentials: Vec<_> = (0..CLIENTS).map(|_| credential()).collect();
    let mut clients = Vec::with_capacity(CLIENTS);

    let before = PeakAlloc.current_usage();
    clients.extend(
        credentials
            .into_iter()
            .map(|each| client.with_credential(each)),
    );
    let taken = PeakAlloc.current_usage().saturating_sub(before) / CLIENTS;

    let size = size_of::<ChatClient>() + taken;
    println!("a client takes {size} bytes");
    assert!(size < 1024, "{size}");
}

#[test]
fn an_idle_watch_takes_less_than_8_kilobytes() {
    const WATCHES: usize = 100;
    let _measuring = MEASURING.lock().unwrap_or_else(PoisonError::into_inner);
    let page = serde_json::to_vec(&messages(&[MESSAGE], None)).unwrap();
    let endpoint = serve(response(200, Framing::Length, &page));
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let client = ChatClient::new(endpoint, credential).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let follow = |number: usize| {
        let thread = client.chat_thread_client(format!("19:{number}@thread.v2"));
        let mut watch = thread.watch().into_stream();
        let handle = watch.handle();
        runtime.block_on(async {
            tokio::select! {
                event = watch.try_next() => panic!("nothing happens: {event:?}"),
                state = handle.wait_for(|state| state == WatchState::Following) => state,
            };
        });
        watch
    };
    // With this one come the connection and all that is shared.
    let first = follow(WATCHES);
    let mut watches = Vec::new();
    let before = PeakAlloc.current_usage();
    watches.extend((0..WATCHES).map(follow));
    let taken = PeakAlloc.current_usage().saturating_sub(before) / WATCHES;
    drop((first, watches));

    println!("an idle watch takes {taken} bytes");
    assert!(taken > 256, "the measure is off");
    assert!(taken < 8 * 1024, "{taken}");
}
