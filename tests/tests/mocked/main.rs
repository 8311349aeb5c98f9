//! Each operation through the public interface of `chat`, against a mocked service: what is sent,
//! what is not, and what comes of each answer.

mod bad_ids;
mod bad_input;
mod bounds_of_types;
mod bulk;
mod captive_portal;
mod clock_of_the_service;
mod connections;
mod continuations;
mod downloads;
mod error_answers;
mod exactly_once;
mod idempotency;
mod identity;
mod large_threads;
mod messages;
mod next_links;
mod outcome;
mod paging;
mod partial_failure;
mod participants;
mod proxies;
mod rate_limits;
mod raw_json;
mod receipts_and_typing;
mod retries;
mod secrets;
mod shared_transport;
mod thread_properties;
mod threads;
mod unknown_values;
mod unreadable_answers;
mod watching;
mod whole_call;
mod windows;
mod words_of_errors;
