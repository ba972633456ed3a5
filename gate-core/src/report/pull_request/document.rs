//! The document, as it is written.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de::Error};

use super::{
    super::json::{Text, object, object_or_null, objects},
    protection::RawProtection,
};
use crate::evidence::{
    Branch, Check, Commit, People, Piece, PullRequest, Review, ReviewState, Thread,
    UserAccount as Account,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    #[serde(rename = "version")]
    _version: u64,
    #[serde(default)]
    number: Option<u64>,
    #[serde(default)]
    title: Option<String>,
    #[serde(deserialize_with = "object_or_null")]
    author: Option<RawAccount>,
    #[serde(deserialize_with = "object")]
    base: RawBranch,
    #[serde(deserialize_with = "object")]
    head: RawBranch,
    draft: bool,
    #[serde(default)]
    fork: Option<bool>,
    #[serde(default)]
    head_seen_at: Option<Instant>,
    labels: Vec<String>,
    #[serde(deserialize_with = "objects")]
    reviews: Vec<RawReview>,
    #[serde(deserialize_with = "objects")]
    threads: Vec<RawThread>,
    #[serde(deserialize_with = "objects")]
    checks: Vec<RawCheck>,
    #[serde(default, deserialize_with = "super::people::read")]
    people: People,
    #[serde(default, deserialize_with = "some_commits")]
    commits: Option<Vec<RawCommit>>,
    #[serde(default, deserialize_with = "object_or_null")]
    protection: Option<RawProtection>,
}

fn some_commits<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Vec<RawCommit>>, D::Error> {
    objects(json).map(Some)
}

impl Document {
    /// Why its commits are not those of its head, if they are not.
    pub(super) fn check_commits(&self) -> Result<(), String> {
        let Some(commits) = &self.commits else { return Ok(()) };
        let mut known = std::collections::HashSet::new();
        if let Some(RawCommit(twice)) =
            commits.iter().find(|RawCommit(commit)| !known.insert(commit.sha.as_str()))
        {
            return Err(format!("`commits` has {} twice", twice.sha));
        }
        if commits.is_empty() || known.contains(self.head.sha.0.as_str()) {
            return Ok(());
        }
        Err(format!("`commits` does not have the head, {}", self.head.sha.0))
    }
}

impl From<Document> for PullRequest {
    fn from(raw: Document) -> Self {
        let mut pull_request = Self::new(raw.base.into(), raw.head.into());
        pull_request.number = raw.number;
        pull_request.title = raw.title;
        pull_request.author = raw.author.map(Account::from);
        pull_request.draft = raw.draft;
        pull_request.fork = raw.fork;
        pull_request.head_seen_at = raw.head_seen_at.map(|Instant(instant)| instant);
        pull_request.labels = raw.labels;
        pull_request.reviews = raw.reviews.into_iter().map(|RawReview(review)| review).collect();
        pull_request.threads = raw.threads.into_iter().map(Thread::from).collect();
        let commits = raw.commits.map(|all| all.into_iter().map(|RawCommit(commit)| commit));
        pull_request.commits = commits.map(Iterator::collect);
        pull_request.checks = raw.checks.into_iter().map(|RawCheck(check)| check).collect();
        pull_request.people = raw.people;
        if let Some(protection) = raw.protection {
            pull_request.protection = Piece::Present(protection.into());
        }
        pull_request
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAccount {
    login: Word,
    #[serde(default)]
    id: Option<u64>,
    #[serde(default)]
    bot: bool,
}

impl From<RawAccount> for Account {
    fn from(raw: RawAccount) -> Self {
        Self { login: raw.login.0, id: raw.id, bot: raw.bot }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBranch {
    #[serde(rename = "ref")]
    name: Word,
    sha: Sha,
}

impl From<RawBranch> for Branch {
    fn from(raw: RawBranch) -> Self {
        Self { name: raw.name.0, sha: raw.sha.0 }
    }
}

#[derive(Deserialize)]
#[serde(try_from = "ReviewFields")]
struct RawReview(Review);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewFields {
    #[serde(deserialize_with = "object_or_null")]
    author: Option<RawAccount>,
    #[serde(deserialize_with = "review_state")]
    state: ReviewState,
    #[serde(default)]
    commit: Option<Sha>,
    #[serde(default)]
    submitted_at: Option<Instant>,
    can_write: bool,
}

impl TryFrom<ReviewFields> for RawReview {
    type Error = &'static str;

    fn try_from(raw: ReviewFields) -> Result<Self, Self::Error> {
        if raw.state != ReviewState::Pending && raw.submitted_at.is_none() {
            return Err("a review that is not pending has its time in `submitted_at`");
        }
        Ok(Self(Review {
            author: raw.author.map(Account::from),
            state: raw.state,
            commit: raw.commit.map(|Sha(sha)| sha),
            submitted_at: raw.submitted_at.map(|Instant(instant)| instant),
            can_write: raw.can_write,
        }))
    }
}

fn review_state<'de, D: Deserializer<'de>>(json: D) -> Result<ReviewState, D::Error> {
    let word = Text::deserialize(json)?;
    Ok(match &*word {
        "approved" | "APPROVED" => ReviewState::Approved,
        "changes_requested" | "CHANGES_REQUESTED" => ReviewState::ChangesRequested,
        "commented" | "COMMENTED" => ReviewState::Commented,
        "dismissed" | "DISMISSED" => ReviewState::Dismissed,
        "pending" | "PENDING" => ReviewState::Pending,
        word => {
            return Err(D::Error::custom(format_args!(
                "`{word}` is no state of a review: approved, changes_requested, commented, \
                 dismissed or pending"
            )));
        }
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawThread {
    path: Word,
    #[serde(default)]
    line: Option<u32>,
    resolved: bool,
    #[serde(default)]
    outdated: bool,
}

impl From<RawThread> for Thread {
    fn from(raw: RawThread) -> Self {
        Self { path: raw.path.0, line: raw.line, resolved: raw.resolved, outdated: raw.outdated }
    }
}

#[derive(Deserialize)]
#[serde(try_from = "CheckFields")]
struct RawCheck(Check);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckFields {
    name: Word,
    #[serde(default)]
    app: Option<String>,
    #[serde(default)]
    workflow: Option<String>,
    status: String,
    #[serde(default)]
    conclusion: Option<String>,
}

/// What GitHub says of a check run or commit status that is under way or over.
const STATUSES: [&str; 6] =
    ["queued", "in_progress", "completed", "waiting", "requested", "pending"];

/// What GitHub says of one that is over.
const CONCLUSIONS: [&str; 10] = [
    "success",
    "failure",
    "neutral",
    "cancelled",
    "skipped",
    "timed_out",
    "action_required",
    "stale",
    "startup_failure",
    "error",
];

impl TryFrom<CheckFields> for RawCheck {
    type Error = String;

    fn try_from(raw: CheckFields) -> Result<Self, String> {
        let status = raw.status.to_ascii_lowercase();
        if !STATUSES.contains(&status.as_str()) {
            return Err(format!("`{status}` is no status of a check: {}", STATUSES.join(", ")));
        }
        let conclusion = raw.conclusion.as_ref().map(|word| word.to_ascii_lowercase());
        match conclusion.as_deref() {
            Some(word) if !CONCLUSIONS.contains(&word) => {
                return Err(format!(
                    "`{word}` is no conclusion of a check: {}",
                    CONCLUSIONS.join(", ")
                ));
            }
            Some(_) if status != "completed" => {
                return Err(format!("a check that is {status} has no conclusion yet"));
            }
            None if status == "completed" => {
                return Err("a completed check has a conclusion".to_owned());
            }
            Some(_) | None => {}
        }
        let CheckFields { name: Word(name), app, workflow, .. } = raw;
        Ok(Self(Check { name, app, workflow, status, conclusion }))
    }
}

#[derive(Deserialize)]
#[serde(from = "CommitFields")]
struct RawCommit(Commit);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommitFields {
    sha: Sha,
    message: String,
    parents: u32,
    #[serde(default, deserialize_with = "object_or_null")]
    verification: Option<RawVerification>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVerification {
    verified: bool,
    reason: Word,
}

impl From<CommitFields> for RawCommit {
    fn from(raw: CommitFields) -> Self {
        let commit = Commit::new(raw.sha.0, raw.message).with_parents(raw.parents);
        Self(match raw.verification {
            Some(RawVerification { verified, reason }) => {
                commit.with_verification(verified, reason.0)
            }
            None => commit,
        })
    }
}

/// A name, which is never empty.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Word(pub(super) String);

impl TryFrom<String> for Word {
    type Error = &'static str;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        if word.is_empty() { Err("a name is empty") } else { Ok(Self(word)) }
    }
}

/// The full id of a commit, in lower case.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Sha(pub(super) String);

impl TryFrom<String> for Sha {
    type Error = String;

    fn try_from(mut sha: String) -> Result<Self, String> {
        if !matches!(sha.len(), 40 | 64) || !sha.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(format!("`{sha}` is no commit: 40 or 64 hexadecimal digits"));
        }
        sha.make_ascii_lowercase();
        Ok(Self(sha))
    }
}

/// A time as RFC 3339 writes it, `2026-03-01T12:00:00Z`.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Instant(Timestamp);

impl TryFrom<String> for Instant {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let instant = if is_rfc_3339(&text) { text.parse().ok() } else { None };
        instant.map(Self).ok_or_else(|| {
            format!("`{text}` is no time of RFC 3339, for example 2026-03-01T12:00:00Z")
        })
    }
}

/// Whether a time has RFC 3339's shape; jiff reads more than that.
fn is_rfc_3339(text: &str) -> bool {
    let fits = |part: &str, shape: &str| {
        part.len() == shape.len()
            && part.bytes().zip(shape.bytes()).all(|(b, s)| match s {
                b'0' => b.is_ascii_digit(),
                s => b.eq_ignore_ascii_case(&s),
            })
    };
    let Some((seconds, rest)) = text.split_at_checked("0000-00-00T00:00:00".len()) else {
        return false;
    };
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
        None => rest,
    };
    fits(seconds, "0000-00-00T00:00:00")
        && (fits(zone, "Z") || fits(zone, "+00:00") || fits(zone, "-00:00"))
}
