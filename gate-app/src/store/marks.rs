//! Marks: hints that something about a subject changed. A mark says no more than "look again"; what
//! there is to see, a worker reads from GitHub.

use jiff::Timestamp;

use crate::ids::{CommitSha, PullRequestNumber, RepositoryId, RepositoryName, SubjectKey};

use super::{
    Store, StoreError,
    convert::{head, key_text, kind, number},
    db::{Sql, Tx, args},
    repositories::lock,
};

/// What a webhook, a sweep or the upload door says about a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// Something about this subject changed.
    Subject(SubjectKey),
    /// A pull request has this head now, and something about it changed.
    PullRequestHead {
        /// Its number.
        number: PullRequestNumber,
        /// Its head.
        head: CommitSha,
        /// The branch it goes to.
        base: String,
        /// Whether it is open.
        open: bool,
    },
    /// Something about a commit changed: marks every open subject with this head (pull requests,
    /// merge groups, branches). A commit that nobody knows marks nothing.
    Commit(CommitSha),
    /// A branch points to this commit now: of consequence where an open pull request goes to that
    /// branch, since its evidence is what later ones are compared with.
    BranchMoved {
        /// The branch, without `refs/heads/`.
        name: String,
        /// The commit.
        head: CommitSha,
    },
    /// Somebody wants everything about a commit gathered anew, and an answer even if it is the same:
    /// as [`Mark::Commit`], and remembered until it was done. Where nobody has that head, the pull
    /// request that the commit's check was about is meant.
    Again {
        /// The commit.
        head: CommitSha,
        /// The pull request, as far as is known.
        number: Option<PullRequestNumber>,
    },
    /// Something about a pull request changed that its merge groups are judged by too.
    GroupsOf(PullRequestNumber),
    /// Something that concerns every open pull request changed, for example the policy.
    EveryOpen,
    /// Something that concerns every open pull request to this branch changed: its policy.
    EveryOpenTo(String),
    /// The subject is over. It is marked all the same, because the event may be an old one and the
    /// pull request open again; a worker that sees it closed is done.
    Closed(SubjectKey),
    /// The repository is gone for the App (deleted, transferred, uninstalled): so is all that was
    /// to be judged in it. Without a repository: every repository of the installation.
    Removed,
    /// The repository is called so now.
    Renamed(RepositoryName),
}

/// How soon a dirty subject is taken: smaller is sooner, at equal priority the longest waiting.
/// What a person waits for goes before what a repository-wide change set off, and that before the
/// sweep, which nobody waits for.
pub(super) const BY_EVENT: i64 = 0;
pub(super) const BY_REPOSITORY: i64 = 1;
pub(super) const BY_SWEEP: i64 = 2;

/// What a mark does to a subject that exists. `$now` and `$priority` are numbered by the statement.
///
/// While a worker is at it, only `dirty_since` changes, which makes it due again when the worker
/// finishes. A retry that waits is not hurried by events. What was parked gets another chance.
///
/// What was judged within the last two seconds is in a burst, as when thirty jobs end at once: it is
/// due when nothing has come for 300 milliseconds, half a second after it was judged at the earliest,
/// and 10 seconds after the first event at the latest.
macro_rules! marked {
    ($now:literal, $priority:literal) => {
        concat!(
            " priority = CASE WHEN subjects.dirty_since IS NOT NULL AND subjects.priority < ",
            $priority,
            " THEN subjects.priority ELSE ",
            $priority,
            " END,
             dirty_since = COALESCE(subjects.dirty_since, ",
            $now,
            "),
             due = CASE
                 WHEN subjects.lease_until IS NOT NULL THEN subjects.due
                 WHEN subjects.not_before > ",
            $now,
            " THEN subjects.not_before
                 WHEN subjects.due <= ",
            $now,
            " THEN subjects.due
                 WHEN subjects.dirty_since IS NULL
                      AND (subjects.evaluated_at IS NULL OR subjects.evaluated_at < ",
            $now,
            " - 2000) THEN ",
            $now,
            " WHEN subjects.dirty_since + 10000 < ",
            $now,
            " + 300 THEN subjects.dirty_since + 10000
                 WHEN subjects.evaluated_at + 500 > ",
            $now,
            " + 300 THEN subjects.evaluated_at + 500
                 ELSE ",
            $now,
            " + 300 END,
             attempts = CASE WHEN subjects.parked IS NULL THEN subjects.attempts ELSE 0 END,
             parked = NULL, parked_at = NULL "
        )
    };
}
pub(super) use marked;

const MARK_SUBJECT: Sql = Sql::new(
    "mark a subject",
    concat!(
        "INSERT INTO subjects (repository, key, kind, number, head, is_open, known_at, due,
                               priority, dirty_since, fence, attempts, base)
         VALUES ($1, $2, $3, $4, $5, COALESCE($6, 1), $7, $7, $8, $7, 0, 0, $9)
         ON CONFLICT (repository, key) DO UPDATE SET
             head = COALESCE($5, subjects.head), is_open = COALESCE($6, subjects.is_open),
             base = COALESCE($9, subjects.base), ",
        marked!("$7", "$8"),
    ),
);

const MARK_COMMIT: Sql = Sql::new(
    "mark the subjects of a commit",
    concat!(
        "UPDATE subjects SET ",
        marked!("$3", "$4"),
        " WHERE repository = $1 AND head = $2 AND is_open = 1",
    ),
);

const ASK_COMMIT: Sql = Sql::new(
    "ask for a commit anew",
    "UPDATE subjects SET asked_at = $3 WHERE repository = $1 AND head = $2 AND is_open = 1",
);

const ASK_SUBJECT: Sql = Sql::new(
    "ask for a subject anew",
    "UPDATE subjects SET asked_at = $3 WHERE repository = $1 AND key = $2",
);

/// A group's key holds its branch, which names the pull request.
const MARK_GROUPS: Sql = Sql::new(
    "mark the merge groups of a pull request",
    concat!(
        "UPDATE subjects SET ",
        marked!("$3", "$4"),
        " WHERE repository = $1 AND kind = 'merge-group' AND is_open = 1 AND key LIKE $2",
    ),
);

const MARK_OPEN: Sql = Sql::new(
    "mark the open pull requests",
    concat!(
        "UPDATE subjects SET ",
        marked!("$2", "$3"),
        " WHERE repository = $1 AND kind = 'pull-request' AND is_open = 1",
    ),
);

const MARK_OPEN_TO: Sql = Sql::new(
    "mark the open pull requests to a branch",
    concat!(
        "UPDATE subjects SET ",
        marked!("$2", "$3"),
        " WHERE repository = $1 AND kind = 'pull-request' AND is_open = 1 AND base = $4",
    ),
);

const MARK_BASE: Sql = Sql::new(
    "mark a base branch",
    concat!(
        "INSERT INTO subjects (repository, key, kind, number, head, is_open, known_at, due,
                               priority, dirty_since, fence, attempts)
         SELECT $1, $2, 'branch', NULL, $3, 1, $4, $4, $5, $4, 0, 0
         WHERE EXISTS (SELECT 1 FROM subjects p WHERE p.repository = $1 AND p.base = $6
                       AND p.kind = 'pull-request' AND p.is_open = 1)
         ON CONFLICT (repository, key) DO UPDATE SET ",
        marked!("$4", "$5"),
    ),
);

const RENAME: Sql = Sql::new(
    "rename a repository",
    "UPDATE repositories SET owner = $2, name = $3, known_at = $4 WHERE repository = $1",
);

const REMOVE: [Sql; 6] = [
    Sql::new("remove a repository", "DELETE FROM subjects WHERE repository = $1"),
    Sql::new("remove a repository", "DELETE FROM published WHERE repository = $1"),
    Sql::new("remove a repository", "DELETE FROM comments WHERE repository = $1"),
    Sql::new("remove a repository", "DELETE FROM upload_tokens WHERE repository = $1"),
    Sql::new("remove a repository", "DELETE FROM queues WHERE repository = $1"),
    Sql::new("remove a repository", "DELETE FROM repositories WHERE repository = $1"),
];

/// Whatever marks several subjects takes this first, so that no two can wait for each other in a
/// circle.
pub(super) const LOCK: Sql = Sql {
    to: "lock a repository",
    sqlite: "SELECT repository FROM repositories WHERE repository = $1",
    postgres: "SELECT repository FROM repositories WHERE repository = $1 FOR UPDATE",
};

impl Mark {
    /// Whether it may change several subjects, or what belongs to the whole repository.
    pub(super) const fn is_wide(&self) -> bool {
        match self {
            Self::Subject(_) | Self::PullRequestHead { .. } | Self::Closed(_) => false,
            Self::Commit(_)
            | Self::BranchMoved { .. }
            | Self::Again { .. }
            | Self::GroupsOf(_)
            | Self::EveryOpen
            | Self::EveryOpenTo(_)
            | Self::Removed
            | Self::Renamed(_) => true,
        }
    }
}

impl Store {
    /// Marks subjects of a known repository dirty without a webhook: a report that was uploaded, a
    /// pull request found by asking GitHub. The number of subjects that are dirty by it: none when
    /// the repository is unknown ([`Store::note_repository`] makes it known).
    ///
    /// # Errors
    /// When the database fails; then nothing was marked.
    pub async fn mark(
        &self,
        repository: RepositoryId,
        marks: &[Mark],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut tx = self.db.begin().await?;
        if !lock(&mut tx, repository).await? {
            return Ok(0);
        }
        let marked = mark(&mut tx, repository, marks, now).await?;
        tx.commit().await?;
        Ok(marked)
    }
}

/// Makes the marks in the order given; the number of subjects that are dirty by it.
pub(super) async fn mark(
    tx: &mut Tx,
    repository: RepositoryId,
    marks: &[Mark],
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut marked = 0;
    let at = now.as_millisecond();
    for mark in marks {
        marked += match mark {
            Mark::Subject(key) => {
                let state = State { head: head(key), base: None, open: None };
                subject(tx, repository, key, state, now).await?
            }
            Mark::PullRequestHead { number, head, base, open } => {
                let key = SubjectKey::PullRequest(*number);
                let state = State { head: Some(head), base: Some(base), open: Some(*open) };
                subject(tx, repository, &key, state, now).await?
            }
            Mark::Commit(sha) => tx.run(&MARK_COMMIT, args![repository, sha, at, BY_EVENT]).await?,
            Mark::BranchMoved { name, head } => {
                let key = SubjectKey::Branch { name: name.clone(), head: head.clone() };
                let key = key_text(&key)?;
                let args = args![repository, key, head, at, BY_EVENT, name.as_str()];
                tx.run(&MARK_BASE, args).await?
            }
            Mark::Again { head, number } => again(tx, repository, (head, *number), now).await?,
            Mark::GroupsOf(number) => {
                let of = format!("%/pr-{number}-%");
                tx.run(&MARK_GROUPS, args![repository, of, at, BY_EVENT]).await?
            }
            Mark::EveryOpen => tx.run(&MARK_OPEN, args![repository, at, BY_REPOSITORY]).await?,
            Mark::EveryOpenTo(base) => {
                let args = args![repository, at, BY_REPOSITORY, base.as_str()];
                tx.run(&MARK_OPEN_TO, args).await?
            }
            Mark::Closed(key) => {
                let state = State { head: head(key), base: None, open: Some(false) };
                subject(tx, repository, key, state, now).await?
            }
            Mark::Removed => {
                for statement in REMOVE {
                    tx.run(&statement, args![repository]).await?;
                }
                0
            }
            Mark::Renamed(name) => {
                let args = args![repository, name.owner.as_str(), name.name.as_str(), at];
                tx.run(&RENAME, args).await?;
                0
            }
        };
    }
    Ok(marked)
}

/// What an event tells of a subject; nothing of what it does not tell.
struct State<'a> {
    head: Option<&'a CommitSha>,
    base: Option<&'a str>,
    open: Option<bool>,
}

async fn again(
    tx: &mut Tx,
    repository: RepositoryId,
    (sha, number): (&CommitSha, Option<PullRequestNumber>),
    now: Timestamp,
) -> Result<u64, StoreError> {
    let at = now.as_millisecond();
    let asked = tx.run(&ASK_COMMIT, args![repository, sha, at]).await?;
    if asked > 0 {
        return tx.run(&MARK_COMMIT, args![repository, sha, at, BY_EVENT]).await;
    }
    let Some(number) = number else { return Ok(0) };
    let key = SubjectKey::PullRequest(number);
    let marked =
        subject(tx, repository, &key, State { head: None, base: None, open: None }, now).await?;
    tx.run(&ASK_SUBJECT, args![repository, key_text(&key)?, at]).await?;
    Ok(marked)
}

async fn subject(
    tx: &mut Tx,
    repository: RepositoryId,
    key: &SubjectKey,
    State { head, base, open }: State<'_>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let args = args![
        repository,
        key_text(key)?,
        kind(key),
        number(key),
        head,
        open.map(i64::from),
        now.as_millisecond(),
        BY_EVENT,
        base,
    ];
    tx.run(&MARK_SUBJECT, args).await
}
