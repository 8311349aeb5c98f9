//! What each command does.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Instant;

use chat::governor::RateLimits;

use super::arguments::{Arguments, CONNECTION_STRING, Command, ExportArguments};
use super::{DONE, INCOMPLETE, INTERRUPTED, bars, page, words};
use crate::export::{Estimate, Export, Exported};
use crate::format::UnreadKind;
use crate::online::{Compared, compare};
use crate::show::{Conversation, Shown, printable};
use crate::source::{Resource, ResourceOptions, read_users};
use crate::verify::{Verified, verify};

type Outcome = Result<u8, Box<dyn Error>>;

/// How many findings are printed.
const PRINTED: usize = 20;

pub(super) async fn carry_out(arguments: Arguments) -> Outcome {
    match arguments.command {
        Command::Export(arguments) => export(arguments).await,
        Command::Verify { archive, online } => match online {
            true => {
                print_compared(&compare(&archive, &resource(ResourceOptions::default())?).await?)
            }
            false => print_verified(&verify(&archive)?),
        },
        Command::Show { archive, thread } => show(&archive, &thread),
        Command::Pages { archive, to } => {
            let pages = page::write(&archive, &to)?;
            println!(
                "{} pages, the list of which is {}",
                words::count(pages),
                to.join("index.html").display()
            );
            Ok(DONE)
        }
    }
}

fn resource(options: ResourceOptions) -> Result<Resource, Box<dyn Error>> {
    let connection_string = std::env::var(CONNECTION_STRING)
        .map_err(|_| format!("the environment has no {CONNECTION_STRING}"))?;
    // A shell or a file of variables may have left the quotes.
    let connection_string = connection_string.trim().trim_matches(['"', '\'']);
    Ok(Resource::new(connection_string, options)?)
}

async fn export(arguments: ExportArguments) -> Outcome {
    let text = match arguments.users.as_os_str() == "-" {
        true => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text
        }
        false => std::fs::read_to_string(&arguments.users)
            .map_err(|error| format!("cannot read {}: {error}", arguments.users.display()))?,
    };
    let users = read_users(&text)?;
    if users.is_empty() {
        return Err("the list of users is empty".into());
    }
    let options = ResourceOptions {
        limits: match arguments.no_limits {
            true => RateLimits::none(),
            false => RateLimits::documented(),
        },
        patience: arguments.patience,
    };
    let resource = resource(options)?;
    let to = arguments.to.clone().unwrap_or_default();
    let export = Export::new(resource, &to, users)
        .discover(arguments.discovers())
        .concurrency(arguments.concurrency);
    let (progress, start) = (export.progress(), Instant::now());
    if arguments.dry_run {
        let estimate = tokio::select! {
            estimate = export.estimate() => estimate?,
            () = bars::show(progress) => return Ok(DONE),
            interrupted = bars::interrupted() => return interrupted.map(|()| INTERRUPTED).map_err(Into::into),
        };
        print_estimate(&estimate);
        return Ok(DONE);
    }
    let exported = tokio::select! {
        exported = export.run() => exported?,
        () = bars::show(progress.clone()) => return Ok(DONE),
        interrupted = bars::interrupted() => {
            interrupted?;
            let (done, found) = (progress.threads_done(), progress.threads_found());
            eprintln!(
                "interrupted: {} of {} threads are done; the same command goes on from here",
                words::count(done), words::count(found),
            );
            return Ok(INTERRUPTED);
        }
    };
    print_exported(&exported, &to, start);
    Ok(match exported.is_complete() {
        true => DONE,
        false => INCOMPLETE,
    })
}

fn print_estimate(estimate: &Estimate) {
    println!(
        "{}",
        words::table(&[
            ("users", words::count(estimate.users)),
            ("threads", words::count(estimate.threads)),
            ("messages, at the most", words::count(estimate.messages)),
            ("requests", words::count(estimate.requests)),
            ("time, at the least", words::duration(estimate.duration)),
        ])
    );
    println!("The time is what the documented rate limits allow, if the service answers at once.");
}

fn print_exported(exported: &Exported, to: &Path, start: Instant) {
    let manifest = &exported.manifest;
    let sum = |count: fn(&crate::ThreadEntry) -> u64| manifest.threads.iter().map(count).sum();
    let mut rows = vec![
        ("users", words::count(manifest.user_count)),
        ("threads", words::count(manifest.threads.len() as u64)),
        (
            "of these new or changed",
            words::count(exported.changed_threads),
        ),
        ("messages", words::count(sum(|thread| thread.message_count))),
        (
            "read receipts",
            words::count(sum(|thread| thread.receipt_count)),
        ),
        (
            "pictures",
            words::count(sum(|thread| thread.attachment_count)),
        ),
        (
            "bytes",
            words::count(manifest.files.values().map(|file| file.bytes).sum()),
        ),
        ("time", words::duration(start.elapsed())),
    ];
    let mut kinds: BTreeMap<UnreadKind, u64> = BTreeMap::new();
    for unread in &manifest.unread {
        *kinds.entry(unread.kind).or_default() += 1;
    }
    for (kind, count) in kinds {
        let name = match kind {
            UnreadKind::Gone => "not read: gone",
            UnreadKind::Refused => "not read: refused",
            UnreadKind::Elsewhere => "not read: elsewhere",
            UnreadKind::Unreadable => "not read: unreadable",
            UnreadKind::Failed => "not read: failed",
            UnreadKind::Other => "not read",
        };
        rows.push((name, words::count(count)));
    }
    if exported.users_left_out > 0 {
        rows.push(("users left out", words::count(exported.users_left_out)));
    }
    println!("{}", words::table(&rows));
    println!(
        "The archive is in {}; its manifest.json says what could not be read, and why.",
        to.display()
    );
}

fn print_verified(verified: &Verified) -> Outcome {
    println!(
        "{}",
        words::table(&[
            ("files", words::count(verified.files)),
            ("threads", words::count(verified.threads)),
            ("messages", words::count(verified.messages)),
            ("wrong", words::count(verified.findings.len() as u64)),
        ])
    );
    for finding in verified.findings.iter().take(PRINTED) {
        println!("{}", printable(&finding.to_string()));
    }
    if let Some(more) = verified.findings.len().checked_sub(PRINTED + 1) {
        println!("and {} more", more + 1);
    }
    Ok(match verified.findings.is_empty() {
        true => DONE,
        false => INCOMPLETE,
    })
}

fn print_compared(compared: &Compared) -> Outcome {
    let code = print_verified(&compared.archive)?;
    println!(
        "{}",
        words::table(&[
            (
                "newer messages, not archived yet",
                words::count(compared.newer)
            ),
            (
                "messages that the service shows no more so",
                words::count(compared.no_more)
            ),
            (
                "older messages that the service has no more",
                words::count(compared.cut_off)
            ),
            (
                "files of properties, participants or receipts that are outdated",
                words::count(compared.outdated.len() as u64)
            ),
            (
                "threads that could not be read now",
                words::count(compared.unread.len() as u64)
            ),
        ])
    );
    Ok(code)
}

fn show(archive: &Path, thread: &str) -> Outcome {
    let conversation = Conversation::open(archive, thread)?;
    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "{}\n", printable(conversation.topic()));
    let shown = written.map_err(Into::into).and_then(|()| {
        conversation.read(|message: Shown| -> Result<(), Box<dyn Error>> {
            Ok(writeln!(out, "{}", printable(&line(&message)))?)
        })
    });
    match shown {
        // Whoever reads has read enough.
        Err(error) if is_closed(&*error) => Ok(DONE),
        shown => shown.map(|()| DONE),
    }
}

fn is_closed(error: &(dyn Error + 'static)) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// A message as a line, or more where it has more.
fn line(message: &Shown) -> String {
    let time = words::time(message.sent_on);
    let mut line = match &message.sender {
        Some(sender) => format!("{time}  {sender}: "),
        None => format!("{time}  * "),
    };
    let indent = format!("\n{}", " ".repeat(time.len() + 2));
    match message.deleted_on {
        Some(on) => line.push_str(&format!("(deleted on {})", words::time(on))),
        None => line.push_str(&message.text.replace('\n', &indent)),
    }
    if let Some(on) = message.edited_on {
        line.push_str(&format!(" (edited on {})", words::time(on)));
    }
    for attachment in &message.attachments {
        line.push_str(&format!("{indent}[{attachment}]"));
    }
    line
}
