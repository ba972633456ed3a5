//! Pruning takes what is old, and nothing that an open subject needs.

use gate_app::{
    ids::ArtifactId,
    store::{
        Begin, Finish, KeptRecord, Lease, Mark, Pruned, ReportFile, Retention, Store, Upload,
        UploadReceipt,
    },
};
use gate_core::measure::Digest;
use jiff::SignedDuration;

use crate::support::{REPOSITORY, at, claim, group, on_both, opened, pull, pull_of, receive, sha};

const DAY: i64 = 86_400;

fn upload(digest: &Digest) -> Upload {
    let file = ReportFile { name: "coverage".to_owned(), digest: digest.clone() };
    Upload { file, by: "token".to_owned(), is_trusted: true, at: at(0) }
}

fn record(number: u64, head: u64) -> KeptRecord {
    KeptRecord {
        subject: pull_of(REPOSITORY, number),
        head: sha(head),
        digest: Digest::of(format!("{number} at {head}").as_bytes()),
        json: "{}".to_owned(),
    }
}

on_both! {
    async fn nothing_young_is_pruned(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1), Mark::Closed(pull(1))], 0).await;
        store.keep_report(b"x".to_vec(), at(0)).await.unwrap();
        store.keep_record(&record(1, 1), at(0)).await.unwrap();
        let pruned = store.prune(&Retention::default(), at(DAY)).await.unwrap();
        assert_eq!(pruned, Pruned::default());
    }

    async fn what_an_open_head_needs_is_never_too_old(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1), opened(2, 2), Mark::Closed(pull(2))], 0).await;
        let needed = store.keep_report(b"needed".to_vec(), at(0)).await.unwrap();
        let closed = store.keep_report(b"closed".to_vec(), at(0)).await.unwrap();
        for (head, digest) in [(1, &needed), (2, &closed)] {
            let receipt = store.take_upload(REPOSITORY, &sha(head), &upload(digest)).await.unwrap();
            assert!(matches!(receipt, UploadReceipt::Stored { .. }), "{receipt:?}");
        }
        for _ in 0..2 {
            let claim = claim(&store, 0).await.unwrap();
            let done = Finish::Done { wake_at: None };
            assert_eq!(store.finish(&claim, done, at(0)).await.unwrap(), Lease::Held);
        }
        for record in [record(1, 1), record(1, 9), record(2, 2)] {
            store.keep_record(&record, at(0)).await.unwrap();
        }
        for head in [1, 2] {
            let begun = store.begin_publish(REPOSITORY, &sha(head), 1, at(0)).await.unwrap();
            assert!(matches!(begun, Begin::Granted(_)));
        }
        let pruned = store.prune(&Retention::default(), at(1_000 * DAY)).await.unwrap();
        assert_eq!(
            pruned,
            Pruned { deliveries: 1, reports: 1, records: 2, baselines: 0, subjects: 1 },
        );
        assert_eq!(store.report(&needed).await.unwrap(), Some(b"needed".to_vec()));
        assert_eq!(store.uploads(REPOSITORY, &sha(1)).await.unwrap().len(), 1);
        assert_eq!(store.uploads(REPOSITORY, &sha(2)).await.unwrap(), []);
        assert!(store.record(&record(1, 1).digest).await.unwrap().is_some());
        assert!(store.published(REPOSITORY, &sha(1)).await.unwrap().is_some());
        assert_eq!(store.published(REPOSITORY, &sha(2)).await.unwrap(), None);
        assert!(store.head(&pull_of(REPOSITORY, 1)).await.unwrap().is_some());
        assert_eq!(store.head(&pull_of(REPOSITORY, 2)).await.unwrap(), None);
    }

    async fn a_report_lives_as_long_as_an_artifact_that_has_it(store: Store) {
        let digest = store.keep_report(b"same".to_vec(), at(0)).await.unwrap();
        let files = [ReportFile { name: "a.json".to_owned(), digest: digest.clone() }];
        store.note_artifact(REPOSITORY, ArtifactId(1), &files, at(0)).await.unwrap();
        store.note_artifact(REPOSITORY, ArtifactId(2), &files, at(50 * DAY)).await.unwrap();
        let keep = Retention::default();
        store.prune(&keep, at(100 * DAY)).await.unwrap();
        assert_eq!(store.artifact(REPOSITORY, ArtifactId(1)).await.unwrap(), None);
        assert_eq!(store.artifact(REPOSITORY, ArtifactId(2)).await.unwrap(), Some(files.into()));
        assert_eq!(store.prune(&keep, at(200 * DAY)).await.unwrap().reports, 1);
        assert_eq!(store.report(&digest).await.unwrap(), None);
    }

    async fn the_newest_baselines_stay(store: Store) {
        for commit in 0..60 {
            let kept_at = at(i64::try_from(commit).unwrap());
            store.keep_baseline(REPOSITORY, &sha(commit), "evidence", kept_at).await.unwrap();
        }
        let pruned = store.prune(&Retention::default(), at(1_000 * DAY)).await.unwrap();
        assert_eq!(pruned.baselines, 10);
        assert_eq!(store.first_baseline(REPOSITORY, &[sha(9)]).await.unwrap(), None);
        assert!(store.first_baseline(REPOSITORY, &[sha(10)]).await.unwrap().is_some());
    }

    async fn a_merge_group_does_not_live_for_ever(store: Store) {
        receive(&store, REPOSITORY, &[Mark::Subject(group(1)), opened(1, 2)], 0).await;
        let keep = Retention { subjects: SignedDuration::from_hours(48), ..Retention::default() };
        assert_eq!(store.prune(&keep, at(DAY)).await.unwrap().subjects, 0);
        assert_eq!(store.prune(&keep, at(3 * DAY)).await.unwrap().subjects, 1);
        assert_eq!(claim(&store, 3 * DAY).await.unwrap().subject.key, pull(1));
    }
}
