//! Any bytes against the check `record`; see `fuzz/checks/record.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("record", bytes));
