//! The laws of merging: the order of the parts says nothing, nor how they are grouped, and what is
//! merged with itself stays as it is.

use proptest::{collection::vec, option, prelude::*};

use super::*;
use crate::{
    evidence::{
        Cases, Counted, Coverage, Dependency, FileCoverage, Finding, Findings, Line, Metrics,
        Provenance, Test, Tests, Unit, Unlisted, Vulnerabilities, Vulnerability,
    },
    measure::{Confidence, Digest, Fingerprint, Location, RepoPath, Severity},
};

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = (1..9_u32, 0..3_u32, 0..3_u16, 0..3_u16);
    vec(line, 0..9).prop_map(|lines| {
        let by_number: BTreeMap<u32, Line> = lines
            .into_iter()
            .map(|(number, hits, one, other)| {
                let (branches_covered, branches_total) = (one.min(other), one.max(other));
                (number, Line { number, hits, branches_covered, branches_total })
            })
            .collect();
        by_number.into_values().collect()
    })
}

fn coverage() -> impl Strategy<Value = Content> {
    (vec(lines(), 3), option::of("[12]")).prop_map(|(files, version)| {
        let names = ["a.py", "b.py", "c.py"].into_iter().zip(files);
        let files = names
            .filter(|(_, lines)| !lines.is_empty())
            .map(|(name, lines)| FileCoverage::new(RepoPath::normalised(name), lines).unwrap());
        let reported = version.map(|version| ("version".to_owned(), version));
        Content::Coverage(Coverage {
            files: files.collect(),
            reported: reported.into_iter().collect(),
        })
    })
}

fn findings() -> impl Strategy<Value = Content> {
    let finding = (0..3_usize, 1..4_u32, 0..4_usize).prop_map(|(which, line, severity)| {
        let rule = ["B1", "B2", "B3"][which];
        let location =
            Location { path: RepoPath::normalised("a.py"), line: Some(line), end_line: None };
        let mut finding = Finding::new(rule, location, "text", Fingerprint::of(&[rule]));
        finding.severity = Severity::ALL[severity];
        finding
    });
    (vec(finding, 0..5), option::of(0..3_u64)).prop_map(|(findings, hidden)| {
        let mut findings = Findings::new(findings);
        if let Some(hidden) = hidden {
            let mut by_severity = findings.by_severity();
            *by_severity.entry(Severity::High).or_default() += hidden;
            let mut by_confidence = findings.by_confidence();
            *by_confidence.entry(Confidence::Undefined).or_default() += hidden;
            findings.counted = Some(Counted { by_severity, by_confidence });
        }
        Content::Findings(findings)
    })
}

fn vulnerabilities() -> impl Strategy<Value = Content> {
    let ids = vec(prop::sample::select(&["CVE-1", "CVE-2", "GHSA-3", "PYSEC-4"][..]), 1..3);
    let flaw = (ids, vec("[12]\\.0", 0..2)).prop_map(|(ids, fixes)| {
        let mut flaw = Vulnerability::new(ids[0], ids.iter().map(|&id| id.to_owned()));
        flaw.fix_versions = fixes;
        flaw.description = Some(format!("of {}", ids[0]));
        flaw
    });
    vec((prop::sample::select(&["jinja2", "py"][..]), vec(flaw, 0..3)), 0..3).prop_map(|list| {
        let dependencies = list.into_iter().map(|(package, vulnerabilities)| Dependency {
            package: package.to_owned(),
            version: "1".to_owned(),
            vulnerabilities,
        });
        Content::Vulnerabilities(Vulnerabilities {
            dependencies: dependencies.collect(),
            listed: 3,
            advisories: 3,
            fixed: Vec::new(),
        })
    })
}

fn tests() -> impl Strategy<Value = Content> {
    let cases =
        (0..2_u64, 0..2_u64, 0..2_u64, 0..2_u64).prop_map(|(passed, failures, errors, skipped)| {
            Cases { passed, failures, errors, skipped, flaky: 0 }
        });
    let test = ("[abc]", cases, option::of("[xy]")).prop_map(|(name, cases, message)| {
        let mut test = Test::new(name, cases);
        test.message = message;
        test
    });
    (vec(test, 0..5), 0..2_u64).prop_map(|(tests, errors)| {
        let unlisted = Unlisted { part: None, suite: String::new(), failures: 0, errors };
        Content::Tests(Tests::new(tests, vec![unlisted]).0)
    })
}

fn metrics() -> impl Strategy<Value = Content> {
    vec(("/[ab]", -3..3_i32), 0..4).prop_map(|numbers| {
        let number =
            |(pointer, number): (String, i32)| (pointer, number.to_string().parse().unwrap());
        Content::Metrics(Metrics::new(numbers.into_iter().map(number).collect()))
    })
}

/// A part of a report; parts of one name are the same place in a matrix.
fn report(content: impl Strategy<Value = Content>) -> impl Strategy<Value = Report> {
    let passed = ("[ab]", "[xy]").prop_map(|(name, reason)| Passed { name, reason });
    let note = prop::sample::select(&[NoteCode::FalseEncoding, NoteCode::AliasesMerged][..]);
    (content, vec(passed, 0..2), note, 1..3_u64, "[pq]", prop::bool::ANY).prop_map(
        |(content, unread, code, count, part, is_stated)| {
            let account = match is_stated {
                true => Account::stated(Unit::Files, 2),
                false => Account::at_least(Unit::Files, 2),
            };
            let account = Account { unread, ..account };
            let notes = vec![Note { code, message: Message::new("a note"), count }];
            let digest = Digest::of(part.as_bytes());
            let provenance = Provenance { origin: part.clone(), digest, bytes: 1 };
            Report::new("cobertura", content, account)
                .with_notes(notes)
                .with_provenance(provenance)
                .as_part(&part)
        },
    )
}

fn merged(one: &Report, other: &Report) -> Report {
    one.clone().merged(other.clone()).unwrap()
}

fn laws(a: &Report, b: &Report, c: &Report) -> Result<(), TestCaseError> {
    prop_assert_eq!(merged(a, b), merged(b, a), "commutative");
    prop_assert_eq!(merged(&merged(a, b), c), merged(a, &merged(b, c)), "associative");
    let once = merged(a, b);
    prop_assert_eq!(merged(&once, b), once.clone(), "idempotent");
    prop_assert_eq!(merged(&once, &once), once, "idempotent");
    Ok(())
}

proptest! {
    #[test]
    fn of_coverage(a in report(coverage()), b in report(coverage()), c in report(coverage())) {
        laws(&a, &b, &c)?;
    }

    #[test]
    fn of_findings(a in report(findings()), b in report(findings()), c in report(findings())) {
        laws(&a, &b, &c)?;
    }

    #[test]
    fn of_vulnerabilities(
        a in report(vulnerabilities()), b in report(vulnerabilities()), c in report(vulnerabilities()),
    ) {
        laws(&a, &b, &c)?;
    }

    #[test]
    fn of_tests(a in report(tests()), b in report(tests()), c in report(tests())) {
        laws(&a, &b, &c)?;
    }

    #[test]
    fn of_metrics(a in report(metrics()), b in report(metrics()), c in report(metrics())) {
        laws(&a, &b, &c)?;
    }

    #[test]
    fn coverage_merged_with_itself_is_itself(a in report(coverage())) {
        prop_assert_eq!(&merged(&a, &a).content, &a.content);
    }

    #[test]
    fn a_line_is_covered_if_any_part_covers_it(a in coverage(), b in coverage()) {
        let (Content::Coverage(a), Content::Coverage(b)) = (a, b) else { unreachable!() };
        let both = a.clone().merged(b.clone());
        let covered = |coverage: &Coverage| -> BTreeSet<(RepoPath, u32)> {
            let files = coverage.files.iter();
            files.flat_map(|file| file.lines().iter().filter(|line| line.is_covered()).map(|line| (file.path().clone(), line.number))).collect()
        };
        let union: BTreeSet<_> = covered(&a).union(&covered(&b)).cloned().collect();
        prop_assert_eq!(covered(&both), union);
        prop_assert!(both.totals().lines.total() <= a.totals().lines.total() + b.totals().lines.total());
        prop_assert!(both.totals().lines.total() >= a.totals().lines.total().max(b.totals().lines.total()));
    }
}

fn present(content: Content) -> Piece<Report> {
    let account = Account::stated(Unit::Files, 1);
    Piece::Present(Report::new("x", content, account))
}

fn parts(pieces: Vec<(&str, Piece<Report>)>) -> Piece<Report> {
    merge_parts(pieces.into_iter().map(|(name, piece)| (Some(name.to_owned()), piece)).collect())
}

#[test]
fn the_worst_part_decides_and_every_such_part_is_named() {
    let here = || present(Content::Tests(Tests::default()));
    let broken = || Piece::Broken { why: Message::new("cut off") };
    let missing = || Piece::Missing { why: Message::new("no file") };
    let awaited = |second| Piece::Awaited {
        since: jiff::Timestamp::from_second(second).unwrap(),
        from: Message::new("the job"),
    };
    let Piece::Broken { why } =
        parts(vec![("a", broken()), ("b", missing()), ("c", broken()), ("d", here())])
    else {
        panic!("not broken")
    };
    assert_eq!(why.to_string(), "the part a: cut off; the part c: cut off");
    let Piece::Missing { why } = parts(vec![("a", here()), ("b", missing()), ("c", awaited(1))])
    else {
        panic!("not missing")
    };
    assert_eq!(why.to_string(), "the part b: no file");
    let Piece::Awaited { since, from } =
        parts(vec![("a", awaited(7)), ("b", here()), ("c", awaited(3))])
    else {
        panic!("not awaited")
    };
    assert_eq!(
        (since.as_second(), from.to_string().as_str()),
        (3, "the part a: the job; the part c: the job")
    );
    let coverage = Content::Coverage(Coverage { files: Vec::new(), reported: BTreeMap::new() });
    let Piece::Broken { why } = parts(vec![("a", here()), ("b", present(coverage))]) else {
        panic!("not broken")
    };
    assert!(why.to_string().contains("one has coverage and another has tests"), "{why}");
}
