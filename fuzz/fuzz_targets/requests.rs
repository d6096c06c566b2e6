#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tiaokuan::fuzzing::requests(data));
