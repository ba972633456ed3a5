//! The keys that the issuer of Actions' tokens signs with: fetched from it, kept for an hour, and
//! fetched again for a key that is not among them, but never so often that strangers could have us
//! hammer the issuer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, PublicKeyUse},
};
use reqwest::{Client, redirect::Policy};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;

/// How long keys are believed. A key that the issuer took back is good for no longer.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// How long no more unknown keys are asked for after one was.
const UNKNOWN_FLOOR: SignedDuration = SignedDuration::from_secs(60);
/// How long the issuer is left alone after it failed.
const FAILED_FLOOR: SignedDuration = SignedDuration::from_secs(10);
/// What an issuer publishes has a few kilobytes.
const MOST_BYTES: usize = 1 << 20;

/// The only algorithm: a token does not choose how it is checked.
pub(super) const ALGORITHM: Algorithm = Algorithm::RS256;

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoKey {
    /// The issuer has none of this name.
    Unknown,
    /// The issuer cannot be asked now, or not again yet.
    NotNow { why: String, retry_after: u64 },
}

/// The keys of one issuer.
pub(super) struct Keys {
    client: Client,
    issuer: String,
    state: Mutex<State>,
    /// Held while the issuer is asked: once, however many wait.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    keys: HashMap<String, Arc<DecodingKey>>,
    read: Option<Timestamp>,
    failed: Option<Timestamp>,
    asked_for_unknown: Option<Timestamp>,
}

impl State {
    fn is_fresh(&self, now: Timestamp) -> bool {
        self.read.is_some_and(|read| now.duration_since(read) < FRESH)
    }

    fn key(&self, id: &str, now: Timestamp) -> Option<Arc<DecodingKey>> {
        self.keys.get(id).filter(|_| self.is_fresh(now)).cloned()
    }

    /// How long the issuer is not to be asked yet.
    fn wait(&self, now: Timestamp) -> Option<(&'static str, SignedDuration)> {
        let left = |since: Option<Timestamp>, floor: SignedDuration| {
            let left = floor - now.duration_since(since?);
            left.is_positive().then_some(left)
        };
        let failed = left(self.failed, FAILED_FLOOR)
            .map(|left| ("the issuer of the token could not be asked for its keys", left));
        let unknown = || left(self.asked_for_unknown, UNKNOWN_FLOOR);
        let unknown = || {
            unknown().filter(|_| self.is_fresh(now)).map(|left| {
                (
                    "the issuer of the token was asked for its keys a moment ago, and had not this",
                    left,
                )
            })
        };
        failed.or_else(unknown)
    }
}

#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl Keys {
    pub(super) fn new(issuer: &str) -> Result<Self, String> {
        let client = Client::builder()
            .user_agent(concat!("gate-app/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10))
            .build()
            .map_err(|error| error.to_string())?;
        let (state, asking) = (Mutex::default(), tokio::sync::Mutex::new(()));
        Ok(Self { client, issuer: issuer.to_owned(), state, asking })
    }

    /// The key of this name.
    pub(super) async fn key(&self, id: &str, now: Timestamp) -> Result<Arc<DecodingKey>, NoKey> {
        let known = |keys: &Self| keys.with(|state| state.key(id, now));
        if let Some(key) = known(self) {
            return Ok(key);
        }
        let _one = self.asking.lock().await;
        // Somebody may have asked meanwhile.
        if let Some(key) = known(self) {
            return Ok(key);
        }
        if let Some((why, left)) = self.with(|state| state.wait(now)) {
            let retry_after = left.as_secs().unsigned_abs() + 1;
            return Err(NoKey::NotNow { why: why.to_owned(), retry_after });
        }
        let read = self.read().await;
        self.with(|state| {
            if state.is_fresh(now) {
                state.asked_for_unknown = Some(now);
            }
            match read {
                Ok(keys) => {
                    state.keys = keys;
                    state.read = Some(now);
                    state.failed = None;
                    state.key(id, now).ok_or(NoKey::Unknown)
                }
                Err(problem) => {
                    tracing::warn!(issuer = self.issuer, problem, "no keys from the issuer");
                    state.failed = Some(now);
                    let why = "the issuer of the token cannot be asked for its keys".to_owned();
                    let retry_after = FAILED_FLOOR.as_secs().unsigned_abs();
                    Err(NoKey::NotNow { why, retry_after })
                }
            }
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn read(&self) -> Result<HashMap<String, Arc<DecodingKey>>, String> {
        let at = format!("{}/.well-known/openid-configuration", self.issuer);
        let configuration: Configuration = self.get(&at).await?;
        if configuration.issuer != self.issuer {
            return Err(format!("it says that it is {:?}", configuration.issuer));
        }
        let origin = |text: &str| Url::parse(text).ok().map(|url| url.origin());
        if origin(&configuration.jwks_uri) != origin(&self.issuer) {
            return Err(format!("its keys are elsewhere, at {:?}", configuration.jwks_uri));
        }
        let set: KeySet = self.get(&configuration.jwks_uri).await?;
        let mut keys = HashMap::new();
        for key in set.keys {
            // Keys of other kinds sign other things.
            if let Some((id, key)) = usable(key)? {
                keys.insert(id, Arc::new(key));
            }
        }
        if keys.is_empty() { Err("it has no key for RS256".to_owned()) } else { Ok(keys) }
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, String> {
        let said = |error: reqwest::Error| error.without_url().to_string();
        let mut response = self.client.get(url).send().await.map_err(said)?;
        if response.status() != 200 {
            return Err(format!("{url} answers {}", response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(said)? {
            body.extend_from_slice(&chunk);
            if body.len() > MOST_BYTES {
                return Err(format!("{url} answers with more than {MOST_BYTES} bytes"));
            }
        }
        serde_json::from_slice(&body).map_err(|error| format!("{url} makes no sense: {error}"))
    }
}

/// A key for our algorithm, under its name.
fn usable(key: Value) -> Result<Option<(String, DecodingKey)>, String> {
    if key.get("kty").and_then(Value::as_str) != Some("RSA") {
        return Ok(None);
    }
    let unsound = |error: &dyn std::fmt::Display| format!("one of its keys is unsound: {error}");
    let key: Jwk = serde_json::from_value(key).map_err(|error| unsound(&error))?;
    let common = &key.common;
    let signs = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
    let fits = matches!(common.key_algorithm, None | Some(KeyAlgorithm::RS256));
    match (&common.key_id, &key.algorithm) {
        (Some(id), AlgorithmParameters::RSA(_)) if signs && fits => {
            let decoding = DecodingKey::from_jwk(&key).map_err(|error| unsound(&error))?;
            Ok(Some((id.clone(), decoding)))
        }
        _ => Ok(None),
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
