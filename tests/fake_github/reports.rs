//! Artifacts: found by run, downloaded from another host, read.

use std::io::{Cursor, Read};

use gate_tests::github::{FakeGitHub, Fault, Opening};
use http_body_util::BodyExt as _;
use serde_json::Value;

use crate::client::{installed, raw, shop};

#[tokio::test]
async fn an_artifact_is_listed_downloaded_and_unpacked() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    let report = ("coverage.xml", b"<coverage/>".as_slice());
    let id = github.upload_artifact(&run, "coverage", &[report]);
    let bare = github.upload_bytes(&run, "bandit.json", "application/json", b"{}".to_vec());
    github.finish_workflow(&run, "success");

    let client = installed(&github);
    let list = format!("/repos/acme/shop/actions/runs/{}/artifacts?name=coverage", run.id);
    let (_, listed) = raw(&client, "GET", &list, None).await;
    let listed = &listed["artifacts"][0];
    assert_eq!(listed["workflow_run"]["head_sha"], pull.head.as_str());
    assert!(listed["digest"].as_str().is_some_and(|it| it.starts_with("sha256:")));

    let zip = client
        .actions()
        .download_artifact("acme", "shop", id.into(), octocrab::params::actions::ArchiveFormat::Zip)
        .await
        .expect("downloaded");
    assert_eq!(listed["size_in_bytes"], zip.len());
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a zip");
    let mut text = String::new();
    archive.by_name("coverage.xml").expect("the report").read_to_string(&mut text).expect("text");
    assert_eq!(text, "<coverage/>");

    let path = format!("/repos/acme/shop/actions/artifacts/{bare}/zip");
    let answer = client._get(path.as_str()).await.expect("answered");
    assert_eq!(answer.headers()["content-type"], "application/json");
    github.data().repository("acme/shop").artifacts[1].expired = true;
    assert_eq!(raw(&client, "GET", &path, None).await.0, 410);
    assert_eq!(github.calls()["GET /blobs/{repository_id}/{artifact_id}"], 2);
    github.finish();
}

#[tokio::test]
async fn a_fork_is_named_by_no_run_and_found_by_no_commit() {
    let github = FakeGitHub::start();
    shop(&github);
    let opening = Opening::from_branch("gift").by("eve").from_fork("eve/shop");
    let pull = github.open_pull_request("acme/shop", &opening);
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    let client = installed(&github);
    let found =
        raw(&client, "GET", &format!("/repos/acme/shop/actions/runs/{}", run.id), None).await.1;
    assert_eq!(found["pull_requests"], Value::Array(vec![]));
    assert_eq!(found["head_repository"]["full_name"], "eve/shop");
    let path = format!("/repos/acme/shop/commits/{}/pulls", pull.head);
    assert_eq!(raw(&client, "GET", &path, None).await.1, Value::Array(vec![]));
    let path = "/repos/acme/shop/pulls?head=eve:gift";
    assert_eq!(raw(&client, "GET", path, None).await.1[0]["head"]["sha"], pull.head.as_str());
    github.finish();
}

#[tokio::test]
async fn a_run_that_is_run_again_keeps_its_artifacts() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    let old = github.upload_artifact(&run, "coverage", &[("c.xml", b"old")]);
    github.finish_workflow(&run, "failure");
    github.rerun_workflow(&run, &["tests"]);
    let new = github.upload_artifact(&run, "coverage", &[("c.xml", b"new")]);
    github.finish_workflow(&run, "success");
    let client = installed(&github);
    let base = format!("/repos/acme/shop/actions/runs/{}", run.id);
    let listed = raw(&client, "GET", &format!("{base}/artifacts"), None).await.1;
    assert_eq!(listed["artifacts"][0]["id"], new);
    assert_eq!(listed["artifacts"][1]["id"], old);
    assert_eq!(raw(&client, "GET", &base, None).await.1["run_attempt"], 2);
    let jobs = raw(&client, "GET", &format!("{base}/jobs?filter=all"), None).await.1;
    assert_eq!(jobs["total_count"], 2);
    github.finish();
}

#[tokio::test]
async fn a_download_may_be_endless_broken_or_too_late() {
    let github = FakeGitHub::start();
    let pull = shop(&github);
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    let id = github.upload_artifact(&run, "coverage", &[("c.xml", b"old")]);
    let client = installed(&github);
    let path = format!("/repos/acme/shop/actions/artifacts/{id}/zip");

    github.data().repository("acme/shop").artifacts[0].claimed_size = Some(2 << 30);
    let mut body = client._get(path.as_str()).await.expect("answered").into_body();
    let mut came = 0;
    while came < 1 << 20 {
        let frame = body.frame().await.expect("there is more").expect("sound");
        came += frame.data_ref().map_or(0, bytes_of);
    }
    drop(body);
    github.data().repository("acme/shop").artifacts[0].claimed_size = None;

    github.fail("GET /blobs/{repository_id}/{artifact_id}", Fault::Truncated, 1);
    let cut = client._get(path.as_str()).await.expect("answered");
    assert!(cut.into_body().collect().await.is_err(), "half a download is none");

    let url = format!("{}/blobs/{}/{id}?until=0", github.url(), github.data().repositories[0].id);
    let late = reqwest::get(&url).await.expect("answered");
    assert_eq!(late.status().as_u16(), 403, "a minute is over");
    let client = reqwest::Client::new();
    client.get(&url).bearer_auth("secret").send().await.expect("answered");
    assert!(github.left_over()[0].contains("the token was sent to another host"));
    github.finish();
}

fn bytes_of(data: &impl AsRef<[u8]>) -> usize {
    data.as_ref().len()
}
