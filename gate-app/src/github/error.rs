//! What can go wrong between us and GitHub, told apart by what there is to do about it.

use jiff::Timestamp;

use super::DraftError;

/// A call that did not bring what it was made for. `call` is the method and the route's template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// GitHub's quota is used up, or it asked us to slow down.
    #[error("{call}: GitHub's quota is used up; ask again at {until}")]
    RateLimited {
        /// Which call.
        call: String,
        /// Not before.
        until: Timestamp,
    },
    /// The App is no longer installed there, or is suspended.
    #[error("{call}: the App is not installed there any more, or is suspended ({message})")]
    Gone {
        /// Which call.
        call: String,
        /// GitHub's words.
        message: String,
    },
    /// GitHub does not believe that we are the App.
    #[error(
        "{call}: GitHub refused our credentials ({message}); check the App's id, its private key \
         and this machine's clock"
    )]
    Unauthorized {
        /// Which call.
        call: String,
        /// GitHub's words.
        message: String,
    },
    /// The installation does not grant what the call needs.
    #[error(
        "{call}: GitHub forbids it ({message}); accept the App's permissions in the installation's \
         settings{}", needs(.permissions.as_deref())
    )]
    Forbidden {
        /// Which call.
        call: String,
        /// GitHub's words.
        message: String,
        /// What GitHub says the call needs, where it says so.
        permissions: Option<String>,
    },
    /// There is no such thing, or it is not shown to us.
    #[error("{call}: GitHub has no such thing, or does not show it to the App ({message})")]
    NotFound {
        /// Which call.
        call: String,
        /// GitHub's words.
        message: String,
    },
    /// The repository answers under another name.
    #[error("{call}: the repository has moved; read its present name and call again")]
    Moved {
        /// Which call.
        call: String,
    },
    /// The answer is larger than we read.
    #[error("{call}: more than {limit} {unit}, the most that is read")]
    TooLarge {
        /// Which call.
        call: String,
        /// The most that is read.
        limit: u64,
        /// What is counted.
        unit: &'static str,
    },
    /// The answer is not what GitHub's description says.
    #[error("{call}: GitHub's answer does not fit its description: {problem}")]
    Malformed {
        /// Which call.
        call: String,
        /// What does not fit, and where.
        problem: String,
    },
    /// What came is not what GitHub says it is.
    #[error("{call}: {problem}; upload it again, or run its workflow again")]
    Corrupt {
        /// Which call.
        call: String,
        /// What differs.
        problem: String,
    },
    /// GitHub understood and declined.
    #[error("{call}: GitHub declined with {status}: {message}")]
    Refused {
        /// Which call.
        call: String,
        /// The HTTP status.
        status: u16,
        /// GitHub's words.
        message: String,
    },
    /// What was to be sent cannot be.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// GitHub is ill.
    #[error("{call}: GitHub answered {status}: {message}")]
    Server {
        /// Which call.
        call: String,
        /// The HTTP status.
        status: u16,
        /// GitHub's words.
        message: String,
    },
    /// No answer, or only a part of one.
    #[error("{call}: no whole answer from GitHub: {problem}")]
    Network {
        /// Which call.
        call: String,
        /// What happened.
        problem: String,
    },
}

impl Error {
    /// Whether the same call may succeed later, with nothing changed on our side.
    ///
    /// A malformed answer counts: it comes more often from something between us and GitHub, or from
    /// a bad hour at GitHub, than from a changed description. Whoever tries again counts how often.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Malformed { .. }
            | Self::Server { .. }
            | Self::Network { .. } => true,
            Self::Gone { .. }
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Moved { .. }
            | Self::TooLarge { .. }
            | Self::Corrupt { .. }
            | Self::Draft(_)
            | Self::Refused { .. } => false,
        }
    }

    /// Whether the request may have been carried out though we were told nothing good.
    pub(super) const fn may_have_happened(&self) -> bool {
        matches!(self, Self::Malformed { .. } | Self::Server { .. } | Self::Network { .. })
    }

    /// Until when to wait, if GitHub said so.
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        if let Self::RateLimited { until, .. } = self { Some(*until) } else { None }
    }
}

/// A connection that cannot be made of these settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionError {
    /// The private key cannot be read.
    #[error("the App's private key is no RSA key in PEM form: {0}")]
    Key(String),
    /// An address cannot be used.
    #[error("{name} {address:?} is no address of an API; write it like https://api.github.com")]
    Address {
        /// Which one.
        name: &'static str,
        /// What was given.
        address: String,
    },
    /// The client could not be built.
    #[error("the HTTP client cannot be built: {0}")]
    Client(String),
}

fn needs(permissions: Option<&str>) -> String {
    permissions.map(|these| format!("; the call needs {these}")).unwrap_or_default()
}
