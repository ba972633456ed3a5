//! The App's private key, made once a run: nothing that looks like a secret is committed.

use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

static KEY: LazyLock<KeyPair> =
    LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).expect("a key can be made"));

/// The key in PEM, PKCS#1 as GitHub gives it.
pub(super) fn private_key() -> String {
    pem(&KEY)
}

/// A 2048-bit key in PEM, PKCS#1.
pub(super) fn pem(key: &KeyPair) -> String {
    let pkcs8: Pkcs8V1Der<'_> = key.as_der().expect("a key has a written form");
    // PKCS#8 of a 2048-bit RSA key is 26 bytes of header before PKCS#1.
    let pkcs1 = pkcs8.as_ref().get(26..).expect("a key is longer than its header");
    let text = STANDARD.encode(pkcs1);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|it| std::str::from_utf8(it).expect("base64 is ASCII"))
        .collect();
    let label = "RSA PRIVATE KEY";
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[derive(Debug, Deserialize)]
struct Claims {
    iat: i64,
    exp: i64,
    iss: serde_json::Value,
}

/// Whether GitHub would take this as the App's word, at `now` in seconds; if not, what it says.
pub(super) fn verify(jwt: &str, names: &[String], now: i64) -> Result<(), &'static str> {
    let mut rules = Validation::new(Algorithm::RS256);
    // The times are checked below, against GitHub's clock.
    rules.validate_exp = false;
    rules.required_spec_claims.clear();
    let key = DecodingKey::from_rsa_der(KEY.public_key().as_ref());
    let Ok(token) = jsonwebtoken::decode::<Claims>(jwt, &key, &rules) else {
        return Err("A JSON web token could not be decoded");
    };
    let Claims { iat, exp, iss } = token.claims;
    let issuer = iss.as_str().map_or_else(|| iss.to_string(), str::to_owned);
    if !names.contains(&issuer) {
        return Err("Integration not found");
    }
    if exp <= now {
        return Err("'Expiration time' claim ('exp') must be a numeric value representing the \
                    future time at which the assertion expires");
    }
    if exp - now > 600 {
        return Err("'Expiration time' claim ('exp') is too far in the future");
    }
    if iat > now {
        return Err("'Issued at' claim ('iat') must be an Integer representing the time that the \
                    assertion was issued");
    }
    Ok(())
}
