//! Queries are held against GitHub's schema and answered from the data.

use gate_tests::github::{FakeGitHub, Opening};
use serde_json::{Value, json};

use crate::client::{CHECK_RUNS, in_progress, installed, raw, shop};

const SNAPSHOT: &str = "
query Snapshot($owner: String!, $name: String!, $number: Int!, $policy: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    databaseId
    file: object(expression: $policy) { __typename ... on Blob { text isTruncated byteSize } }
    none: object(expression: \"main:nothing\") { oid }
    ref(qualifiedName: \"refs/heads/main\") {
      target { oid }
      at: target { ... on Commit {
        policy: file(path: \".github/gate.yml\") { mode object { ... on Blob { text } } }
        owners: file(path: \"CODEOWNERS\") { mode }
        history(first: 5) { nodes { oid parents(first: 1) { nodes { oid } } } }
      } }
      compare(headRef: \"cheaper\") { aheadBy behindBy status baseTarget { oid } }
    }
    pullRequest(number: $number) {
      headRefOid isDraft baseRefName isCrossRepository
      author { login ... on User { databaseId } ... on Bot { databaseId } }
      labels(first: 10) { nodes { name } }
      reviews(first: 2, after: $after) { ...Page nodes { state author { login } } }
      latestOpinionatedReviews(first: 100, writersOnly: true) {
        nodes { state author { login } commit { oid } }
      }
      reviewThreads(first: 100) { totalCount nodes { isResolved resolvedBy { login } path line } }
      mergeQueueEntry { position }
      statusCheckRollup {
        state
        contexts(first: 100) {
          totalCount
          nodes {
            __typename
            ... on CheckRun { databaseId name status conclusion checkSuite { app { databaseId slug } } }
            ... on StatusContext { context state }
          }
        }
      }
    }
  }
  rateLimit { cost remaining resetAt }
}
fragment Page on PullRequestReviewConnection { totalCount pageInfo { hasNextPage endCursor } }
";

fn variables() -> Value {
    json!({"owner": "acme", "name": "shop", "number": 1, "policy": "main:.github/gate.yml"})
}

#[tokio::test]
async fn a_snapshot_is_answered_from_the_data() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    github.collaborator("acme/shop", "bob", "write");
    github.review(&pull, "bob", "COMMENTED");
    github.review(&pull, "bob", "APPROVED");
    github.review(&pull, "bob", "COMMENTED");
    github.review(&pull, "passer-by", "APPROVED");
    let thread = github.open_thread(&pull, "bob", "src/shop.py", 2);
    github.resolve(&pull, &thread, "ada");
    github.label(&pull, "no-docs-needed", true);
    github.check("acme/shop", &pull.head, ("github-actions", "tests"), Some("success"));
    github.status("acme/shop", &pull.head, "ci/old", "pending");

    let client = installed(&github);
    let mut query = json!({"query": SNAPSHOT, "variables": variables()});
    let (_, answer) = raw(&client, "POST", "/graphql", Some(query.clone())).await;
    assert_eq!(answer.get("errors"), None);
    let repository = &answer["data"]["repository"];
    let shown = &repository["pullRequest"];
    assert_eq!(repository["file"]["text"], "version: 1\nrules: {}\n");
    assert_eq!(repository["none"], Value::Null);
    let at = &repository["ref"]["at"];
    assert_eq!(at["policy"]["object"]["text"], "version: 1\nrules: {}\n");
    assert_eq!((&at["policy"]["mode"], &at["owners"]), (&json!(0o100_644), &Value::Null));
    assert_eq!(at["history"]["nodes"], json!([{"oid": pull.base, "parents": {"nodes": []}}]));
    assert_eq!(repository["ref"]["compare"]["aheadBy"], 1);
    assert_eq!(repository["ref"]["compare"]["baseTarget"]["oid"], json!(pull.base));
    assert_eq!(shown["headRefOid"], json!(pull.head));
    assert_eq!(shown["labels"]["nodes"], json!([{"name": "no-docs-needed"}]));
    assert_eq!(
        shown["latestOpinionatedReviews"]["nodes"],
        json!([{"state": "APPROVED", "author": {"login": "bob"}, "commit": {"oid": pull.head}}])
    );
    assert_eq!(shown["reviewThreads"]["nodes"][0]["resolvedBy"]["login"], "ada");
    assert_eq!(shown["statusCheckRollup"]["state"], "PENDING");
    assert_eq!(shown["statusCheckRollup"]["contexts"]["totalCount"], 2);

    // Pages.
    assert_eq!(shown["reviews"]["totalCount"], 5);
    assert_eq!(shown["reviews"]["pageInfo"]["hasNextPage"], true);
    query["variables"]["after"] = json!("cursor:3");
    let (_, answer) = raw(&client, "POST", "/graphql", Some(query)).await;
    let last = &answer["data"]["repository"]["pullRequest"]["reviews"];
    assert_eq!(last["nodes"].as_array().map(Vec::len), Some(1));
    assert_eq!(last["pageInfo"]["hasNextPage"], false);
    github.finish();
}

#[tokio::test]
async fn a_query_that_does_not_fit_the_schema_is_found() {
    let github = FakeGitHub::start();
    shop(&github);
    let client = installed(&github);
    let wrong = [
        ("{ repository(owner: \"acme\", name: \"shop\") { databaseID } }", "databaseID"),
        (
            "query($n: String!) { repository(owner: \"acme\", name: \"shop\") { pullRequest(number: $n) { id } } }",
            "$n",
        ),
        ("{ repository(owner: \"acme\", name: \"shop\") }", "repository"),
        (
            "{ repository(owner: \"acme\", name: \"shop\") { viewerHasStarred } }",
            "knows no Repository.viewerHasStarred",
        ),
    ];
    for (query, said) in wrong {
        let (status, _) = raw(&client, "POST", "/graphql", Some(json!({ "query": query }))).await;
        assert_eq!(status, 500);
        let left = github.left_over();
        assert!(left.len() == 1 && left[0].contains(said), "{left:?}");
    }
    github.finish();
}

#[tokio::test]
async fn what_is_missing_and_what_is_limited_come_as_errors_in_200() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let client = installed(&github);
    let ask = |name: &str| {
        let query = "query($name: String!) { repository(owner: \"acme\", name: $name) { id } }";
        json!({"query": query, "variables": {"name": name}})
    };
    let (status, answer) = raw(&client, "POST", "/graphql", Some(ask("gone"))).await;
    assert_eq!((status, &answer["errors"][0]["type"]), (200, &json!("NOT_FOUND")));
    assert_eq!(answer["data"]["repository"], Value::Null);

    let unpaged = "{ repository(owner: \"acme\", name: \"shop\") { pullRequests { totalCount } } }";
    let (_, answer) = raw(&client, "POST", "/graphql", Some(json!({ "query": unpaged }))).await;
    assert!(answer["errors"][0]["message"].as_str().is_some_and(|it| it.contains("`first`")));

    github.data().limits.graphql_remaining = 0;
    let (status, answer) = raw(&client, "POST", "/graphql", Some(ask("shop"))).await;
    assert_eq!((status, &answer["errors"][0]["type"]), (200, &json!("RATE_LIMITED")));
    // REST has a quota of its own.
    assert_eq!(raw(&client, "POST", CHECK_RUNS, Some(in_progress(&pull.head))).await.0, 201);
    github.expect_check(&pull.head, None, "Waiting");
    github.finish();
}

#[tokio::test]
async fn a_merge_queue_is_a_chain_of_groups() {
    let github = FakeGitHub::start();
    let first = shop(&github);
    let second = github.open_pull_request("acme/shop", &Opening::from_branch("second"));
    let groups = [github.enqueue(&first), github.enqueue(&second)];
    assert_eq!(groups[1].base_sha, groups[0].head);
    assert_eq!(
        groups[1].head_ref,
        format!("refs/heads/gh-readonly-queue/main/pr-2-{}", groups[0].head)
    );
    let query = "{ repository(owner: \"acme\", name: \"shop\") { mergeQueue(branch: \"main\") {
      entries(first: 10) { nodes { position headCommit { oid } pullRequest { number } } }
    } } }";
    let client = installed(&github);
    let (_, answer) = raw(&client, "POST", "/graphql", Some(json!({ "query": query }))).await;
    let entries = &answer["data"]["repository"]["mergeQueue"]["entries"]["nodes"];
    assert_eq!(
        entries[1],
        json!({
            "position": 2, "headCommit": {"oid": groups[1].head}, "pullRequest": {"number": 2},
        })
    );
    // A group has the changes of those before it.
    let path = format!("/repos/acme/shop/compare/main...{}", groups[1].head);
    let (_, compared) = raw(&client, "GET", &path, None).await;
    let names: Vec<&Value> =
        compared["files"].as_array().expect("files").iter().map(|it| &it["filename"]).collect();
    assert_eq!(names, ["src/new.py", "src/shop.py"]);
    github.finish();
}
