//! Any bytes against the check `bandit`; see `fuzz/checks/bandit.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("bandit", bytes));
