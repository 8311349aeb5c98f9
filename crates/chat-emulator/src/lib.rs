//! chat-emulator
