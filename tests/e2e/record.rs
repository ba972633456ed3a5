//! Records: a verdict and everything it came from, which replays to the same bytes anywhere.

use gate_core::measure::Digest;
use gate_tests::{Bandit, Repository, Run, finding, gate};
use serde_json::Value;

/// A repository with everything that a verdict can be about. It fails with 0, and passes with 9.
fn repository(at_most: u32) -> Repository {
    let rules = [
        ("clean code", &*format!("findings: {{ report: bandit, at-most: {at_most} }}")),
        ("tested", "coverage: { report: coverage, at-least: 10%, at-most-below-baseline: 1% }"),
        ("approved", "review: {}"),
    ];
    let waivers = "waivers:\n  - { finding: B101, reason: tests assert, expires: 2026-11-30 }\n";
    let findings = [finding("B101", "tests/ä.py", 1), finding("B602", "src/\u{1b}[31m.py", 7)];
    let coverage = gate_tests::fixture_bytes("cobertura/coverage-py-click.xml");
    Repository::with_rules(&rules, waivers)
        .file("bandit.json", Bandit::with(findings).json())
        .file("coverage.xml", &coverage)
        .baseline("coverage", "coverage.xml", &coverage)
        .fixture("pull-request.json", "pull-request/approved.json")
}

/// The text of its record, and the run that wrote it.
#[track_caller]
fn recorded(repository: &Repository, format: &str) -> (String, Run) {
    let check = repository.gate_check().arg("--record").arg("it.record");
    let run = check.arg("--format").arg(format).run();
    (run.written(repository.path("it.record")), run)
}

/// What `gate replay` says of this text, in a folder with nothing else in it.
#[track_caller]
fn replayed(record: &str, format: &str) -> Run {
    let elsewhere = Repository::empty().file("other.record", record);
    elsewhere.gate(["replay", "other.record", "--format", format]).run()
}

#[test]
fn replays_to_the_same_bytes_and_the_same_exit_code_elsewhere() {
    for (at_most, code) in [(0, 1), (9, 0)] {
        for format in ["text", "json", "markdown"] {
            // The repository goes before the record is replayed, and the hour is another one.
            let (record, checked) = recorded(&repository(at_most), format);
            let replayed = replayed(&record, format);
            assert_eq!(replayed.stdout, checked.stdout);
            assert_eq!((checked.code, replayed.code), (code, code), "{replayed}");
            assert_eq!(replayed.stderr, "");
        }
    }
}

#[test]
fn replays_what_could_not_be_decided() {
    let (record, checked) = recorded(&Repository::with_rule("review: {}"), "json");
    let replayed = replayed(&record, "json");
    assert_eq!((replayed.code, &replayed.stdout), (3, &checked.stdout));
}

#[test]
fn is_the_same_record_for_the_same_input() {
    let (repository, once) = (repository(9), repository(9));
    assert_eq!(recorded(&repository, "text").0, recorded(&once, "json").0);
}

#[test]
fn does_not_change_the_verdict() {
    let repository = repository(0);
    let without = repository.gate_check().run();
    assert_eq!(recorded(&repository, "text").1.stdout, without.stdout);
}

#[test]
fn replays_when_a_json_tool_has_printed_it_anew() {
    let (record, checked) = recorded(&repository(0), "text");
    let value: Value = serde_json::from_str(&record).unwrap();
    let pretty = serde_json::to_string_pretty(&value).unwrap();
    assert_ne!(pretty, record);
    assert_eq!(replayed(&pretty, "text").stdout, checked.stdout);
}

#[test]
fn may_be_replayed_into_a_file() {
    let (record, checked) = recorded(&repository(9), "markdown");
    let elsewhere = Repository::empty().file("it.record", record);
    let replay =
        elsewhere.gate(["replay", "it.record", "--format", "markdown", "--output", "it.md"]);
    let run = replay.run();
    run.expect_success();
    assert_eq!(run.stdout, "");
    assert_eq!(run.written(elsewhere.path("it.md")), checked.stdout);
}

mod that_was_changed {
    use super::*;

    type Change = fn(&mut Value);

    /// The record as a JSON tool would change it.
    #[track_caller]
    fn with(change: impl FnOnce(&mut Value)) -> Run {
        let (record, _) = recorded(&repository(0), "text");
        let mut value: Value = serde_json::from_str(&record).unwrap();
        let before = value.clone();
        change(&mut value);
        assert_ne!(value, before, "nothing was changed");
        replayed(&value.to_string(), "text")
    }

    #[test]
    fn in_any_part_is_refused() {
        let changes: [(&str, Change); 7] = [
            ("policy", |record| {
                let policy = record["policy"].as_str().unwrap().replace("at-most: 0", "at-most: 9");
                record["policy"] = policy.into();
            }),
            ("policy_name", |record| record["policy_name"] = "other.yml".into()),
            ("evidence", |record| {
                record["evidence"]["reports"]["bandit"]["present"]["content"]["findings"]["findings"]
                    .as_array_mut()
                    .unwrap()
                    .pop();
            }),
            ("verdict", |record| record["verdict"]["outcome"] = "passed".into()),
            ("now", |record| record["now"] = "2026-11-25T12:00:00Z".into()),
            ("engine", |record| record["engine"] = "gate-core 9.9.9".into()),
            ("digest", |record| {
                let digest = record["digest"].as_str().unwrap();
                let last = if digest.ends_with('0') { '1' } else { '0' };
                record["digest"] = format!("{}{last}", &digest[..digest.len() - 1]).into();
            }),
        ];
        for (part, change) in changes {
            let run = with(change);
            let changed = run.stderr.contains("the record was changed after it was written");
            assert!(run.code == 2 && changed, "{part} was changed\n{run}");
        }
        let parts = recorded(&repository(0), "text").0;
        let parts: Value = serde_json::from_str(&parts).unwrap();
        // The form itself is the eighth part; what is wrong with it is said in other words.
        assert_eq!(parts.as_object().unwrap().len(), changes.len() + 1);
    }

    #[test]
    fn to_an_unknown_form_is_refused() {
        with(|record| record["record"] = "gate/record/v2".into()).expect_refused(&[
            "a record of the form \"gate/record/v2\" is not known; this gate reads \"gate/record/v1\"",
        ]);
    }

    #[test]
    fn to_have_more_or_less_parts_is_refused() {
        with(|record| record["more"] = 1.into()).expect_refused(&["not a gate record", "more"]);
        with(|record| {
            record.as_object_mut().unwrap().remove("now");
        })
        .expect_refused(&["not a gate record", "now"]);
    }

    #[test]
    fn together_with_its_digest_still_cannot_state_another_conclusion() {
        let (record, _) = recorded(&repository(0), "text");
        let record = record.trim_end();
        let value: Value = serde_json::from_str(record).unwrap();
        let stated = value["digest"].as_str().unwrap();
        let blank = String::from_utf8(serde_json::to_vec(&Digest::of(&[])).unwrap()).unwrap();
        // The digest is taken over the record with the digest of nothing in its place.
        let signed = |record: &str| {
            let unsigned = record.replace(&format!("\"{stated}\""), &blank);
            let digest = serde_json::to_string(&Digest::of(unsigned.as_bytes())).unwrap();
            record.replace(&format!("\"{stated}\""), &digest)
        };
        assert_eq!(signed(record), record, "this is how it is taken");
        let forged = signed(&record.replace("\"outcome\":\"failed\"", "\"outcome\":\"passed\""));
        assert_ne!(forged, record);
        replayed(&forged, "text").expect_refused(&[
            "replaying gives another verdict than the record states",
            "it was written by \"gate-core ",
        ]);
    }
}

#[test]
fn what_is_no_record_is_refused() {
    for (text, words) in [
        ("", "not a gate record"),
        ("{}", "missing field `record`"),
        ("[1]", "not a gate record"),
        ("{\"record\": \"gate/record/v1\"}", "missing field"),
    ] {
        replayed(text, "text").expect_refused(&["other.record: ", words]);
    }
    gate(["replay", "nowhere.record"]).run().expect_refused(&["cannot read nowhere.record"]);
}

#[test]
fn of_no_verdict_is_not_written() {
    let repository = Repository::with_policy("version: 1\n");
    repository.gate_check().arg("--record").arg("it.record").run().expect_exit(2);
    assert!(!repository.path("it.record").exists());
}

#[test]
fn that_cannot_be_written_is_an_error() {
    let repository = repository(9);
    let run = repository.gate_check().arg("--record").arg("no/folder/it.record").run();
    run.expect_refused(&["cannot write no/folder/it.record"]);
}

#[test]
fn names_the_policy_as_people_know_it() {
    let (record, _) = recorded(&repository(9), "text");
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["policy_name"], ".github/gate.yml");
}
