//! Any bytes against the check `diff`; see `fuzz/checks/diff.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("diff", bytes));
