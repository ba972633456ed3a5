//! The identity tokens that GitHub Actions gives to its runs: who signed one, for whom, for how
//! long, and which run it stands for. Only ids count: names and `sub` change their form.

use jiff::Timestamp;
use jsonwebtoken::{Validation, errors::ErrorKind};
use serde::Deserialize;

use crate::ids::{RepositoryId, RepositoryName, RunId};

use super::keys::{ALGORITHM, Keys, NoKey};

/// How far clocks may be apart, in seconds.
const LEEWAY: i64 = 60;
/// GitHub's have one or two kilobytes.
const LONGEST: usize = 16 << 10;

/// Checks tokens of one issuer for one audience.
#[derive(Debug)]
pub struct Verifier {
    keys: Keys,
    rules: Validation,
    audience: String,
}

/// Which run a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) repository: RepositoryId,
    pub(super) name: RepositoryName,
    pub(super) run: RunId,
}

/// Why a token says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rejected {
    /// It is not good.
    Token(String),
    /// Whether it is good cannot be told now.
    Issuer { why: String, retry_after: u64 },
}

#[derive(Deserialize)]
struct Claims {
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
    repository: String,
    repository_id: String,
    run_id: String,
}

impl Verifier {
    /// For tokens that `issuer` gives out for `audience`.
    ///
    /// # Errors
    /// When no HTTP client can be built.
    pub fn new(issuer: &str, audience: &str) -> Result<Self, String> {
        let mut rules = Validation::new(ALGORITHM);
        rules.set_issuer(&[issuer]);
        rules.set_audience(&[audience]);
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        // The times are checked below, by the App's clock.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        Ok(Self { keys: Keys::new(issuer)?, rules, audience: audience.to_owned() })
    }

    /// The run that a token stands for.
    pub(super) async fn verify(&self, token: &str, now: Timestamp) -> Result<Identity, Rejected> {
        let rejected = |why: &str| Rejected::Token(why.to_owned());
        if token.len() > LONGEST {
            return Err(rejected("the token is too long for one of Actions"));
        }
        let header = jsonwebtoken::decode_header(token)
            .map_err(|_| rejected("this is neither a token of Actions nor one of a repository"))?;
        if header.alg != ALGORITHM {
            return Err(rejected("the token is not signed with RS256"));
        }
        let Some(id) = header.kid else {
            return Err(rejected("the token does not say which key it is signed with"));
        };
        let key = self.keys.key(&id, now).await.map_err(|no_key| match no_key {
            NoKey::Unknown => rejected("the token is signed with a key that its issuer has not"),
            NoKey::NotNow { why, retry_after } => Rejected::Issuer { why, retry_after },
        })?;
        let token = jsonwebtoken::decode::<Claims>(token, &key, &self.rules)
            .map_err(|error| Rejected::Token(self.said(error.kind())))?;
        let claims = token.claims;
        let now = now.as_second();
        if claims.exp.saturating_add(LEEWAY) <= now {
            return Err(rejected("the token has expired; ask for another right before the upload"));
        }
        let begins = [claims.nbf, claims.iat].into_iter().flatten().max();
        if begins.is_some_and(|begins| begins.saturating_sub(LEEWAY) > now) {
            return Err(rejected("the token is of the future: the clocks are far apart"));
        }
        identity(&claims).ok_or_else(|| rejected("the token is not of a workflow run"))
    }

    fn said(&self, kind: &ErrorKind) -> String {
        if matches!(kind, ErrorKind::InvalidAudience) {
            return format!(
                "the token is for another audience; ask Actions for one with the audience {}",
                self.audience
            );
        }
        if matches!(kind, ErrorKind::InvalidIssuer) {
            return "the token is of another issuer than this GitHub's Actions".to_owned();
        }
        if matches!(kind, ErrorKind::InvalidSignature) {
            return "the token's signature is not good".to_owned();
        }
        if let ErrorKind::MissingRequiredClaim(claim) = kind {
            return format!("the token says nothing of {claim:?}");
        }
        "the token is none of a workflow run".to_owned()
    }
}

fn identity(claims: &Claims) -> Option<Identity> {
    let (owner, name) = claims.repository.split_once('/')?;
    Some(Identity {
        repository: RepositoryId(claims.repository_id.parse().ok()?),
        name: RepositoryName { owner: owner.to_owned(), name: name.to_owned() },
        run: RunId(claims.run_id.parse().ok()?),
    })
}
