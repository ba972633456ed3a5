//! `gate-app token`, as somebody types it beside a running App.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::{
    path::Path,
    process::{Command, Output},
};

use gate_app::{
    ids::{RepositoryId, RepositoryName},
    store::Store,
};
use gate_core::measure::Digest;
use jiff::Timestamp;

const SHOP: RepositoryId = RepositoryId(7);

fn token(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gate-app"));
    let database = format!("sqlite://{}", folder.join("gate.db").display());
    command.arg("token").args(words).env_clear().env("DATABASE_URL", database).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap().trim().to_owned()
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A store that knows one repository, held open as a running App does.
async fn store(folder: &Path) -> Store {
    let url = format!("sqlite://{}", folder.join("gate.db").display());
    let store = Store::open(&url).await.unwrap();
    let name = RepositoryName { owner: "acme".to_owned(), name: "shop".to_owned() };
    store.note_repository(SHOP, &name, None, Timestamp::UNIX_EPOCH).await.unwrap();
    store
}

async fn matches(store: &Store, token: &str) -> bool {
    let digest = Digest::of(token.as_bytes());
    store.upload_token_matches(SHOP, &digest, Timestamp::UNIX_EPOCH).await.unwrap()
}

#[tokio::test]
async fn a_token_is_made_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    assert_eq!(said(&token(folder.path(), &["list", "acme/shop"])), "acme/shop has no tokens");

    let first = said(&token(folder.path(), &["add", "acme/shop"]));
    let second = said(&token(folder.path(), &["add", "Acme/Shop"]));
    assert!(first.starts_with("gate_") && first.len() == 5 + 64, "{first}");
    assert_ne!(first, second);
    assert!(matches(&store, &first).await && matches(&store, &second).await);

    let list = said(&token(folder.path(), &["list", "acme/shop"]));
    assert_eq!(list.lines().count(), 2);
    assert!(list.lines().all(|line| line.ends_with("last used 1970-01-01")), "{list}");
    assert!(!list.contains(&first[5..]), "the list shows a token");
    let digest = Digest::of(first.as_bytes());
    let id = &digest.as_str()["sha256:".len()..][..12];
    assert!(list.contains(id), "{list}");

    assert_eq!(
        said(&token(folder.path(), &["revoke", "acme/shop", &id[..8]])),
        format!("revoked {id}")
    );
    assert!(!matches(&store, &first).await);
    assert!(matches(&store, &second).await);
    assert_eq!(said(&token(folder.path(), &["revoke", "acme/shop", "--all"])), "revoked 1");
    assert!(!matches(&store, &second).await);
    store.close().await;
}

#[tokio::test]
async fn what_cannot_be_done_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let told = complaint(&token(folder.path(), &["add", "acme/shed"]));
    assert!(told.contains("has not heard of acme/shed"), "{told}");
    let told = complaint(&token(folder.path(), &["revoke", "acme/shop", "0123"]));
    assert!(told.contains("acme/shop has no token \"0123\""), "{told}");
    for words in [&["add"][..], &["add", "shop"], &["add", "a/b/c"], &["revoke", "acme/shop"]] {
        let told = complaint(&token(folder.path(), words));
        assert!(told.contains("--help"), "{words:?}: {told}");
    }
    store.close().await;
}
