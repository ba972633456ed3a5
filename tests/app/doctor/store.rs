//! The database, and what lies in it undone.

use gate_app::{
    ids::{CommitSha, InstallationId, PullRequestNumber, RepositoryId, RepositoryName},
    store::{Finish, InboxEntry, Lease, Mark, Store},
};
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Runtime;

use super::{APP, doctor_with, end, sound};

#[test]
fn the_database_is_not_there_or_cannot_be_used() {
    let (github, app) = sound();
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let told = doctor_with(&github, &app, &[("DATABASE_URL", &at("new.db"))], &[]);
    told.notice(APP, "database", &["is not there yet", "another folder"]);
    assert!(!folder.path().join("new.db").exists(), "the doctor makes nothing");

    std::fs::write(folder.path().join("empty.db"), b"").expect("a file");
    let told = doctor_with(&github, &app, &[("DATABASE_URL", &at("empty.db"))], &[]);
    told.notice(APP, "database", &["brings them up to date"]);

    std::fs::write(folder.path().join("text.db"), "no database ".repeat(100)).expect("a file");
    let told = doctor_with(&github, &app, &[("DATABASE_URL", &at("text.db"))], &[]);
    told.wrong(APP, "database", &["file is not a database", "check DATABASE_URL"]);

    let nowhere = "postgres://gate:hunter2@127.0.0.1:1/gate";
    let told = doctor_with(&github, &app, &[("DATABASE_URL", nowhere)], &[]);
    told.wrong(APP, "database", &["could not be reached"]);
    assert!(!told.text.contains("hunter2"), "{}", told.text);
    end(github, app);
}

#[test]
fn work_waits_and_nobody_does_it() {
    let (github, app) = sound();
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite://{}", folder.path().join("gate.db").display());
    Runtime::new().expect("a runtime").block_on(async {
        let an_hour_ago = Timestamp::now() - SignedDuration::from_hours(1);
        dirty(&database, an_hour_ago).await.close().await;
    });
    let told = doctor_with(&github, &app, &[("DATABASE_URL", &database)], &[]);
    told.wrong(APP, "queue", &["1 subjects wait", "is `gate-app serve` running?"]);
    end(github, app);
}

#[test]
fn what_could_not_be_judged_is_named() {
    let (github, app) = sound();
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite://{}", folder.path().join("gate.db").display());
    Runtime::new().expect("a runtime").block_on(async {
        let then = Timestamp::now() - SignedDuration::from_mins(1);
        let store = dirty(&database, then).await;
        let now = Timestamp::now();
        let claim = store.claim("w", SignedDuration::from_mins(1), 2, now).await.expect("a store");
        let park = Finish::Park { why: "GitHub declined with 422".to_owned() };
        let kept = store.finish(&claim.expect("a claim"), park, now).await.expect("a store");
        assert_eq!(kept, Lease::Held);
        store.close().await;
    });
    let told = doctor_with(&github, &app, &[("DATABASE_URL", &database)], &[]);
    told.notice(APP, "queue", &["acme/shop", "#12 is parked: GitHub declined with 422"]);
    end(github, app);
}
/// A store with one pull request that became dirty at this time.
async fn dirty(database: &str, at: Timestamp) -> Store {
    let store = Store::open(database).await.expect("a database");
    let head: CommitSha = "6dcb09b5b57875f334f61aebed695e2e4193db5e".parse().expect("a commit");
    let entry = InboxEntry {
        delivery: "1".to_owned(),
        event: "pull_request".to_owned(),
        action: Some("opened".to_owned()),
        installation: Some(InstallationId(7)),
        repository: Some((
            RepositoryId(9),
            RepositoryName { owner: "acme".to_owned(), name: "shop".to_owned() },
        )),
        marks: vec![Mark::PullRequestHead {
            number: PullRequestNumber(12),
            head,
            base: "main".to_owned(),
            open: true,
        }],
    };
    store.receive(&entry, at).await.expect("it is stored");
    store
}
