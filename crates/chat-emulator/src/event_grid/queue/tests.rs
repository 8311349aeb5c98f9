use super::super::event::tests::event;
use super::super::subscription::EventGridSubscription;
use super::*;

const LUCKY: Misfortune = Misfortune {
    lost: false,
    duplicated: false,
    reordered: false,
    late: Duration::ZERO,
};

fn at(seconds: u64) -> Timestamp {
    Timestamp::EPOCH.plus(Duration::from_secs(seconds))
}

fn settings(change: impl FnOnce(EventGridSubscription) -> EventGridSubscription) -> Settings {
    let subscription = EventGridSubscription::new("http://127.0.0.1/");
    change(subscription).check().unwrap()
}

fn one_by_one() -> Settings {
    settings(|subscription| subscription)
}

fn ids(batch: &[Pending]) -> Vec<u64> {
    let ids = batch.iter().map(|pending| pending.event.id.as_u64_pair().1);
    ids.collect()
}

/// The dead letters: what each is about, and why it is one.
fn dead(queue: &Queue) -> Vec<(String, String)> {
    let source = super::super::event::Source::new(uuid::Uuid::nil());
    let letters = queue
        .dead_letters
        .documents(super::super::EventGridSchema::EventGrid, &source);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let letters = letters.iter();
    let letters = letters.map(|l| (text(&l["data"]["messageId"]), text(&l["deadLetterReason"])));
    letters.collect()
}

#[test]
fn events_are_delivered_one_by_one_unless_batches_are_asked_for() {
    let mut queue = Queue::default();
    for number in 1..=5 {
        queue.publish(event(number), at(0), LUCKY);
    }
    assert_eq!(ids(&queue.take(at(0), &one_by_one())), [1]);
    let batches = settings(|subscription| subscription.max_events_per_batch(3));
    assert_eq!(ids(&queue.take(at(0), &batches)), [2, 3, 4]);
    assert_eq!(ids(&queue.take(at(0), &batches)), [5]);
    assert!(queue.take(at(0), &batches).is_empty());
    assert_eq!((queue.len(), queue.next_due()), (5, None));
}

#[test]
fn a_batch_is_no_larger_than_preferred_unless_one_event_is() {
    let mut queue = Queue::default();
    let large = |number| {
        let fields = [("messageBody".to_owned(), "x".repeat(700).into())];
        let data = super::super::event::Data::new(fields.into_iter().collect());
        Event {
            data: Arc::new(data),
            ..event(number)
        }
    };
    for number in 1..=2 {
        queue.publish(large(number), at(0), LUCKY);
    }
    let small = settings(|subscription| {
        let subscription = subscription.max_events_per_batch(10);
        subscription.preferred_batch_size_in_kilobytes(1)
    });
    assert_eq!(ids(&queue.take(at(0), &small)), [1]);
    assert_eq!(ids(&queue.take(at(0), &small)), [2]);
}

#[test]
fn what_was_delivered_is_gone_and_what_was_not_is_due_again_later() {
    let mut queue = Queue::default();
    let settings = one_by_one();
    queue.publish(event(1), at(0), LUCKY);
    queue.publish(event(2), at(0), LUCKY);
    let first = queue.take(at(0), &settings);
    queue.settle(first, Outcome::Answered(200), at(1), &settings);
    let second = queue.take(at(1), &settings);
    queue.settle(second, Outcome::TimedOut, at(31), &settings);
    assert_eq!(queue.len(), 1);
    assert!(queue.take(at(40), &settings).is_empty());
    assert_eq!(queue.next_due(), Some(at(41)));
    let again = queue.take(at(41), &settings);
    assert_eq!(again[0].attempts, 1);
    queue.settle(again, Outcome::Answered(503), at(41), &settings);
    assert_eq!(queue.next_due(), Some(at(71)));
    let again = queue.take(at(71), &settings);
    queue.settle(again, Outcome::Answered(204), at(71), &settings);
    let counts = Counts {
        published: 2,
        delivered: 2,
        failed_attempts: 2,
        lost: 0,
    };
    assert_eq!((queue.counts, queue.len(), queue.bytes), (counts, 0, 0));
    assert!(dead(&queue).is_empty());
}

#[test]
fn answers_that_are_final_make_dead_letters_of_a_whole_batch_at_once() {
    let batches = settings(|subscription| subscription.max_events_per_batch(2));
    for (status, name) in [
        (400, "BadRequest"),
        (401, "Unauthorized"),
        (403, "Forbidden"),
        (413, "PayloadTooLarge"),
    ] {
        let mut queue = Queue::default();
        queue.publish(event(1), at(0), LUCKY);
        queue.publish(event(2), at(0), LUCKY);
        let batch = queue.take(at(0), &batches);
        queue.settle(batch, Outcome::Answered(status), at(0), &batches);
        let reason = format!("UndeliverableDueToHttp{name}");
        let expected = ["1", "2"].map(|id| (id.to_owned(), reason.clone()));
        assert_eq!(dead(&queue), expected);
        assert_eq!((queue.len(), queue.bytes, queue.next_due()), (0, 0, None));
    }
}

#[test]
fn an_event_is_given_up_after_the_last_attempt() {
    let settings = settings(|subscription| subscription.max_delivery_attempts(3));
    let mut queue = Queue::default();
    queue.publish(event(1), at(0), LUCKY);
    let mut attempts = 0;
    while let Some(due) = queue.next_due() {
        let batch = queue.take(due, &settings);
        attempts += 1;
        queue.settle(batch, Outcome::SocketError, due, &settings);
    }
    assert_eq!(attempts, 3);
    let expected = [("1".to_owned(), "MaxDeliveryAttemptsExceeded".to_owned())];
    assert_eq!(dead(&queue), expected);
    assert_eq!(queue.counts.failed_attempts, 3);
}

#[test]
fn an_event_is_given_up_when_it_is_too_old_at_its_next_attempt() {
    let settings = settings(|subscription| subscription.event_time_to_live_in_minutes(1));
    let mut queue = Queue::default();
    queue.publish(event(1), at(0), LUCKY);
    // Late already for its first attempt, which is made all the same.
    for due in [100, 110] {
        let batch = queue.take(at(due), &settings);
        match due {
            100 => queue.settle(batch, Outcome::Answered(500), at(due), &settings),
            _ => assert!(batch.is_empty()),
        }
    }
    let expected = [("1".to_owned(), "TimeToLiveExceeded".to_owned())];
    assert_eq!(
        (dead(&queue), queue.len(), queue.bytes),
        (expected.to_vec(), 0, 0)
    );
}

#[test]
fn what_there_is_no_room_for_is_a_dead_letter() {
    let mut queue = Queue::default();
    for number in 1..=MOST_EVENTS as u64 + 1 {
        queue.publish(event(number), at(0), LUCKY);
    }
    let last = (MOST_EVENTS + 1).to_string();
    assert_eq!(dead(&queue), [(last, "EmulatorQueueFull".to_owned())]);
    assert_eq!(queue.len(), MOST_EVENTS);

    let mut queue = Queue {
        bytes: MOST_BYTES,
        ..Queue::default()
    };
    queue.publish(event(1), at(0), LUCKY);
    assert_eq!((queue.len(), dead(&queue).len()), (0, 1));
}

#[test]
fn a_lost_event_is_never_delivered_and_a_duplicated_one_twice() {
    let mut queue = Queue::default();
    let lost = Misfortune {
        lost: true,
        ..LUCKY
    };
    queue.publish(event(1), at(0), lost);
    let duplicated = Misfortune {
        duplicated: true,
        ..LUCKY
    };
    queue.publish(event(2), at(0), duplicated);
    let batches = settings(|subscription| subscription.max_events_per_batch(9));
    assert_eq!(ids(&queue.take(at(0), &batches)), [2, 2]);
    assert_eq!((queue.counts.published, queue.counts.lost), (2, 1));
}

#[test]
fn a_late_event_is_due_later() {
    let mut queue = Queue::default();
    let late = Misfortune {
        late: Duration::from_secs(60),
        ..LUCKY
    };
    queue.publish(event(1), at(0), late);
    queue.publish(event(2), at(1), LUCKY);
    let settings = one_by_one();
    assert_eq!(ids(&queue.take(at(59), &settings)), [2]);
    assert!(queue.take(at(59), &settings).is_empty());
    assert_eq!(ids(&queue.take(at(60), &settings)), [1]);
}

#[test]
fn a_reordered_event_comes_after_the_next_one_or_alone_after_a_while() {
    let settings = one_by_one();
    let reordered = Misfortune {
        reordered: true,
        ..LUCKY
    };
    let mut queue = Queue::default();
    queue.publish(event(1), at(0), reordered);
    assert!(queue.take(at(1), &settings).is_empty());
    queue.publish(event(2), at(1), LUCKY);
    let next = queue.take(at(1), &settings);
    assert_eq!(ids(&next), [2]);
    assert!(queue.take(at(1), &settings).is_empty());
    queue.settle(next, Outcome::Answered(200), at(2), &settings);
    assert_eq!(ids(&queue.take(at(2), &settings)), [1]);

    let mut queue = Queue::default();
    queue.publish(event(1), at(0), reordered);
    assert_eq!(ids(&queue.take(at(10), &settings)), [1]);
}

#[test]
fn nothing_is_left_of_what_was_forgotten() {
    let settings = one_by_one();
    let mut queue = Queue::default();
    queue.publish(event(1), at(0), LUCKY);
    queue.publish(event(2), at(0), LUCKY);
    let under_way = queue.take(at(0), &settings);
    queue.forget();
    queue.publish(event(3), at(0), LUCKY);
    queue.settle(under_way, Outcome::SocketError, at(0), &settings);
    let last = queue.take(at(60), &settings);
    assert_eq!(ids(&last), [3]);
    queue.settle(last, Outcome::Answered(200), at(60), &settings);
    let counts = Counts {
        published: 1,
        delivered: 1,
        ..Counts::default()
    };
    assert_eq!((queue.counts, queue.len(), queue.bytes), (counts, 0, 0));
}
