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

/// Shows progress until the future it is raced with has ended.
pub(super) async fn show(progress: Arc<Progress>) {
    match std::io::stderr().is_terminal() {
        true => bars(&progress).await,
        false => lines(&progress).await,
    }
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
            let left = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
            format!("about {} left", words::duration(left))
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
        let style = ProgressStyle::with_template("{prefix:>9} [{bar:40}] {pos}/{len} {msg}");
        // A template that is wrong is a bar of the usual style.
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(name);
        bar
    };
    let (users, threads) = (bar("users"), bar("threads"));
    let messages = all.add(ProgressBar::new_spinner());
    if let Ok(style) = ProgressStyle::with_template("{prefix:>9} {msg}") {
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
            "{}, {}/s; pictures {}; failures {}; {}",
            words::count(progress.messages()),
            words::count(rate(progress, elapsed)),
            words::count(progress.pictures()),
            words::count(progress.failures()),
            words::duration(elapsed),
        ));
        tokio::time::sleep(TICK).await;
    }
}
