//! Installation tokens: minted once for all who ask at the same time, narrowed to one repository,
//! replaced before they expire, and never shown.

use std::{
    fmt,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use moka::{Expiry, future::Cache};
use octocrab::Octocrab;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ids::{InstallationId, RepositoryId};

use super::{Error, budget::Resource};

/// A token is not used in its last minutes: a call that begins with it must end with it.
const MARGIN: Duration = Duration::from_secs(300);
/// More repositories than one process works on in an hour.
const MOST: u64 = 50_000;

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Scope {
    pub(super) installation: InstallationId,
    /// Only this repository; none for every one that the installation may see.
    pub(super) repository: Option<RepositoryId>,
}

impl Scope {
    /// What GitHub is asked for.
    pub(super) fn body(self) -> Option<Value> {
        self.repository.map(|id| json!({ "repository_ids": [id.0] }))
    }
}

/// GitHub's answer to the request for one.
#[derive(Deserialize)]
pub(super) struct Minted {
    token: SecretString,
    expires_at: Timestamp,
}

/// A token, in the two clients that send it.
pub(super) struct Token {
    rest: Octocrab,
    graphql: Octocrab,
    lives: Duration,
}

impl Token {
    pub(super) fn new(
        minted: &Minted,
        (rest, graphql): (&Octocrab, &Octocrab),
        now: Timestamp,
    ) -> Result<Self, String> {
        let left = Duration::try_from(minted.expires_at.duration_since(now)).unwrap_or_default();
        let with = |crab: &Octocrab| {
            crab.user_access_token(minted.token.clone()).map_err(|error| error.to_string())
        };
        Ok(Self { rest: with(rest)?, graphql: with(graphql)?, lives: left.saturating_sub(MARGIN) })
    }

    pub(super) const fn client(&self, resource: Resource) -> &Octocrab {
        match resource {
            Resource::Rest => &self.rest,
            Resource::Graphql => &self.graphql,
        }
    }
}

/// Every token that is good now.
pub(super) struct Tokens {
    cache: Cache<Scope, Arc<Token>>,
}

impl Tokens {
    pub(super) fn new() -> Self {
        Self { cache: Cache::builder().max_capacity(MOST).expire_after(Lifetime).build() }
    }

    /// The token for this scope; minted by the first who asks, while the others wait for that one.
    pub(super) async fn get(
        &self,
        scope: Scope,
        mint: impl Future<Output = Result<Token, Error>>,
    ) -> Result<Arc<Token>, Error> {
        let minted = async { mint.await.map(Arc::new) };
        let token = self.cache.try_get_with(scope, minted).await;
        token.map_err(|error| Error::clone(&error))
    }

    /// Drops this token, unless another one has come already.
    pub(super) async fn forget(&self, scope: Scope, token: &Arc<Token>) {
        if self.cache.get(&scope).await.is_some_and(|now| Arc::ptr_eq(&now, token)) {
            self.cache.invalidate(&scope).await;
        }
    }
}

struct Lifetime;

impl Expiry<Scope, Arc<Token>> for Lifetime {
    fn expire_after_create(&self, _: &Scope, token: &Arc<Token>, _: Instant) -> Option<Duration> {
        Some(token.lives)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}
