//! Tokens, check runs and comments, from the App's word to what the test sees.

use gate_tests::github::FakeGitHub;
use serde_json::{Value, json};

use crate::client::{CHECK_RUNS, app, in_progress, installed, raw, shop};

#[tokio::test]
async fn a_check_run_is_created_updated_and_seen() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let client = installed(&github);

    let made: Value =
        client.post(CHECK_RUNS, Some(&in_progress(&pull.head))).await.expect("created");
    let run = github.expect_check(&pull.head, None, "Waiting");
    assert_eq!(made["id"], run.id);
    assert_eq!(made["app"]["slug"], "gate");

    let done = json!({
        "conclusion": "success", "status": "completed",
        "output": {"title": "All rules pass", "summary": "82.40 %", "annotations": [{
            "path": "src/shop.py", "start_line": 2, "end_line": 2,
            "annotation_level": "notice", "message": "covered",
        }]},
    });
    let path = format!("{CHECK_RUNS}/{}", run.id);
    let _: Value = client.patch(&path, Some(&done)).await.expect("updated");
    let run = github.expect_check(&pull.head, Some("success"), "All rules");
    assert_eq!(run.annotations.len(), 1);
    assert_eq!(run.writes, 2);

    let calls = github.calls();
    assert_eq!(calls["POST /repos/{owner}/{repo}/check-runs"], 1);
    assert_eq!(calls["PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}"], 1);
    assert_eq!(calls["POST /app/installations/{installation_id}/access_tokens"], 1);
    github.finish();
}

#[tokio::test]
async fn a_check_run_that_is_complete_is_not_reopened_and_what_is_too_long_is_refused() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let client = installed(&github);
    let (_, made) = raw(&client, "POST", CHECK_RUNS, Some(in_progress(&pull.head))).await;
    let path = format!("{CHECK_RUNS}/{}", made["id"]);
    let (status, _) =
        raw(&client, "PATCH", &path, Some(json!({"status": "completed", "conclusion": "failure"})))
            .await;
    assert_eq!(status, 200);
    let (status, _) = raw(&client, "PATCH", &path, Some(json!({"status": "in_progress"}))).await;
    assert_eq!(status, 422);

    // 22 000 characters are 66 000 bytes.
    let mut long = in_progress(&pull.head);
    long["output"]["summary"] = json!("≥".repeat(22_000));
    let (status, said) = raw(&client, "POST", CHECK_RUNS, Some(long)).await;
    assert_eq!(status, 422);
    assert!(said["errors"][0]["message"].as_str().is_some_and(|it| it.contains("bytesize")));

    let mut many = in_progress(&pull.head);
    let one = json!({
        "path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m",
    });
    many["output"]["annotations"] = json!(vec![one; 51]);
    assert_eq!(raw(&client, "POST", CHECK_RUNS, Some(many)).await.0, 422);
    github.expect_check(&pull.head, Some("failure"), "Waiting");
    github.finish();
}

#[tokio::test]
async fn the_latest_check_run_of_a_name_is_listed() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let client = installed(&github);
    for _ in 0..2 {
        raw(&client, "POST", CHECK_RUNS, Some(in_progress(&pull.head))).await;
    }
    github.check("acme/shop", &pull.head, ("other", "gate"), Some("failure"));
    let list = format!("/repos/acme/shop/commits/{}/check-runs", pull.head);
    let total = async |query: &str| {
        raw(&client, "GET", &format!("{list}?{query}"), None).await.1["total_count"].clone()
    };
    assert_eq!(total("check_name=gate").await, 2, "one of each App");
    assert_eq!(total("check_name=gate&filter=all").await, 3);
    assert_eq!(total(&format!("filter=all&app_id={}", github.app_id())).await, 2);
    github.expect_check(&pull.head, None, "");
    github.finish();
}

#[tokio::test]
async fn a_comment_is_created_and_edited() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let client = installed(&github);
    let issues = client.issues("acme", "shop");
    let made = issues.create_comment(pull.number, "red").await.expect("created");
    github.expect_comment(&pull, "red");
    // octocrab's own `update_comment` sends POST, which GitHub describes nowhere.
    let path = format!("/repos/acme/shop/issues/comments/{}", made.id);
    let (status, _) = raw(&client, "PATCH", &path, Some(json!({"body": "green"}))).await;
    assert_eq!(status, 200);
    let left = github.left_over();
    assert!(left.iter().any(|it| it.contains("no test looked at the comment")), "{left:?}");
    let all = issues.list_comments(pull.number).send().await.expect("listed");
    assert_eq!(all.items.len(), 1);
    github.finish();
}

#[tokio::test]
async fn the_apps_word_and_its_tokens_are_checked() {
    let github = FakeGitHub::start();
    shop(&github);
    let client = app(&github);
    let installations = client.apps().installations().send().await.expect("listed");
    assert_eq!(installations.items.len(), 1);
    let me: Value = client.get("/app", None::<&()>).await.expect("read");
    assert_eq!(me["slug"], "gate");

    let installed = installed(&github);
    let repositories: Value =
        installed.get("/installation/repositories", None::<&()>).await.expect("listed");
    assert_eq!(repositories["repositories"][0]["full_name"], "acme/shop");
    assert!(github.data().tokens[0].text.len() > 500, "tokens are long since 2026");

    // A revoked token is refused, and octocrab fetches another.
    github.revoke_tokens();
    let shop: Value = installed.get("/repos/acme/shop", None::<&()>).await.expect("read");
    assert_eq!(shop["name"], "shop");
    assert_eq!(github.data().tokens.len(), 2);

    // A clock that is off by an hour makes the App's word worthless.
    github.data().skew = jiff::SignedDuration::from_hours(1);
    assert_eq!(raw(&client, "GET", "/app", None).await.0, 401);
    github.data().skew = jiff::SignedDuration::ZERO;

    // What was not granted is forbidden.
    github.data().installations[0].permissions.remove("actions");
    assert_eq!(raw(&installed, "GET", "/repos/acme/shop/actions/runs", None).await.0, 403);
    github.uninstall("acme");
    // The token is refused, and there is no other to be had.
    let gone = installed._get("/repos/acme/shop").await.expect_err("uninstalled");
    assert!(matches!(
        gone,
        octocrab::Error::GitHub { source, .. } if source.status_code.as_u16() == 404
    ));
    github.finish();
}
