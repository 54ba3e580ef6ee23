#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| { if data.starts_with(b"ab") { std::hint::black_box(data); } });
