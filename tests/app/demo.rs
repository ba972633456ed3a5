//! The demonstration on the terminal.

use std::process::{Command, Output};

fn demo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_demo")).args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn the_story_is_told_to_its_end() {
    let output = demo(&[]);
    let (told, complaint) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{complaint}\n{told}");
    let checks: Vec<&str> =
        told.lines().filter_map(|line| line.strip_prefix("  ┌ check gate: ")).collect();
    let success = "completed, success";
    let failure = "completed, failure";
    assert_eq!(checks, [failure, failure, "in progress", success, success]);
    // What the App wrote, as its reader sees it.
    for words in [
        "  │ ✗ failed   enough of the project is tested            combined 249/753 = 33.06 % < 47.77 %",
        "B602 at src/peak_trade/broker.py:22",
        "  │ Failed: 18 of 21 required rules not met",
        "  │ Passed: all required rules hold (21 of 21)",
        "  │ Carried over from the head of #1",
    ] {
        assert!(told.contains(words), "{words:?} is not in\n{told}");
    }
    assert!(!told.contains('\u{1b}'), "colour is for terminals");
}

#[test]
fn a_story_that_goes_otherwise_fails() {
    // Nothing is waited for, and no check is there at once.
    let output = demo(&["--patience", "0"]);
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("does not go as it is told"), "{complaint}");
    assert!(complaint.contains("on their way"), "{complaint}");
    assert_eq!(demo(&["--now", "soon"]).status.code(), Some(2));
}
