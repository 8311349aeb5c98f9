//! TLS, where it has been left out: there is none.

use std::io;

use super::serving::{self, Handler, Responder, Stopping};
use super::socket::Socket;
use super::tls_error::TlsError;

/// Nothing of this kind exists.
#[derive(Clone, Debug)]
pub(crate) enum TlsSetting {}

/// Nothing of this kind exists.
#[derive(Clone, Debug)]
pub(crate) enum Acceptor {}

/// Nothing of this kind exists.
pub(super) enum Accepted {}

impl TlsSetting {
    pub(crate) fn acceptor(&self, _: &[String]) -> Result<(Acceptor, Option<String>), TlsError> {
        match *self {}
    }
}

impl Acceptor {
    pub(super) async fn accept(&self, _: Socket) -> io::Result<Accepted> {
        match *self {}
    }
}

impl Accepted {
    pub(super) async fn serve<H: Handler>(self, _: Responder<H>, _: Stopping) -> serving::Result {
        match self {}
    }
}
