//! `gate-app doctor`: the real program, asked in front of a GitHub on which one thing is wrong.

mod accounts;
mod settings;
mod store;
mod webhook;

use std::process::Command;

use gate_tests::{App, github::FakeGitHub};
use serde_json::{Value, json};

use crate::app::{POLICY, repository};

/// What the program said.
#[derive(Debug)]
struct Told {
    code: Option<i32>,
    text: String,
}

impl Told {
    /// The finding about this, at this place, with what is to be done about it.
    #[track_caller]
    fn about(&self, place: &str, check: &str) -> String {
        let place = self.text.split("\n\n").find(|part| part.starts_with(place));
        let mut lines = place.unwrap_or_else(|| panic!("nothing is told of it: {self:?}")).lines();
        let found = lines.find(|line| line.split_whitespace().nth(1) == Some(check));
        let found = found.unwrap_or_else(|| panic!("nothing is told of {check}:\n{}", self.text));
        let advice = lines.next().filter(|line| line.trim_start().starts_with('→'));
        let advice = advice.map(|line| format!(" {}", line.trim())).unwrap_or_default();
        format!("{}{advice}", found.trim())
    }

    /// One thing is wrong, and it is told with these words.
    #[track_caller]
    fn wrong(&self, place: &str, check: &str, words: &[&str]) {
        assert_eq!(self.code, Some(1), "{}", self.text);
        self.told('✗', (place, check), words);
    }

    /// It is worth knowing, and the App works.
    #[track_caller]
    fn notice(&self, place: &str, check: &str, words: &[&str]) {
        assert_eq!(self.code, Some(0), "{}", self.text);
        self.told('!', (place, check), words);
    }

    #[track_caller]
    fn told(&self, sign: char, (place, check): (&str, &str), words: &[&str]) {
        let found = self.about(place, check);
        assert!(found.starts_with(sign), "{found}");
        for words in words {
            assert!(found.contains(words), "{words:?} is not in\n{found}\n\n{}", self.text);
        }
    }
}

/// A GitHub on which all is well, and the App at work on it.
fn sound() -> (FakeGitHub, App) {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app_id = github.app_id();
    github.add_ruleset("acme/shop", requires("gate", Some(app_id)));
    let app = App::start(&github);
    github.protect("acme/shop", "main", None);
    github.delivered();
    (github, app)
}

/// A ruleset that requires a check.
fn requires(check: &str, app: Option<u64>) -> Value {
    let mut required = json!({ "context": check });
    if let Some(app) = app {
        required["integration_id"] = json!(app);
    }
    json!({"name": "the gate", "target": "branch", "rules": [{
        "type": "required_status_checks",
        "parameters": {
            "strict_required_status_checks_policy": false, "required_status_checks": [required],
        },
    }]})
}

fn doctor_with(github: &FakeGitHub, app: &App, changed: &[(&str, &str)], words: &[&str]) -> Told {
    let settings = [
        ("GATE_PUBLIC_URL", app.url()),
        ("GATE_APP_ID", github.app_id().to_string()),
        ("GATE_PRIVATE_KEY", github.private_key()),
        ("GATE_WEBHOOK_SECRET", github.webhook_secret()),
        ("GATE_GITHUB_API_URL", github.url().to_owned()),
        ("DATABASE_URL", app.database()),
    ];
    let mut command = Command::new(gate_tests::gate_app());
    command.arg("doctor").args(words).env_clear().envs(settings);
    for (name, value) in changed {
        command.env(name, value);
    }
    let output = command.output().expect("it runs");
    let told = [output.stdout, output.stderr].concat();
    Told { code: output.status.code(), text: String::from_utf8(told).expect("UTF-8") }
}

fn doctor(github: &FakeGitHub, app: &App) -> Told {
    doctor_with(github, app, &[], &[])
}

fn end(github: FakeGitHub, app: App) {
    github.delivered();
    drop(app);
    github.finish();
}

const APP: &str = "the App";
const ACME: &str = "acme (installation";
const SHOP: &str = "acme/shop";
