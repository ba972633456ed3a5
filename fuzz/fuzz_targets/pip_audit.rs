//! Any bytes against the check `pip_audit`; see `fuzz/checks/pip_audit.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("pip_audit", bytes));
