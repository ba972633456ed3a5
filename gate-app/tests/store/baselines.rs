//! Base branches, and who waits for the evidence of a commit.

use gate_app::{
    ids::{PullRequestNumber, SubjectKey},
    store::{Finish, Lease, Mark, Store},
};

use crate::support::{REPOSITORY, at, claim, on_both, opened, opened_onto, receive, sha};

const DONE: Finish = Finish::Done { wake_at: None };

on_both! {
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
}
