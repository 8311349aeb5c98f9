//! Connections that are lost, and what is carried out all the same.

use std::time::{Duration, Instant};

use chat_emulator::{Fault, Outcome};
use serde_json::{Value, json};

use crate::wire::End;
use crate::world::both_ways;

#[test]
fn a_reset_before_execution_leaves_nothing_behind() {
    both_ways(
        Fault::reset_before_execution().for_operation("sendChatMessage"),
        json!({"kind": "resetBeforeExecution", "operation": "sendChatMessage"}),
        |world, chat| {
            world.send_message(chat, "lost").expect_reset();
            let entry = world.emulator.journal().pop().unwrap();
            assert_eq!(
                (entry.outcome(), entry.carried_out()),
                (Outcome::Reset, false)
            );
            assert_eq!(world.stored(chat), [""; 0]);
        },
    );
}

#[test]
fn a_reset_after_execution_leaves_the_message_behind() {
    both_ways(
        Fault::reset_after_execution().for_operation("sendChatMessage"),
        json!({"kind": "resetAfterExecution", "operation": "sendChatMessage"}),
        |world, chat| {
            world.send_message(chat, "stored").expect_reset();
            let entry = world.emulator.journal().pop().unwrap();
            assert_eq!(
                (entry.outcome(), entry.carried_out()),
                (Outcome::Reset, true)
            );
            assert_eq!(entry.service_status(), Some(201));
            assert_eq!(world.stored(chat), ["stored"]);
        },
    );
}

#[test]
fn a_reset_in_the_middle_of_the_body_comes_after_head_and_half_of_it() {
    both_ways(
        Fault::reset_mid_body().for_operation("listChatMessages"),
        json!({"kind": "resetMidBody", "operation": "listChatMessages"}),
        |world, chat| {
            let reply = world.list_messages(chat);
            assert_eq!(
                (reply.status(), reply.end),
                (Some(200), End::Reset),
                "{reply:?}"
            );
            assert_eq!(reply.body.len(), reply.content_length() / 2);
            assert!(reply.body.starts_with("{\"value\":["), "{reply:?}");
            let entry = world.emulator.journal().pop().unwrap();
            assert_eq!(entry.outcome(), Outcome::CutOff { status: 200 });
        },
    );
}

#[test]
fn an_answer_without_a_body_is_reset_as_a_whole() {
    both_ways(
        Fault::reset_mid_body().for_operation("deleteChatThread"),
        json!({"kind": "resetMidBody", "operation": "deleteChatThread"}),
        |world, chat| {
            let call = format!("DELETE {}", chat.thread);
            world.call(&chat.user, &call, Value::Null).expect_reset();
            let entry = world.emulator.journal().pop().unwrap();
            assert_eq!(entry.service_status(), Some(204));
        },
    );
}

#[test]
fn a_request_is_carried_out_when_the_clock_is_moved_past_its_delay() {
    both_ways(
        Fault::executed_late(Duration::from_secs(60))
            .for_operation("sendChatMessage")
            .times(1),
        json!({"kind": "executedLate", "afterSeconds": 60, "operation": "sendChatMessage", "times": 1}),
        |world, chat| {
            world.send_message(chat, "late").expect_reset();
            let entry = world.emulator.journal().pop().unwrap();
            assert_eq!(
                (entry.outcome(), entry.service_status()),
                (Outcome::Reset, None)
            );
            world.send_message(chat, "first").expect(201);

            world.emulator.advance_clock(Duration::from_secs(50));
            assert_eq!(world.stored(chat), ["first"]);
            world.emulator.advance_clock(Duration::from_secs(3600));
            assert_eq!(world.stored(chat), ["late", "first"]);

            let entries = world.emulator.journal();
            let late = entries
                .iter()
                .find(|other| other.number() == entry.number())
                .unwrap();
            assert!(late.carried_out());
            // Not when the clock had arrived, but on its way.
            let waited = late.executed_at().unwrap() - late.received_at();
            assert_eq!(waited.whole_seconds(), 60);
        },
    );
}

#[test]
fn a_request_is_carried_out_late_in_real_time_too() {
    both_ways(
        Fault::executed_late(Duration::from_millis(50))
            .for_operation("sendChatMessage")
            .times(1),
        json!({"kind": "executedLate", "afterSeconds": 0.05, "operation": "sendChatMessage", "times": 1}),
        |world, chat| {
            let sent = Instant::now();
            world.send_message(chat, "late").expect_reset();
            while world.stored(chat).is_empty() {
                assert!(
                    sent.elapsed() < Duration::from_secs(20),
                    "never carried out"
                );
                std::thread::yield_now();
            }
            assert!(sent.elapsed() >= Duration::from_millis(50));
            assert_eq!(world.stored(chat), ["late"]);
        },
    );
}

#[test]
fn a_delayed_request_is_carried_out_at_once_and_answered_later() {
    both_ways(
        Fault::delay(Duration::from_millis(80)).for_operation("sendChatMessage"),
        json!({"kind": "delay", "delaySeconds": 0.08, "operation": "sendChatMessage"}),
        |world, chat| {
            let sent = Instant::now();
            world.send_message(chat, "stored").expect(201);
            assert!(sent.elapsed() >= Duration::from_millis(80));
            let entry = world.emulator.journal().pop().unwrap();
            let waited = entry.executed_at().unwrap() - entry.received_at();
            assert!(waited.whole_milliseconds() < 80, "{waited}");
        },
    );
}

#[test]
fn any_fault_can_come_late() {
    both_ways(
        Fault::reset_before_execution().delayed_by(Duration::from_millis(80)),
        json!({"kind": "resetBeforeExecution", "delaySeconds": 0.08}),
        |world, chat| {
            let sent = Instant::now();
            world.send_message(chat, "lost").expect_reset();
            assert!(sent.elapsed() >= Duration::from_millis(80));
        },
    );
}

#[test]
fn a_client_that_does_not_wait_for_its_answer_has_sent_its_message() {
    use std::io::Write;

    both_ways(
        Fault::delay(Duration::from_secs(3600))
            .for_operation("sendChatMessage")
            .times(1),
        json!({"kind": "delay", "delaySeconds": 3600, "operation": "sendChatMessage", "times": 1}),
        |world, chat| {
            let address = world.emulator.local_addr();
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            let authorization = format!("Bearer {}", chat.user.token);
            let request = crate::wire::request(
                address,
                "POST",
                &format!("{}/messages?api-version=2025-03-15", chat.thread),
                &[
                    ("authorization", &authorization),
                    ("content-type", "application/json"),
                ],
                r#"{"content":"stored"}"#,
            );
            stream.write_all(request.as_bytes()).unwrap();
            let sent = Instant::now();
            while world
                .emulator
                .journal()
                .last()
                .unwrap()
                .operation()
                .unwrap()
                .id()
                != "sendChatMessage"
            {
                assert!(
                    sent.elapsed() < Duration::from_secs(20),
                    "never carried out"
                );
                std::thread::yield_now();
            }
            drop(stream);
            assert_eq!(world.stored(chat), ["stored"]);
        },
    );
}
