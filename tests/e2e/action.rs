//! `action.yml` and `.pre-commit-hooks.yaml`: what they say is what runs.

#![cfg(unix)]

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use gate_tests::{Bandit, Repository, finding};
use serde_json::Value;

fn yaml(path: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    serde_saphyr::from_str(&fs::read_to_string(root.join(path)).unwrap()).unwrap()
}

fn action() -> Value {
    yaml("action.yml")
}

/// What a `${{ … }}` of the action stands for.
fn filled(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut out = text.to_owned();
    while let Some((before, rest)) = out.clone().split_once("${{") {
        let (expression, after) = rest.split_once("}}").unwrap();
        // `a || b` is the first that is not empty.
        let value = expression.split("||").map(|name| {
            let name = name.trim();
            known.get(name).expect("only what the action declares is named").clone()
        });
        let value = value.reduce(|first, second| if first.is_empty() { second } else { first });
        out = format!("{before}{}{after}", value.unwrap_or_default());
    }
    out
}

/// How a step of the action ended: its log, its exit code, and its outputs.
#[derive(Debug)]
struct Step {
    log: String,
    code: i32,
    outputs: BTreeMap<String, String>,
}

/// Runs a step of the action as the runner does, in this repository.
#[track_caller]
fn run(id: &str, repository: &Repository, given: &[(&str, &str)], path: Option<&Path>) -> Step {
    let action = action();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for (name, input) in action["inputs"].as_object().unwrap() {
        let default = input["default"].as_str().unwrap().to_owned();
        known.insert(format!("inputs.{name}"), default);
    }
    known.insert("github.action_path".to_owned(), "/the/action".to_owned());
    known.insert("runner.temp".to_owned(), repository.path("temp").to_str().unwrap().to_owned());
    known.insert("steps.build.outputs.gate".to_owned(), String::new());
    for (name, value) in given {
        let old = known.insert(format!("inputs.{name}"), (*value).to_owned());
        assert!(old.is_some(), "the action has no input {name}");
    }
    let steps = action["runs"]["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["id"] == id).unwrap();
    assert_eq!(step["shell"], "bash");
    let folder =
        step["working-directory"].as_str().map_or(".".to_owned(), |text| filled(text, &known));
    let environment = step["env"].as_object().unwrap().iter();
    let outputs = repository.path("outputs");
    fs::write(&outputs, "").unwrap();
    fs::write(repository.path("script.sh"), step["run"].as_str().unwrap()).unwrap();
    let mut command = Command::new("bash");
    command
        .args(["--noprofile", "--norc", "-eo", "pipefail"])
        .arg(repository.path("script.sh"))
        .current_dir(repository.folder().join(folder))
        .envs(environment.map(|(name, value)| (name, filled(value.as_str().unwrap(), &known))))
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", repository.folder())
        .env("GITHUB_STEP_SUMMARY", repository.path("summary.md"))
        .env("GITHUB_OUTPUT", &outputs);
    if let Some(path) = path {
        let all = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{all}", path.display()));
    }
    let output = command.output().unwrap();
    let written = fs::read_to_string(&outputs).unwrap();
    let pair = |line: &str| line.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned()));
    Step {
        log: [output.stdout, output.stderr].map(|b| String::from_utf8(b).unwrap()).concat(),
        code: output.status.code().unwrap(),
        outputs: written.lines().filter_map(pair).collect(),
    }
}

/// The step that judges, with the gate of this build.
#[track_caller]
fn check(repository: &Repository, given: &[(&str, &str)]) -> Step {
    let gate = gate_tests::gate_binary().to_str().unwrap();
    run("check", repository, &[&[("gate", gate)], given].concat(), None)
}

fn with(at_most: u32) -> Repository {
    Repository::with_rule(&format!("findings: {{ report: bandit, at-most: {at_most} }}"))
        .file("bandit.json", Bandit::with([finding("B1", "src/a.py", 1)]).json())
}

#[test]
fn the_step_ends_as_the_gate_does() {
    for (at_most, code, outcome) in [(1, 0, "passed"), (0, 1, "failed")] {
        let step = check(&with(at_most), &[]);
        assert_eq!((step.code, &*step.outputs["outcome"]), (code, outcome), "{step:#?}");
        assert_eq!(step.outputs["exit-code"], code.to_string());
        assert!(step.log.contains("::stop-commands::"), "{step:#?}");
    }
    let undecided = check(&Repository::with_rule("review: {}"), &[]);
    assert_eq!((undecided.code, &*undecided.outputs["outcome"]), (3, "undecided"));
    let unusable = check(&Repository::with_policy("no: policy"), &[]);
    assert_eq!((unusable.code, &*unusable.outputs["outcome"]), (2, "unusable"));
}

#[test]
fn what_was_found_is_told_beside_the_code_and_in_the_summary() {
    let repository = with(0);
    let step = check(&repository, &[]);
    assert!(step.log.contains("::error file=src/a.py,line=1,"), "{step:#?}");
    let summary = fs::read_to_string(repository.path("summary.md")).unwrap();
    assert!(summary.contains("### ✗ Failed"), "{summary}");
}

#[test]
fn every_input_does_something() {
    let below = Repository::empty()
        .file("sub/policy.yml", "version: 1\nreports: { a: { file: a.json }, b: { file: b.json } }\nrules:\n  x: { findings: { report: a, at-most: 0, only: introduced } }\n  y: { findings: { report: b, at-most: 0 } }\n  z: { review: {} }\n  w: { changes: { at-most-files: 9 } }\n")
        .file("sub/other a.json", Bandit::with([finding("B1", "src/a.py", 1)]).json())
        .file("sub/base.json", Bandit::with([finding("B1", "src/a.py", 1)]).json())
        .file("sub/b.json", Bandit::clean().json())
        .fixture("sub/pr.json", "pull-request/approved.json");
    below.git(&["init", "--quiet"]);
    below.git(&["add", "--all"]);
    below.git(&["commit", "--quiet", "--message", "x"]);
    let step = check(
        &below,
        &[
            ("working-directory", "sub"),
            ("policy", "policy.yml"),
            ("reports", "a=other a.json\n\nb=b.json\n"),
            ("baselines", "a=base.json"),
            ("pull-request", "pr.json"),
            ("base", "main"),
            ("sarif", "it.sarif"),
            ("junit", "it.xml"),
            ("json", "it.json"),
            ("record", "it.record"),
        ],
    );
    assert_eq!(step.code, 0, "{step:#?}");
    for written in ["it.sarif", "it.xml", "it.json", "it.record"] {
        assert!(below.path("sub").join(written).is_file(), "{written}");
    }
}

#[test]
fn what_is_given_is_data_and_no_script() {
    let action = action();
    for step in action["runs"]["steps"].as_array().unwrap() {
        assert!(!step["run"].as_str().unwrap().contains("${{"), "{step:#}");
    }
    let repository = with(1);
    let step = check(&repository, &[("policy", "$(touch pwned); \"; touch pwned #")]);
    assert_eq!((step.code, repository.path("pwned").exists()), (2, false), "{step:#?}");
    // Nor an option.
    let step = check(&repository, &[("base", "--help")]);
    assert_eq!(step.code, 0, "{step:#?}");
}

#[test]
fn every_input_and_output_is_described_and_used() {
    let action = action();
    assert_eq!(action["runs"]["using"], "composite");
    let text = action["runs"].to_string();
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert!(input["description"].as_str().unwrap().len() > 10, "{name}");
        assert!(text.contains(&format!("inputs.{name}")), "{name} is used nowhere");
    }
    for (name, output) in action["outputs"].as_object().unwrap() {
        assert_eq!(output["value"], format!("${{{{ steps.check.outputs.{name} }}}}"));
    }
}

#[test]
fn gate_is_built_from_the_revision_of_the_action_unless_there_is_one() {
    use std::os::unix::fs::PermissionsExt as _;

    let repository = Repository::empty().file("bin/cargo", "#!/bin/sh\necho \"cargo $*\"\n");
    let cargo = repository.path("bin/cargo");
    fs::set_permissions(cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let step = run("build", &repository, &[], Some(&repository.path("bin")));
    assert_eq!(step.code, 0, "{step:#?}");
    let target = repository.path("temp/gate-target");
    assert!(step.log.contains("--manifest-path /the/action/Cargo.toml"), "{step:#?}");
    assert!(step.log.contains(&format!("--target-dir {}", target.display())), "{step:#?}");
    assert_eq!(step.outputs["gate"], format!("{}/release/gate", target.display()));
    let action = action();
    assert_eq!(action["runs"]["steps"][0]["if"], "inputs.gate == ''");
}

mod the_hooks {
    use super::*;

    fn hooks() -> Vec<Value> {
        yaml(".pre-commit-hooks.yaml").as_array().unwrap().clone()
    }

    /// Runs a hook's entry with what it takes of these files.
    fn run(hook: &Value, repository: &Repository, files: &[&str]) -> i32 {
        let fits = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
        let taken =
            files.iter().filter(|file| fits.is_match(file) && hook["pass_filenames"] != false);
        let mut words = hook["entry"].as_str().unwrap().split(' ');
        assert_eq!(words.next(), Some("gate"));
        repository.gate(words.chain(taken.copied())).run().code
    }

    const FILES: [&str; 4] =
        [".github/gate.yml", ".github/gate.tests.yml", ".github/workflows/ci.yml", "gate.yml"];

    #[test]
    fn check_the_policy() {
        let hooks = hooks();
        let hook = hooks.iter().find(|hook| hook["id"] == "gate-policy-check").unwrap();
        assert_eq!(run(hook, &with(1), &FILES), 0);
        assert_eq!(run(hook, &Repository::with_policy("no: policy"), &FILES), 2);
        // What is no policy is not taken for one.
        let fits = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
        assert_eq!(FILES.iter().filter(|file| fits.is_match(file)).count(), 1);
    }

    #[test]
    fn judge_its_cases() {
        let hooks = hooks();
        let hook = hooks.iter().find(|hook| hook["id"] == "gate-policy-test").unwrap();
        let cases = |outcome: &str| {
            with(1).file(
                ".github/gate.tests.yml",
                format!("version: 1\nnow: 2026-11-24T12:00:00Z\ncases: {{ a: {{ reports: {{ bandit: bandit.json }}, expect: {{ gate: {outcome} }} }} }}\n"),
            )
        };
        assert_eq!(run(hook, &cases("passed"), &FILES), 0);
        assert_eq!(run(hook, &cases("failed"), &FILES), 1);
    }

    #[test]
    fn run_the_gate_that_is_installed() {
        for hook in hooks() {
            // A virtual workspace is none that pre-commit could install by itself.
            assert_eq!(hook["language"], "system", "{hook:#}");
            assert!(hook["name"].is_string() && hook["description"].is_string(), "{hook:#}");
        }
    }
}
