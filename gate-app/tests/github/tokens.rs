//! Tokens: minted once, narrowed, replaced in time; and the doors of an Enterprise host.

use std::{
    io,
    sync::{Arc, Mutex},
};

use gate_app::{
    clock::Clock,
    github::{Connection, ConnectionError, Error, GitHub},
    ids::{AppId, InstallationId, PullRequestNumber, RunId},
};
use jiff::Timestamp;
use serde_json::json;
use tracing::{Level, subscriber};

use crate::server::{Asked, INSTALLATION, KEY, NOW, Reply, Server, mint, ok, reply};

fn run(asked: &Asked) -> Option<Reply> {
    asked.path.contains("/actions/runs/").then(|| {
        ok(&json!({
            "id": 1, "run_attempt": 2, "name": "CI", "path": ".github/workflows/ci.yml",
            "event": "push", "status": "completed", "conclusion": "success",
            "head_sha": "a".repeat(40), "head_branch": "main", "created_at": "2026-11-20T10:00:00Z",
            "head_repository": { "id": 9 },
        }))
    })
}

#[tokio::test]
async fn fifty_who_ask_at_once_share_one_token() {
    let mut minted = 0;
    let server = Server::start(move |asked| {
        run(asked).unwrap_or_else(|| {
            minted += 1;
            mint(minted)
        })
    })
    .await;
    let repository = Arc::new(server.repository());
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let repository = Arc::clone(&repository);
            tokio::spawn(async move { repository.run(RunId(1)).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().attempt, 2);
    }
    let mints = server.mints();
    assert_eq!(mints.len(), 1);
    assert_eq!(mints[0].body, json!({ "repository_ids": [9] }), "for this repository alone");
    assert!(mints[0].token.as_ref().unwrap().starts_with("Bearer ey"), "as the App");
    assert_eq!(server.asked().len(), 50);
    assert!(server.asked().iter().all(|one| one.token.as_deref() == Some("Bearer ghs_1")));
    let calls = server.calls.lock().unwrap();
    assert_eq!(calls.len(), 51, "every call is counted");
    assert_eq!(calls[0].route, "/app/installations/{installation_id}/access_tokens");
    assert_eq!((calls[1].status, calls[1].installation), (Some(200), Some(INSTALLATION)));
}

#[tokio::test]
async fn a_token_in_its_last_minutes_is_not_used() {
    let mut minted = 0;
    let server = Server::start(move |asked| {
        run(asked).unwrap_or_else(|| {
            minted += 1;
            let expires = Timestamp::from_second(NOW + 299).unwrap();
            let token = format!("ghs_{minted}");
            reply(201, &json!({ "token": token, "expires_at": expires.to_string() }))
        })
    })
    .await;
    server.repository().run(RunId(1)).await.unwrap();
    server.repository().run(RunId(1)).await.unwrap();
    assert_eq!(server.mints().len(), 2);
}

#[tokio::test]
async fn a_revoked_token_is_replaced_once() {
    let mut minted = 0;
    let server = Server::start(move |asked| {
        if asked.path.ends_with("/access_tokens") {
            minted += 1;
            return mint(minted);
        }
        match asked.token.as_deref() {
            Some("Bearer ghs_1") => reply(401, &json!({ "message": "Bad credentials" })),
            _ => run(asked).unwrap(),
        }
    })
    .await;
    server.repository().run(RunId(1)).await.unwrap();
    assert_eq!((server.mints().len(), server.asked().len()), (2, 2));
    server.repository().run(RunId(1)).await.unwrap();
    assert_eq!((server.mints().len(), server.asked().len()), (2, 3));
}

#[tokio::test]
async fn after_uninstallation_the_installation_is_gone() {
    let server = Server::start(|_| reply(404, &json!({ "message": "Not Found" }))).await;
    let error = server.repository().run(RunId(1)).await.unwrap_err();
    assert!(matches!(error, Error::Gone { .. }), "{error}");
    assert!(!error.is_retryable());
    let suspended = json!({ "message": "This installation has been suspended" });
    let server = Server::start(move |_| reply(403, &suspended)).await;
    let error = server.repository().run(RunId(1)).await.unwrap_err();
    assert!(matches!(error, Error::Gone { .. }), "{error}");
}

#[tokio::test]
async fn wrong_credentials_say_what_to_check() {
    let server = Server::start(|_| reply(401, &json!({ "message": "Bad credentials" }))).await;
    let error = server.github.app().await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }));
    assert!(error.to_string().contains("check the App's id, its private key and this machine's"));
}

#[tokio::test]
async fn an_enterprise_host_has_its_own_doors_and_every_page_carries_the_token() {
    let server = Server::at("/api/v3", "/api/graphql", |asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        if asked.path == "/api/graphql" {
            return ok(&json!({ "data": { "repository": null }, "errors": [
                { "type": "NOT_FOUND", "path": ["repository"], "message": "no such repository" },
            ] }));
        }
        let repository = |id: u64| {
            json!({ "id": id, "name": format!("r{id}"), "owner": { "login": "octo" },
                    "default_branch": "main", "archived": false })
        };
        let page = |id| json!({ "total_count": 2, "repositories": [repository(id)] });
        if asked.query.contains_key("page") {
            return ok(&page(2));
        }
        let next = "http://ghes.example/api/v3/installation/repositories?per_page=100&page=2";
        ok(&page(1)).with("link", format!("<{next}>; rel=\"next\""))
    })
    .await;
    let installation = server.github.installation(INSTALLATION);
    let repositories = installation.repositories().await.unwrap();
    assert_eq!(repositories.len(), 2);
    assert_eq!(repositories[1].name.to_string(), "octo/r2");
    let error = server.repository().snapshot(PullRequestNumber(1)).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    let asked = server.asked();
    assert_eq!(asked[1].path, "/api/v3/installation/repositories");
    assert_eq!(asked[2].path, "/api/graphql");
    assert!(asked.iter().all(|one| one.token.as_deref() == Some("Bearer ghs_1")));
    assert_eq!(server.mints().len(), 2, "one for all, and one for the repository alone");
    assert_eq!(server.mints()[0].path, "/api/v3/app/installations/5/access_tokens");
    assert_eq!(server.mints()[0].body, json!(null), "for all that the installation may see");
}

#[tokio::test]
async fn settings_that_cannot_work_are_told_at_once() {
    let connection = |api: &str, graphql: &str, key: &str| {
        let connection = Connection {
            api_url: api.to_owned(),
            graphql_url: graphql.to_owned(),
            app_id: AppId(1),
            key: key.to_owned().into(),
        };
        let shown = format!("{connection:?}");
        assert!(!shown.contains("PRIVATE KEY"), "{shown}");
        GitHub::new(&connection, Clock::new(|| Timestamp::from_second(NOW).unwrap())).map(|_| ())
    };
    let (api, graphql) = ("https://api.github.com", "https://api.github.com/graphql");
    assert!(connection(api, graphql, &KEY).is_ok());
    assert!(matches!(connection(api, graphql, "no key"), Err(ConnectionError::Key(_))));
    let error = connection("api.github.com", graphql, &KEY).unwrap_err();
    assert!(error.to_string().contains("write it like https://api.github.com"), "{error}");
    assert!(matches!(connection(api, api, &KEY), Err(ConnectionError::Address { .. })));
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let server = Server::start(|asked| run(asked).unwrap_or_else(|| mint(1))).await;
    let repository = server.repository();
    repository.run(RunId(1)).await.unwrap();
    let shown = format!("{:?} {repository:?}", server.github);
    assert!(!shown.contains("ghs_") && !shown.contains("PRIVATE"), "{shown}");
    let other = server.github.installation(InstallationId(6));
    assert!(format!("{other:?}").contains("InstallationId(6)"));
}

#[tokio::test]
async fn a_token_is_replaced_before_it_expires_however_long_the_machine_slept() {
    let mut minted = 0;
    let server = Server::start(move |asked| {
        run(asked).unwrap_or_else(|| {
            minted += 1;
            mint(minted)
        })
    })
    .await;
    server.repository().run(RunId(1)).await.unwrap();
    server.pass(3600 - 301);
    server.repository().run(RunId(1)).await.unwrap();
    assert_eq!(server.mints().len(), 1, "an hour's token is used for 55 minutes");
    server.pass(1);
    server.repository().run(RunId(1)).await.unwrap();
    assert_eq!(server.mints().len(), 2);
    assert_eq!(server.asked()[2].token.as_deref(), Some("Bearer ghs_2"));
}

/// As GitHub makes them since 2026: long, of no fixed length, with dots.
fn long_token() -> String {
    let token =
        format!("ghs_77_{}.{}.{}", "eyJhbGciOi".repeat(10), "A_b-9".repeat(64), "s".repeat(91));
    assert_eq!(token.len(), 520);
    token
}

#[tokio::test]
async fn a_token_is_sent_as_it_came_whatever_its_form() {
    let long = long_token();
    let given = long.clone();
    let server = Server::start(move |asked| {
        run(asked).unwrap_or_else(|| {
            let expires = Timestamp::from_second(NOW + 3600).unwrap().to_string();
            reply(201, &json!({ "token": given, "expires_at": expires }))
        })
    })
    .await;
    server.repository().run(RunId(1)).await.unwrap();
    assert_eq!(server.asked()[0].token, Some(format!("Bearer {long}")));
}

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn neither_key_nor_token_is_ever_logged() {
    let log = Log::default();
    let writer = log.clone();
    // Everything, of every library; for this thread, which is the only one of this test's client.
    let lines = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = subscriber::set_default(lines);
    let long = long_token();
    let given = long.clone();
    let server = Server::start(move |asked| {
        if asked.path.ends_with("/access_tokens") {
            let expires = Timestamp::from_second(NOW + 3600).unwrap().to_string();
            return reply(201, &json!({ "token": given, "expires_at": expires }));
        }
        // GitHub on a bad day too: what is told of an error is logged by somebody.
        if asked.method == "POST" {
            reply(401, &json!({ "message": "no" }))
        } else {
            run(asked).unwrap()
        }
    })
    .await;
    server.repository().run(RunId(1)).await.unwrap();
    let error = server.repository().snapshot(PullRequestNumber(1)).await.unwrap_err();
    tracing::trace!("everything is logged");
    tracing::error!(%error, ?error, github = ?server.github, "as the App logs it");
    let jwt = server.mints()[0].token.clone().unwrap();
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("as the App logs it") && text.contains("everything is logged"), "{text}");
    let body = KEY.lines().nth(1).unwrap();
    for secret in [long.as_str(), jwt.trim_start_matches("Bearer "), &body[..64], "ghs_77"] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
}
