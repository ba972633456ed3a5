//! Nothing that matters lives only in memory; a database is opened again and again.

use gate_app::store::{Finish, Lease, Mark, Receipt, Store, StoreError};

use tokio::task::JoinSet;

use crate::support::{
    CAP, File, LEASE, REPOSITORY, Schema, at, claim, delivery, opened, pull, pull_of, sha,
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

/// Several processes are several stores of the same database: what one commits, the others see, and
/// none is refused because another writes.
async fn is_shared(url: &str) {
    let stores = [Store::open(url).await.unwrap(), Store::open(url).await.unwrap()];
    let entry = delivery("guid", REPOSITORY, &[opened(1, 1), Mark::Commit(sha(1))]);
    assert_eq!(stores[0].receive(&entry, at(0)).await.unwrap(), Receipt::Stored { marked: 2 });
    assert_eq!(stores[1].receive(&entry, at(0)).await.unwrap(), Receipt::Known);
    let mut processes = JoinSet::new();
    for (process, store) in stores.iter().cycle().take(8).enumerate() {
        let store = store.clone();
        processes.spawn(async move {
            let mut finished = 0;
            for number in 0..25 {
                let marks = [Mark::Subject(pull(number))];
                let entry = delivery(&format!("{process}-{number}"), REPOSITORY, &marks);
                let now = at(10 + 10 * i64::try_from(number).unwrap());
                store.receive(&entry, now).await.unwrap();
                let lease = LEASE * 100;
                if let Some(claim) = store.claim("worker", lease, CAP, now).await.unwrap() {
                    let done = Finish::Done { wake_at: None };
                    assert_eq!(store.finish(&claim, done, now).await.unwrap(), Lease::Held);
                    finished += 1;
                }
            }
            finished
        });
    }
    assert!(processes.join_all().await.into_iter().sum::<u32>() > 25);
    while let Some(claim) = claim(&stores[0], 1_000).await {
        let done = Finish::Done { wake_at: None };
        assert_eq!(stores[1].finish(&claim, done, at(1_000)).await.unwrap(), Lease::Held);
    }
    let queue = stores[1].queue(at(1_000)).await.unwrap();
    assert_eq!((queue.waiting, queue.claimed, queue.open), (0, 0, 25));
    for store in stores {
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_stores_share_one_file() {
    let file = File::new();
    is_shared(&file.url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_stores_share_one_schema() {
    let Some(schema) = Schema::new("shared").await else { return };
    is_shared(&schema.url).await;
    schema.remove().await;
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
