//! An artifact's bytes: streamed under a limit, and compared with the digest that GitHub states.

use std::time::Duration;

use gate_core::measure::Digest;

use super::{Artifact, Error, Repository, route::Method, send::Limits};

/// The longest that one download may take.
const TIME: Duration = Duration::from_secs(300);

/// What an artifact holds: a zip, or one bare file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What the storage says they are.
    pub content_type: Option<String>,
    /// Their digest.
    pub digest: Digest,
    /// Whether GitHub had stated that digest; old uploads come without one.
    pub verified: bool,
}

impl Repository {
    /// Downloads an artifact of at most `limit` bytes. GitHub answers with a redirect to its storage,
    /// which is followed without our credentials.
    ///
    /// # Errors
    ///
    /// If it has expired, is larger, or is not what its digest says.
    pub async fn download(&self, artifact: &Artifact, limit: u64) -> Result<Download, Error> {
        let template = "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}";
        let route = self.route(Method::Get, template, &[&artifact.id.to_string(), "zip"]);
        let call = route.name();
        if artifact.expired {
            let message = format!("artifact {:?} has expired", artifact.name);
            return Err(Error::NotFound { call, message });
        }
        if artifact.size > limit {
            return Err(Error::TooLarge { call, limit, unit: "bytes" });
        }
        let limits = Limits { bytes: limit, time: TIME };
        let answer = self.github.send(self.who(), &route, None, limits).await?;
        let status = answer.status;
        if answer.headers.request_id.is_none() && matches!(status, 401 | 403 | 404) {
            // The storage's own refusal: its address has run out. A new call brings a new address.
            let message = "the artifact storage refused its own address".to_owned();
            return Err(Error::Server { call, status, message });
        }
        answer.check(&route, self.github.now())?;
        let digest = Digest::of(&answer.body);
        let verified = match artifact.digest.as_deref() {
            None => false,
            Some(stated) if stated.eq_ignore_ascii_case(digest.as_str()) => true,
            Some(stated) => {
                let name = &artifact.name;
                let problem =
                    format!("artifact {name:?} should be {stated} and what came is {digest}");
                return Err(Error::Corrupt { call, problem });
            }
        };
        let content_type = answer.headers.content_type;
        Ok(Download { bytes: answer.body, content_type, digest, verified })
    }
}
