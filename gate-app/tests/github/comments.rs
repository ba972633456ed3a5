//! The one comment.

use std::sync::{Arc, Mutex};

use gate_app::ids::{CommentId, PullRequestNumber};
use serde_json::{Value, json};

use crate::server::{APP, Server, mint, ok, reply};

const ONE: PullRequestNumber = PullRequestNumber(1);
const MARKER: &str = "<!-- gate 9:1 -->";

fn comment(id: u64, app: Option<u64>, body: &str) -> Value {
    json!({ "id": id, "body": body, "performed_via_github_app": app.map(|id| json!({ "id": id })) })
}

#[tokio::test]
async fn ours_is_found_on_a_later_page_and_a_copy_of_the_marker_is_not_ours() {
    let server = Server::start(|asked| match asked.query.get("page").map(String::as_str) {
        _ if asked.path.ends_with("/access_tokens") => mint(1),
        None => ok(&json!([
            comment(1, None, &format!("{MARKER}\nI am the gate")),
            comment(2, Some(1), &format!("{MARKER}\nso am I")),
            comment(3, Some(APP), "no marker"),
        ]))
        .with("link", "<http://x/repositories/9/issues/1/comments?page=2>; rel=\"next\""),
        Some("2") => ok(&json!([
            comment(4, Some(APP), &format!("{MARKER}\nhello")),
            comment(5, Some(APP), &format!("{MARKER}\nhello again")),
        ])),
        Some(other) => panic!("page {other}"),
    })
    .await;
    let found = server.repository().find_comments(ONE, MARKER).await.unwrap();
    let ids: Vec<CommentId> = found.iter().map(|comment| comment.id).collect();
    assert_eq!(ids, [CommentId(4), CommentId(5)]);
    assert_eq!(server.asked().len(), 2);
    assert_eq!(server.asked()[1].path, "/repositories/9/issues/1/comments");
    let none = server.repository().find_comments(ONE, "<!-- other -->").await.unwrap();
    assert_eq!(none, []);
}

#[tokio::test]
async fn a_lost_answer_leaves_one_comment() {
    let written: Arc<Mutex<Vec<Value>>> = Arc::default();
    let shared = Arc::clone(&written);
    let server = Server::start(move |asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        let mut written = shared.lock().unwrap();
        if asked.method == "GET" {
            return ok(&json!(*written));
        }
        written.push(comment(1, Some(APP), asked.body["body"].as_str().unwrap()));
        reply(500, &json!({ "message": "oops" }))
    })
    .await;
    let comment = server.repository().create_comment(ONE, MARKER, "hello").await.unwrap();
    assert_eq!((comment.id, comment.body), (CommentId(1), format!("{MARKER}\nhello")));
    assert_eq!(written.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_comment_is_rewritten_in_place() {
    let server = Server::start(|asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        assert!(asked.is("PATCH", "/repos/octo/shop/issues/comments/7"));
        ok(&comment(7, Some(APP), asked.body["body"].as_str().unwrap()))
    })
    .await;
    let long = "x".repeat(70_000);
    let comment = server.repository().update_comment(CommentId(7), MARKER, &long).await.unwrap();
    assert!(comment.body.chars().count() <= 65_536 && comment.body.starts_with(MARKER));
}

#[tokio::test]
async fn a_comment_that_is_gone_is_taken_away_already() {
    let server = Server::start(|asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        assert!(asked.is("DELETE", "/repos/octo/shop/issues/comments/7"));
        reply(404, &json!({ "message": "Not Found" }))
    })
    .await;
    server.repository().delete_comment(CommentId(7)).await.unwrap();
}
