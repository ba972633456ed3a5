//! Any bytes against the check `recognise`; see `fuzz/checks/recognise.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("recognise", bytes));
