//! GitHub on a bad day: limits, illness, broken answers.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use gate_app::{
    github::Error,
    ids::{PullRequestNumber, RunId},
};
use serde_json::json;

use crate::server::{Asked, INSTALLATION, NOW, Reply, Server, connect, mint, ok, raw, reply, sha};

const ONE: PullRequestNumber = PullRequestNumber(1);

/// A server that mints tokens and answers everything else like this.
async fn answering(mut answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> Server {
    Server::start(
        move |asked| {
            if asked.path.ends_with("/access_tokens") { mint(1) } else { answer(asked) }
        },
    )
    .await
}

fn until(error: &Error) -> i64 {
    assert!(error.is_retryable());
    error.until().unwrap().as_second() - NOW
}

#[tokio::test]
async fn a_secondary_limit_stops_all_calls_until_it_ends() {
    let server = answering(|_| {
        let words = json!({ "message": "You have exceeded a secondary rate limit." });
        reply(403, &words).with("retry-after", 30).with("x-ratelimit-remaining", 4000)
    })
    .await;
    let repository = server.repository();
    assert_eq!(until(&repository.run(RunId(1)).await.unwrap_err()), 30);
    assert_eq!(until(&repository.run(RunId(1)).await.unwrap_err()), 30);
    assert_eq!(until(&repository.snapshot(ONE).await.unwrap_err()), 30);
    assert_eq!(server.asked().len(), 1, "asked once, and then waited");
    assert!(!server.github.may_gather(INSTALLATION));
    server.pass(30);
    assert!(server.github.may_gather(INSTALLATION));
    repository.run(RunId(1)).await.unwrap_err();
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_limit_without_a_time_is_a_minute() {
    let server = answering(|_| reply(429, &json!({ "message": "slow down" }))).await;
    assert_eq!(until(&server.repository().run(RunId(1)).await.unwrap_err()), 60);
}

#[tokio::test]
async fn an_empty_quota_waits_for_its_reset_and_leaves_the_other_one_alone() {
    let server = answering(|asked| {
        if asked.path == "/graphql" {
            return ok(&json!({ "data": { "repository": null, "rateLimit": null } }));
        }
        reply(403, &json!({ "message": "API rate limit exceeded" }))
            .with("x-ratelimit-limit", 5000)
            .with("x-ratelimit-remaining", 0)
            .with("x-ratelimit-reset", NOW + 900)
    })
    .await;
    let repository = server.repository();
    assert_eq!(until(&repository.run(RunId(1)).await.unwrap_err()), 900);
    assert_eq!(until(&repository.run(RunId(1)).await.unwrap_err()), 900);
    assert_eq!(server.asked().len(), 1);
    let (rest, graphql) = server.github.quotas(INSTALLATION);
    assert_eq!((rest.unwrap().limit, rest.unwrap().remaining, graphql), (5000, 0, None));
    assert!(matches!(repository.snapshot(ONE).await, Err(Error::Malformed { .. })));
    assert_eq!(server.count("POST", "/graphql"), 1, "GraphQL has a quota of its own");
}

#[tokio::test]
async fn a_graphql_limit_comes_with_status_200() {
    let server = answering(|_| {
        ok(&json!({ "errors": [{ "type": "RATE_LIMITED", "message": "API rate limit exceeded" }] }))
            .with("x-ratelimit-limit", 5000)
            .with("x-ratelimit-remaining", 0)
            .with("x-ratelimit-reset", NOW + 1200)
    })
    .await;
    assert_eq!(until(&server.repository().snapshot(ONE).await.unwrap_err()), 1200);

    let server = answering(|_| {
        let words = "You have exceeded a secondary rate limit. Please wait a few minutes.";
        ok(&json!({ "errors": [{ "message": words }] })).with("retry-after", 90)
    })
    .await;
    assert_eq!(until(&server.repository().snapshot(ONE).await.unwrap_err()), 90);
    assert!(!server.github.may_gather(INSTALLATION));
}

#[tokio::test]
async fn what_is_left_for_publishing_is_not_read_away() {
    let server = answering(|asked| {
        let body = if asked.path.ends_with("/check-runs") {
            json!({ "total_count": 0, "check_runs": [] })
        } else {
            json!({ "total_count": 0, "jobs": [] })
        };
        ok(&body)
            .with("x-ratelimit-limit", 5000)
            .with("x-ratelimit-remaining", 200)
            .with("x-ratelimit-reset", NOW + 600)
    })
    .await;
    let repository = server.repository();
    assert!(server.github.may_gather(INSTALLATION));
    repository.jobs_of(RunId(1)).await.unwrap();
    assert_eq!(server.github.gather_after(INSTALLATION).unwrap().as_second(), NOW + 600);
    // An evaluation that has begun does not go on either …
    assert_eq!(until(&repository.jobs_of(RunId(1)).await.unwrap_err()), 600);
    assert_eq!(server.asked().len(), 1);
    // … but what publishing has to read before it writes is read.
    assert_eq!(repository.our_check_runs(&sha('a'), "gate").await, Ok(Vec::new()));
    assert_eq!(server.github.notice_after(INSTALLATION), None);
    server.pass(600);
    repository.jobs_of(RunId(1)).await.unwrap();
}

#[tokio::test]
async fn who_is_told_to_wait_again_and_again_waits_longer_each_time() {
    let server = answering(|_| reply(429, &json!({ "message": "slow down" }))).await;
    let repository = server.repository();
    for minutes in [1, 2, 4] {
        repository.run(RunId(1)).await.unwrap_err();
        let after = server.github.gather_after(INSTALLATION).unwrap();
        assert_eq!(after, server.github.notice_after(INSTALLATION).unwrap(), "nothing is sent");
        let asked = server.asked().len();
        server.pass(60 * minutes - 1);
        repository.run(RunId(1)).await.unwrap_err();
        assert_eq!(server.asked().len(), asked, "not before its time");
        server.pass(1);
    }
}

#[tokio::test]
async fn an_ill_github_is_told_apart_and_asked_once() {
    for status in [500, 502, 503, 504] {
        let server = answering(move |_| reply(status, &json!(null)).body("<html>oops")).await;
        let error = server.repository().run(RunId(1)).await.unwrap_err();
        assert!(matches!(error, Error::Server { status: told, .. } if told == status), "{error}");
        assert!(error.is_retryable());
        assert_eq!(server.asked().len(), 1, "nothing is sent twice behind our back");
    }
}

#[tokio::test]
async fn broken_answers_are_errors_that_say_what_is_wrong() {
    let server = answering(|_| ok(&json!({ "id": "one" }))).await;
    let error = server.repository().run(RunId(1)).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }) && error.is_retryable(), "{error}");
    assert!(error.to_string().contains("GET /repos/{owner}/{repo}/actions/runs/{run_id}"));

    let server = answering(|_| ok(&json!(null)).body("{\"id\": 1, \"run_att")).await;
    let error = server.repository().run(RunId(1)).await.unwrap_err();
    assert!(error.to_string().contains("EOF"), "{error}");

    let address = raw(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"id\": 1");
    });
    let error = connect(&address).app().await.unwrap_err();
    assert!(matches!(error, Error::Network { .. }) && error.is_retryable(), "{error}");
}

#[tokio::test]
async fn nobody_at_the_other_end_is_a_network_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = connect(&address).app().await.unwrap_err();
    assert!(matches!(error, Error::Network { .. }) && error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_line_that_goes_dead_is_not_dialled_again() {
    let times = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&times);
    let address = raw(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let error = connect(&address).redeliver(1).await.unwrap_err();
    assert!(matches!(error, Error::Network { .. }), "{error}");
    assert_eq!(times.load(Ordering::SeqCst), 1, "a POST is sent once");
}

#[tokio::test]
async fn a_read_follows_a_repository_that_moved_and_keeps_its_token() {
    let server = answering(|asked| match asked.path.as_str() {
        "/repositories/9/actions/runs/1/jobs" => ok(&json!({ "total_count": 0, "jobs": [] })),
        _ => reply(301, &json!({ "message": "Moved Permanently" }))
            .with("location", "/repositories/9/actions/runs/1/jobs"),
    })
    .await;
    assert_eq!(server.repository().jobs_of(RunId(1)).await, Ok(Vec::new()));
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|one| one.token.as_deref() == Some("Bearer ghs_1")));
}

#[tokio::test]
async fn a_repository_that_moved_is_told_where_it_matters() {
    // A redirect that keeps the method is for the caller: a POST must not become a GET.
    let server = answering(|asked| {
        assert_eq!(asked.method, "POST");
        reply(307, &json!({ "message": "Temporary Redirect" }))
            .with("location", "/repositories/9/check-runs")
    })
    .await;
    let draft = crate::checks::draft();
    let existing = gate_app::github::Existing::None;
    let error = server.repository().create_check_run(&draft, existing).await.unwrap_err();
    assert!(matches!(error, Error::Moved { .. }), "{error}");
}
