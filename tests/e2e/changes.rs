//! The rule `changes`: it changes such files, not others, and not too much.

use gate_tests::{Checked, Repository};

/// Judged by a rule with these keys; each file has lost one line and won two.
#[track_caller]
fn judged(rule: &str, files: &[&str]) -> Checked {
    let file = |name: &&str| {
        format!("--- a/{name}\n+++ b/{name}\n@@ -1,2 +1,3 @@\n-old\n+new\n+newer\n same\n")
    };
    let diff: String = files.iter().map(file).collect();
    with_diff(rule, &diff)
}

#[track_caller]
fn with_diff(rule: &str, diff: &str) -> Checked {
    Repository::with_rule(&format!("changes: {{ {rule} }}"))
        .file("the.diff", diff)
        .arg("--diff")
        .arg("the.diff")
        .check()
}

const DOCS: &str = "if-changed: ['src/**'], then-changed: ['docs/**', CHANGELOG.md]";

#[test]
fn documentation_follows_the_code() {
    judged(DOCS, &["src/a.py", "docs/a.md"]).expect_passed().expect_rule(
        "the rule",
        "passed",
        "changes-fit",
    );
    judged(DOCS, &["src/a.py", "CHANGELOG.md"]).expect_passed();
    judged(DOCS, &["tests/a.py"]).expect_passed();
    judged(DOCS, &["src/a.py", "src/b/c.py", "tests/a.py"])
        .expect_failed()
        .expect_rule("the rule", "failed", "change-missing")
        .expect_line("what fits src/** is changed, and nothing that fits docs/**, CHANGELOG.md is")
        .expect_line("→ change what fits docs/**, CHANGELOG.md too")
        .expect_line("src/b/c.py  is changed");
}

#[test]
fn some_files_must_stay_as_they_are() {
    let rule = "forbid: ['.github/**', '*.lock']";
    judged(rule, &["src/a.py"]).expect_passed();
    judged(rule, &["src/a.py", ".github/gate.yml"])
        .expect_failed()
        .expect_rule("the rule", "failed", "change-forbidden")
        .expect_line("1 file is changed that must not be: .github/gate.yml");
}

#[test]
fn a_file_that_was_renamed_away_is_changed_too() {
    let diff = "diff --git a/.github/gate.yml b/gate.yml\nsimilarity index 100%\n\
                rename from .github/gate.yml\nrename to gate.yml\n";
    with_diff("forbid: ['.github/**']", diff).expect_failed();
    let gone = "diff --git a/.github/x b/.github/x\ndeleted file mode 100644\n\
                --- a/.github/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n";
    with_diff("forbid: ['.github/**']", gone).expect_failed();
}

#[test]
fn it_may_be_so_large() {
    judged("at-most-files: 2", &["a", "b"]).expect_passed();
    judged("at-most-files: 1", &["a", "b"])
        .expect_failed()
        .expect_rule("the rule", "failed", "change-too-large")
        .expect_line("changed files: 2 > 1 ✗")
        .expect_line("→ split it into smaller pull requests");
    judged("at-most-lines: 6", &["a", "b"]).expect_passed();
    judged("at-most-lines: 5", &["a", "b"]).expect_failed().expect_line("changed lines: 6 > 5 ✗");
    judged("at-most-lines: 5, paths: { exclude: [b] }", &["a", "b"]).expect_passed();
}

#[test]
fn what_changes_must_be_known() {
    Repository::with_rule("changes: { at-most-files: 9 }")
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "changes-missing");
}

#[test]
fn mistakes_are_told() {
    for (keys, problem) in [
        ("", "this rule asks for nothing"),
        ("if-changed: [a]", "`if-changed` and `then-changed` belong together"),
        ("forbid: [a], paths: { include: [b] }", "`paths` is about `at-most-files`"),
        ("forbid: ['[']", "not a glob"),
    ] {
        let rule = format!("changes: {{ {keys} }}");
        Repository::with_rule(&rule).gate_check().run().expect_refused(&[problem]);
    }
}
