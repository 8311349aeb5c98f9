//! The state as rows of tables: what a change of the store changes in them, and the store made of them.
//!
//! A row is the JSON of a type of the store, so that people can read it. A field that a later version adds
//! needs a default, and rows of before can still be read.

mod changes;
mod loading;
mod row;
#[cfg(test)]
mod tests;

#[cfg(any(test, feature = "data"))]
pub(crate) use loading::Loading;
pub(crate) use row::RowChange;
#[cfg(any(test, feature = "data"))]
pub(crate) use row::Table;
