//! Uploads: noted together with the mark that makes a worker look.

use gate_app::store::{Finish, Lease, Mark, ReportFile, Store, Upload, UploadReceipt};
use gate_core::measure::Digest;
use tokio::task::JoinSet;

use crate::support::{
    File, OTHER, REPOSITORY, Schema, at, claim, on_both, opened, pull, receive, sha,
};

fn upload(name: &str, text: &str, seconds: i64) -> Upload {
    Upload {
        file: ReportFile { name: name.to_owned(), digest: Digest::of(text.as_bytes()) },
        by: "run 12".to_owned(),
        is_trusted: true,
        at: at(seconds),
    }
}

async fn take(store: &Store, upload: &Upload) -> UploadReceipt {
    store.take_upload(REPOSITORY, &sha(1), upload).await.unwrap()
}

on_both! {
    async fn an_upload_makes_the_subjects_of_its_commit_dirty(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1), opened(2, 1), opened(3, 3)], 0).await;
        for _ in 0..3 {
            let claim = claim(&store, 0).await.unwrap();
            let done = Finish::Done { wake_at: None };
            assert_eq!(store.finish(&claim, done, at(0)).await.unwrap(), Lease::Held);
        }
        assert_eq!(claim(&store, 1).await, None);
        let first = upload("coverage", "<coverage/>", 3);
        assert_eq!(take(&store, &first).await, UploadReceipt::Stored { marked: 2 });
        let mut due = Vec::new();
        while let Some(claim) = claim(&store, 3).await {
            due.push(claim.subject.key);
        }
        due.sort_by_key(|key| format!("{key:?}"));
        assert_eq!(due, [pull(1), pull(2)]);
    }

    async fn the_same_again_changes_nothing(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1)], 0).await;
        let first = upload("coverage", "<coverage/>", 1);
        assert_eq!(take(&store, &first).await, UploadReceipt::Stored { marked: 1 });
        let again = Upload { by: "run 13".to_owned(), ..upload("coverage", "<coverage/>", 2) };
        assert_eq!(take(&store, &again).await, UploadReceipt::Known);
        assert_eq!(store.uploads(REPOSITORY, &sha(1)).await.unwrap(), [first]);
    }

    async fn the_upload_that_comes_last_counts(store: Store) {
        receive(&store, REPOSITORY, &[], 0).await;
        let (old, new) = (upload("coverage", "old", 2), upload("coverage", "new", 1));
        let bandit = upload("bandit", "{}", 1);
        for upload in [&old, &bandit, &new] {
            assert_eq!(take(&store, upload).await, UploadReceipt::Stored { marked: 0 });
        }
        assert_eq!(store.uploads(REPOSITORY, &sha(1)).await.unwrap(), [bandit, new]);
        assert_eq!(store.uploads(REPOSITORY, &sha(2)).await.unwrap(), []);
        assert_eq!(store.uploads(OTHER, &sha(1)).await.unwrap(), []);
    }

    async fn what_nobody_vouches_for_never_takes_the_place_of_what_is_trusted(store: Store) {
        receive(&store, REPOSITORY, &[], 0).await;
        let stranger = Upload { is_trusted: false, ..upload("coverage", "a fork's", 1) };
        let trusted = upload("coverage", "ours", 2);
        let same = upload("coverage", "a fork's", 2);
        assert_eq!(take(&store, &stranger).await, UploadReceipt::Stored { marked: 0 });
        // The same content, now vouched for, is another upload.
        assert_eq!(take(&store, &same).await, UploadReceipt::Stored { marked: 0 });
        assert_eq!(take(&store, &stranger).await, UploadReceipt::Known);
        assert_eq!(take(&store, &trusted).await, UploadReceipt::Stored { marked: 0 });
        assert_eq!(take(&store, &stranger).await, UploadReceipt::Outranked);
        assert_eq!(store.uploads(REPOSITORY, &sha(1)).await.unwrap(), [trusted]);
    }

    async fn a_commit_has_a_hundred_reports_at_most(store: Store) {
        receive(&store, REPOSITORY, &[], 0).await;
        for number in 0..100 {
            let upload = upload(&format!("report {number}"), "x", 1);
            assert_eq!(take(&store, &upload).await, UploadReceipt::Stored { marked: 0 });
        }
        assert_eq!(take(&store, &upload("one more", "x", 1)).await, UploadReceipt::TooMany);
        let other = upload("report 7", "y", 1);
        assert_eq!(take(&store, &other).await, UploadReceipt::Stored { marked: 0 });
    }

    async fn an_upload_for_a_repository_that_is_gone_is_not_noted(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1), Mark::Removed], 0).await;
        let upload = upload("coverage", "x", 1);
        assert_eq!(take(&store, &upload).await, UploadReceipt::NoRepository);
        assert_eq!(store.uploads(REPOSITORY, &sha(1)).await.unwrap(), []);
    }
}

/// Two processes upload to one commit at the same time: one of each pair is new, none is lost.
async fn is_shared(url: &str) {
    let stores = [Store::open(url).await.unwrap(), Store::open(url).await.unwrap()];
    receive(&stores[0], REPOSITORY, &[opened(1, 1)], 0).await;
    let mut processes = JoinSet::new();
    for store in stores.iter().cycle().take(4) {
        let store = store.clone();
        processes.spawn(async move {
            let mut new = 0;
            for number in 0..20 {
                let upload = upload(&format!("report {number}"), "same", 1);
                new += u32::from(take(&store, &upload).await != UploadReceipt::Known);
            }
            new
        });
    }
    assert_eq!(processes.join_all().await.into_iter().sum::<u32>(), 20);
    for store in stores {
        assert_eq!(store.uploads(REPOSITORY, &sha(1)).await.unwrap().len(), 20);
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_upload_into_one_file() {
    let file = File::new();
    is_shared(&file.url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_upload_into_one_schema() {
    let Some(schema) = Schema::new("uploads").await else { return };
    is_shared(&schema.url).await;
    schema.remove().await;
}
