//! The snapshot: one call, whole pieces, and errors that stay where they belong.

use gate_app::{
    github::{Conclusion, Error, PullRequestState, ReviewDecision, Status},
    ids::{AppId, CheckRunId, PullRequestNumber, RepositoryId, RunId},
};
use gate_core::evidence::ReviewState;
use serde_json::{Value, json};

use crate::server::{INSTALLATION, NOW, Server, mint, ok, sha};

const ONE: PullRequestNumber = PullRequestNumber(1);

fn list(nodes: Value) -> Value {
    let count = nodes.as_array().unwrap().len();
    json!({ "totalCount": count, "nodes": nodes,
            "pageInfo": { "hasNextPage": false, "endCursor": null } })
}

pub(crate) fn blob(text: &str) -> Value {
    json!({ "mode": 0o100_644, "object": { "__typename": "Blob", "text": text,
        "byteSize": text.len(), "isBinary": false, "isTruncated": false } })
}

fn check(id: Value, name: &str, workflow: Option<&str>, conclusion: &str) -> Value {
    json!({ "__typename": "CheckRun", "databaseId": id, "name": name, "status": "COMPLETED",
        "conclusion": conclusion, "externalId": "", "checkSuite": {
            "status": "IN_PROGRESS", "app": { "databaseId": 15368, "slug": "github-actions" },
            "workflowRun": workflow.map(|name| json!({ "databaseId": 70,
                "workflow": { "name": name } })) } })
}

fn review(login: &str, state: &str, at: &str) -> Value {
    json!({ "author": { "__typename": "User", "login": login, "databaseId": 102 }, "state": state,
        "submittedAt": at, "authorCanPushToRepository": true, "commit": { "oid": "a".repeat(40) } })
}

/// A pull request with something of everything.
fn answer() -> Value {
    json!({ "data": {
        "rateLimit": { "cost": 1, "limit": 5000, "remaining": 4321,
                       "resetAt": jiff::Timestamp::from_second(NOW + 60).unwrap().to_string() },
        "repository": { "databaseId": 9, "nameWithOwner": "octo/shop-renamed", "pullRequest": {
            "number": 1, "title": "Send orders", "state": "OPEN", "isDraft": false,
            "isCrossRepository": true, "isInMergeQueue": false, "changedFiles": 3,
            "author": { "__typename": "Bot", "login": "dependabot", "databaseId": 49 },
            "baseRefName": "main", "headRefName": "feature", "headRefOid": "a".repeat(40),
            "headRepository": { "databaseId": 12, "nameWithOwner": "eve/shop" },
            "baseRef": { "target": { "__typename": "Commit", "oid": "b".repeat(40),
                "policy": blob("version: 1\n"), "owners1": null, "owners2": blob("* @ada\n"),
                "owners3": blob("* @nobody\n") } },
            "commits": { "nodes": [{ "commit": { "oid": "a".repeat(40),
                "policy": blob("version: 1 # changed\n"),
                "statusCheckRollup": { "contexts": list(json!([
                    check(json!(30), "tests", Some("CI"), "FAILURE"),
                    check(json!(31), "tests", Some("CI"), "SUCCESS"),
                    check(json!(29), "tests", Some("Nightly"), "FAILURE"),
                    { "__typename": "StatusContext", "context": "ci/old", "state": "PENDING" },
                ])) } } }] },
            "labels": list(json!([{ "name": "enhancement" }])),
            "latestOpinionatedReviews": list(json!([
                review("grace", "APPROVED", "2026-11-20T11:00:00Z"),
                review("alan", "CHANGES_REQUESTED", "2026-11-20T10:00:00Z"),
            ])),
            "reviewDecision": "CHANGES_REQUESTED",
            "reviewThreads": list(json!([
                { "path": "a.py", "line": null, "isResolved": false, "isOutdated": true },
            ])),
        } },
    } })
}

/// What stands at this place of the answer.
fn place<'a>(answer: &'a mut Value, key: &str) -> &'a mut Value {
    answer.pointer_mut("/data/repository/pullRequest").unwrap().get_mut(key).unwrap()
}

pub(crate) async fn answering(answer: Value) -> Server {
    Server::start(
        move |asked| {
            if asked.path.ends_with("/access_tokens") { mint(1) } else { ok(&answer) }
        },
    )
    .await
}

#[tokio::test]
async fn a_pull_request_is_read_whole_with_one_call() {
    let server = answering(answer()).await;
    let snapshot = server.repository().snapshot(ONE).await.unwrap();
    assert_eq!(server.asked().len(), 1);
    assert_eq!(server.calls.lock().unwrap()[1].route, "/graphql snapshot");
    assert_eq!(snapshot.repository, RepositoryId(9));
    assert_eq!(snapshot.name.to_string(), "octo/shop-renamed", "the name it has now");
    assert_eq!(
        (snapshot.state, snapshot.draft, snapshot.fork),
        (PullRequestState::Open, false, true)
    );
    assert_eq!((snapshot.head, snapshot.head_repository), (sha('a'), Some(RepositoryId(12))));
    let author = snapshot.author.unwrap();
    assert_eq!((author.login.as_str(), author.id, author.bot), ("dependabot[bot]", Some(49), true));
    let base = snapshot.base.unwrap();
    assert_eq!((base.commit, base.policy), (sha('b'), Ok(Some("version: 1\n".to_owned()))));
    let owners = base.code_owners.unwrap().unwrap();
    assert_eq!((owners.path, owners.text.as_deref()), ("CODEOWNERS", Some("* @ada\n")));
    assert_eq!(snapshot.head_name.unwrap().to_string(), "eve/shop");
    assert_eq!(snapshot.head_policy.unwrap().unwrap(), "version: 1 # changed\n");
    assert_eq!(snapshot.labels.unwrap(), ["enhancement"]);
    assert_eq!(snapshot.review_decision, Ok(Some(ReviewDecision::ChangesRequested)));
    let reviews = snapshot.reviews.unwrap();
    let states: Vec<ReviewState> = reviews.iter().map(|review| review.state).collect();
    assert_eq!(states, [ReviewState::ChangesRequested, ReviewState::Approved], "by submission");
    let thread = &snapshot.threads.unwrap()[0];
    assert_eq!((thread.line, thread.resolved, thread.outdated), (None, false, true));
    assert_eq!((snapshot.changed_files, snapshot.quota.unwrap().remaining), (3, 4321));
    assert_eq!(server.github.quotas(INSTALLATION).1.unwrap().remaining, 4321);
}

#[tokio::test]
async fn of_checks_with_one_name_the_newest_of_each_workflow_counts() {
    let server = answering(answer()).await;
    let checks = server.repository().snapshot(ONE).await.unwrap().checks.unwrap();
    let told: Vec<_> = checks
        .iter()
        .map(|one| (one.name.as_str(), one.id.map(|id| id.0), one.conclusion))
        .collect();
    assert_eq!(
        told,
        [
            ("ci/old", None, None),
            ("tests", Some(31), Some(Conclusion::Success)),
            ("tests", Some(29), Some(Conclusion::Failure)),
        ]
    );
    assert_eq!((checks[0].status, &checks[0].app), (Status::Pending, &None));
    assert_eq!((checks[1].app_id, checks[1].run), (Some(AppId(15368)), Some(RunId(70))));
    // The job has ended, its workflow's run has not; a status is of no run.
    assert_eq!(
        (checks[1].status, checks[1].run_status, checks[0].run_status),
        (Status::Completed, Some(Status::InProgress), None)
    );
    let evidence = checks[1].to_evidence();
    assert_eq!(
        (evidence.status.as_str(), evidence.conclusion.as_deref()),
        ("completed", Some("success"))
    );

    let mut twins = answer();
    let contexts = list(json!([
        check(json!(null), "tests", Some("CI"), "FAILURE"),
        check(json!(null), "tests", Some("CI"), "SUCCESS"),
    ]));
    place(&mut twins, "commits")["nodes"][0]["commit"]["statusCheckRollup"]["contexts"] = contexts;
    let checks = answering(twins).await.repository().snapshot(ONE).await.unwrap().checks.unwrap();
    assert_eq!(checks.len(), 2, "without ids nobody knows which is the newer one");
    assert_eq!(checks[0].id, None::<CheckRunId>);
}

#[tokio::test]
async fn further_pages_are_read_to_the_end() {
    let server = Server::start(|asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        let after = &asked.body["variables"]["after"];
        let query = asked.body["query"].as_str().unwrap();
        let page = |nodes: Value, more: bool| {
            json!({ "totalCount": 3, "nodes": nodes,
                    "pageInfo": { "hasNextPage": more, "endCursor": more.then_some("next") } })
        };
        let label = |n: u8| json!({ "name": format!("label {n}") });
        let status = |n: u8| json!({ "__typename": "StatusContext", "context": format!("c{n}"), "state": "SUCCESS" });
        let thread = |n: u8| json!({ "path": format!("{n}.py"), "line": n, "isResolved": true, "isOutdated": false });
        let opinion = |n: u8| review(&format!("r{n}"), "APPROVED", "2026-11-20T11:00:00Z");
        if after.is_null() {
            let mut first = answer();
            *place(&mut first, "labels") = page(json!([label(1)]), true);
            *place(&mut first, "reviewThreads") = page(json!([thread(1)]), true);
            *place(&mut first, "latestOpinionatedReviews") = page(json!([opinion(1)]), true);
            place(&mut first, "commits")["nodes"][0]["commit"]["statusCheckRollup"]["contexts"] =
                page(json!([status(1)]), true);
            return ok(&first);
        }
        assert_eq!(after, "next");
        let both = |one: Value, two: Value| page(json!([one, two]), false);
        let (key, way) = if query.starts_with("# Further labels") {
            ("headRefOid", json!({ "page": both(label(2), label(3)) }))
        } else if query.starts_with("# Further reviews") {
            ("headRefOid", json!({ "page": both(opinion(2), opinion(3)) }))
        } else if query.starts_with("# Further conversations") {
            ("headRefOid", json!({ "page": both(thread(2), thread(3)) }))
        } else {
            ("oid", json!({ "statusCheckRollup": { "page": both(status(2), status(3)) } }))
        };
        let mut owner = way;
        owner[key] = json!("a".repeat(40));
        let owner_key = if key == "oid" { "object" } else { "pullRequest" };
        ok(&json!({ "data": { "repository": { owner_key: owner } } }))
    })
    .await;
    let snapshot = server.repository().snapshot(ONE).await.unwrap();
    assert_eq!(snapshot.labels.unwrap(), ["label 1", "label 2", "label 3"]);
    assert_eq!(snapshot.threads.unwrap().len(), 3);
    assert_eq!(snapshot.reviews.unwrap().len(), 3);
    assert_eq!(snapshot.checks.unwrap().len(), 3);
    assert_eq!(server.asked().len(), 5, "one, and one for each further page");
}

#[tokio::test]
async fn a_further_page_of_another_head_is_no_page_of_this_one() {
    let mut first = answer();
    place(&mut first, "labels")["pageInfo"] = json!({ "hasNextPage": true, "endCursor": "x" });
    let server = Server::start(move |asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        if asked.body["variables"]["after"].is_null() {
            return ok(&first);
        }
        let page = json!({ "headRefOid": "f".repeat(40), "page": list(json!([])) });
        ok(&json!({ "data": { "repository": { "pullRequest": page } } }))
    })
    .await;
    let snapshot = server.repository().snapshot(ONE).await.unwrap();
    let error = snapshot.labels.unwrap_err();
    assert_eq!(error.to_string(), "labels: the head moved while the list was read");
    assert!(snapshot.reviews.is_ok());
}

#[tokio::test]
async fn a_piece_that_github_leaves_out_is_an_error_and_the_others_stand() {
    let fault =
        |path: Value| json!([{ "type": "FORBIDDEN", "message": "not for you", "path": path }]);
    let pull = |rest: &[Value]| {
        let mut path = vec![json!("repository"), json!("pullRequest")];
        path.extend_from_slice(rest);
        json!(path)
    };
    for (rest, lost) in [
        (vec![json!("labels"), json!("nodes"), json!(0)], "labels"),
        (vec![json!("latestOpinionatedReviews")], "reviews"),
        (vec![json!("reviewThreads")], "threads"),
        (vec![json!("reviewDecision")], "decision"),
        (
            vec![
                json!("commits"),
                json!("nodes"),
                json!(0),
                json!("commit"),
                json!("statusCheckRollup"),
            ],
            "checks",
        ),
        (
            vec![json!("commits"), json!("nodes"), json!(0), json!("commit"), json!("policy")],
            "head policy",
        ),
        (vec![json!("baseRef"), json!("target"), json!("policy")], "policy"),
        (vec![json!("baseRef"), json!("target"), json!("owners1"), json!("object")], "owners"),
        (vec![json!("baseRef")], "base"),
    ] {
        let mut partial = answer();
        partial["errors"] = fault(pull(&rest));
        let snapshot = answering(partial).await.repository().snapshot(ONE).await.unwrap();
        let base = snapshot.base.as_ref();
        let pieces = [
            ("labels", snapshot.labels.is_err()),
            ("reviews", snapshot.reviews.is_err()),
            ("threads", snapshot.threads.is_err()),
            ("decision", snapshot.review_decision.is_err()),
            ("checks", snapshot.checks.is_err()),
            ("head policy", snapshot.head_policy.is_err()),
            ("policy", base.is_ok_and(|base| base.policy.is_err())),
            ("owners", base.is_ok_and(|base| base.code_owners.is_err())),
            ("base", base.is_err()),
        ];
        let errors: Vec<&str> =
            pieces.iter().filter(|(_, err)| *err).map(|(name, _)| *name).collect();
        assert_eq!(errors, [lost]);
    }
    // What every evaluation needs cannot be missing.
    let mut partial = answer();
    partial["errors"] = fault(pull(&[json!("author")]));
    let error = answering(partial).await.repository().snapshot(ONE).await.unwrap_err();
    assert!(error.to_string().contains("not for you"), "{error}");
}

#[tokio::test]
async fn a_piece_that_does_not_fit_is_an_error() {
    let mut odd = answer();
    *place(&mut odd, "reviewDecision") = json!("SPLENDID");
    place(&mut odd, "labels")["totalCount"] = json!(7);
    place(&mut odd, "reviewThreads")["nodes"][0] = json!(null);
    place(&mut odd, "latestOpinionatedReviews")["nodes"][0]["state"] = json!("SPLENDID");
    place(&mut odd, "commits")["nodes"][0]["commit"]["oid"] = json!("f".repeat(40));
    let snapshot = answering(odd).await.repository().snapshot(ONE).await.unwrap();
    assert!(snapshot.review_decision.unwrap_err().to_string().contains("SPLENDID"));
    assert_eq!(snapshot.labels.unwrap_err().to_string(), "labels: 1 of 7 entries came");
    assert!(snapshot.threads.is_err() && snapshot.reviews.is_err());
    assert!(snapshot.checks.is_err() && snapshot.head_policy.is_err(), "of another commit");
    assert!(snapshot.base.is_ok());
}

#[tokio::test]
async fn a_file_that_is_not_whole_is_an_error_and_a_missing_one_is_none() {
    let with = |entry: Value| async move {
        let mut one = answer();
        place(&mut one, "baseRef")["target"]["policy"] = entry;
        let server = answering(one).await;
        server.repository().snapshot(ONE).await.unwrap().base.unwrap().policy
    };
    assert_eq!(with(json!(null)).await, Ok(None));
    let mut truncated = blob("version: 1");
    truncated["object"]["isTruncated"] = json!(true);
    assert!(with(truncated).await.unwrap_err().to_string().contains("only a part of a file of 10"));
    let mut short = blob("version: 1");
    short["object"]["byteSize"] = json!(11);
    assert!(with(short).await.unwrap_err().to_string().contains("10 of its 11 bytes"));
    let mut binary = blob("");
    binary["object"]["isBinary"] = json!(true);
    assert!(with(binary).await.unwrap_err().to_string().contains("binary"));
    let folder = json!({ "mode": 0o040_000, "object": { "__typename": "Tree" } });
    assert!(with(folder).await.unwrap_err().to_string().contains("a folder"));
    let mut link = blob("../secret.yml");
    link["mode"] = json!(0o120_000);
    assert!(with(link).await.unwrap_err().to_string().contains("a symbolic link"));
}

#[tokio::test]
async fn a_pull_request_whose_base_is_gone_has_no_policy_to_be_judged_by() {
    let mut gone = answer();
    *place(&mut gone, "baseRef") = json!(null);
    *place(&mut gone, "headRepository") = json!(null);
    *place(&mut gone, "author") = json!(null);
    let snapshot = answering(gone).await.repository().snapshot(ONE).await.unwrap();
    assert!(snapshot.base.unwrap_err().to_string().contains("does not exist any more"));
    assert_eq!((snapshot.author, snapshot.head_repository), (None, None));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let missing = |path: Value| json!({ "type": "NOT_FOUND", "path": path, "message": "Could not resolve to a thing" });
    let repository = json!({ "data": { "repository": null },
        "errors": [missing(json!(["repository"]))] });
    let error = answering(repository).await.repository().snapshot(ONE).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    let pull_request = json!({
        "data": { "repository": { "databaseId": 9, "nameWithOwner": "o/r", "pullRequest": null } },
        "errors": [missing(json!(["repository", "pullRequest"]))] });
    let error = answering(pull_request).await.repository().snapshot(ONE).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    let timeout = json!({ "data": null,
        "errors": [{ "message": "Something went wrong while executing your query." }] });
    let error = answering(timeout).await.repository().snapshot(ONE).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
}
