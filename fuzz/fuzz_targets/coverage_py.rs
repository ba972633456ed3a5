//! Any bytes against the check `coverage_py`; see `fuzz/checks/report.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("coverage_py", bytes));
