//! `extends:`: a policy adds to another one, of one level, and the verdict says which is whose.

use gate_tests::{Bandit, Checked, Cobertura, Repository, finding};

const THERE: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml }
  bandit: { format: bandit, file: bandit.json }
rules:
  enough is tested: { coverage: { report: coverage, at-least: 80% } }
  nothing insecure: { findings: { report: bandit, at-most: 0 } }
";

/// A repository with this policy after its first lines, and the policy that it extends.
#[track_caller]
fn extending(rest: &str, there: &str) -> Repository {
    Repository::with_policy(&format!("version: 1\nextends: acme/.github@v3:gate.yml\n{rest}"))
        .file("there.yml", there)
        .file("coverage.xml", Cobertura::new().file("src/a.py", 80, 100).xml())
        .file("bandit.json", Bandit::with([finding("B101", "src/a.py", 1)]).json())
        .arg("--extends")
        .arg("there.yml")
}

#[track_caller]
fn judged(rest: &str) -> Checked {
    extending(rest, THERE).check()
}

/// Which policy the verdict says a rule is of.
fn from<'a>(checked: &'a Checked, rule: &str) -> &'a str {
    checked.rule(rule)["from"].as_str().expect("it says so")
}

#[test]
fn the_rules_of_both_hold_and_each_says_whose_it_is() {
    let checked = judged("rules: { well titled: { labels: { none-of: [wip] } } }\n");
    checked
        .expect_failed()
        .expect_line("enough is tested  [coverage]  (from: acme/.github@v3:gate.yml)")
        .expect_line("well titled  [labels]  (from: own)");
    assert_eq!(from(&checked, "nothing insecure"), "acme/.github@v3:gate.yml");
    assert_eq!(from(&checked, "well titled"), "own");
    let markdown = extending("", THERE).gate_check().arg("--format").arg("markdown").run();
    markdown.expect_line("enough is tested (from `acme/.github@v3:gate.yml`)");
}

#[test]
fn a_policy_may_add_nothing() {
    judged("").expect_failed().expect_rule("nothing insecure", "failed", "findings-above-maximum");
}

#[test]
fn a_rule_of_the_same_name_takes_the_place_of_the_other_and_never_in_silence() {
    let weaker = "rules:\n  nothing insecure: { findings: { report: bandit, at-most: 1 } }\n";
    let checked = judged(weaker);
    checked
        .expect_passed()
        .expect_line(
            "nothing insecure  [findings]  (from: own, in the place of that of \
             acme/.github@v3:gate.yml)",
        )
        .expect_remark("policy-replaced")
        .expect_line(
            "the rule nothing insecure of acme/.github@v3:gate.yml is replaced by the policy's own",
        );
    assert_eq!(from(&checked, "nothing insecure"), "own");
    assert_eq!(from(&checked, "enough is tested"), "acme/.github@v3:gate.yml");
}

#[test]
fn reports_and_settings_are_those_stated_here_and_else_those_there() {
    let elsewhere = "reports:\n  bandit: { format: bandit, file: own/bandit.json }\n";
    let checked =
        extending(elsewhere, THERE).file("own/bandit.json", Bandit::with([]).json()).check();
    checked
        .expect_passed()
        .expect_line("the report bandit of acme/.github@v3:gate.yml is replaced");
    let never = "version: 1\nreports: { coverage: { file: coverage.xml } }\nrules:\n  advised: { mode: \
                 advisory, coverage: { report: coverage, at-least: 1% } }\nwhen-no-rule-applies: pass\n";
    extending("", never).check().expect_passed().expect_no_line("is replaced");
    extending("when-no-rule-applies: inconclusive\n", never)
        .check()
        .expect_inconclusive()
        .expect_line("the setting when-no-rule-applies of acme/.github@v3:gate.yml is replaced");
}

#[test]
fn rules_here_use_the_reports_there_and_waivers_of_both_hold() {
    let strict = "rules:\n  all is tested: { coverage: { report: coverage, at-least: 90% } }\n\
                  waivers:\n  - { finding: B101, rule: nothing insecure, reason: asserts }\n";
    judged(strict)
        .expect_failed()
        .expect_rule("all is tested", "failed", "coverage-below-minimum")
        .expect_rule("nothing insecure", "passed", "findings-within-maximum");
    let there = format!("{THERE}waivers:\n  - {{ finding: B101, reason: theirs }}\n");
    extending("", &there).check().expect_passed().expect_line("theirs");
}

#[test]
fn the_parts_of_a_group_are_of_its_policy_too() {
    let there = "version: 1\nrules:\n  either:\n    any-of:\n      one: { labels: { any-of: [x] } }\n      \
                 other: { labels: { none-of: [x] } }\n";
    let checked = extending("", there).check();
    assert_eq!(from(&checked, "one"), "acme/.github@v3:gate.yml");
}

#[test]
fn without_the_other_the_policy_cannot_be_used() {
    let policy = "version: 1\nextends: acme/.github@v3:gate.yml\nrules: { a: { review: {} } }\n";
    let missing = Repository::with_policy(policy).gate_check().run();
    missing.expect_refused(&[
        "this policy extends acme/.github@v3:gate.yml, which was not given",
        ".github/gate.yml:2:10",
        "--extends FILE",
    ]);
    let plain = Repository::with_policy("version: 1\nrules: { a: { review: {} } }\n")
        .file("there.yml", THERE)
        .arg("--extends")
        .arg("there.yml");
    plain.gate_check().run().expect_refused(&["this policy extends no other"]);
    let absent = Repository::with_policy(policy).arg("--extends").arg("none.yml");
    absent.gate_check().run().expect_refused(&["none.yml"]);
}

#[test]
fn two_levels_are_refused() {
    let there = format!("extends: acme/base@v1\n{THERE}");
    extending("", &there)
        .gate_check()
        .run()
        .expect_refused(&["acme/.github@v3:gate.yml extends another policy itself; one level"]);
}

#[test]
fn what_is_wrong_with_the_other_is_shown_with_its_line() {
    let there = THERE.replace("at-least: 80%", "at-least: 80");
    extending("", &there).gate_check().run().expect_refused(&[
        "acme/.github@v3:gate.yml cannot be used, line 6: a percentage is written with its sign",
    ]);
}

#[test]
fn a_name_means_one_rule_in_both() {
    let part = "rules:\n  both:\n    all-of:\n      nothing insecure: { labels: { none-of: [x] } }\n      \
                more: { labels: { none-of: [y] } }\n";
    extending(part, THERE)
        .gate_check()
        .run()
        .expect_refused(&["two rules have the name `nothing insecure`"]);
    extending("waivers:\n  - { finding: B101, rule: nobody, reason: x }\n", THERE)
        .gate_check()
        .run()
        .expect_refused(&["no such rule: `nobody`"]);
}

#[test]
fn what_is_extended_is_pinned() {
    for (text, words) in [
        ("acme/.github:gate.yml", "pinned to a ref: owner/repository@ref:path"),
        ("acme@v3", "written owner/repository@ref:path"),
        ("acme/.github@v3:gate.json", "ends in .yml or .yaml"),
        ("acme/.github@v3:../gate.yml", "without `..`"),
    ] {
        let policy =
            format!("version: 1\nextends: \"{text}\"\nrules: {{ a: {{ review: {{}} }} }}\n");
        let it = Repository::with_policy(&policy);
        it.gate(["policy", "check"]).run().expect_exit(2).expect_complaint(words);
    }
}

#[test]
fn policy_check_takes_it_too_and_a_record_keeps_both() {
    let it = extending("rules: { more: { labels: { none-of: [wip] } } }\n", THERE);
    it.gate(["policy", "check", "--extends", "there.yml"])
        .run()
        .expect_success()
        .expect_line("sound, with 3 rules, 2 reports and 0 waivers");
    let run = it.gate_check().arg("--record").arg("it.record").run();
    let record = run.written(it.path("it.record"));
    let elsewhere = Repository::empty().file("it.record", &record);
    let replayed = elsewhere.gate(["replay", "it.record"]).run();
    assert_eq!((replayed.code, &replayed.stdout), (run.code, &run.stdout));
}
