//! The rules of the store, without a socket.
