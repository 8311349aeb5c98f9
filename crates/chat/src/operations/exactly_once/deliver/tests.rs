use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use time::macros::datetime;

use super::*;
use crate::clock::testing::ManualClock;

const SETTLE: Duration = Duration::from_secs(30);

/// A service that does to the sends, in turn, what is written here.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// Stored and answered.
    Stored,
    /// Stored; the answer is lost.
    AnswerLost,
    /// Neither stored nor answered.
    RequestLost,
    /// Not answered, and stored so much later.
    Late(Duration),
    /// Stored; lists show it so much later, and the answer is lost.
    Lagging(Duration),
    Refused(ErrorKind),
}

struct Service {
    clock: Arc<ManualClock>,
    fates: RefCell<VecDeque<Fate>>,
    /// When lists show which message.
    stored: RefCell<Vec<(Duration, ChatMessageId)>>,
    sends: RefCell<u32>,
    looks: RefCell<u32>,
    blind: bool,
}

impl Service {
    fn new(fates: impl IntoIterator<Item = Fate>) -> Self {
        Self {
            clock: ManualClock::at(datetime!(2026-01-01 00:00 UTC)),
            fates: RefCell::new(fates.into_iter().collect()),
            stored: RefCell::default(),
            sends: RefCell::default(),
            looks: RefCell::default(),
            blind: false,
        }
    }

    fn store(&self, after: Duration) -> ChatMessageId {
        let id = ChatMessageId::from(self.sends.borrow().to_string());
        self.stored
            .borrow_mut()
            .push((self.clock.moved() + after, id.clone()));
        id
    }

    async fn send(&self) -> Result<SendChatMessageResult, Error> {
        *self.sends.borrow_mut() += 1;
        let lost = Err(Error::new(ErrorKind::OutcomeUnknown));
        match self
            .fates
            .borrow_mut()
            .pop_front()
            .expect("no more sends than expected")
        {
            Fate::Stored => Ok(SendChatMessageResult {
                id: self.store(Duration::ZERO),
                retry_info: RetryInfo::default(),
                exactly_once: None,
            }),
            Fate::AnswerLost => {
                self.store(Duration::ZERO);
                lost
            }
            Fate::RequestLost => lost,
            Fate::Late(after) | Fate::Lagging(after) => {
                self.store(after);
                lost
            }
            Fate::Refused(kind) => Err(Error::new(kind)),
        }
    }

    async fn look(&self) -> Result<Vec<ChatMessageId>, Error> {
        *self.looks.borrow_mut() += 1;
        if self.blind {
            return Err(Error::new(ErrorKind::Forbidden));
        }
        let now = self.clock.moved();
        let stored = self.stored.borrow();
        let shown = stored.iter().filter(|(at, _)| *at <= now);
        Ok(shown.map(|(_, id)| id.clone()).collect())
    }

    async fn deliver(&self, fresh: bool) -> Result<Delivered, Error> {
        let delivery = Delivery {
            clock: &*self.clock,
            settle: SETTLE,
            max_resends: 2,
        };
        delivery.run(fresh, || self.send(), || self.look()).await
    }

    fn counts(&self) -> (u32, u32, usize) {
        (
            *self.sends.borrow(),
            *self.looks.borrow(),
            self.stored.borrow().len(),
        )
    }
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
    assert_eq!((delivered.id.as_str(), delivered.resends), ("1", 0));
    assert_eq!(service.counts(), (1, 1, 1));
    assert_eq!(service.clock.moved(), Duration::ZERO);
}

#[tokio::test]
async fn what_is_carried_out_or_shown_within_the_settle_time_is_not_sent_again() {
    for fate in [Fate::Late(SETTLE), Fate::Lagging(SETTLE)] {
        let service = Service::new([fate]);
        let delivered = service.deliver(true).await.unwrap();
        assert!(delivered.duplicates.is_empty(), "{fate:?}");
        assert_eq!(service.counts(), (1, 2, 1), "{fate:?}");
    }
}

#[tokio::test]
async fn a_request_that_was_lost_is_sent_again_after_the_settle_time() {
    let service = Service::new([Fate::RequestLost, Fate::Stored]);
    let delivered = service.deliver(true).await.unwrap();
    assert_eq!((delivered.id.as_str(), delivered.resends), ("2", 1));
    assert!(delivered.duplicates.is_empty());
    assert_eq!(service.counts(), (2, 3, 1));
    assert_eq!(service.clock.moved(), SETTLE);
}

#[tokio::test]
async fn a_copy_that_turns_up_all_the_same_is_reported() {
    let late = SETTLE + Duration::from_secs(1);
    let service = Service::new([Fate::Late(late), Fate::AnswerLost]);
    let delivered = service.deliver(true).await.unwrap();
    assert_eq!(delivered.id.as_str(), "2");
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(
        service.look().await.unwrap().len(),
        2,
        "it can be looked for later"
    );

    let service = Service::new([Fate::Late(late), Fate::RequestLost]);
    let delivered = service.deliver(true).await.unwrap();
    assert_eq!(delivered.id.as_str(), "1");

    let service = Service::new([Fate::Late(late), Fate::Late(Duration::from_secs(2))]);
    let delivered = service.deliver(true).await.unwrap();
    assert_eq!(delivered.duplicates.len(), 1);
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
async fn who_cannot_look_is_left_in_doubt_and_sends_nothing_again() {
    let mut service = Service::new([Fate::AnswerLost]);
    service.blind = true;
    let error = service.deliver(true).await.unwrap_err();
    assert!(error.is_outcome_unknown());
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(
        cause.downcast_ref::<Error>().unwrap().kind(),
        ErrorKind::Forbidden
    );
    assert_eq!(service.counts(), (1, 1, 1));
}

#[tokio::test]
async fn a_key_that_has_been_used_is_looked_for_before_anything_is_sent() {
    let service = Service::new([Fate::Stored]);
    service.store(Duration::ZERO);
    assert_eq!(service.deliver(false).await.unwrap().resends, 0);
    assert_eq!(service.counts(), (0, 1, 1));

    let service = Service::new([Fate::Stored]);
    assert_eq!(service.deliver(false).await.unwrap().resends, 1);
    assert_eq!(service.counts(), (1, 3, 1));
    assert_eq!(service.clock.moved(), SETTLE);
}

#[tokio::test]
async fn what_is_never_answered_ends_in_doubt() {
    let service = Service::new([Fate::RequestLost; 3]);
    assert!(
        service
            .deliver(true)
            .await
            .unwrap_err()
            .is_outcome_unknown()
    );
    assert_eq!(service.counts(), (3, 6, 0));
}

#[tokio::test]
async fn a_message_that_is_stored_under_an_unknown_id_is_never_sent_again() {
    let service = Service::new([Fate::Refused(ErrorKind::InvalidResponse)]);
    let error = service.deliver(true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert_eq!(service.counts(), (1, 2, 0));
}
