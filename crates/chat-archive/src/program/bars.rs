//! Progress for people: bars on a terminal, otherwise a line now and then.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::words;
use crate::progress::Progress;

/// How often bars move, and how often a line is printed.
const TICK: Duration = Duration::from_millis(200);
const LINE: Duration = Duration::from_secs(10);

/// Clears a line of the terminal, and goes up to the one before.
const BACK_BY_A_LINE: &str = "\r\x1b[K\x1b[A";

/// Shows progress until the future it is raced with has ended.
pub(super) async fn show(progress: Arc<Progress>) {
    match std::io::stderr().is_terminal() {
        true => bars(&progress).await,
        false => lines(&progress).await,
    }
}

/// Waits for Ctrl-C. A terminal echoes that behind the bars, which reach to its right side: on a line of its own,
/// of which the bars do not know.
pub(super) async fn interrupted() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await?;
    if std::io::stderr().is_terminal() {
        eprint!("{BACK_BY_A_LINE}");
    }
    Ok(())
}

async fn lines(progress: &Progress) {
    let start = Instant::now();
    loop {
        tokio::time::sleep(LINE).await;
        eprintln!("{}", line(progress, start.elapsed()));
    }
}

fn line(progress: &Progress, elapsed: Duration) -> String {
    format!(
        "{}: users {}/{}, threads {}/{}, messages {} ({}/s), failures {}, {}",
        words::duration(elapsed),
        words::count(progress.users_done()),
        words::count(progress.users_found()),
        words::count(progress.threads_done()),
        words::count(progress.threads_found()),
        words::count(progress.messages()),
        words::count(rate(progress, elapsed)),
        words::count(progress.failures()),
        left(progress, elapsed),
    )
}

fn rate(progress: &Progress, elapsed: Duration) -> u64 {
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    progress.messages().saturating_mul(1000) / millis.max(1)
}

/// When it will end, if the threads that are left take as long as those that are done.
fn left(progress: &Progress, elapsed: Duration) -> String {
    let (done, found) = (progress.threads_done(), progress.threads_found());
    match (done, found.saturating_sub(done)) {
        (0, _) => "the end cannot be told yet".to_owned(),
        (_, 0) => "about to end".to_owned(),
        (done, left) => {
            let seconds = elapsed.as_secs_f64() * left as f64 / done as f64;
            match Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX) {
                left if left < Duration::from_secs(1) => "about to end".to_owned(),
                left => format!("about {} left", words::duration(left)),
            }
        }
    }
}

/// Takes the bars from the terminal when they are not shown any more.
struct Shown(MultiProgress);

impl Drop for Shown {
    fn drop(&mut self) {
        // Where they cannot be taken away, they stay.
        let _ = self.0.clear();
    }
}

async fn bars(progress: &Progress) {
    let start = Instant::now();
    let Shown(all) = &Shown(MultiProgress::new());
    let bar = |name: &'static str| {
        let bar = all.add(ProgressBar::new(0));
        // What does not fit into the terminal is cut off: a line that wraps could not be drawn over.
        let template = "{prefix:>9} [{bar:30}] {human_pos}/{human_len} {wide_msg}";
        let style = ProgressStyle::with_template(template);
        // A template that is wrong is a bar of the usual style.
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(name);
        bar
    };
    let (users, threads) = (bar("users"), bar("threads"));
    let messages = all.add(ProgressBar::new_spinner());
    if let Ok(style) = ProgressStyle::with_template("{prefix:>9} {wide_msg}") {
        messages.set_style(style);
    }
    messages.set_prefix("messages");
    loop {
        let elapsed = start.elapsed();
        users.set_length(progress.users_found());
        users.set_position(progress.users_done());
        threads.set_length(progress.threads_found());
        threads.set_position(progress.threads_done());
        threads.set_message(left(progress, elapsed));
        messages.set_message(format!(
            "{} ({}/s); pictures {}; failures {}; after {}",
            words::count(progress.messages()),
            words::count(rate(progress, elapsed)),
            words::count(progress.pictures()),
            words::count(progress.failures()),
            words::duration(elapsed),
        ));
        tokio::time::sleep(TICK).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_is_told_by_the_threads_that_are_done() {
        let progress = Progress::default();
        let elapsed = Duration::from_secs(8);
        progress.found_threads(40);
        assert_eq!(left(&progress, elapsed), "the end cannot be told yet");
        let done = |count: usize| (0..count).for_each(|_| progress.thread_done());
        done(10);
        assert_eq!(left(&progress, elapsed), "about 24 s left");
        done(29);
        assert_eq!(left(&progress, elapsed), "about to end");
        done(1);
        assert_eq!(left(&progress, elapsed), "about to end");
        progress.read_messages(4_000);
        assert_eq!(rate(&progress, elapsed), 500);
        assert_eq!(rate(&progress, Duration::ZERO), 4_000_000);
    }
}
