//! Installation tokens: minted once for all who ask at the same time, narrowed to one repository,
//! replaced before they expire, and never shown.

use std::{
    fmt,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
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
    pub(super) reach: Reach,
}

/// How much of what the installation may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reach {
    /// One repository.
    Repository(RepositoryId),
    /// Every repository, and of each no more than what it holds, to read.
    Contents,
    /// All of it.
    All,
}

impl Scope {
    /// What GitHub is asked for.
    pub(super) fn body(self) -> Option<Value> {
        match self.reach {
            Reach::Repository(id) => Some(json!({ "repository_ids": [id.0] })),
            Reach::Contents => Some(json!({ "permissions": { "contents": "read" } })),
            Reach::All => None,
        }
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
    /// Until when it may be used.
    good_until: Timestamp,
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
        let lives = left.saturating_sub(MARGIN);
        let good_until = now.checked_add(SignedDuration::try_from(lives).unwrap_or_default());
        let good_until = good_until.unwrap_or(now);
        Ok(Self { rest: with(rest)?, graphql: with(graphql)?, good_until, lives })
    }

    /// Whether it may be used now, by our clock: while the machine sleeps, timers may too.
    pub(super) fn is_good(&self, now: Timestamp) -> bool {
        now < self.good_until
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

    /// Drops a token that may not be used any more by our clock.
    pub(super) async fn forget_old(&self, scope: Scope, now: Timestamp) {
        if self.cache.get(&scope).await.is_some_and(|token| !token.is_good(now)) {
            self.cache.invalidate(&scope).await;
        }
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
