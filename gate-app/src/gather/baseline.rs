//! What a pull request is compared with: the evidence of its merge base, or of the nearest
//! first-parent ancestor that has any.

use std::collections::BTreeMap;

use gate_core::{
    evidence::{Evidence, Piece, Report},
    policy::Policy,
};

use crate::{github::Snapshot, ids::CommitSha};

use super::{GatherError, Sources, reports};

/// How far back an ancestor may lie.
const MOST_BACK: usize = 50;

impl Sources {
    /// Adds the baseline, where a rule asks for one and there is one.
    pub(super) async fn with_baseline(
        &self,
        evidence: Evidence,
        policy: &Policy,
        snapshot: &Snapshot,
    ) -> Result<Evidence, GatherError> {
        let Ok(base) = &snapshot.base else { return Ok(evidence) };
        if !policy.needs().baseline {
            return Ok(evidence);
        }
        let merge_base = self.merge_base(&base.commit, &snapshot.head).await?;
        let mut found =
            self.store.first_baseline(self.id, std::slice::from_ref(&merge_base)).await?;
        if found.is_none() {
            let ancestors = self.ancestors(&merge_base).await?;
            found = self.store.first_baseline(self.id, &ancestors).await?;
        }
        let Some((commit, kept)) = found else { return Ok(evidence) };
        let reports: BTreeMap<String, Piece<Report>> = serde_json::from_str(&kept)
            .map_err(|error| GatherError::Kept { what: "a baseline", why: error.to_string() })?;
        let evidence = reports
            .into_iter()
            .fold(evidence, |all, (name, report)| all.with_baseline_report(name, report));
        Ok(evidence.with_baseline_commit(commit.as_str()))
    }

    /// Where two commits meet; asked for once.
    async fn merge_base(
        &self,
        base: &CommitSha,
        head: &CommitSha,
    ) -> Result<CommitSha, GatherError> {
        let name = format!("merge-base:{base}...{head}");
        if let Some(fact) = self.store.fact(self.id, &name).await? {
            return fact.parse().map_err(|error: crate::ids::CommitShaError| GatherError::Kept {
                what: "a merge base",
                why: error.to_string(),
            });
        }
        let merge_base = self.repository.compare(base, head).await?.merge_base;
        self.store.keep_fact(self.id, &name, merge_base.as_str(), self.now).await?;
        Ok(merge_base)
    }

    /// The first parents of a commit, the nearest first; asked for once.
    async fn ancestors(&self, commit: &CommitSha) -> Result<Vec<CommitSha>, GatherError> {
        let name = format!("ancestors:{commit}");
        let unreadable = |error: serde_json::Error| GatherError::Kept {
            what: "a list of ancestors",
            why: error.to_string(),
        };
        if let Some(fact) = self.store.fact(self.id, &name).await? {
            return serde_json::from_str(&fact).map_err(unreadable);
        }
        let ancestors = self.repository.first_parents(commit, MOST_BACK).await?.commits;
        let fact = serde_json::to_string(&ancestors).map_err(unreadable)?;
        self.store.keep_fact(self.id, &name, &fact, self.now).await?;
        Ok(ancestors)
    }

    /// Keeps the evidence of a base branch's commit, as far as it has come, as the baseline of what
    /// begins there. Says whether something is still awaited.
    ///
    /// # Errors
    /// When GitHub or the store fails in a way that may pass.
    pub async fn keep_baseline(&self, head: &CommitSha, branch: &str) -> Result<bool, GatherError> {
        let snapshot = self.repository.commit_snapshot(head, branch).await?;
        let policy = self.policy(&snapshot.base).await?;
        let Some(Ok(policy)) = policy.text().map(Policy::parse) else { return Ok(false) };
        let commit = reports::Commit {
            sha: head,
            checks: snapshot.checks.as_ref().map(Vec::as_slice),
            since: self.now,
            is_fork: false,
        };
        let reports = self.reports(&policy, &commit).await?;
        let is_awaited = reports.values().any(|piece| matches!(piece, Piece::Awaited { .. }));
        // Only what is here is a baseline; what is missing today is no baseline for tomorrow.
        let here: BTreeMap<_, _> =
            reports.into_iter().filter(|(_, piece)| matches!(piece, Piece::Present(_))).collect();
        if !here.is_empty() {
            let kept = serde_json::to_string(&here).map_err(|error| GatherError::Kept {
                what: "a baseline",
                why: error.to_string(),
            })?;
            self.store.keep_baseline(self.id, head, &kept, self.now).await?;
        }
        Ok(is_awaited)
    }
}
