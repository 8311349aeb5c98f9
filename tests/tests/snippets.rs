//! Every Rust snippet of the workspace's pages compiles and runs.

include!(concat!(env!("OUT_DIR"), "/snippets.rs"));
