//! What happens in threads, as a webhook gets it that has subscribed as to Azure Event Grid.

mod control;
mod deliveries;
mod end;
mod faults;
mod handshakes;
mod scene;
mod secrets;
mod webhook;
