//! Each operation through the public interface of `chat`, against a mocked service: what is sent,
//! what is not, and what comes of each answer.

mod bad_ids;
mod bad_input;
mod bounds_of_types;
mod bulk;
mod connections;
mod continuations;
mod error_answers;
mod exactly_once;
mod idempotency;
mod identity;
mod messages;
mod next_links;
mod outcome;
mod paging;
mod partial_failure;
mod participants;
mod rate_limits;
mod receipts_and_typing;
mod retries;
mod secrets;
mod thread_properties;
mod threads;
mod unknown_values;
mod unreadable_answers;
