//! The hub without sockets: how much it holds, and what becomes of clients when it cannot keep up.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::hub::{Hub, MOST};
use super::registration::NewRegistration;
use super::socket;
use super::traffic::Served;
use crate::api::service::Service;
use crate::auth::keys::Keys;
use crate::http::faults::Faults;
use crate::http::socket::Aborter;
use crate::store::identifier::RawId;
use crate::store::limits::{Capacity, Limits};
use crate::store::{
    Caller, Metadata, MovableClock, NewThread, RandomIds, RetentionPolicy, Scope, Store, ThreadId,
};
use crate::wire::error::ApiError;
use crate::wire::query::Query;

struct World {
    clock: Arc<MovableClock>,
    service: Arc<Service>,
    hub: Arc<Hub>,
    alice: Caller,
}

impl World {
    fn new() -> Self {
        let clock = Arc::<MovableClock>::default();
        let (limits, capacity) = (Limits::default(), Capacity::default());
        let store = Store::new(
            Arc::clone(&clock) as _,
            Box::new(RandomIds),
            limits,
            capacity,
        );
        let service = Arc::new(Service::new(store, Keys::generate(None)));
        let alice = {
            let mut store = service.store();
            let (_, grant) = store.create_user(vec![Scope::Chat], 60).unwrap();
            store.authorize(&grant.unwrap()).unwrap()
        };
        Self {
            hub: Hub::new(
                Arc::clone(&service),
                Arc::<Faults>::default(),
                Arc::clone(&clock),
            ),
            clock,
            service,
            alice,
        }
    }

    fn user(&self) -> &RawId {
        &self.alice.user
    }

    /// The parameters of an endpoint, and its address.
    fn endpoint(&self) -> (Query, String) {
        let query = Query::parse("epid=e").unwrap();
        let base = "http://h".to_owned();
        let allocation = self
            .hub
            .allocate(self.user().clone(), &query, base)
            .unwrap();
        let parameters = allocation["connectparams"].as_object().unwrap();
        let pairs = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()));
        let query = Query::parse(&pairs.collect::<Vec<_>>().join("&")).unwrap();
        (query, allocation["surl"].as_str().unwrap().to_owned())
    }

    fn connect(&self, parameters: &Query) -> Result<u64, ApiError> {
        let opened = self.hub.open(self.user(), parameters)?;
        let (session, _) = opened.split_once(':').unwrap();
        self.hub.connect(session, parameters)
    }

    fn register(&self, address: &str, id: usize) -> Result<(), ApiError> {
        let document = json!({
            "clientDescription": {"appId": "AcsWeb", "templateKey": "AcsWeb_Chat_2.1"},
            "registrationId": id.to_string(),
            "transports": {"TROUTER": [{"path": address, "ttl": 7200}]},
        });
        let new = NewRegistration::read(document.to_string().as_bytes())?;
        self.hub.register(self.user(), new)
    }

    fn thread(&self) -> ThreadId {
        self.thread_with(None)
    }

    fn thread_with(&self, retention: Option<RetentionPolicy>) -> ThreadId {
        let new = NewThread {
            topic: "Lunch".to_owned(),
            participants: Vec::new(),
            metadata: Metadata::new(),
            retention,
            repeatability: None,
        };
        let created = self.service.store().create_thread(&self.alice, new);
        created.unwrap().properties.id.clone()
    }

    /// Waits until something waits for a connection.
    async fn ready(&self, connection: u64) {
        let signals = self.hub.signals(connection).unwrap();
        while !self.hub.is_ready(connection) {
            signals.wake.notified().await;
        }
    }

    /// The names of the events that wait for a connection, and how many requests.
    fn waiting(&self, connection: u64) -> (Vec<String>, usize) {
        let (packets, _) = self.hub.take(connection);
        let events = packets.iter().filter_map(|packet| {
            let (_, data) = packet.strip_prefix("5:")?.split_once("::")?;
            let event: Value = serde_json::from_str(data).unwrap();
            Some(event["name"].as_str().unwrap().to_owned())
        });
        let requests = packets.iter().filter(|packet| packet.starts_with("3:::"));
        (events.collect(), requests.count())
    }
}

#[test]
fn there_are_only_so_many_of_everything() {
    let world = World::new();
    let (parameters, address) = world.endpoint();
    for _ in 0..1_024 {
        world.connect(&parameters).unwrap();
    }
    assert_eq!(world.connect(&parameters).unwrap_err().status, 503);
    for id in 0..MOST {
        world.register(&address, id).unwrap();
    }
    let refused = world.register(&address, MOST).unwrap_err();
    assert_eq!(refused.code, "EmulatorCapacityExceeded");

    // Of the endpoints, the oldest one that nobody is connected to makes room.
    let (oldest, _) = world.endpoint();
    for _ in 0..MOST - 2 {
        world.endpoint();
    }
    let open = |parameters: &Query| world.hub.open(world.user(), parameters);
    assert!(open(&oldest).is_ok());
    let (newest, _) = world.endpoint();
    assert_eq!(open(&oldest).unwrap_err().status, 403);
    assert!(open(&newest).is_ok() && open(&parameters).is_ok());
}

#[tokio::test]
async fn who_cannot_be_told_of_all_that_has_happened_is_told_of_a_loss() {
    let world = World::new();
    world.hub.run_on(tokio::runtime::Handle::current());
    let (parameters, address) = world.endpoint();
    let connection = world.connect(&parameters).unwrap();
    world.register(&address, 1).unwrap();
    let greeting = ["trouter.connected", "trouter.message_loss"].map(str::to_owned);
    assert_eq!(world.waiting(connection), (greeting.to_vec(), 0));
    let thread = world.thread();
    // Nobody listens in between, as there is one thread.
    for _ in 0..3_000 {
        let typed = world
            .service
            .store()
            .send_typing(&world.alice, &thread, String::new());
        typed.unwrap();
    }
    world.ready(connection).await;
    let (events, _) = world.waiting(connection);
    assert_eq!(events, ["trouter.message_loss"]);
}

#[tokio::test]
async fn of_a_thread_whose_retention_is_over_is_told_that_nobody_has_deleted_it() {
    let world = World::new();
    world.hub.run_on(tokio::runtime::Handle::current());
    let days = 30;
    let retention = RetentionPolicy::ThreadCreationDate { days };
    let thread = world.thread_with(Some(retention));
    world
        .clock
        .advance(Duration::from_secs(30 * 24 * 60 * 60 - 60));
    let (parameters, address) = world.endpoint();
    let connection = world.connect(&parameters).unwrap();
    world.register(&address, 1).unwrap();
    world.waiting(connection);
    // The listener begins to listen.
    tokio::task::yield_now().await;
    world.clock.advance(Duration::from_secs(120));
    drop(world.service.store());
    world.ready(connection).await;
    let (packets, _) = world.hub.take(connection);
    let [packet] = &packets[..] else {
        panic!("{packets:?}");
    };
    let request: Value = serde_json::from_str(packet.strip_prefix("3:::").unwrap()).unwrap();
    assert!(
        request["url"]
            .as_str()
            .unwrap()
            .ends_with("/chatThreadDeleted")
    );
    let body: Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["eventId"], 259);
    assert_eq!(body["threadId"], thread.as_str());
    assert_eq!(body["reason"], "deletedByPolicy");
    assert_eq!(body["deletedBy"], "");
    assert!(body["deleteTime"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn the_store_makes_events_only_while_somebody_is_registered() {
    let world = World::new();
    world.hub.run_on(tokio::runtime::Handle::current());
    let (parameters, address) = world.endpoint();
    let connection = world.connect(&parameters).unwrap();
    let listening = || world.hub.state().listening;
    world.waiting(connection);
    assert!(!listening());
    world.register(&address, 1).unwrap();
    world.register(&address, 2).unwrap();
    assert!(listening());
    world.thread();
    world.ready(connection).await;
    // Both registrations are of the one connection.
    assert_eq!(world.waiting(connection), (vec![], 2));
    for id in ["1", "2"] {
        world.hub.unregister(world.user(), id);
    }
    world.thread();
    while listening() {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.waiting(connection), (vec![], 0));
}

/// A client, and the server's side of its connection at work, in time that only passes while all wait.
async fn served(world: &World) -> WebSocketStream<DuplexStream> {
    let (parameters, _) = world.endpoint();
    let number = world.connect(&parameters).unwrap();
    let (theirs, ours) = tokio::io::duplex(1024 * 1024);
    let hub = Arc::clone(&world.hub);
    tokio::spawn(async move {
        let served = Served { hub, number };
        let socket = WebSocketStream::from_raw_socket(ours, Role::Server, None).await;
        let signals = served.hub.signals(number).unwrap();
        socket::talk(&served.hub, number, &signals, socket, &Aborter::default()).await;
    });
    WebSocketStream::from_raw_socket(theirs, Role::Client, None).await
}

/// The next packet, or nothing when the socket has ended.
async fn packet(client: &mut WebSocketStream<DuplexStream>) -> Option<String> {
    let message = timeout(Duration::from_secs(1_000), client.next()).await;
    match message.expect("it comes or ends")? {
        Ok(Message::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn a_loss_is_told_every_ten_seconds_until_it_is_acknowledged() {
    let world = World::new();
    let mut client = served(&world).await;
    for expected in ["1::", "trouter.connected", "trouter.message_loss"] {
        assert!(packet(&mut client).await.unwrap().contains(expected));
    }
    let begin = Instant::now();
    let mut told = String::new();
    for seconds in [10, 20] {
        told = packet(&mut client).await.unwrap();
        assert_eq!(begin.elapsed().as_secs(), seconds);
        assert!(told.contains("trouter.message_loss"), "{told}");
    }
    let (_, data) = told.split_once("::").unwrap();
    let told: Value = serde_json::from_str(data).unwrap();
    let event = json!({"name": "trouter.processed_message_loss", "args": told["args"]});
    let acknowledgement = Message::text(format!("5:1+::{event}"));
    client.send(acknowledgement).await.unwrap();
    assert_eq!(packet(&mut client).await.unwrap(), "6:::1+[]");
    // From here on there is nothing more to tell, until the client has been silent for too long.
    let heard = Instant::now();
    assert_eq!(packet(&mut client).await, None);
    assert_eq!(heard.elapsed().as_secs(), 70);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_silent_for_70_seconds_is_gone_and_one_that_pings_is_not() {
    let world = World::new();
    let mut client = served(&world).await;
    for number in 1..=5 {
        tokio::time::sleep(Duration::from_secs(60)).await;
        let ping = Message::text(format!("5:{number}+::{}", json!({"name": "ping"})));
        client.send(ping).await.unwrap();
        let pong = format!("6:::{number}+[\"pong\"]");
        while packet(&mut client).await.unwrap() != pong {}
    }
    let silent_since = Instant::now();
    while packet(&mut client).await.is_some() {}
    assert_eq!(silent_since.elapsed().as_secs(), 70);
    while !world.hub.state().connections.is_empty() {
        tokio::task::yield_now().await;
    }
}

#[test]
fn what_has_happened_before_a_registration_is_not_for_it_and_a_renewal_leaves_no_gap() {
    let world = World::new();
    let (_, address) = world.endpoint();
    let registered = || {
        world.register(&address, 1).unwrap();
        let state = world.hub.state();
        let registration = &state.registrations[world.user()]["1"];
        (registration.begins, registration.ends)
    };
    let minutes = |count: u64| Duration::from_secs(60 * count);
    let (begins, ends) = registered();
    assert_eq!(ends, begins.plus(minutes(120)));
    world.clock.advance(minutes(60));
    let (renewed, ends) = registered();
    assert_eq!(renewed, begins);
    assert!(ends >= begins.plus(minutes(180)));
    world.clock.advance(minutes(120));
    let (anew, _) = registered();
    assert!(anew >= ends);
}
