//! A step of GitHub Actions: the log as the runner reads it, and the summary.

use gate_tests::{Bandit, Gate, Repository, Run, finding};

use super::mixed;
use crate::render::{HOSTILE, parsed, with_words};

/// A workflow command, as the runner understands it.
#[derive(Debug, PartialEq)]
struct Command {
    word: String,
    properties: Vec<(String, String)>,
    message: String,
}

impl Command {
    fn property(&self, key: &str) -> Option<&str> {
        self.properties.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

/// The commands in a log: a line that begins with `::` after white space, or holds `##[`; none between
/// `stop-commands` and its token.
#[track_caller]
fn commands(log: &str) -> Vec<Command> {
    let mut found = Vec::new();
    let mut stopped: Option<String> = None;
    for line in log.lines() {
        let line = line.trim();
        if let Some(token) = &stopped {
            if line == format!("::{token}::") {
                stopped = None;
            }
            continue;
        }
        let Some(rest) = line.strip_prefix("::") else {
            assert!(!line.contains("##["), "a command of the old form: {line}");
            continue;
        };
        let (head, message) = rest.split_once("::").expect("a command has a message");
        let (word, properties) = head.split_once(' ').unwrap_or((head, ""));
        if word == "stop-commands" {
            stopped = Some(message.to_owned());
            continue;
        }
        let property = |text: &str| {
            let (key, value) = text.split_once('=').expect("a property has a value");
            (key.to_owned(), unescaped(value))
        };
        found.push(Command {
            word: word.to_owned(),
            properties: properties
                .split(',')
                .filter(|text| !text.is_empty())
                .map(property)
                .collect(),
            message: unescaped(message),
        });
    }
    assert_eq!(stopped, None, "commands stay stopped");
    found
}

fn unescaped(text: &str) -> String {
    let plain = text.replace("%3A", ":").replace("%2C", ",");
    plain.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
}

/// `gate check` in a step.
fn step(repository: &Repository) -> Gate {
    repository.gate_check().env("GITHUB_ACTIONS", "true")
}

#[track_caller]
fn log_of(run: &Run) -> Vec<Command> {
    commands(&run.stdout)
}

#[test]
fn every_rule_that_does_not_hold_is_told_and_then_the_places() {
    let run = step(&mixed()).run();
    run.expect_exit(1);
    let told = log_of(&run);
    let seen: Vec<(&str, &str)> = told
        .iter()
        .map(|command| (command.word.as_str(), command.property("title").unwrap()))
        .collect();
    assert_eq!(
        seen,
        [
            ("error", "failed: no insecure code"),
            ("error", "failed: tested"),
            ("error", "no insecure code"),
            ("warning", "failed: clean"),
            ("warning", "clean"),
            ("warning", "clean"),
        ],
        "{run}"
    );
    let place = &told[2];
    assert_eq!(place.property("file"), Some("src/a b.py"));
    assert_eq!((place.property("line"), place.property("endLine")), (Some("7"), Some("7")));
    assert!(place.message.contains("shell, with: 100 %"), "{place:?}");
    assert!(told[1].message.contains("4/10 = 40.00 % < 80 %"), "{told:?}");
    assert!(told[1].message.contains("\n→ cover 4 more lines"), "{told:?}");
}

#[test]
fn the_text_stands_in_the_log_where_it_gives_no_commands() {
    let repository = mixed();
    let text = repository.gate_check().run().stdout;
    let run = step(&repository).run();
    assert!(run.stdout.contains(&text), "{run}");
    let first = run.stdout.lines().next().unwrap();
    assert!(first.starts_with("::stop-commands::sha256-"), "{run}");
}

#[test]
fn is_what_is_printed_in_actions_unless_something_else_is_asked_for() {
    let repository = mixed();
    let text = repository.gate_check().run().stdout;
    let named = repository.gate_check().arg("--format").arg("github").run();
    assert_eq!(step(&repository).run().stdout, named.stdout);
    assert_eq!(step(&repository).arg("--format").arg("text").run().stdout, text);
    let run = step(&repository).arg("--output").arg("it.txt").run();
    assert_eq!((run.written(repository.path("it.txt")), &*run.stdout), (text.clone(), ""));
    // Only the word that GitHub writes.
    let not_there = repository.gate_check().env("GITHUB_ACTIONS", "false").run();
    assert_eq!(not_there.stdout, text);
}

#[test]
fn the_exit_code_is_the_verdicts() {
    step(&mixed()).run().expect_exit(1);
    step(&Repository::with_rule("review: {}")).run().expect_exit(3);
    let approved = Repository::with_rule("review: {}")
        .fixture("pull-request.json", "pull-request/approved.json");
    let run = step(&approved).run();
    run.expect_exit(0);
    assert_eq!(log_of(&run), []);
}

#[test]
fn a_gate_to_which_no_rule_applied_is_an_error_too() {
    let repository = Repository::with_rule("unless: { draft: false }, review: {}")
        .fixture("pull-request.json", "pull-request/approved.json");
    let run = step(&repository).run();
    run.expect_exit(3);
    let told = log_of(&run);
    assert_eq!(told.len(), 1, "{run}");
    assert_eq!(told[0].message, "Inconclusive: no rule applied");
}

#[test]
fn no_more_are_told_than_are_shown_and_the_rest_is_counted() {
    let many = (1..=40).map(|line| finding("B1", "src/a.py", line));
    let repository = Repository::with_rule("findings: { report: bandit, at-most: 0 }")
        .file("bandit.json", Bandit::with(many).json());
    let run = step(&repository).run();
    assert_eq!(log_of(&run).len(), 10, "{run}");
    run.expect_line("gate: 31 more annotations not shown beside the code");
}

#[test]
fn files_are_named_from_the_workspace() {
    let workspace = mixed();
    let below = workspace.folder().parent().unwrap();
    let run = step(&workspace).env("GITHUB_WORKSPACE", below.to_str().unwrap()).run();
    let folder = workspace.folder().file_name().unwrap().to_str().unwrap();
    assert_eq!(log_of(&run)[2].property("file"), Some(&*format!("{folder}/src/a b.py")));
    // Elsewhere than the workspace, paths are what they are.
    let other = Repository::empty();
    let run = step(&workspace).env("GITHUB_WORKSPACE", other.folder().to_str().unwrap()).run();
    assert_eq!(log_of(&run)[2].property("file"), Some("src/a b.py"));
}

#[test]
fn foreign_words_give_no_command() {
    let commands_of_the_runner = [
        "::add-mask::secret",
        "::set-output name=x::y",
        "::error::x",
        "##[error]x",
        "::sha256-0::",
        "x%0A::error::y",
        "a,line=9,title=x::y",
    ];
    for word in HOSTILE.into_iter().chain(commands_of_the_runner) {
        let run = step(&with_words(word)).run();
        run.expect_exit(1);
        for command in log_of(&run) {
            assert!(["error", "warning", "notice"].contains(&&*command.word), "{word:?}\n{run}");
            let keys: Vec<&str> = command.properties.iter().map(|(key, _)| key.as_str()).collect();
            let is_ours = [&["title"][..], &["file", "line", "endLine", "title"]].contains(&&*keys);
            assert!(is_ours, "{word:?}: {keys:?}\n{run}");
        }
    }
}

#[test]
fn the_problems_of_a_policy_are_told_at_their_lines() {
    let policy = "version: 1\nrules:\n  a: { reveiw: {} }\n  b: { review: { approvals: many } }\n";
    let repository = Repository::with_policy(policy);
    let run = step(&repository).run();
    run.expect_refused(&[".github/gate.yml cannot be used"]);
    let told = commands(&run.stderr);
    let places: Vec<_> = told
        .iter()
        .map(|command| ["file", "line", "col"].map(|key| command.property(key).unwrap()))
        .collect();
    assert_eq!(places, [[".github/gate.yml", "3", "8"], [".github/gate.yml", "4", "29"]], "{run}");
    assert_eq!(told[0].message, "no such key here: `reveiw`\ndid you mean `review`?");
    // Elsewhere nothing is told so.
    assert_eq!(commands(&repository.gate_check().run().stderr), []);
}

mod the_summary_of_the_step {
    use super::*;

    fn with_summary(repository: &Repository) -> Gate {
        let file = repository.path("summary.md");
        step(repository).env("GITHUB_STEP_SUMMARY", file.to_str().unwrap())
    }

    #[test]
    fn is_the_verdict_as_markdown() {
        let repository = mixed();
        let markdown = repository.gate_check().arg("--format").arg("markdown").run().stdout;
        let run = with_summary(&repository).run();
        run.expect_exit(1);
        assert_eq!(run.written(repository.path("summary.md")).trim_start(), markdown);
    }

    #[test]
    fn keeps_what_others_wrote_before() {
        let repository = mixed().file("summary.md", "# Tests\nall fine");
        let run = with_summary(&repository).run();
        let summary = run.written(repository.path("summary.md"));
        assert!(summary.starts_with("# Tests\nall fine\n### ✗ Failed"), "{summary}");
        // Theirs, the title, the way, three rules, the shadow rules, the waivers and the remarks.
        assert_eq!(parsed(&summary).headings.len(), 9, "{summary}");
    }

    #[test]
    fn stays_within_what_github_takes_whatever_is_there_already() {
        const MOST: usize = 1_024 * 1_024;
        let many =
            (1..=500).map(|line| finding("B1", &"ö/".repeat(99), line).text(&"x".repeat(290)));
        let rules: Vec<(String, &str)> =
            (0..9).map(|n| (format!("r{n}"), "findings: { report: bandit, at-most: 0 }")).collect();
        let rules: Vec<(&str, &str)> = rules.iter().map(|(name, rule)| (&**name, *rule)).collect();
        let repository =
            Repository::with_rules(&rules, "").file("bandit.json", Bandit::with(many).json());
        let run = with_summary(&repository).run();
        run.expect_exit(1);
        let summary = run.written(repository.path("summary.md"));
        assert!(summary.len() <= MOST && summary.len() > MOST - 2_000, "{} bytes", summary.len());
        assert!(summary.trim_end().ends_with("has them all._"));
        // It is full: nothing is added, and that is said.
        let run = with_summary(&repository).run();
        run.expect_exit(1).expect_complaint("the summary of this step is full already");
        assert_eq!(run.written(repository.path("summary.md")), summary);
    }

    #[test]
    fn is_not_written_where_another_output_is_asked_for() {
        let repository = mixed();
        with_summary(&repository).arg("--format").arg("json").run().expect_exit(1);
        assert!(!repository.path("summary.md").exists());
    }

    #[test]
    fn that_cannot_be_written_is_an_error_and_no_verdict() {
        let repository = mixed();
        let step = step(&repository).env("GITHUB_STEP_SUMMARY", "/no/folder/summary.md");
        step.run().expect_refused(&["cannot write /no/folder/summary.md"]);
    }
}
