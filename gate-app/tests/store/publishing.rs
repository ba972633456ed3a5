//! Never two truths, never a stale one: who may write, and what is known of what stands at GitHub.

use gate_app::{
    ids::{CheckRunId, CommentId, PullRequestNumber},
    store::{Begin, Comment, Finish, Lease, Mark, Noted, Published, Store},
};
use gate_core::measure::Digest;

use crate::support::{OTHER, REPOSITORY, at, claim, on_both, opened, pull_of, receive, sha};

fn published(sequence: u64, check_run: u64, text: &str) -> Published {
    Published {
        check_run: Some(CheckRunId(check_run)),
        is_completed: false,
        digest: Some(Digest::of(text.as_bytes())),
        sequence,
        answered: None,
    }
}

async fn begin(store: &Store, sequence: u64) -> Begin {
    begin_at(store, sequence, 0).await
}

async fn begin_at(store: &Store, sequence: u64, seconds: i64) -> Begin {
    store.begin_publish(REPOSITORY, &sha(1), sequence, at(seconds)).await.unwrap()
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
            Published { check_run: None, is_completed: false, digest: None, sequence: 0, answered: None };
        assert_eq!(begin(&store, 5).await, Begin::Granted(nothing.clone()));
        assert_eq!(stands(&store).await, nothing);
        let asked = Some(at(3));
        let first = Published { is_completed: true, answered: asked, ..published(5, 77, "red") };
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

    async fn two_that_share_a_head_do_not_write_at_once(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1), opened(2, 1)], 0).await;
        let (one, two) = (claim(&store, 0).await.unwrap(), claim(&store, 0).await.unwrap());
        assert!(matches!(begin(&store, one.fence).await, Begin::Granted(_)));
        assert_eq!(begin_at(&store, two.fence, 59).await, Begin::Busy { since: at(0) });
        assert_eq!(begin_at(&store, one.fence, 59).await, begin(&store, one.fence).await);
        // Once it is written, or its worker has given the subject back, or has died.
        let written = published(one.fence, 77, "red");
        assert_eq!(note(&store, &written).await, Noted::Kept);
        assert!(matches!(begin(&store, two.fence).await, Begin::Granted(_)));
        let three = { let end = Finish::Retry { at: at(1) };
            assert_eq!(store.finish(&one, end, at(1)).await.unwrap(), Lease::Held);
            claim(&store, 1).await.unwrap() };
        assert_eq!(begin_at(&store, three.fence, 2).await, Begin::Busy { since: at(0) });
        let end = Finish::Retry { at: at(90) };
        assert_eq!(store.finish(&two, end, at(2)).await.unwrap(), Lease::Held);
        assert!(matches!(begin_at(&store, three.fence, 2).await, Begin::Granted(_)));
        let four = claim(&store, 90).await.unwrap();
        assert!(matches!(begin_at(&store, four.fence, 90).await, Begin::Granted(_)));
    }

    async fn writes_that_may_have_crossed_leave_nothing_known(store: Store) {
        assert!(matches!(begin(&store, 5).await, Begin::Granted(_)));
        assert!(matches!(begin(&store, 6).await, Begin::Granted(_)));
        assert_eq!(note(&store, &published(6, 78, "green")).await, Noted::Kept);
        assert_eq!(note(&store, &published(5, 77, "red")).await, Noted::Overtaken);
        assert_eq!(stands(&store).await, Published { digest: None, ..published(6, 78, "green") });
    }

    async fn a_head_that_an_event_has_replaced_is_no_head(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 10)], 0).await;
        let one = claim(&store, 0).await.unwrap();
        // What was claimed, and what a snapshot showed though no event has told of it yet.
        for seen in [10, 11] {
            assert!(store.is_head(&one, &sha(seen)).await.unwrap());
        }
        receive(&store, REPOSITORY, &[opened(1, 12)], 1).await;
        assert!(!store.is_head(&one, &sha(10)).await.unwrap());
        assert!(!store.is_head(&one, &sha(11)).await.unwrap());
        assert!(store.is_head(&one, &sha(12)).await.unwrap());
        receive(&store, REPOSITORY, &[Mark::Removed], 2).await;
        assert!(!store.is_head(&one, &sha(12)).await.unwrap());
        assert_eq!(store.head(&pull_of(REPOSITORY, 1)).await.unwrap(), None);
    }

    async fn a_pull_request_has_one_comment(store: Store) {
        let number = PullRequestNumber(1);
        let place = (REPOSITORY, number);
        let (first, second) = (Digest::of(b"first"), Digest::of(b"second"));
        assert_eq!(store.comment(REPOSITORY, number).await.unwrap(), None);
        // Before it is made nobody knows of it, and who comes next knows that there may be one.
        assert!(store.begin_comment(REPOSITORY, number, 5).await.unwrap());
        let comment = store.comment(REPOSITORY, number).await.unwrap().unwrap();
        assert_eq!(comment, Comment::default());
        let said = (Some(CommentId(9)), Some(&first));
        assert_eq!(store.note_comment(place, 5, said).await.unwrap(), Noted::Kept);
        let comment = store.comment(REPOSITORY, number).await.unwrap().unwrap();
        let settled = Comment { id: Some(CommentId(9)), digest: Some(first.clone()), is_settled: true };
        assert_eq!(comment, settled);
        assert_eq!(store.comment(OTHER, number).await.unwrap(), None);
        // While it is rewritten its id is known, and what it says is not.
        assert!(store.begin_comment(REPOSITORY, number, 7).await.unwrap());
        let comment = store.comment(REPOSITORY, number).await.unwrap().unwrap();
        assert_eq!((comment.id, comment.is_settled), (Some(CommentId(9)), false));
        // An older evaluation has no word any more, before its write and after it.
        assert!(!store.begin_comment(REPOSITORY, number, 6).await.unwrap());
        let late = (Some(CommentId(9)), Some(&first));
        assert_eq!(store.note_comment(place, 5, late).await.unwrap(), Noted::Overtaken);
        let said = (Some(CommentId(9)), Some(&second));
        assert_eq!(store.note_comment(place, 7, said).await.unwrap(), Noted::Kept);
        let comment = store.comment(REPOSITORY, number).await.unwrap().unwrap();
        assert_eq!((comment.digest, comment.is_settled), (Some(second), true));
        // It is gone, and that is known.
        assert!(store.begin_comment(REPOSITORY, number, 8).await.unwrap());
        assert_eq!(store.note_comment(place, 8, (None, None)).await.unwrap(), Noted::Kept);
        let comment = store.comment(REPOSITORY, number).await.unwrap().unwrap();
        assert_eq!(comment, Comment { is_settled: true, ..Comment::default() });
    }
}
