//! What a person sees who writes a policy.

use super::*;

fn problems(text: &str) -> Vec<String> {
    let error = Policy::parse(text).unwrap_err();
    let line = |problem: &Problem| {
        let hint = problem.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        format!(
            "{}:{} {}{hint}",
            problem.place.line(text),
            problem.place.column(text),
            problem.message
        )
    };
    error.problems().iter().map(line).collect()
}

const REPORTS: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml }
  bandit: { format: bandit, file: bandit.json }
";

#[test]
fn the_default_policy_is_sound() {
    let policy = Policy::parse(DEFAULT).unwrap();
    assert_eq!(policy.rules().len(), 11);
    assert_eq!(policy.waivers().len(), 3);
    assert_eq!(policy.report("coverage").unwrap().deadline.to_string(), "45m");
}

#[test]
fn every_problem_is_shown_at_once() {
    let text = format!(
        "{REPORTS}  pip-audit: {{ file: /etc/passwd, fiel: x }}
rules:
  a: {{ coverage: {{ report: coverage, at-least: 80 }} }}
  b: {{ findings: {{ report: bandti, at-most: \"0\", severity: hihg }} }}
  c: {{ mode: sometimes }}
"
    );
    assert_eq!(
        problems(&text),
        [
            "5:22 a report's file is a relative path with `/` that stays in its folder \
             (for example reports/coverage.xml)",
            "5:35 no such key here: `fiel` (did you mean `file`?)",
            "7:48 a percentage is written with its sign, for example 80%",
            "8:28 no such report: `bandti` (did you mean `bandit`?)",
            "8:45 a number is written without quotes",
            "8:60 no such severity: `hihg` (did you mean `high`?)",
            "9:14 no such mode: `sometimes` (there is required, advisory, shadow)",
        ]
    );
}

#[test]
fn what_one_part_says_about_another_is_checked() {
    let text = format!(
        "{REPORTS}rules:
  a: {{ coverage: {{ report: bandit, at-least: 80% }} }}
  b: {{ findings: {{ report: bandti, at-most: 0 }} }}
  c: {{ mode: advisory }}
  d: {{ coverage: {{ report: coverage }} }}
  e: {{ coverage: {{ report: coverage, at-least: 80%, ramp: {{ to: 70%, by: 2027-01-01 }} }} }}
  f: {{ findings: {{ report: bandit, at-most: 0, without-baseline: pass }} }}
  g: {{ review: {{ approvals: 2, from: {{ users: [ada] }} }} }}
  h: {{ coverage: {{ report: coverage, at-least: 8%, paths: {{ include: ['[a'] }} }} }}
waivers:
  - {{ finding: B101, reason: ' ' }}
  - {{ finding: B101, vulnerability: X, reason: r }}
  - {{ finding: B101, package: p, rule: z, reason: r }}
"
    );
    let found = problems(&text);
    let expected = [
        "6:28 `bandit` is Bandit JSON, which has findings, not coverage",
        "7:28 no such report: `bandti` (did you mean `bandit`?)",
        "8:3 the rule `c` must have exactly one kind",
        "9:18 this rule has no bar",
        "10:65 a ramp climbs; this one starts at 80 %",
        "11:66 this rule does not compare with a baseline",
        "12:38 2 approvals cannot come from 1 user",
        "13:71 not a glob",
        "15:30 a waiver needs a reason",
        "16:5 a waiver excepts one thing",
        "17:31 `package` belongs to a `vulnerability`",
        "17:40 no such rule: `z`",
    ];
    let agree = found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected));
    assert!(agree, "{found:#?}");
}

#[test]
fn other_versions_are_refused() {
    assert_eq!(
        problems("version: 2\nrules: { a: { review: {} } }\n"),
        ["1:10 version 2 is not known; this gate reads version 1"]
    );
    assert!(problems("rules: { a: { review: {} } }\n").concat().contains("`version` is missing"));
}

#[test]
fn words_of_yaml_are_texts() {
    // `no` and `1.10` are not false and 1.1 here.
    let policy =
        Policy::parse("version: 1\nrules: { no: { review: { from: { users: [1.10] } } } }\n")
            .unwrap();
    assert_eq!(policy.rules()[0].name, "no");
    let RuleKind::Review(rule) = &policy.rules()[0].kind else { panic!() };
    assert_eq!(rule.from.as_ref().unwrap().users, ["1.10".to_owned()]);
}

#[test]
fn a_key_without_a_value_is_a_problem() {
    assert_eq!(
        problems("version: 1\nrules:\n  a: { review: { approvals: } }\n"),
        ["3:27 expected a whole number here, but there is nothing"]
    );
}
