//! chat-rest
