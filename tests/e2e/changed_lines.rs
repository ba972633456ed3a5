//! Coverage of what a pull request brings: `of: changed-lines`, `changed-files`, `indirect`, over a
//! real git repository.

use gate_tests::{Checked, Cobertura, Repository};

/// Files as they are, each line after a mark: `1` it ran, `0` it did not, a space where it is no
/// code.
type Files<'a> = &'a [(&'a str, &'a str)];

/// A repository with one commit of these files, which have become those, judged by this rule.
struct Story {
    repository: Repository,
    base: Option<Cobertura>,
}

fn content(marked: &str) -> String {
    marked.lines().map(|line| format!("{}\n", line.get(2..).unwrap_or_default())).collect()
}

fn report(files: Files<'_>) -> Cobertura {
    files.iter().fold(Cobertura::new(), |report, (name, marked)| {
        let lines = (1..).zip(marked.lines());
        let measured: Vec<(u64, u64)> = lines
            .filter_map(|(number, line)| Some((number, line.chars().next()?.to_digit(2)?.into())))
            .collect();
        report.file_with_lines(name, &measured)
    })
}

fn write(repository: Repository, files: Files<'_>) -> Repository {
    files
        .iter()
        .fold(repository, |repository, (name, marked)| repository.file(name, content(marked)))
}

impl Story {
    #[track_caller]
    fn begins(rule: &str, base: Files<'_>) -> Self {
        let repository =
            Repository::with_rule(&format!("coverage: {{ report: coverage, {rule} }}"))
                .file(".gitignore", "coverage.xml\nbaseline\n");
        let repository = write(repository, base);
        repository.git(&["init", "--quiet"]);
        repository.git(&["add", "."]);
        repository.git(&["commit", "--quiet", "--message", "base"]);
        Self { repository, base: Some(report(base)) }
    }

    fn without_baseline(mut self) -> Self {
        self.base = None;
        self
    }

    /// What gate says once the files have become these; those that are not named are gone.
    #[track_caller]
    fn becomes(self, head: Files<'_>) -> Checked {
        self.turned_into(head).check()
    }

    /// The repository once the files have become these.
    #[track_caller]
    fn turned_into(self, head: Files<'_>) -> Repository {
        std::fs::remove_dir_all(self.repository.path("src")).expect("src/ is there");
        let repository = write(self.repository, head).file("coverage.xml", report(head).xml());
        let repository = repository.arg("--base").arg("HEAD");
        match &self.base {
            Some(base) => repository.baseline("coverage", "coverage.xml", base.xml()),
            None => repository,
        }
    }
}

const RULE: &str = "of: changed-lines, at-least: 80%";

const BASE: &str = "\
1 def f(argument):
1     first = argument + 1
0     second = argument + 2
0     return first, second
";

#[test]
fn only_what_changes_counts() {
    let head = format!("{BASE}  \n1 def g():\n1     return 1\n");
    Story::begins(RULE, &[("src/a.py", BASE)])
        .becomes(&[("src/a.py", &head)])
        .expect_passed()
        .expect_rule("the rule", "passed", "coverage-at-minimum")
        .expect_line("of the changed lines, lines 2/2 = 100.00 % ≥ 80 % ✓");
}

#[test]
fn a_new_line_that_did_not_run_is_shown_with_its_place() {
    let head = format!("{BASE}  \n1 def g():\n0     return 1\n");
    Story::begins(RULE, &[("src/a.py", BASE)])
        .becomes(&[("src/a.py", &head)])
        .expect_failed()
        .expect_line("of the changed lines, lines 1/2 = 50.00 % < 80 % ✗")
        .expect_line("→ cover 1 more line")
        .expect_line("src/a.py:7  new, not covered");
}

#[test]
fn a_change_of_no_code_is_skipped() {
    let checked = Story::begins(RULE, &[("src/a.py", BASE)])
        .becomes(&[("src/a.py", &format!("{BASE}  # the end\n"))]);
    checked
        .expect_inconclusive()
        .expect_rule("the rule", "skipped", "nothing-changed")
        .expect_line("no line that can be covered was changed");
}

#[test]
fn code_that_was_moved_is_what_it_was() {
    Story::begins(RULE, &[("src/a.py", BASE), ("src/c.py", "1 import b\n")])
        .becomes(&[("src/b.py", BASE), ("src/c.py", "1 import b\n1 import c\n")])
        .expect_passed();
    // To another file that was there, and in another depth.
    let deeper: String =
        BASE.lines().map(|line| format!("{}     {}\n", &line[..1], &line[2..])).collect();
    Story::begins(RULE, &[("src/a.py", BASE), ("src/c.py", "1 import b\n1 class C:\n")])
        .becomes(&[
            ("src/a.py", "1 import c\n"),
            ("src/c.py", &format!("1 import b\n1 class C:\n{deeper}")),
        ])
        .expect_passed()
        .expect_line("of the changed lines, lines 1/1 = 100.00 %")
        .expect_rule("the rule", "passed", "coverage-at-minimum")
        .expect_reason("the rule", "not-introduced")
        .expect_line("src/c.py:5  moved from src/a.py:3, where it was not covered");
}

#[test]
fn a_file_that_was_split_is_what_it_was() {
    let other = BASE.replace("argument", "parameter").replace("f(", "g(");
    let top = "1 import c\n1 import d\n1 import e\n";
    let both = format!("{other}  \n{BASE}");
    Story::begins(RULE, &[("src/a.py", &format!("{top}{both}"))])
        .becomes(&[
            ("src/a.py", top),
            ("src/b.py", &format!("1 import d\n  \n  \n  \n  \n  \n{other}")),
            ("src/c.py", BASE),
        ])
        .expect_passed()
        .expect_line("of the changed lines, lines 1/1 = 100.00 %")
        .expect_line("src/b.py:9  moved from src/a.py:6, where it was not covered")
        .expect_line("src/c.py:3  moved from src/a.py:11, where it was not covered");
}

#[test]
fn beside_the_code_what_is_excused_is_a_notice_and_what_is_new_an_error() {
    let repository = Story::begins(RULE, &[("src/a.py", BASE), ("src/c.py", "1 import b\n")])
        .turned_into(&[
            ("src/a.py", "1 import c\n0 import d\n"),
            ("src/c.py", &format!("1 import b\n{BASE}")),
        ]);
    let run = repository.gate_check().arg("--format").arg("github").run();
    run.expect_exit(1)
        .expect_line("::error file=src/a.py,line=2,endLine=2,title=the rule::new, not covered")
        .expect_line(
            "::notice file=src/c.py,line=4,endLine=5,title=the rule::moved from src/a.py:3",
        )
        .expect_no_line("::error file=src/c.py");
}

#[test]
fn code_that_was_moved_and_lost_its_tests_has_regressed() {
    let untested = BASE.replace("1 ", "0 ");
    Story::begins(RULE, &[("src/a.py", BASE), ("src/c.py", "1 import b\n")])
        .becomes(&[("src/a.py", "1 import c\n"), ("src/c.py", &format!("1 import b\n{untested}"))])
        .expect_failed()
        .expect_line("of the changed lines, lines 1/3 = 33.33 % < 80 % ✗")
        .expect_line("src/c.py:2  not covered, and was at src/a.py:1");
}

#[test]
fn of_a_line_that_lost_a_branch_only_that_branch_counts() {
    let tested = BASE.replace("0 ", "1 ");
    let of = |name: &str, branches| Cobertura::new().file_with_branches(name, 4, 4, branches);
    let mut story = Story::begins(
        &format!("{RULE}, metric: combined"),
        &[("src/a.py", &tested), ("src/c.py", "1 import b\n")],
    );
    story.base = Some(of("src/a.py", (2, 2)));
    story
        .turned_into(&[("src/c.py", &format!("{tested}1 import b\n"))])
        .file("coverage.xml", of("src/c.py", (1, 2)).xml())
        .check()
        .expect_failed()
        .expect_line("of the changed lines, combined 0/1 = 0.00 % < 80 % ✗")
        .expect_line("src/c.py:1  not all branches covered, and was at src/a.py:1");
}

#[test]
fn code_that_was_only_moved_and_is_covered_holds_the_bar() {
    let tested = BASE.replace("0 ", "1 ");
    let story = || Story::begins(RULE, &[("src/a.py", &tested), ("src/c.py", "1 import b\n")]);
    story()
        .becomes(&[("src/c.py", &format!("1 import b\n{tested}"))])
        .expect_passed()
        .expect_rule("the rule", "passed", "covered-as-before")
        .expect_line("4 lines came from elsewhere or from another form, covered there and here");
    // What is excused is no reason to pass.
    let untested = BASE.replace("1 ", "0 ");
    Story::begins(RULE, &[("src/a.py", &untested), ("src/c.py", "1 import b\n")])
        .becomes(&[("src/c.py", &format!("1 import b\n{untested}"))])
        .expect_rule("the rule", "skipped", "nothing-changed")
        .expect_line("no line was changed that the rule counts")
        .expect_line("4 lines that came from elsewhere");
}

#[test]
fn code_that_was_reformatted_is_what_it_was() {
    let base = "1 def f():\n0     return compute(first, second, 'third')\n";
    let head = "\
1 def f():
0     return compute(
          first,
          second,
          \"third\",
      )
";
    Story::begins(RULE, &[("src/a.py", base), ("src/b.py", "1 b = 1\n")])
        .becomes(&[("src/a.py", head), ("src/b.py", "1 b = 2\n")])
        .expect_passed()
        .expect_line("src/a.py:2  reformatted from src/a.py:2, where it was not covered");
}

#[test]
fn the_policy_may_count_what_was_moved() {
    let rule = format!("{RULE}, count: [new, regressed, moved, reformatted]");
    Story::begins(&rule, &[("src/a.py", BASE), ("src/c.py", "1 import b\n")])
        .becomes(&[("src/a.py", "1 import c\n"), ("src/c.py", &format!("1 import b\n{BASE}"))])
        .expect_failed()
        .expect_line("of the changed lines, lines 1/3 = 33.33 %")
        .expect_no_reason("the rule", "not-introduced");
}

#[test]
fn without_a_baseline_nothing_is_excused_and_that_is_said() {
    Story::begins(RULE, &[("src/a.py", BASE), ("src/c.py", "1 import b\n")])
        .without_baseline()
        .becomes(&[("src/a.py", "1 import c\n"), ("src/c.py", &format!("1 import b\n{BASE}"))])
        .expect_failed()
        .expect_line("of the changed lines, lines 3/5 = 60.00 %")
        .expect_line("without a baseline, lines that were moved or reformatted count as new");
}

#[test]
fn a_changed_source_file_that_nobody_measured_leaves_it_undecided() {
    let story = |rule: &str| {
        let story = Story::begins(rule, &[("src/a.py", BASE)]);
        let repository = story.repository.file("src/new.py", "x = 1\n").file("README.md", "read\n");
        let repository = repository.file("coverage.xml", report(&[("src/a.py", BASE)]).xml());
        repository.arg("--base").arg("HEAD").check()
    };
    story(RULE)
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "changed-file-unmeasured")
        .expect_line("1 changed source file is not in the report coverage: src/new.py")
        .expect_line("→ measure it, or say in the rule that it is no source");
    story(&format!("{RULE}, paths: {{ exclude: [src/new.py] }}")).expect_rule(
        "the rule",
        "skipped",
        "nothing-changed",
    );
    story(&format!("{RULE}, paths: {{ include: ['**'], exclude: ['src/new.py'] }}"))
        .expect_inconclusive()
        .expect_line("1 changed source file is not in the report coverage: README.md");
}

#[test]
fn a_small_change_may_be_let_through_by_the_policy_and_that_is_said() {
    let head = format!("{BASE}  \n0 x = 1\n0 y = 2\n");
    let judged = |limit: u64| {
        Story::begins(&format!("{RULE}, small-change: {limit}"), &[("src/a.py", BASE)])
            .becomes(&[("src/a.py", &head)])
    };
    judged(3)
        .expect_passed()
        .expect_rule("the rule", "passed", "small-change")
        .expect_line("2 changed lines that can be covered, fewer than 3")
        .expect_line("lines 0/2 = 0.00 % < 80 % ✗");
    judged(2).expect_failed();
}

#[test]
fn a_change_is_no_smaller_for_the_lines_that_the_policy_does_not_count() {
    let rule = |limit: u64| format!("{RULE}, count: [regressed], small-change: {limit}");
    let untested = BASE.replace("1 ", "0 ");
    let judged = |limit: u64| {
        Story::begins(&rule(limit), &[("src/a.py", BASE), ("src/c.py", "1 import b\n")])
            .becomes(&[("src/c.py", &format!("1 import b\n{untested}  \n0 x = 1\n0 y = 2\n"))])
    };
    // Two lines have lost their tests, and two are new: once those are covered, they count.
    judged(5).expect_passed().expect_line("4 changed lines that can be covered, fewer than 5");
    judged(4).expect_failed().expect_line("of the changed lines, lines 0/2 = 0.00 % < 80 % ✗");
}

#[test]
fn what_changed_must_be_known() {
    let repository = Repository::with_rule(&format!("coverage: {{ report: coverage, {RULE} }}"))
        .file("coverage.xml", Cobertura::new().file("src/a.py", 1, 1).xml());
    repository
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "changes-missing")
        .expect_line("give `--base REV` to ask git, or `--diff FILE`");
    let cut = "--- a/src/a.py\n+++ b/src/a.py\n@@ -0,0 +1,2 @@\n+one\n";
    repository
        .file("the.diff", cut)
        .arg("--diff")
        .arg("the.diff")
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "changes-broken")
        .expect_line("cut off: the last hunk lacks 0 old and 1 new lines");
}

#[test]
fn a_diff_may_come_from_a_file() {
    let diff = "--- a/src/a.py\n+++ b/src/a.py\n@@ -1,0 +2 @@\n+one\n";
    Repository::with_rule(&format!("coverage: {{ report: coverage, {RULE} }}"))
        .file("coverage.xml", Cobertura::new().file("src/a.py", 2, 3).xml())
        .file("the.diff", diff)
        .arg("--diff")
        .arg("the.diff")
        .check()
        .expect_passed()
        .expect_line("of the changed lines, lines 1/1 = 100.00 %");
}

#[test]
fn git_says_what_it_does_not_know() {
    let story = Story::begins(RULE, &[("src/a.py", BASE)]);
    let repository = story.repository.file("coverage.xml", report(&[("src/a.py", BASE)]).xml());
    repository
        .arg("--base")
        .arg("origin/main")
        .check()
        .expect_inconclusive()
        .expect_line("git knows no commit origin/main here; fetch it first");
    Repository::with_rule(&format!("coverage: {{ report: coverage, {RULE} }}"))
        .file("coverage.xml", Cobertura::new().file("a.py", 1, 1).xml())
        .arg("--base")
        .arg("main")
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "changes-broken");
}

#[test]
fn changed_files_count_with_all_their_lines() {
    let rule = "of: changed-files, at-least: 60%, at-most-below-baseline: 0%";
    let other = "0 a = 1\n0 b = 2\n";
    Story::begins(rule, &[("src/a.py", BASE), ("src/other.py", other)])
        .becomes(&[("src/a.py", &format!("{BASE}1 x = 1\n")), ("src/other.py", other)])
        .expect_passed()
        .expect_line("of the changed files, lines 3/5 = 60.00 % ≥ 60 % ✓")
        .expect_line("of the changed files, lines 3/5 = 60.00 %, baseline 2/4 = 50.00 %");
}

#[test]
fn a_renamed_file_is_compared_with_what_it_was() {
    let rule = "of: changed-files, at-most-below-baseline: 0%";
    Story::begins(rule, &[("src/a.py", BASE)])
        .becomes(&[("src/b.py", BASE)])
        .expect_passed()
        .expect_line("baseline 2/4 = 50.00 %");
}

#[test]
fn indirect_is_about_what_did_not_change() {
    let rule = "of: indirect, at-most-below-baseline: 0%";
    let base = format!("{BASE}1 last = 1\n");
    // A line comes in the middle, and a test of the last one is lost.
    let head = base.replace("0     second", "1     x = 1\n0     second");
    Story::begins(rule, &[("src/a.py", &base)])
        .becomes(&[("src/a.py", &head)])
        .expect_passed()
        .expect_line("of the lines that did not change, lines 3/5");
    let lost = head.replace("1 last", "0 last");
    Story::begins(rule, &[("src/a.py", &base)])
        .becomes(&[("src/a.py", &lost)])
        .expect_failed()
        .expect_rule("the rule", "failed", "coverage-dropped")
        .expect_line("src/a.py:6  did not change, and is not covered any more");
}

#[test]
fn mistakes_are_told() {
    for (keys, problem) in [
        ("of: changed-lines, at-most-below-baseline: 0%", "has no baseline of its own"),
        ("of: project, at-least: 1%, count: [new]", "`count` is about `of: changed-lines`"),
        ("of: project, at-least: 1%, small-change: 3", "`small-change` is about"),
        ("of: indirect, at-least: 1%", "`indirect` compares with the baseline"),
        ("of: changed-lines, at-least: 1%, count: [old]", "no such class: `old`"),
    ] {
        Repository::with_rule(&format!("coverage: {{ report: coverage, {keys} }}"))
            .gate_check()
            .run()
            .expect_refused(&[problem]);
    }
}
