use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;

use time::macros::datetime;

use super::*;
use crate::clock::testing::ManualClock;
use crate::models::ChatMessageId;
use crate::response::ResponseHead;

const SETTLE: Duration = Duration::from_secs(30);
const SECOND: Duration = Duration::from_secs(1);

/// How often a message is looked for that does not turn up within the settle time.
const LOOKS: u32 = 8;

/// A service that does to the sends, in turn, what is written here.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// Stored and answered.
    Stored,
    /// Stored and answered, after so long.
    StoredAfter(Duration),
    /// Stored; the answer is lost.
    AnswerLost,
    /// Neither stored nor answered.
    RequestLost,
    /// Not answered, and stored so much later.
    Late(Duration),
    Refused(ErrorKind),
    /// Never answered, nor given up.
    Hangs,
}

struct Service {
    clock: Arc<ManualClock>,
    fates: RefCell<VecDeque<Fate>>,
    /// When lists show which message.
    stored: RefCell<Vec<(Duration, ChatMessageId)>>,
    sends: Cell<u32>,
    looks: Cell<u32>,
    /// Until when looks fail, and how.
    outage: (Duration, fn() -> Error),
    deadline: Duration,
    max_resends: u32,
}

impl Service {
    fn new(fates: impl IntoIterator<Item = Fate>) -> Self {
        Self {
            clock: ManualClock::at(datetime!(2026-01-01 00:00 UTC)),
            fates: RefCell::new(fates.into_iter().collect()),
            stored: RefCell::default(),
            sends: Cell::default(),
            looks: Cell::default(),
            outage: (Duration::ZERO, || Error::new(ErrorKind::Connect)),
            deadline: Duration::from_secs(300),
            max_resends: 2,
        }
    }

    fn store(&self, after: Duration) -> ChatMessageId {
        let id = ChatMessageId::from(self.sends.get().to_string());
        self.stored
            .borrow_mut()
            .push((self.clock.moved() + after, id.clone()));
        id
    }

    async fn send(&self) -> Result<Response<SendChatMessageResult>, Error> {
        self.sends.set(self.sends.get() + 1);
        let retry_info = one_attempt();
        let lost = || Err(Error::new(ErrorKind::OutcomeUnknown).with_retry_info(retry_info));
        let fate = self.fates.borrow_mut().pop_front();
        let answer = || {
            let sent = SendChatMessageResult {
                id: self.store(Duration::ZERO),
                exactly_once: None,
            };
            let info = ResponseInfo {
                retry_info,
                ..ResponseInfo::default()
            };
            Ok(Response::new(sent, info))
        };
        match fate.expect("no more sends than expected") {
            Fate::Stored => answer(),
            Fate::StoredAfter(time) => {
                self.clock.advance(time);
                answer()
            }
            Fate::AnswerLost => {
                self.store(Duration::ZERO);
                lost()
            }
            Fate::RequestLost => lost(),
            Fate::Late(after) => {
                self.store(after);
                lost()
            }
            Fate::Refused(kind) => Err(Error::new(kind)),
            Fate::Hangs => std::future::pending().await,
        }
    }

    async fn look(&self) -> Found {
        self.looks.set(self.looks.get() + 1);
        let now = self.clock.moved();
        let (until, failure) = self.outage;
        if now < until {
            return Err(failure().with_retry_info(one_attempt()));
        }
        let stored = self.stored.borrow();
        let shown = stored.iter().filter(|(at, _)| *at <= now);
        let copies = shown.map(|(_, id)| copy(id));
        Ok((copies.collect(), one_attempt()))
    }

    async fn deliver(&self, fresh: bool) -> Result<Delivered, Error> {
        self.deliver_with_info(fresh).await.0
    }

    async fn deliver_with_info(&self, fresh: bool) -> (Result<Delivered, Error>, RetryInfo) {
        let delivery = Delivery {
            clock: &*self.clock,
            deadline: Deadline::after(self.deadline, &*self.clock),
            settle: SETTLE,
            max_resends: self.max_resends,
        };
        delivery.run(fresh, || self.send(), || self.look()).await
    }

    /// Sends, looks, and messages stored.
    fn counts(&self) -> (u32, u32, usize) {
        (
            self.sends.get(),
            self.looks.get(),
            self.stored.borrow().len(),
        )
    }
}

fn one_attempt() -> RetryInfo {
    RetryInfo {
        attempts: 1,
        ..RetryInfo::default()
    }
}

fn copy(id: &ChatMessageId) -> Copy {
    Copies::including(id.clone(), Vec::new()).oldest
}

fn id(delivered: &Delivered) -> &str {
    delivered.copies.oldest.id.as_str()
}

fn source(error: &Error) -> Option<ErrorKind> {
    let source = std::error::Error::source(error)?;
    Some(source.downcast_ref::<Error>().unwrap().kind())
}

#[tokio::test]
async fn what_is_answered_is_sent_once_and_not_looked_for() {
    let service = Service::new([Fate::Stored]);
    assert_eq!(service.deliver(true).await.unwrap().resends, 0);
    assert_eq!(service.counts(), (1, 0, 1));
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_found_at_once_and_not_sent_again() {
    let service = Service::new([Fate::AnswerLost]);
    let delivered = service.deliver(true).await.unwrap();
    assert_eq!((id(&delivered), delivered.resends), ("1", 0));
    assert_eq!(service.counts(), (1, 1, 1));
    assert_eq!(service.clock.moved(), Duration::ZERO);
}

#[tokio::test]
async fn a_message_that_turns_up_late_is_found_when_it_does_and_not_sent_again() {
    for (late, found_at) in [(SECOND, 1_500), (SETTLE, 30_000)] {
        let service = Service::new([Fate::Late(late)]);
        let delivered = service.deliver(true).await.unwrap();
        assert!(delivered.copies.others.is_empty());
        assert_eq!(service.sends.get(), 1);
        assert_eq!(service.clock.moved(), Duration::from_millis(found_at));
    }
}

#[tokio::test]
async fn a_request_that_was_lost_is_sent_again_after_the_settle_time() {
    let service = Service::new([Fate::RequestLost, Fate::Stored]);
    let (delivered, info) = service.deliver_with_info(true).await;
    let delivered = delivered.unwrap();
    assert_eq!((id(&delivered), delivered.resends), ("2", 1));
    assert!(delivered.copies.others.is_empty());
    assert_eq!(service.counts(), (2, LOOKS + 1, 1));
    assert_eq!(service.clock.moved(), SETTLE);
    assert_eq!((info.attempts, info.waited), (2 + LOOKS + 1, SETTLE));
}

#[tokio::test]
async fn a_copy_that_turns_up_all_the_same_is_reported_and_the_oldest_is_the_message() {
    let late = SETTLE + SECOND;
    let service = Service::new([Fate::Late(late), Fate::RequestLost]);
    let delivered = service.deliver(true).await.unwrap();
    assert_eq!(id(&delivered), "1");
    assert!(delivered.copies.others.is_empty());

    let service = Service::new([Fate::Late(late), Fate::Late(SECOND)]);
    let delivered = service.deliver(true).await.unwrap();
    assert_eq!(id(&delivered), "1");
    assert_eq!(delivered.copies.others[0].id.as_str(), "2");

    // The resend is answered, and the look after it sees the copy of the first send.
    let service = Service::new([Fate::Late(late), Fate::StoredAfter(SECOND)]);
    let delivered = service.deliver(true).await.unwrap();
    assert_eq!((id(&delivered), delivered.resends), ("1", 1));
    assert_eq!(delivered.copies.others[0].id.as_str(), "2");
}

#[tokio::test]
async fn refusals_are_returned_and_nothing_is_sent_again() {
    for kind in [
        ErrorKind::Forbidden,
        ErrorKind::BadRequest,
        ErrorKind::Connect,
    ] {
        let service = Service::new([Fate::Refused(kind)]);
        assert_eq!(service.deliver(true).await.unwrap_err().kind(), kind);
        assert_eq!(service.counts(), (1, 0, 0));
    }
}

#[tokio::test]
async fn who_may_not_look_is_left_in_doubt_at_once_and_sends_nothing_again() {
    for failure in [
        || Error::new(ErrorKind::Forbidden),
        || Error::new(ErrorKind::NotFound),
    ] {
        let mut service = Service::new([Fate::AnswerLost]);
        service.outage = (Duration::MAX, failure);
        let (outcome, info) = service.deliver_with_info(true).await;
        let error = outcome.unwrap_err();
        assert!(error.is_outcome_unknown());
        assert_eq!(source(&error), Some(failure().kind()));
        assert_eq!(service.counts(), (1, 1, 1));
        assert_eq!(service.clock.moved(), Duration::ZERO);
        assert_eq!(info.attempts, 2);
    }
}

#[tokio::test]
async fn an_outage_is_waited_out() {
    for kind in [
        || Error::new(ErrorKind::Connect),
        || Error::new(ErrorKind::ServiceUnavailable),
        || Error::new(ErrorKind::Credential),
    ] {
        let mut service = Service::new([Fate::AnswerLost]);
        service.outage = (5 * SECOND, kind);
        assert_eq!(id(&service.deliver(true).await.unwrap()), "1");
        assert_eq!(service.counts(), (1, 5, 1));

        // One that outlasts the settle time as well.
        let mut service = Service::new([Fate::RequestLost, Fate::Stored]);
        service.outage = (2 * SETTLE, kind);
        assert_eq!(id(&service.deliver(true).await.unwrap()), "2");
        assert!(service.clock.moved() >= 2 * SETTLE);
    }
}

#[tokio::test]
async fn nothing_is_sent_on_the_strength_of_looks_that_failed_and_the_deadline_ends_them() {
    let mut service = Service::new([Fate::RequestLost]);
    service.outage = (Duration::MAX, || Error::new(ErrorKind::Connect));
    let error = service.deliver(true).await.unwrap_err();
    assert!(error.is_outcome_unknown());
    assert_eq!(source(&error), Some(ErrorKind::Connect));
    assert_eq!(service.sends.get(), 1);
    let moved = service.clock.moved();
    assert!(moved <= service.deadline && moved >= service.deadline - LONGEST_PAUSE);
}

#[tokio::test]
async fn a_service_that_asks_for_patience_is_not_asked_before() {
    let mut service = Service::new([Fate::AnswerLost]);
    service.outage = (SECOND, || {
        Error::new(ErrorKind::TooManyRequests).with_head(Some(ResponseHead {
            retry_after: Some(2 * SETTLE),
            ..ResponseHead::of_status(429)
        }))
    });
    assert_eq!(id(&service.deliver(true).await.unwrap()), "1");
    assert_eq!(service.counts(), (1, 2, 1));
    assert_eq!(service.clock.moved(), 2 * SETTLE);
}

#[tokio::test]
async fn a_send_that_hangs_ends_with_the_deadline_in_doubt() {
    let service = Service::new([Fate::Hangs]);
    let error = service.deliver(true).await.unwrap_err();
    assert!(error.is_outcome_unknown());
    assert_eq!(service.counts(), (1, 0, 0));
    assert_eq!(service.clock.moved(), service.deadline);
}

#[tokio::test]
async fn a_deadline_that_ends_before_the_settle_time_lets_nothing_be_sent_again() {
    for (deadline, sends) in [(SETTLE, 1), (Duration::ZERO, 0)] {
        let mut service = Service::new([Fate::RequestLost]);
        service.deadline = deadline;
        let error = service.deliver(true).await.unwrap_err();
        assert!(error.is_outcome_unknown());
        assert_eq!(service.sends.get(), sends);
    }
}

#[tokio::test]
async fn a_key_that_has_been_used_is_looked_for_before_anything_is_sent() {
    let service = Service::new([]);
    service.store(Duration::ZERO);
    assert_eq!(service.deliver(false).await.unwrap().resends, 0);
    assert_eq!(service.counts(), (0, 1, 1));
}

#[tokio::test]
async fn the_first_send_with_a_used_key_is_no_resend_and_needs_no_leave_to_resend() {
    for max_resends in [0, 2] {
        let mut service = Service::new([Fate::Stored]);
        service.max_resends = max_resends;
        assert_eq!(service.deliver(false).await.unwrap().resends, 0);
        assert_eq!(service.counts(), (1, LOOKS + 1, 1));
        assert_eq!(service.clock.moved(), SETTLE);
    }
}

#[tokio::test]
async fn what_is_never_answered_is_sent_as_often_as_allowed_and_ends_in_doubt() {
    for (fresh, max_resends) in [(true, 0), (true, 2), (false, 0), (false, 2)] {
        let sends = max_resends + 1;
        let mut service = Service::new([Fate::RequestLost; 3]);
        service.max_resends = max_resends;
        let error = service.deliver(fresh).await.unwrap_err();
        assert!(error.is_outcome_unknown());
        let looks = LOOKS * (sends + u32::from(!fresh));
        assert_eq!(service.counts(), (sends, looks, 0));
    }
}

#[tokio::test]
async fn a_message_that_is_stored_under_an_unknown_id_is_never_sent_again() {
    let service = Service::new([Fate::Refused(ErrorKind::InvalidResponse)]);
    let error = service.deliver(true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert_eq!(service.counts(), (1, LOOKS, 0));
}
