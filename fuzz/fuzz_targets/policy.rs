//! Any bytes against the check `policy`; see `fuzz/checks/policy.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("policy", bytes));
