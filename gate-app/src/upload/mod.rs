//! Floor 2: the upload door: who may bring a report, and how it is kept. For CI that is not GitHub
//! Actions, and for files that are too much for an artifact.
//!
//! Two kinds of sender are known. A workflow run shows the identity token that Actions gave it: it
//! may upload for the commit that GitHub says it ran for. Everybody else shows a token of the
//! repository, which was made by `gate-app token add`.

mod admit;
mod keys;
mod oidc;
mod refusal;

use std::{future::Future, pin::Pin, sync::Arc};

use axum::body::Bytes;
use gate_core::measure::Digest;
use secrecy::SecretString;
use serde::Serialize;
use tokio::sync::{Notify, SetOnce};

use crate::{
    clock::Clock,
    github::GitHub,
    ids::{CommitSha, RepositoryName},
    store::{ReportFile, Store, StoreError, Upload, UploadReceipt},
};

pub use self::{
    oidc::Verifier,
    refusal::{Kind, Refusal},
};

/// The largest report that is taken; what is larger would not be read either.
pub const MAX_UPLOAD: u64 = 256 << 20;

/// What the tokens of repositories begin with, so that nobody takes one for something else.
pub const TOKEN_PREFIX: &str = "gate_";

/// A report that somebody wants to bring.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The repository, as the sender calls it.
    pub repository: RepositoryName,
    /// The commit that it is of.
    pub commit: CommitSha,
    /// Its name in the policy.
    pub report: String,
    /// The token that came with it.
    pub token: SecretString,
    /// How many bytes will come.
    pub length: u64,
    /// What their digest has to be, where the sender said so.
    pub digests: Vec<Digest>,
}

/// A report that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Received {
    /// Its repository.
    pub repository: String,
    /// Its commit.
    pub commit: CommitSha,
    /// Its name in the policy.
    pub report: String,
    /// Of its bytes.
    pub digest: Digest,
    /// How many.
    pub bytes: u64,
    /// Whether it is known who sent it: not so from a fork.
    pub trusted: bool,
    /// Whether it changed anything: false for what was here already.
    pub new: bool,
}

/// What comes next of a report.
pub type Next<'a> = Pin<Box<dyn Future<Output = Result<Option<Bytes>, Refusal>> + Send + 'a>>;

/// The bytes of a report as they come.
pub trait Chunks: Send {
    /// The next of them; nothing at the end.
    fn next(&mut self) -> Next<'_>;
}

/// The door, and what stands behind it.
#[derive(Debug, Clone)]
pub struct Door {
    /// Where reports are kept.
    pub store: Store,
    /// GitHub, once the App is connected.
    pub github: Arc<SetOnce<GitHub>>,
    /// Checks the tokens of Actions; none while the App does not know its own address.
    pub verifier: Option<Arc<Verifier>>,
    /// What time it is.
    pub clock: Clock,
    /// Rung when something became dirty.
    pub bell: Arc<Notify>,
}

impl Door {
    /// Takes a report: who sends it is known before a byte of it is read.
    ///
    /// # Errors
    /// Why it was not taken; then nothing of it is kept.
    pub async fn take(&self, wanted: &Wanted, body: &mut dyn Chunks) -> Result<Received, Refusal> {
        let sender = self.admit(wanted).await?;
        let (digest, bytes) = self.keep(wanted, body).await?;
        let upload = Upload {
            file: ReportFile { name: wanted.report.clone(), digest: digest.clone() },
            by: sender.by,
            is_trusted: sender.is_trusted,
            at: self.clock.now(),
        };
        let receipt = self.store.take_upload(sender.repository, &wanted.commit, &upload).await?;
        let new = match receipt {
            UploadReceipt::Stored { .. } => true,
            UploadReceipt::Known => false,
            UploadReceipt::Outranked => {
                return Err(Refusal::conflict(format!(
                    "{:?} is here already from a trusted sender, and a fork does not take its place",
                    wanted.report
                )));
            }
            UploadReceipt::TooMany => {
                return Err(Refusal::unprocessable(
                    "this commit has a hundred reports already, the most that are taken",
                ));
            }
            UploadReceipt::NoRepository => return Err(Refusal::not_found(&wanted.repository)),
        };
        if new {
            self.bell.notify_one();
        }
        tracing::info!(
            repository = %sender.name, commit = %wanted.commit, report = wanted.report, %digest,
            bytes, by = upload.by, trusted = upload.is_trusted, new, "a report was uploaded"
        );
        Ok(Received {
            repository: sender.name.to_string(),
            commit: wanted.commit.clone(),
            report: wanted.report.clone(),
            digest,
            bytes,
            trusted: upload.is_trusted,
            new,
        })
    }

    async fn keep(&self, wanted: &Wanted, body: &mut dyn Chunks) -> Result<(Digest, u64), Refusal> {
        let mut draft = self.store.draft(random_name()?, self.clock.now());
        while let Some(chunk) = body.next().await? {
            draft.add(&chunk).await?;
            if draft.size() > wanted.length {
                break;
            }
        }
        let (size, digest) = (draft.size(), draft.digest()?);
        if size != wanted.length {
            return Err(Refusal::cut(format!("{size} of {} bytes came", wanted.length)));
        }
        if let Some(stated) = wanted.digests.iter().find(|stated| **stated != digest) {
            return Err(Refusal::unprocessable(format!(
                "the report should be {stated}, and what came is {digest}; send it again"
            )));
        }
        Ok((draft.keep(self.clock.now()).await?, size))
    }
}

/// What is told of a token once it is made: the first digits of its digest.
#[must_use]
pub fn short(token: &Digest) -> &str {
    token.as_str().trim_start_matches("sha256:").get(..12).unwrap_or_default()
}

fn random_name() -> Result<String, Refusal> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|error| {
        tracing::error!(%error, "the operating system gives no randomness");
        Refusal::unavailable("the report cannot be kept now", 30)
    })?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "an upload could not be stored");
        Self::unavailable("it could not be stored; send it again", 5)
    }
}
