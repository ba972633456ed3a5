//! The App's own affairs: deliveries, installations, open pull requests, protection, manifest.

use gate_app::{
    github::convert_manifest,
    ids::{AppId, InstallationId, PullRequestNumber, RepositoryId},
};
use gate_core::evidence::{Protection, RequiredCheck};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::server::{NOW, Server, mint, ok, reply, sha};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

fn delivery(id: u64, guid: &str, when: i64, status: &str, code: u16) -> Value {
    json!({ "id": id, "guid": guid, "delivered_at": at(when).to_string(), "redelivery": false,
        "duration": 0.1, "status": status, "status_code": code, "event": "push", "action": null,
        "installation_id": 5, "repository_id": 9 })
}

#[tokio::test]
async fn deliveries_that_never_arrived_are_found_once_each() {
    let server = Server::start(|asked| {
        if asked.method == "POST" {
            return reply(202, &json!({}));
        }
        if asked.query.contains_key("cursor") {
            return ok(&json!([
                delivery(2, "late", -20, "Invalid HTTP Response: 500", 500),
                delivery(1, "old", -5000, "timed out", 0),
            ]))
            .with("link", "<http://h/app/hook/deliveries?cursor=v3>; rel=\"next\"");
        }
        ok(&json!([
            delivery(9, "lost", -1, "failed to connect to host", 0),
            delivery(8, "late", -2, "OK", 202),
            delivery(7, "lost", -3, "timed out", 504),
            delivery(6, "lost too", -4, "Invalid HTTP Response: 503", 503),
            delivery(5, "fine", -5, "OK", 200),
        ]))
        .with("link", "<http://h/app/hook/deliveries?per_page=100&cursor=v2>; rel=\"next\"")
    })
    .await;
    let list = server.github.deliveries_since(at(-1000)).await.unwrap();
    assert_eq!((list.attempts().len(), list.newest()), (6, Some(at(-1))));
    let failed = list.failed();
    assert_eq!(failed.iter().map(|one| one.id).collect::<Vec<_>>(), [6, 9], "the oldest first");
    assert_eq!(server.asked().len(), 2, "no further than they are asked for");
    server.github.redeliver(9).await.unwrap();
    assert!(server.asked()[2].is("POST", "/app/hook/deliveries/9/attempts"));
}

#[tokio::test]
async fn the_app_and_where_it_is_installed() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/app" => ok(&json!({ "id": 77, "slug": "gate", "name": "gate", "events": ["push"],
            "html_url": "https://github.com/apps/gate", "permissions": { "checks": "write" } })),
        "/app/hook/config" => ok(&json!({ "url": "https://gate.example/webhook",
            "content_type": "json", "secret": "********", "insecure_ssl": "0" })),
        "/app/installations" => ok(&json!([
            { "id": 5, "account": { "login": "octo" }, "suspended_at": null,
              "permissions": { "checks": "write" }, "events": [],
              "html_url": "https://github.com/settings/installations/5" },
            { "id": 6, "account": null, "suspended_at": "2026-01-01T00:00:00Z",
              "permissions": {}, "events": [],
              "html_url": "https://github.com/settings/installations/6" },
        ])),
        _ => ok(&json!({ "id": 5, "account": { "login": "octo" }, "suspended_at": null,
              "permissions": { "checks": "write" }, "events": [],
              "html_url": "https://github.com/settings/installations/5" })),
    })
    .await;
    let app = server.github.app().await.unwrap();
    assert_eq!((app.id, app.permissions["checks"].as_str()), (AppId(77), "write"));
    let hook = server.github.hook_config().await.unwrap();
    assert_eq!(hook.url.as_deref(), Some("https://gate.example/webhook"));
    let installed = server.github.installations().await.unwrap();
    assert_eq!((installed[0].id, installed[0].suspended), (InstallationId(5), false));
    assert!(installed[1].suspended);
    let name = server.repository().name().clone();
    let there = server.github.installation_of(&name).await.unwrap();
    assert_eq!(there.account.as_deref(), Some("octo"));
    assert_eq!(server.mints().len(), 0, "all with the App's own credentials");
}

#[tokio::test]
async fn open_pull_requests_for_the_sweep() {
    let server = Server::start(|asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        assert_eq!(asked.query["state"], "open");
        assert_eq!(asked.query["base"], "release%2F1");
        ok(&json!([
            { "number": 3, "draft": false, "updated_at": at(0).to_string(),
              "head": { "sha": "a".repeat(40), "repo": { "id": 12 } }, "base": { "ref": "release/1" } },
            { "number": 4, "draft": true, "updated_at": at(0).to_string(),
              "head": { "sha": "b".repeat(40), "repo": null }, "base": { "ref": "release/1" } },
        ]))
    })
    .await;
    let open = server.repository().open_pull_requests(Some("release/1")).await.unwrap();
    assert_eq!((open[0].number, &open[0].head), (PullRequestNumber(3), &sha('a')));
    assert_eq!(open[0].head_repository, Some(RepositoryId(12)));
    assert_eq!((open[1].draft, open[1].head_repository), (true, None));
}

#[tokio::test]
async fn required_checks_come_from_rulesets_and_from_classic_protection() {
    let server = Server::start(|asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        if asked.path.ends_with("/protection") {
            return ok(&json!({ "required_status_checks": { "contexts": ["gate", "lint"],
                "checks": [{ "context": "gate", "app_id": -1 }] } }));
        }
        assert_eq!(asked.path, "/repos/octo/shop/rules/branches/release%2F1");
        ok(&json!([
            { "type": "deletion" },
            { "type": "required_status_checks", "parameters": {
                "strict_required_status_checks_policy": false,
                "required_status_checks": [{ "context": "gate", "integration_id": 77 }] } },
        ]))
    })
    .await;
    let protection = server.repository().protection("release/1").await.unwrap();
    let check = |name: &str, app: Option<u64>| RequiredCheck { name: name.to_owned(), app };
    let expected = [check("gate", Some(77)), check("lint", None), check("gate", None)];
    assert_eq!(protection.checks, expected);
    assert_eq!(protection.unseen, None);
    assert!(protection.no_deletions && !protection.no_force_pushes && !protection.up_to_date);
}

#[tokio::test]
async fn of_rulesets_and_classic_protection_the_stricter_is_in_force() {
    let reviews = |approvals: u64, strict: bool| {
        json!({ "type": "pull_request", "parameters": {
            "allowed_merge_methods": ["squash"], "required_approving_review_count": approvals,
            "dismiss_stale_reviews_on_push": strict, "require_code_owner_review": false,
            "require_last_push_approval": strict, "required_review_thread_resolution": false } })
    };
    let server = Server::start(move |asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        if asked.path.ends_with("/protection") {
            return ok(&json!({
                "required_pull_request_reviews": {
                    "dismiss_stale_reviews": false, "require_code_owner_reviews": true,
                    "required_approving_review_count": 1 },
                "required_status_checks": { "strict": true, "contexts": [], "checks": [] },
                "required_conversation_resolution": { "enabled": true },
                "allow_force_pushes": { "enabled": false },
                "allow_deletions": { "enabled": true },
            }));
        }
        ok(&json!([reviews(2, false), reviews(0, true), { "type": "creation" }]))
    })
    .await;
    let protection = server.repository().protection("main").await.unwrap();
    let mut expected = Protection::default();
    expected.approvals = 2;
    expected.code_owners = true;
    expected.last_push_approval = true;
    expected.stale_dismissal = true;
    expected.conversation_resolution = true;
    expected.up_to_date = true;
    expected.no_force_pushes = true;
    assert_eq!(protection, expected);
}

#[tokio::test]
async fn an_unprotected_branch_is_no_error_and_an_unreadable_one_says_so() {
    for (status, message, seen) in [
        (404, "Branch not protected", true),
        // It says so too of what it does not show.
        (404, "Not Found", false),
        (403, "Resource not accessible by integration", false),
    ] {
        let server = Server::start(move |asked| {
            if asked.path.ends_with("/access_tokens") {
                return mint(1);
            }
            if asked.path.ends_with("/protection") {
                return reply(status, &json!({ "message": message }));
            }
            ok(&json!([]))
        })
        .await;
        let protection = server.repository().protection("main").await.unwrap();
        assert_eq!(protection.checks, []);
        assert_eq!(protection.unseen.is_none(), seen, "{protection:?}");
    }
}

#[tokio::test]
async fn a_code_becomes_an_app_without_credentials() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/app-manifests/good/conversions" => reply(
            201,
            &json!({ "id": 88, "slug": "our-gate", "html_url": "https://github.com/apps/our-gate",
                "client_id": "Iv1", "client_secret": "s", "webhook_secret": "w", "pem": "p" }),
        ),
        _ => reply(404, &json!({ "message": "Not Found" })),
    })
    .await;
    let app = convert_manifest(&server.address, "good", at(0)).await.unwrap();
    assert_eq!((app.id, app.pem.expose_secret()), (AppId(88), "p"));
    assert!(!format!("{app:?}").contains("\"p\""), "secrets are not shown");
    assert_eq!(server.asked()[0].token, None);
    let error = convert_manifest(&server.address, "bad", at(0)).await.unwrap_err();
    assert!(error.to_string().contains("a code is good for one hour"), "{error}");
}
