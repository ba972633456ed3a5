//! The command line, as somebody types it.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::process::{Command, Output};

use gate_app::settings::TABLE;

fn gate_app(words: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gate-app"));
    // Nothing of the machine's own settings.
    command.args(words).env_clear().envs(settings.iter().copied());
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn help_names_every_command_and_every_setting() {
    let output = gate_app(&["--help"], &[]);
    assert!(output.status.success());
    let help = text(&output.stdout);
    for command in ["serve", "doctor", "health"] {
        let begin = format!("  {command} ");
        assert!(help.lines().any(|line| line.starts_with(&begin)), "{help}");
    }
    for setting in TABLE {
        let line = help.lines().find(|line| line.contains(&format!("{} ", setting.name)));
        let line = line.unwrap_or_else(|| panic!("{} is not in\n{help}", setting.name));
        let default = setting.default == "none" || line.contains(setting.default);
        assert!(default, "{line}");
    }
    let version = gate_app(&["--version"], &[]);
    assert_eq!(text(&version.stdout), format!("gate-app {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_command_line_that_means_nothing_is_refused() {
    for words in [&[][..], &["serv"], &["serve", "--port"], &["serve", "now"]] {
        let output = gate_app(words, &[]);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(text(&output.stderr).contains("Usage: gate-app"), "{words:?}");
    }
}

#[test]
fn every_problem_of_the_settings_is_said_at_once() {
    let settings = [
        ("GATE_LISTEN", "everywhere"),
        ("GATE_APP_ID", "4711"),
        ("GATE_PRIVATE_KEY_FILE", "/nowhere/key.pem"),
        ("GATE_WORKRES", "4"),
        ("DATABASE_URL", "mysql://gate:hunter2@db"),
    ];
    let output = gate_app(&["serve"], &settings);
    assert_eq!(output.status.code(), Some(2));
    let complaint = text(&output.stderr);
    for words in [
        "GATE_LISTEN",
        "/nowhere/key.pem",
        "GATE_WEBHOOK_SECRET: is not set",
        "did you mean GATE_WORKERS?",
        "DATABASE_URL: must begin with sqlite:// or postgres://",
    ] {
        assert!(complaint.contains(words), "{words:?} is not in\n{complaint}");
    }
    assert!(!complaint.contains("hunter2"), "{complaint}");
}
