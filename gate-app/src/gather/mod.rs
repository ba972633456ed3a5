//! Floor 2: GitHub and the store → policy and evidence. Every failure that is about the evidence
//! becomes evidence; only what may go better later is an error.

mod baseline;
mod changes;
mod commits;
mod diffs;
mod facts;
mod files;
mod groups;
mod history;
mod people;
mod policy;
mod protection;
mod pull_request;
mod read;
mod reports;
mod runs;
mod uploads;

use gate_core::{
    evidence::{Evidence, Piece},
    policy::{Policy, PolicyError},
};
use jiff::Timestamp;
use tokio::sync::OnceCell;

use crate::{
    github::{self, Check, GitHub, Snapshot},
    ids::{AppId, InstallationId, PullRequestNumber, RepositoryId, RepositoryName},
    store::{Store, StoreError},
};

pub use groups::{Group, group_number};
pub use policy::PolicyFile;

/// Why nothing could be gathered, though it may go better later.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatherError {
    /// GitHub did not answer as it should.
    #[error(transparent)]
    GitHub(#[from] github::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something kept by us cannot be read any more.
    #[error("{what} in the store cannot be read: {why}")]
    Kept {
        /// What.
        what: &'static str,
        /// Why not.
        why: String,
    },
}

/// Where evidence about one repository comes from.
#[derive(Debug, Clone)]
pub struct Sources {
    repository: github::Repository,
    installation: github::Installation,
    id: RepositoryId,
    app: AppId,
    store: Store,
    now: Timestamp,
    /// What is known since before then is asked for again.
    asked: Option<Timestamp>,
}

/// Everything about a pull request that its verdict comes from.
#[derive(Debug)]
pub struct Gathered {
    /// The pull request as it is now.
    pub snapshot: Snapshot,
    /// The policy of its base branch.
    pub policy: PolicyFile,
    /// That policy, understood; none where there is no text.
    pub parsed: Option<Result<Policy, PolicyError>>,
    /// What is known; nothing where there is no sound policy to say what is needed.
    pub evidence: Evidence,
    /// When its head was first seen.
    pub since: Timestamp,
    /// What was uploaded for it under names that the policy does not have.
    pub unused_uploads: Vec<String>,
}

impl Sources {
    /// The sources for one repository, as of now.
    #[must_use]
    pub fn new(
        github: &GitHub,
        store: &Store,
        (installation, id, name): (InstallationId, RepositoryId, RepositoryName),
        now: Timestamp,
    ) -> Self {
        Self {
            repository: github.repository(installation, id, name),
            installation: github.installation(installation),
            id,
            app: github.app_id(),
            store: store.clone(),
            now,
            asked: None,
        }
    }

    /// The same, where somebody asked at that time for everything anew: what was listed and fetched
    /// before is listed and fetched again.
    #[must_use]
    pub const fn anew(mut self, asked: Option<Timestamp>) -> Self {
        self.asked = asked;
        self
    }

    /// The repository, to write to.
    #[must_use]
    pub const fn repository(&self) -> &github::Repository {
        &self.repository
    }

    /// Gathers what a pull request's verdict comes from.
    ///
    /// # Errors
    /// When GitHub or the store fails in a way that may pass.
    pub async fn pull_request(&self, number: PullRequestNumber) -> Result<Gathered, GatherError> {
        self.gathered(self.repository.snapshot(number).await?).await
    }

    /// The same for another pull request, whose head may be that of one gathered just before: the checks
    /// and jobs of their commit are those of then, so that one verdict does not know more of it than the
    /// other.
    ///
    /// # Errors
    /// When GitHub or the store fails in a way that may pass.
    pub async fn pull_request_beside(
        &self,
        number: PullRequestNumber,
        first: &Snapshot,
    ) -> Result<Gathered, GatherError> {
        let mut snapshot = self.repository.snapshot(number).await?;
        if snapshot.head == first.head {
            snapshot.checks.clone_from(&first.checks);
            snapshot.jobs.clone_from(&first.jobs);
        }
        self.gathered(snapshot).await
    }

    async fn gathered(&self, snapshot: Snapshot) -> Result<Gathered, GatherError> {
        let policy = self.policy(&snapshot.base).await?;
        let since = self.first_seen(snapshot.checks.as_deref().unwrap_or_default());
        let parsed = policy.parse();
        let (evidence, unused_uploads) = match &parsed {
            Some(Ok(policy)) => (
                Box::pin(self.evidence(&snapshot, policy, since)).await?,
                self.unused_uploads(policy, &snapshot.head).await?,
            ),
            Some(Err(_)) | None => (Evidence::nothing(), Vec::new()),
        };
        Ok(Gathered { snapshot, policy, parsed, evidence, since, unused_uploads })
    }

    async fn evidence(
        &self,
        snapshot: &Snapshot,
        policy: &Policy,
        since: Timestamp,
    ) -> Result<Evidence, GatherError> {
        let mut pull_request = pull_request::evidence(snapshot, self.app, since);
        if let (Piece::Present(pull_request), true) = (&mut pull_request, policy.needs().protection)
        {
            pull_request.protection = self.protection(&snapshot.base_ref).await?;
        }
        let evidence = Evidence::nothing().with_pull_request(pull_request);
        let reports = self
            .reports(
                policy,
                &reports::Commit {
                    sha: &snapshot.head,
                    jobs: snapshot.jobs.as_ref().map(Vec::as_slice),
                    since,
                    is_fork: snapshot.fork,
                    files: OnceCell::new(),
                },
            )
            .await?;
        let evidence =
            reports.into_iter().fold(evidence, |all, (name, report)| all.with_report(name, report));
        let evidence = if policy.needs().changes {
            evidence.with_changes(Box::pin(self.changes(snapshot)).await?)
        } else {
            evidence
        };
        let evidence = Box::pin(self.with_people(evidence, policy, snapshot)).await?;
        let evidence = if policy.needs().commits {
            evidence.with_commits(self.commits(snapshot).await?)
        } else {
            evidence
        };
        Box::pin(self.with_baseline(evidence, policy, snapshot)).await
    }

    /// When the head of these checks was first seen: our own check remembers it.
    fn first_seen(&self, checks: &[Check]) -> Timestamp {
        let ours = checks.iter().filter(|check| check.app_id == Some(self.app));
        let remembered = ours.filter_map(|check| ExternalId::read(check.external_id.as_deref()?));
        // To the second, as it will be remembered: the verdict must not change by being read back.
        let now = Timestamp::from_second(self.now.as_second()).unwrap_or(self.now);
        remembered.map(|id| id.since).min().unwrap_or(now)
    }
}

/// What our check says of itself at GitHub, and GitHub says back with every event: what it is
/// about, and since when its head is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalId {
    /// The repository.
    pub repository: RepositoryId,
    /// The pull request; none for a merge group.
    pub number: Option<PullRequestNumber>,
    /// When the head was first seen, to the second.
    pub since: Timestamp,
    /// The beginning of the record's digest.
    pub record: String,
    /// The base branch.
    pub base: String,
}

impl ExternalId {
    const FORM: &'static str = "gate1";

    /// The written form. The base comes last, because it may hold anything.
    #[must_use]
    pub fn write(&self) -> String {
        let number = self.number.map_or(0, |number| number.0);
        let Self { repository, since, record, base, .. } = self;
        let since = since.as_second();
        format!("{}:{repository}:{number}:{since}:{record}:{base}", Self::FORM)
    }

    /// Reads the written form; what anybody else wrote is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != Self::FORM {
            return None;
        }
        let repository = RepositoryId(parts.next()?.parse().ok()?);
        let number: u64 = parts.next()?.parse().ok()?;
        let since = Timestamp::from_second(parts.next()?.parse().ok()?).ok()?;
        let record = parts.next()?.to_owned();
        let base = parts.next()?.to_owned();
        let number = (number > 0).then_some(PullRequestNumber(number));
        Some(Self { repository, number, since, record, base })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_our_check_says_of_itself_is_read_back() {
        let id = ExternalId {
            repository: RepositoryId(7),
            number: Some(PullRequestNumber(42)),
            since: "2026-11-24T12:00:00Z".parse().unwrap(),
            record: "abcdef".to_owned(),
            base: "release/1:2".to_owned(),
        };
        assert_eq!(ExternalId::read(&id.write()), Some(id.clone()));
        let group = ExternalId { number: None, ..id };
        assert_eq!(ExternalId::read(&group.write()), Some(group));
        assert_eq!(ExternalId::read("somebody:else"), None);
    }
}
