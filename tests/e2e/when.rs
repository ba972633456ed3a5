//! Where a rule applies: `when`, `unless` and `rollout`.

use gate_core::{
    Verdict, evaluate,
    evidence::{Branch, ChangeKind, ChangeSet, Evidence, FileChange, Piece, PullRequest},
    measure::{Message, Outcome, RepoPath},
    policy::Policy,
};
use gate_tests::{Checked, NOW, Repository, approved};
use serde_json::{Value, json};

/// A pull request that nobody has approved, so that a rule which applies is pending.
fn unapproved() -> Value {
    let mut pull_request = approved();
    pull_request["reviews"] = json!([]);
    pull_request
}

/// Judges it by `review` under this condition, beside a rule that holds.
#[track_caller]
fn judged(condition: &str, pull_request: &Value) -> Checked {
    let rule = format!("{condition}, review: {{ approvals: 1 }}");
    Repository::with_rules(&[("the rule", &rule), ("other", "review: { approvals: 0 }")], "")
        .pull_request(pull_request)
        .check()
}

fn with(key: &str, value: Value) -> Value {
    let mut pull_request = unapproved();
    pull_request[key] = value;
    pull_request
}

#[test]
fn a_rule_applies_where_its_condition_holds_and_is_skipped_elsewhere() {
    judged("when: { draft: false }", &unapproved()).expect_pending().expect_rule(
        "the rule",
        "pending",
        "approval-missing",
    );
    judged("when: { draft: false }", &with("draft", json!(true)))
        .expect_passed()
        .expect_rule("the rule", "skipped", "condition-not-met")
        .expect_line("it does not apply here: it is a draft");
}

#[test]
fn unless_is_the_contrary() {
    judged("unless: { draft: true }", &unapproved()).expect_pending();
    judged("unless: { draft: true }", &with("draft", json!(true))).expect_passed().expect_rule(
        "the rule",
        "skipped",
        "condition-not-met",
    );
}

#[test]
fn labels_fit_by_globs_without_case() {
    let labelled = with("labels", json!(["Area/Docs"]));
    judged("when: { labels: ['area/*', other] }", &labelled).expect_pending();
    judged("when: { labels: [other] }", &labelled)
        .expect_passed()
        .expect_line("it has no label of other");
}

#[test]
fn the_base_branch_fits_by_globs_in_which_a_star_stays_within_its_level() {
    judged("when: { base: [main, 'release/*'] }", &unapproved()).expect_pending();
    let mut release = unapproved();
    release["base"]["ref"] = json!("release/1/2");
    judged("when: { base: ['release/*'] }", &release)
        .expect_passed()
        .expect_line("its base is release/1/2");
    judged("when: { base: ['release/**'] }", &release).expect_pending();
}

#[test]
fn the_author_is_known_in_either_writing() {
    let by_a_bot = with("author", json!({"login": "dependabot[bot]", "id": 9, "bot": true}));
    judged("when: { author: [dependabot] }", &by_a_bot).expect_pending();
    judged("unless: { author: ['dependabot[bot]'] }", &by_a_bot).expect_passed();
    judged("when: { author: [dependabot] }", &unapproved()).expect_passed();
    judged("when: { author: [dependabot] }", &with("author", Value::Null))
        .expect_passed()
        .expect_line("its author is a deleted account");
}

#[test]
fn whether_it_comes_from_a_fork_must_be_said() {
    judged("when: { fork: true }", &with("fork", json!(true))).expect_pending();
    judged("when: { fork: true }", &with("fork", json!(false))).expect_passed();
    judged("when: { fork: true }", &unapproved())
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "condition-undecided")
        .expect_line("nobody has said whether it comes from a fork");
}

#[test]
fn all_of_a_condition_must_hold() {
    let draft = with("draft", json!(true));
    judged("when: { draft: true, base: [main] }", &draft).expect_pending();
    judged("when: { draft: true, base: [next] }", &draft).expect_passed();
    // What certainly does not hold decides, whatever is unknown.
    judged("when: { fork: true, base: [next] }", &draft).expect_passed();
    judged("unless: { fork: true, base: [main] }", &draft).expect_inconclusive();
}

#[test]
fn nothing_is_known_without_a_pull_request() {
    Repository::with_rule("when: { draft: true }, review: {}")
        .check()
        .expect_inconclusive()
        .expect_rule("the rule", "inconclusive", "pull-request-missing")
        .expect_line("whether it applies cannot be told");
}

#[test]
fn a_gate_whose_rules_are_all_skipped_does_not_pass_by_itself() {
    Repository::with_rule("when: { draft: true }, review: {}")
        .pull_request(&approved())
        .check()
        .expect_inconclusive()
        .expect_line("Inconclusive: no rule applied");
}

/// A verdict on a pull request of this number that changes this.
fn on_changes(rule: &str, number: u64, changes: Piece<ChangeSet>) -> Verdict {
    let branch = |name: &str| Branch { name: name.to_owned(), sha: "a".repeat(40) };
    let mut pull_request = PullRequest::new(branch("main"), branch("topic"));
    pull_request.number = Some(number);
    let evidence =
        Evidence::nothing().with_pull_request(Piece::Present(pull_request)).with_changes(changes);
    let policy = format!("version: 1\nrules:\n  the rule: {{ {rule}, review: {{}} }}\n");
    evaluate(&Policy::parse(&policy).unwrap(), &evidence, NOW.parse().unwrap())
}

fn renamed(from: &str, to: &str) -> Piece<ChangeSet> {
    let file = FileChange::new(RepoPath::normalised(to), ChangeKind::Renamed)
        .from(RepoPath::normalised(from));
    Piece::Present(ChangeSet::new(vec![file]))
}

#[track_caller]
fn assert_came_out(verdict: &Verdict, outcome: Outcome, code: &str) {
    let rule = &verdict.rules[0];
    let codes: Vec<&str> = rule.reasons.iter().map(|reason| reason.code.word()).collect();
    assert_eq!((rule.outcome, codes.contains(&code)), (outcome, true), "{rule:?}");
}

#[test]
fn paths_are_those_that_change_and_those_that_were() {
    let rule = "when: { paths: { include: ['src/**'] } }";
    let away = on_changes(rule, 1, renamed("src/a.py", "lib/a.py"));
    assert_came_out(&away, Outcome::Pending, "approval-missing");
    let elsewhere = on_changes(rule, 1, renamed("docs/a.md", "docs/b.md"));
    assert_came_out(&elsewhere, Outcome::Skipped, "condition-not-met");
    let nothing = on_changes(rule, 1, Piece::Present(ChangeSet::default()));
    assert_came_out(&nothing, Outcome::Skipped, "condition-not-met");
}

#[test]
fn what_changes_must_be_known() {
    let rule = "when: { paths: { include: ['src/**'] } }";
    let why = || Message::new("300 of 4 000 files were listed");
    let broken = on_changes(rule, 1, Piece::Broken { why: why() });
    assert_came_out(&broken, Outcome::Inconclusive, "changes-broken");
    let missing = on_changes(rule, 1, Piece::Missing { why: why() });
    assert_came_out(&missing, Outcome::Inconclusive, "changes-missing");
    let awaited = Piece::Awaited { since: NOW.parse().unwrap(), from: why() };
    assert_came_out(&on_changes(rule, 1, awaited), Outcome::Pending, "changes-awaited");
}

#[test]
fn a_rollout_decides_for_its_share_and_is_advisory_for_the_others() {
    let none = || Piece::Present(ChangeSet::default());
    let of = |share: &str| {
        let verdict = |number| on_changes(&format!("rollout: {share}"), number, none());
        (1..=400).map(verdict).filter(|verdict| verdict.outcome == Outcome::Pending).count()
    };
    // All rules of the others are advisory, so that no rule applies.
    assert_eq!((of("0%"), of("100%")), (0, 400));
    assert!((70..130).contains(&of("25%")), "{}", of("25%"));
    let out = on_changes("rollout: 0%", 7, none());
    assert_eq!(out.rules[0].mode.word(), "advisory");
    assert_came_out(&out, Outcome::Pending, "not-rolled-out");
}

#[test]
fn a_rollout_decides_where_there_is_no_number() {
    let mut pull_request = unapproved();
    pull_request.as_object_mut().unwrap().remove("number");
    judged("rollout: 0%", &pull_request).expect_pending();
}

#[test]
fn mistakes_are_told() {
    for (rule, problem) in [
        ("when: {}, review: {}", "a condition that states nothing always holds"),
        ("when: { draft: 'true' }, review: {}", "expected `true` or `false` here"),
        ("when: { labels: [] }, review: {}", "an empty list would fit nothing at all"),
        ("rollout: 5%, mode: shadow, review: {}", "only a rule that decides is rolled out"),
    ] {
        Repository::with_rule(rule).gate_check().run().expect_refused(&[problem]);
    }
}
