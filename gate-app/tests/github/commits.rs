//! Commits without a pull request, their first parents, and the organisation's policy.

use gate_app::github::Error;
use serde_json::{Value, json};

use crate::{
    server::{Server, mint, ok, sha},
    snapshot::{answering, blob},
};

#[tokio::test]
async fn a_commit_is_judged_by_its_branch() {
    let commit = json!({ "data": { "repository": {
        "databaseId": 9, "nameWithOwner": "octo/shop",
        "ref": { "target": { "__typename": "Commit", "oid": "b".repeat(40),
            "policy": blob("version: 1\n"), "owners1": null, "owners2": null, "owners3": null } },
        "object": { "__typename": "Commit", "oid": "a".repeat(40), "policy": null,
                    "statusCheckRollup": null },
    } } });
    let server = answering(commit).await;
    let snapshot = server.repository().commit_snapshot(&sha('a'), "main").await.unwrap();
    assert_eq!(server.asked()[0].body["variables"]["branch"], "refs/heads/main");
    let base = snapshot.base.unwrap();
    assert_eq!((base.policy, base.code_owners), (Ok(Some("version: 1\n".to_owned())), Ok(None)));
    assert_eq!((snapshot.head_policy, snapshot.checks), (Ok(None), Ok(Vec::new())));
    let none = json!({ "data": { "repository": { "databaseId": 9, "nameWithOwner": "octo/shop",
        "ref": null, "object": null } } });
    let error = answering(none).await.repository().commit_snapshot(&sha('a'), "main").await;
    assert!(matches!(error, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn first_parents_are_followed_past_merges_and_over_pages() {
    let node = |own: char, parents: &[char]| {
        let parents: Vec<Value> = parents.iter().map(|one| json!({ "oid": sha(*one) })).collect();
        json!({ "oid": sha(own), "parents": { "nodes": parents } })
    };
    let page = |nodes: Vec<Value>, more: bool| {
        json!({ "data": { "repository": { "object": { "__typename": "Commit", "history": {
            "nodes": nodes, "pageInfo": { "hasNextPage": more, "endCursor": "next" } } } } } })
    };
    let first = page(vec![node('a', &['b']), node('e', &['c'])], true);
    let second = page(vec![node('b', &['c']), node('c', &['d']), node('d', &[])], false);
    let server = Server::start(move |asked| {
        if asked.path.ends_with("/access_tokens") {
            return mint(1);
        }
        ok(if asked.body["variables"]["after"].is_null() { &first } else { &second })
    })
    .await;
    let repository = server.repository();
    let all = repository.first_parents(&sha('a'), 50).await.unwrap();
    assert_eq!((all.commits, all.complete), (vec![sha('b'), sha('c'), sha('d')], true));
    assert_eq!(server.asked().len(), 2);
    let one = repository.first_parents(&sha('a'), 1).await.unwrap();
    assert_eq!((one.commits, one.complete), (vec![sha('b')], true));
    assert_eq!(server.asked().len(), 3, "no further than needed");
}
