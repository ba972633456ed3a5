//! What stands at GitHub: one check that is never doubled, never stale, and says where it came from.

use std::time::Duration;

use gate_app::store::Store;
use gate_core::Record;
use gate_tests::github::{CheckRun, FakeGitHub, Fault, Opening, Pull};
use tokio::runtime::Runtime;

use crate::app::{App, POLICY, assert_says, bandit, coverage, repository, run_ci, settle};

const CREATE: &str = "POST /repos/{owner}/{repo}/check-runs";
const UPDATE: &str = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
const LIST: &str = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";

fn opening<'a>() -> Opening<'a> {
    Opening::from_branch("feature").by("ada").with(&[("src/a.py", "a = 2\n")])
}

/// Every check run of the App on this head, the oldest first.
fn own_runs(github: &FakeGitHub, head: &str) -> Vec<CheckRun> {
    let data = github.data();
    let runs = data.repositories.iter().flat_map(|one| &one.check_runs);
    runs.filter(|run| run.head == head && run.is_of(&data.app)).cloned().collect()
}

/// The lines that its annotations are at, in their order.
fn lines(check: &CheckRun) -> Vec<u64> {
    let line = |one: &serde_json::Value| one["start_line"].as_u64().unwrap_or_default();
    check.annotations.iter().map(line).collect()
}

/// A run of the workflow with so many findings, and enough coverage.
fn findings(github: &FakeGitHub, pull: &Pull, count: usize) {
    run_ci(github, pull, 9, count);
}

#[test]
fn a_check_names_the_record_that_it_came_from_and_has_one_button() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = github.open_pull_request("acme/shop", &opening());
    github.expect_check(&pull.head, None, "Pending");
    findings(&github, &pull, 1);
    let check = github.expect_check(&pull.head, Some("failure"), "Failed: 1 of 3");
    let id = github.data().repositories.first().map_or(0, |one| one.id);

    let external_id = check.external_id.clone().unwrap_or_default();
    let parts: Vec<&str> = external_id.splitn(6, ':').collect();
    let [form, of, number, _since, record, base] = parts.as_slice() else {
        panic!("{external_id}")
    };
    assert_eq!((*form, *of, *number), ("gate1", &*id.to_string(), &*pull.number.to_string()));
    assert_eq!(*base, "main");
    let found = Runtime::new().expect("a runtime").block_on(async {
        let store = Store::open(&app.database()).await.expect("the database of the App");
        store.record_beginning(gate_app::ids::RepositoryId(id), record).await.expect("it reads")
    });
    let kept = Record::parse(&found.expect("the record that the check names")).expect("a record");
    let verdict = kept.replay().expect("it replays");
    assert_eq!(Some(verdict.title.to_string()), check.title);
    assert_eq!(verdict.head, Some(pull.head.clone()));

    let buttons: Vec<_> = check.actions.iter().map(|one| one["identifier"].as_str()).collect();
    assert_eq!(buttons, [Some("re-evaluate")]);
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_request_that_was_not_carried_out_is_looked_for_before_it_is_sent_again() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    github.fail(CREATE, Fault::Status(502), 1);
    let pull = github.open_pull_request("acme/shop", &opening());
    github.expect_check(&pull.head, None, "Pending");
    settle(&github);
    let data = github.data();
    let about_checks = data.log.iter().filter(|call| call.route.contains("check-runs"));
    let calls: Vec<(&str, u16)> =
        about_checks.map(|call| (call.route.as_str(), call.status)).collect();
    assert_eq!(calls, [(CREATE, 502), (LIST, 200), (CREATE, 201)]);
    drop(data);
    drop(app);
    github.finish();
}

#[test]
fn annotations_are_as_many_as_the_policy_says_in_batches_and_never_twice() {
    let github = FakeGitHub::start();
    repository(&github, &format!("{POLICY}annotations: 120\n"));
    let app = App::start(&github);
    let pull = github.open_pull_request("acme/shop", &opening());
    github.expect_check(&pull.head, None, "Pending");
    settle(&github);
    // The answer to the second batch is lost, and the third is not carried out.
    github.forget_calls();
    github.fail(UPDATE, Fault::DoneButBadGateway, 1);
    github.data().failures.last_mut().expect("a fault").after = 1;
    findings(&github, &pull, 130);
    github.expect_check(&pull.head, Some("failure"), "Failed: 1 of 3");
    settle(&github);
    let check = github.expect_check(&pull.head, Some("failure"), "Failed: 1 of 3");
    assert_eq!(lines(&check), (1..=120).collect::<Vec<u64>>());
    assert_says(&check.summary, "_120 of 130 places are shown beside the code;");
    assert_eq!(own_runs(&github, &pull.head).len(), 1);
    drop(app);
    github.finish();
}

#[test]
fn fifty_are_shown_where_the_policy_does_not_say_and_none_where_it_says_so() {
    for (policy, expected) in [(POLICY.to_owned(), 50), (format!("{POLICY}annotations: 0\n"), 0)] {
        let github = FakeGitHub::start();
        repository(&github, &policy);
        let app = App::start(&github);
        let pull = github.open_pull_request("acme/shop", &opening());
        github.expect_check(&pull.head, None, "Pending");
        findings(&github, &pull, 60);
        let check = github.expect_check(&pull.head, Some("failure"), "Failed: 1 of 3");
        assert_eq!(lines(&check), (1..=expected).collect::<Vec<u64>>());
        assert_says(&check.summary, &format!("_{expected} of 60 places are shown"));
        github.delivered();
        drop(app);
        github.finish();
    }
}

#[test]
fn a_completion_whose_answer_was_lost_is_not_completed_twice() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let pull = github.open_pull_request("acme/shop", &opening());
    github.expect_check(&pull.head, None, "Pending");
    settle(&github);
    // It is completed, its answer is lost, and so is the answer to the question how it stands.
    github.fail(UPDATE, Fault::DoneButBadGateway, 1);
    github.fail("GET /repos/{owner}/{repo}/check-runs/{check_run_id}", Fault::Status(502), 1);
    findings(&github, &pull, 3);
    settle(&github);
    github.expect_check(&pull.head, Some("failure"), "Failed: 1 of 3");
    for run in own_runs(&github, &pull.head) {
        assert_eq!(lines(&run), [1, 2, 3], "each check run has each annotation once");
    }
    drop(app);
    github.finish();
}

#[test]
fn a_head_that_is_no_longer_the_head_gets_no_check_any_more() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let old = github.open_pull_request("acme/shop", &opening());
    let before = github.expect_check(&old.head, None, "Pending");
    settle(&github);
    // The snapshot is taken, and while it is on its way there is a new head.
    github.fail("POST /graphql", Fault::DoneButSlow(Duration::from_secs(2)), 1);
    github.forget_calls();
    github.review(&old, "grace", "APPROVED");
    github.wait("the snapshot", |data| {
        let taken = data.log.iter().any(|call| call.route == "POST /graphql");
        if taken { Ok(()) } else { Err("it was not asked for".to_owned()) }
    });
    let new = github.push_to(&old, &[("src/a.py", "a = 3\n")]);
    github.expect_check(&new.head, None, "Pending");
    settle(&github);
    let after = own_runs(&github, &old.head);
    assert_eq!(after.len(), 1);
    assert_eq!(after.iter().map(|run| run.writes).sum::<u32>(), before.writes);
    drop(app);
    github.finish();
}

#[test]
fn two_pull_requests_of_one_commit_write_its_check_once() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    github.push("acme/shop", "release", &[(".github/gate.yml", POLICY)]);
    let first = github.open_pull_request("acme/shop", &opening());
    let second = Opening::from_branch("feature").by("ada").onto("release").with(&[]);
    github.open_pull_request("acme/shop", &second);
    settle(&github);
    let open = github.expect_check(&first.head, None, "Pending");
    github.forget_calls();
    // Every job and run concerns both at once.
    findings(&github, &first, 4);
    settle(&github);
    let check = github.expect_check(&first.head, Some("failure"), "(#1, the worst of #1, #2)");
    assert_eq!(lines(&check), [1, 2, 3, 4]);
    assert_eq!(check.id, open.id);
    assert_eq!(own_runs(&github, &first.head).len(), 1);
    drop(app);
    github.finish();
}

#[test]
fn of_one_commit_no_pull_request_knows_more_than_the_other() {
    let mut github = FakeGitHub::start();
    github.set_patience(Duration::from_secs(30));
    repository(&github, POLICY);
    let app = App::start(&github);
    github.push("acme/shop", "release", &[(".github/gate.yml", POLICY)]);
    let first = github.open_pull_request("acme/shop", &opening());
    let second = Opening::from_branch("feature").by("ada").onto("release").with(&[]);
    github.open_pull_request("acme/shop", &second);
    settle(&github);
    github.expect_check(&first.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &first.head, "CI", &["tests"]);
    settle(&github);
    // What a label begins has seen the first, and sees the second after the run has ended.
    github.fail("POST /graphql", Fault::DoneButSlow(Duration::from_secs(2)), 1);
    github.forget_calls();
    github.label(&first, "ready", true);
    github.wait("the first snapshot", |data| {
        let taken = data.log.iter().any(|call| call.route == "POST /graphql");
        if taken { Ok(()) } else { Err("it was not asked for".to_owned()) }
    });
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(9))]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(4))]);
    github.finish_workflow(&run, "success");
    let check = github.expect_check(&first.head, Some("failure"), "(#1, the worst of #1, #2)");
    assert_says(&check.summary, "the head of #1, #2");
    assert_eq!(own_runs(&github, &first.head).len(), 1);
    drop(app);
    github.finish();
}

#[test]
fn a_policy_that_is_taken_out_leaves_no_check_open() {
    let github = FakeGitHub::start();
    repository(&github, &format!("{POLICY}comment: always\n"));
    let app = App::start(&github);
    let waits = github.open_pull_request("acme/shop", &opening());
    github.expect_check(&waits.head, None, "Pending");
    let first = github.expect_comment(&waits, "### … Pending");
    let done = github.open_pull_request(
        "acme/shop",
        &Opening::from_branch("other").by("ada").with(&[("src/b.py", "b = 2\n")]),
    );
    run_ci(&github, &done, 9, 0);
    github.review(&done, "grace", "APPROVED");
    github.expect_check(&done.head, Some("success"), "Passed");
    github.expect_comment(&done, "### ✓ Passed");
    settle(&github);

    github.push_changes("acme/shop", "main", &[(".github/gate.yml", None)]);
    let check = github.expect_check(
        &waits.head,
        Some("failure"),
        "Inconclusive: the base branch has no policy any more",
    );
    assert_says(&check.summary, "put the policy back");
    let last = github.expect_comment(&waits, "The base branch has no policy any more");
    assert_eq!(last.id, first.id);
    settle(&github);
    // What was completed under the policy stays, and it is said once.
    assert_eq!(own_runs(&github, &done.head).len(), 1);
    github.expect_check(&done.head, Some("success"), "Passed");
    github.expect_comment(&done, "The base branch has no policy any more");
    github.forget_calls();
    github.label(&waits, "more", true);
    settle(&github);
    assert!(github.calls().keys().all(|route| !route.starts_with("PATCH")), "{:?}", github.calls());
    drop(app);
    github.finish();
}

#[test]
fn what_a_policy_proposes_at_length_does_not_make_the_check_too_long() {
    let github = FakeGitHub::start();
    repository(&github, POLICY);
    let app = App::start(&github);
    let broken: String = (0..2_000).map(|line| format!("🦀{line}: 1\n")).collect();
    let files = [(".github/gate.yml", broken.as_str())];
    let pull =
        github.open_pull_request("acme/shop", &Opening::from_branch("long").by("ada").with(&files));
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    github.upload_artifact(&run, "coverage", &[("coverage.xml", &coverage(1))]);
    github.upload_artifact(&run, "security", &[("bandit.json", &bandit(0))]);
    github.finish_workflow(&run, "success");
    let check = github.expect_check(&pull.head, Some("failure"), "Failed");
    assert_says(&check.summary, "it cannot be used");
    assert_says(&check.summary, "more bytes are not shown");
    let bytes = check.summary.unwrap_or_default().len();
    assert!((20_000..=65_535).contains(&bytes), "{bytes}");
    github.delivered();
    drop(app);
    github.finish();
}
