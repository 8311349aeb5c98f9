//! Nothing of the documents in `spec/` is forgotten: each test here names what a new version of the
//! service has and some part of the project does not.

mod answers;
mod asked;
mod calls;
mod emulator;
mod examples;
mod fuzzers;
mod links;
mod refused;
mod requests;
mod seen;
mod served;
mod tour;
