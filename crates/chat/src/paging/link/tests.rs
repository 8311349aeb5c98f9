use super::*;

const HOST: &str = "https://contoso.communication.azure.com";
const THREAD: &str = "19:a_b@thread.v2";
const MESSAGES: &str = "/chat/threads/19:a_b@thread.v2/messages";

fn target(endpoint: &str) -> Target {
    let endpoint = Url::parse(endpoint).unwrap();
    let path = "/chat/threads/{chatThreadId}/messages";
    Target::new("listChatMessages", &endpoint, path, &[THREAD])
}

fn followed(endpoint: &str, link: &str) -> Result<String, String> {
    let page = target(endpoint).follow(link);
    page.map(|page| page.link().to_string()).map_err(|error| {
        assert_eq!(error.kind(), ErrorKind::InvalidNextLink, "{link}");
        error.to_string()
    })
}

#[test]
fn a_link_of_the_list_is_kept_to_the_letter() {
    for link in [
        "/chat/threads/19:a_b@thread.v2/messages?syncState=3e&startTime=1%2F1%2F1970%2012%3A00%3A00%20AM%20%2B00%3A00&x=%3D",
        "/chat/threads/19%3Aa_b%40thread.v2/messages",
        "/chat/threads/19%3aa_b@thread.v2/messages?chatThreadId=19:other@thread.v2",
        "/chat/%74hreads/19:a_b@thread%2Ev2/messages",
    ] {
        let link = format!("{HOST}{link}");
        assert_eq!(followed(HOST, &link).as_ref(), Ok(&link));
    }
}

#[test]
fn what_a_link_resolves_to_is_what_is_compared_and_sent() {
    let link = format!("{HOST}/chat/threads/19:other/../19:a_b@thread.v2/./messages?a=b#fragment");
    assert_eq!(followed(HOST, &link), Ok(format!("{HOST}{MESSAGES}?a=b")));
}

#[test]
fn a_link_to_another_path_is_refused() {
    for path in [
        "",
        "/",
        "/chat/threads",
        "/chat/threads/19:other@thread.v2/messages",
        "/chat/threads/19:a_b@thread.v2/participants",
        "/chat/threads/19:a_b@thread.v2",
        "/chat/threads/19:a_b@thread.v2/messages/",
        "/chat/threads/19:a_b@thread.v2/messages/1",
        "/chat/threads/19:a_b@thread.v2/messages;x",
        "/chat/threads/19:a_b@thread.v2//messages",
        "//chat/threads/19:a_b@thread.v2/messages",
        "/x/chat/threads/19:a_b@thread.v2/messages",
        "/chat/threads/19:A_B@thread.v2/messages",
        "/Chat/Threads/19:a_b@thread.v2/messages",
        "/chat/threads/19%253Aa_b@thread.v2/messages",
        "/chat/threads/19:a_b@thread.v2%2Fmessages",
        "/chat/threads%2F19:a_b@thread.v2/messages",
        "/chat/threads/19:a_b@thread.v2/../19:other@thread.v2/messages",
        "/chat/threads/19:a_b@thread.v2/%2e%2E/19:other@thread.v2/messages",
        r"/chat/threads/19:a_b@thread.v2\..\19:other@thread.v2/messages",
        "/chat/threads/19:a_b@thread.v2%5C..%5Cx/messages",
        "/chat/threads/%FF/messages",
        "/chat/threads/{chatThreadId}/messages",
        "?/chat/threads/19:a_b@thread.v2/messages",
        "#/chat/threads/19:a_b@thread.v2/messages",
    ] {
        let error = followed(HOST, &format!("{HOST}{path}")).unwrap_err();
        assert!(
            error.ends_with("its path is not the one of listChatMessages"),
            "{path}: {error}"
        );
    }
}

#[test]
fn a_link_that_leaves_the_origin_is_refused_and_the_error_says_which_it_leads_to() {
    for (origin, named) in [
        ("http://contoso.communication.azure.com", None),
        ("https://contoso.communication.azure.com:444", None),
        ("https://contoso.communication.azure.com.evil.example", None),
        (
            "https://contoso.communication.azure.com@evil.example",
            Some("https://evil.example"),
        ),
        (
            r"https://evil.example\@contoso.communication.azure.com",
            Some("https://evil.example"),
        ),
        ("file://", Some("null")),
    ] {
        let error = followed(HOST, &format!("{origin}{MESSAGES}")).unwrap_err();
        let named = format!(
            "it leads to {}, and the endpoint is {HOST}",
            named.unwrap_or(origin)
        );
        assert!(error.ends_with(&named), "{origin}: {error}");
    }
}

#[test]
fn what_can_not_be_requested_is_refused() {
    for link in [
        MESSAGES,
        "",
        "//evil.example/",
        "javascript:alert(1)",
        &format!("blob:{HOST}{MESSAGES}"),
        &format!("https://user@contoso.communication.azure.com{MESSAGES}"),
        &format!("https://:pass@contoso.communication.azure.com{MESSAGES}"),
    ] {
        followed(HOST, link).unwrap_err();
    }
}

#[test]
fn the_path_of_the_endpoint_is_put_in_front_where_a_link_lacks_it() {
    let endpoint = "https://gateway.example/acs/eu%20west/";
    let sent = format!("https://gateway.example/acs/eu%20west{MESSAGES}?a=%2F");
    let lacking = format!("https://gateway.example{MESSAGES}?a=%2F");
    assert_eq!(followed(endpoint, &lacking).as_ref(), Ok(&sent));
    assert_eq!(followed(endpoint, &sent).as_ref(), Ok(&sent));
    for link in [
        format!("https://gateway.example/acs{MESSAGES}"),
        format!("https://gateway.example/acs/eu%20westx{MESSAGES}"),
        format!("https://gateway.example/acs/eu%20west/acs/eu%20west{MESSAGES}"),
        format!("{HOST}{MESSAGES}"),
    ] {
        followed(endpoint, &link).unwrap_err();
    }
}

#[test]
fn a_list_about_no_thread_has_no_id_in_its_path() {
    let endpoint = Url::parse(HOST).unwrap();
    let threads = Target::new("listChatThreads", &endpoint, "/chat/threads", &[]);
    assert!(threads.follow(&format!("{HOST}/chat/threads?a=b")).is_ok());
    assert!(threads.follow(&format!("{HOST}{MESSAGES}")).is_err());
}

#[test]
fn each_id_in_a_path_counts() {
    let endpoint = Url::parse(HOST).unwrap();
    let path = "/chat/threads/{chatThreadId}/messages/{chatMessageId}/parts";
    let parts = Target::new("listParts", &endpoint, path, &[THREAD, "17"]);
    for (link, is_own) in [
        ("/chat/threads/19:a_b@thread.v2/messages/17/parts?a=b", true),
        (
            "/chat/threads/19:a_b@thread.v2/messages/18/parts?a=b",
            false,
        ),
        ("/chat/threads/17/messages/17/parts", false),
        (
            "/chat/threads/19:a_b@thread.v2/messages/19:a_b@thread.v2/parts",
            false,
        ),
    ] {
        assert_eq!(
            parts.follow(&format!("{HOST}{link}")).is_ok(),
            is_own,
            "{link}"
        );
    }
}

#[test]
fn a_continuation_is_held_to_the_same_rules_as_a_link() {
    let resume = |link: &str| {
        let continuation: Continuation = format!("v1 {link}").parse().unwrap();
        target(HOST)
            .resume(&continuation)
            .map_err(|error| error.kind())
    };
    let own = resume(&format!("{HOST}{MESSAGES}?a=b")).unwrap();
    assert_eq!(own.to_string(), format!("v1 {HOST}{MESSAGES}?a=b"));
    for link in [
        format!("{HOST}/chat/threads/19:other@thread.v2/messages"),
        format!("{HOST}/chat/threads"),
        format!("https://evil.example{MESSAGES}"),
    ] {
        assert_eq!(resume(&link), Err(ErrorKind::InvalidArgument), "{link}");
    }
}

#[test]
fn a_continuation_is_read_from_the_text_it_was_written_as_and_from_no_other() {
    let text = format!("v1 {HOST}{MESSAGES}?a=b");
    let continuation: Continuation = text.parse().unwrap();
    assert_eq!(continuation.to_string(), text);
    for text in [
        "",
        "v1",
        "v1 ",
        "v1 list",
        "v1 list https://h/",
        "v2 https://h/",
        "https://h/",
    ] {
        let error = text.parse::<Continuation>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{text}");
    }
}

fn page(n: usize) -> Continuation {
    format!("v1 {HOST}/{n}").parse().unwrap()
}

#[test]
fn a_link_that_comes_again_is_an_error_while_it_is_remembered() {
    for (distance, is_seen) in [
        (1, true),
        (2, true),
        (REMEMBERED, true),
        (REMEMBERED + 1, false),
    ] {
        let mut recent = RecentLinks::default();
        for n in 0..distance {
            recent.add(&page(n)).unwrap();
        }
        assert_eq!(recent.add(&page(0)).is_err(), is_seen, "{distance}");
        assert!(recent.hashes.len() <= REMEMBERED);
    }
}
