//! Many at once: nothing twice, nothing lost, nobody in a deadlock.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
};

use gate_app::{
    ids::RepositoryId,
    store::{Begin, Finish, Lease, Mark, Noted, Published, Receipt, Store},
};
use gate_core::measure::Digest;
use tokio::task::{JoinSet, yield_now};

use crate::support::{
    CAP, LEASE, REPOSITORY, at, delivery, group, on_both, opened, pull, receive, sha,
};

const WORKERS: usize = 8;

on_both! {
    async fn eight_workers_claim_each_of_400_subjects_once(store: Store) {
        for repository in 0..8 {
            let marks: Vec<_> = (0..50).map(|number| Mark::Subject(pull(number))).collect();
            receive(&store, RepositoryId(repository), &marks, 0).await;
        }
        let claimed = Arc::new(AtomicUsize::new(0));
        let mut workers = JoinSet::new();
        for worker in 0..WORKERS {
            let (store, claimed) = (store.clone(), Arc::clone(&claimed));
            workers.spawn(async move {
                let mut claims = Vec::new();
                // A worker may find nothing while others are just claiming; it asks again.
                while claimed.load(Ordering::SeqCst) < 400 {
                    match store.claim(&format!("w{worker}"), LEASE, CAP, at(1)).await.unwrap() {
                        Some(claim) => {
                            claimed.fetch_add(1, Ordering::SeqCst);
                            claims.push(claim);
                        }
                        None => yield_now().await,
                    }
                }
                claims
            });
        }
        let claims: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
        let subjects: BTreeSet<_> = claims.iter().map(|claim| claim.subject.to_string()).collect();
        let fences: BTreeSet<_> = claims.iter().map(|claim| claim.fence).collect();
        assert_eq!((claims.len(), subjects.len(), fences.len()), (400, 400, 400));
        assert_eq!(store.claim("late", LEASE, CAP, at(1)).await.unwrap(), None);
        for claim in &claims {
            let done = Finish::Done { wake_at: None };
            assert_eq!(store.finish(claim, done, at(2)).await.unwrap(), Lease::Held);
        }
        let queue = store.queue(at(3)).await.unwrap();
        assert_eq!((queue.waiting, queue.claimed, queue.later), (0, 0, 0));
    }

    async fn the_cap_holds_under_contention(store: Store) {
        let marks: Vec<_> = (0..100).map(|number| Mark::Subject(pull(number))).collect();
        receive(&store, REPOSITORY, &marks, 0).await;
        let mut workers = JoinSet::new();
        for _ in 0..WORKERS {
            let store = store.clone();
            workers.spawn(async move {
                let mut claims = 0;
                for _ in 0..10 {
                    claims += usize::from(
                        store.claim("worker", LEASE, 5, at(1)).await.unwrap().is_some(),
                    );
                }
                claims
            });
        }
        assert_eq!(workers.join_all().await.into_iter().sum::<usize>(), 5);
    }

    async fn eight_writers_lose_no_delivery(store: Store) {
        let mut writers = JoinSet::new();
        for writer in 0..WORKERS {
            let store = store.clone();
            writers.spawn(async move {
                for number in 0..25 {
                    let id = format!("{writer}-{number}");
                    let entry = delivery(&id, REPOSITORY, &[Mark::Subject(pull(number))]);
                    let receipt = store.receive(&entry, at(0)).await.unwrap();
                    assert_eq!(receipt, Receipt::Stored { marked: 1 });
                }
            });
        }
        writers.join_all().await;
        for writer in 0..WORKERS {
            for number in 0..25 {
                assert!(store.has_received(&format!("{writer}-{number}")).await.unwrap());
            }
        }
        assert_eq!(store.queue(at(1)).await.unwrap().waiting, 25);
    }

    async fn of_one_delivery_that_comes_eight_times_one_is_stored(store: Store) {
        let mut writers = JoinSet::new();
        for _ in 0..WORKERS {
            let store = store.clone();
            writers.spawn(async move {
                let entry = delivery("same", REPOSITORY, &[opened(1, 1)]);
                store.receive(&entry, at(0)).await.unwrap()
            });
        }
        let receipts = writers.join_all().await;
        let stored = receipts.iter().filter(|receipt| matches!(receipt, Receipt::Stored { .. }));
        assert_eq!((receipts.len(), stored.count()), (8, 1));
    }

    /// Where deliveries are made durable together, each has its own receipt all the same.
    async fn a_crowd_of_deliveries_is_stored_each_once_and_with_its_marks(store: Store) {
        let mut senders = JoinSet::new();
        for turn in 0..400_u64 {
            let store = store.clone();
            senders.spawn(async move {
                // Every delivery comes twice, and each is about one of 50 pull requests.
                let (id, number) = (turn / 2, turn / 2 % 50);
                let marks = [opened(number, number), Mark::Commit(sha(number))];
                let repository = RepositoryId(number % 5);
                let entry = delivery(&format!("crowd-{id}"), repository, &marks);
                store.receive(&entry, at(i64::try_from(turn).unwrap())).await.unwrap()
            });
        }
        let receipts = senders.join_all().await;
        let stored = receipts.iter().filter(|one| **one == Receipt::Stored { marked: 2 }).count();
        let known = receipts.iter().filter(|one| **one == Receipt::Known).count();
        assert_eq!((stored, known), (200, 200));
        for id in 0..200 {
            assert!(store.has_received(&format!("crowd-{id}")).await.unwrap(), "crowd-{id}");
        }
        let queue = store.queue(at(500)).await.unwrap();
        assert_eq!((queue.waiting, queue.open), (50, 50));
    }

    /// Everything that writes to subjects, at the same subjects, at once: wide marks, narrow marks,
    /// many marks in one delivery, the sweep, claims and their ends, a repository that goes.
    async fn nothing_waits_in_a_circle(store: Store) {
        let all: Vec<_> = (0..20).map(|number| opened(number, number % 3)).collect();
        receive(&store, REPOSITORY, &all, 0).await;
        let backwards: Vec<_> = all.iter().rev().cloned().collect();
        let kinds: [Vec<Mark>; 6] = [
            all, backwards, vec![Mark::EveryOpen], vec![Mark::Commit(sha(1))],
            vec![Mark::Subject(pull(3))], vec![Mark::Subject(group(1)), Mark::Commit(sha(2))],
        ];
        let mut writers = JoinSet::new();
        for (writer, marks) in kinds.into_iter().enumerate() {
            let store = store.clone();
            writers.spawn(async move {
                for number in 0..20 {
                    let entry = delivery(&format!("{writer}-{number}"), REPOSITORY, &marks);
                    store.receive(&entry, at(number)).await.unwrap();
                }
            });
        }
        for worker in 0..4 {
            let store = store.clone();
            writers.spawn(async move {
                for number in 0..40 {
                    let now = at(number);
                    let claim = store.claim("worker", LEASE, CAP, now).await.unwrap();
                    if let Some(claim) = claim {
                        let done = Finish::Done { wake_at: None };
                        assert_eq!(store.finish(&claim, done, now).await.unwrap(), Lease::Held);
                    }
                    if worker == 0 {
                        store.mark_stale(jiff::SignedDuration::ZERO, now).await.unwrap();
                    }
                }
            });
        }
        writers.join_all().await;
        while let Some(claim) = store.claim("worker", LEASE, CAP, at(100)).await.unwrap() {
            let done = Finish::Done { wake_at: None };
            assert_eq!(store.finish(&claim, done, at(100)).await.unwrap(), Lease::Held);
        }
        let queue = store.queue(at(1_000)).await.unwrap();
        assert_eq!((queue.waiting, queue.claimed, queue.open), (0, 0, 21));
    }

    /// The sweep takes rows in an order of its own, and must not wait for them.
    async fn the_sweep_waits_for_nobody(store: Store) {
        let marks: Vec<_> = (0..100).rev().map(|number| opened(number, number)).collect();
        // Further apart than the events of a burst.
        for round in (0..200).step_by(10) {
            let mut writers = JoinSet::new();
            for writer in 0..2 {
                let (inbox, marks) = (store.clone(), marks.clone());
                writers.spawn(async move {
                    let entry = delivery(&format!("{round}-{writer}"), REPOSITORY, &marks);
                    inbox.receive(&entry, at(round)).await.unwrap();
                });
                let sweep = store.clone();
                writers.spawn(async move {
                    for _ in 0..5 {
                        sweep.mark_stale(jiff::SignedDuration::ZERO, at(round)).await.unwrap();
                        yield_now().await;
                    }
                });
            }
            writers.join_all().await;
            while let Some(claim) = store.claim("worker", LEASE, CAP, at(round)).await.unwrap() {
                let done = Finish::Done { wake_at: Some(at(1_000)) };
                assert_eq!(store.finish(&claim, done, at(round)).await.unwrap(), Lease::Held);
            }
        }
        assert_eq!(store.queue(at(200)).await.unwrap().later, 100);
    }

    /// Whatever the workers do, at most one is between a claim and its end.
    async fn a_subject_is_in_one_hand_at_a_time(store: Store) {
        receive(&store, REPOSITORY, &[Mark::Subject(pull(1))], 0).await;
        let in_hand = Arc::new(AtomicUsize::new(0));
        // Time goes on with every event, by more than a burst is waited for.
        let clock = Arc::new(AtomicI64::new(0));
        let mut workers = JoinSet::new();
        for _ in 0..WORKERS {
            let (store, in_hand, clock) = (store.clone(), Arc::clone(&in_hand), Arc::clone(&clock));
            workers.spawn(async move {
                let mut evaluations = 0;
                for _ in 0..25 {
                    let now = at(clock.load(Ordering::SeqCst));
                    let lease = LEASE * 100;
                    if let Some(claim) = store.claim("worker", lease, CAP, now).await.unwrap() {
                        assert_eq!(in_hand.fetch_add(1, Ordering::SeqCst), 0);
                        yield_now().await;
                        in_hand.fetch_sub(1, Ordering::SeqCst);
                        let done = Finish::Done { wake_at: None };
                        assert_eq!(store.finish(&claim, done, now).await.unwrap(), Lease::Held);
                        evaluations += 1;
                    }
                    let now = at(clock.fetch_add(1, Ordering::SeqCst));
                    store.mark(REPOSITORY, &[Mark::Subject(pull(1))], now).await.unwrap();
                }
                evaluations
            });
        }
        assert!(workers.join_all().await.into_iter().sum::<usize>() >= 25);
        assert!(store.claim("worker", LEASE, CAP, at(1_000)).await.unwrap().is_some());
    }

    /// Each writer holds a claim of its own. No two write at once, and the newest stands.
    async fn the_newest_evaluation_stands(store: Store) {
        let mut writers = JoinSet::new();
        let writing = Arc::new(AtomicUsize::new(0));
        let marks: Vec<_> = (1..=40).map(|number| opened(number, 1)).collect();
        receive(&store, REPOSITORY, &marks, 0).await;
        let mut newest = 0;
        while let Some(claim) = store.claim("worker", LEASE, CAP, at(0)).await.unwrap() {
            let sequence = claim.fence;
            newest = newest.max(sequence);
            let (store, writing) = (store.clone(), Arc::clone(&writing));
            writers.spawn(async move {
                loop {
                    let begun = store.begin_publish(REPOSITORY, &sha(1), sequence, at(0)).await;
                    match begun.unwrap() {
                        Begin::Granted(_) => break,
                        Begin::Newer => return (sequence, None),
                        Begin::Busy { .. } => yield_now().await,
                    }
                }
                assert_eq!(writing.fetch_add(1, Ordering::SeqCst), 0, "two write at once");
                yield_now().await;
                let digest = Some(Digest::of(&sequence.to_le_bytes()));
                let answered = None;
                let written =
                    Published { check_run: None, is_completed: true, digest, sequence, answered };
                writing.fetch_sub(1, Ordering::SeqCst);
                let noted = store.note_published(REPOSITORY, &sha(1), &written, at(0)).await;
                (sequence, Some(noted.unwrap()))
            });
        }
        let outcomes: BTreeMap<_, _> = writers.join_all().await.into_iter().collect();
        assert_eq!(outcomes.get(&newest), Some(&Some(Noted::Kept)));
        let stands = store.published(REPOSITORY, &sha(1)).await.unwrap().unwrap();
        assert_eq!(stands.sequence, newest);
        assert_eq!(stands.digest, Some(Digest::of(&newest.to_le_bytes())));
    }
}
