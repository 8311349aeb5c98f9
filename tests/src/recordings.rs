//! The recordings of the real service, where they are at hand.
