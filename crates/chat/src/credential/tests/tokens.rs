//! What tokens are made from, and what they show.

use futures_util::FutureExt;

use super::*;
use crate::clock::testing::ManualClock;

const JWT: &str = "e30.eyJleHAiOjE3fQ.c2ln";

#[test]
fn a_fixed_token_is_a_jwt_or_what_identity_returns() {
    let (text, token) = (JWT.to_owned(), AccessToken::try_from(JWT).unwrap());
    for credential in [
        CommunicationTokenCredential::new(JWT),
        CommunicationTokenCredential::new(JWT.to_owned()),
        CommunicationTokenCredential::new(&text),
        CommunicationTokenCredential::new(&token),
        CommunicationTokenCredential::new(token),
    ] {
        let credential = credential.unwrap();
        let sent = credential.token().now_or_never().unwrap().unwrap();
        assert_eq!(sent.secret(), JWT);
        assert_eq!(sent.header_value(), format!("Bearer {JWT}"));
        assert_eq!(sent.expires_on(), datetime!(1970-01-01 00:00:17 UTC));
    }
    for bad in ["", "opaque", "e30.eyJleHAiOjE3fQ.c2ln\n", "a.b.c"] {
        let error = CommunicationTokenCredential::new(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{bad:?}");
    }
}

#[test]
fn an_opaque_token_is_visible_ascii() {
    let expires_on = START;
    assert_eq!(AccessToken::new("~!", expires_on).unwrap().secret(), "~!");
    for bad in ["", " ", "a b", "a\r\nb", "\u{7f}", "é"] {
        let error = AccessToken::new(bad, expires_on).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{bad:?}");
    }
}

#[test]
fn a_fixed_token_that_is_refused_is_not_replaced() {
    let credential = CommunicationTokenCredential::new(JWT).unwrap();
    let credential = credential.refresh_proactively().refresh_timeout(SECOND);
    let header = AccessToken::try_from(JWT).unwrap().header_value();
    assert!(!credential.refused(&header));
    assert!(format!("{credential:?}").contains("fixed"));
}

#[test]
fn a_fixed_token_has_expired_from_the_moment_it_names_on() {
    let token = AccessToken::new("opaque", START).unwrap();
    let credential = CommunicationTokenCredential::new(token).unwrap();
    let at = |time| credential.expired(&*ManualClock::at(time));
    assert_eq!(at(START - SECOND), None);
    assert_eq!(at(START), Some(START));
    assert_eq!(at(START + SECOND), Some(START));
}

#[tokio::test(start_paused = true)]
async fn the_user_is_read_from_the_token_there_is() {
    let claims = r#"{"skypeid":"acs:resource_user","exp":1999999999}"#;
    let jwt = jwt::tests::jwt(claims);
    let user = Some("8:acs:resource_user".to_owned());
    let fixed = CommunicationTokenCredential::new(&jwt).unwrap();
    assert_eq!(fixed.user(), user);
    let refreshing = CommunicationTokenCredential::refreshing(move || {
        let jwt = jwt.clone();
        async move { Ok::<_, Error>(jwt) }
    });
    assert_eq!(refreshing.user(), None);
    refreshing.token().await.unwrap();
    assert_eq!(refreshing.user(), user);
    assert!(format!("{refreshing:?}").contains("refreshing"));
}

#[test]
fn tokens_are_never_printed() {
    let token = AccessToken::try_from(JWT).unwrap();
    let header = token.header_value();
    assert!(header.is_sensitive());
    let credential = CommunicationTokenCredential::new(token.clone()).unwrap();
    let error = AccessToken::try_from("e30.c2VjcmV0.c2ln").unwrap_err();
    let printed = format!("{token:?} {header:?} {credential:?} {error:?} {error}");
    assert!(printed.contains("expires_on: 1970-01-01"), "{printed}");
    assert!(
        !printed.contains("eyJleHAiOjE3fQ") && !printed.contains("c2VjcmV0"),
        "{printed}"
    );
}
