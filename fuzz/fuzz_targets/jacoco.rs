//! Any bytes against the check `jacoco`; see `fuzz/checks/report.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("jacoco", bytes));
