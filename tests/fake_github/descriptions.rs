//! What does not fit GitHub's descriptions is found, whoever said it.

use gate_tests::github::FakeGitHub;
use serde_json::json;

use crate::client::{CHECK_RUNS, in_progress, installed, raw, shop};

#[tokio::test]
async fn a_request_that_does_not_fit_is_found() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let client = installed(&github);
    let mut typo = in_progress(&pull.head);
    typo["conclusoin"] = json!("success");
    let mut short = in_progress(&pull.head);
    short["head_sha"] = json!("abc");
    let mut untitled = in_progress(&pull.head);
    untitled["output"] = json!({"summary": "no title"});
    let wrong = [
        ("POST", CHECK_RUNS, Some(typo), "conclusoin"),
        ("POST", CHECK_RUNS, Some(short), "head_sha"),
        ("POST", CHECK_RUNS, Some(untitled), "title"),
        ("GET", "/repos/acme/shop/pulls?sate=open", None, "GitHub knows no `sate`"),
        ("GET", "/repos/acme/shop/pulls?state=opened", None, "opened"),
        ("GET", "/repos/acme/shop/pulls/one", None, "integer"),
        ("GET", "/repos/acme/shop/nothing", None, "no operation of GitHub's"),
    ];
    for (method, path, body, said) in wrong {
        let (status, _) = raw(&client, method, path, body).await;
        assert_eq!(status, 500, "{method} {path}");
        let left = github.left_over();
        assert!(left.len() == 1 && left[0].contains(said), "{path}: {left:?}");
    }
    github.finish();
}

#[tokio::test]
async fn lists_come_in_pages_and_what_is_unchanged_costs_nothing() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let files: Vec<(String, String)> =
        (0..5).map(|it| (format!("src/{it}.py"), format!("{it}\n"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    github.push_to(&pull, &files);
    let client = installed(&github);
    let route = "/repos/acme/shop/pulls/1/files?per_page=4";
    let first: octocrab::Page<serde_json::Value> =
        client.get(route, None::<&()>).await.expect("a page");
    assert_eq!(first.items.len(), 4);
    // octocrab sends no credentials to what it takes for another host; the path alone it does.
    let next =
        first.next.clone().expect("there is more").path_and_query().expect("a path").to_string();
    let second: octocrab::Page<serde_json::Value> =
        client.get(next, None::<&()>).await.expect("a page");
    let all: Vec<_> = first.items.iter().chain(&second.items).collect();
    assert_eq!((all.len(), second.next), (6, None));
    let shop = all.iter().find(|it| it["filename"] == "src/shop.py").expect("the changed file");
    assert_eq!(shop["patch"], "@@ -1,2 +1,2 @@\n a = 1\n-b = 2\n+b = 3");

    let before = github.data().limits.remaining;
    let answer = client._get("/repos/acme/shop").await.expect("read");
    let tag = answer.headers()["etag"].clone();
    assert_eq!(github.data().limits.remaining, before - 1);
    let mut headers = http::HeaderMap::new();
    headers.insert("if-none-match", tag);
    let again = client._get_with_headers("/repos/acme/shop", Some(headers)).await.expect("read");
    assert_eq!(again.status().as_u16(), 304);
    assert_eq!(github.data().limits.remaining, before - 1);
    github.finish();
}

#[tokio::test]
async fn every_operation_that_reads_answers_as_described() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    github.status("acme/shop", &pull.head, "ci/old", "success");
    github.review(&pull, "bob", "APPROVED");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    let artifact = github.upload_artifact(&run, "coverage", &[("coverage.xml", b"<coverage/>")]);
    github.protect(
        "acme/shop",
        "main",
        Some(json!({
            "required_status_checks": {
                "url": "https://api.github.com/x", "strict": true, "contexts": ["gate"],
                "contexts_url": "https://api.github.com/x",
                "checks": [{"context": "gate", "app_id": github.app_id()}],
            },
        })),
    );
    github.add_ruleset(
        "acme/shop",
        json!({"name": "main", "rules": [{
            "type": "required_status_checks",
            "parameters": {
                "strict_required_status_checks_policy": false,
                "required_status_checks": [{"context": "gate", "integration_id": github.app_id()}],
            },
        }]}),
    );
    let client = installed(&github);
    let check = github.check("acme/shop", &pull.head, ("github-actions", "lint"), Some("success"));
    let ruleset = github.data().repositories[0].rulesets[0]["id"].clone();
    let base = "/repos/acme/shop";
    let sha = &pull.head;
    let (run, suite) = (run.id, github.data().repositories[0].check_suites[0].id);
    let paths = [
        String::new(),
        "/pulls".to_owned(),
        "/pulls?state=all&head=acme:cheaper&base=main".to_owned(),
        "/pulls/1".to_owned(),
        "/pulls/1/files".to_owned(),
        "/pulls/1/commits".to_owned(),
        "/pulls/1/reviews".to_owned(),
        "/pulls/1/requested_reviewers".to_owned(),
        "/issues/1/comments".to_owned(),
        format!("/commits/{sha}"),
        format!("/commits/{sha}/pulls"),
        format!("/commits/{sha}/check-runs"),
        format!("/commits/{sha}/check-suites"),
        format!("/commits/{sha}/status"),
        format!("/commits/{sha}/statuses"),
        "/commits?author=ada@acme.invalid&per_page=1".to_owned(),
        "/activity?ref=refs/heads/cheaper".to_owned(),
        format!("/check-runs/{check}"),
        format!("/check-runs/{check}/annotations"),
        format!("/check-suites/{suite}/check-runs"),
        format!("/compare/{}...{sha}", pull.base),
        "/compare/main...cheaper".to_owned(),
        "/contents/.github/gate.yml?ref=main".to_owned(),
        "/contents/.github".to_owned(),
        format!("/actions/runs?head_sha={sha}"),
        format!("/actions/runs/{run}"),
        format!("/actions/runs/{run}/jobs"),
        format!("/actions/runs/{run}/artifacts"),
        "/actions/artifacts?name=coverage".to_owned(),
        format!("/actions/artifacts/{artifact}"),
        "/branches/main".to_owned(),
        "/branches/main/protection".to_owned(),
        "/branches/main/protection/required_status_checks".to_owned(),
        "/rules/branches/main".to_owned(),
        "/rulesets".to_owned(),
        format!("/rulesets/{ruleset}"),
        "/codeowners/errors".to_owned(),
        "/collaborators/bob/permission".to_owned(),
    ];
    for path in paths {
        let (status, body) = raw(&client, "GET", &format!("{base}{path}"), None).await;
        assert_eq!(status, 200, "{path}: {body}");
    }
    github.team("acme/core", &["ada", "bob"]);
    github.members("acme", &["ada"]);
    for path in ["/rate_limit", "/orgs/acme/teams/core/members", "/orgs/acme/memberships/ada"] {
        assert_eq!(raw(&client, "GET", path, None).await.0, 200, "{path}");
    }
    let app = crate::client::app(&github);
    let installation = github.data().installations[0].id;
    github.deliver("http://127.0.0.1:9/nobody");
    github.delivered();
    for path in [
        "/app".to_owned(),
        "/app/hook/config".to_owned(),
        "/app/hook/deliveries?per_page=3".to_owned(),
        format!("/app/installations/{installation}"),
        format!("{base}/installation"),
    ] {
        let (status, body) = raw(&app, "GET", &path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
    }
    let missing = ["/contents/nothing", "/pulls/7", "/branches/none", "/actions/runs/1"];
    for path in missing {
        assert_eq!(raw(&client, "GET", &format!("{base}{path}"), None).await.0, 404, "{path}");
    }
    github.finish();
}

#[tokio::test]
async fn a_manifest_becomes_an_app() {
    let github = FakeGitHub::start();
    github.data().app.manifest_codes.insert("once".to_owned());
    let client = reqwest::Client::builder().user_agent("test").build().expect("a client");
    let url = format!("{}/app-manifests/once/conversions", github.url());
    let made = client.post(&url).send().await.expect("answered");
    assert_eq!(made.status().as_u16(), 201);
    let made: serde_json::Value = made.json().await.expect("JSON");
    assert!(made["pem"].as_str().is_some_and(|it| it.starts_with("-----BEGIN RSA PRIVATE KEY")));
    assert_eq!(client.post(&url).send().await.expect("answered").status().as_u16(), 404);
    github.finish();
}
