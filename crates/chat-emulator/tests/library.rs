//! The emulator in process: where it listens, how it is set up, how it ends.

use std::net::{Ipv6Addr, TcpListener, TcpStream};

use chat_emulator::{Emulator, Seed, StartError};

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn status(endpoint: &str) -> u16 {
    let url = format!("{endpoint}chat/threads?api-version=2021-09-07");
    client().get(url).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn two_emulators_have_ports_and_keys_of_their_own() {
    let (one, two) = (
        Emulator::start().await.unwrap(),
        Emulator::start().await.unwrap(),
    );
    assert_ne!(one.endpoint(), two.endpoint());
    assert_ne!(one.access_key(), two.access_key());
    for emulator in [&one, &two] {
        let expected = format!(
            "endpoint={};accesskey={}",
            emulator.endpoint(),
            emulator.access_key()
        );
        assert_eq!(emulator.connection_string(), expected);
        assert_eq!(
            emulator.endpoint(),
            format!("http://{}/", emulator.local_addr())
        );
        assert_eq!(status(emulator.endpoint()).await, 401);
    }
}

#[test]
fn it_answers_while_the_caller_blocks_and_without_a_runtime() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    assert_eq!(runtime.block_on(status(emulator.endpoint())), 401);
    drop(runtime);
    assert!(TcpStream::connect(emulator.local_addr()).is_ok());
}

#[tokio::test]
async fn dropping_it_frees_the_port() {
    let emulator = Emulator::start().await.unwrap();
    let (address, endpoint) = (emulator.local_addr(), emulator.endpoint().to_owned());
    assert_eq!(status(&endpoint).await, 401);
    drop(emulator);
    assert!(TcpStream::connect(address).is_err());
    let again = Emulator::builder()
        .port(address.port())
        .start()
        .await
        .unwrap();
    assert_eq!(again.local_addr(), address);
}

#[tokio::test]
async fn shutting_down_ends_it_although_a_client_stays_connected() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator.local_addr();
    let client = client();
    let url = format!("{}chat/threads?api-version=2021-09-07", emulator.endpoint());
    client.get(&url).send().await.unwrap();
    emulator.shutdown().await;
    assert!(TcpStream::connect(address).is_err());
    assert!(client.get(&url).send().await.is_err());
}

#[tokio::test]
async fn a_port_in_use_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = Emulator::builder()
        .port(address.port())
        .start()
        .await
        .unwrap_err();
    assert!(
        matches!(error, StartError::AddressInUse(in_use) if in_use == address),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_access_key_can_be_given_and_must_be_base64() {
    let emulator = Emulator::builder()
        .access_key("c2VjcmV0")
        .start()
        .await
        .unwrap();
    assert!(
        emulator
            .connection_string()
            .ends_with(";accesskey=c2VjcmV0")
    );
    for key in ["", "secret!", "c2VjcmV"] {
        let error = Emulator::builder()
            .access_key(key)
            .start()
            .await
            .unwrap_err();
        assert!(matches!(error, StartError::InvalidAccessKey), "{key}");
    }
}

#[tokio::test]
async fn an_address_that_is_not_of_this_machine_is_refused() {
    let address = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    let error = Emulator::builder().host(address).start().await.unwrap_err();
    assert!(matches!(error, StartError::Bind { .. }), "{error:?}");
}

#[tokio::test]
async fn neither_debug_output_nor_errors_show_the_access_key() {
    let builder = Emulator::builder().access_key("c2VjcmV0");
    assert!(!format!("{builder:?}").contains("c2VjcmV0"));
    let emulator = builder.start().await.unwrap();
    assert!(!format!("{emulator:?}").contains("c2VjcmV0"));
    let error = Emulator::builder()
        .access_key("secret!")
        .start()
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret!"));
}

#[test]
fn a_seed_has_the_same_ids_on_every_start_with_the_same_key() {
    let ids = |key: &str| {
        let seed = Seed::from_json(r#"{"users": [{"name": "alice"}]}"#).unwrap();
        let builder = Emulator::builder().access_key(key).seed(seed);
        let emulator = builder.start_blocking().unwrap();
        emulator.seeded_users()[0].id.clone()
    };
    assert_eq!(ids("c2VjcmV0"), ids("c2VjcmV0"));
    assert_ne!(ids("c2VjcmV0"), ids("c2VjcmV1"));
}
