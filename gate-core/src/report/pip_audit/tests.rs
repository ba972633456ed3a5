//! What pip-audit's reports say, and what is refused in them.

use super::*;
use crate::{evidence::Vulnerability, report::ReadProblem};

fn read_text(text: &str) -> Result<Report, ReadError> {
    read(text.as_bytes(), &ReadOptions::default())
}

fn refusal(text: &str) -> String {
    read_text(text).unwrap_err().to_string()
}

fn content(report: &Report) -> &Vulnerabilities {
    let Content::Vulnerabilities(vulnerabilities) = &report.content else { panic!("{report:?}") };
    vulnerabilities
}

fn codes(report: &Report) -> Vec<(NoteCode, u64)> {
    report.notes.iter().map(|note| (note.code, note.count)).collect()
}

fn document(dependencies: &str, fixes: &str) -> String {
    format!(r#"{{"dependencies": [{dependencies}], "fixes": [{fixes}]}}"#)
}

fn jinja2(vulns: &str) -> String {
    format!(r#"{{"name": "jinja2", "version": "2.10", "vulns": [{vulns}]}}"#)
}

fn vuln(id: &str, aliases: &[&str], fix: &str) -> String {
    format!(r#"{{"id": "{id}", "fix_versions": ["{fix}"], "aliases": {aliases:?}}}"#)
}

fn flaws(vulns: &[String]) -> Vec<Vulnerability> {
    let report = read_text(&document(&jinja2(&vulns.join(",")), "")).unwrap();
    content(&report).dependencies[0].vulnerabilities.clone()
}

#[test]
fn both_forms_say_the_same() {
    let list = format!("[{}]", jinja2(&vuln("PYSEC-1", &["CVE-1"], "3")));
    let object = document(&jinja2(&vuln("PYSEC-1", &["CVE-1"], "3")), "");
    let report = read_text(&object).unwrap();
    assert_eq!(report, read_text(&list).unwrap());
    let vulnerabilities = content(&report);
    assert_eq!((vulnerabilities.listed, vulnerabilities.advisories), (1, 1));
    assert_eq!(vulnerabilities.count(), 1);
    let dependency = &vulnerabilities.dependencies[0];
    assert_eq!((dependency.package.as_str(), dependency.version.as_str()), ("jinja2", "2.10"));
    assert_eq!(report.account.examined, 1);
    assert_eq!(report.format, "pip-audit");
}

#[test]
fn an_advisory_may_have_no_aliases_and_no_description() {
    let with = r#"{"id": "GHSA-1", "fix_versions": [], "aliases": [], "description": "Bad."}"#;
    let without = r#"{"id": "GHSA-1", "fix_versions": []}"#;
    assert_eq!(flaws(&[with.to_owned()])[0].description.as_deref(), Some("Bad."));
    assert_eq!(flaws(&[without.to_owned()])[0].description, None);
}

#[test]
fn nothing_that_could_be_audited_is_nothing_examined() {
    let reason = "Dependency not found on PyPI and could not be audited: flask (0.12)";
    let text = document(&format!(r#"{{"name": "flask", "skip_reason": "{reason}"}}"#), "");
    let account = read_text(&text).unwrap().account;
    assert_eq!((account.examined, account.skipped.len()), (0, 0));
    let expected = Passed { name: "flask".to_owned(), reason: reason.to_owned() };
    assert_eq!(account.unread, [expected]);
}

#[test]
fn a_dry_run_is_nothing_examined() {
    for text in [r#"{"dependencies": [], "fixes": []}"#, "[]"] {
        let report = read_text(text).unwrap();
        assert_eq!((report.account.examined, content(&report).listed), (0, 0));
    }
}

#[test]
fn only_what_is_marked_as_editable_was_passed_over_on_purpose() {
    for (reason, on_purpose) in [
        ("distribution marked as editable", true),
        ("requirement marked as editable", true),
        ("Dependency not found on PyPI and could not be audited: editables (0.5)", false),
        ("Package has invalid version and could not be audited: a (x)", false),
        ("URL requirements cannot be pinned to a specific package version", false),
        ("could not deduce package version from URL requirement", false),
        ("no version specified", false),
        ("Could not find project \\\"flask\\\" on PyPI", false),
    ] {
        let text = document(&format!(r#"{{"name": "a", "skip_reason": "{reason}"}}"#), "");
        let account = read_text(&text).unwrap().account;
        assert_eq!(account.skipped.len(), usize::from(on_purpose), "{reason}");
        assert_eq!(account.unread.len(), usize::from(!on_purpose), "{reason}");
    }
}

#[test]
fn a_dependency_was_audited_or_it_was_not() {
    for (entry, expected) in [
        (r#"{"name": "a"}"#, "`a` has neither `vulns` nor `skip_reason`"),
        (r#"{"name": "a", "version": "1"}"#, "`a` has neither `vulns` nor `skip_reason`"),
        (r#"{"name": "a", "vulns": []}"#, "`a` has `vulns` and no `version`"),
        (r#"{"name": "a", "version": "1", "vulns": [], "skip_reason": "b"}"#, "`a` has both"),
        (r#"{"name": "a", "version": null, "vulns": []}"#, "invalid type: null"),
        (r#"{"name": "a", "version": "1", "vulns": null}"#, "invalid type: null"),
        (r#"{"name": "a", "version": 1, "vulns": []}"#, "invalid type: integer `1`"),
        (r#"{"version": "1", "vulns": []}"#, "missing field `name`"),
        (r#"{"name": " ", "version": "1", "vulns": []}"#, "name is empty"),
        (r#"["a", "1", []]"#, "expected an object"),
        (r#"{"name": "a", "version": "1", "vulns": [["A", [], []]]}"#, "expected an object"),
        (
            r#"{"name": "a", "version": "1", "vulns": [{"id": "A"}]}"#,
            "missing field `fix_versions`",
        ),
        (
            r#"{"name": "a", "version": "1", "vulns": [{"id": "", "fix_versions": []}]}"#,
            "id is empty",
        ),
    ] {
        let error = refusal(&document(entry, ""));
        assert!(error.contains(expected) && error.starts_with("line 1"), "{entry}: {error}");
    }
}

#[test]
fn names_are_normalised() {
    let text = document(r#"{"name": "Zope._-Interface", "version": "1", "vulns": []}"#, "");
    assert_eq!(content(&read_text(&text).unwrap()).dependencies[0].package, "zope-interface");
    let url = r#"{"name": "git+https://x/a_b.git", "skip_reason": "no"}"#;
    assert_eq!(
        read_text(&document(url, "")).unwrap().account.unread[0].name,
        "git+https://x/a_b.git"
    );
}

#[test]
fn entries_that_share_an_id_are_one_flaw() {
    let report = read_text(&document(
        &jinja2(
            &[
                vuln("GHSA-1", &["CVE-1"], "2"),
                vuln("CVE-9", &[], "9"),
                vuln("PYSEC-1", &["cve-1"], "3"),
                vuln("PYSEC-1", &[], "2"),
            ]
            .join(","),
        ),
        "",
    ))
    .unwrap();
    let [first, second] = content(&report).dependencies[0].vulnerabilities.as_slice() else {
        panic!()
    };
    assert_eq!(first.id, "PYSEC-1");
    assert_eq!(first.ids.iter().collect::<Vec<_>>(), ["CVE-1", "GHSA-1", "PYSEC-1"]);
    assert_eq!(first.fix_versions, ["2", "3"]);
    assert_eq!(second.id, "CVE-9");
    assert_eq!(content(&report).advisories, 4);
    assert_eq!(codes(&report), [(NoteCode::AliasesMerged, 2)]);
}

#[test]
fn entries_that_only_a_third_connects_are_one_flaw() {
    let flaws =
        flaws(&[vuln("A-1", &[], "1"), vuln("B-1", &[], "1"), vuln("C-1", &["B-1", "A-1"], "1")]);
    assert_eq!(flaws.len(), 1);
    assert_eq!(flaws[0].id, "A-1");
}

#[test]
fn the_leading_id_does_not_depend_on_any_order() {
    let entries = [
        vuln("OSV-1", &["GHSA-1", "CVE-2"], "1"),
        vuln("CVE-2", &["CVE-1"], "1"),
        vuln("GHSA-1", &["BIT-1"], "1"),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let flaws = flaws(&order.map(|at| entries[at].clone()));
        assert_eq!(flaws.len(), 1);
        assert_eq!(flaws[0].id, "CVE-1");
    }
    assert_eq!(flaws(&[vuln("Z-1", &["A-1", "GHSA-1"], "1")])[0].id, "GHSA-1");
}

#[test]
fn one_id_with_two_descriptions_is_one_flaw_with_one_of_them() {
    let entry = |text: &str| {
        format!(
            r#"{{"id": "PYSEC-1", "fix_versions": [], "aliases": [], "description": "{text}"}}"#
        )
    };
    let (a, b) = (entry("short"), entry("longer text"));
    let both = [flaws(&[a.clone(), b.clone()]), flaws(&[b, a])];
    assert_eq!(both[0], both[1]);
    assert_eq!(both[0][0].description.as_deref(), Some("longer text"));
}

#[test]
fn a_dependency_that_is_listed_twice_is_one() {
    let (a, b) = (jinja2(&vuln("PYSEC-1", &[], "1")), jinja2(&vuln("PYSEC-2", &[], "1")));
    let report = read_text(&document(&format!("{a},{b}"), "")).unwrap();
    assert_eq!(content(&report).dependencies.len(), 1);
    assert_eq!((content(&report).count(), content(&report).listed), (2, 2));
    assert_eq!(report.account.examined, 1);
    assert_eq!(codes(&report), [(NoteCode::DependencyListedTwice, 1)]);
    let other = jinja2("").replace("2.10", "3.0");
    let report = read_text(&document(&format!("{a},{other}"), "")).unwrap();
    assert_eq!(content(&report).dependencies.len(), 2);
}

#[test]
fn what_the_tool_fixed_does_not_count() {
    let fix = r#"{"name": "Jinja2", "old_version": "2.10", "new_version": "3.1.3"}"#;
    let report = read_text(&document(&jinja2(&vuln("PYSEC-1", &[], "3")), fix)).unwrap();
    let vulnerabilities = content(&report);
    assert_eq!((vulnerabilities.count(), vulnerabilities.advisories), (0, 1));
    assert_eq!(vulnerabilities.fixed.len(), 1);
    assert_eq!(vulnerabilities.fixed[0].new_version, "3.1.3");
    assert_eq!(codes(&report), [(NoteCode::FixedByTool, 1)]);
}

#[test]
fn what_the_tool_could_not_fix_counts() {
    for fix in [
        r#"{"name": "jinja2", "version": "2.10", "skip_reason": "failed to fix"}"#,
        r#"{"name": "jinja2", "old_version": "2.9", "new_version": "3"}"#,
        r#"{"name": "other", "old_version": "2.10", "new_version": "3"}"#,
    ] {
        let report = read_text(&document(&jinja2(&vuln("PYSEC-1", &[], "3")), fix)).unwrap();
        assert_eq!(content(&report).count(), 1, "{fix}");
    }
    for fix in [
        r#"{"name": "jinja2"}"#,
        r#"{"name": "jinja2", "new_version": "3"}"#,
        r#"{"name": "a", "old_version": "1", "new_version": "3", "skip_reason": "b"}"#,
    ] {
        assert!(refusal(&document("", fix)).contains("the fix of `"), "{fix}");
    }
}

#[test]
fn new_keys_are_accepted_and_no_key_stands_twice() {
    let entry = r#"{"name": "a", "version": "1", "vulns": [], "new": {"x": 1}}"#;
    assert!(read_text(&document(entry, "")).is_ok());
    for twice in [
        r#"{"name": "a", "name": "a", "version": "1", "vulns": []}"#,
        r#"{"name": "a", "version": "1", "vulns": [], "new": {"x": 1, "x": 1}}"#,
        r#"{"name": "a", "version": "1", "vulns": [], "new": 1, "new": 1}"#,
    ] {
        assert!(refusal(&document(twice, "")).ends_with("stands here twice"), "{twice}");
    }
}

#[test]
fn hostile_texts_are_refused() {
    let text = document(&jinja2(&vuln("PYSEC-1", &["CVE-é"], "3")), "");
    for end in 1..text.len() {
        let error = read(&text.as_bytes()[..end], &ReadOptions::default()).unwrap_err();
        assert!(matches!(error.problem(), ReadProblem::Truncated(_)), "{end}: {error}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for text in [deep.clone(), document(&format!(r#"{{"name": "a", "new": {deep}}}"#), "")] {
        assert!(matches!(
            read_text(&text).unwrap_err().problem(),
            ReadProblem::BeyondLimit(_) | ReadProblem::WrongFormat { .. }
        ));
    }
    assert!(refusal(&document(r#"{"name": "a", "new": "\udc00"}"#, "")).contains("surrogate"));
    assert!(refusal(&format!("{text} {text}")).contains("trailing"));
    assert!(refusal("<html>").starts_with("this is an HTML page, not pip-audit JSON"));
    assert_eq!(
        refusal(r#"{"bomFormat": "CycloneDX", "components": []}"#),
        "this is CycloneDX JSON, not pip-audit JSON"
    );
    assert_eq!(
        refusal(r#"{"errors": [], "generated_at": "", "metrics": {}, "results": []}"#),
        "this is Bandit JSON, not pip-audit JSON"
    );
}
