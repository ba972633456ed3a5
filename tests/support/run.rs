//! What a run of `gate` left behind, and what every run must keep.

use std::{path::Path, process::Output, sync::OnceLock};

use jsonschema::Validator;
use serde_json::Value;

/// A run that has ended: what it printed and how it ended.
#[derive(Debug, Clone)]
pub struct Run {
    /// The command line, for messages.
    pub command: String,
    /// What it printed.
    pub stdout: String,
    /// What it said beside that.
    pub stderr: String,
    /// How it ended.
    pub code: i32,
}

impl Run {
    #[track_caller]
    pub(crate) fn new(command: String, output: Output) -> Self {
        let text = |bytes: Vec<u8>, stream: &str| {
            String::from_utf8(bytes).unwrap_or_else(|_| panic!("{command}: {stream} is no text"))
        };
        let stdout = text(output.stdout, "stdout");
        let stderr = text(output.stderr, "stderr");
        let Some(code) = output.status.code() else {
            panic!("{command}: killed, {}\n{stderr}", output.status);
        };
        let run = Self { command, stdout, stderr, code };
        run.expect_what_always_holds();
        run
    }

    #[track_caller]
    fn expect_what_always_holds(&self) {
        for text in [&self.stdout, &self.stderr] {
            for forbidden in ["panicked at", "RUST_BACKTRACE", "failed inside"] {
                assert!(!text.contains(forbidden), "gate crashed\n{self}");
            }
            assert!(!text.contains('\u{1b}'), "an escape sequence in a pipe\n{self}");
        }
        assert!((0..=3).contains(&self.code), "no exit code of gate\n{self}");
        if let Ok(json) = serde_json::from_str::<Value>(&self.stdout) {
            expect_sound_verdict(&json);
        }
    }

    /// Ended with this code.
    #[track_caller]
    pub fn expect_exit(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "another exit code\n{self}");
        self
    }

    /// Did what it was asked to, without a word beside it.
    #[track_caller]
    pub fn expect_success(&self) -> &Self {
        assert_eq!(self.stderr, "", "complaints\n{self}");
        self.expect_exit(0)
    }

    /// Refused: exit code 2, nothing on stdout, and a complaint of gate's that says all of this.
    #[track_caller]
    pub fn expect_refused(&self, because: &[&str]) -> &Self {
        self.expect_exit(2);
        assert_eq!(self.stdout, "", "a refusal prints nothing\n{self}");
        assert_eq!(self.stderr.matches("gate: ").count(), 1, "one error\n{self}");
        assert!(self.stderr.starts_with("gate: "), "who complains is not said\n{self}");
        for words in because {
            self.expect_complaint(words);
        }
        self
    }

    /// Said this on stderr.
    #[track_caller]
    pub fn expect_complaint(&self, words: &str) -> &Self {
        assert!(self.stderr.contains(words), "stderr does not say {words:?}\n{self}");
        self
    }

    /// Printed a line with this in it.
    #[track_caller]
    pub fn expect_line(&self, words: &str) -> &Self {
        let has = self.stdout.lines().any(|line| line.contains(words));
        assert!(has, "no line says {words:?}\n{self}");
        self
    }

    /// Printed no line with this in it.
    #[track_caller]
    pub fn expect_no_line(&self, words: &str) -> &Self {
        let has = self.stdout.lines().any(|line| line.contains(words));
        assert!(!has, "a line says {words:?}\n{self}");
        self
    }

    /// What it printed, as JSON.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON: {error}\n{self}"))
    }

    /// What it wrote into this file, held against the schema if it is a JSON verdict.
    #[track_caller]
    #[must_use]
    pub fn written(&self, file: impl AsRef<Path>) -> String {
        let file = file.as_ref();
        let text = std::fs::read_to_string(file)
            .unwrap_or_else(|error| panic!("{}: {error}\n{self}", file.display()));
        if let Ok(json) = serde_json::from_str(&text) {
            expect_sound_verdict(&json);
        }
        text
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = |text: &str| text.chars().take(8_000).collect::<String>();
        let Self { command, stdout, stderr, code } = self;
        let (command, stdout, stderr) = (short(command), short(stdout), short(stderr));
        write!(f, "$ {command}\n{stdout}\n--- stderr ---\n{stderr}\n--- exit code {code} ---")
    }
}

/// Holds a JSON against the committed schema, if it is a verdict.
#[track_caller]
fn expect_sound_verdict(json: &Value) {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| {
        let text = include_str!("../../gate-core/verdict.schema.json");
        let schema = serde_json::from_str(text).expect("the committed schema is JSON");
        jsonschema::validator_for(&schema).expect("the committed schema is a schema")
    });
    if json.get("schema").is_some_and(|schema| schema == "gate/verdict/v1") {
        let problems: Vec<_> =
            schema.iter_errors(json).map(|error| error.to_string()).take(5).collect();
        assert!(problems.is_empty(), "the verdict does not fit its schema: {problems:#?}");
    }
}
