//! Signed requests hold the time, and the clock of this machine may be wrong.

use std::time::{Duration, SystemTime};

use chat_tests::mock::{ACCESS_KEY, Answer, MockService};
use serde_json::json;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn refused_at(time: SystemTime) -> Answer {
    Answer::status(401).header("date", &httpdate::fmt_http_date(time))
}

fn created() -> Answer {
    Answer::json(201, &json!({ "identity": { "id": "8:acs:res_bob" } }))
}

#[tokio::test]
async fn a_machine_whose_clock_is_off_signs_with_the_time_of_the_service_from_then_on() {
    let now = SystemTime::now();
    for service_time in [now + 7 * HOUR, now - 7 * HOUR] {
        let script = [refused_at(service_time), created(), created()];
        let service = MockService::start(script).await;
        let identity = service.identity_client();

        identity.create_user().await.unwrap();
        identity.create_user().await.unwrap();

        let requests = service.requests();
        assert_eq!(requests.len(), 3, "the second call needs one request");
        for request in &requests {
            request.assert_identity("POST", "/identities", Some(&json!({})));
        }
        for (request, time) in requests.iter().zip([now, service_time, service_time]) {
            let date = request.header("x-ms-date").unwrap();
            let signed = httpdate::parse_http_date(date).unwrap();
            let off = signed
                .duration_since(time)
                .unwrap_or_else(|off| off.duration());
            assert!(off < HOUR / 2, "{date} is not {time:?}");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_final_where_the_clock_is_right() {
    let service = MockService::start([refused_at(SystemTime::now())]).await;
    let error = service.identity_client().create_user().await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(service.calls(), 1);
    assert!(!format!("{error:?}").contains(ACCESS_KEY));
}

#[tokio::test]
async fn a_second_refusal_is_final_whatever_time_it_tells() {
    let now = SystemTime::now();
    let script = [refused_at(now + 7 * HOUR), refused_at(now - 7 * HOUR)];
    let service = MockService::start(script).await;
    let error = service.identity_client().create_user().await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(service.calls(), 2);
}
