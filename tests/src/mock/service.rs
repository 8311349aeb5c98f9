//! The service that answers from a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use chat::builders::{ChatClientBuilder, CommunicationIdentityClientBuilder};
use chat::{
    ChatClient, ChatThreadClient, CommunicationIdentityClient, CommunicationTokenCredential,
    RetryOptions,
};
use httpmock::{HttpMockRequest, MockServer};

use super::{ACCESS_KEY, Answer, ReceivedRequest, THREAD, TOKEN, plain_http};

/// The status of what the script has no answer for: no test takes it for one of the service.
const SCRIPT_IS_OVER: u16 = 599;

/// A service that answers from a script and keeps every request.
pub struct MockService {
    server: MockServer,
    received: Arc<Mutex<Vec<ReceivedRequest>>>,
    script: Arc<Mutex<VecDeque<Answer>>>,
}

impl MockService {
    /// A service that gives these answers, one for each request.
    pub async fn start(script: impl IntoIterator<Item = Answer>) -> Self {
        let server = MockServer::start_async().await;
        let received = Arc::<Mutex<Vec<_>>>::default();
        let script = Arc::new(Mutex::new(script.into_iter().collect::<VecDeque<_>>()));
        let (keep, answers) = (Arc::clone(&received), Arc::clone(&script));
        let respond = move |request: &HttpMockRequest| {
            keep.lock().unwrap().push(ReceivedRequest::from(request));
            let answer = answers.lock().unwrap().pop_front();
            answer
                .unwrap_or_else(|| Answer::status(SCRIPT_IS_OVER))
                .response()
        };
        server
            .mock_async(|when, then| {
                when.is_true(|_| true);
                then.respond_with(respond);
            })
            .await;
        Self {
            server,
            received,
            script,
        }
    }

    /// A service with which no test should get to speak.
    pub async fn unused() -> Self {
        Self::start([]).await
    }

    /// Adds an answer: for those that name the service's own address.
    pub fn then(&self, answer: Answer) {
        self.script.lock().unwrap().push_back(answer);
    }

    /// The endpoint, without a slash at its end.
    pub fn endpoint(&self) -> String {
        self.server.base_url()
    }

    /// The port that is listened on.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// The beginnings of a client of this service, whose token is [`TOKEN`].
    pub fn chat_client_builder(&self) -> ChatClientBuilder {
        let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
        ChatClient::builder(self.endpoint(), credential).http_client(plain_http)
    }

    /// A client that makes each request once.
    pub fn chat_client(&self) -> ChatClient {
        self.chat_client_builder()
            .retry(RetryOptions::none())
            .build()
            .unwrap()
    }

    /// A client for [`THREAD`].
    pub fn thread_client(&self) -> ChatThreadClient {
        self.chat_client().chat_thread_client(THREAD)
    }

    /// The connection string, whose key is [`ACCESS_KEY`].
    pub fn connection_string(&self) -> String {
        format!("endpoint={}/;accesskey={ACCESS_KEY}", self.endpoint())
    }

    /// The beginnings of an identity client of this service.
    pub fn identity_client_builder(&self) -> CommunicationIdentityClientBuilder {
        CommunicationIdentityClient::builder(&self.connection_string()).http_client(plain_http)
    }

    /// An identity client that makes each request once.
    pub fn identity_client(&self) -> CommunicationIdentityClient {
        self.identity_client_builder()
            .retry(RetryOptions::none())
            .build()
            .unwrap()
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.received.lock().unwrap().clone()
    }

    /// How many requests there were so far.
    pub fn calls(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// The one request there was.
    #[track_caller]
    pub fn only_request(&self) -> ReceivedRequest {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests.remove(0)
    }
}

impl std::fmt::Debug for MockService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockService")
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}
