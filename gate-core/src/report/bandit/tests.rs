//! What Bandit's reports say, and what is refused in them.

use super::*;
use crate::{
    evidence::{Finding, Passed},
    measure::Confidence,
    report::{Layout, Limits, ReadProblem, read_stream},
};

const RESULT: &str = r#"{
  "code": "4 def run(command):\n5     subprocess.call(command,\n6         shell=True)\n7 \n",
  "col_offset": 4, "end_col_offset": 20, "filename": "./src/a.py",
  "issue_confidence": "HIGH", "issue_cwe": {"id": 78, "link": "https://cwe.mitre.org"},
  "issue_severity": "MEDIUM", "issue_text": "A shell.", "line_number": 5,
  "line_range": [5, 6], "more_info": "https://bandit.readthedocs.io",
  "test_id": "B602", "test_name": "subprocess_popen_with_shell_equals_true"
}"#;

const TOTALS: &str = r#""_totals": {"CONFIDENCE.HIGH": 1, "SEVERITY.HIGH": 0, "SEVERITY.LOW": 0,
  "SEVERITY.MEDIUM": 1, "SEVERITY.UNDEFINED": 0, "loc": 7, "nosec": 0, "skipped_tests": 0}"#;

fn report_of(errors: &str, metrics: &str, results: &str) -> String {
    format!(
        r#"{{"errors": [{errors}], "generated_at": "2026-11-23T19:34:13Z", "metrics": {{{metrics}}}, "results": [{results}]}}"#
    )
}

fn whole() -> String {
    report_of("", &format!(r#""./src/a.py": {{"loc": 7}}, {TOTALS}"#), RESULT)
}

fn read_text(text: &str) -> Result<Report, ReadError> {
    read(text.as_bytes(), &ReadOptions::default())
}

fn findings(report: &Report) -> &[Finding] {
    let Content::Findings(findings) = &report.content else { panic!("{report:?}") };
    &findings.findings
}

/// The finding of one result, changed in one place.
fn changed(from: &str, to: &str) -> Finding {
    let text = whole();
    assert!(text.contains(from), "{from}");
    findings(&read_text(&text.replace(from, to)).unwrap())[0].clone()
}

fn refusal(text: &str) -> String {
    read_text(text).unwrap_err().to_string()
}

fn codes(report: &Report) -> Vec<(NoteCode, u64)> {
    report.notes.iter().map(|note| (note.code, note.count)).collect()
}

#[test]
fn a_result_becomes_a_finding() {
    let report = read_text(&whole()).unwrap();
    let [finding] = findings(&report) else { panic!() };
    assert_eq!(finding.rule, "B602");
    assert_eq!(finding.name.as_deref(), Some("subprocess_popen_with_shell_equals_true"));
    assert_eq!((finding.severity, finding.confidence), (Severity::Medium, Confidence::High));
    assert_eq!(finding.location.path.as_str(), "src/a.py");
    assert_eq!((finding.location.line, finding.location.end_line), (Some(5), Some(6)));
    assert_eq!((finding.text.as_str(), finding.cwe), ("A shell.", Some(78)));
    assert_eq!(report.format, "bandit");
    assert_eq!(report.account.examined, 1);
    assert_eq!(report.notes, []);
}

#[test]
fn the_fingerprint_is_of_the_flagged_lines_and_not_of_where_they_stand() {
    let finding = changed("A shell", "A shell");
    let context = "subprocess.call(command,\nshell=True)";
    let expected = crate::measure::Fingerprint::of(&["bandit", "B602", "src/a.py", context]);
    assert_eq!(finding.fingerprint, expected);
    let moved = whole()
        .replace(r"4 def run(command):\n5 ", r"104 # other\n105 ")
        .replace(r"\n6 ", r"\n106   ")
        .replace(r#""line_number": 5"#, r#""line_number": 105"#)
        .replace("[5, 6]", "[105, 106]");
    assert_eq!(findings(&read_text(&moved).unwrap())[0].fingerprint, expected);
    assert_ne!(changed("shell=True", "shell=False").fingerprint, expected);
    assert_ne!(changed("./src/a.py\",", "./src/b.py\",").fingerprint, expected);
    assert_ne!(changed("B602", "B603").fingerprint, expected);
}

#[test]
fn without_a_flagged_line_in_the_code_the_sentence_stands_for_it() {
    let expected = crate::measure::Fingerprint::of(&["bandit", "B602", "src/a.py", "A shell."]);
    assert_eq!(changed("[5, 6]", "[]").location.end_line, Some(5));
    let elsewhere = changed(
        r#""line_number": 5,
  "line_range": [5, 6]"#,
        r#""line_number": 50, "line_range": [50]"#,
    );
    assert_eq!(elsewhere.fingerprint, expected);
}

#[test]
fn a_line_range_that_leaves_the_line_out_is_not_believed() {
    let finding = changed("[5, 6]", "[0, 1]");
    assert_eq!((finding.location.line, finding.location.end_line), (Some(5), Some(5)));
    let of_line_5 = ["bandit", "B602", "src/a.py", "subprocess.call(command,"];
    assert_eq!(finding.fingerprint, crate::measure::Fingerprint::of(&of_line_5));
    let whole_file = changed(
        r#""line_number": 5,
  "line_range": [5, 6]"#,
        r#""line_number": 0, "line_range": [0, 1]"#,
    );
    assert_eq!((whole_file.location.line, whole_file.location.end_line), (None, None));
}

#[test]
fn old_versions_are_read() {
    let old = whole()
        .replace(r#""col_offset": 4, "end_col_offset": 20, "#, "")
        .replace(r#" "more_info": "https://bandit.readthedocs.io","#, "")
        .replace(r#" "issue_cwe": {"id": 78, "link": "https://cwe.mitre.org"},"#, "")
        .replace(r#"MEDIUM": 1,"#, r#"MEDIUM": 1.0,"#)
        .replace(r#""loc": 7"#, r#""loc": 7.0"#);
    let report = read_text(&old).unwrap();
    assert_eq!(findings(&report)[0].cwe, None);
    assert_eq!(report.notes, []);
    assert_eq!(changed(r#"{"id": 78, "link": "https://cwe.mitre.org"}"#, "{}").cwe, None);
}

#[test]
fn a_count_is_whole() {
    for wrong in ["10.5", "-1", "-1.0", "1e300", "null", "\"1\"", "[]"] {
        let text = whole().replace(r#""loc": 7}"#, &format!(r#""loc": {wrong}}}"#));
        assert!(
            matches!(read_text(&text).unwrap_err().problem(), ReadProblem::Malformed(_)),
            "{wrong}"
        );
    }
}

#[test]
fn words_are_bandits_own() {
    assert_eq!(
        refusal(&whole().replace("\"MEDIUM\"", "\"medium\"")),
        "line 6, column 28: issue_severity is `medium`; Bandit writes UNDEFINED, LOW, MEDIUM or HIGH"
    );
    assert!(
        refusal(&whole().replace("\"HIGH\"", "\"CERTAIN\""))
            .contains("issue_confidence is `CERTAIN`")
    );
    assert!(refusal(&whole().replace("\"HIGH\"", "{\"HIGH\": null}")).contains("expected a text"));
    assert_eq!(changed("\"MEDIUM\"", "\"UNDEFINED\"").severity, Severity::Undefined);
}

#[test]
fn new_keys_are_accepted_and_missing_ones_are_not() {
    changed(r#""test_id""#, r#""new": {"a": [1, 2.5, null, true]}, "test_id""#);
    for key in [
        "code",
        "filename",
        "issue_confidence",
        "issue_severity",
        "issue_text",
        "line_number",
        "line_range",
        "test_id",
        "test_name",
        "errors",
        "metrics",
        "results",
    ] {
        let text = whole().replace(&format!("\"{key}\":"), &format!("\"x-{key}\":"));
        assert!(refusal(&text).ends_with(&format!("missing field `{key}`")), "{}", refusal(&text));
    }
    let text = report_of(r#"{"filename": "a"}"#, TOTALS, "");
    assert!(refusal(&text).contains("missing field `reason`"));
}

#[test]
fn a_key_stands_once() {
    for (once, twice) in [
        (r#""errors": []"#, r#""errors": [], "errors": []"#),
        (r#""generated_at""#, r#""generated_at": 1, "generated_at""#),
        (r#""test_id": "B602""#, r#""test_id": "B602", "test_id": "B602""#),
        (r#""more_info""#, r#""more_info": "", "more_info""#),
        (r#""code""#, r#""new": 1, "new": 1, "code""#),
        (r#""code""#, r#""new": {"a": 1, "a": 1}, "code""#),
        (r#""id": 78"#, r#""id": 78, "id": 78"#),
        (r#""loc": 7}"#, r#""loc": 7, "loc": 7}"#),
        (r#""loc": 7}"#, r#""loc": 7, "x": 7, "x": 7}"#),
        (r#""./src/a.py": {"loc": 7}"#, r#""./src/a.py": {"loc": 7}, "./src/a.py": {"loc": 7}"#),
        (r#""./src/a.py": {"loc": 7}"#, r#""b": {}, "a": {}, "b": {}"#),
        (r#""_totals""#, r#""_totals": {}, "_totals""#),
    ] {
        let text = whole().replacen(once, twice, 1);
        assert_ne!(text, whole(), "{once}");
        assert!(refusal(&text).ends_with("stands here twice"), "{twice}: {}", refusal(&text));
    }
}

#[test]
fn files_with_errors_are_unread_and_not_examined() {
    let errors =
        r#"{"filename": "./bad.py", "reason": "syntax error while parsing AST from file"}"#;
    let text =
        report_of(errors, r#""./a.py": {}, "./bad.py": {"loc": 1}, "_totals": {"loc": 3}"#, "");
    let account = read_text(&text).unwrap().account;
    assert_eq!(account.examined, 1);
    assert_eq!(account.skipped, []);
    let reason = "syntax error while parsing AST from file".to_owned();
    assert_eq!(account.unread, [Passed { name: "bad.py".to_owned(), reason }]);
}

#[test]
fn a_path_that_is_not_there_is_one_unread_file_and_none_examined() {
    let errors = r#"{"filename": "/ci/gone.py", "reason": "No such file or directory"}"#;
    let options = ReadOptions::default().with_layout(Layout::unknown().with_root("/ci"));
    let text = report_of(errors, r#""_totals": {}"#, "");
    let account = read(text.as_bytes(), &options).unwrap().account;
    assert_eq!((account.examined, account.unread.len()), (0, 1));
    assert_eq!(account.unread[0].name, "gone.py");
}

#[test]
fn an_empty_folder_is_nothing_examined() {
    let account = read_text(&report_of("", r#""_totals": {}"#, "")).unwrap().account;
    assert_eq!((account.examined, account.unread.len()), (0, 0));
}

#[test]
fn metrics_in_any_order_are_counted_once() {
    let errors = r#"{"filename": "a", "reason": "r"}, {"filename": "a", "reason": "s"}"#;
    let text = report_of(errors, r#""_totals": {}, "b": {}, "a": {}, "c": {}"#, "");
    assert_eq!(read_text(&text).unwrap().account.examined, 2);
}

#[test]
fn a_filtered_list_is_noted_with_both_numbers() {
    let report = read_text(&whole().replace("MEDIUM\": 1,", "MEDIUM\": 7,")).unwrap();
    assert_eq!(codes(&report), [(NoteCode::ResultsFiltered, 6)]);
    assert!(report.notes[0].message.to_string().contains("counted 7 issues and listed 1"));
}

#[test]
fn a_list_beyond_the_totals_is_noted() {
    let text = whole().replace("MEDIUM\": 1,", "MEDIUM\": 0,").replace("HIGH\": 0", "HIGH\": 1");
    assert_eq!(codes(&read_text(&text).unwrap()), [(NoteCode::DeclaredTotalsDiffer, 1)]);
}

#[test]
fn missing_totals_are_noted() {
    let report = read_text(&whole().replace("_totals", "totals.py")).unwrap();
    assert_eq!(codes(&report), [(NoteCode::TotalsNotStated, 1)]);
}

#[test]
fn bandits_own_baseline_is_noted() {
    let text = whole().replace("\"code\"", "\"candidates\": [{}], \"code\"");
    assert_eq!(codes(&read_text(&text).unwrap()), [(NoteCode::OwnBaseline, 1)]);
}

#[test]
fn three_copies_share_a_fingerprint_and_are_three_findings() {
    let results = [RESULT, RESULT, RESULT].join(",");
    let report =
        read_text(&report_of("", r#""_totals": {"SEVERITY.MEDIUM": 3}"#, &results)).unwrap();
    let prints: Vec<_> = findings(&report).iter().map(|finding| finding.fingerprint).collect();
    assert_eq!(prints, [prints[0]; 3]);
}

#[test]
fn a_cut_report_is_refused_at_every_byte() {
    let text = whole().replace("A shell", "A shéll");
    for end in 0..text.len() {
        let error = read(&text.as_bytes()[..end], &ReadOptions::default()).unwrap_err();
        let expected = if end == 0 {
            matches!(error.problem(), ReadProblem::Empty)
        } else {
            matches!(error.problem(), ReadProblem::Truncated(_))
        };
        assert!(expected, "{end}: {error}");
    }
}

#[test]
fn nesting_has_a_limit() {
    for depth in [62, 63, 200, 100_000] {
        let deep = format!("\"new\": {}{}, \"errors\"", "[".repeat(depth), "]".repeat(depth));
        let result = read_text(&whole().replacen("\"errors\"", &deep, 1));
        match result {
            Ok(_) => assert!(depth <= 63),
            Err(error) => {
                assert!(depth > 63);
                assert!(matches!(error.problem(), ReadProblem::BeyondLimit(_)), "{error}");
            }
        }
    }
    let limits = Limits { depth: 3, ..Limits::default() };
    let error = read(whole().as_bytes(), &ReadOptions::default().with_limits(limits)).unwrap_err();
    assert!(error.to_string().ends_with("values nest deeper than 3 levels"), "{error}");
}

#[test]
fn the_text_is_utf_8_and_json() {
    let problem = |bytes: &[u8]| read(bytes, &ReadOptions::default()).unwrap_err();
    assert_eq!(problem(b" \n").to_string(), ReadProblem::Empty.to_string());
    let utf_16: Vec<u8> = "\u{feff}"
        .chars()
        .chain(whole().chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        problem(&utf_16).to_string(),
        "this is a text in UTF-16, as PowerShell's `>` writes it, not Bandit JSON"
    );
    let marked = format!("\u{feff}{}", whole());
    assert_eq!(read_text(&marked).unwrap(), read_text(&whole()).unwrap());
    let latin = whole().replace("A shell", "A sh\u{1}ll").replace('\u{1}', "\u{e9}");
    let latin: Vec<u8> = latin.chars().map(|c| u8::try_from(c).unwrap()).collect();
    assert_eq!(
        problem(&latin).to_string(),
        "line 6, column 50: the report is not valid UTF-8 text"
    );
    for (from, to) in [
        ("\"loc\": 7", "\"loc\": NaN"),
        ("A shell", "\\ud800"),
        ("https://bandit", "\\udc00"),
        ("A shell", "A\u{0}shell"),
        ("\"B602\",", "\"B602\""),
    ] {
        let error = read_text(&whole().replace(from, to)).unwrap_err();
        assert!(matches!(error.problem(), ReadProblem::Syntax(_)), "{to}: {error}");
        assert!(error.position().is_some());
    }
    assert!(matches!(
        problem(format!("{} x", whole()).as_bytes()).problem(),
        ReadProblem::Syntax(_)
    ));
}

#[test]
fn another_format_is_refused_by_name() {
    for (text, name) in [
        ("<!doctype html><html>", "an HTML page"),
        (r#"{"$schema": "sarif", "runs": []}"#, "SARIF"),
        (r#"{"dependencies": [], "fixes": []}"#, "pip-audit JSON"),
        ("<coverage/>", "Cobertura XML"),
        (r#"{"meta": {}, "files": {}, "totals": {}}"#, "coverage.py JSON"),
    ] {
        assert_eq!(refusal(text), format!("this is {name}, not Bandit JSON"));
    }
    assert!(refusal("[]").contains("expected the object of a Bandit report"));
}

#[test]
fn foreign_words_in_an_error_are_harmless_and_short() {
    let error =
        refusal(&whole().replace("\"MEDIUM\"", &format!("\"\\u001b[31m{}\"", "x".repeat(5000))));
    assert!(error.len() < 400 && !error.contains('\u{1b}'), "{error}");
}

#[test]
fn a_stream_is_the_same_as_bytes() {
    let options = ReadOptions::default();
    let streamed = read_stream(whole().as_bytes(), &options).unwrap();
    assert_eq!(streamed, crate::report::read(whole().as_bytes(), &options).unwrap());
}
