//! Running the programs that a stage is made of.

use std::{
    env, io,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Instant,
};

#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("{command}: {error}")]
    Start { command: String, error: io::Error },
    #[error("failed: {0}")]
    Failed(String),
    #[error("{path}: {error}", path = path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("stage {name} (alone: cargo xtask ci {name}): {error}")]
    Stage {
        name: &'static str,
        error: Box<Error>,
    },
    #[error("{0}")]
    Other(String),
}

/// Runs programs at the root of the project, and says what it runs and when.
pub(super) struct Runner {
    root: PathBuf,
    started: Instant,
}

impl Runner {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            started: Instant::now(),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    /// A command of the cargo that runs this.
    pub(super) fn cargo_command(&self, arguments: &[&str]) -> Command {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(arguments).current_dir(&self.root);
        command
    }

    pub(super) fn cargo(&self, arguments: &[&str]) -> Result<(), Error> {
        self.run(&mut self.cargo_command(arguments))
    }

    pub(super) fn program(&self, program: &str, arguments: &[&str]) -> Result<(), Error> {
        let mut command = Command::new(program);
        self.run(command.args(arguments).current_dir(&self.root))
    }

    pub(super) fn run(&self, command: &mut Command) -> Result<(), Error> {
        let text = text(command);
        println!("\n== {text} (after {} s)", self.seconds());
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(Error::Failed(text)),
            Err(error) => Err(Error::Start {
                command: text,
                error,
            }),
        }
    }

    /// What a command prints, where that is all there is to it.
    pub(super) fn output(&self, program: &str, arguments: &[&str]) -> Option<Output> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root);
        command
            .output()
            .ok()
            .filter(|output| output.status.success())
    }

    /// Whether a command is there and succeeds.
    pub(super) fn has(&self, program: &str, arguments: &[&str]) -> bool {
        self.output(program, arguments).is_some()
    }
}

fn text(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name();
    let words = program.into_iter().chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_fails_is_an_error_with_its_words() {
        let runner = Runner::new(Path::new("."));

        runner.cargo(&["--version"]).unwrap();
        let error = runner.cargo(&["no-such-command"]).unwrap_err();

        assert!(
            error.to_string().ends_with("cargo no-such-command"),
            "{error}"
        );
        assert!(!runner.has("no-such-program", &[]));
    }
}
