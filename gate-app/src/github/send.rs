//! Calls: with whose token, under which limits, page by page, and counted.

use std::{sync::Arc, time::Duration};

use octocrab::Octocrab;
use serde::de::DeserializeOwned;
use serde_json::Value;

use jiff::Timestamp;

use crate::ids::InstallationId;

use super::{
    Call, Error, GitHub, Quota,
    answer::{Answer, Headers},
    budget::Resource,
    exchange::{DEADLINE, exchange},
    page::next_page,
    route::{Method, Route},
    token::{Scope, Token},
};

/// The longest JSON answer that is read; a page of 100 full objects has about one megabyte.
const MOST_BYTES: u64 = 32 << 20;
/// The most pages of one list that are read.
const MOST_PAGES: usize = 1_000;

pub(super) const USUAL: Limits = Limits { bytes: MOST_BYTES, time: DEADLINE };

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

impl GitHub {
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
        // On the heap: what waits for GitHub holds all of HTTP, and every caller would hold it too.
        Box::pin(self.sent(who, route, body, limits)).await
    }

    async fn sent(
        &self,
        who: Who,
        route: &Route,
        body: Option<&Value>,
        limits: Limits,
    ) -> Result<Answer, Error> {
        let resource =
            if route.template.starts_with("/graphql") { Resource::Graphql } else { Resource::Rest };
        let Who::Scope(scope) = who else {
            return self.as_app(route, body, (limits, None)).await;
        };
        let installation = scope.installation;
        let budget = &self.inner.budget;
        let after = if route.is_for_publishing() {
            budget.send_after(installation, resource, self.now())
        } else {
            budget.read_after(installation, resource, self.now())
        };
        if let Some(until) = after {
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
        match answer.check(route, self.now()) {
            Err(Error::RateLimited { until, .. }) => {
                self.limited(installation, &answer.headers, until);
            }
            Ok(()) => self.inner.budget.went_well(installation),
            Err(_) => {}
        }
        Ok(answer)
    }

    /// Remembers a limit, unless it is an empty quota, which is remembered as such.
    pub(super) fn limited(&self, id: InstallationId, headers: &Headers, until: Timestamp) {
        let budget = &self.inner.budget;
        if !headers.tell_when(self.now()) {
            budget.blocked_for_nobody_says_how_long(id, self.now());
        } else if headers.quota().is_none_or(|quota| quota.remaining > 0 || quota.reset != until) {
            budget.blocked(id, until);
        }
    }

    pub(super) fn saw(&self, id: InstallationId, resource: Resource, quota: Quota) {
        self.inner.budget.saw(id, resource, quota);
    }

    /// Sends a request and reads the answer as JSON.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        who: Who,
        route: &Route,
        body: Option<&Value>,
    ) -> Result<T, Error> {
        let answer = self.send(who, route, body, USUAL).await?;
        answer.check(route, self.now())?;
        answer.json(route)
    }

    /// Asks for what may be known already under this tag.
    pub(super) async fn fresh<T: DeserializeOwned>(
        &self,
        who: Who,
        route: &Route,
        known: Option<&str>,
    ) -> Result<Fresh<T>, Error> {
        let route = Route { known: known.map(str::to_owned), ..route.clone() };
        let answer = self.send(who, &route, None, USUAL).await?;
        if answer.status == 304 && known.is_some() {
            return Ok(Fresh::Unchanged);
        }
        answer.check(&route, self.now())?;
        let value = answer.json(&route)?;
        Ok(Fresh::New { tag: answer.headers.tag, value })
    }

    /// Sends a request whose answer says nothing.
    pub(super) async fn done(&self, who: Who, route: &Route) -> Result<(), Error> {
        self.send(who, route, None, USUAL).await?.check(route, self.now())
    }

    /// Reads every page of a list. `take` picks the items out of a page, and says when it has enough.
    pub(super) async fn pages<P, F>(&self, who: Who, first: Route, mut take: F) -> Result<(), Error>
    where
        P: DeserializeOwned,
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
        self.inner.tokens.forget_old(scope, self.now()).await;
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
        let answer = self.as_app(&route, body.as_ref(), context).await?;
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
        let now = self.inner.identity.github_time(self.now());
        Token::new(&minted, (&self.inner.rest, &self.inner.graphql), now)
            .map_err(|problem| Error::Malformed { call: route.name(), problem })
    }

    /// Sends a request with the App's own word; once more, if GitHub refused it because our clock is
    /// wrong.
    async fn as_app(
        &self,
        route: &Route,
        body: Option<&Value>,
        context: (Limits, Option<InstallationId>),
    ) -> Result<Answer, Error> {
        let answer = self.once(&self.signed(route)?, route, body, context).await?;
        let there = answer.headers.time();
        if answer.status == 401 && self.inner.identity.learn(there, self.now()) {
            return self.once(&self.signed(route)?, route, body, context).await;
        }
        Ok(answer)
    }

    /// The client that speaks as the App itself.
    fn signed(&self, route: &Route) -> Result<Octocrab, Error> {
        let refused = |message| Error::Unauthorized { call: route.name(), message };
        let word = self.inner.identity.word(self.now()).map_err(refused)?;
        let app = self.inner.rest.user_access_token(word);
        app.map_err(|error| refused(error.to_string()))
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
        let resource = if template.starts_with("/graphql") { "graphql" } else { "core" };
        let quota = result.as_ref().ok().and_then(|answer| answer.headers.quota());
        let left = quota.map(|quota| quota.remaining);
        let call = Call { method, route: template, status, installation, resource, left };
        self.inner.observer.tell(&call);
        result
    }
}

/// Whether a list has been read far enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enough {
    No,
    Yes,
}

/// What came of asking by a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fresh<T> {
    /// What is known still holds.
    Unchanged,
    /// This.
    New {
        /// What to ask by the next time, if GitHub gave it.
        tag: Option<String>,
        /// What GitHub said.
        value: T,
    },
}
