//! Deliveries: durable, once, and marking what they are about.

use gate_app::{
    ids::{PullRequestNumber, RepositoryId, RepositoryName, SubjectKey},
    store::{Finish, Lease, Mark, Receipt, Store},
};

use crate::support::{
    INSTALLATION, OTHER, REPOSITORY, at, claim, delivery, group, name, on_both, opened, pull,
    pull_of, receive, sha,
};

const DONE: Finish = Finish::Done { wake_at: None };

/// The keys of everything that can be claimed now, in the order of the claims.
async fn due(store: &Store, seconds: i64) -> Vec<(RepositoryId, SubjectKey)> {
    let mut due = Vec::new();
    while let Some(claim) = claim(store, seconds).await {
        due.push((claim.subject.repository, claim.subject.key));
    }
    due
}

on_both! {
    async fn a_delivery_is_processed_once(store: Store) {
        let entry = delivery("guid-1", REPOSITORY, &[opened(1, 10)]);
        assert!(!store.has_received("guid-1").await.unwrap());
        assert_eq!(store.receive(&entry, at(0)).await.unwrap(), Receipt::Stored { marked: 1 });
        assert!(store.has_received("guid-1").await.unwrap());
        let first = claim(&store, 1).await.unwrap();
        assert_eq!(store.receive(&entry, at(2)).await.unwrap(), Receipt::Known);
        assert_eq!(store.finish(&first, DONE, at(3)).await.unwrap(), Lease::Held);
        assert_eq!(due(&store, 4).await, []);
    }

    async fn a_burst_about_one_subject_is_one_claim(store: Store) {
        for seconds in 0..50 {
            assert_eq!(receive(&store, REPOSITORY, &[Mark::Subject(pull(1))], seconds).await, 1);
        }
        let claimed = claim(&store, 60).await.unwrap();
        assert_eq!(claimed.subject, pull_of(REPOSITORY, 1));
        assert_eq!(claimed.since, at(0));
        assert_eq!(claimed.repository, name(REPOSITORY));
        assert_eq!(claimed.installation, Some(INSTALLATION));
        assert_eq!(claimed.head, None);
        assert!(claimed.is_open);
        assert_eq!(claim(&store, 60).await, None);
    }

    async fn a_commit_marks_every_open_subject_that_has_it_as_head(store: Store) {
        let branch = SubjectKey::Branch { name: "main".to_owned(), head: sha(10) };
        let marks = [
            opened(1, 10), opened(2, 10), opened(3, 11), opened(4, 10),
            Mark::Closed(pull(4)), Mark::Subject(group(10)), Mark::Subject(branch.clone()),
        ];
        assert_eq!(receive(&store, REPOSITORY, &marks, 0).await, 7);
        assert_eq!(receive(&store, OTHER, &[opened(5, 10)], 0).await, 1);
        while let Some(claim) = claim(&store, 0).await {
            assert_eq!(store.finish(&claim, DONE, at(0)).await.unwrap(), Lease::Held);
        }
        assert_eq!(receive(&store, REPOSITORY, &[Mark::Commit(sha(10))], 1).await, 4);
        let mut marked: Vec<_> = due(&store, 2).await;
        marked.sort_by_key(|(_, key)| format!("{key:?}"));
        let of = |key| (REPOSITORY, key);
        assert_eq!(marked, [of(branch), of(group(10)), of(pull(1)), of(pull(2))]);
        assert_eq!(
            store.pull_requests_with_head(REPOSITORY, &sha(10)).await.unwrap(),
            [PullRequestNumber(1), PullRequestNumber(2)],
        );
    }

    async fn a_commit_that_nobody_knows_marks_nothing(store: Store) {
        assert_eq!(receive(&store, REPOSITORY, &[Mark::Commit(sha(1))], 0).await, 0);
        assert_eq!(due(&store, 1).await, []);
    }

    async fn a_new_head_takes_the_place_of_the_old_one(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 10)], 0).await;
        receive(&store, REPOSITORY, &[opened(1, 11)], 1).await;
        let subject = pull_of(REPOSITORY, 1);
        assert_eq!(store.head(&subject).await.unwrap().unwrap().commit, Some(sha(11)));
        assert_eq!(store.pull_requests_with_head(REPOSITORY, &sha(10)).await.unwrap(), []);
        // An event that tells no head does not forget it; a worker that saw another corrects it.
        receive(&store, REPOSITORY, &[Mark::Subject(pull(1))], 2).await;
        assert_eq!(store.head(&subject).await.unwrap().unwrap().commit, Some(sha(11)));
        store.note_head(&subject, &sha(12), "main", false).await.unwrap();
        let head = store.head(&subject).await.unwrap().unwrap();
        assert_eq!((head.commit, head.is_open), (Some(sha(12)), false));
        // What is gone does not come back by being seen.
        store.note_head(&pull_of(REPOSITORY, 2), &sha(12), "main", true).await.unwrap();
        assert_eq!(store.head(&pull_of(REPOSITORY, 2)).await.unwrap(), None);
    }

    async fn what_concerns_all_goes_behind_what_concerns_one(store: Store) {
        let marks = [opened(1, 1), opened(2, 2), Mark::Subject(group(3))];
        receive(&store, REPOSITORY, &marks, 0).await;
        while let Some(claim) = claim(&store, 0).await {
            assert_eq!(store.finish(&claim, DONE, at(0)).await.unwrap(), Lease::Held);
        }
        assert_eq!(receive(&store, REPOSITORY, &[Mark::EveryOpen], 1).await, 2);
        receive(&store, REPOSITORY, &[Mark::Subject(pull(3))], 2).await;
        receive(&store, REPOSITORY, &[Mark::Subject(pull(2))], 3).await;
        let of = |number| (REPOSITORY, pull(number));
        assert_eq!(due(&store, 4).await, [of(2), of(3), of(1)]);
    }

    async fn a_closed_pull_request_is_looked_at_once_more(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1)], 0).await;
        receive(&store, REPOSITORY, &[Mark::Closed(pull(1))], 1).await;
        let claimed = claim(&store, 2).await.unwrap();
        assert!(!claimed.is_open);
        assert_eq!(claimed.head, Some(sha(1)));
        assert_eq!(store.finish(&claimed, DONE, at(3)).await.unwrap(), Lease::Held);
        let wide = [Mark::Commit(sha(1)), Mark::EveryOpen];
        assert_eq!(receive(&store, REPOSITORY, &wide, 4).await, 0);
        assert_eq!(due(&store, 5).await, []);
    }

    async fn a_removed_repository_takes_its_subjects_along(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1), opened(2, 2)], 0).await;
        receive(&store, OTHER, &[opened(1, 1)], 0).await;
        let held = claim(&store, 1).await.unwrap();
        receive(&store, REPOSITORY, &[Mark::Removed], 2).await;
        receive(&store, OTHER, &[Mark::Removed], 2).await;
        assert_eq!(store.finish(&held, DONE, at(3)).await.unwrap(), Lease::Lost);
        assert_eq!(due(&store, 100).await, []);
        assert_eq!(store.repository(REPOSITORY).await.unwrap(), None);
        // It may come back.
        receive(&store, REPOSITORY, &[opened(2, 2)], 101).await;
        assert_eq!(due(&store, 102).await, [(REPOSITORY, pull(2))]);
    }

    async fn a_removed_installation_takes_its_repositories_along(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1)], 0).await;
        receive(&store, OTHER, &[opened(1, 1)], 0).await;
        let mut foreign = delivery("foreign", RepositoryId(99), &[opened(1, 1)]);
        foreign.installation = Some(gate_app::ids::InstallationId(43));
        store.receive(&foreign, at(0)).await.unwrap();
        let mut gone = delivery("gone", REPOSITORY, &[Mark::Removed]);
        gone.repository = None;
        store.receive(&gone, at(1)).await.unwrap();
        assert_eq!(due(&store, 2).await, [(RepositoryId(99), pull(1))]);
    }

    async fn a_repository_is_found_by_its_present_name(store: Store) {
        receive(&store, REPOSITORY, &[opened(1, 1)], 0).await;
        let new = RepositoryName { owner: "Octo".to_owned(), name: "New".to_owned() };
        receive(&store, REPOSITORY, &[Mark::Renamed(new.clone())], 1).await;
        assert_eq!(store.repository_named(&name(REPOSITORY)).await.unwrap(), None);
        let other_case = RepositoryName { owner: "oCTO".to_owned(), name: "nEW".to_owned() };
        let found = store.repository_named(&other_case).await.unwrap().unwrap();
        assert_eq!((found.id, found.name), (REPOSITORY, new));
        assert_eq!(found.installation, Some(INSTALLATION));
        assert_eq!(claim(&store, 2).await.unwrap().repository.name, "New");
    }

    async fn marks_come_without_webhooks_too(store: Store) {
        let marks = [opened(1, 1), Mark::Commit(sha(1))];
        assert_eq!(store.mark(REPOSITORY, &marks, at(0)).await.unwrap(), 0);
        store.note_repository(REPOSITORY, &name(REPOSITORY), None, at(0)).await.unwrap();
        assert_eq!(store.mark(REPOSITORY, &marks, at(0)).await.unwrap(), 2);
        assert_eq!(claim(&store, 1).await.unwrap().installation, None);
        // What is learned later is added, and not forgotten again.
        let (old, new) = (name(REPOSITORY), name(OTHER));
        store.note_repository(REPOSITORY, &old, Some(INSTALLATION), at(2)).await.unwrap();
        store.note_repository(REPOSITORY, &new, None, at(2)).await.unwrap();
        let known = store.repository(REPOSITORY).await.unwrap().unwrap();
        assert_eq!((known.name, known.installation), (new, Some(INSTALLATION)));
    }
}
