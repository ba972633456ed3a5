//! SARIF: valid by the standard's own schema, and read back by our own reader.

use gate_tests::{Repository, Run, fixture, gate};
use serde_json::{Value, json};

use super::mixed;
use crate::render::{HOSTILE, with_words};

/// What a run printed, held against the standard's schema.
#[track_caller]
fn sound(run: &Run) -> Value {
    let schema: Value =
        serde_json::from_str(include_str!("../../schemas/sarif-2.1.0.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let log = run.json();
    let problems: Vec<String> = schema.iter_errors(&log).map(|error| error.to_string()).collect();
    assert_eq!(problems, [""; 0], "{run}");
    log
}

#[track_caller]
fn sarif(repository: &Repository) -> Value {
    sound(&repository.gate_check().arg("--format").arg("sarif").run())
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().unwrap()
}

/// Rule, level, file and line of each result.
fn places(log: &Value) -> Vec<(String, String, String, u64)> {
    let of = |result: &Value| {
        let place = &result["locations"][0]["physicalLocation"];
        (
            result["ruleId"].as_str().unwrap().to_owned(),
            result["level"].as_str().unwrap().to_owned(),
            place["artifactLocation"]["uri"].as_str().unwrap().to_owned(),
            place["region"]["startLine"].as_u64().unwrap(),
        )
    };
    results(log).iter().map(of).collect()
}

#[test]
fn places_are_results_and_what_has_no_place_is_at_its_line_in_the_policy() {
    let log = sarif(&mixed());
    let found = places(&log);
    let at = |rule: &str, level: &str, uri: &str, line: u64| {
        (rule.to_owned(), level.to_owned(), uri.to_owned(), line)
    };
    assert_eq!(
        found,
        [
            at("no insecure code", "error", "src/a%20b.py", 7),
            at("no insecure code", "error", "src/c.py", 1),
            at("tested", "error", ".github/gate.yml", 7),
            at("clean", "warning", "src/a%20b.py", 7),
            at("clean", "warning", "src/d.py", 3),
            at("clean", "warning", "src/c.py", 1),
        ],
        "{log:#}"
    );
    assert_eq!(log["runs"][0]["properties"]["outcome"], "failed");
}

#[test]
fn what_is_waived_is_suppressed() {
    let log = sarif(&mixed());
    let waived: Vec<&Value> =
        results(&log).iter().filter(|result| result.get("suppressions").is_some()).collect();
    assert_eq!(waived.len(), 2, "{log:#}");
    assert!(waived.iter().all(|result| result["suppressions"][0]["kind"] == "external"));
}

#[test]
fn a_passed_gate_has_rules_and_no_result_that_counts() {
    let repository = Repository::with_rule("coverage: { report: coverage, at-least: 10% }")
        .file("coverage.xml", gate_tests::Cobertura::new().file("a.py", 4, 10).xml());
    let log = sarif(&repository);
    assert_eq!(results(&log).len(), 0);
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "the rule");
    assert_eq!(
        rule["properties"],
        json!({"kind": "coverage", "mode": "required", "outcome": "passed"})
    );
}

#[test]
fn a_missing_report_is_a_result() {
    let log = sarif(&Repository::with_rule("coverage: { report: coverage, at-least: 10% }"));
    assert_eq!(
        places(&log),
        [("the rule".to_owned(), "error".to_owned(), ".github/gate.yml".to_owned(), 5)]
    );
}

#[test]
fn of_two_alike_each_has_its_fingerprint_and_it_stays() {
    use gate_tests::{Bandit, finding};

    let twice = [finding("B1", "a.py", 1), finding("B1", "a.py", 1)];
    let repository = Repository::with_rule("findings: { report: bandit, at-most: 0 }")
        .file("bandit.json", Bandit::with(twice).json());
    let prints = |log: &Value| -> Vec<Value> {
        results(log).iter().map(|result| result["partialFingerprints"]["gate/v1"].clone()).collect()
    };
    let once = prints(&sarif(&repository));
    assert_eq!(once.len(), 2);
    assert_ne!(once[0], once[1]);
    assert_eq!(once, prints(&sarif(&repository)));
}

#[test]
fn our_own_reader_reads_back_what_stops_the_merge() {
    let repository = mixed();
    let run = repository.gate_check().arg("--format").arg("sarif").arg("--output").arg("it.sarif");
    run.run().expect_exit(1);
    let read = repository.gate(["read", "it.sarif", "--format", "sarif", "--json"]).run().json();
    // Six results, of which two are suppressed: two errors and two warnings.
    assert_eq!(read["total"], 4, "{read:#}");
    assert_eq!(read["by_severity"]["high"], 2, "{read:#}");
    assert_eq!(read["by_severity"]["medium"], 2, "{read:#}");
}

#[test]
fn the_red_verdict_is_sound_and_names_every_rule_that_does_not_hold() {
    let check = gate(["check", "--now", gate_tests::NOW, "--format", "sarif"]);
    let run = check.in_folder(fixture("peak-trade/red")).run();
    run.expect_exit(1);
    let log = sound(&run);
    let rules = &log["runs"][0]["tool"]["driver"]["rules"];
    assert_eq!(rules.as_array().unwrap().len(), 6);
    for rule in
        rules.as_array().unwrap().iter().filter(|rule| rule["properties"]["outcome"] == "failed")
    {
        let has = results(&log).iter().any(|result| result["ruleId"] == rule["id"]);
        assert!(has, "{rule:#}");
    }
}

#[test]
fn of_a_group_only_what_decides_is_told() {
    let any = "any-of: { low: { coverage: { report: coverage, at-least: 10% } }, \
               high: { coverage: { report: coverage, at-least: 90% } } }";
    let repository = Repository::with_rule(any)
        .file("coverage.xml", gate_tests::Cobertura::new().file("a.py", 4, 10).xml());
    assert_eq!(places(&sarif(&repository)), []);
    let all = sarif(
        &Repository::with_rule(&any.replace("any-of", "all-of"))
            .file("coverage.xml", gate_tests::Cobertura::new().file("a.py", 4, 10).xml()),
    );
    let told: Vec<String> = places(&all).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(told, ["the rule", "high"]);
}

#[test]
fn an_advisory_group_warns() {
    let group = "mode: advisory, all-of: { low: { coverage: { report: coverage, at-least: 10% } }, \
                 high: { coverage: { report: coverage, at-least: 90% } } }";
    let repository = Repository::with_rules(&[("g", group)], "when-no-rule-applies: pass\n")
        .file("coverage.xml", gate_tests::Cobertura::new().file("a.py", 4, 10).xml());
    let levels: Vec<String> =
        places(&sarif(&repository)).into_iter().map(|(_, level, ..)| level).collect();
    assert_eq!(levels, ["warning", "warning"]);
}

#[test]
fn foreign_words_keep_it_sound_and_make_no_link() {
    for word in HOSTILE {
        let log = sarif(&with_words(word));
        for result in results(&log) {
            let text = result["message"]["text"].as_str().unwrap();
            assert!(!text.replace("\\]", "").contains("]("), "{text}");
            assert!(!text.contains(char::is_control), "{text:?}");
            let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            let uri = uri.as_str().unwrap();
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b);
            assert!(uri.bytes().all(plain) && !uri.starts_with('/'), "{uri}");
        }
    }
}
