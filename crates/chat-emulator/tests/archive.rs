//! Archives, by what users can read before and after.

use std::path::PathBuf;

use chat_emulator::{ArchiveError, Emulator, EmulatorBuilder, Seed, StartError};
use reqwest::blocking::Client;
use serde_json::{Value, json};

/// A folder that is removed with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("chat-emulator-archive-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An emulator and whoever asks it.
struct World {
    emulator: Emulator,
    http: Client,
}

impl World {
    fn start(builder: EmulatorBuilder) -> Self {
        Self {
            emulator: builder.control_port(0).start_blocking().unwrap(),
            http: Client::builder().no_proxy().build().unwrap(),
        }
    }

    fn seeded(users: &[&str]) -> (Self, Vec<String>) {
        let users: Vec<_> = users.iter().map(|name| json!({ "name": name })).collect();
        let seed = Seed::from_json(&json!({ "users": users }).to_string()).unwrap();
        let world = Self::start(Emulator::builder().seed(seed));
        let seeded = world.emulator.seeded_users();
        let ids = seeded.iter().map(|user| user.id.clone()).collect();
        (world, ids)
    }

    fn token(&self, user: &str) -> Option<String> {
        let control = self.emulator.control_url().unwrap();
        let response = self
            .http
            .post(format!("{control}users/{user}/tokens"))
            .send()
            .unwrap();
        let answer: Value = response.json().unwrap();
        answer["token"].as_str().map(str::to_owned)
    }

    /// The status and the body of an answer, with the same origin whichever the emulator.
    fn call(&self, token: &str, method: &str, path: &str, body: Value) -> (u16, String) {
        let separator = if path.contains('?') { '&' } else { '?' };
        let endpoint = self.emulator.endpoint();
        let url = format!("{endpoint}chat/threads{path}{separator}api-version=2025-03-15");
        let media_type = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        let mut request = self
            .http
            .request(method.parse().unwrap(), url)
            .bearer_auth(token);
        if !body.is_null() {
            request = request
                .header("content-type", media_type)
                .body(body.to_string());
        }
        let response = request.send().unwrap();
        let status = response.status().as_u16();
        let body = response.text().unwrap();
        (status, body.replace(endpoint, "http://emulator/"))
    }

    fn done(&self, token: &str, method: &str, path: &str, body: Value) -> Value {
        let (status, body) = self.call(token, method, path, body);
        assert!(status < 300, "{method} {path}: {status} {body}");
        serde_json::from_str(&body).unwrap_or_default()
    }

    /// A page and all that follow, as they were answered.
    fn pages(&self, token: &str, path: &str) -> Vec<(u16, String)> {
        let mut pages = Vec::new();
        let mut next = Some(format!("{path}?maxPageSize=2"));
        while let Some(path) = next {
            let (status, body) = self.call(token, "GET", &path, Value::Null);
            let page: Value = serde_json::from_str(&body).unwrap();
            next = page["nextLink"].as_str().map(|link| {
                let path = link.strip_prefix("http://emulator/chat/threads").unwrap();
                path.replace("&api-version=2025-03-15", "")
            });
            pages.push((status, body));
        }
        pages
    }

    /// Everything that a user can read.
    fn all_of(&self, user: &str, threads: &[String]) -> Vec<(u16, String)> {
        let Some(token) = self.token(user) else {
            return Vec::new();
        };
        let mut all = self.pages(&token, "");
        for thread in threads {
            all.push(self.call(&token, "GET", &format!("/{thread}"), Value::Null));
            for list in ["messages", "participants", "readReceipts"] {
                let path = format!("/{thread}/{list}");
                let pages = self.pages(&token, &path);
                if list == "messages" {
                    for id in pages.iter().flat_map(|(_, page)| ids(page)) {
                        all.push(self.call(&token, "GET", &format!("{path}/{id}"), Value::Null));
                    }
                }
                all.extend(pages);
            }
        }
        all
    }
}

/// The ids of the items of a page.
fn ids(page: &str) -> Vec<String> {
    let page: Value = serde_json::from_str(page).unwrap();
    let items = page["value"].as_array().cloned().unwrap_or_default();
    let ids = items.iter().filter_map(|item| item["id"].as_str());
    ids.map(str::to_owned).collect()
}

fn user(id: &str) -> Value {
    json!({ "communicationUser": { "id": id } })
}

/// A conversation with everything in it that can be read later, and its threads.
fn converse() -> (World, Vec<String>, Vec<String>) {
    let (world, users) = World::seeded(&["alice", "bob", "carol", "dave"]);
    let tokens: Vec<_> = users.iter().map(|id| world.token(id).unwrap()).collect();
    let [alice, bob, carol, dave] = tokens.as_slice() else {
        unreachable!()
    };
    let participant = |index: usize, more: Value| {
        let mut participant = json!({ "communicationIdentifier": user(&users[index]) });
        participant
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        participant
    };
    let create = |topic: &str, participants: Value| {
        let body = json!({ "topic": topic, "participants": participants, "metadata": {"room": "4"},
            "retentionPolicy": {"kind": "threadCreationDate", "deleteThreadAfterDays": 30} });
        let created = world.done(alice, "POST", "", body);
        created["chatThread"]["id"].as_str().unwrap().to_owned()
    };
    let send = |token: &str, thread: &str, content: &str| {
        let body = json!({ "content": content, "type": "html", "senderDisplayName": "Somebody \u{1f600}",
            "metadata": {"mood": "good"} });
        let sent = world.done(token, "POST", &format!("/{thread}/messages"), body);
        sent["id"].as_str().unwrap().to_owned()
    };
    let bob_and_dave = json!([
        participant(
            1,
            json!({"displayName": "Bob", "metadata": {"role": "guest"}})
        ),
        participant(3, json!({})),
    ]);
    let lunch = create("Lunch", bob_and_dave.clone());
    let gone = create("Gone", bob_and_dave);
    let quiet = create("Quiet", json!([]));

    let first = send(alice, &lunch, "<b>Hungry?</b>\nline");
    let second = send(bob, &lunch, "Yes");
    let third = send(dave, &lunch, "I am about to leave for good");
    let edited = json!({ "content": "Thirsty?" });
    world.done(
        alice,
        "PATCH",
        &format!("/{lunch}/messages/{first}"),
        edited,
    );
    world.done(
        bob,
        "DELETE",
        &format!("/{lunch}/messages/{second}"),
        Value::Null,
    );
    let read = json!({ "chatMessageId": third });
    world.done(bob, "POST", &format!("/{lunch}/readReceipts"), read.clone());
    world.done(alice, "POST", &format!("/{lunch}/readReceipts"), read);
    // A history that begins in the middle of a second.
    let now =
        time::OffsetDateTime::now_utc().format(&time::format_description::well_known::Rfc3339);
    let late = participant(2, json!({ "shareHistoryTime": now.unwrap() }));
    let body = json!({ "participants": [late] });
    world.done(alice, "POST", &format!("/{lunch}/participants/:add"), body);
    send(carol, &lunch, "What is it about?");
    world.done(
        alice,
        "POST",
        &format!("/{lunch}/participants/:remove"),
        user(&users[1]),
    );
    send(alice, &lunch, "Bob does not see this");
    world.done(
        alice,
        "PATCH",
        &format!("/{quiet}"),
        json!({ "topic": "Very quiet" }),
    );
    world.done(alice, "DELETE", &format!("/{gone}"), Value::Null);
    (world, users, vec![lunch, gone, quiet])
}

/// Has `dave` deleted by the owner of the resource; the store does it for the page of the control port too.
fn delete_user(world: &World, id: &str) {
    let endpoint = world.emulator.endpoint();
    let host = endpoint.trim_start_matches("http://").trim_end_matches('/');
    let target = format!("/identities/{id}?api-version=2023-10-01");
    let date = httpdate::fmt_http_date(std::time::SystemTime::now());
    let hash = {
        use base64::Engine;
        use sha2::Digest;
        base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(b""))
    };
    let signature = {
        use base64::Engine;
        use hmac::{KeyInit, Mac};
        let engine = base64::engine::general_purpose::STANDARD;
        let key = engine.decode(world.emulator.access_key()).unwrap();
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("DELETE\n{target}\n{date};{host};{hash}").as_bytes());
        engine.encode(mac.finalize().into_bytes())
    };
    let signed = format!(
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
    );
    let request = world.http.delete(format!("http://{host}{target}"));
    let request = request
        .header("x-ms-date", date)
        .header("x-ms-content-sha256", hash);
    let response = request.header("authorization", signed).send().unwrap();
    assert_eq!(response.status(), 204);
}

#[test]
fn an_imported_archive_answers_every_read_as_the_emulator_it_is_of() {
    let folder = Folder::new("same");
    let (world, users, threads) = converse();
    delete_user(&world, &users[3]);
    let archive = folder.path("archive");
    world.emulator.export(&archive).unwrap();

    let imported = World::start(Emulator::builder().import(&archive));
    for user in &users {
        let (before, after) = (
            world.all_of(user, &threads),
            imported.all_of(user, &threads),
        );
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(after, before, "of {user}");
        }
        assert_eq!(before.len(), after.len());
    }
    assert!(
        world.all_of(&users[0], &threads).len() > 15,
        "alice reads a lot"
    );
    assert!(imported.token(&users[3]).is_none(), "dave stays deleted");

    // It goes on where the other was.
    let token = imported.token(&users[0]).unwrap();
    let path = format!("/{}/messages", threads[0]);
    let newest = imported
        .call(&token, "GET", &format!("{path}?maxPageSize=1"), Value::Null)
        .1;
    imported.done(&token, "POST", &path, json!({ "content": "more" }));
    let now = imported
        .call(&token, "GET", &format!("{path}?maxPageSize=1"), Value::Null)
        .1;
    let sequence = |page: &str| {
        let page: Value = serde_json::from_str(page).unwrap();
        page["value"][0]["sequenceId"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    assert_eq!(sequence(&now), sequence(&newest) + 1);
}

#[test]
fn an_archive_of_an_archive_is_the_same() {
    let folder = Folder::new("again");
    let (world, _, _) = converse();
    world.emulator.export(folder.path("one")).unwrap();
    let imported = World::start(Emulator::builder().import(folder.path("one")));
    imported.emulator.export(folder.path("two")).unwrap();
    let read = |name: &str| {
        let text = std::fs::read_to_string(folder.path(name).join("manifest.json")).unwrap();
        let mut manifest: Value = serde_json::from_str(&text).unwrap();
        manifest["createdOn"].take();
        manifest["manifestSha256"].take();
        manifest
    };
    assert_eq!(read("two"), read("one"));
}

#[test]
fn a_data_file_takes_an_archive_once_and_goes_on_with_it() {
    let folder = Folder::new("data");
    let (world, users, threads) = converse();
    let (archive, data) = (folder.path("archive"), folder.path("state.redb"));
    world.emulator.export(&archive).unwrap();
    let builder = Emulator::builder().import(&archive).data(&data);
    let imported = World::start(builder.clone());
    let token = imported.token(&users[0]).unwrap();
    imported.done(&token, "DELETE", &format!("/{}", threads[2]), Value::Null);
    let before = imported.all_of(&users[0], &threads);
    drop(imported);
    std::fs::remove_dir_all(&archive).unwrap();
    assert_eq!(World::start(builder).all_of(&users[0], &threads), before);
}

#[test]
fn the_control_api_gives_the_same_archive_as_a_tar_file() {
    let folder = Folder::new("tar");
    let (world, users, threads) = converse();
    let control = world.emulator.control_url().unwrap();
    let response = world.http.get(format!("{control}export")).send().unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/x-tar");
    let tar = response.bytes().unwrap();
    tar::Archive::new(&tar[..]).unpack(&folder.0).unwrap();
    let imported = World::start(Emulator::builder().import(folder.path("chat-archive")));
    let read = |world: &World| world.all_of(&users[0], &threads);
    assert_eq!(read(&imported), read(&world));
}

#[test]
fn nothing_is_written_over_and_what_is_no_archive_is_not_read() {
    let folder = Folder::new("not");
    let (world, _) = World::seeded(&["alice"]);
    std::fs::write(folder.path("file"), "mine").unwrap();
    let error = world.emulator.export(&folder.0).unwrap_err();
    assert!(matches!(error, ArchiveError::NotEmpty(_)), "{error}");
    let import = |name: &str| {
        Emulator::builder()
            .import(folder.path(name))
            .start_blocking()
    };
    for name in ["nowhere", "."] {
        let error = import(name).unwrap_err();
        let StartError::Archive(ArchiveError::NoManifest(_)) = error else {
            panic!("{error}")
        };
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_an_archive() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("private");
    let (world, _, _) = converse();
    world.emulator.export(folder.path("archive")).unwrap();
    let mut left = vec![folder.path("archive")];
    let mut files = 0;
    while let Some(path) = left.pop() {
        let metadata = std::fs::metadata(&path).unwrap();
        let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(
            metadata.permissions().mode() & 0o777,
            expected,
            "{}",
            path.display()
        );
        if metadata.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            left.extend(entries.map(|entry| entry.unwrap().path()));
        } else {
            files += 1;
        }
    }
    assert_eq!(files, 2 + 3 * 4, "nothing unfinished is left");
}
