//! Archives of the emulator's conversations.

mod export;
mod kills;
mod verify;
