//! `pull-request.json`, version 1: our own format, so every key is known.

mod document;
mod people;
mod protection;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Deserializer, de::Error};

use super::{
    Limits, ReadError, ReadProblem,
    json::{self, Expected},
};
use crate::evidence::PullRequest;
use document::Document;

/// The version that is read.
const VERSION: u64 = 1;

/// Reads the state of a pull request.
///
/// # Errors
/// When it is not a complete document of version 1, or goes beyond a limit.
pub fn read_pull_request(bytes: &[u8], limits: &Limits) -> Result<PullRequest, ReadError> {
    let text = json::text(bytes, Expected::PullRequest, limits)?;
    json::check(text, limits)?;
    // The version first: another one may well have keys that this one does not know.
    json::parse_object::<Versioned>(text)?;
    let document = json::parse_object::<Document>(text)?;
    document.check_commits().map_err(|why| ReadError::new(ReadProblem::Malformed(why)))?;
    Ok(document.into())
}

#[derive(Deserialize)]
struct Versioned {
    #[serde(rename = "version", deserialize_with = "known_version")]
    _version: (),
}

fn known_version<'de, D: Deserializer<'de>>(json: D) -> Result<(), D::Error> {
    match u64::deserialize(json)? {
        VERSION => Ok(()),
        other => Err(D::Error::custom(format_args!(
            "version {other} is not known, this gate reads version {VERSION}"
        ))),
    }
}
