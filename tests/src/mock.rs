//! A mocked service for tests of single requests.
