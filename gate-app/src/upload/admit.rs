//! Who may upload: a run of the repository for its own commit, or who has one of its tokens.

use std::time::Duration;

use gate_core::measure::Digest;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::{
    github::{self, GitHub},
    ids::{CommitSha, InstallationId, RepositoryId, RepositoryName},
};

use super::{
    Door, Refusal, TOKEN_PREFIX, Wanted,
    oidc::{Identity, Rejected},
    short,
};

/// How long an upload waits for the connection to GitHub.
const CONNECTING: Duration = Duration::from_secs(5);

/// Whoever was let in.
pub(super) struct Sender {
    pub(super) repository: RepositoryId,
    pub(super) name: RepositoryName,
    pub(super) by: String,
    pub(super) is_trusted: bool,
}

/// What GitHub says of a run, and never changes.
#[derive(Debug, Serialize, Deserialize)]
struct RunFact {
    head: CommitSha,
    fork: bool,
}

impl Door {
    /// Lets a sender in, or not.
    pub(super) async fn admit(&self, wanted: &Wanted) -> Result<Sender, Refusal> {
        let token = wanted.token.expose_secret();
        if token.starts_with(TOKEN_PREFIX) {
            self.admit_token(wanted, token).await
        } else {
            self.admit_run(wanted, token).await
        }
    }

    /// A token of the repository. Whoever has none is not told which repositories are known.
    async fn admit_token(&self, wanted: &Wanted, token: &str) -> Result<Sender, Refusal> {
        let digest = Digest::of(token.as_bytes());
        let known = self.store.repository_named(&wanted.repository).await?;
        let now = self.clock.now();
        match known {
            Some(known) if self.store.upload_token_matches(known.id, &digest, now).await? => {
                Ok(Sender {
                    repository: known.id,
                    name: known.name,
                    by: format!("token {}", short(&digest)),
                    is_trusted: true,
                })
            }
            Some(_) | None => Err(Refusal::unauthorized(format!(
                "the token is none of {}, or was revoked; `gate-app token add {0}` makes one",
                wanted.repository
            ))),
        }
    }

    /// A workflow run, by the token that Actions gave it.
    async fn admit_run(&self, wanted: &Wanted, token: &str) -> Result<Sender, Refusal> {
        let Some(verifier) = &self.verifier else {
            return Err(Refusal::unavailable(
                "tokens of Actions cannot be checked until GATE_PUBLIC_URL is set; \
                 a token of `gate-app token add` can",
                300,
            ));
        };
        let now = self.clock.now();
        let identity = verifier.verify(token, now).await.map_err(|rejected| match rejected {
            Rejected::Token(why) => Refusal::unauthorized(why),
            Rejected::Issuer { why, retry_after } => Refusal::unavailable(why, retry_after),
        })?;
        let known = self.store.repository(identity.repository).await?;
        let is_its_name = is_same(&identity.name, &wanted.repository)
            || known.as_ref().is_some_and(|known| is_same(&known.name, &wanted.repository));
        if !is_its_name {
            return Err(Refusal::forbidden(format!(
                "the token is of a run of {}, not of {}",
                identity.name, wanted.repository
            )));
        }
        let Some(installation) = known.and_then(|known| known.installation) else {
            return Err(Refusal::not_found(&wanted.repository));
        };
        // Right after the start it takes a moment.
        let github = timeout(CONNECTING, self.github.wait()).await.map_err(|_| {
            Refusal::unavailable("the App is not connected to GitHub; its log says why", 30)
        })?;
        let run = self.run(github, installation, &identity).await?;
        if run.head != wanted.commit {
            return Err(Refusal::conflict(format!(
                "run {} is of the commit {}, not of {}; for a pull request that is the head's, \
                 and not the merge commit's that is checked out",
                identity.run, run.head, wanted.commit
            )));
        }
        Ok(Sender {
            repository: identity.repository,
            name: identity.name,
            by: format!("run {}", identity.run),
            is_trusted: !run.fork,
        })
    }

    /// The commit of a run, asked for once. The token's own `sha` is the merge commit's.
    async fn run(
        &self,
        github: &GitHub,
        installation: InstallationId,
        identity: &Identity,
    ) -> Result<RunFact, Refusal> {
        let Identity { repository, name, run } = identity;
        let fact_name = format!("run-head:{run}");
        if let Some(fact) = self.store.fact(*repository, &fact_name).await?
            && let Ok(fact) = serde_json::from_str(&fact)
        {
            return Ok(fact);
        }
        let asked = github.repository(installation, *repository, name.clone()).run(*run).await;
        let run = asked.map_err(|error| self.unanswered(&error, identity))?;
        let fact = RunFact { head: run.head_sha, fork: run.head_repository != Some(*repository) };
        let text = serde_json::to_string(&fact).unwrap_or_default();
        self.store.keep_fact(*repository, &fact_name, &text, self.clock.now()).await?;
        Ok(fact)
    }

    /// Why a run's commit is not known.
    fn unanswered(&self, error: &github::Error, identity: &Identity) -> Refusal {
        let Identity { name, run, .. } = identity;
        if matches!(error, github::Error::NotFound { .. }) {
            return Refusal::forbidden(format!("{name} has no workflow run {run}"));
        }
        if matches!(error, github::Error::Gone { .. }) {
            return Refusal::not_found(name);
        }
        tracing::warn!(%error, "a run could not be looked up for an upload");
        let wait = error.until().map_or(30, |until| {
            until.duration_since(self.clock.now()).as_secs().clamp(1, 3600).unsigned_abs()
        });
        Refusal::unavailable("GitHub cannot be asked for the run's commit; send it again", wait)
    }
}

fn is_same(one: &RepositoryName, other: &RepositoryName) -> bool {
    one.owner.eq_ignore_ascii_case(&other.owner) && one.name.eq_ignore_ascii_case(&other.name)
}
