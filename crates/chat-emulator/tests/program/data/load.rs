//! A program that is killed in the middle of load.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Sender, channel};

use super::*;

/// What an emulator has said that it has done.
enum Answered {
    Sent(String, String),
    Edited(String),
    Deleted(String),
    Created(String),
}

/// Sends, edits, deletes and creates until there is no emulator any more.
fn load(client: &Client, thread: &str, name: &str, answered: &Sender<Answered>) {
    for number in 0.. {
        let content = format!("{name}, message {number}");
        let sent = client.call(
            &format!("POST {thread}/messages"),
            &json!({"content": content}),
        );
        let Some((status, sent)) = sent else { return };
        assert_eq!(status, 201, "{sent}");
        let id = sent["id"].as_str().unwrap().to_owned();
        answered
            .send(Answered::Sent(id.clone(), content.clone()))
            .unwrap();
        let message = format!("{thread}/messages/{id}");
        let (call, body, event) = match number % 4 {
            0 => (
                format!("PATCH {message}"),
                json!({"content": format!("{content}, edited")}),
                Some(Answered::Edited(id)),
            ),
            1 => (
                format!("DELETE {message}"),
                Value::Null,
                Some(Answered::Deleted(id)),
            ),
            2 => (
                "POST /chat/threads".to_owned(),
                json!({"topic": content}),
                None,
            ),
            _ => continue,
        };
        let Some((status, body)) = client.call(&call, &body) else {
            return;
        };
        assert!(status < 300, "{body}");
        let created = || Answered::Created(body["chatThread"]["id"].as_str().unwrap().to_owned());
        answered.send(event.unwrap_or_else(created)).unwrap();
    }
}

/// What must be there when the emulator is back.
#[derive(Default)]
struct Expected {
    contents: HashMap<String, String>,
    edited: HashSet<String>,
    deleted: HashSet<String>,
    threads: HashSet<String>,
}

impl Expected {
    fn add(&mut self, answered: Answered) {
        match answered {
            Answered::Sent(id, content) => {
                assert!(
                    self.contents.insert(id, content).is_none(),
                    "an id came twice"
                );
            }
            Answered::Edited(id) => {
                self.edited.insert(id);
            }
            Answered::Deleted(id) => {
                self.deleted.insert(id);
            }
            Answered::Created(id) => {
                self.threads.insert(id);
            }
        }
    }

    fn check(&self, client: &Client, thread: &str) {
        let messages = client.list(&format!("{thread}/messages"));
        let by_id: HashMap<_, _> = messages
            .iter()
            .map(|message| (message["id"].as_str().unwrap(), message))
            .collect();
        assert_eq!(by_id.len(), messages.len(), "no message is there twice");
        for (id, content) in &self.contents {
            let message = by_id
                .get(id.as_str())
                .unwrap_or_else(|| panic!("{content} was answered and is lost"));
            let found = message["content"]["message"].as_str().unwrap();
            // What was under way may have been carried out or not.
            if self.deleted.contains(id) || message["deletedOn"].is_string() {
                assert!(message["deletedOn"].is_string(), "{message}");
            } else if self.edited.contains(id) || message["editedOn"].is_string() {
                assert_eq!(found, format!("{content}, edited"));
            } else {
                assert_eq!(found, content);
            }
        }
        let threads = client.list("/chat/threads");
        let threads: HashSet<_> = threads
            .iter()
            .map(|thread| thread["id"].as_str().unwrap())
            .collect();
        for id in &self.threads {
            assert!(
                threads.contains(id.as_str()),
                "{id} was answered and is lost"
            );
        }
    }
}

#[test]
fn nothing_that_was_answered_is_lost_when_the_program_is_killed_in_the_middle_of_load() {
    let folder = Folder::new("killed");
    let mut emulator = Emulator::start(&folder);
    // The token of the first life is used in all of them.
    let token = emulator.token.clone();
    let thread = emulator.client(&token).thread();
    let mut expected = Expected::default();
    for (life, answers) in [150, 1, 333, 60, 500].into_iter().enumerate() {
        let client = emulator.client(&token);
        let (sender, receiver) = channel();
        std::thread::scope(|scope| {
            for worker in 0..8 {
                let (client, thread, sender) = (client.clone(), &thread, sender.clone());
                let name = format!("life {life}, worker {worker}");
                scope.spawn(move || load(&client, thread, &name, &sender));
            }
            drop(sender);
            for _ in 0..answers {
                expected.add(receiver.recv().unwrap());
            }
            // On Unix this is SIGKILL.
            emulator.program.child.kill().unwrap();
        });
        emulator.program.child.wait().unwrap();
        for answered in receiver {
            expected.add(answered);
        }
        emulator = Emulator::start(&folder);
        expected.check(&emulator.client(&token), &thread);
    }
    assert!(expected.contents.len() > 500, "{}", expected.contents.len());
    assert!(!expected.edited.is_empty() && !expected.deleted.is_empty());
    assert!(!expected.threads.is_empty());
}
