//! Programs that are built, run, and kept running while others are measured.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Builds the program of a package in release mode, as one that adds it builds it, and gives its file.
pub(super) fn build(root: &Path, package: &str, features: &[&str]) -> Result<PathBuf, String> {
    let mut build = cargo(root);
    build.args(["build", "--release", "--message-format=json"]);
    build.args(["--package", package, "--features", &features.join(",")]);
    let (messages, _) = run(build.stderr(Stdio::inherit()))?;
    let mut executables = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    executables
        .next_back()
        .ok_or_else(|| format!("cargo built no program of {package}"))
}

pub(super) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// What a command prints, and what it reports.
pub(super) fn run(command: &mut Command) -> Result<(String, String), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("{name} can't be run: {error}"))?;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let (printed, report) = (text(&output.stdout), text(&output.stderr));
    match output.status.success() {
        true => Ok((printed, report)),
        false => Err(format!("{name} has failed ({}):\n{report}", output.status)),
    }
}

/// A server in a process of its own. It ends with this.
#[derive(Debug)]
pub(super) struct Server {
    process: Child,
    /// The lines that it printed when it was ready.
    pub(super) lines: Vec<String>,
}

impl Server {
    /// Starts it, and waits until it has printed a line that begins like this.
    pub(super) fn start(command: &mut Command, last_line: &str) -> Result<Self, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut process = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name} did not start: {error}"))?;
        let output = process.stdout.take().map(BufReader::new);
        let mut server = Self {
            process,
            lines: Vec::new(),
        };
        for line in output.into_iter().flat_map(BufRead::lines) {
            let line = line.map_err(|error| format!("{name} can't be read: {error}"))?;
            let is_ready = line.starts_with(last_line);
            server.lines.push(line);
            if is_ready {
                return Ok(server);
            }
        }
        Err(format!("{name} has ended before it was ready"))
    }

    /// What stands after a name in the lines.
    pub(super) fn said(&self, name: &str) -> Result<&str, String> {
        let mut values = self.lines.iter().filter_map(|line| line.strip_prefix(name));
        values
            .next()
            .ok_or_else(|| format!("the server did not say {name}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The figures that a program prints, one a line, each after its name.
#[derive(Debug)]
pub(super) struct Figures(BTreeMap<String, f64>);

impl Figures {
    pub(super) fn read(printed: &str) -> Self {
        let figures = printed.lines().filter_map(|line| {
            let (name, figure) = line.rsplit_once(' ')?;
            Some((name.to_owned(), figure.parse().ok()?))
        });
        Self(figures.collect())
    }

    pub(super) fn get(&self, name: &str) -> Result<f64, String> {
        let figure = self.0.get(name).copied();
        figure.ok_or_else(|| format!("the program did not print {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_ready_when_it_says_so_and_ends_when_it_is_dropped() {
        let script = "echo endpoint=here; echo ready; echo never-read; exec sleep 600";
        let server = Server::start(Command::new("sh").args(["-c", script]), "ready").unwrap();
        assert_eq!(server.lines, ["endpoint=here", "ready"]);
        assert_eq!(server.said("endpoint="), Ok("here"));
        assert!(server.said("token=").is_err());
    }

    #[test]
    fn a_server_that_ends_early_is_reported() {
        let error = Server::start(Command::new("sh").args(["-c", "echo no"]), "ready").unwrap_err();
        assert!(error.contains("before it was ready"), "{error}");
    }

    #[test]
    fn figures_are_read_by_their_names() {
        let figures = Figures::read("cpu 1500\na client 2.5\nnothing\n");
        assert_eq!(figures.get("cpu"), Ok(1500.0));
        assert_eq!(figures.get("a client"), Ok(2.5));
        assert!(figures.get("nothing").is_err());
    }
}
