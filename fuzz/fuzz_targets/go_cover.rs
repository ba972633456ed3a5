//! Any bytes against the check `go_cover`; see `fuzz/checks/report.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("go_cover", bytes));
