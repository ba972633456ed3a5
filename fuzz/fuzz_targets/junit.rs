//! Any bytes against the check `junit`; see `fuzz/checks/junit.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("junit", bytes));
