#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chat::fuzzing::chat_answers(data));
