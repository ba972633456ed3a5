//! Between the App's types and the three types of a column. What is read back and does not fit was
//! not written by this App, and is an error.

use gate_core::measure::Digest;
use jiff::{SignedDuration, Timestamp};
use serde::{
    Deserialize as _,
    de::{IntoDeserializer as _, value},
};

use crate::ids::{
    ArtifactId, CheckRunId, CommentId, CommitSha, InstallationId, PullRequestNumber, RepositoryId,
    SubjectKey,
};

use super::{StoreError, db::Arg};

/// GitHub's numbers are far below 2⁶³; above it they would still come back as they went.
macro_rules! numbers {
    ($($name:ident),+) => { $(
        impl From<$name> for Arg {
            fn from(id: $name) -> Self {
                id.0.cast_signed().into()
            }
        }

        impl From<Option<$name>> for Arg {
            fn from(id: Option<$name>) -> Self {
                id.map(|id| id.0.cast_signed()).into()
            }
        }
    )+ };
}

numbers!(RepositoryId, InstallationId, PullRequestNumber, CheckRunId, CommentId, ArtifactId);

impl From<&CommitSha> for Arg {
    fn from(sha: &CommitSha) -> Self {
        sha.as_str().into()
    }
}

impl From<Option<&CommitSha>> for Arg {
    fn from(sha: Option<&CommitSha>) -> Self {
        sha.map(CommitSha::as_str).into()
    }
}

impl From<&Digest> for Arg {
    fn from(digest: &Digest) -> Self {
        digest.as_str().into()
    }
}

/// A key as its column holds it: the same key is always the same text.
pub(super) fn key_text(key: &SubjectKey) -> Result<String, StoreError> {
    serde_json::to_string(key).map_err(|error| malformed("subject", &error.to_string()))
}

/// The kind of a key, for statements that are about one kind.
pub(super) const fn kind(key: &SubjectKey) -> &'static str {
    match key {
        SubjectKey::PullRequest(_) => "pull-request",
        SubjectKey::MergeGroup { .. } => "merge-group",
        SubjectKey::Branch { .. } => "branch",
    }
}

/// The commit that a key names, where it names one.
pub(super) const fn head(key: &SubjectKey) -> Option<&CommitSha> {
    match key {
        SubjectKey::PullRequest(_) => None,
        SubjectKey::MergeGroup { head, .. } | SubjectKey::Branch { head, .. } => Some(head),
    }
}

/// The number of a pull request.
pub(super) const fn number(key: &SubjectKey) -> Option<PullRequestNumber> {
    match key {
        SubjectKey::PullRequest(number) => Some(*number),
        SubjectKey::MergeGroup { .. } | SubjectKey::Branch { .. } => None,
    }
}

pub(super) fn read_key(text: &str) -> Result<SubjectKey, StoreError> {
    serde_json::from_str(text).map_err(|_| malformed("subject", text))
}

pub(super) fn read_sha(text: &str) -> Result<CommitSha, StoreError> {
    text.parse().map_err(|_| malformed("commit", text))
}

pub(super) fn read_digest(text: &str) -> Result<Digest, StoreError> {
    let text: value::StrDeserializer<'_, value::Error> = text.into_deserializer();
    Digest::deserialize(text).map_err(|error| malformed("digest", &error.to_string()))
}

pub(super) fn read_time(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|_| malformed("time", &milliseconds.to_string()))
}

/// `now` less a span, in milliseconds; the beginning of time when it would be before that.
pub(super) fn ago(now: Timestamp, span: SignedDuration) -> i64 {
    now.checked_sub(span).unwrap_or(Timestamp::MIN).as_millisecond()
}

/// `now` and a span, in milliseconds; the end of time when it would be after that.
pub(super) fn after(now: Timestamp, span: SignedDuration) -> i64 {
    now.checked_add(span).unwrap_or(Timestamp::MAX).as_millisecond()
}

/// A count from the database, which is never negative.
pub(super) fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

pub(super) fn malformed(what: &'static str, text: &str) -> StoreError {
    StoreError::Malformed { what, text: text.to_owned() }
}
