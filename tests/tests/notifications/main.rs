//! The service's notifications, from the emulator to a program: events, disturbances, tokens.

mod disturbances;
mod events;
mod scene;
mod tokens;
mod watches;
