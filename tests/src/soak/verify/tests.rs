use super::super::control::StoredThread;
use super::*;

/// What the client says of a message whose request was answered at once.
fn told(id: &str) -> Told {
    Told {
        id: id.to_owned(),
        ..Told::default()
    }
}

fn thread(topic: &str, writers: Vec<Vec<Told>>) -> Thread {
    Thread {
        topic: topic.to_owned(),
        id: format!("id of {topic}"),
        writers,
    }
}

fn stored(topic: &str, messages: &[(&str, &str)]) -> StoredThread {
    let messages = messages.iter().map(|(id, text)| StoredMessage {
        id: (*id).to_owned(),
        text: (*text).to_owned(),
    });
    StoredThread {
        id: format!("id of {topic}"),
        topic: topic.to_owned(),
        messages: messages.collect(),
    }
}

fn counted(threads: Vec<Thread>, stored: Stored) -> Result<Report, Failure> {
    let mut report = Report::default();
    let work = Work {
        threads,
        ..Work::default()
    };
    verify(&[work], &stored, &mut report)?;
    Ok(report)
}

/// What is counted of one message, by what the client said of it and the ids of its copies.
fn copies(told: Told, ids: &[&str]) -> Report {
    let messages: Vec<_> = ids.iter().map(|id| (*id, "0/0")).collect();
    let threads = vec![thread("a", vec![vec![told]])];
    counted(threads, vec![stored("a", &messages)]).unwrap()
}

#[test]
fn what_was_sent_and_is_there_once_is_well() {
    let threads = vec![thread(
        "a",
        vec![vec![told("1"), told("3")], vec![told("2")]],
    )];
    let messages = [("1", "0/0"), ("2", "1/0"), ("3", "0/1")];
    let report = counted(threads, vec![stored("a", &messages), stored("b", &[])]).unwrap();

    assert_eq!((report.sent, report.threads), (3, 1));
    assert_eq!(
        (report.lost, report.doubled, report.out_of_order),
        (0, 0, 0)
    );
    assert_eq!((report.lost_threads, report.doubled_threads), (0, 0));
    assert_eq!(report.misnamed, 0);
}

#[test]
fn a_copy_of_which_the_client_said_nothing_is_unreported() {
    let report = copies(told("1"), &["1", "2", "3"]);
    assert_eq!((report.doubled, report.unreported), (2, 2));
    assert_eq!((report.named, report.possible), (0, 0));
}

#[test]
fn a_copy_whose_id_came_with_the_result_is_named() {
    let told = Told {
        duplicates: vec!["2".to_owned()],
        resends: 1,
        ..told("1")
    };
    let report = copies(told.clone(), &["1", "2"]);
    assert_eq!((report.doubled, report.named), (1, 1));
    assert_eq!((report.possible, report.unreported), (0, 0));
    // The one resend is accounted for.
    let report = copies(told, &["1", "2", "3"]);
    assert_eq!((report.doubled, report.named), (2, 1));
    assert_eq!((report.possible, report.unreported), (0, 1));
}

#[test]
fn as_many_copies_are_possible_as_requests_were_in_doubt() {
    for (resends, doubted) in [(1, 0), (0, 1)] {
        let told = Told {
            resends,
            doubted,
            ..told("1")
        };
        let report = copies(told.clone(), &["1", "2"]);
        assert_eq!((report.possible, report.unreported), (1, 0));
        let report = copies(told, &["1", "2", "3"]);
        assert_eq!((report.possible, report.unreported), (1, 1));
    }
}

#[test]
fn an_id_that_no_copy_has_is_told() {
    assert_eq!(copies(told("7"), &["1"]).misnamed, 1);
    assert_eq!(copies(told("2"), &["1", "2"]).misnamed, 0);
}

#[test]
fn what_is_not_there_is_lost() {
    let threads = || {
        let writers = vec![vec![told("1"), told("2")], vec![told("3")]];
        vec![thread("a", writers)]
    };
    let report = counted(threads(), vec![stored("a", &[("2", "0/1")])]).unwrap();
    assert_eq!((report.lost, report.lost_threads), (2, 0));
    let report = counted(threads(), Vec::new()).unwrap();
    assert_eq!((report.lost, report.lost_threads), (3, 1));
}

#[test]
fn order_is_that_of_one_writer_and_of_first_copies() {
    let writers = || vec![vec![told("1"), told("2")], vec![told("3"), told("4")]];
    let out_of_order = |messages: &[(&str, &str)]| {
        let threads = vec![thread("a", writers())];
        let report = counted(threads, vec![stored("a", messages)]).unwrap();
        report.out_of_order
    };
    // One after the other, in turn, and with a copy that comes late.
    let (a, b, c, d) = (("1", "0/0"), ("2", "0/1"), ("3", "1/0"), ("4", "1/1"));
    assert_eq!(out_of_order(&[c, d, a, b]), 0);
    assert_eq!(out_of_order(&[a, c, b, d]), 0);
    assert_eq!(out_of_order(&[a, b, c, d, ("5", "0/0")]), 0);
    assert_eq!(out_of_order(&[b, a, c, d]), 1);
    assert_eq!(out_of_order(&[b, d, a, c]), 2);
}

#[test]
fn a_thread_that_is_there_twice_is_doubled() {
    let threads = vec![thread("a", vec![vec![told("1")]])];
    let mut other = stored("a", &[]);
    other.id = "another".to_owned();
    let report = counted(threads, vec![stored("a", &[("1", "0/0")]), other]).unwrap();
    assert_eq!((report.doubled_threads, report.lost_threads), (1, 0));
    assert_eq!(report.lost, 0);
}

#[test]
fn a_message_that_nobody_has_sent_is_an_error() {
    for text in ["hello", "0/1", "1/0", "0", "/"] {
        let threads = vec![thread("a", vec![vec![told("1")]])];
        let error = counted(threads, vec![stored("a", &[("1", text)])]).unwrap_err();
        assert!(error.to_string().contains("nobody has sent"), "{error}");
    }
}
