//! One connection of a client to its endpoint: what is on its way to it, and what it has to answer.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::store::timestamp::Timestamp;

use super::frame;

/// How many packets may wait for a client that takes none. One more, and it is cut off.
const MOST_WAITING: usize = 256;
/// Of so many requests it is known whether they have been answered.
const MOST_UNANSWERED: usize = 1024;

/// A socket, or the polls of one session.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) endpoint: String,
    waiting: VecDeque<String>,
    end: Option<End>,
    signals: Signals,
    /// The number of the last event.
    events: u64,
    /// Requests that have not been answered, with their numbers in the log.
    unanswered: VecDeque<(u64, u64)>,
    /// When something came of the client.
    pub(super) heard: Instant,
    pub(super) since: Timestamp,
    /// When the client last answered a request, and with which status.
    pub(super) last_answer: Option<(Timestamp, u16)>,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Properly, once all that waits is sent.
    Closed,
    /// As if the network were gone, at once.
    Cut,
}

/// Wake whoever sends.
#[derive(Clone, Debug, Default)]
pub(super) struct Signals {
    /// There is something to send, or the connection ends.
    pub(super) wake: Arc<Notify>,
    /// It ends at once, whatever is under way.
    pub(super) cut: Arc<Notify>,
}

impl Connection {
    pub(super) fn new(endpoint: String, now: Timestamp) -> Self {
        Self {
            endpoint,
            waiting: VecDeque::new(),
            end: None,
            signals: Signals::default(),
            events: 0,
            unanswered: VecDeque::new(),
            heard: Instant::now(),
            since: now,
            last_answer: None,
        }
    }

    pub(super) fn signals(&self) -> Signals {
        self.signals.clone()
    }

    /// Has a packet sent. A client that is too slow is cut off.
    pub(super) fn send(&mut self, packet: String) {
        if self.end.is_some() {
            return;
        }
        if self.waiting.len() >= MOST_WAITING {
            self.cut();
            return;
        }
        self.waiting.push_back(packet);
        self.signals.wake.notify_one();
    }

    /// Has an event sent, under the next number.
    pub(super) fn send_event(&mut self, name: &str, argument: &Value) {
        self.events += 1;
        self.send(frame::event(self.events, name, argument));
    }

    /// Has a request sent, which is in the log under a number.
    pub(super) fn send_request(&mut self, packet: String, id: u64, number: u64) {
        self.send(packet);
        self.unanswered.push_back((id, number));
        if self.unanswered.len() > MOST_UNANSWERED {
            self.unanswered.pop_front();
        }
    }

    /// The number in the log of a request that was answered for the first time.
    pub(super) fn answered(&mut self, id: u64) -> Option<u64> {
        let at = self.unanswered.iter().position(|(other, _)| *other == id)?;
        self.unanswered.remove(at).map(|(_, number)| number)
    }

    /// The numbers in the log of what will not be answered any more.
    pub(super) fn left_unanswered(&self) -> impl Iterator<Item = u64> {
        self.unanswered.iter().map(|(_, number)| *number)
    }

    /// Ends it when all that waits has been sent.
    pub(super) fn close(&mut self) {
        self.end.get_or_insert(End::Closed);
        self.signals.wake.notify_one();
    }

    /// Ends it at once.
    pub(super) fn cut(&mut self) {
        self.waiting.clear();
        self.end = Some(End::Cut);
        self.signals.wake.notify_one();
        self.signals.cut.notify_one();
    }

    /// What is to be sent now, and whether it ends after that.
    pub(super) fn take(&mut self) -> (Vec<String>, Option<End>) {
        (self.waiting.drain(..).collect(), self.end)
    }

    /// Whether it ends, or has ended and its client has not noticed.
    pub(super) fn is_ending(&self) -> bool {
        self.end.is_some()
    }

    /// Whether there is anything to send, or an end.
    pub(super) fn is_ready(&self) -> bool {
        !self.waiting.is_empty() || self.end.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        Connection::new("endpoint".to_owned(), Timestamp::EPOCH)
    }

    #[test]
    fn what_waits_is_taken_once_and_in_order() {
        let mut connection = connection();
        assert!(!connection.is_ready());
        connection.send("one".to_owned());
        connection.send("two".to_owned());
        assert!(connection.is_ready());
        let two = ["one", "two"].map(str::to_owned).to_vec();
        assert_eq!(connection.take(), (two, None));
        assert_eq!(connection.take(), (vec![], None));
    }

    #[test]
    fn a_client_that_takes_nothing_is_cut_off() {
        let mut connection = connection();
        for _ in 0..MOST_WAITING {
            connection.send("packet".to_owned());
        }
        assert_eq!(connection.end, None);
        connection.send("one too many".to_owned());
        assert_eq!(connection.take(), (vec![], Some(End::Cut)));
    }

    #[test]
    fn a_close_lets_go_what_waits_and_a_cut_does_not() {
        let mut closed = connection();
        closed.send("last".to_owned());
        closed.close();
        closed.send("too late".to_owned());
        let last = vec!["last".to_owned()];
        assert_eq!(closed.take(), (last, Some(End::Closed)));
        closed.cut();
        assert_eq!(closed.take(), (vec![], Some(End::Cut)));
    }

    #[test]
    fn an_answer_counts_once_and_only_to_what_was_asked() {
        let mut connection = connection();
        connection.send_request("3:::".to_owned(), 7, 1);
        connection.send_request("3:::".to_owned(), 8, 2);
        assert_eq!(connection.answered(9), None);
        assert_eq!(connection.answered(8), Some(2));
        assert_eq!(connection.answered(8), None);
        assert_eq!(connection.left_unanswered().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn what_is_known_of_unanswered_requests_is_bounded() {
        let mut connection = connection();
        for id in 0..2 * MOST_UNANSWERED as u64 {
            connection.send_request(String::new(), id, id);
            connection.take();
        }
        assert_eq!(connection.left_unanswered().count(), MOST_UNANSWERED);
        assert_eq!(connection.answered(0), None);
    }
}
