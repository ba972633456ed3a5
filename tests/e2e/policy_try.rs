//! `gate policy try`: a changed policy over stored records.

use gate_tests::{Cobertura, Repository, Run};

fn policy(rules: &str) -> String {
    format!("version: 1\nreports: {{ coverage: {{ file: coverage.xml }} }}\nrules:\n{rules}")
}

const OLD: &str = "  tested: { coverage: { report: coverage, at-least: 50% } }\n";

/// Three records under the old policy, of projects that are covered by so many percent.
#[track_caller]
fn records() -> Repository {
    let mut all = Repository::empty();
    for (name, covered) in [("low", 40), ("middle", 60), ("high", 90)] {
        let one = Repository::with_policy(&policy(OLD))
            .file("coverage.xml", Cobertura::new().file("a.py", covered, 100).xml());
        let run = one.gate_check().arg("--record").arg("it.record").run();
        all = all.file(&format!("records/{name}.record"), run.written(one.path("it.record")));
    }
    all
}

#[track_caller]
fn tried(rules: &str, format: &str) -> Run {
    let repository = records().file("new.yml", policy(rules));
    let records = ["low", "middle", "high"].map(|name| format!("records/{name}.record"));
    let all = ["policy", "try", "new.yml", "--format", format, "--against"].map(str::to_owned);
    repository.gate(all.into_iter().chain(records)).run()
}

#[test]
fn the_same_policy_changes_nothing() {
    tried(OLD, "text")
        .expect_success()
        .expect_line("new.yml over 3 records")
        .expect_line("the gate comes out as before in 3 of 3");
}

#[test]
fn says_which_records_would_newly_fail_and_why() {
    let run = tried(&OLD.replace("50%", "80%"), "text");
    run.expect_exit(1)
        .expect_line("newly fails in 1 of 3")
        .expect_line("records/middle.record: lines 60/100 = 60.00 % < 80 % ✗")
        .expect_line("the gate newly fails in 1 of 3")
        .expect_line(
            "records/middle.record: was passed, would be Failed: 1 of 1 required rules not met",
        )
        .expect_line("the gate comes out as before in 2 of 3")
        .expect_no_line("high.record")
        .expect_no_line("newly passes");
}

#[test]
fn says_which_records_would_newly_pass() {
    tried(&OLD.replace("50%", "10%"), "text")
        .expect_exit(1)
        .expect_line("newly passes in 1 of 3")
        .expect_line("records/low.record: lines 40/100 = 40.00 % ≥ 10 % ✓")
        .expect_line("the gate newly passes in 1 of 3");
}

#[test]
fn what_a_record_does_not_hold_is_said_and_no_failure() {
    let rules = "  small: { changes: { at-most-files: 3 } }\n  tested: { coverage: { report: coverage, at-least: 50% } }\n";
    tried(rules, "text")
        .expect_exit(1)
        .expect_line("small  (new)")
        .expect_line("cannot be decided in 3 of 3")
        .expect_line("records/high.record: the record does not have what the pull request changes")
        .expect_line("the gate cannot be decided in 2 of 3");
    let new = "version: 1\nreports: { own: { file: own.json } }\nrules: { clean: { findings: { report: own, at-most: 0 } } }\n";
    let repository = records().file("new.yml", new);
    let run =
        repository.gate(["policy", "try", "new.yml", "--against", "records/high.record"]).run();
    run.expect_exit(1).expect_line("records/high.record: the record does not have the report own");
}

#[test]
fn an_advisory_rule_turns_alone() {
    let rules = format!(
        "{OLD}  well tested: {{ mode: advisory, coverage: {{ report: coverage, at-least: 80% }} }}\n"
    );
    tried(&rules, "text")
        .expect_success()
        .expect_line("well tested  (new)")
        .expect_line("newly fails in 2 of 3")
        .expect_line("the gate comes out as before in 3 of 3");
}

#[test]
fn may_be_json() {
    let json = tried(&OLD.replace("50%", "80%"), "json").json();
    assert_eq!(json["schema"], "gate/try/v1");
    assert_eq!(json["records"][1]["turn"], "newly-fails");
    assert_eq!(
        (&json["records"][1]["was"], &json["records"][1]["would_be"]),
        (&"passed".into(), &"failed".into())
    );
    assert_eq!(json["records"][0]["turn"], serde_json::Value::Null);
    assert_eq!(json["rules"][0]["rule"], "tested");
    assert_eq!(json["rules"][0]["turns"][0]["record"], "records/middle.record");
}

#[test]
fn each_record_is_judged_at_its_own_time() {
    // The ramp ends in 2027, and the records are of 2026.
    let ramp = "  tested: { coverage: { report: coverage, at-least: 50%, ramp: { to: 99%, by: 2027-01-01 } } }\n";
    tried(ramp, "text").expect_success();
}

#[test]
fn what_cannot_be_used_is_refused() {
    let repository = records().file("new.yml", policy(OLD)).file("no.record", "{}");
    let run = |arguments: &[&str]| repository.gate([&["policy", "try"], arguments].concat()).run();
    run(&["new.yml", "--against", "no.record"]).expect_refused(&["no.record: not a gate record"]);
    run(&["new.yml", "--against", "gone.record"]).expect_refused(&["cannot read gone.record"]);
    run(&["gone.yml", "--against", "records/low.record"])
        .expect_refused(&["there is no policy at gone.yml"]);
    let none = run(&["new.yml"]);
    none.expect_exit(2);
    assert_eq!(none.stdout, "");
}
