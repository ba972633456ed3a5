//! Completion scripts and manual pages.

use std::process::Command;

use gate_tests::{Repository, gate};

/// Every command of the first level.
const COMMANDS: [&str; 8] =
    ["init", "check", "read", "policy", "explain", "replay", "completions", "man"];

#[test]
fn every_shell_gets_a_script_that_knows_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = gate(["completions", shell]).run();
        run.expect_success();
        for word in COMMANDS.iter().copied().chain(["baseline"]) {
            assert!(run.stdout.contains(word), "{shell}: {word}");
        }
    }
    gate(["completions", "command.com"]).run().expect_exit(2);
}

#[cfg(unix)]
#[test]
fn the_script_of_bash_completes() {
    let repository =
        Repository::empty().file("gate.bash", gate(["completions", "bash"]).run().stdout);
    let ask = |words: &[&str]| {
        let script = format!(
            "source gate.bash; COMP_WORDS=({}); COMP_CWORD={}; _gate gate \"${{COMP_WORDS[COMP_CWORD]}}\" gate; echo \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words.len() - 1
        );
        let output =
            Command::new("bash").args(["-c", &script]).current_dir(repository.folder()).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    assert_eq!(ask(&["gate", "expl"]).trim(), "explain");
    assert_eq!(ask(&["gate", "policy", "tes"]).trim(), "test");
}

#[test]
fn the_manual_page_names_every_command_and_the_exit_codes() {
    let run = gate(["man"]).run();
    run.expect_success().expect_line(".TH gate 1").expect_line("0 passed, 1 failed, 2");
    for command in COMMANDS {
        run.expect_line(&format!("gate\\-{command}(1)"));
    }
}

#[test]
fn the_pages_of_all_commands_go_into_a_folder() {
    let repository = Repository::empty();
    let run = repository.gate(["man", "--directory", "man/man1"]).run();
    run.expect_success();
    assert_eq!(run.stdout, "");
    for command in COMMANDS.into_iter().chain(["policy-test", "policy-try"]) {
        let page = run.written(repository.path(&format!("man/man1/gate-{command}.1")));
        assert!(page.contains(".SH SYNOPSIS"), "{command}: {page}");
    }
    assert!(run.written(repository.path("man/man1/gate-check.1")).contains("GITHUB_ACTIONS"));
    let refused = repository.file("file", "").gate(["man", "--directory", "file/below"]).run();
    refused.expect_refused(&["cannot write file/below"]);
}
