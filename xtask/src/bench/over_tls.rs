//! The measured program, and a server over TLS that does nothing: of HTTP/1.1 alone, or of HTTP/2 too.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::program::{self, Figures, Server, run};

/// What the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Http {
    One,
    Two,
}

#[derive(Debug)]
pub(super) struct OverTls {
    pub(super) program: PathBuf,
    servers: [(Server, PathBuf); 2],
    _folder: tempfile::TempDir,
}

impl OverTls {
    /// Builds both and starts the servers. The program has these features.
    pub(super) fn new(root: &Path, features: &[&str]) -> Result<Self, String> {
        let program = program::build(root, "chat-bench", features)?;
        let server = program::build(root, "chat-bench-server", &[])?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let start = |http: Http| {
            let certificate = folder.path().join(format!("{http:?}.pem"));
            let mut command = Command::new(&server);
            command.arg(&certificate);
            if http == Http::Two {
                command.arg("--http2");
            }
            Ok::<_, String>((Server::start(&mut command, "https://")?, certificate))
        };
        Ok(Self {
            program,
            servers: [start(Http::One)?, start(Http::Two)?],
            _folder: folder,
        })
    }

    /// Runs the program with these arguments, after which the address of a server comes.
    pub(super) fn run(&self, http: Http, arguments: &[&str]) -> Result<Figures, String> {
        Ok(Figures::read(&run(&mut self.command(http, arguments))?.0))
    }

    pub(super) fn command(&self, http: Http, arguments: &[&str]) -> Command {
        let (server, certificate) = &self.servers[usize::from(http == Http::Two)];
        let mut command = Command::new(&self.program);
        command.args(arguments).args(server.lines.last());
        command.env("SSL_CERT_FILE", certificate);
        command.env("NO_PROXY", "localhost");
        command
    }
}
