//! Nothing that matters lives only in memory; a database is opened again and again.

use gate_app::store::{Finish, Lease, Mark, Receipt, Store, StoreError};

use crate::support::{
    CAP, File, LEASE, REPOSITORY, Schema, at, claim, delivery, opened, pull_of, sha,
};

async fn survives(url: &str) {
    let entry = delivery("guid", REPOSITORY, &[opened(1, 1)]);
    let (digest, held) = {
        let store = Store::open(url).await.unwrap();
        assert_eq!(store.receive(&entry, at(0)).await.unwrap(), Receipt::Stored { marked: 1 });
        let digest = store.keep_report(b"report".to_vec(), at(0)).await.unwrap();
        let held = claim(&store, 1).await.unwrap();
        store.close().await;
        assert!(matches!(store.ping().await, Err(StoreError::Database { .. })));
        (digest, held)
    };
    let store = Store::open(url).await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(store.receive(&entry, at(2)).await.unwrap(), Receipt::Known);
    assert_eq!(store.report(&digest).await.unwrap(), Some(b"report".to_vec()));
    assert_eq!(store.head(&pull_of(REPOSITORY, 1)).await.unwrap().unwrap().commit, Some(sha(1)));
    // The worker died with the claim: its lease runs out, and its fence is never given again.
    assert_eq!(claim(&store, 2).await, None);
    let successor = claim(&store, 61).await.unwrap();
    assert!(successor.fence > held.fence);
    assert_eq!((successor.since, successor.attempt), (at(0), 2));
    let done = Finish::Done { wake_at: None };
    assert_eq!(store.finish(&held, done.clone(), at(62)).await.unwrap(), Lease::Lost);
    assert_eq!(store.finish(&successor, done, at(62)).await.unwrap(), Lease::Held);
    store.close().await;
}

#[tokio::test]
async fn a_file_survives_a_restart() {
    let file = File::new();
    survives(&file.url()).await;
}

#[tokio::test]
async fn a_schema_survives_a_restart() {
    let Some(schema) = Schema::new("restart").await else { return };
    survives(&schema.url).await;
    schema.remove().await;
}

/// Several processes are several stores of the same database.
#[tokio::test]
async fn two_stores_share_one_file() {
    let file = File::new();
    let (one, two) =
        (Store::open(&file.url()).await.unwrap(), Store::open(&file.url()).await.unwrap());
    let entry = delivery("guid", REPOSITORY, &[opened(1, 1), Mark::Commit(sha(1))]);
    assert_eq!(one.receive(&entry, at(0)).await.unwrap(), Receipt::Stored { marked: 2 });
    assert_eq!(two.receive(&entry, at(0)).await.unwrap(), Receipt::Known);
    assert!(two.claim("two", LEASE, CAP, at(1)).await.unwrap().is_some());
    assert_eq!(one.claim("one", LEASE, CAP, at(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_database_in_memory_is_shared_by_clones_and_by_nobody_else() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let entry = delivery("guid", REPOSITORY, &[opened(1, 1)]);
    assert_eq!(store.receive(&entry, at(0)).await.unwrap(), Receipt::Stored { marked: 1 });
    assert!(store.clone().has_received("guid").await.unwrap());
    let another = Store::open("sqlite::memory:").await.unwrap();
    assert!(!another.has_received("guid").await.unwrap());
}

#[tokio::test]
async fn a_url_that_cannot_be_used_is_refused_without_being_shown() {
    for url in ["mysql://root:secret@host/gate", "gate.db", ""] {
        let error = Store::open(url).await.unwrap_err();
        assert!(matches!(error, StoreError::Scheme), "{url}");
        assert!(!error.to_string().contains("secret"));
    }
    let error = Store::open("sqlite://gate.db?colour=red").await.unwrap_err();
    assert!(error.to_string().starts_with("DATABASE_URL cannot be used"), "{error}");
    let error = Store::open("sqlite:///no/such/folder/gate.db").await.unwrap_err();
    assert!(error.to_string().starts_with("the database could not open the file"), "{error}");
    let error = Store::open("postgres://gate:secret@127.0.0.1:1/gate").await.unwrap_err();
    assert!(error.to_string().starts_with("the database could not be reached"), "{error}");
    assert!(!error.to_string().contains("secret"));
}
