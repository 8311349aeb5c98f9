//! A thread is created with one token, however often the request is made.

use std::sync::{Arc, Mutex};

use chat_rest::chat::Client;
use chat_rest::{InterceptError, Interceptor, Operation};
use futures_util::FutureExt;
use proptest::prelude::*;

use super::*;
use crate::clock;
use crate::credential::AccessKey;
use crate::models::PhoneNumberIdentifier;
use crate::transport::{Authorization, Pipeline, Transport};

/// What was about to be sent: the token and the body.
type Sent = (Option<String>, Vec<u8>);

/// Takes what is to be sent, and stops it.
#[derive(Debug, Default)]
struct Recorder(Mutex<Vec<Sent>>);

impl Interceptor for Recorder {
    fn request(
        &self,
        _: &'static Operation,
        request: &mut reqwest::Request,
    ) -> Result<(), InterceptError> {
        let token = request.headers().get("repeatability-request-id");
        let token = token.and_then(|token| token.to_str().ok().map(str::to_owned));
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let sent = (token, body.unwrap_or_default().to_vec());
        self.0.lock().unwrap().push(sent);
        Err(InterceptError::new("seen"))
    }

    fn response(&self, _: &'static Operation, _: &reqwest::Response) {}
}

fn pipeline() -> Pipeline {
    let transport = Transport::builder().build().unwrap();
    let key = AccessKey::new(b"secret", clock::system_clock()).unwrap();
    let authorization = Authorization::AccessKey(Arc::new(key));
    Pipeline::new("https://contoso.example", transport, authorization).unwrap()
}

#[test]
fn every_attempt_has_the_token_of_the_builder_and_the_same_body() {
    let pipeline = pipeline();
    let recorder = Arc::<Recorder>::default();
    let http = reqwest::Client::new();
    let endpoint = "https://host".parse().unwrap();
    let client = Client::new_with_client(endpoint, http, Arc::clone(&recorder) as _);
    let token = prop::option::of("[!-~]{1,128}");
    let numbers = prop::collection::vec("[0-9]{1,9}", 0..4);
    proptest!(ProptestConfig::with_cases(64), |((token, topic, numbers) in (token, ".*", numbers))| {
        let mut create = CreateChatThread::new(pipeline.call(), topic);
        create = create.participants(numbers.into_iter().map(PhoneNumberIdentifier::new));
        if let Some(token) = &token {
            create = create.idempotency_token(token.as_str());
        }
        let minted = create.token().clone();
        prop_assert!(token.is_none_or(|token| token == minted.as_str()));

        for _ in 0..3 {
            let made = create.request(&client).now_or_never();
            prop_assert!(made.is_some_and(|made| made.is_err()));
        }

        let sent = std::mem::take(&mut *recorder.0.lock().unwrap());
        prop_assert_eq!(sent[0].0.as_deref(), Some(minted.as_str()));
        prop_assert!(sent.iter().all(|attempt| *attempt == sent[0]));
        let error = create.complete_error(Error::new(ErrorKind::Timeout));
        prop_assert_eq!(error.idempotency_token(), Some(&minted));
    });
}

#[test]
fn no_two_builders_have_the_same_token() {
    let pipeline = pipeline();
    let mut tokens: Vec<_> = (0..1000)
        .map(|_| CreateChatThread::new(pipeline.call(), String::new()))
        .map(|create| create.token().to_string())
        .collect();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 1000);
}
