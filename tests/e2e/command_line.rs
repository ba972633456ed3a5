//! The command line itself: exit codes, where words go, and how paths are meant.

use gate_tests::{Bandit, Repository, finding, gate};

fn with(at_most: u32) -> Repository {
    Repository::with_rule(&format!("findings: {{ report: bandit, at-most: {at_most} }}"))
        .file("bandit.json", Bandit::with([finding("B1", "src/a.py", 1)]).json())
}

#[test]
fn the_exit_code_says_how_it_came_out() {
    with(1).gate_check().run().expect_exit(0);
    with(0).gate_check().run().expect_exit(1);
    Repository::with_policy("no: policy").gate_check().run().expect_exit(2);
    Repository::with_rule("review: {}").gate_check().run().expect_exit(3);
    // Pending is no pass either.
    Repository::with_rule("review: {}")
        .fixture("pull-request.json", "pull-request/no-reviews.json")
        .gate_check()
        .run()
        .expect_exit(3);
}

#[test]
fn a_wrong_command_line_is_refused() {
    for arguments in [
        &[][..],
        &["bogus"],
        &["check", "--bogus"],
        &["check", "--report", "no-path"],
        &["check", "--report", "=x"],
        &["check", "--report", "x="],
        &["check", "--baseline", "no-path"],
        &["check", "--now", "yesterday"],
        &["check", "--format", "xml"],
        &["read"],
        &["read", "--format", "xml", "x"],
        &["replay"],
        &["policy"],
    ] {
        let run = gate(arguments).run();
        run.expect_exit(2);
        assert_eq!(run.stdout, "", "{run}");
        assert_ne!(run.stderr, "", "{run}");
    }
}

#[test]
fn help_names_the_exit_codes() {
    let help = gate(["--help"]).run();
    help.expect_success()
        .expect_line("0 passed, 1 failed, 2")
        .expect_line("3 inconclusive or pending")
        .expect_line("The verdict goes to stdout, everything else to stderr");
    for command in ["check", "read", "policy", "explain", "replay", "completions", "man"] {
        help.expect_line(command);
        let help = gate([command, "--help"]).run();
        help.expect_success().expect_line("Usage: gate");
    }
}

#[test]
fn the_version_is_printed() {
    gate(["--version"]).run().expect_success().expect_line("gate 0.");
}

#[test]
fn every_option_is_in_the_help_of_check() {
    let help = gate(["check", "--help"]).run();
    for option in [
        "-C <DIR>",
        "--policy <FILE>",
        "--report <NAME=PATH>",
        "--baseline <NAME=PATH>",
        "--pull-request <FILE>",
        "--now <RFC3339>",
        "--format <FORMAT>",
        "--output <FILE>",
        "--write <FORMAT=FILE>",
        "--record <FILE>",
    ] {
        help.expect_line(option);
    }
}

mod report {
    use super::*;

    #[test]
    fn takes_the_file_that_it_names() {
        let repository = with(0).file("clean.json", Bandit::clean().json());
        repository.gate_check().arg("--report").arg("bandit=clean.json").run().expect_exit(0);
    }

    #[test]
    fn may_name_a_file_with_an_equals_sign() {
        let repository = with(0).file("a=b.json", Bandit::clean().json());
        repository.gate_check().arg("--report").arg("bandit=a=b.json").run().expect_exit(0);
    }

    #[test]
    fn of_an_unknown_name_is_refused_with_the_known_ones() {
        for option in ["--report", "--baseline"] {
            for (name, hint) in
                [("bandti", "did you mean \"bandit\"?"), ("coverage", "it has bandit")]
            {
                let run = with(0).gate_check().arg(option).arg(format!("{name}=x.json")).run();
                run.expect_refused(&[&format!("the policy has no report {name:?}"), hint]);
            }
        }
    }

    #[test]
    fn of_one_name_twice_is_refused() {
        for option in ["--report", "--baseline"] {
            let repository = with(0);
            let twice =
                repository.gate_check().arg(option).arg("bandit=x").arg(option).arg("bandit=y");
            twice.run().expect_refused(&["the report \"bandit\" is given twice"]);
        }
    }
}

mod format {
    use super::*;

    #[test]
    fn is_text_unless_another_is_asked_for() {
        let repository = with(0);
        let text = repository.gate_check().run();
        text.expect_line("✗ Failed: 1 of 1 required rules not met: the rule");
        let same = repository.gate_check().arg("--format").arg("text").run();
        assert_eq!(same.stdout, text.stdout);
    }

    #[test]
    fn may_be_json() {
        let json = with(0).gate_check().arg("--format").arg("json").run();
        json.expect_exit(1);
        assert_eq!(json.json()["schema"], "gate/verdict/v1");
        assert_eq!(json.json()["now"], gate_tests::NOW);
    }

    #[test]
    fn may_be_markdown() {
        let markdown = with(0).gate_check().arg("--format").arg("markdown").run();
        markdown.expect_exit(1).expect_line("### ✗ Failed").expect_line("| ✗ failed | the rule |");
    }
}

mod output {
    use super::*;

    #[test]
    fn takes_the_verdict_and_leaves_stdout_empty() {
        for format in ["text", "json", "markdown"] {
            let repository = with(0);
            let check = || repository.gate_check().arg("--format").arg(format);
            let printed = check().run();
            let run = check().arg("--output").arg("verdict.out").run();
            run.expect_exit(1);
            assert_eq!(run.stdout, "", "{run}");
            assert_eq!(run.written(repository.path("verdict.out")), printed.stdout);
        }
    }

    #[test]
    fn that_cannot_be_written_is_an_error_and_no_verdict() {
        let run = with(1).gate_check().arg("--output").arg("no/folder/verdict").run();
        run.expect_refused(&["cannot write no/folder/verdict"]);
    }
}

mod folder {
    use super::*;

    #[test]
    fn is_where_every_path_is_relative_to() {
        let repository = with(0)
            .file("clean.json", Bandit::clean().json())
            .file("base.json", Bandit::clean().json())
            .fixture("pr.json", "pull-request/approved.json");
        let folder = repository.folder();
        let elsewhere = Repository::empty();
        let run = elsewhere
            .gate(["check", "--now", gate_tests::NOW, "-C"])
            .arg(folder)
            .arg("--policy")
            .arg(".github/gate.yml")
            .arg("--report")
            .arg("bandit=clean.json")
            .arg("--baseline")
            .arg("bandit=base.json")
            .arg("--pull-request")
            .arg("pr.json")
            .arg("--output")
            .arg("verdict.txt")
            .arg("--record")
            .arg("verdict.record")
            .run();
        run.expect_success();
        for written in ["verdict.txt", "verdict.record"] {
            assert!(repository.path(written).is_file() && !elsewhere.path(written).exists());
        }
        assert!(run.written(repository.path("verdict.txt")).contains("head 9a3e5c7b1d2f"));
    }

    #[test]
    fn gives_the_same_verdict_from_anywhere() {
        let repository = with(0);
        let here = repository.gate_check().run();
        let there = gate(["check", "--now", gate_tests::NOW, "-C"]).arg(repository.folder()).run();
        assert_eq!((there.stdout, there.code), (here.stdout, here.code));
    }

    #[test]
    fn that_is_not_there_is_refused() {
        gate(["check", "-C", "nowhere"]).run().expect_refused(&["cannot work in nowhere"]);
    }
}

mod colour {
    use super::*;

    // That no run has an escape sequence in a pipe is held by the runner itself.

    #[test]
    fn is_forced_by_nothing_into_a_file() {
        let repository = with(0);
        let check = repository.gate_check().env("CLICOLOR_FORCE", "1").arg("--output").arg("it");
        let run = check.run();
        assert!(!run.written(repository.path("it")).contains('\u{1b}'));
    }

    #[test]
    fn is_off_where_no_color_is_set() {
        let repository = with(0);
        let without = repository.gate_check().env("NO_COLOR", "1").run();
        assert_eq!(without.stdout, repository.gate_check().run().stdout);
    }
}

#[cfg(unix)]
#[test]
fn a_reader_who_has_left_is_no_error() {
    let many = (1..=600).map(|line| finding("B1", "src/a.py", line));
    let repository = Repository::with_rule("findings: { report: bandit, at-most: 0 }")
        .file("bandit.json", Bandit::with(many).json());
    for format in ["text", "json", "markdown"] {
        let run = repository.gate_check().arg("--format").arg(format).piped_into("head -1").run();
        run.expect_exit(1);
        assert_eq!(run.stderr, "", "{run}");
        assert_eq!(run.stdout.lines().count(), 1, "{run}");
    }
    // Closed before anything was read.
    let run = repository.gate_check().arg("--format").arg("json").piped_into("true").run();
    run.expect_exit(1);
    assert_eq!(run.stderr, "", "{run}");
}

#[test]
fn the_hour_may_be_left_out() {
    let repository = with(1);
    let run = repository.gate(["check", "--format", "json"]).run();
    let now = run.json()["now"].as_str().unwrap().to_owned();
    // In whole seconds, in UTC, and no earlier than these tests.
    assert!(
        now.len() == "2026-11-24T12:00:00Z".len() && now.ends_with('Z') && *now > *"2025",
        "{now}"
    );
}

#[test]
fn the_environment_has_no_say() {
    let repository = with(0);
    let run = repository
        .gate_check()
        .env("GATE_POLICY", "nowhere.yml")
        .env("GATE_NOW", "1999-01-01T00:00:00Z")
        .env("TZ", "Pacific/Kiritimati")
        .env("LANG", "de_DE.UTF-8")
        .run();
    assert_eq!(run.stdout, repository.gate_check().run().stdout);
}

#[test]
fn gits_own_list_of_files_resolves_the_paths_of_a_report() {
    let repository = Repository::with_rule(
        "coverage: { report: coverage, at-least: 50%, paths: { include: ['src/shop/**'] } }",
    )
    .file("src/shop/cart.py", "x = 1\n")
    // The report was written on another machine, from within src.
    .file("coverage.xml", gate_tests::Cobertura::new().file("/ci/w/src/shop/cart.py", 5, 10).xml());
    repository.check().expect_inconclusive();
    repository.git(&["init", "--quiet"]);
    repository.check().expect_passed().expect_line("lines 5/10 = 50.00 % ≥ 50 % ✓, in src/shop/**");
}
