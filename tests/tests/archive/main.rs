//! Archives of the emulator's conversations.

mod export;
#[cfg(unix)]
mod interrupted;
mod kills;
mod unread;
mod verify;
