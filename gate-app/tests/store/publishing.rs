//! Never two truths, never a stale one: who may write, and what is known of what stands at GitHub.

use gate_app::{
    ids::{CheckRunId, CommentId, PullRequestNumber},
    store::{Begin, Comment, Noted, Published, Store},
};
use gate_core::measure::Digest;

use crate::support::{OTHER, REPOSITORY, at, on_both, sha};

fn published(sequence: u64, check_run: u64, text: &str) -> Published {
    Published {
        check_run: Some(CheckRunId(check_run)),
        is_completed: false,
        digest: Some(Digest::of(text.as_bytes())),
        sequence,
    }
}

async fn begin(store: &Store, sequence: u64) -> Begin {
    store.begin_publish(REPOSITORY, &sha(1), sequence, at(0)).await.unwrap()
}

async fn note(store: &Store, published: &Published) -> Noted {
    store.note_published(REPOSITORY, &sha(1), published, at(1)).await.unwrap()
}

async fn stands(store: &Store) -> Published {
    store.published(REPOSITORY, &sha(1)).await.unwrap().unwrap()
}

on_both! {
    async fn what_was_published_is_known(store: Store) {
        assert_eq!(store.published(REPOSITORY, &sha(1)).await.unwrap(), None);
        let nothing =
            Published { check_run: None, is_completed: false, digest: None, sequence: 0 };
        assert_eq!(begin(&store, 5).await, Begin::Granted(nothing.clone()));
        assert_eq!(stands(&store).await, nothing);
        let first = Published { is_completed: true, ..published(5, 77, "red") };
        assert_eq!(note(&store, &first).await, Noted::Kept);
        assert_eq!(stands(&store).await, first);
        assert_eq!(store.published(REPOSITORY, &sha(2)).await.unwrap(), None);
        assert_eq!(store.published(OTHER, &sha(1)).await.unwrap(), None);
    }

    async fn while_a_write_is_under_way_nothing_is_known_to_stand(store: Store) {
        let first = published(5, 77, "red");
        assert!(matches!(begin(&store, 5).await, Begin::Granted(_)));
        assert_eq!(note(&store, &first).await, Noted::Kept);
        let unknown = Published { digest: None, ..first.clone() };
        assert_eq!(begin(&store, 6).await, Begin::Granted(unknown.clone()));
        // The App dies here. Whoever comes next knows the check run, but not what it says.
        assert_eq!(stands(&store).await, unknown);
        assert_eq!(begin(&store, 7).await, Begin::Granted(unknown));
        assert_eq!(note(&store, &published(7, 77, "red")).await, Noted::Kept);
        assert_eq!(stands(&store).await, published(7, 77, "red"));
    }

    async fn an_older_evaluation_does_not_begin(store: Store) {
        assert!(matches!(begin(&store, 6).await, Begin::Granted(_)));
        assert_eq!(begin(&store, 5).await, Begin::Newer);
        assert_eq!(note(&store, &published(6, 77, "green")).await, Noted::Kept);
        assert_eq!(begin(&store, 5).await, Begin::Newer);
        assert_eq!(stands(&store).await, published(6, 77, "green"));
        // The same evaluation may write once more: its first sight of the head, then its verdict.
        assert!(matches!(begin(&store, 6).await, Begin::Granted(_)));
    }

    async fn writes_that_may_have_crossed_leave_nothing_known(store: Store) {
        assert!(matches!(begin(&store, 5).await, Begin::Granted(_)));
        assert!(matches!(begin(&store, 6).await, Begin::Granted(_)));
        assert_eq!(note(&store, &published(6, 78, "green")).await, Noted::Kept);
        assert_eq!(note(&store, &published(5, 77, "red")).await, Noted::Overtaken);
        assert_eq!(stands(&store).await, Published { digest: None, ..published(6, 78, "green") });
    }

    async fn a_pull_request_has_one_comment(store: Store) {
        let number = PullRequestNumber(1);
        assert_eq!(store.comment(REPOSITORY, number).await.unwrap(), None);
        for text in ["first", "second"] {
            let comment = Comment { id: CommentId(9), digest: Digest::of(text.as_bytes()) };
            store.note_comment(REPOSITORY, number, Some(&comment)).await.unwrap();
            assert_eq!(store.comment(REPOSITORY, number).await.unwrap(), Some(comment));
        }
        assert_eq!(store.comment(OTHER, number).await.unwrap(), None);
        store.note_comment(REPOSITORY, number, None).await.unwrap();
        assert_eq!(store.comment(REPOSITORY, number).await.unwrap(), None);
    }
}
