//! What spares GitHub's quota: bursts that are one evaluation, answers with their tags, and when a
//! check may say that it waits.

use gate_app::{
    ids::{InstallationId, PullRequestNumber},
    store::{Begin, Finish, Lease, Mark, Published, Retention, Store, Tagged},
};
use jiff::SignedDuration;

use crate::support::{
    LEASE, OTHER, REPOSITORY, at, claim, on_both, opened, pull, pull_of, receive, sha,
};

const DONE: Finish = Finish::Done { wake_at: None };

on_both! {
    async fn a_burst_is_one_evaluation_at_once_and_one_when_it_is_over(store: Store) {
        let millis = |millis| at(0) + SignedDuration::from_millis(millis);
        let take = async |when| store.claim("worker", LEASE, 9, millis(when)).await;
        let mark = async |when| {
            store.mark(REPOSITORY, &[Mark::PullRequestHead {
                number: PullRequestNumber(1), head: sha(1), base: "main".to_owned(), open: true,
            }], millis(when)).await.unwrap()
        };
        receive(&store, REPOSITORY, &[opened(1, 1)], 0).await;
        let first = take(0).await.unwrap().unwrap();
        mark(20).await;
        assert_eq!(store.finish(&first, DONE, millis(40)).await.unwrap(), Lease::Held);
        // What came meanwhile waits for what may belong to it.
        for when in (50..1_000).step_by(50) {
            mark(when).await;
            assert_eq!(take(when).await.unwrap(), None, "{when} ms: the burst is not over");
        }
        assert_eq!(store.next_due(millis(960)).await.unwrap(), Some(millis(1_250)));
        assert_eq!(take(1_249).await.unwrap(), None);
        let second = take(1_250).await.unwrap().unwrap();
        assert_eq!(second.since, millis(20), "it answers the first event of the burst");
        assert_eq!(store.finish(&second, DONE, millis(1_300)).await.unwrap(), Lease::Held);
        assert_eq!(store.next_due(millis(1_300)).await.unwrap(), None);
        // After some quiet, an event is answered at once.
        mark(4_000).await;
        let third = take(4_000).await.unwrap().unwrap();
        assert_eq!(store.finish(&third, DONE, millis(4_010)).await.unwrap(), Lease::Held);
        // A burst without an end is answered all the same.
        for when in (4_100..14_100).step_by(100) {
            mark(when).await;
            assert_eq!(take(when).await.unwrap(), None, "{when}");
        }
        mark(14_100).await;
        assert!(take(14_100).await.unwrap().is_some());
    }

    async fn an_answer_is_one_installations_own(store: Store) {
        let (ours, theirs) = (InstallationId(1), InstallationId(2));
        let tagged = |tag: &str| Tagged { tag: tag.to_owned(), answer: "version: 1".to_owned() };
        store.keep_answer(ours, "/repos/o/.github", &tagged("\"1\""), at(0)).await.unwrap();
        store.keep_answer(ours, "/repos/o/.github", &tagged("\"2\""), at(1)).await.unwrap();
        assert_eq!(store.answer(ours, "/repos/o/.github").await.unwrap(), Some(tagged("\"2\"")));
        assert_eq!(store.answer(theirs, "/repos/o/.github").await.unwrap(), None);
        store.prune(&Retention::default(), at(100 * 86_400)).await.unwrap();
        assert_eq!(store.answer(ours, "/repos/o/.github").await.unwrap(), None);
    }

    async fn a_repository_has_a_gate_once_a_check_was_published_in_it(store: Store) {
        assert!(!store.has_gate(REPOSITORY).await.unwrap());
        let begun = store.begin_publish(REPOSITORY, &sha(1), 7, at(0)).await.unwrap();
        assert!(matches!(begun, Begin::Granted(_)));
        assert!(!store.has_gate(REPOSITORY).await.unwrap(), "begun is not published");
        let written = Published { check_run: None, is_completed: false, digest: None, sequence: 7, answered: None };
        let noted = store.note_published(REPOSITORY, &sha(1), &written, at(1)).await.unwrap();
        assert_eq!(noted, gate_app::store::Noted::Kept);
        assert!(store.has_gate(REPOSITORY).await.unwrap());
        assert!(!store.has_gate(OTHER).await.unwrap());
    }

    async fn what_only_the_sweep_looks_at_is_told_from_what_an_event_is_about(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1)], 0).await;
        let first = claim(&store, 0).await.unwrap();
        assert!(!store.is_only_swept(&first.subject).await.unwrap());
        assert_eq!(store.finish(&first, DONE, at(1)).await.unwrap(), Lease::Held);
        assert_eq!(store.mark_stale(SignedDuration::from_mins(1), at(100)).await.unwrap(), 1);
        let swept = claim(&store, 100).await.unwrap();
        assert!(store.is_only_swept(&swept.subject).await.unwrap());
        // It waits for the quota; then somebody does something.
        let wait = Finish::Release { at: at(500) };
        assert_eq!(store.finish(&swept, wait, at(101)).await.unwrap(), Lease::Held);
        assert!(store.is_only_swept(&swept.subject).await.unwrap());
        receive(&store, REPOSITORY, &[Mark::Subject(pull(1))], 102).await;
        assert!(!store.is_only_swept(&pull_of(REPOSITORY, 1)).await.unwrap());
    }
}
