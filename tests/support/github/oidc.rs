//! The issuer of Actions' identity tokens, where an Enterprise Server has it: its configuration, its
//! keys, and the tokens that the jobs of a run get.

use std::sync::LazyLock;

use aws_lc_rs::rsa::{KeyPair, KeySize};
use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{Jwk, PublicKeyUse},
};
use serde_json::{Value, json};

use super::{
    FakeGitHub, Run, Shared,
    data::{Call, digest},
    failures::Fault,
    key::pem,
    server::empty,
};

/// Where it is, below the web address.
pub(super) const BASE: &str = "/_services/token";

const CONFIGURATION: &str = "/_services/token/.well-known/openid-configuration";
const KEYS: &str = "/_services/token/.well-known/jwks";

/// Making a key takes a while, so the tests of a run share a few.
static POOL: [LazyLock<EncodingKey>; 3] =
    [LazyLock::new(key), LazyLock::new(key), LazyLock::new(key)];

fn key() -> EncodingKey {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key can be made");
    EncodingKey::from_rsa_pem(pem(&pair).as_bytes()).expect("a key that was just made is sound")
}

/// What the issuer signs with, and what it publishes.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// The key that signs, by its place among all.
    pub signs: usize,
    /// The keys that are published.
    pub published: Vec<usize>,
}

impl Default for Issuer {
    fn default() -> Self {
        Self { signs: 0, published: vec![0] }
    }
}

fn name(key: usize) -> String {
    format!("key-{key}-of-the-fake")
}

/// What the issuer answers.
pub(super) fn answer(shared: &Shared, path: &str, fault: Option<&Fault>) -> Response<Body> {
    let github = &mut *shared.data();
    let issuer = format!("{}{BASE}", shared.url);
    let found = match path {
        CONFIGURATION => Some(json!({
            "issuer": issuer, "jwks_uri": format!("{}{KEYS}", shared.url),
            "subject_types_supported": ["public", "pairwise"],
            "response_types_supported": ["id_token"],
            "id_token_signing_alg_values_supported": ["RS256"],
        })),
        KEYS => {
            let mut keys: Vec<Value> =
                github.issuer.published.iter().map(|key| published(*key)).collect();
            keys.push(json!({"kty": "EC", "crv": "P-521", "kid": "of another kind", "use": "enc"}));
            Some(json!({ "keys": keys }))
        }
        _ => None,
    };
    let response = match (fault, found) {
        (Some(Fault::Status(status)), _) => {
            empty(StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY))
        }
        (Some(Fault::WrongJson), _) => Response::new(Body::from("{\"not\": [\"what\", \"was\"]}")),
        (Some(Fault::NotJson), _) => Response::new(Body::from("<html>")),
        (_, Some(found)) => Response::new(Body::from(found.to_string())),
        (_, None) => empty(StatusCode::NOT_FOUND),
    };
    let (method, status) = ("GET".to_owned(), response.status().as_u16());
    github.log.push(Call {
        method,
        route: format!("GET {path}"),
        path: path.to_owned(),
        status,
        about: String::new(),
    });
    response
}

/// A key as GitHub publishes it.
fn published(key: usize) -> Value {
    let mut jwk =
        Jwk::from_encoding_key(&POOL[key], Algorithm::RS256).expect("an RSA key has a public half");
    jwk.common.key_id = Some(name(key));
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    serde_json::to_value(jwk).expect("a key is JSON")
}

impl FakeGitHub {
    /// The identity token that a job of this run gets for `audience`.
    #[track_caller]
    pub fn identity_token(&self, run: &Run, audience: &str) -> String {
        self.changed_identity_token(run, audience, |_, _| {})
    }

    /// The same, with header and claims changed before it is signed, as no issuer does.
    #[track_caller]
    pub fn changed_identity_token(
        &self,
        run: &Run,
        audience: &str,
        change: impl FnOnce(&mut Header, &mut Value),
    ) -> String {
        let github = self.data();
        let at = github.position(&run.repository);
        let repository = &github.repositories[at];
        let it = repository.workflow_runs.iter().find(|it| it.id == run.id).expect("a run");
        let now = github.now().as_second();
        let full_name = repository.full_name();
        let merge = format!("refs/pull/1/merge of {}", it.head);
        let mut claims = json!({
            "iss": format!("{}{BASE}", self.url()), "aud": audience,
            "sub": format!("repo:{full_name}:pull_request"), "jti": format!("token of {}", run.id),
            "iat": now, "nbf": now - 300, "exp": now + 300,
            "repository": full_name, "repository_id": repository.id.to_string(),
            "repository_owner": repository.owner, "repository_visibility": "private",
            "run_id": it.id.to_string(), "run_attempt": it.attempt.to_string(),
            "run_number": it.run_number.to_string(), "event_name": it.event,
            "workflow": it.name, "workflow_ref": format!("{full_name}/{}@refs/heads/main", it.path),
            "ref": it.head_branch, "runner_environment": "github-hosted",
            // Of a pull request's run this is the merge commit, and not the head.
            "sha": digest(merge.as_bytes())[..40],
        });
        let mut header = Header::new(Algorithm::RS256);
        let key = github.issuer.signs;
        header.kid = Some(name(key));
        change(&mut header, &mut claims);
        jsonwebtoken::encode(&header, &claims, &POOL[key]).expect("claims can be signed")
    }

    /// The issuer signs with another key from now on, and publishes that one only.
    pub fn rotate_identity_key(&self) {
        let mut github = self.data();
        let next = (github.issuer.signs + 1) % POOL.len();
        github.issuer = Issuer { signs: next, published: vec![next] };
    }

    /// How often the issuer was asked for its keys.
    #[must_use]
    pub fn identity_keys_asked(&self) -> usize {
        self.calls().get(&format!("GET {KEYS}")).copied().unwrap_or_default()
    }

    /// The issuer's answers to the next so many questions for its keys fail.
    pub fn fail_identity_keys(&self, fault: Fault, times: usize) {
        self.fail(&format!("GET {KEYS}"), fault, times);
    }
}
