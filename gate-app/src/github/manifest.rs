//! The last step of the manifest flow: a code becomes an App with its secrets.

use secrecy::SecretString;
use serde::Deserialize;

use crate::ids::AppId;

use super::{
    ConnectionError, Error,
    exchange::{DEADLINE, client, exchange},
    route::{Method, Route},
};

const MOST_BYTES: u64 = 1 << 20;

/// An App that has just been registered.
#[derive(Debug, Deserialize)]
pub struct NewApp {
    /// Its id.
    pub id: AppId,
    /// Its name in addresses.
    pub slug: String,
    /// Its page.
    pub html_url: String,
    /// Its client id.
    pub client_id: String,
    /// Its client secret.
    pub client_secret: SecretString,
    /// The secret of its webhook; none if it has no webhook.
    pub webhook_secret: Option<SecretString>,
    /// Its private key in PEM form.
    pub pem: SecretString,
}

/// A code that brought no App.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// GitHub's address cannot be used.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// GitHub gave no App for it.
    #[error("{0}; a code is good for one hour and one use: begin the set-up again")]
    Call(#[from] Error),
}

/// Exchanges the code that GitHub sent to our set-up page. It needs no credentials.
///
/// # Errors
///
/// If the code is used, an hour old, or the call fails.
pub async fn convert_manifest(
    api_url: &str,
    code: &str,
    now: jiff::Timestamp,
) -> Result<NewApp, ManifestError> {
    let crab = client("the API's address", api_url)?;
    let route = Route::new(Method::Post, "/app-manifests/{code}/conversions", &[code]);
    let asked = tokio::time::timeout(DEADLINE, exchange(&crab, &route, None, MOST_BYTES)).await;
    let answer = asked.unwrap_or_else(|_| {
        let problem = format!("none within {} seconds", DEADLINE.as_secs());
        Err(Error::Network { call: route.name(), problem })
    })?;
    answer.check(&route, now)?;
    Ok(answer.json(&route)?)
}
