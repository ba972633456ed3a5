//! Any bytes against the check `gate_metrics`; see `fuzz/checks/gate_metrics.rs`.

#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::run("gate_metrics", bytes));
