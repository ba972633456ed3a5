//! Claims, leases, fences, and how a worker leaves a subject.

use gate_app::{
    ids::SubjectKey,
    store::{Claim, Finish, Lease, Mark, Queue, Store},
};
use jiff::SignedDuration;

use crate::support::{
    CAP, LEASE, OTHER, REPOSITORY, at, claim, group, name, on_both, opened, pull, pull_of, receive,
    sha,
};

const DONE: Finish = Finish::Done { wake_at: None };

async fn finish(store: &Store, claim: &Claim, finish: Finish, seconds: i64) {
    assert_eq!(store.finish(claim, finish, at(seconds)).await.unwrap(), Lease::Held);
}

async fn mark(store: &Store, number: u64, seconds: i64) {
    assert_eq!(receive(store, REPOSITORY, &[Mark::Subject(pull(number))], seconds).await, 1);
}

on_both! {
    async fn a_mark_during_a_claim_is_seen_after_it(store: Store) {
        mark(&store, 1, 0).await;
        let first = claim(&store, 1).await.unwrap();
        mark(&store, 1, 2).await;
        assert_eq!(claim(&store, 3).await, None);
        finish(&store, &first, Finish::Done { wake_at: Some(at(500)) }, 4).await;
        let second = claim(&store, 5).await.unwrap();
        assert_eq!((second.since, second.attempt), (at(2), 1));
        assert!(second.fence > first.fence);
        finish(&store, &second, DONE, 6).await;
        assert_eq!(claim(&store, 1_000).await, None);
    }

    async fn a_deadline_wakes_a_subject(store: Store) {
        mark(&store, 1, 0).await;
        let first = claim(&store, 0).await.unwrap();
        finish(&store, &first, Finish::Done { wake_at: Some(at(100)) }, 1).await;
        assert_eq!(claim(&store, 99).await, None);
        let woken = claim(&store, 130).await.unwrap();
        assert_eq!((woken.since, woken.attempt), (at(100), 1));
        finish(&store, &woken, Finish::Done { wake_at: Some(at(1_000)) }, 131).await;
        // An event does not wait for it.
        mark(&store, 1, 140).await;
        assert_eq!(claim(&store, 140).await.unwrap().since, at(140));
    }

    async fn a_lease_that_ran_out_can_be_claimed_and_fences_off_the_late(store: Store) {
        mark(&store, 1, 0).await;
        let late = claim(&store, 0).await.unwrap();
        assert_eq!(claim(&store, 59).await, None);
        let successor = claim(&store, 60).await.unwrap();
        assert_eq!(successor.subject, late.subject);
        assert_eq!((successor.since, successor.attempt), (at(0), 2));
        for end in [DONE, Finish::Retry { at: at(9) }, Finish::Park { why: "late".to_owned() }] {
            assert_eq!(store.finish(&late, end, at(61)).await.unwrap(), Lease::Lost);
        }
        assert_eq!(store.renew(&late, LEASE, at(61)).await.unwrap(), Lease::Lost);
        assert_eq!(store.parked().await.unwrap(), []);
        finish(&store, &successor, DONE, 62).await;
        assert_eq!(store.finish(&successor, DONE, at(63)).await.unwrap(), Lease::Lost);
        assert_eq!(store.renew(&successor, LEASE, at(63)).await.unwrap(), Lease::Lost);
        assert_eq!(claim(&store, 1_000).await, None);
    }

    async fn a_renewed_lease_lasts(store: Store) {
        mark(&store, 1, 0).await;
        let held = claim(&store, 0).await.unwrap();
        assert_eq!(store.renew(&held, LEASE, at(50)).await.unwrap(), Lease::Held);
        assert_eq!(claim(&store, 109).await, None);
        mark(&store, 1, 109).await;
        assert_eq!(claim(&store, 109).await, None);
        assert_eq!(claim(&store, 110).await.unwrap().since, at(0));
    }

    async fn a_retry_waits_and_is_not_hurried(store: Store) {
        mark(&store, 1, 0).await;
        let first = claim(&store, 1).await.unwrap();
        finish(&store, &first, Finish::Retry { at: at(100) }, 2).await;
        mark(&store, 1, 3).await;
        assert_eq!(claim(&store, 99).await, None);
        let second = claim(&store, 100).await.unwrap();
        assert_eq!((second.since, second.attempt), (at(0), 2));
        finish(&store, &second, DONE, 101).await;
        // The mark at 3 was seen by the second attempt.
        assert_eq!(claim(&store, 1_000).await, None);
        mark(&store, 1, 1_000).await;
        assert_eq!(claim(&store, 1_000).await.unwrap().attempt, 1);
    }

    async fn a_release_counts_no_attempt(store: Store) {
        mark(&store, 1, 0).await;
        let first = claim(&store, 1).await.unwrap();
        finish(&store, &first, Finish::Release { at: at(2) }, 2).await;
        let second = claim(&store, 2).await.unwrap();
        assert_eq!((second.since, second.attempt), (at(0), 1));
    }

    async fn what_is_parked_waits_for_a_mark(store: Store) {
        mark(&store, 1, 0).await;
        let first = claim(&store, 1).await.unwrap();
        finish(&store, &first, Finish::Park { why: "no access".to_owned() }, 2).await;
        assert_eq!(store.mark_stale(SignedDuration::from_secs(1_000), at(900)).await.unwrap(), 0);
        assert_eq!(claim(&store, 1_000).await, None);
        let parked = store.parked().await.unwrap();
        assert_eq!(parked.len(), 1);
        assert_eq!(parked[0].subject, pull_of(REPOSITORY, 1));
        assert_eq!(parked[0].repository, name(REPOSITORY));
        assert_eq!((parked[0].why.as_str(), parked[0].since), ("no access", at(2)));
        mark(&store, 1, 1_001).await;
        assert_eq!(store.parked().await.unwrap(), []);
        assert_eq!(claim(&store, 1_002).await.unwrap().attempt, 1);
    }

    async fn a_mark_that_came_before_parking_is_not_lost(store: Store) {
        mark(&store, 1, 0).await;
        let first = claim(&store, 1).await.unwrap();
        mark(&store, 1, 2).await;
        finish(&store, &first, Finish::Park { why: "no access".to_owned() }, 3).await;
        assert_eq!(store.parked().await.unwrap(), []);
        assert_eq!(claim(&store, 4).await.unwrap().since, at(2));
    }

    async fn a_thousand_dirty_subjects_do_not_starve_another_repository(store: Store) {
        let many: Vec<_> = (1..=1_000).map(|number| Mark::Subject(pull(number))).collect();
        assert_eq!(receive(&store, REPOSITORY, &many, 0).await, 1_000);
        for number in 1..=3 {
            receive(&store, OTHER, &[Mark::Subject(pull(number))], 10).await;
        }
        let mut turns = Vec::new();
        for _ in 0..8 {
            turns.push(claim(&store, 20).await.unwrap().subject.repository);
        }
        let (big, small) = (REPOSITORY, OTHER);
        // Whoever was served longest ago is next; at first the big one, which waited longer.
        assert_eq!(turns, [big, small, big, small, big, small, big, big]);
    }

    async fn a_repository_has_only_so_many_claims(store: Store) {
        for number in 1..=5 {
            mark(&store, number, 0).await;
        }
        receive(&store, OTHER, &[Mark::Subject(pull(9))], 1).await;
        let mut claims = Vec::new();
        while let Some(claim) = store.claim("worker", LEASE, 2, at(2)).await.unwrap() {
            claims.push(claim);
        }
        let of = |repository| claims.iter().filter(|c| c.subject.repository == repository).count();
        assert_eq!((of(REPOSITORY), of(OTHER)), (2, 1));
        finish(&store, claims.iter().find(|c| c.subject.repository == REPOSITORY).unwrap(), DONE, 3)
            .await;
        let next = store.claim("worker", LEASE, 2, at(4)).await.unwrap().unwrap();
        assert_eq!(next.subject, pull_of(REPOSITORY, 3));
        assert_eq!(store.claim("worker", LEASE, 2, at(4)).await.unwrap(), None);
        // A lease that ran out is not in flight.
        assert!(store.claim("worker", LEASE, 2, at(100)).await.unwrap().is_some());
    }

    async fn the_sweep_takes_up_every_open_head_that_was_not_judged_lately(store: Store) {
        let branch = SubjectKey::Branch { name: "main".to_owned(), head: sha(9) };
        let marks = [
            opened(1, 1), opened(2, 2), opened(3, 3), Mark::Closed(pull(3)),
            Mark::Subject(group(4)), Mark::Subject(branch), opened(5, 5), opened(6, 6),
        ];
        receive(&store, REPOSITORY, &marks, 0).await;
        while let Some(claim) = claim(&store, 10).await {
            let waits = claim.subject.key == pull(5);
            let end = if waits { Finish::Retry { at: at(9_000) } } else { DONE };
            finish(&store, &claim, end, 10).await;
        }
        mark(&store, 6, 300).await;
        let recent = claim(&store, 300).await.unwrap();
        finish(&store, &recent, DONE, 301).await;
        let period = SignedDuration::from_secs(600);
        assert_eq!(store.mark_stale(period, at(609)).await.unwrap(), 0);
        assert_eq!(store.mark_stale(period, at(610)).await.unwrap(), 3);
        assert_eq!(store.mark_stale(period, at(610)).await.unwrap(), 0);
        // What an event marks goes first.
        mark(&store, 2, 611).await;
        mark(&store, 7, 612).await;
        let mut keys = Vec::new();
        while let Some(claim) = claim(&store, 620).await {
            keys.push(claim.subject.key);
        }
        assert_eq!(keys, [pull(2), pull(7), group(4), pull(1)]);
    }

    async fn the_sweep_gives_what_is_parked_one_more_attempt(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1)], 0).await;
        for attempt in 1..=3 {
            let claim = claim(&store, attempt).await.unwrap();
            assert_eq!(claim.attempt, u64::try_from(attempt).unwrap());
            finish(&store, &claim, Finish::Retry { at: at(attempt) }, attempt).await;
        }
        let why = || Finish::Park { why: "no".to_owned() };
        let given_up = claim(&store, 4).await.unwrap();
        finish(&store, &given_up, why(), 10).await;
        let period = SignedDuration::from_secs(600);
        assert_eq!(store.mark_stale(period, at(609)).await.unwrap(), 0);
        assert_eq!(claim(&store, 609).await, None);
        assert_eq!(store.mark_stale(period, at(610)).await.unwrap(), 1);
        let swept = claim(&store, 610).await.unwrap();
        assert_eq!(swept.attempt, 5);
        finish(&store, &swept, why(), 611).await;
        assert_eq!(store.queue(at(612)).await.unwrap().parked, 1);
        // An event gives it as many as at first, and what is closed is left alone.
        mark(&store, 1, 700).await;
        let marked = claim(&store, 700).await.unwrap();
        assert_eq!(marked.attempt, 1);
        finish(&store, &marked, why(), 701).await;
        receive(&store, REPOSITORY, &[Mark::Closed(pull(1))], 710).await;
        let closed = claim(&store, 710).await.unwrap();
        finish(&store, &closed, why(), 711).await;
        assert_eq!(store.mark_stale(period, at(9_000)).await.unwrap(), 0);
    }

    async fn the_queue_is_counted(store: Store) {
        let empty = Queue { waiting: 0, claimed: 0, later: 0, parked: 0, open: 0, age: None };
        assert_eq!(store.queue(at(0)).await.unwrap(), empty);
        for number in 1..=5 {
            mark(&store, number, i64::try_from(number).unwrap()).await;
        }
        receive(&store, REPOSITORY, &[Mark::Closed(pull(5))], 6).await;
        let claims = [claim(&store, 10).await.unwrap(), claim(&store, 10).await.unwrap(),
            claim(&store, 10).await.unwrap()];
        finish(&store, &claims[0], Finish::Park { why: "no".to_owned() }, 11).await;
        finish(&store, &claims[1], Finish::Retry { at: at(50) }, 11).await;
        let age = Some(SignedDuration::from_secs(8));
        assert_eq!(
            store.queue(at(12)).await.unwrap(),
            Queue { waiting: 2, claimed: 1, later: 1, parked: 1, open: 4, age },
        );
        // The lease of the third ran out at 70, the retry is due.
        let later = store.queue(at(70)).await.unwrap();
        assert_eq!((later.waiting, later.claimed, later.later), (4, 0, 0));
    }

    async fn one_process_begins_a_round(store: Store) {
        let period = SignedDuration::from_mins(10);
        assert!(store.begin_round("sweep", period, at(0)).await.unwrap());
        assert!(!store.begin_round("sweep", period, at(599)).await.unwrap());
        assert!(store.begin_round("deliveries", period, at(599)).await.unwrap());
        assert!(store.begin_round("sweep", period, at(600)).await.unwrap());
        assert!(!store.begin_round("sweep", period, at(600)).await.unwrap());
    }

    async fn every_kind_of_subject_comes_back_as_it_went(store: Store) {
        let keys = [
            pull(u64::from(u32::MAX) + 1),
            group(2),
            SubjectKey::Branch { name: "rel/\"ü\" 1".to_owned(), head: sha(3) },
        ];
        for (seconds, key) in (0..).zip(&keys) {
            receive(&store, REPOSITORY, &[Mark::Subject(key.clone())], seconds).await;
        }
        for key in &keys {
            let claim = store.claim("worker", LEASE, CAP, at(5)).await.unwrap().unwrap();
            assert_eq!(&claim.subject.key, key);
        }
    }
}
