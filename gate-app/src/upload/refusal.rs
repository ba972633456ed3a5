//! Why a report was not taken.

use crate::ids::RepositoryName;

/// What kind of reason it is, which says who has to do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The body did not come whole: send it again.
    Cut,
    /// It is not known who sends it.
    Unauthorized,
    /// It is known, and he may not.
    Forbidden,
    /// The App does not know the repository.
    NotFound,
    /// What is here already says otherwise.
    Conflict,
    /// It must be said how long the report is.
    LengthRequired,
    /// It is too long.
    TooLarge,
    /// What is asked makes no sense.
    Unprocessable,
    /// Not now.
    Unavailable,
}

impl Kind {
    /// Its name, in answers and counts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::Conflict => "conflict",
            Self::LengthRequired => "length-required",
            Self::TooLarge => "too-large",
            Self::Unprocessable => "unprocessable",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Why a report was not taken, in words for the sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Refusal {
    /// What kind of reason it is.
    pub kind: Kind,
    /// What is wrong, and what to do.
    pub why: String,
    /// After how many seconds the same may go better.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal of this kind.
    pub fn new(kind: Kind, why: impl Into<String>) -> Self {
        Self { kind, why: why.into(), retry_after: None }
    }

    pub(crate) fn cut(why: impl Into<String>) -> Self {
        Self::new(Kind::Cut, format!("the report did not come whole: {}", why.into()))
    }

    pub(crate) fn unauthorized(why: impl Into<String>) -> Self {
        Self::new(Kind::Unauthorized, why)
    }

    pub(super) fn forbidden(why: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, why)
    }

    pub(super) fn not_found(repository: &RepositoryName) -> Self {
        let why = format!("the App is not installed in {repository}, or has not heard of it yet");
        Self::new(Kind::NotFound, why)
    }

    pub(super) fn conflict(why: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, why)
    }

    pub(crate) fn unprocessable(why: impl Into<String>) -> Self {
        Self::new(Kind::Unprocessable, why)
    }

    pub(crate) fn unavailable(why: impl Into<String>, retry_after: u64) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(Kind::Unavailable, why) }
    }
}
