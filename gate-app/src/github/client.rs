//! The App's connection to GitHub: who calls, with which token, and how a call is counted.

use std::{fmt, sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use jiff::Timestamp;
use octocrab::{Octocrab, service::middleware::retry::RetryConfig};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::{
    clock::Clock,
    ids::{AppId, InstallationId, RepositoryId, RepositoryName},
};

use super::{
    Call, ConnectionError, Error, Observer, Quota, Reserve,
    answer::{Answer, Headers, short},
    budget::{Budget, Resource},
    page::next_page,
    route::{Method, Route},
    token::{Scope, Token, Tokens},
};

/// The longest that one call may take.
const DEADLINE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);
/// The longest JSON answer that is read; a page of 100 full objects has about one megabyte.
const MOST_BYTES: u64 = 32 << 20;
/// The most pages of one list that are read.
const MOST_PAGES: usize = 1_000;

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
    inner: Arc<Inner>,
}

struct Inner {
    app_id: AppId,
    /// With the App's own credentials.
    app: Octocrab,
    /// With none: for tokens to be put on.
    rest: Octocrab,
    graphql: Octocrab,
    tokens: Tokens,
    budget: Budget,
    observer: Observer,
    clock: Clock,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys and tokens stay out of every log.
        f.debug_struct("GitHub").field("app_id", &self.app_id).finish_non_exhaustive()
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

/// With whose credentials a call is made.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    App,
    Scope(Scope),
}

/// How much may be read of an answer, and for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) bytes: u64,
    pub(super) time: Duration,
}

const USUAL: Limits = Limits { bytes: MOST_BYTES, time: DEADLINE };

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
        let rest = client("the API's address", &connection.api_url, None)?;
        let app = client("the API's address", &connection.api_url, Some((connection.app_id, key)))?;
        let name = "GraphQL's address";
        let address = &connection.graphql_url;
        let base = address
            .strip_suffix("/graphql")
            .ok_or_else(|| ConnectionError::Address { name, address: address.clone() })?;
        let graphql = client(name, base, None)?;
        let inner = Inner {
            app_id: connection.app_id,
            app,
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
        self.inner.app_id
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
        let scope = Scope { installation, repository: Some(id) };
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

    /// What is left of an installation's REST and GraphQL quotas, as last seen.
    #[must_use]
    pub fn quotas(&self, installation: InstallationId) -> (Option<Quota>, Option<Quota>) {
        self.inner.budget.quotas(installation)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Sends a request and reads the answer, whatever its status but for limits and credentials.
    pub(super) async fn send(
        &self,
        who: Who,
        route: &Route,
        body: Option<&Value>,
        limits: Limits,
    ) -> Result<Answer, Error> {
        let resource =
            if route.template.starts_with("/graphql") { Resource::Graphql } else { Resource::Rest };
        let Who::Scope(scope) = who else {
            return self.once(&self.inner.app, route, body, (limits, None)).await;
        };
        let installation = scope.installation;
        if let Some(until) = self.inner.budget.send_after(installation, resource, self.now()) {
            return Err(Error::RateLimited { call: route.name(), until });
        }
        let mut token = self.token(scope).await?;
        let context = (limits, Some(installation));
        let mut answer = self.once(token.client(resource), route, body, context).await?;
        if answer.status == 401 {
            // Revoked, or expired by GitHub's clock: nothing was done, so a new token may try.
            self.inner.tokens.forget(scope, &token).await;
            token = self.token(scope).await?;
            answer = self.once(token.client(resource), route, body, context).await?;
        }
        if let Some(quota) = answer.headers.quota() {
            self.inner.budget.saw(installation, resource, quota);
        }
        if let Err(Error::RateLimited { until, .. }) = answer.check(route, self.now()) {
            self.limited(installation, &answer.headers, until);
        }
        Ok(answer)
    }

    /// Remembers a limit, unless it is an empty quota, which is remembered as such.
    pub(super) fn limited(&self, id: InstallationId, headers: &Headers, until: Timestamp) {
        if headers.quota().is_none_or(|quota| quota.remaining > 0 || quota.reset != until) {
            self.inner.budget.blocked(id, until);
        }
    }

    pub(super) fn saw(&self, id: InstallationId, resource: Resource, quota: Quota) {
        self.inner.budget.saw(id, resource, quota);
    }

    /// Sends a request and reads the answer as JSON.
    pub(super) async fn json<T: serde::de::DeserializeOwned>(
        &self,
        who: Who,
        route: &Route,
        body: Option<&Value>,
    ) -> Result<T, Error> {
        let answer = self.send(who, route, body, USUAL).await?;
        answer.check(route, self.now())?;
        answer.json(route)
    }

    /// Sends a request whose answer says nothing.
    pub(super) async fn done(&self, who: Who, route: &Route) -> Result<(), Error> {
        self.send(who, route, None, USUAL).await?.check(route, self.now())
    }

    /// Reads every page of a list. `take` picks the items out of a page, and says when it has enough.
    pub(super) async fn pages<P, F>(&self, who: Who, first: Route, mut take: F) -> Result<(), Error>
    where
        P: serde::de::DeserializeOwned,
        F: FnMut(P) -> Enough,
    {
        let mut route = first;
        for _ in 0..MOST_PAGES {
            let answer = self.send(who, &route, None, USUAL).await?;
            answer.check(&route, self.now())?;
            if take(answer.json(&route)?) == Enough::Yes {
                return Ok(());
            }
            match answer.headers.link.as_deref().and_then(next_page) {
                Some(next) => route = route.at(next),
                None => return Ok(()),
            }
        }
        Err(Error::TooLarge { call: route.name(), limit: MOST_PAGES as u64, unit: "pages" })
    }

    /// Posts to GraphQL and reads the answer, whatever it says.
    pub(super) async fn post_graphql(
        &self,
        who: Who,
        route: &Route,
        body: &Value,
    ) -> Result<Answer, Error> {
        self.send(who, route, Some(body), USUAL).await
    }

    async fn token(&self, scope: Scope) -> Result<Arc<Token>, Error> {
        self.inner.tokens.get(scope, self.mint(scope)).await
    }

    async fn mint(&self, scope: Scope) -> Result<Token, Error> {
        let route = Route::new(
            Method::Post,
            "/app/installations/{installation_id}/access_tokens",
            &[&scope.installation.to_string()],
        );
        let body = scope.body();
        let context = (USUAL, Some(scope.installation));
        let answer = self.once(&self.inner.app, &route, body.as_ref(), context).await?;
        match answer.check(&route, self.now()) {
            Err(Error::NotFound { call, message }) => return Err(Error::Gone { call, message }),
            Err(error) => {
                if let Some(until) = error.until() {
                    self.limited(scope.installation, &answer.headers, until);
                }
                return Err(error);
            }
            Ok(()) => {}
        }
        let minted = answer.json(&route)?;
        Token::new(&minted, (&self.inner.rest, &self.inner.graphql), self.now())
            .map_err(|problem| Error::Malformed { call: route.name(), problem })
    }

    /// One request, one answer, one count.
    async fn once(
        &self,
        crab: &Octocrab,
        route: &Route,
        body: Option<&Value>,
        (limits, installation): (Limits, Option<InstallationId>),
    ) -> Result<Answer, Error> {
        let exchange = tokio::time::timeout(limits.time, exchange(crab, route, body, limits.bytes));
        let result = exchange.await.unwrap_or_else(|_| {
            let problem = format!("none within {} seconds", limits.time.as_secs());
            Err(Error::Network { call: route.name(), problem })
        });
        let status = result.as_ref().ok().map(|answer| answer.status);
        let (method, template) = (route.method.as_str(), route.template);
        self.inner.observer.tell(&Call { method, route: template, status, installation });
        result
    }
}

/// Whether a list has been read far enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enough {
    No,
    Yes,
}

async fn exchange(
    crab: &Octocrab,
    route: &Route,
    body: Option<&Value>,
    limit: u64,
) -> Result<Answer, Error> {
    let path = route.path.as_str();
    let response = match route.method {
        Method::Get => crab._get(path).await,
        Method::Post => crab._post(path, body).await,
        Method::Patch => crab._patch(path, body).await,
    };
    let broken = |problem: String| Error::Network { call: route.name(), problem: short(&problem) };
    let response = response.map_err(|error| broken(causes(&error)))?;
    let (parts, body) = response.into_parts();
    let header = |name: &str| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let too_large = || Error::TooLarge { call: route.name(), limit, unit: "bytes" };
    let stated = header("content-length").and_then(|text| text.parse::<u64>().ok());
    if stated.is_some_and(|stated| stated > limit) {
        return Err(too_large());
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let bytes = match Limited::new(body, most).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(too_large()),
        Err(error) => return Err(broken(format!("the answer broke off: {}", causes(&*error)))),
    };
    let status = parts.status.as_u16();
    Ok(Answer { status, headers: Headers::read(header), body: bytes.into() })
}

/// An error and what caused it, on one line.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.ends_with(&words) {
            text = format!("{text}: {words}");
        }
        next = cause.source();
    }
    text
}

fn client(
    name: &'static str,
    address: &str,
    app: Option<(AppId, jsonwebtoken::EncodingKey)>,
) -> Result<Octocrab, ConnectionError> {
    let address = address.trim_end_matches('/');
    let wrong = || ConnectionError::Address { name, address: address.to_owned() };
    if !(address.starts_with("https://") || address.starts_with("http://")) {
        return Err(wrong());
    }
    let builder = Octocrab::builder()
        .base_uri(address)
        .map_err(|_| wrong())?
        // octocrab would send a POST again on its own; see reference: check runs came out doubled.
        .add_retry_config(RetryConfig::None)
        .set_connect_timeout(Some(CONNECT))
        .set_read_timeout(Some(DEADLINE))
        .set_write_timeout(Some(DEADLINE));
    let builder = match app {
        Some((id, key)) => builder.app(octocrab::models::AppId(id.0), key),
        None => builder,
    };
    builder.build().map_err(|error| ConnectionError::Client(error.to_string()))
}

/// A client for what needs no credentials.
pub(super) fn anonymous(api_url: &str) -> Result<Octocrab, ConnectionError> {
    client("the API's address", api_url, None)
}

/// One request by a client that belongs to no App yet.
pub(super) async fn ask(crab: &Octocrab, route: &Route) -> Result<Answer, Error> {
    tokio::time::timeout(DEADLINE, exchange(crab, route, None, MOST_BYTES)).await.unwrap_or_else(
        |_| {
            let problem = format!("none within {} seconds", DEADLINE.as_secs());
            Err(Error::Network { call: route.name(), problem })
        },
    )
}
