#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chat_emulator::fuzzing::states(data));
