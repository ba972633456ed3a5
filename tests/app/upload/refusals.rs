//! What is not taken: too much, too little, something else than was stated, and for nobody.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use gate_app::store::Store;
use gate_tests::{PUBLIC_URL, github::FakeGitHub};
use serde_json::json;
use tokio::runtime::Runtime;

use super::{
    COVERAGE, Send, expect_upload, repository_token,
    send::{expect_refusal, shop},
};
use crate::app::{App, coverage, open, repository};

/// What the App answers to a request that no sound client makes, after which nothing more comes.
fn raw(app: &App, request: &str) -> String {
    let mut stream = TcpStream::connect(app.address()).expect("the App listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("it is sent");
    stream.shutdown(std::net::Shutdown::Write).expect("it ends here");
    let mut answer = String::new();
    // A connection that is cut has said what it had to say.
    let _ = stream.read_to_string(&mut answer);
    answer
}

fn head(commit: &str, token: &str, more: &str) -> String {
    format!(
        "PUT /api/v1/repos/acme/shop/commits/{commit}/reports/coverage HTTP/1.1\r\nhost: gate\r\n\
         authorization: Bearer {token}\r\n{more}\r\n\r\n"
    )
}

/// The names of the reports that were uploaded for a commit.
fn uploads(app: &App, commit: &str) -> Vec<String> {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&app.database()).await.expect("the App's database");
        let known = store.repository_named(&shop()).await.expect("a store").expect("a repository");
        let commit = commit.parse().expect("a commit");
        let uploads = store.uploads(known.id, &commit).await.expect("a store");
        store.close().await;
        uploads.into_iter().map(|upload| upload.file.name).collect()
    })
}

#[test]
fn too_large_a_report_is_refused_before_it_comes() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let token = repository_token(&app);
    let answer = raw(&app, &head(&pull.head, &token, "content-length: 268435457"));
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("at most 268435456 bytes"), "{answer}");
    let answer = raw(&app, &head(&pull.head, &token, "transfer-encoding: chunked"));
    assert!(answer.starts_with("HTTP/1.1 411 "), "{answer}");
    assert!(answer.contains("Content-Length"), "{answer}");
    assert_eq!(uploads(&app, &pull.head), Vec::<String>::new());
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_report_that_is_cut_off_is_none() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let token = repository_token(&app);
    let whole = coverage(9);
    let half = String::from_utf8(whole[..whole.len() / 2].to_vec()).expect("text");
    let request = head(&pull.head, &token, &format!("content-length: {}", whole.len()));
    let answer = raw(&app, &format!("{request}{half}"));
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(uploads(&app, &pull.head), Vec::<String>::new());
    // The second try brings all of it.
    let sent = Send::to(&app, &pull.head, "coverage").by(&token).body(&whole).send();
    expect_upload(&sent, 201, true);
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn what_came_has_to_be_what_was_stated() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let token = repository_token(&app);
    let send = Send::to(&app, &pull.head, "coverage").by(&token);
    let other = "sha256:".to_owned() + &"0".repeat(64);
    let wrong = send.body(&coverage(9)).query(&format!("digest={other}")).send();
    expect_refusal(&wrong, 422, &format!("should be {other}"));
    let wrong = send
        .body(&coverage(9))
        .header("content-digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
        .send();
    expect_refusal(&wrong, 422, "send it again");
    assert_eq!(uploads(&app, &pull.head), Vec::<String>::new());
    // What the App itself says of the digest is what it takes.
    let sent = send.body(&coverage(9)).send();
    let digest = sent.says("digest").as_str().expect("a digest").to_owned();
    let again = send.body(&coverage(9)).query(&format!("digest={digest}")).send();
    expect_upload(&again, 200, false);
    github.expect_check(&pull.head, Some("success"), "Passed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn for_a_repository_without_the_app_there_is_nothing_to_upload() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    let elsewhere = github.changed_identity_token(&run, PUBLIC_URL, |_, claims| {
        claims["repository"] = json!("acme/shed");
        claims["repository_id"] = json!("99");
    });
    let send = |repository: &str, token: &str| {
        Send::into(&app, repository, &pull.head, "coverage").by(token).body(b"x").send()
    };
    expect_refusal(&send("acme/shed", &elsewhere), 404, "not installed in acme/shed");
    // Whoever has no token of it is not told whether the App knows it.
    let token = repository_token(&app);
    expect_refusal(&send("acme/shed", &token), 401, "none of acme/shed");
    let token = github.identity_token(&run, PUBLIC_URL);
    expect_refusal(&send("acme/shed", &token), 403, "not of acme/shed");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn when_the_app_was_uninstalled_its_tokens_are_gone() {
    let github = FakeGitHub::start();
    repository(&github, COVERAGE);
    let app = App::start(&github);
    let pull = open(&github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let token = repository_token(&app);
    github.uninstall("acme");
    github.delivered();
    let sent = Send::to(&app, &pull.head, "coverage").by(&token).body(&coverage(9)).send();
    expect_refusal(&sent, 401, "none of acme/shop");
    drop(app);
    github.finish();
}
