//! A thread is created with one token, however often the request is made.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_core::future::BoxFuture;
use proptest::prelude::*;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::*;
use crate::error::ErrorKind;
use crate::transport::{Authorization, Authorize, Options, Pipeline, Sign};
use crate::{PhoneNumberIdentifier, RetryOptions};

/// A network in which no name is known: nothing is sent, and every attempt may be repeated.
struct NoNames;

impl Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err::<Addrs, _>(io::Error::other("no such name").into()) })
    }
}

/// What was about to be sent: the token, the id of the call, and the body.
type Attempt = (Option<String>, Option<String>, Vec<u8>);

#[derive(Clone, Debug, Default)]
struct Recorder(Arc<Mutex<Vec<Attempt>>>);

impl Authorize for Recorder {
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization, Error>> {
        let recorder = Arc::new(self.clone());
        Box::pin(async { Ok(Authorization::Signature(recorder)) })
    }

    fn refused(&self, _: &Authorization) -> bool {
        false
    }

    fn caller(&self) -> Option<String> {
        None
    }
}

impl Sign for Recorder {
    fn sign(&self, request: &mut reqwest::Request) -> Result<(), &'static str> {
        let header = |name| {
            let value = request.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let attempt = (
            header("repeatability-request-id"),
            header("x-ms-client-request-id"),
            body.unwrap_or_default().to_vec(),
        );
        self.0.lock().unwrap().push(attempt);
        Ok(())
    }
}

fn service() -> (Pipeline, Recorder) {
    let recorder = Recorder::default();
    let http = reqwest::Client::builder()
        .no_proxy()
        .dns_resolver(Arc::new(NoNames));
    let options = Options {
        http: Some(http),
        ..Options::default()
    };
    let authorize = Box::new(recorder.clone());
    let pipeline = Pipeline::new("https://contoso.example", options, authorize).unwrap();
    (pipeline, recorder)
}

#[test]
fn every_attempt_has_the_token_of_the_builder_and_the_same_body() {
    let (pipeline, recorder) = service();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let retries = 0_u32..8;
    let token = prop::option::of("[!-~]{1,128}");
    let strategy = (
        retries,
        token,
        ".*",
        prop::collection::vec("[0-9]{1,9}", 0..4),
    );
    proptest!(ProptestConfig::with_cases(64), |((retries, token, topic, numbers) in strategy)| {
        let retry = RetryOptions::exponential()
            .max_retries(retries)
            .initial_delay(Duration::ZERO)
            .without_budget();
        let mut create = CreateChatThread::new(pipeline.call(), topic).retry(retry);
        create = create.participants(numbers.into_iter().map(PhoneNumberIdentifier::new));
        if let Some(token) = &token {
            create = create.idempotency_token(token.parse::<IdempotencyToken>().unwrap());
        }
        let minted = create.get_idempotency_token().clone();
        prop_assert!(token.is_none_or(|token| token == minted.as_str()));

        let error = runtime.block_on(create.send()).unwrap_err();

        prop_assert_eq!(error.kind(), ErrorKind::Connect);
        prop_assert_eq!(error.idempotency_token(), Some(&minted));
        let attempts = std::mem::take(&mut *recorder.0.lock().unwrap());
        prop_assert_eq!(attempts.len(), retries as usize + 1);
        prop_assert_eq!(attempts[0].0.as_deref(), Some(minted.as_str()));
        prop_assert_eq!(attempts[0].1.as_deref(), error.client_request_id());
        prop_assert!(attempts.iter().all(|attempt| *attempt == attempts[0]));
    });
}

#[test]
fn no_two_builders_have_the_same_token() {
    let (pipeline, _) = service();
    let mut tokens: Vec<_> = (0..1000)
        .map(|_| CreateChatThread::new(pipeline.call(), String::new()))
        .map(|create| create.get_idempotency_token().to_string())
        .collect();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 1000);
}
