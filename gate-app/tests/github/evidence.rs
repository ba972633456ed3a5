//! Runs, jobs, artifacts, and what they hold.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use gate_app::{
    github::{Artifact, ChangeKind, ComparisonState, Conclusion, Error, Status},
    ids::{ArtifactId, PullRequestNumber, RepositoryId, RunId},
};
use gate_core::measure::Digest;
use serde_json::{Value, json};

use crate::server::{Asked, Reply, Server, connect, mint, ok, raw, reply, sha};

async fn answering(mut answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> Server {
    Server::start(
        move |asked| {
            if asked.path.ends_with("/access_tokens") { mint(1) } else { answer(asked) }
        },
    )
    .await
}

fn run(id: u64, status: Value) -> Value {
    json!({ "id": id, "name": null, "path": ".github/workflows/ci.yml", "run_attempt": 3,
        "event": "pull_request", "status": status, "conclusion": null, "head_sha": "a".repeat(40),
        "head_branch": "feature", "head_repository": { "id": 12 },
        "created_at": "2026-11-20T10:00:00Z" })
}

#[tokio::test]
async fn runs_of_a_commit_come_from_every_page() {
    let server = answering(|asked| match asked.query.get("page").map(String::as_str) {
        None => {
            assert_eq!(asked.query["head_sha"], "a".repeat(40));
            let page = json!({ "total_count": 2, "workflow_runs": [run(1, json!("queued"))] });
            ok(&page).with("link", "<http://h/repositories/9/actions/runs?page=2>; rel=\"next\"")
        }
        Some(_) => ok(&json!({ "total_count": 2, "workflow_runs": [run(2, json!(null))] })),
    })
    .await;
    let runs = server.repository().runs_of(&sha('a')).await.unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!((runs[0].id, runs[0].attempt, runs[0].status), (RunId(1), 3, Status::Queued));
    assert_eq!(runs[0].head_repository, Some(RepositoryId(12)), "a fork's");
    assert_eq!(runs[1].status, Status::Requested, "one without a status has not ended");
}

#[tokio::test]
async fn a_list_that_is_shorter_than_it_says_is_an_error() {
    let server = answering(|_| ok(&json!({ "total_count": 3, "artifacts": [] }))).await;
    let error = server.repository().artifacts_of(RunId(1), None).await.unwrap_err();
    assert!(error.to_string().ends_with("0 of 3 entries came"), "{error}");
}

#[tokio::test]
async fn jobs_are_of_the_newest_attempt() {
    let server = answering(|asked| {
        assert_eq!(asked.query["filter"], "latest");
        ok(&json!({ "total_count": 1, "jobs": [
            { "id": 4, "name": "tests (3.11)", "status": "completed", "conclusion": "timed_out" },
        ] }))
    })
    .await;
    let jobs = server.repository().jobs_of(RunId(1)).await.unwrap();
    assert_eq!(
        (jobs[0].name.as_str(), jobs[0].conclusion),
        ("tests (3.11)", Some(Conclusion::TimedOut))
    );
}

#[tokio::test]
async fn a_word_that_github_does_not_have_is_an_error() {
    let server = answering(|_| {
        let page = json!({ "total_count": 1, "workflow_runs": [run(1, json!("splendid"))] });
        ok(&page)
    })
    .await;
    let error = server.repository().runs_of(&sha('a')).await.unwrap_err();
    assert!(error.to_string().contains("splendid"), "{error}");
}

#[tokio::test]
async fn artifacts_carry_where_they_came_from() {
    let server = answering(|asked| {
        assert_eq!(asked.query["name"], "coverage%203.11");
        ok(&json!({ "total_count": 1, "artifacts": [{
            "id": 6, "name": "coverage 3.11", "size_in_bytes": 42, "expired": false,
            "digest": "sha256:00", "created_at": "2026-11-20T10:00:00Z",
            "workflow_run": { "id": 1, "repository_id": 9, "head_repository_id": 12,
                              "head_branch": "x", "head_sha": "a".repeat(40) },
        }] }))
    })
    .await;
    let artifacts = server.repository().artifacts_of(RunId(1), Some("coverage 3.11")).await;
    let artifact = artifacts.unwrap().remove(0);
    assert_eq!((artifact.id, artifact.size, artifact.run), (ArtifactId(6), 42, Some(RunId(1))));
    assert_eq!(artifact.repository, Some(RepositoryId(9)));
    assert_eq!(artifact.head_repository, Some(RepositoryId(12)));
    assert_eq!(artifact.head_sha, Some(sha('a')));
}

fn artifact(bytes: &[u8]) -> Artifact {
    Artifact {
        id: ArtifactId(6),
        name: "coverage".to_owned(),
        size: 5,
        digest: Some(Digest::of(bytes).to_string()),
        expired: false,
        created_at: None,
        run: None,
        head_sha: None,
        repository: None,
        head_repository: None,
    }
}

/// A storage on another host, and a GitHub that sends there.
async fn with_storage(answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> (Server, Server) {
    let storage = Server::start(answer).await;
    let there = format!("{}/blob/1?sig=secret", storage.address);
    let server = answering(move |asked| {
        assert!(asked.is("GET", "/repos/octo/shop/actions/artifacts/6/zip"));
        reply(302, &json!(null)).with("location", &there)
    })
    .await;
    (server, storage)
}

#[tokio::test]
async fn a_download_follows_the_redirect_without_our_token_and_is_verified() {
    let (server, storage) =
        with_storage(|_| ok(&json!(null)).foreign().with("content-type", "text/xml").body("hello"))
            .await;
    let download = server.repository().download(&artifact(b"hello"), 100).await.unwrap();
    assert_eq!((download.bytes.as_slice(), download.verified), (&b"hello"[..], true));
    assert_eq!(download.content_type.as_deref(), Some("text/xml"));
    assert_eq!(storage.asked()[0].token, None, "the storage is none of GitHub's hosts");
    assert_eq!(server.asked()[0].token.as_deref(), Some("Bearer ghs_1"));

    let unnamed = Artifact { digest: None, ..artifact(b"") };
    assert!(!server.repository().download(&unnamed, 100).await.unwrap().verified);
    let error = server.repository().download(&artifact(b"other"), 100).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt { .. }) && !error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_download_that_is_too_large_is_not_begun_or_stopped() {
    let (server, storage) =
        with_storage(|_| ok(&json!(null)).foreign().body("x".repeat(2_000))).await;
    let large = Artifact { size: 1_001, ..artifact(b"") };
    let error = server.repository().download(&large, 1_000).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 1_000, .. }), "{error}");
    assert_eq!(server.asked().len(), 0, "its size is known");
    let error = server.repository().download(&artifact(b""), 1_000).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 1_000, .. }), "{error}");
    assert_eq!(storage.asked().len(), 1);
}

#[tokio::test]
async fn an_endless_answer_is_stopped_at_the_limit() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let endless = raw(move |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = [&b"10000\r\n"[..], &[b'x'; 0x10000], b"\r\n"].concat();
        // Ends when the reader hangs up; were it not to, the test would not end.
        while stream.write_all(&chunk).is_ok() {
            count.fetch_add(0x10000, Ordering::SeqCst);
        }
    });
    let error = connect(&endless).app().await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit, .. } if limit == 32 << 20), "{error}");

    let server =
        answering(move |_| reply(302, &json!(null)).with("location", format!("{endless}/blob/1")))
            .await;
    sent.store(0, Ordering::SeqCst);
    let error = server.repository().download(&artifact(b""), 1 << 20).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit, .. } if limit == 1 << 20), "{error}");
    let sent = sent.load(Ordering::SeqCst);
    assert!(sent < 24 << 20, "{sent} bytes were sent before the line was cut");
}

#[tokio::test]
async fn expired_artifacts_and_expired_addresses_are_told_apart() {
    let (server, _storage) = with_storage(|_| reply(403, &json!(null)).foreign()).await;
    let error = server.repository().download(&artifact(b""), 100).await.unwrap_err();
    assert!(error.is_retryable(), "a new call brings a new address: {error}");
    let expired = Artifact { expired: true, ..artifact(b"") };
    let error = server.repository().download(&expired, 100).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    let server = answering(|_| reply(410, &json!({ "message": "Artifact has expired" }))).await;
    let error = server.repository().download(&artifact(b""), 100).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
}

fn file(name: &str, status: &str) -> Value {
    json!({ "sha": null, "filename": name, "status": status, "additions": 2, "deletions": 1,
            "changes": 3, "patch": "@@ -1 +1,2 @@" })
}

#[tokio::test]
async fn a_comparison_has_the_merge_base_and_the_files() {
    let server = answering(|asked| {
        let range = format!("/repos/octo/shop/compare/{}...{}", sha('b'), sha('a'));
        assert_eq!(asked.path, range);
        let mut renamed = file("new.py", "renamed");
        renamed["previous_filename"] = json!("old.py");
        let mut binary = file("logo.png", "added");
        binary.as_object_mut().unwrap().remove("patch");
        ok(&json!({ "merge_base_commit": { "sha": "c".repeat(40) }, "status": "diverged",
            "ahead_by": 2, "behind_by": 1, "total_commits": 2, "files": [renamed, binary] }))
    })
    .await;
    let comparison = server.repository().compare(&sha('b'), &sha('a')).await.unwrap();
    assert_eq!(
        (comparison.merge_base, comparison.ahead_by, comparison.behind_by),
        (sha('c'), 2, 1)
    );
    assert_eq!((comparison.state, comparison.truncated), (ComparisonState::Diverged, false));
    assert_eq!(comparison.files[0].previous_path.as_deref(), Some("old.py"));
    assert_eq!((comparison.files[1].kind, &comparison.files[1].patch), (ChangeKind::Added, &None));
}

#[tokio::test]
async fn a_comparison_at_githubs_limit_says_that_it_may_be_short() {
    let server = answering(|asked| {
        let files: Vec<Value> = (0..300).map(|n| file(&format!("{n}.py"), "modified")).collect();
        if asked.path.ends_with("/files") {
            return ok(&json!(files));
        }
        ok(&json!({ "merge_base_commit": { "sha": "c".repeat(40) }, "status": "ahead",
            "ahead_by": 2, "behind_by": 0, "total_commits": 2, "files": files }))
    })
    .await;
    let repository = server.repository();
    assert!(repository.compare(&sha('b'), &sha('a')).await.unwrap().truncated);
    let files = repository.pull_request_files(PullRequestNumber(1)).await.unwrap();
    assert_eq!(files.len(), 300);
}
