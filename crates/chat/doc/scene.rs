// What the examples of the documentation take for granted. A hidden line of each includes this, so
// that what is seen of it is what a program writes. Paths are written out: a name that an example
// does not import must not be known to it.

type Done = Result<(), Box<dyn std::error::Error>>;

/// An emulator, and Alice and Bob, who are in a thread of hers.
struct Scene {
    emulator: chat_emulator::Emulator,
    identity: chat::CommunicationIdentityClient,
    alice: chat::models::CommunicationUserIdentifier,
    bob: chat::models::CommunicationUserIdentifier,
    /// Alice's client.
    client: chat::ChatClient,
    /// The thread, as Alice has it.
    thread: chat::ChatThreadClient,
    /// The thread, as Bob has it.
    bobs_thread: chat::ChatThreadClient,
}

impl Scene {
    async fn set() -> Result<Self, Box<dyn std::error::Error>> {
        let emulator = chat_emulator::Emulator::start().await?;
        let connection_string = emulator.connection_string();
        let identity = chat::CommunicationIdentityClient::from_connection_string(&connection_string)?;
        let scopes = || [chat::models::TokenScope::Chat];
        let (alice, token) = identity.create_user_and_token(scopes()).await?;
        let client = identity.chat_client(chat::CommunicationTokenCredential::new(token)?);
        let (bob, token) = identity.create_user_and_token(scopes()).await?;
        let bobs = identity.chat_client(chat::CommunicationTokenCredential::new(token)?);
        let created = client.create_chat_thread("Lunch").participant(&bob).await?;
        let id = created.chat_thread().id();
        Ok(Self {
            emulator,
            identity,
            alice,
            bob,
            thread: client.chat_thread_client(id),
            bobs_thread: bobs.chat_thread_client(id),
            client,
        })
    }
}

/// Runs an example with a scene.
fn run<F: Future<Output = Done> + 'static>(example: fn(Scene) -> F) -> Done {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let example: std::pin::Pin<Box<dyn Future<Output = Done>>> =
        Box::pin(async move { example(Scene::set().await?).await });
    runtime.block_on(example)
}

/// Runs an example without async. The emulator runs beside it.
fn run_blocking(example: impl FnOnce(Scene) -> Done) -> Done {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let scene = runtime.block_on(Scene::set())?;
    example(scene)
}

/// Another emulator, with a thread whose newest message has a picture.
async fn pictures() -> Result<(chat_emulator::Emulator, chat::ChatThreadClient), Box<dyn std::error::Error>> {
    let seed = chat_emulator::Seed::from_json(r#"{
        "users": [{ "name": "alice" }],
        "threads": [{
            "id": "19:acsV2_pictures@thread.v2", "topic": "Pictures", "createdBy": "alice",
            "messages": [{
                "from": "alice", "type": "html", "content": "<p>Look <img id=\"0-eus-1\"></p>",
                "attachments": [{ "id": "0-eus-1", "name": "cat.png", "bytes": "b3JpZ2luYWw=", "preview": "c21hbGw=" }]
            }]
        }]
    }"#)?;
    let emulator = chat_emulator::Emulator::builder().seed(seed).start().await?;
    let token = emulator.seeded_users()[0].token.as_str();
    let client = chat::ChatClient::new(emulator.endpoint(), chat::CommunicationTokenCredential::new(token)?)?;
    Ok((emulator, client.chat_thread_client("19:acsV2_pictures@thread.v2")))
}

/// Does something as soon as a watch follows.
fn when_following<F>(watch: chat::watch::WatchHandle, then: F)
where
    F: Future<Output = Result<(), chat::Error>> + Send + 'static,
{
    tokio::spawn(async move {
        watch.wait_for(|state| state == chat::watch::WatchState::Following).await;
        then.await.unwrap();
    });
}
