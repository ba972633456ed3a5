//! `gate init`: a policy that passes today, and the workflow lines that are missing.

use std::{fs, process::Command};

use gate_core::policy::Policy;
use gate_tests::{
    Bandit, Checked, Cobertura, Junit, PipAudit, Repository, Run, check_in, finding, fixture,
};

#[track_caller]
fn init(repository: &Repository) -> (Run, String) {
    let run = repository.gate(["init"]).run();
    run.expect_success();
    let policy = run.written(repository.path(".github/gate.yml"));
    let problems = Policy::parse(&policy).err();
    assert_eq!(problems, None, "{policy}");
    (run, policy)
}

/// The policy that was written passes, by the very command that a user runs next.
#[track_caller]
fn expect_it_passes(repository: &Repository) -> Checked {
    let checked = repository.check();
    checked.expect_passed();
    checked
}

const PYPROJECT: &str = "[project]
name = \"shop\"
dependencies = [\"requests>=2\"]
[dependency-groups]
dev = [\"pytest-cov>=5\", \"bandit[toml]==1.8\"]
[tool.mypy]
strict = true
";

const WORKFLOW: &str = "name: CI
on: [pull_request]
jobs:
  test:
    runs-on: ubuntu-24.04
    strategy: { matrix: { python: [\"3.11\", \"3.12\"] } }
    steps:
      - uses: actions/checkout@v4
      - run: python -m pytest --cov --cov-report=xml --junitxml=reports/junit.xml
      - uses: actions/upload-artifact@v5
        with:
          name: coverage
          path: coverage.xml
      - uses: actions/upload-artifact@v5
        with: { name: \"tests-${{ matrix.python }}\", path: reports/ }
";

fn shop() -> Repository {
    Repository::empty()
        .file("pyproject.toml", PYPROJECT)
        .file("src/shop/cart.py", "x = 1\n")
        .file("tests/test_cart.py", "def test(): pass\n")
        .file(".github/workflows/ci.yml", WORKFLOW)
        .file("coverage.xml", Cobertura::new().file("src/shop/cart.py", 617, 1000).xml())
        .file("reports/junit.xml", Junit::passed(["a", "b"]).xml())
}

#[test]
fn what_is_written_passes_and_is_explained() {
    let repository = shop();
    let (run, policy) = init(&repository);
    run.expect_line(".github/gate.yml: written. Passed: all required rules hold (3 of 3)");
    let checked = expect_it_passes(&repository);
    checked.expect_line("lines 617/1000 = 61.70 % ≥ 61 % ✓").expect_line("the tests pass");
    assert!(policy.contains("at-least: 61%") && policy.contains("# 617 of 1000 today"), "{policy}");
    // Whatever is chosen has its reason beside it or above it.
    assert!(policy.matches('#').count() > 15, "{policy}");
}

#[test]
fn says_what_it_has_seen() {
    let (run, _) = init(&shop());
    run.expect_line("languages   Python (2)")
        .expect_line("coverage.py (pyproject.toml)")
        .expect_line("pytest (.github/workflows/ci.yml, pyproject.toml)")
        .expect_line("Bandit (pyproject.toml)")
        .expect_line("MyPy (pyproject.toml)")
        .expect_line("workflows   .github/workflows/ci.yml")
        .expect_line("uploads   coverage (.github/workflows/ci.yml, job test)")
        .expect_line("coverage.xml (Cobertura XML), reports/junit.xml (JUnit XML)");
}

#[test]
fn names_the_artifacts_that_the_workflows_upload() {
    let (_, policy) = init(&shop());
    let policy_of = Policy::parse(&policy).unwrap();
    let coverage = policy_of.report("coverage").unwrap();
    assert_eq!((coverage.artifact.as_deref(), &*coverage.file), (Some("coverage"), "coverage.xml"));
    // A folder is uploaded by what is in it: one glob fits there and here.
    let tests = policy_of.report("tests").unwrap();
    assert_eq!((tests.artifact.as_deref(), &*tests.file), (None, "**/junit.xml"));
    assert!(policy.contains("# artifact: \"tests-{part}\""), "{policy}");
    assert!(policy.contains("# parts: [\"3.11\", \"3.12\"]"), "{policy}");
    // What it offers for the parts is sound when it is taken in.
    let taken = policy
        .replace("    # artifact: \"tests-{part}\"", "    artifact: \"tests-{part}\"")
        .replace("    # parts: [", "    parts: [");
    assert_eq!(Policy::parse(&taken).unwrap().report("tests").unwrap().parts, ["3.11", "3.12"]);
}

#[test]
fn prints_the_lines_that_the_workflows_are_missing() {
    let (run, policy) = init(&shop());
    run.expect_line(
        "Lines that the workflows are missing, in the job test of .github/workflows/ci.yml:",
    )
    .expect_line("      - run: bandit --recursive . --format json --output bandit.json --exit-zero")
    .expect_line("      - run: mypy --output json . > mypy.json || true")
    // As the workflows name it already.
    .expect_line("      - uses: actions/upload-artifact@v5")
    .expect_line("          path: mypy.json")
    .expect_no_line("          path: coverage.xml");
    assert!(
        policy.contains("# MyPy is here (pyproject.toml), and no report of it was found."),
        "{policy}"
    );
    // The lines are steps as a workflow has them.
    let (_, lines) = run.stdout.split_once("ci.yml:\n\n").unwrap();
    let steps: serde_json::Value = serde_saphyr::from_str(lines).unwrap();
    let steps = steps.as_array().unwrap();
    assert_eq!(steps.len(), 4, "{steps:#?}");
    assert!(steps.iter().all(|step| step["run"].is_string() || step["with"]["path"].is_string()));
}

#[test]
fn the_command_is_that_of_the_tool_which_is_here_and_writes_where_the_report_lies() {
    let repository = Repository::empty()
        .file("tox.ini", "[testenv]\ndeps = bandit\n    bandit\n")
        .file("package.json", "{\"devDependencies\": {\"jest\": \"^30\"}}")
        .file("reports/bandit.json", Bandit::clean().json())
        .file("coverage/cobertura-coverage.xml", Cobertura::new().file("a.js", 5, 10).xml());
    let (run, _) = init(&repository);
    run.expect_line(
        "- run: bandit --recursive . --format json --output reports/bandit.json --exit-zero",
    )
    .expect_line("- run: npx jest --coverage --coverageReporters=cobertura")
    .expect_line("path: coverage/cobertura-coverage.xml")
    .expect_no_line("pytest");
    expect_it_passes(&repository);
}

#[test]
fn the_coverage_of_every_format_is_found() {
    for (fixture, file) in [
        ("go-cover", "cover.out"),
        ("jacoco", "target/site/jacoco/jacoco.xml"),
        ("clover", "clover.xml"),
        ("lcov", "coverage/lcov.info"),
        ("coverage-py", "coverage.json"),
    ] {
        let names = gate_tests::fixtures_in(fixture);
        // Some fixtures are of no line at all, which no bar fits.
        let passes = names.iter().filter(|name| !name.contains(".invalid.")).any(|name| {
            let repository = Repository::empty().fixture(file, &format!("{fixture}/{name}"));
            let (_, policy) = init(&repository);
            policy.contains(&format!("format: {fixture}"))
                && policy.contains("today")
                && expect_it_passes(&repository).rule("enough of the project is tested")["mode"]
                    == "required"
        });
        assert!(passes, "{fixture}");
    }
}

#[test]
fn nothing_is_missing_where_all_is_uploaded() {
    let workflow = "on: push\njobs: { test: { steps: [ { run: \"pytest --cov\" }, { uses: actions/upload-artifact@v4, with: { name: all, path: \"*.xml\" } } ] } }\n";
    let repository = Repository::empty()
        .file("setup.cfg", "[coverage:run]\nbranch = true\n")
        .file(".github/workflows/a.yaml", workflow)
        .file("coverage.xml", Cobertura::new().file("a.py", 5, 10).xml())
        .file("junit.xml", Junit::passed(["a"]).xml());
    let (run, policy) = init(&repository);
    run.expect_no_line("Lines that the workflows are missing");
    assert!(!policy.contains("Not uploaded yet"), "{policy}");
    expect_it_passes(&repository);
}

#[test]
fn bars_are_set_where_the_repository_stands() {
    let findings = [
        finding("B602", "a.py", 1).severity("HIGH"),
        finding("B608", "b.py", 1).severity("MEDIUM"),
        finding("B101", "c.py", 1).severity("LOW"),
    ];
    let flaws = PipAudit::clean()
        .dependency("jinja2", "2.0", [PipAudit::flaw("PYSEC-1", &[], &["3.0"])])
        .skipped("local", "not on the index");
    let repository = Repository::empty()
        .file("tox.ini", "[testenv]\ndeps =\n    bandit\n    pip-audit\n")
        .file("reports/bandit.json", Bandit::with(findings).unread("d.py", "syntax error").json())
        .file("reports/pip-audit.json", flaws.json())
        .file("reports/junit.xml", Junit::passed(["a"]).failed("b").broken("c").xml());
    let (_, policy) = init(&repository);
    let checked = expect_it_passes(&repository);
    checked
        .expect_line("findings, severity medium or above: 2 ≤ 2 ✓")
        .expect_rule(
            "no vulnerable dependency is introduced",
            "passed",
            "vulnerabilities-within-maximum",
        )
        .expect_rule("the tests pass", "passed", "test-failures-within-maximum");
    assert!(policy.contains("so many today; lower it as they go"), "{policy}");
    assert!(policy.contains("unread-at-most: 1"), "{policy}");
    // One more is too many.
    let worse = [1, 2, 3].map(|line| finding("B602", "a.py", line).severity("HIGH"));
    let repository =
        repository.file("reports/bandit.json", Bandit::with(worse).unread("d.py", "x").json());
    repository.check().expect_failed();
}

#[test]
fn where_nothing_is_there_nothing_may_come() {
    let repository = Repository::empty()
        .file("bandit.json", Bandit::clean().json())
        .file("pip-audit.json", PipAudit::clean().json());
    let (_, policy) = init(&repository);
    assert_eq!(policy.matches("only: introduced").count(), 2, "{policy}");
    expect_it_passes(&repository);
    let repository = repository
        .file("bandit.json", Bandit::with([finding("B602", "a.py", 1).severity("HIGH")]).json());
    repository.check().expect_failed();
}

#[test]
fn a_rule_that_cannot_hold_decides_nothing_and_says_why() {
    let repository = Repository::empty()
        .file("bandit.json", Bandit::of_nothing().json())
        .file("coverage.xml", Cobertura::new().file("a.py", 5, 10).xml());
    let (_, policy) = init(&repository);
    assert!(
        policy.contains("mode: advisory") && policy.contains("# it does not hold today: "),
        "{policy}"
    );
    let checked = expect_it_passes(&repository);
    assert_eq!(checked.rule("no insecure code is introduced")["mode"], "advisory");
}

#[test]
fn an_empty_repository_gets_a_policy_that_passes_and_says_that_nothing_decides() {
    let repository = Repository::empty();
    let (run, policy) = init(&repository);
    assert!(policy.contains("# No rule above decides yet."), "{policy}");
    run.expect_line("languages   none").expect_line("reports     none");
    expect_it_passes(&repository);
}

#[test]
fn never_overwrites_without_being_told() {
    let repository = shop().file(".github/gate.yml", "mine\n");
    let run = repository.gate(["init"]).run();
    run.expect_refused(&[
        "there is a policy at .github/gate.yml already",
        "`--force` overwrites it",
    ]);
    assert_eq!(fs::read_to_string(repository.path(".github/gate.yml")).unwrap(), "mine\n");
    let printed = repository.gate(["init", "--print"]).run();
    printed.expect_success();
    assert_eq!(fs::read_to_string(repository.path(".github/gate.yml")).unwrap(), "mine\n");
    repository.gate(["init", "--force"]).run().expect_success();
    let written = fs::read_to_string(repository.path(".github/gate.yml")).unwrap();
    assert_eq!(written, printed.stdout);
    expect_it_passes(&repository);
}

#[test]
fn works_in_another_folder_and_writes_another_file() {
    let repository = shop();
    let elsewhere = Repository::empty();
    let run =
        elsewhere.gate(["init", "--policy", "bar/it.yml", "-C"]).arg(repository.folder()).run();
    run.expect_success().expect_line("bar/it.yml: written.");
    repository.gate_check().arg("--policy").arg("bar/it.yml").run().expect_exit(0);
}

#[test]
fn reads_every_kind_of_configuration() {
    let repository = Repository::empty()
        .file("setup.cfg", "[tool:pytest]\naddopts = -q\n[mypy]\nstrict = True\n")
        .file(
            ".pre-commit-config.yaml",
            "repos: [{ repo: x, hooks: [{ id: ruff-check }, { id: bandit }] }]\n",
        )
        .file("package.json", "{\"devDependencies\": {\"vitest\": \"^3\"}}")
        .file("requirements-dev.txt", "# tools\npip-audit==2.9\nsafety>=3 ; python_version > '3'\n")
        .file("go.mod", "module x\n")
        .file("main.go", "package main\n");
    let (run, _) = init(&repository);
    for tool in [
        "Vitest (package.json)",
        "pytest (setup.cfg)",
        "MyPy (setup.cfg)",
        "Ruff (.pre-commit-config.yaml)",
        "Bandit (.pre-commit-config.yaml)",
        "pip-audit (requirements-dev.txt)",
        "Safety (requirements-dev.txt)",
        "gotestsum (go.mod)",
        "go test (go.mod)",
    ] {
        run.expect_line(tool);
    }
    expect_it_passes(&repository);
}

#[test]
fn what_cannot_be_read_is_said_and_stops_nothing() {
    let repository = Repository::empty()
        .file("pyproject.toml", "[tool.mypy\n")
        .file("package.json", "{")
        .file(".github/workflows/ci.yml", "jobs: [")
        .file("coverage.xml", "<html></html>");
    let (run, _) = init(&repository);
    for file in ["pyproject.toml: ", "package.json: ", ".github/workflows/ci.yml: "] {
        run.expect_line(&format!("not read    {file}"));
    }
    run.expect_line("reports     none");
}

#[test]
fn git_says_what_belongs_to_the_repository_and_ignored_reports_are_found() {
    let repository = shop()
        .file(".gitignore", "coverage.xml\nreports/\nvendor/\n")
        .file("vendor/tox.ini", "[mypy]\n");
    repository.git(&["init", "--quiet"]);
    let (run, _) = init(&repository);
    run.expect_line("MyPy (pyproject.toml)").expect_line("coverage.xml (Cobertura XML)");
    run.expect_no_line("vendor/tox.ini");
    expect_it_passes(&repository);
}

#[test]
fn peak_trade_gets_a_policy_that_it_passes() {
    for side in ["green", "red"] {
        let copy = Repository::empty();
        let from = fixture(&format!("peak-trade/{side}"));
        let cp = Command::new("cp").arg("-r").arg(from.join(".")).arg(copy.folder()).status();
        assert!(cp.unwrap().success());
        let run = copy.gate(["init", "--force"]).run();
        run.expect_success()
            .expect_line("reports/coverage.xml (Cobertura XML)")
            .expect_line("reports/bandit.json (Bandit JSON)")
            .expect_line("reports/pip-audit.json (pip-audit JSON)");
        check_in(copy.folder(), &[]).expect_passed();
        copy.gate(["policy", "check"]).run().expect_success();
    }
}
