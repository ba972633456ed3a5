//! The App's connection to GitHub: what it takes, and who may be asked through it.

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use octocrab::Octocrab;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    clock::Clock,
    ids::{AppId, InstallationId, RepositoryId, RepositoryName},
};

use super::{
    ConnectionError, Observer, Quota, Reserve,
    budget::Budget,
    exchange::client,
    identity::Identity,
    route::{Method, Route},
    send::Who,
    token::{Reach, Scope, Tokens},
};

/// What it takes to speak to GitHub as the App.
#[derive(Debug)]
pub struct Connection {
    /// Where REST is: `https://api.github.com`, or `https://HOST/api/v3`.
    pub api_url: String,
    /// Where GraphQL is: `https://api.github.com/graphql`, or `https://HOST/api/graphql`.
    pub graphql_url: String,
    /// The App's id.
    pub app_id: AppId,
    /// The App's private key in PEM form.
    pub key: SecretString,
}

/// GitHub, as the App sees it. Clones share everything.
#[derive(Debug, Clone)]
pub struct GitHub {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) identity: Identity,
    /// With no credentials: for tokens to be put on.
    pub(super) rest: Octocrab,
    pub(super) graphql: Octocrab,
    pub(super) tokens: Tokens,
    pub(super) budget: Budget,
    pub(super) observer: Observer,
    pub(super) clock: Clock,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys and tokens stay out of every log.
        f.debug_struct("GitHub").field("app_id", &self.identity.app).finish_non_exhaustive()
    }
}

/// One installation of the App, with a token for all that it may see.
#[derive(Debug, Clone)]
pub struct Installation {
    pub(super) github: GitHub,
    pub(super) id: InstallationId,
}

/// One repository, with a token for it alone.
#[derive(Debug, Clone)]
pub struct Repository {
    pub(super) github: GitHub,
    pub(super) scope: Scope,
    pub(super) name: RepositoryName,
}

impl Repository {
    /// Its name, as it was given.
    #[must_use]
    pub const fn name(&self) -> &RepositoryName {
        &self.name
    }

    /// A route whose first two values are owner and name.
    pub(super) fn route(&self, method: Method, template: &'static str, rest: &[&str]) -> Route {
        let mut values = vec![self.name.owner.as_str(), self.name.name.as_str()];
        values.extend(rest);
        Route::new(method, template, &values)
    }

    pub(super) const fn who(&self) -> Who {
        Who::Scope(self.scope)
    }
}

impl GitHub {
    /// Connects as the App; nothing is sent yet. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// If the key or an address cannot be used.
    pub fn new(connection: &Connection, clock: Clock) -> Result<Self, ConnectionError> {
        Self::with(connection, clock, Observer::default(), Reserve::default())
    }

    /// As [`GitHub::new`], with somebody who is told of every call, and another reserve.
    ///
    /// # Errors
    ///
    /// If the key or an address cannot be used.
    pub fn with(
        connection: &Connection,
        clock: Clock,
        observer: Observer,
        reserve: Reserve,
    ) -> Result<Self, ConnectionError> {
        let key =
            jsonwebtoken::EncodingKey::from_rsa_pem(connection.key.expose_secret().as_bytes())
                .map_err(|error| ConnectionError::Key(error.to_string()))?;
        let rest = client("the API's address", &connection.api_url)?;
        let name = "GraphQL's address";
        let address = &connection.graphql_url;
        let base = address
            .strip_suffix("/graphql")
            .ok_or_else(|| ConnectionError::Address { name, address: address.clone() })?;
        let graphql = client(name, base)?;
        let inner = Inner {
            identity: Identity::new(connection.app_id, key),
            rest,
            graphql,
            tokens: Tokens::new(),
            budget: Budget::new(reserve),
            observer,
            clock,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The App's id.
    #[must_use]
    pub fn app_id(&self) -> AppId {
        self.inner.identity.app
    }

    /// One installation of the App.
    #[must_use]
    pub fn installation(&self, id: InstallationId) -> Installation {
        Installation { github: self.clone(), id }
    }

    /// One repository of an installation, under the name it has now.
    #[must_use]
    pub fn repository(
        &self,
        installation: InstallationId,
        id: RepositoryId,
        name: RepositoryName,
    ) -> Repository {
        let scope = Scope { installation, reach: Reach::Repository(id) };
        Repository { github: self.clone(), scope, name }
    }

    /// Whether enough of the installation's quotas is left to gather evidence and still publish.
    #[must_use]
    pub fn may_gather(&self, installation: InstallationId) -> bool {
        self.gather_after(installation).is_none()
    }

    /// When gathering may go on, if it may not now: then the rest is kept for publishing.
    #[must_use]
    pub fn gather_after(&self, installation: InstallationId) -> Option<Timestamp> {
        self.inner.budget.gather_after(installation, self.now())
    }

    /// When the check may say that it waits for the quota, if it may not now.
    #[must_use]
    pub fn notice_after(&self, installation: InstallationId) -> Option<Timestamp> {
        self.inner.budget.notice_after(installation, self.now())
    }

    /// What is left of an installation's REST and GraphQL quotas, as last seen.
    #[must_use]
    pub fn quotas(&self, installation: InstallationId) -> (Option<Quota>, Option<Quota>) {
        self.inner.budget.quotas(installation)
    }
}
