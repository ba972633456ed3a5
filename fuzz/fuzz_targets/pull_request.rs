//! Any bytes against the check `pull_request`; see `fuzz/checks/pull_request.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("pull_request", bytes));
