//! Policies: how their problems are shown, and what `gate policy` prints.

use gate_tests::{Repository, Run, fixture, gate};
use serde_json::{Value, json};

/// What `gate check` says of a repository with this policy.
#[track_caller]
fn refused(policy: &str) -> Run {
    let run = Repository::with_policy(policy).gate_check().run();
    run.expect_refused(&[".github/gate.yml cannot be used"]);
    run
}

const THREE_PROBLEMS: &str = "version: 1
reports:
  coverage: { format: cobertura, file: coverage.xml }
rules:
  tested:
    coverage:
      report: coverge
      at-least: 80
  clean:
    review: { aprovals: 1 }
";

#[test]
fn a_problem_is_shown_with_its_line_its_column_and_a_caret() {
    let run = refused(THREE_PROBLEMS);
    let shown = "\
error: no such report: `coverge`
 --> .github/gate.yml:7:15
  |
7 |       report: coverge
  |               ^^^^^^^
  |
  = help: did you mean `coverage`?
";
    run.expect_complaint(shown);
}

#[test]
fn all_problems_are_shown_at_once_in_the_order_of_the_file() {
    let run = refused(THREE_PROBLEMS);
    let places = [".github/gate.yml:7:15", ".github/gate.yml:8:17", ".github/gate.yml:10:15"];
    let found: Vec<_> = places.iter().map(|place| run.stderr.find(place)).collect();
    assert!(found.iter().all(Option::is_some) && found.is_sorted(), "{run}");
    run.expect_complaint("a percentage is written with its sign, for example 80%")
        .expect_complaint("did you mean `approvals`?")
        .expect_complaint("the policy has 3 problems");
}

#[test]
fn gate_policy_check_shows_the_same_problems() {
    let repository = Repository::with_policy(THREE_PROBLEMS);
    let check = repository.gate(["policy", "check"]).run();
    check.expect_refused(&[]);
    assert_eq!(check.stderr, repository.gate_check().run().stderr);
}

#[test]
fn what_was_likely_meant_is_said_for_keys_kinds_formats_and_words() {
    let rule = |rule: &str| {
        format!("version: 1\nreports: {{ c: {{ file: c.xml }} }}\nrules: {{ a: {{ {rule} }} }}\n")
    };
    for (policy, meant, place) in [
        (rule("coverage: { report: c, atleast: 80% }"), "did you mean `at-least`?", ":3:38"),
        (rule("coverage: { report: c, AT_LEAST: 80% }"), "did you mean `at-least`?", ":3:38"),
        (rule("coverage: { report: c, at-laest: 80% }"), "did you mean `at-least`?", ":3:38"),
        (rule("reveiw: {}"), "did you mean `review`?", ":3:15"),
        (rule("coverag: {}"), "did you mean `coverage`?", ":3:15"),
        (rule("any_of: {}"), "did you mean `any-of`?", ":3:15"),
        (rule("mode: advisery, review: {}"), "did you mean `advisory`?", ":3:21"),
        (rule("coverage: { report: c, of: changed-line }"), "did you mean `changed-lines`?", ":3:42"),
        (rule("findings: { report: c, severity: hihg }"), "did you mean `high`?", ":3:48"),
        (
            "version: 1\nreports: { c: { format: cobretura, file: c } }\nrules: { a: { review: {} } }\n".to_owned(),
            "did you mean `cobertura`?",
            ":2:25",
        ),
        ("version: 1\nruels: {}\n".to_owned(), "did you mean `rules`?", ":2:1"),
    ] {
        let run = refused(&policy);
        run.expect_complaint(meant).expect_complaint(&format!(".github/gate.yml{place}"));
    }
}

#[test]
fn a_key_that_belongs_elsewhere_is_said_to() {
    refused("version: 1\nreports: { c: { file: c } }\nrules: { a: { coverage: { report: c, at-least: 1%, severity: high } } }\n")
        .expect_complaint("no such key here: `severity`")
        .expect_complaint("it is a key of `findings`; there is ");
    refused("version: 1\nrules: { a: { review: {}, deadline: 1h } }\n")
        .expect_complaint("it is a key of")
        .expect_complaint("a report");
}

#[test]
fn several_policies_are_checked_at_once() {
    let repository = Repository::with_policy(THREE_PROBLEMS)
        .file("sound.yml", "version: 1\nrules: { a: { review: {} } }\n");
    let run = repository.gate(["policy", "check", "sound.yml", ".github/gate.yml"]).run();
    run.expect_exit(2)
        .expect_line("sound.yml: sound, with 1 rule")
        .expect_complaint("the policy has 3 problems");
}

#[test]
fn columns_are_counted_in_characters() {
    refused("version: 1\nrules: { ä ö: { review: { x: 1 } } }\n")
        .expect_complaint(".github/gate.yml:2:27");
}

#[test]
fn what_cannot_be_is_refused() {
    for (policy, words) in [
        ("", "the policy is empty; `gate policy default` prints a complete one"),
        ("version: 1\n", "`rules` is missing here"),
        ("version: 1\nrules: {}\n", "a policy without rules judges nothing"),
        ("rules: { a: { review: {} } }\n", "`version` is missing here"),
        ("version: 2\nrules: { a: { review: {} } }\n", "version 2 is not known"),
        ("version: 1\nrules: { a: { review: {} }, a: { review: {} } }\n", "a"),
        ("version: 1\nversion: 1\nrules: { a: { review: {} } }\n", "version"),
        ("version: 1\nrules: { a: {} }\n", "the rule `a` must have exactly one kind"),
        ("version: 1\nrules: { a: { review: {} } }\n---\nversion: 1\n", "one YAML document"),
        ("version: 1\nrules: [", "not valid YAML"),
        ("version: 1\nrules: { a: { review: { approvals: } } }\n", "but there is nothing"),
        ("version: 1\nrules: { a: { review: { approvals: \"1\" } } }\n", "without quotes"),
        ("version: 1\nrules: { a: { review: { approvals: -1 } } }\n", "a whole number"),
        ("version: 1\nrules: { a: { mode: loud, review: {} } }\n", "no such mode: `loud`"),
        ("version: 1\nwhen-no-rule-applies: fine\nrules: { a: { review: {} } }\n", "`fine`"),
        (
            "version: 1\ncomment: sometimes\nrules: { a: { review: {} } }\n",
            "no such choice: `sometimes`",
        ),
        (
            "version: 1\nannotations: 1001\nrules: { a: { review: {} } }\n",
            "at most 1000 annotations",
        ),
        (
            "version: 1\nreports: { a: { file: ../x.xml } }\nrules: { b: { review: {} } }\n",
            "a relative path with `/` that stays in its folder",
        ),
        (
            "version: 1\nrules: { a: { review: {} } }\nwaivers: [{ finding: B1 }]\n",
            "`reason` is missing here",
        ),
        (
            "version: 1\nrules: { a: { review: {} } }\nwaivers: [{ finding: 'B*', reason: r }]\n",
            "without wildcards",
        ),
    ] {
        refused(policy).expect_complaint(words).expect_complaint("problem");
    }
}

#[test]
fn a_byte_order_mark_is_no_problem() {
    let policy = "\u{feff}version: 1\nrules: { a: { review: { approvals: 0 } } }\n";
    Repository::with_policy(policy)
        .fixture("pull-request.json", "pull-request/approved.json")
        .check()
        .expect_passed();
}

#[test]
fn no_policy_is_an_error_with_a_hint() {
    Repository::empty().gate_check().run().expect_refused(&[
        "there is no policy at .github/gate.yml",
        "hint: `gate init` writes one that passes today, `gate policy default` prints a complete one",
    ]);
}

#[test]
fn the_policy_may_lie_elsewhere() {
    let repository = Repository::empty()
        .file("other.yml", "version: 1\nrules: { a: { review: {} } }\n")
        .fixture("pull-request.json", "pull-request/approved.json");
    repository.gate_check().arg("--policy").arg("other.yml").run().expect_exit(0);
    let run = repository.gate(["policy", "check", "other.yml"]).run();
    run.expect_success().expect_line("other.yml: sound, with 1 rule, 0 reports and 0 waivers");
}

#[test]
fn the_default_policy_is_sound() {
    let default = gate(["policy", "default"]).run();
    default.expect_success();
    Repository::with_policy(&default.stdout)
        .gate(["policy", "check"])
        .run()
        .expect_success()
        .expect_line(".github/gate.yml: sound, with 11 rules, 5 reports and 3 waivers");
}

#[test]
fn the_default_policy_judges_a_repository_without_reports_as_undecided() {
    let default = gate(["policy", "default"]).run().stdout;
    let checked = Repository::with_policy(&default).check();
    checked.expect_inconclusive();
    let rules = checked.json["rules"].as_array().unwrap();
    assert!(rules.iter().all(|rule| rule["outcome"] == "inconclusive"), "{}", checked.text);
}

#[test]
fn every_fixtures_policy_is_sound() {
    for side in ["green", "red"] {
        let folder = fixture(&format!("peak-trade/{side}"));
        gate(["policy", "check"]).in_folder(folder).run().expect_success().expect_line("sound");
    }
}

mod schema {
    use super::*;

    fn schema() -> jsonschema::Validator {
        let run = gate(["policy", "schema"]).run();
        run.expect_success();
        jsonschema::validator_for(&run.json()).unwrap()
    }

    /// A policy as JSON, by a reader of YAML that is not gate's.
    fn json_of(yaml: &str) -> Value {
        serde_saphyr::from_str(yaml).unwrap()
    }

    #[test]
    fn accepts_sound_policies() {
        let default = gate(["policy", "default"]).run().stdout;
        let text = |side: &str| {
            std::fs::read_to_string(fixture(&format!("peak-trade/{side}/.github/gate.yml")))
                .unwrap()
        };
        for policy in [default, text("green"), text("red")] {
            let json = json_of(&policy);
            let problems: Vec<_> =
                schema().iter_errors(&json).map(|error| error.to_string()).collect();
            assert_eq!(problems, [""; 0], "{policy}");
        }
    }

    #[test]
    fn refuses_what_gate_refuses_for_its_shape() {
        let schema = schema();
        for policy in [
            "rules: { a: { review: {} } }",
            "version: 1",
            "version: 1\nrules: []",
            "version: 1\nrules: { a: { reveiw: {} } }",
            "version: 1\nrules: { a: { review: { approvals: many } } }",
            "version: 1\nrules: { a: { review: { approvals: -1 } } }",
            "version: 1\nrules: { a: { mode: loud, review: {} } }",
            "version: 1\nreports: { a: { format: opencover, file: x } }\nrules: { a: { review: {} } }",
            "version: 1\nreports: { a: { format: bandit } }\nrules: { a: { review: {} } }",
            "version: 1\nreports: { a: { file: x, deadline: soon } }\nrules: { a: { review: {} } }",
            "version: 1\nreports: { c: { file: x } }\nrules: { a: { coverage: { report: c, at-least: 80 } } }",
            "version: 1\nrules: { a: { review: {} } }\nwaivers: [{ finding: B1 }]",
        ] {
            assert!(!schema.is_valid(&json_of(policy)), "the schema accepts {policy}");
            refused(policy);
        }
    }

    #[test]
    fn describes_every_key_that_it_has() {
        fn undescribed(value: &Value, at: &str, found: &mut Vec<String>) {
            for (key, property) in value["properties"].as_object().into_iter().flatten() {
                if property.get("description").is_none() {
                    found.push(format!("{at}.{key}"));
                }
            }
            for (name, definition) in value["$defs"].as_object().into_iter().flatten() {
                undescribed(definition, name, found);
            }
        }
        let schema = gate(["policy", "schema"]).run().json();
        let mut found = Vec::new();
        undescribed(&schema, "policy", &mut found);
        assert_eq!(found, [""; 0]);
        assert_eq!(schema["additionalProperties"], json!(false));
    }
}
