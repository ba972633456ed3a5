//! A file as two commits have it: for what GitHub gives no patch of.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ids::CommitSha;

use super::{
    Error, Repository,
    graphql::{Data, VERSIONS, without_data},
    route::Method,
    send::{Limits, USUAL},
};

const CALL: &str = "POST /graphql versions";
/// A file of more bytes has no lines that anybody reads.
const MOST_BYTES: u64 = 32 << 20;

/// A file at a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// There is no such file.
    Absent,
    /// It is no text.
    Binary,
    /// What it says.
    Text(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    #[serde(rename = "__typename")]
    kind: String,
    #[serde(default)]
    oid: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    is_binary: Option<bool>,
    #[serde(default)]
    is_truncated: bool,
}

#[derive(Deserialize)]
struct RawBlob {
    content: String,
    encoding: String,
}

impl Repository {
    /// One file at two commits, under the path that each has it at: one call, and one more for each
    /// that is longer than GraphQL gives.
    ///
    /// # Errors
    ///
    /// If a call fails, or a file is too large.
    pub async fn versions(
        &self,
        (old, old_path): (&CommitSha, &str),
        (new, new_path): (&CommitSha, &str),
    ) -> Result<(Version, Version), Error> {
        let variables = json!({
            "owner": self.name.owner, "name": self.name.name,
            "old": format!("{old}:{old_path}"), "new": format!("{new}:{new_path}"),
        });
        let Data { data, errors, .. } = self.github.query(self.who(), VERSIONS, &variables).await?;
        if !errors.is_empty() || data.get("repository").is_none_or(Value::is_null) {
            return Err(without_data(CALL.to_owned(), &errors));
        }
        let old = self.version(data.pointer("/repository/old")).await?;
        let new = self.version(data.pointer("/repository/new")).await?;
        Ok((old, new))
    }

    async fn version(&self, object: Option<&Value>) -> Result<Version, Error> {
        let Some(object) = object.filter(|object| !object.is_null()) else {
            return Ok(Version::Absent);
        };
        let malformed = |problem: String| Error::Malformed { call: CALL.to_owned(), problem };
        let object = Object::deserialize(object).map_err(|error| malformed(error.to_string()))?;
        if object.kind != "Blob" {
            // A folder or another repository took its place.
            return Ok(Version::Absent);
        }
        match (object.text, object.oid) {
            (Some(text), _) if !object.is_truncated => Ok(Version::Text(text)),
            (None, _) if object.is_binary == Some(true) => Ok(Version::Binary),
            (Some(_) | None, Some(oid)) => self.blob(&oid).await,
            (Some(_) | None, None) => Err(malformed("a file without an id".to_owned())),
        }
    }

    /// A file by its id: one call.
    async fn blob(&self, id: &str) -> Result<Version, Error> {
        let route = self.route(Method::Get, "/repos/{owner}/{repo}/git/blobs/{file_sha}", &[id]);
        let limits = Limits { bytes: MOST_BYTES * 3 / 2, ..USUAL };
        let answer = self.github.send(self.who(), &route, None, limits).await?;
        answer.check(&route, self.github.now())?;
        let RawBlob { content, encoding } = answer.json(&route)?;
        let malformed = |problem: String| Error::Malformed { call: route.name(), problem };
        if encoding != "base64" {
            return Err(malformed(format!("a file in the encoding {encoding:?}")));
        }
        let content: String = content.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(content).map_err(|error| malformed(error.to_string()))?;
        // git takes for binary what has a zero byte near its beginning.
        if bytes.iter().take(8_000).any(|&byte| byte == 0) {
            return Ok(Version::Binary);
        }
        Ok(Version::Text(String::from_utf8_lossy(&bytes).into_owned()))
    }
}
