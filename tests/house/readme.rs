//! Every block of README.md does what it shows.
//!
//! A ```` ```console ```` block is a session: a line that begins with `$ ` is run, in a copy of the
//! repository, and the lines below it are what it prints, on stdout and stderr together. `[..]` stands
//! for anything within a line, `...` alone on a line for any lines; a command without lines below it
//! only has to work.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use gate_core::policy::Policy;

use crate::{documents::blocks, tree};

const README: &str = "README.md";
/// The one command that the session cannot run, because it is running.
const TEST_COMMAND: &str = "cargo test --workspace --locked";
const RUN_COMMAND: &str = "cargo run --release --bin gate -- ";
const APP_COMMAND: &str = "cargo run --release --bin gate-app -- ";
/// The demonstration, which cargo has built beside this test.
const DEMO_COMMAND: &str = "cargo run -p gate-tests --bin demo";

/// The built binary, made once.
fn gate() -> &'static Path {
    static GATE: OnceLock<PathBuf> = OnceLock::new();
    GATE.get_or_init(|| {
        // …/target/debug/deps/house-1234 → …/target/debug
        let this = std::env::current_exe().expect("this test's binary");
        let profile = this.ancestors().nth(2).expect("target/<profile>/deps/<test>");
        let target = profile.parent().expect("target/<profile>");
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--locked", "--bin", "gate", "--target-dir"]).arg(target);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        let output = build.current_dir(tree::root()).output().expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        profile.join(format!("gate{}", std::env::consts::EXE_SUFFIX))
    })
}

/// A copy of the repository that sessions may write to.
fn copy(name: &str) -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if copy.exists() {
        fs::remove_dir_all(&copy).expect("the old copy goes");
    }
    for file in tree::files() {
        let to = copy.join(&file);
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(tree::root().join(&file), to).expect("a copy");
    }
    for arguments in [&["init", "-q"][..], &["add", "-A"]] {
        let git = Command::new("git").args(arguments).current_dir(&copy).output();
        assert!(git.is_ok_and(|output| output.status.success()), "git {arguments:?}");
    }
    copy
}

/// One command of a session with the lines that it shall print.
#[derive(Debug, PartialEq)]
struct Step {
    line: usize,
    command: String,
    expected: Vec<String>,
}

fn steps(block: &str, first_line: usize) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for (number, line) in block.lines().enumerate() {
        let line_number = first_line + number;
        let continued = steps.last_mut().filter(|step| step.command.ends_with('\\'));
        if let Some(step) = continued {
            step.command.pop();
            step.command.push_str(line.strip_prefix("> ").unwrap_or(line).trim_start());
        } else if let Some(command) = line.strip_prefix("$ ") {
            let command = command.trim().to_owned();
            steps.push(Step { line: line_number, command, expected: Vec::new() });
        } else if let Some(step) = steps.last_mut() {
            step.expected.push(line.to_owned());
        } else if !line.is_empty() {
            return Err(format!("{README}:{line_number}: a session begins with `$ `"));
        }
    }
    for step in &mut steps {
        while step.expected.last().is_some_and(String::is_empty) {
            step.expected.pop();
        }
    }
    Ok(steps)
}

/// Runs a step in the copy; gives what is wrong.
fn run(step: &Step, copy: &Path) -> Option<String> {
    let Step { line, command, expected } = step;
    if command.starts_with("cargo test") {
        let is_it = command == TEST_COMMAND;
        return (!is_it).then(|| format!("{README}:{line}: write `{TEST_COMMAND}`"));
    }
    let demo = concat!("'", env!("CARGO_BIN_EXE_demo"), "'");
    let app = format!("'{}' ", gate_tests::gate_app().display());
    let shown = command.replace(RUN_COMMAND, "gate ").replace(DEMO_COMMAND, demo);
    let shown = shown.replace(APP_COMMAND, &app);
    if tree::has_word(&shown, "cargo") {
        return Some(format!(
            "{README}:{line}: run gate by `{RUN_COMMAND}…` or `gate …`, the App by \
             `{APP_COMMAND}…`, the demonstration by `{DEMO_COMMAND}`"
        ));
    }
    let folder = gate().parent().expect("a folder").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(folder).chain(std::env::split_paths(&path)));
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{shown}")])
        .current_dir(copy)
        .env("PATH", path.expect("a path"))
        .env("NO_COLOR", "1")
        // The README is read outside of a workflow, wherever this test runs.
        .env_remove("GITHUB_ACTIONS")
        .output()
        .expect("sh runs");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let printed: Vec<&str> = printed.trim_end().lines().collect();
    if expected.is_empty() {
        // 1 and 3 are verdicts; anything else is a command that does not work.
        let works = matches!(output.status.code(), Some(0 | 1 | 3));
        return (!works)
            .then(|| format!("{README}:{line}: `{command}` ends with {}", output.status));
    }
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    (!fits(&expected, &printed))
        .then(|| format!("{README}:{line}: `{command}` prints\n\n{}\n", printed.join("\n")))
}

/// Whether the lines are as expected.
fn fits(expected: &[&str], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|from| fits(rest, &printed[from..])),
        Some((line, rest)) => printed
            .split_first()
            .is_some_and(|(first, more)| line_fits(line, first) && fits(rest, more)),
    }
}

fn line_fits(expected: &str, printed: &str) -> bool {
    let (expected, mut printed) = (expected.trim_end(), printed.trim_end());
    let Some((first, rest)) = expected.split_once("[..]") else {
        return expected == printed;
    };
    let Some(after) = printed.strip_prefix(first) else { return false };
    printed = after;
    (0..=printed.len())
        .filter(|&from| printed.is_char_boundary(from))
        .any(|from| line_fits(rest, &printed[from..]))
}

#[test]
fn every_session_of_the_readme_goes_as_it_shows() {
    let readme = tree::text(README);
    let sessions: Vec<(String, usize)> = blocks(&readme)
        .into_iter()
        .filter(|(word, ..)| word == "console")
        .map(|(_, content, line)| (content, line))
        .collect();
    if sessions.is_empty() {
        return;
    }
    let copy = copy("readme");
    let mut offences = Vec::new();
    for (session, line) in sessions {
        match steps(&session, line) {
            Ok(steps) => offences.extend(steps.iter().filter_map(|step| run(step, &copy))),
            Err(offence) => offences.push(offence),
        }
    }
    tree::none("sessions of README.md", &offences);
}

#[test]
fn every_policy_in_the_readme_is_sound() {
    let mut offences = Vec::new();
    for (word, content, line) in blocks(&tree::text(README)) {
        if word == "yaml"
            && content.starts_with("version: 1")
            && let Err(error) = Policy::parse(&content)
        {
            offences.push(format!("{README}:{line}: {error}"));
        }
    }
    tree::none("policies of README.md", &offences);
}

#[test]
fn the_program_in_the_readme_is_the_example() {
    for (word, content, line) in blocks(&tree::text(README)) {
        if word == "rust" {
            let example = "gate-core/examples/embed.rs";
            assert!(tree::exists(example), "{README}:{line}: it quotes {example}");
            assert!(tree::text(example) == content, "{README}:{line} is not {example}");
        }
    }
}

#[test]
fn the_test_command_of_the_readme_is_what_ci_runs_first() {
    let (readme, ci) = (tree::text(README), tree::text(".ci/run"));
    assert!(readme.contains(TEST_COMMAND), "{README} does not say how to run the tests");
    let first = ci.lines().find_map(|line| line.strip_prefix("step "));
    assert_eq!(first, Some(TEST_COMMAND));
}

#[test]
fn lines_fit_with_gaps() {
    assert!(fits(&["a", "...", "z [..] y"], &["a", "b", "c", "z 12 y"]));
    assert!(fits(&["a", "..."], &["a"]));
    assert!(fits(&["took [..]"], &["took 3 ms"]));
    assert!(!fits(&["a", "...", "z"], &["a", "b"]));
    assert!(!fits(&["a"], &["a", "b"]));
    assert!(!fits(&["[..]x"], &["y"]));
}

#[test]
fn a_session_is_run_and_compared() {
    let copy = copy("session");
    let session = format!(
        "$ {RUN_COMMAND}policy check gone.yml; echo $?\n\
         gate: there is no policy at gone.yml\n\
         ...\n\
         2\n\
         \n\
         $ gate policy \\\n\
         >   default > new.yml\n\
         $ gate policy check new.yml\n\
         new.yml: sound, [..]\n\
         $ {TEST_COMMAND}\n"
    );
    let steps = steps(&session, 1).expect("a session");
    assert_eq!(steps.len(), 4);
    assert_eq!(steps[1].command, "gate policy default > new.yml");
    for step in &steps {
        assert_eq!(run(step, &copy), None);
    }
    let wrong = |command: &str, expected: &[&str]| {
        let expected = expected.iter().map(|&line| line.to_owned()).collect();
        run(&Step { line: 1, command: command.to_owned(), expected }, &copy).is_some()
    };
    assert!(wrong("gate policy check new.yml", &["something else"]));
    assert!(wrong("gate policy check gone.yml", &[]));
    assert!(wrong("cargo test", &[]));
    assert!(wrong("cargo install gate-cli", &[]));
}
