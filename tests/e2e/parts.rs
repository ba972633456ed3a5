//! Reports in parts: a matrix of jobs, of which each leaves its own file.

use gate_tests::{Bandit, Cobertura, Junit, PipAudit, Repository, finding};

/// A policy with one rule over a report in these parts, each of which lies in its own folder.
fn matrix(rule: &str, file: &str) -> Repository {
    Repository::with_policy(&format!(
        "version: 1\nreports:\n  it:\n    file: \"reports/{{part}}/{file}\"\n    \
         parts: [py3.10, \"py3.12\"]\nrules:\n  the rule: {{ {rule} }}\n"
    ))
}

/// A coverage report of `src/a.py` in which these lines have so many hits.
fn coverage(lines: &[(u32, u32)]) -> String {
    let lines: String = lines
        .iter()
        .map(|(number, hits)| format!("<line number=\"{number}\" hits=\"{hits}\"/>"))
        .collect();
    format!(
        "<coverage><packages><package><classes><class name=\"a\" filename=\"src/a.py\"><lines>{lines}\
         </lines></class></classes></package></packages></coverage>"
    )
}

#[test]
fn lines_merge_by_the_highest_hits_and_those_of_one_part_only_count_too() {
    // Line 3 is for the older version of the language, line 4 for the newer one.
    matrix("coverage: { report: it, at-least: 75% }", "coverage.xml")
        .file("reports/py3.10/coverage.xml", coverage(&[(1, 0), (2, 5), (3, 1)]))
        .file("reports/py3.12/coverage.xml", coverage(&[(1, 2), (2, 0), (4, 0)]))
        .check()
        .expect_passed()
        .expect_line("lines 3/4 = 75.00 % ≥ 75 % ✓");
}

/// A report of three lines of `src/a.py`, in this format, of which these ran.
fn three_lines(format: &str, ran: &[u32]) -> String {
    let hits = |line: u32| u8::from(ran.contains(&line));
    let each = |write: &dyn Fn(u32, u8) -> String| -> String {
        (1..=3).map(|line| write(line, hits(line))).collect()
    };
    match format {
        "lcov" => {
            let lines = each(&|line, hits| format!("DA:{line},{hits}\n"));
            format!("TN:\nSF:src/a.py\n{lines}end_of_record\n")
        }
        "coverage-py" => {
            let missing: Vec<u32> = (1..=3).filter(|line| !ran.contains(line)).collect();
            let counts = serde_json::json!({
                "covered_lines": ran.len(), "num_statements": 3, "missing_lines": missing.len(),
                "excluded_lines": 0, "percent_covered": 0, "percent_covered_display": "0",
            });
            serde_json::json!({
                "meta": { "format": 3, "version": "7.17.3", "branch_coverage": false },
                "files": { "src/a.py": {
                    "executed_lines": ran, "missing_lines": missing, "excluded_lines": [],
                    "summary": counts } },
                "totals": counts,
            })
            .to_string()
        }
        "jacoco" => {
            let lines = each(&|line, hits| {
                format!("<line nr=\"{line}\" mi=\"{}\" ci=\"{hits}\" mb=\"0\" cb=\"0\"/>", 1 - hits)
            });
            format!(
                "<report name=\"it\"><package name=\"src\"><sourcefile name=\"a.py\">{lines}\
                 </sourcefile></package></report>"
            )
        }
        "clover" => {
            let lines = each(&|line, hits| {
                format!("<line num=\"{line}\" type=\"stmt\" count=\"{hits}\"/>")
            });
            format!(
                "<coverage generated=\"1\"><project timestamp=\"1\"><file name=\"src/a.py\">{lines}\
                 </file></project></coverage>"
            )
        }
        _ => {
            let blocks = each(&|line, hits| format!("src/a.py:{line}.1,{line}.9 1 {hits}\n"));
            format!("mode: set\n{blocks}")
        }
    }
}

#[test]
fn parts_merge_in_every_format_of_coverage() {
    for format in ["lcov", "coverage-py", "jacoco", "clover", "go-cover"] {
        let checked = Repository::with_policy(&format!(
            "version: 1\nreports:\n  it: {{ format: {format}, file: \"reports/{{part}}/it\", \
             parts: [old, new] }}\nrules:\n  the rule: {{ coverage: {{ report: it, at-least: 60% }} }}\n"
        ))
        .file("reports/old/it", three_lines(format, &[1]))
        .file("reports/new/it", three_lines(format, &[3]))
        .check();
        // One line of each part ran, and no part has two.
        checked.expect_passed().expect_line("lines 2/3 = 66.66 % ≥ 60 % ✓");
    }
}

#[test]
fn findings_merge_by_fingerprint() {
    let twice = || [finding("B1", "a.py", 1), finding("B1", "a.py", 5), finding("B2", "a.py", 9)];
    let once = || [finding("B1", "a.py", 2), finding("B3", "a.py", 3)];
    matrix("findings: { report: it, at-most: 4 }", "bandit.json")
        .file("reports/py3.10/bandit.json", Bandit::with(twice()).json())
        .file("reports/py3.12/bandit.json", Bandit::with(once()).json())
        .check()
        .expect_passed()
        .expect_line("findings, severity low or above: 4 ≤ 4 ✓");
}

#[test]
fn vulnerabilities_merge_by_their_ids() {
    let report = |id: &str, aliases: &[&str]| {
        let flaw = PipAudit::flaw(id, aliases, &["3.1.6"]);
        PipAudit::of_nothing().dependency("jinja2", "2.10", [flaw]).json()
    };
    matrix("vulnerabilities: { report: it, at-most: 1 }", "audit.json")
        .file("reports/py3.10/audit.json", report("CVE-2019-10906", &["PYSEC-2019-217"]))
        .file("reports/py3.12/audit.json", report("PYSEC-2019-217", &[]))
        .check()
        .expect_passed()
        .expect_line("1 ≤ 1 ✓")
        .expect_line("PYSEC-2019-217");
}

#[test]
fn tests_merge_by_name_and_part() {
    matrix("tests: { report: it, at-least: 4 }", "unit.xml")
        .file("reports/py3.10/unit.xml", Junit::passed(["a", "b"]).xml())
        .file("reports/py3.12/unit.xml", Junit::passed(["a"]).failed("b").xml())
        .check()
        .expect_failed()
        .expect_line("tests that were run: 4 ≥ 4 ✓")
        .expect_line("test_shop::b (py3.12): assert 1 == 2");
}

#[test]
fn a_test_that_vanishes_from_one_part_has_vanished() {
    let both = Junit::passed(["a", "b"]).xml();
    let baseline = |part: &str| format!("it:{part}=baseline/{part}.xml");
    matrix("tests: { report: it, vanished-at-most: 0 }", "unit.xml")
        .file("reports/py3.10/unit.xml", &both)
        .file("reports/py3.12/unit.xml", Junit::passed(["a"]).xml())
        .file("baseline/py3.10.xml", &both)
        .file("baseline/py3.12.xml", &both)
        .arg("--baseline")
        .arg(baseline("py3.10"))
        .arg("--baseline")
        .arg(baseline("py3.12"))
        .check()
        .expect_failed()
        .expect_rule("the rule", "failed", "vanished-tests-above-maximum")
        .expect_line("test_shop::b (py3.12): it is gone");
}

#[test]
fn a_baseline_of_one_part_only_is_none() {
    let report = Junit::passed(["a"]).xml();
    matrix("tests: { report: it, vanished-at-most: 0 }", "unit.xml")
        .file("reports/py3.10/unit.xml", &report)
        .file("reports/py3.12/unit.xml", &report)
        .arg("--baseline")
        .arg("it:py3.10=reports/py3.10/unit.xml")
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "baseline-missing")
        .expect_line("the part py3.12: it was not given");
}

#[test]
fn a_part_that_is_missing_is_named() {
    matrix("coverage: { report: it, at-least: 1% }", "coverage.xml")
        .file("reports/py3.10/coverage.xml", coverage(&[(1, 1)]))
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "report-missing")
        .expect_line("the part py3.12: there is no file reports/py3.12/coverage.xml");
}

#[test]
fn a_broken_part_breaks_the_report() {
    matrix("coverage: { report: it, at-least: 1% }", "coverage.xml")
        .file("reports/py3.10/coverage.xml", coverage(&[(1, 1)]))
        .file("reports/py3.12/coverage.xml", "<coverage><packages>")
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "report-broken")
        .expect_line("the part py3.12: ")
        .expect_line("the report is cut off");
}

#[test]
fn parts_of_different_kinds_are_no_report() {
    matrix("coverage: { report: it, at-least: 1% }", "it")
        .file("reports/py3.10/it", coverage(&[(1, 1)]))
        .file("reports/py3.12/it", Junit::passed(["a"]).xml())
        .check()
        .expect_inconclusive()
        .expect_line("its parts do not fit together: one has coverage and another has tests");
}

#[test]
fn a_part_in_which_nothing_was_examined_is_not_made_up_for_by_the_others() {
    matrix("tests: { report: it, unread-at-most: 9 }", "unit.xml")
        .file("reports/py3.10/unit.xml", Junit::passed(["a"]).xml())
        .file("reports/py3.12/unit.xml", Junit::new().skipped("a").xml())
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "too-little-examined")
        .expect_line("no test was examined in the part py3.12 of it");
    matrix("coverage: { report: it, at-least: 1% }", "coverage.xml")
        .file("reports/py3.10/coverage.xml", coverage(&[(1, 1)]))
        .file("reports/py3.12/coverage.xml", Cobertura::new().xml())
        .check()
        .expect_inconclusive();
}

#[test]
fn what_one_part_left_unread_is_named_with_it() {
    matrix("findings: { report: it, at-most: 0 }", "bandit.json")
        .file("reports/py3.10/bandit.json", Bandit::clean().json())
        .file("reports/py3.12/bandit.json", Bandit::clean().unread("x.py", "syntax error").json())
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "left-unread")
        .expect_line("x.py: syntax error");
}

#[test]
fn parts_that_their_artifacts_tell_apart_lie_in_folders_of_these_names() {
    Repository::with_policy(
        "version: 1\nreports:\n  it: { file: coverage.xml, artifact: \"coverage-{part}\", parts: [a, b] }\n\
         rules:\n  the rule: { coverage: { report: it, at-least: 100% } }\n",
    )
    .file("coverage-a/coverage.xml", coverage(&[(1, 1), (2, 0)]))
    .file("coverage-b/coverage.xml", coverage(&[(1, 0), (2, 1)]))
    .check()
    .expect_passed()
    .expect_line("lines 2/2");
}

#[test]
fn a_part_can_be_given_by_its_name() {
    let repository = matrix("coverage: { report: it, at-least: 100% }", "coverage.xml")
        .file("reports/py3.10/coverage.xml", coverage(&[(1, 0)]))
        .file("elsewhere.xml", coverage(&[(1, 1)]))
        .arg("--report")
        .arg("it:py3.12=elsewhere.xml");
    repository.check().expect_passed();
    repository
        .gate_check()
        .arg("--report")
        .arg("it=elsewhere.xml")
        .run()
        .expect_exit(2)
        .expect_complaint("it:py3.10, it:py3.12");
}

#[test]
fn a_record_of_parts_replays() {
    let repository = matrix("coverage: { report: it, at-least: 50% }", "coverage.xml")
        .file("reports/py3.10/coverage.xml", coverage(&[(1, 0), (2, 5)]))
        .file("reports/py3.12/coverage.xml", coverage(&[(1, 2)]));
    repository.gate_check().arg("--record").arg("record.json").run().expect_success();
    repository.gate(["replay", "record.json"]).run().expect_success().expect_line("lines 2/2");
}

#[test]
fn a_policy_whose_parts_cannot_be_told_apart_is_refused() {
    for (report, problem) in [
        ("file: a.xml, parts: [a]", "nothing tells the parts of this report apart"),
        (
            "file: a.xml, artifact: \"x-*\", parts: [a]",
            "nothing tells the parts of this report apart",
        ),
        (
            "file: \"{part}.xml\"",
            "`{part}` stands for the name of a part, and this report has none",
        ),
        ("file: a.xml, artifact: \"a-{part}\"", "`{part}` stands for the name of a part"),
        ("file: \"{part}.xml\", parts: []", "an empty list of parts"),
        ("file: \"{part}.xml\", parts: [a, a]", "the part `a` is named twice"),
        ("file: \"{part}.xml\", parts: [a/b]", "the name of a part has one to 100 characters"),
        ("file: \"{part}.xml\", parts: [\"\"]", "the name of a part has one to 100 characters"),
    ] {
        Repository::with_policy(&format!(
            "version: 1\nreports:\n  it: {{ {report} }}\nrules:\n  the rule: {{ coverage: {{ report: it, at-least: 1% }} }}\n"
        ))
        .gate_check()
        .run()
        .expect_refused(&[problem]);
    }
}
