//! The load generator works: with tiny numbers it gets to the end and prints every table.

use std::process::Command;

#[test]
fn the_load_generator_measures_all_that_it_is_for() {
    let tiny =
        ["--rounds=1", "--millis=200", "--connections=4", "--events=3", "--pulls=4", "--open=5"];
    let output = Command::new(env!("CARGO_BIN_EXE_load"))
        .arg("all")
        .args(tiny)
        // No round of the sweep: the shortest period is a minute.
        .arg("--sweep=0")
        .output()
        .expect("it can be started");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complaints}");
    for table in ["Webhooks accepted", "From an event to the published check", "Memory on SQLite"] {
        assert!(said.contains(&format!("## {table}\n")), "no table {table:?} in\n{said}");
    }
    for row in [
        "| bare axum, signature only |",
        "| gate-app, SQLite |",
        "| at once | SQLite | review → check concluded |",
        "| after 80 ms | SQLite | review → check concluded |",
        "| 5 × reports came → check updated |",
    ] {
        assert!(said.contains(row), "no row {row:?} in\n{said}");
    }
    // Several processes share a PostgreSQL, where there is one.
    let shared = "| review → check concluded | 4 |";
    let has_postgres = std::env::var_os("GATE_TEST_POSTGRES").is_some();
    assert_eq!(said.contains(shared), has_postgres, "{said}");
}
