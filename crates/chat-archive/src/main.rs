//! `chat-archive --help`

use std::process::ExitCode;

fn main() -> ExitCode {
    chat_archive::program::run(std::env::args_os())
}
