//! Somebody wants everything gathered anew, and an answer even if it is the same: remembered until it
//! was done, whatever happens meanwhile.

use gate_app::{
    ids::{ArtifactId, PullRequestNumber},
    store::{Claim, Finish, Lease, Mark, Store},
};

use crate::support::{File, REPOSITORY, at, claim, group, on_both, opened, pull, receive, sha};

const DONE: Finish = Finish::Done { wake_at: None };

fn again(head: u64, number: Option<u64>) -> Mark {
    Mark::Again { head: sha(head), number: number.map(PullRequestNumber) }
}

async fn finish(store: &Store, claim: &Claim, finish: Finish, seconds: i64) {
    assert_eq!(store.finish(claim, finish, at(seconds)).await.unwrap(), Lease::Held);
}

/// A pull request that was judged, and is asked for at 10.
async fn asked(store: &Store) -> Claim {
    receive(store, REPOSITORY, &[opened(1, 1)], 0).await;
    let first = claim(store, 0).await.unwrap();
    assert_eq!(first.asked, None);
    finish(store, &first, DONE, 1).await;
    assert_eq!(receive(store, REPOSITORY, &[again(1, Some(1))], 10).await, 1);
    let second = claim(store, 11).await.unwrap();
    assert_eq!(second.asked, Some(at(10)));
    second
}

on_both! {
    async fn what_was_asked_is_remembered_until_it_was_done(store: Store) {
        let tried = asked(&store).await;
        finish(&store, &tried, Finish::Retry { at: at(20) }, 12).await;
        let released = claim(&store, 20).await.unwrap();
        assert_eq!(released.asked, Some(at(10)));
        finish(&store, &released, Finish::Release { at: at(30) }, 21).await;
        // The App dies with this one.
        let died = claim(&store, 30).await.unwrap();
        assert_eq!(died.asked, Some(at(10)));
        let done = claim(&store, 1_000).await.unwrap();
        assert_eq!(done.asked, Some(at(10)));
        finish(&store, &done, DONE, 1_001).await;
        receive(&store, REPOSITORY, &[Mark::Subject(pull(1))], 2_000).await;
        assert_eq!(claim(&store, 2_000).await.unwrap().asked, None);
    }

    async fn what_is_asked_while_a_worker_is_at_it_is_done_after_it(store: Store) {
        let first = asked(&store).await;
        receive(&store, REPOSITORY, &[again(1, None)], 12).await;
        finish(&store, &first, DONE, 13).await;
        let second = claim(&store, 14).await.unwrap();
        assert_eq!(second.asked, Some(at(12)));
        finish(&store, &second, Finish::Park { why: "no".to_owned() }, 15).await;
        receive(&store, REPOSITORY, &[Mark::Subject(pull(1))], 20).await;
        assert_eq!(claim(&store, 20).await.unwrap().asked, None, "its check has told of it");
    }

    async fn everybody_with_that_head_is_asked(store: Store) {
        let closed = Mark::Closed(pull(4));
        let marks = [opened(1, 1), opened(2, 1), opened(3, 3), opened(4, 1), closed];
        receive(&store, REPOSITORY, &marks, 0).await;
        receive(&store, REPOSITORY, &[Mark::Subject(group(1))], 0).await;
        while let Some(claim) = claim(&store, 0).await {
            finish(&store, &claim, DONE, 0).await;
        }
        assert_eq!(receive(&store, REPOSITORY, &[again(1, Some(3))], 10).await, 3);
        let mut keys = Vec::new();
        while let Some(claim) = claim(&store, 10).await {
            assert_eq!(claim.asked, Some(at(10)));
            keys.push(format!("{:?}", claim.subject.key));
        }
        keys.sort();
        let of = |key| format!("{key:?}");
        assert_eq!(keys, [of(group(1)), of(pull(1)), of(pull(2))]);
    }

    async fn a_commit_that_nobody_knows_is_asked_for_by_its_pull_request(store: Store) {
        receive(&store, REPOSITORY, &[], 0).await;
        assert_eq!(receive(&store, REPOSITORY, &[again(1, None)], 0).await, 0);
        assert_eq!(receive(&store, REPOSITORY, &[again(1, Some(7))], 1).await, 1);
        let claim = claim(&store, 1).await.unwrap();
        assert_eq!((claim.subject.key, claim.asked, claim.head), (pull(7), Some(at(1)), None));
    }

    async fn what_is_known_from_before_is_not_new(store: Store) {
        store.keep_fact(REPOSITORY, "run:1", "[]", at(5)).await.unwrap();
        store.note_artifact(REPOSITORY, ArtifactId(3), &[], at(5)).await.unwrap();
        for (since, is_new) in [(4, true), (5, true), (6, false)] {
            let fact = store.fact_since(REPOSITORY, "run:1", at(since)).await.unwrap();
            assert_eq!(fact.is_some(), is_new);
            let read = store.has_read_since(REPOSITORY, ArtifactId(3), at(since)).await.unwrap();
            assert_eq!(read, is_new);
        }
        assert_eq!(store.fact_since(REPOSITORY, "run:2", at(0)).await.unwrap(), None);
        assert!(!store.has_read_since(REPOSITORY, ArtifactId(4), at(0)).await.unwrap());
    }

    async fn a_pull_request_marks_its_own_groups(store: Store) {
        receive(&store, REPOSITORY, &[opened(7, 1), Mark::Subject(group(2))], 0).await;
        while let Some(claim) = claim(&store, 0).await {
            finish(&store, &claim, DONE, 0).await;
        }
        let of = |number| Mark::GroupsOf(PullRequestNumber(number));
        assert_eq!(store.mark(REPOSITORY, &[of(70), of(17), of(2)], at(9)).await.unwrap(), 0);
        assert_eq!(store.mark(REPOSITORY, &[of(7)], at(9)).await.unwrap(), 1);
        assert_eq!(claim(&store, 9).await.unwrap().subject.key, group(2));
        assert_eq!(claim(&store, 9).await, None);
    }
}

#[tokio::test]
async fn a_restart_does_not_forget_what_was_asked() {
    let file = File::new();
    let store = Store::open(&file.url()).await.unwrap();
    receive(&store, REPOSITORY, &[opened(1, 1), again(1, None)], 3).await;
    store.close().await;
    let store = Store::open(&file.url()).await.unwrap();
    assert_eq!(claim(&store, 4).await.unwrap().asked, Some(at(3)));
}
