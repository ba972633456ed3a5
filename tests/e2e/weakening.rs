//! The rule `weakening`: it does not loosen the bar itself, or somebody named has approved its head.

use gate_tests::{Checked, Repository, approved};

/// A file that had these lines and has those.
pub(crate) fn changed(path: &str, old: &[&str], new: &[&str]) -> String {
    let lines = |mark: &str, lines: &[&str]| {
        lines.iter().map(|line| format!("{mark}{line}\n")).collect::<String>()
    };
    let at = |lines: &[&str]| format!("{},{}", usize::from(!lines.is_empty()), lines.len());
    format!(
        "diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -{} +{} @@\n{}{}",
        at(old),
        at(new),
        lines("-", old),
        lines("+", new)
    )
}

/// A file that is gone.
fn gone(path: &str, old: &[&str]) -> String {
    changed(path, old, &[])
        .replace(&format!("+++ b/{path}"), "+++ /dev/null")
        .replace("--- a/", "deleted file mode 100644\n--- a/")
}

pub(crate) fn repository(rule: &str, diff: &str) -> Repository {
    Repository::with_rule(&format!("weakening: {{ {rule} }}"))
        .file("the.diff", diff)
        .arg("--diff")
        .arg("the.diff")
}

/// Judged by a rule with these keys, where nobody has described the pull request.
#[track_caller]
pub(crate) fn judged(rule: &str, diff: &str) -> Checked {
    repository(rule, diff).check()
}

/// That this diff loosens the bar in this way, and says so with these words.
#[track_caller]
fn expect(diff: &str, way: &str, words: &str) {
    judged("", diff)
        .expect_failed()
        .expect_rule("the rule", "failed", "weakening-forbidden")
        .expect_line(words);
    judged(&format!("counts: [{way}]"), diff).expect_failed();
    let others =
        ["policy", "workflows", "suppressions", "skipped-tests", "removed-tests", "lowered-bars"]
            .into_iter()
            .filter(|other| *other != way)
            .collect::<Vec<_>>()
            .join(", ");
    judged(&format!("counts: [{others}]"), diff).expect_passed();
}

#[track_caller]
fn expect_nothing(diff: &str) {
    judged("", diff).expect_passed().expect_rule("the rule", "passed", "nothing-weakened");
}

#[test]
fn code_that_changes_as_code_does_loosens_nothing() {
    let diff = changed("src/a.py", &["old"], &["new", "newer"]);
    judged("", &diff).expect_passed().expect_line("nothing loosens the bar, in 1 file");
}

mod an_edit {
    use super::*;

    #[test]
    fn of_the_policy_or_its_waivers_counts() {
        let waiver =
            changed(".github/gate.yml", &[], &["waivers:", "  - { finding: B101, reason: r }"]);
        expect(&waiver, "policy", ".github/gate.yml:1  is edited: +2 −0");
        expect(
            &changed(".github/gate.yml", &["a"], &["b"]),
            "policy",
            "1 edit of the policy loosens",
        );
    }

    #[test]
    fn that_takes_the_policy_away_counts() {
        expect(&gone(".github/gate.yml", &["a"]), "policy", ".github/gate.yml  is removed");
        let away = "diff --git a/.github/gate.yml b/gate.yml\nsimilarity index 100%\n\
                    rename from .github/gate.yml\nrename to gate.yml\n";
        expect(away, "policy", "gate.yml  is edited: +0 −0, and was .github/gate.yml");
    }

    #[test]
    fn of_a_workflow_or_an_action_counts() {
        let diff = changed(".github/workflows/quality.yml", &["a"], &["b"]);
        expect(&diff, "workflows", ".github/workflows/quality.yml:1  is edited: +1 −1");
        let action = changed(".github/actions/test/action.yml", &["a"], &["b"]);
        expect(&action, "workflows", "1 edit of a workflow loosens the bar");
    }

    #[test]
    fn of_what_else_states_the_bar_counts_where_the_rule_says_so() {
        let diff = changed(".coveragerc", &["omit ="], &["omit = src/*"]);
        expect_nothing(&diff);
        judged("bar-files: [.coveragerc, 'codecov.y*ml']", &diff)
            .expect_failed()
            .expect_line(".coveragerc:1  is edited: +1 −1");
    }
}

mod a_suppression {
    use super::*;

    #[test]
    fn that_is_new_counts() {
        for (path, line, words) in [
            ("src/a.py", "call(x)  # nosec", "src/a.py:1  new: # nosec"),
            ("src/a.py", "call(x)  #nosec B602", "new: #nosec B602"),
            ("src/a.py", "import a  # noqa: F401", "new: # noqa: F401"),
            ("src/a.py", "# ruff: noqa", "new: # ruff: noqa"),
            ("src/a.py", "x = f()  # type: ignore[arg-type]", "new: # type: ignore[arg-type]"),
            ("src/a.py", "if a:  # pragma: no cover", "new: # pragma: no cover"),
            ("src/a.py", "x = 1  # pylint: disable=C0103", "new: # pylint: disable=C0103"),
            (
                "src/a.ts",
                "// eslint-disable-next-line no-eval",
                "new: eslint-disable-next-line no-eval",
            ),
            ("src/a.ts", "// @ts-ignore", "new: @ts-ignore"),
            ("src/a.ts", "/* istanbul ignore next */", "new: istanbul ignore next"),
            ("a.go", "x() //nolint:errcheck", "new: //nolint:errcheck"),
            ("A.java", "@SuppressWarnings(\"unchecked\")", "new: @SuppressWarnings(\"unchecked\")"),
            ("a.cc", "f(); // NOLINT(bugprone-*)", "new: NOLINT(bugprone-*)"),
            ("a.rs", "#[ allow(dead_code)]", "new: #[ allow(dead_code"),
            ("a.sh", "# shellcheck disable=SC2086", "new: # shellcheck disable=SC2086"),
        ] {
            expect(&changed(path, &[], &[line]), "suppressions", words);
        }
    }

    #[test]
    fn is_named_with_its_line() {
        let diff =
            changed("src/a.py", &[], &["a = 1", "b = 2", "call(x)  # nosec", "import c  # noqa"]);
        judged("", &diff)
            .expect_failed()
            .expect_line("2 suppressions loosen the bar")
            .expect_line("src/a.py:3  new: # nosec")
            .expect_line("src/a.py:4  new: # noqa");
    }

    #[test]
    fn that_was_moved_is_not_new() {
        let old = changed("src/a.py", &["call(x)  # nosec"], &[]);
        let new = changed("src/b.py", &[], &["    call( x ) # nosec"]);
        expect_nothing(&format!("{old}{new}"));
        // A second copy is.
        let twice = changed("src/b.py", &[], &["call(x)  # nosec", "call(x)  # nosec"]);
        judged("", &format!("{old}{twice}"))
            .expect_failed()
            .expect_line("1 suppression loosens the bar")
            .expect_line("src/b.py:2  new: # nosec");
    }

    #[test]
    fn that_was_moved_with_a_block_of_code_is_not_new() {
        let block = [
            "def pay(order):  # noqa: C901",
            "    total = sum(line.price for line in order.lines)",
            "    subprocess.call(order.hook, shell=True)  # nosec B602",
            "    return total",
        ];
        let diff = changed("src/a.py", &block, &[]) + &changed("src/pay.py", &[], &block);
        expect_nothing(&diff);
    }

    #[test]
    fn on_a_line_that_had_it_is_not_new() {
        expect_nothing(&changed("a.py", &["call(x)  # nosec"], &["call(x, y)  # nosec"]));
        expect_nothing(&changed("a.py", &["import a  # noqa"], &["import b  # noqa: F401"]));
    }

    #[test]
    fn that_passes_over_more_than_before_is_new() {
        let wider = changed("a.py", &["import a  # noqa: F401"], &["import a  # noqa: F401, E402"]);
        expect(&wider, "suppressions", "new: # noqa: F401, E402");
        let all = changed("a.py", &["x = f()  # type: ignore[misc]"], &["x = f()  # type: ignore"]);
        expect(&all, "suppressions", "new: # type: ignore");
        // The code is what it was; what is said of it is not.
        let beside = changed("a.py", &["x = call(a, b, c)"], &["x = call(a, b, c)  # nosec"]);
        expect(&beside, "suppressions", "new: # nosec");
    }

    #[test]
    fn in_a_text_for_people_is_a_word() {
        expect_nothing(&changed("docs/a.md", &[], &["Write `# nosec` behind it."]));
        expect_nothing(&changed("README.rst", &[], &["# noqa"]));
    }

    #[test]
    fn that_goes_loosens_nothing() {
        expect_nothing(&changed("a.py", &["call(x)  # nosec"], &["call(x)"]));
    }

    #[test]
    fn counts_where_the_rule_looks() {
        let diff = changed("vendor/a.py", &[], &["call(x)  # nosec"]);
        judged("paths: { exclude: ['vendor/**'] }", &diff).expect_passed();
        judged("paths: { include: ['vendor/**'] }", &diff).expect_failed();
    }

    #[test]
    fn in_a_copy_cannot_be_told_and_counts() {
        let copy =
            "diff --git a/a.py b/b.py\nsimilarity index 100%\ncopy from a.py\ncopy to b.py\n";
        judged("", copy)
            .expect_failed()
            .expect_line("b.py  is a copy; whether it brings suppressions");
    }
}

mod a_test {
    use super::*;

    #[test]
    fn that_is_skipped_now_counts() {
        for (path, line) in [
            ("tests/test_a.py", "@pytest.mark.skip(reason=\"later\")"),
            ("tests/test_a.py", "@pytest.mark.xfail"),
            ("tests/test_a.py", "    pytest.skip(\"not here\")"),
            ("tests/test_a.py", "    @unittest.skipIf(True, \"\")"),
            ("a.test.ts", "it.skip(\"adds\", () => {"),
            ("a.test.ts", "describe.only('sums', () => {"),
            ("a.test.ts", "xit('adds', () => {"),
            ("a_test.go", "\tt.Skip(\"flaky\")"),
            ("src/a.rs", "    #[ ignore]"),
            ("ATest.java", "    @Disabled(\"later\")"),
            ("ATests.cs", "    [Fact(Skip = \"later\")]"),
            ("pytest.ini", "addopts = --deselect tests/test_a.py::test_x"),
        ] {
            let words = format!("{path}:1  skips or excuses a test: {}", line.trim());
            expect(&changed(path, &[], &[line]), "skipped-tests", &words);
        }
        expect_nothing(&changed("tests/test_a.py", &[], &["# @pytest.mark.skip"]));
        expect_nothing(&changed(
            "tests/test_a.py",
            &["@skip(\"a\")"],
            &["@skip(\"a better reason\")"],
        ));
    }

    #[test]
    fn that_is_gone_counts() {
        let python = changed("tests/test_a.py", &["def test_sum():", "    assert f(1) == 2"], &[]);
        expect(
            &python,
            "removed-tests",
            "tests/test_a.py  the test test_sum is gone (line 1 of the base)",
        );
        let in_a_class =
            changed("tests/test_a.py", &["    async def test_sum(self):"], &["    pass"]);
        expect(&in_a_class, "removed-tests", "the test test_sum is gone");
        let typescript = changed("a.test.ts", &["  it('adds two numbers', () => {", "  });"], &[]);
        expect(&typescript, "removed-tests", "the test adds two numbers is gone");
        let go = changed("a_test.go", &["func TestSum(t *testing.T) {", "}"], &[]);
        expect(&go, "removed-tests", "the test TestSum is gone");
        let rust = changed("src/a.rs", &["    #[test]", "    fn it_adds() {", "    }"], &[]);
        expect(&rust, "removed-tests", "the test it_adds is gone (line 2 of the base)");
        let java = changed("ATest.java", &["  @Test", "  void adds() {", "  }"], &[]);
        expect(&java, "removed-tests", "the test adds is gone");
    }

    #[test]
    fn that_is_commented_out_is_gone() {
        let diff = changed("tests/test_a.py", &["def test_sum():"], &["# def test_sum():"]);
        expect(&diff, "removed-tests", "the test test_sum is gone");
        let attribute = changed("src/a.rs", &["    #[test]"], &[]);
        expect(&attribute, "removed-tests", "the test #[test] is gone");
    }

    #[test]
    fn that_goes_with_its_file_is_named() {
        let diff =
            gone("tests/test_a.py", &["def test_a():", "    pass", "def test_b():", "    pass"]);
        judged("", &diff)
            .expect_failed()
            .expect_line("2 removed tests loosen the bar")
            .expect_line("tests/test_a.py  the test test_b is gone (line 3 of the base)");
        let unknown = gone("tests/a.bats", &["@test \"adds\" {"]);
        expect(&unknown, "removed-tests", "tests/a.bats  is a file of tests that is gone");
        expect_nothing(&gone("tests/data/a.json", &["{}"]));
        judged("test-files: ['tests/**']", &gone("tests/data/a.json", &["{}"])).expect_failed();
    }

    #[test]
    fn that_moved_or_has_another_name_is_not_gone() {
        let test = ["def test_sum():", "    assert f(1) == 2"];
        let moved =
            changed("tests/test_a.py", &test, &[]) + &changed("tests/test_b.py", &[], &test);
        expect_nothing(&moved);
        let renamed = "--- a/tests/test_a.py\n+++ b/tests/test_a.py\n@@ -1,2 +1,2 @@\n\
                       -def test_sum():\n+def test_the_sum():\n     assert f(1) == 2\n";
        expect_nothing(renamed);
        let other = changed("tests/test_a.py", &test, &["def test_nothing():", "    assert True"]);
        expect(&other, "removed-tests", "the test test_sum is gone");
    }

    #[test]
    fn that_no_runner_finds_any_more_is_gone() {
        let diff = "diff --git a/tests/test_a.py b/attic/a.py\nsimilarity index 100%\n\
                    rename from tests/test_a.py\nrename to attic/a.py\n";
        expect(
            diff,
            "removed-tests",
            "is no file of tests any more, by its name; it was tests/test_a.py",
        );
    }
}

mod a_bar_of_a_tool {
    use super::*;

    #[test]
    fn that_goes_down_counts() {
        let diff = changed(".coveragerc", &["fail_under = 85"], &["fail_under = 80.5"]);
        expect(&diff, "lowered-bars", ".coveragerc:1  lowered: fail_under: 85 → 80.5");
        let argument = changed(
            "tox.ini",
            &["pytest --cov-fail-under=90 tests"],
            &["pytest --cov-fail-under=89 tests"],
        );
        expect(&argument, "lowered-bars", "tox.ini:1  lowered: fail_under: 90 → 89");
    }

    #[test]
    fn that_goes_away_counts() {
        let diff = changed("setup.cfg", &["fail_under = 85"], &["show_missing = true"]);
        expect(
            &diff,
            "lowered-bars",
            "setup.cfg  lowered: fail_under: 85 is gone (line 1 of the base)",
        );
        let comment = changed("setup.cfg", &["fail_under = 85"], &["# fail_under = 85"]);
        expect(&comment, "lowered-bars", "fail_under: 85 is gone");
        expect(
            &gone(".coveragerc", &["fail_under = 85"]),
            "lowered-bars",
            "fail_under: 85 is gone",
        );
        let none = changed("setup.cfg", &[], &["fail_under = 0"]);
        expect(&none, "lowered-bars", "lowered: fail_under: 0");
    }

    #[test]
    fn that_goes_up_or_elsewhere_does_not() {
        expect_nothing(&changed("setup.cfg", &["fail_under = 85"], &["fail_under = 85.1"]));
        expect_nothing(&changed("setup.cfg", &[], &["fail_under = 85"]));
        let moved = changed("setup.cfg", &["fail_under = 85"], &[])
            + &changed("pyproject.toml", &[], &["fail_under = 85"]);
        expect_nothing(&moved);
    }
}

#[test]
fn what_changes_must_be_known() {
    Repository::with_rule("weakening: { from: { users: [grace] } }")
        .pull_request(&approved())
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "changes-missing");
}

#[test]
fn mistakes_are_told() {
    for (keys, problem) in [
        ("approvals: 1", "`approvals` is about `from`"),
        ("from: { users: [a] }, approvals: 2", "2 approvals cannot come from 1 user"),
        ("from: { users: [a] }, approvals: 0", "what needs no approval needs no rule"),
        ("from: { users: [] }", "this names nobody"),
        ("counts: []", "a rule for which nothing counts always holds"),
        ("counts: [policy, policy]", "`policy` stands here a second time"),
        ("counts: [supressions]", "did you mean `suppressions`?"),
        ("bar-files: ['[']", "not a glob"),
        ("test-files: []", "an empty list"),
    ] {
        let rule = format!("weakening: {{ {keys} }}");
        Repository::with_rule(&rule).gate_check().run().expect_refused(&[problem]);
    }
}
