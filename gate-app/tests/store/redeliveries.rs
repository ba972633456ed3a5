//! Deliveries that failed: remembered until they arrive or are given up.

use gate_app::store::{FailedDelivery, Redelivery, Retention, Store};

use crate::support::{REPOSITORY, at, claim, on_both, opened, opened_onto, receive, sha};
use gate_app::{
    ids::{InstallationId, PullRequestNumber, SubjectKey},
    store::{Finish, Lease, Mark, Tagged},
};

fn failed(delivery: &str, attempt: u64, refused: bool) -> FailedDelivery {
    FailedDelivery { delivery: delivery.to_owned(), attempt, refused, failed_at: at(0) }
}

on_both! {
    async fn a_failed_delivery_is_due_until_it_is_given_up(store: Store) {
        store.note_failed_delivery(&failed("a", 1, false), at(10)).await.unwrap();
        store.note_failed_delivery(&failed("b", 2, true), at(10)).await.unwrap();
        let of = |failed, asked| Redelivery { failed, asked };
        assert_eq!(store.redeliveries(at(9)).await.unwrap(), []);
        assert_eq!(
            store.redeliveries(at(10)).await.unwrap(),
            [of(failed("a", 1, false), 0), of(failed("b", 2, true), 0)],
        );
        store.note_redelivery("a", Some(at(100))).await.unwrap();
        store.note_redelivery("b", None).await.unwrap();
        assert_eq!(store.redeliveries(at(99)).await.unwrap(), []);
        // It failed again: the newest attempt is the one that is asked for, and the count stays.
        store.note_failed_delivery(&failed("a", 7, true), at(50)).await.unwrap();
        store.note_failed_delivery(&failed("a", 3, false), at(51)).await.unwrap();
        store.note_failed_delivery(&failed("b", 8, true), at(50)).await.unwrap();
        assert_eq!(store.redeliveries(at(100)).await.unwrap(), [of(failed("a", 7, true), 1)]);
        store.forget_redelivery("a").await.unwrap();
        assert_eq!(store.redeliveries(at(1_000)).await.unwrap(), []);
    }

    async fn how_far_deliveries_were_read_only_grows(store: Store) {
        assert_eq!(store.deliveries_read().await.unwrap(), None);
        store.note_deliveries_read(at(50)).await.unwrap();
        store.note_deliveries_read(at(40)).await.unwrap();
        assert_eq!(store.deliveries_read().await.unwrap(), Some(at(50)));
    }

    async fn what_failed_long_ago_is_pruned(store: Store) {
        store.note_failed_delivery(&failed("a", 1, false), at(0)).await.unwrap();
        store.prune(&Retention::default(), at(9 * 86_400)).await.unwrap();
        assert_eq!(store.redeliveries(at(9 * 86_400)).await.unwrap(), []);
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

    async fn a_branch_is_marked_where_an_open_pull_request_goes_to_it(store: Store) {
        let moved = |name: &str| Mark::BranchMoved { name: name.to_owned(), head: sha(9) };
        receive(&store, REPOSITORY, &[opened_onto("release", 1, 1)], 0).await;
        let first = claim(&store, 0).await.unwrap();
        assert_eq!(store.finish(&first, DONE, at(0)).await.unwrap(), Lease::Held);
        assert_eq!(receive(&store, REPOSITORY, &[moved("feature")], 1).await, 0);
        assert_eq!(receive(&store, REPOSITORY, &[moved("release")], 1).await, 1);
        let branch = SubjectKey::Branch { name: "release".to_owned(), head: sha(9) };
        let claimed = claim(&store, 1).await.unwrap();
        assert_eq!(claimed.subject.key, branch);
        assert_eq!(store.finish(&claimed, DONE, at(1)).await.unwrap(), Lease::Held);
        // The pull request goes elsewhere, as a worker saw.
        store.note_head(&first.subject, &sha(1), "main", true).await.unwrap();
        assert_eq!(receive(&store, REPOSITORY, &[moved("release")], 2).await, 0);
        assert_eq!(receive(&store, REPOSITORY, &[moved("main")], 2).await, 1);
        // And once it is closed, nobody is compared with that branch.
        store.note_head(&first.subject, &sha(1), "main", false).await.unwrap();
        assert_eq!(receive(&store, REPOSITORY, &[moved("main")], 3).await, 0);
    }

    async fn who_waits_for_a_baseline_is_marked_until_it_is_here(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1), opened(2, 2), opened(3, 3)], 0).await;
        while let Some(claim) = claim(&store, 0).await {
            assert_eq!(store.finish(&claim, DONE, at(0)).await.unwrap(), Lease::Held);
        }
        for number in [1, 2] {
            let number = PullRequestNumber(number);
            store.wait_for_baseline(REPOSITORY, &sha(9), number, at(1)).await.unwrap();
            store.wait_for_baseline(REPOSITORY, &sha(9), number, at(2)).await.unwrap();
        }
        let settled = async |head, is_here| {
            store.baseline_settled(REPOSITORY, &sha(head), is_here, at(10)).await.unwrap()
        };
        assert_eq!(settled(8, true).await, 0);
        assert_eq!(settled(9, false).await, 2);
        assert_eq!(settled(9, true).await, 2);
        assert_eq!(settled(9, true).await, 0, "they wait no longer");
        assert!(claim(&store, 10).await.is_some() && claim(&store, 10).await.is_some());
        assert_eq!(claim(&store, 10).await, None);
    }

    async fn a_burst_is_one_evaluation_at_once_and_one_when_it_is_over(store: Store) {
        let millis = |millis| at(0) + jiff::SignedDuration::from_millis(millis);
        let take = async |when| store.claim("worker", crate::support::LEASE, 9, millis(when)).await;
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
}

const DONE: Finish = Finish::Done { wake_at: None };
