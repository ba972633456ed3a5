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
    assert_eq!(checks, ["in progress", "completed, failure", "in progress", success, success]);
    // What the App wrote, as its reader sees it.
    for words in [
        "  │ ✗ failed   it is tested                 lines 14/20 = 70.00 % < 80 % ✗",
        "  │     src/orders.py:12 high B602 subprocess call with shell=True identified",
        "  │ Carried over from the head of #1",
    ] {
        assert!(told.contains(words), "{words:?} is not in\n{told}");
    }
    assert!(!told.contains('\u{1b}'), "colour is for terminals");
}

#[test]
fn a_story_that_goes_otherwise_fails() {
    // By then the policy asks for more coverage than the story has.
    let output = demo(&["--now", "2028-01-01T09:00:00Z", "--patience", "5"]);
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("does not go as it is told"), "{complaint}");
    assert!(complaint.contains("Failed: 1 of 3 required rules not met: it is tested"));
    assert_eq!(demo(&["--now", "soon"]).status.code(), Some(2));
}
