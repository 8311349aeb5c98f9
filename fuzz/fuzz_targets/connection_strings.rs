#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chat::fuzzing::connection_strings(data));
