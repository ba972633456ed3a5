//! `gate policy test`: cases beside the policy.

use gate_tests::{Bandit, Cobertura, Repository, Run, finding};

const POLICY: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml }
  own: { format: gate-findings, file: own.json }
  bandit: { format: bandit, file: 'bandit-{part}.json', parts: [a, b] }
rules:
  tested: { coverage: { report: coverage, at-least: 50%, at-most-below-baseline: 1%, without-baseline: pass } }
  clean: { findings: { report: own, at-most: 0 } }
  secure: { findings: { report: bandit, at-most: 0 } }
  approved: { review: { conversations: resolved } }
  small: { changes: { at-most-files: 1 } }
";

/// Refused for this, in words that may quote the line of a case.
#[track_caller]
fn expect_refused(run: &Run, because: &[&str]) {
    run.expect_exit(2);
    assert_eq!(run.stdout, "", "{run}");
    for words in because {
        run.expect_complaint(words);
    }
}

/// A repository with this policy and these cases, which are judged on a fixed day.
#[track_caller]
fn with(cases: &str) -> Repository {
    let cases = format!("version: 1\nnow: 2026-11-24T12:00:00Z\ncases:\n{cases}");
    Repository::with_policy(POLICY)
        .file(".github/gate.tests.yml", cases)
        .file("cases/low.xml", Cobertura::new().file("a.py", 4, 10).xml())
        .file("cases/high.xml", Cobertura::new().file("a.py", 6, 10).xml())
        .file("cases/bandit.json", Bandit::with([finding("B1", "a.py", 1)]).json())
        .file("cases/clean.json", Bandit::clean().json())
}

#[track_caller]
fn run(cases: &str) -> Run {
    with(cases).gate(["policy", "test"]).run()
}

#[test]
fn cases_that_come_out_as_expected_pass() {
    let run = run("
  all is well:
    reports:
      coverage: cases/high.xml
      own: { schema: gate/findings/v1, tool: ours, examined: 3, findings: [] }
      bandit:a: cases/clean.json
      bandit:b: cases/clean.json
    pull-request:
      author: ada
      reviews: [{ author: grace, state: approved }]
    changes: [src/a.py]
    expect: { gate: passed, rules: { tested: passed, clean: passed, secure: passed, approved: passed, small: passed } }
  a low coverage stops it:
    reports: { coverage: cases/low.xml }
    expect: { gate: failed, rules: { tested: { outcome: failed, reason: coverage-below-minimum } } }
  a drop stops it:
    reports: { coverage: cases/high.xml }
    baseline: { coverage: cases/high.xml }
    expect: { rules: { tested: { outcome: passed, reason: coverage-not-dropped } } }
  what is awaited, missing or broken is none of these:
    reports: { coverage: awaited, own: missing, bandit:a: cases/bandit.json, bandit:b: broken }
    expect: { rules: { tested: pending, clean: inconclusive, secure: inconclusive } }
  a conversation holds it back:
    pull-request: { threads: [{ path: a.py, resolved: false }] }
    expect: { rules: { approved: failed } }
  a diff tells what changes:
    changes: |
      diff --git a/a.py b/a.py
      --- a/a.py
      +++ b/a.py
      @@ -1 +1 @@
      -x
      +y
      diff --git a/b.py b/b.py
      --- a/b.py
      +++ b/b.py
      @@ -1 +1 @@
      -x
      +y
    expect: { rules: { small: { outcome: failed, reason: change-too-large } } }
");
    run.expect_success()
        .expect_line("✓ all is well")
        .expect_line(
            ".github/gate.tests.yml: 6 of 6 cases of .github/gate.yml came out as expected",
        )
        .expect_no_line("no case expects anything");
}

#[test]
fn the_commits_and_the_history_of_a_case_are_given_too() {
    let policy = "version: 1
reports: { coverage: { file: coverage.xml } }
rules:
  said well: { commits: { messages: conventional } }
  never lower: { coverage: { report: coverage, never-below: best-of-base } }
";
    let before = Repository::with_policy(policy)
        .file("coverage.xml", Cobertura::new().file("a.py", 9, 10).xml());
    before.gate_check().arg("--record").arg("it.record").run().expect_exit(3);
    let record = std::fs::read(before.path("it.record")).unwrap();
    let commit = |message: &str| {
        format!("{{ sha: '{}', message: '{message}', parents: 1 }}", "a".repeat(40))
    };
    let cases = format!(
        "version: 1
now: 2026-11-24T12:00:00Z
cases:
  it is lower than before, and said well:
    reports: {{ coverage: low.xml }}
    history: [it.record]
    pull-request: {{ commits: [{}] }}
    expect: {{ rules: {{ said well: passed, never lower: failed }} }}
  said badly:
    pull-request: {{ commits: [{}] }}
    expect: {{ rules: {{ said well: failed }} }}
",
        commit("fix: it"),
        commit("oops")
    );
    let repository = Repository::with_policy(policy)
        .file(".github/gate.tests.yml", cases)
        .file("it.record", record)
        .file("low.xml", Cobertura::new().file("a.py", 5, 10).xml());
    repository.gate(["policy", "test"]).run().expect_success();
}

#[test]
fn a_report_may_stand_in_the_case_itself() {
    let xml = Cobertura::new().file("a.py", 4, 10).xml().replace('\n', "\n        ");
    let run = run(&format!(
        "  low:\n    reports:\n      coverage: |\n        {xml}\n    expect: {{ rules: {{ tested: failed }} }}\n"
    ));
    run.expect_success();
}

#[test]
fn a_case_that_comes_out_otherwise_is_shown_with_its_line_and_the_reasons() {
    let run = run("
  low is fine:
    reports: { coverage: cases/low.xml }
    expect: { gate: passed, rules: { tested: passed } }
  nobody looked:
    expect: { rules: { approved: { outcome: inconclusive, reason: approval-missing } } }
  right:
    expect: { rules: { clean: inconclusive } }
");
    run.expect_exit(1)
        .expect_line("✗ low is fine  (.github/gate.tests.yml:5)")
        .expect_line("    the gate: expected passed, came out failed: Failed: ")
        .expect_line("    tested: expected passed, came out failed")
        .expect_line("✗ coverage-below-minimum: lines 4/10 = 40.00 % < 50 % ✗")
        .expect_line("✗ nobody looked  (.github/gate.tests.yml:8)")
        .expect_line("approved: expected inconclusive with the reason approval-missing, came out inconclusive for others")
        .expect_line("pull-request-missing")
        .expect_line("✓ right")
        .expect_line("1 of 3 cases of .github/gate.yml came out as expected")
        .expect_line("no case expects anything of: secure, small");
    assert_eq!(run.stderr, "");
}

#[test]
fn what_a_case_names_must_be_in_the_policy() {
    let wrong = run("
  a:
    expect: { gate: pased, rules: { clean: { outcome: faild } } }
");
    expect_refused(&wrong, &["did you mean `passed`?", "did you mean `failed`?"]);
    let run = run("
  a:
    reports: { coverge: cases/low.xml }
    expect: { rules: { testd: failed, clean: { outcome: failed, reason: findings-above-max } } }
");
    expect_refused(
        &run,
        &[
            ".github/gate.tests.yml cannot be used",
            ".github/gate.tests.yml:6:16",
            "did you mean `coverage`?",
            "did you mean `tested`?",
            "did you mean `findings-above-maximum`?",
            "the file of cases has 3 problems",
        ],
    );
}

#[test]
fn a_file_of_cases_is_read_strictly() {
    for (text, words) in [
        ("", "there are no cases here"),
        ("version: 1\nnow: 2026-11-24T12:00:00Z\ncases: {}\n", "without cases tests nothing"),
        ("version: 1\ncases: { a: { expect: { gate: passed } } }\n", "`now` is missing here"),
        (
            "version: 2\nnow: 2026-11-24T12:00:00Z\ncases: { a: { expect: { gate: passed } } }\n",
            "version 2 is not known",
        ),
        (
            "version: 1\nnow: today\ncases: { a: { expect: { gate: passed } } }\n",
            "a time is written like 2026-11-24T12:00:00Z",
        ),
        ("version: 1\nnow: 2026-11-24T12:00:00Z\ncases: { a: {} }\n", "`expect` is missing here"),
        (
            "version: 1\nnow: 2026-11-24T12:00:00Z\ncases: { a: { expect: {} } }\n",
            "this case expects nothing",
        ),
        (
            "version: 1\nnow: 2026-11-24T12:00:00Z\ncases: { a: { expct: { gate: passed } } }\n",
            "did you mean `expect`?",
        ),
        (
            "version: 1\nnow: 2026-11-24T12:00:00Z\ncases: { a: { reports: { own: }, expect: { gate: passed } } }\n",
            "there is nothing here",
        ),
    ] {
        let repository = Repository::with_policy(POLICY).file(".github/gate.tests.yml", text);
        expect_refused(&repository.gate(["policy", "test"]).run(), &[words]);
    }
}

#[test]
fn a_slip_in_a_case_is_no_evidence() {
    run("  a: { reports: { own: gone.json }, expect: { gate: failed } }\n")
        .expect_refused(&["there is no file \"gone.json\""]);
    run("  a: { pull-request: { revews: [] }, expect: { gate: failed } }\n")
        .expect_refused(&["`pull-request`", "revews"]);
    run("  a: { changes: [{ a: b }], expect: { gate: failed } }\n")
        .expect_refused(&["`changes` is a diff or a list of paths"]);
}

#[test]
fn each_case_may_have_its_own_time() {
    let policy = "version: 1\nreports: { coverage: { file: c.xml } }\nrules:\n  tested: { coverage: { report: coverage, at-least: 10%, ramp: { to: 90%, by: 2027-01-01 } } }\n";
    let cases = "version: 1\nnow: 2026-11-24T12:00:00Z\ncases:\n  \
                 today: { reports: { coverage: c.xml }, expect: { gate: passed } }\n  \
                 then: { now: 2027-01-01T00:00:00Z, reports: { coverage: c.xml }, expect: { gate: failed } }\n";
    let repository = Repository::empty()
        .file("policies/it.yml", policy)
        .file(
            "policies/it.tests.yml",
            cases.replace("version: 1\n", "version: 1\npolicy: it.yml\n"),
        )
        .file("c.xml", Cobertura::new().file("a.py", 5, 10).xml());
    // The policy is named from the folder of the cases, files from the folder of the run.
    let run = repository.gate(["policy", "test", "policies/it.tests.yml"]).run();
    run.expect_success().expect_line("2 of 2 cases of policies/it.yml");
    let other = policy.replace("10%", "80%");
    let repository = repository.file("policies/other.yml", other);
    let run = repository
        .gate(["policy", "test", "policies/it.tests.yml", "--policy", "policies/other.yml"])
        .run();
    run.expect_exit(1).expect_line("1 of 2 cases of policies/other.yml");
}

#[test]
fn without_cases_there_is_an_error_with_a_hint() {
    Repository::with_policy(POLICY)
        .gate(["policy", "test"])
        .run()
        .expect_refused(&["there are no cases at .github/gate.tests.yml", "docs/cli.md"]);
}

#[test]
fn the_cases_in_the_documentation_are_sound() {
    let page = include_str!("../../docs/cli.md");
    let (_, chapter) = page.split_once("### gate policy test").unwrap();
    let (_, block) = chapter.split_once("```yaml\n").unwrap();
    let (cases, _) = block.split_once("```").unwrap();
    let default = gate_tests::gate(["policy", "default"]).run().stdout;
    let repository = Repository::with_policy(&default)
        .file(".github/gate.tests.yml", cases)
        .file("tests/gate/low.xml", Cobertura::new().file("a.py", 1, 10).xml())
        .file("tests/gate/clean.json", Bandit::clean().json());
    repository.gate(["policy", "test"]).run().expect_success().expect_line("2 of 2 cases");
}
