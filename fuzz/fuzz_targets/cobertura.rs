//! Any bytes against the check `cobertura`; see `fuzz/checks/cobertura.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("cobertura", bytes));
