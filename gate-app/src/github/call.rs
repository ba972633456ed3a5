//! What a call looked like from outside, for metrics and for tests that count calls.

use std::{fmt, sync::Arc};

use crate::ids::InstallationId;

/// One request that was sent, with how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `POST` or `PATCH`.
    pub method: &'static str,
    /// GitHub's own template, or `/graphql` and the query's name.
    pub route: &'static str,
    /// The HTTP status; none if no answer came.
    pub status: Option<u16>,
    /// For whom; none for the App itself.
    pub installation: Option<InstallationId>,
    /// Which quota it is of: `core` or `graphql`.
    pub resource: &'static str,
    /// How much of that quota is left, if GitHub said.
    pub left: Option<u64>,
}

/// Who is told of every call.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(&Call) + Send + Sync>);

impl Observer {
    /// Tells this function.
    #[must_use]
    pub fn new(tell: impl Fn(&Call) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(super) fn tell(&self, call: &Call) {
        (self.0)(call);
    }
}

impl Default for Observer {
    fn default() -> Self {
        Self::new(|_| ())
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
