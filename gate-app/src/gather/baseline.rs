//! What a pull request is compared with: the evidence of its merge base, or of the nearest
//! first-parent ancestor that has any.

use std::collections::BTreeMap;

use gate_core::{
    evidence::{Evidence, Piece, Report},
    measure::Message,
    policy::Policy,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use crate::{
    github::{self, Snapshot},
    ids::{CommitSha, SubjectKey},
    store::Mark,
};

use super::{
    GatherError, Sources,
    facts::{Fact, unreadable},
    reports, runs,
};

/// How far back an ancestor may lie.
pub(super) const MOST_BACK: usize = 50;
/// How long after a base's evidence was asked for it is looked at again, while it is not all there.
const AGAIN: SignedDuration = SignedDuration::from_mins(10);
/// How long it is looked at.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

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
        let at = |commit| self.store.first_baseline(self.id, std::slice::from_ref(commit));
        let mut found = at(&merge_base).await?;
        let mut asked = Asked::Settled;
        if found.is_none() {
            // First it is noted who waits, then looked again: what comes in between is not missed.
            let number = snapshot.number;
            self.store.wait_for_baseline(self.id, &merge_base, number, self.now).await?;
            asked = self.ask_for(&merge_base, &snapshot.base_ref).await?;
            found = at(&merge_base).await?;
        }
        if found.is_none() {
            let ancestors = self.ancestors(&merge_base).await?;
            found = self.store.first_baseline(self.id, &ancestors).await?;
        }
        let Some((commit, kept)) = found else {
            let evidence = match asked {
                Asked::Since(since) => self.awaited(evidence, policy, &merge_base, since),
                Asked::Settled => evidence,
            };
            return self.with_history(evidence, policy, &merge_base).await;
        };
        let reports: BTreeMap<String, Piece<Report>> =
            serde_json::from_str(&kept).map_err(|error| unreadable("a baseline", &error))?;
        let evidence = reports
            .into_iter()
            .fold(evidence, |all, (name, report)| all.with_baseline_report(name, report));
        let evidence = evidence.with_baseline_commit(commit.as_str());
        self.with_history(evidence, policy, &merge_base).await
    }

    /// Where two commits meet; asked for once.
    async fn merge_base(
        &self,
        base: &CommitSha,
        head: &CommitSha,
    ) -> Result<CommitSha, GatherError> {
        if let Some(known) = self.known_merge_base(base, head).await? {
            return Ok(known);
        }
        let merge_base = self.repository.compare(base, head).await?.merge_base;
        self.keep_merge_base(base, head, &merge_base).await?;
        Ok(merge_base)
    }

    /// Where two commits meet, if that was asked for before.
    pub(super) async fn known_merge_base(
        &self,
        base: &CommitSha,
        head: &CommitSha,
    ) -> Result<Option<CommitSha>, GatherError> {
        let fact = self.store.fact(self.id, &merge_base_name(base, head)).await?;
        let read = |fact: String| {
            fact.parse().map_err(|error: crate::ids::CommitShaError| GatherError::Kept {
                what: "a merge base",
                why: error.to_string(),
            })
        };
        fact.map(read).transpose()
    }

    pub(super) async fn keep_merge_base(
        &self,
        base: &CommitSha,
        head: &CommitSha,
        merge_base: &CommitSha,
    ) -> Result<(), GatherError> {
        let name = merge_base_name(base, head);
        Ok(self.store.keep_fact(self.id, &name, merge_base.as_str(), self.now).await?)
    }

    /// The first parents of a commit, the nearest first; asked for once.
    pub(super) async fn ancestors(
        &self,
        commit: &CommitSha,
    ) -> Result<Vec<CommitSha>, GatherError> {
        let name = format!("ancestors:{commit}");
        let fact = Fact { name: &name, what: "a list of ancestors" };
        if let Some(known) = self.known(fact).await? {
            return Ok(known);
        }
        let ancestors = self.repository.first_parents(commit, MOST_BACK).await?.commits;
        self.keep(fact, &ancestors).await?;
        Ok(ancestors)
    }

    /// Has the evidence of a commit gathered for which nobody has asked before: it was pushed before
    /// the App was there, or before a pull request went to its branch.
    async fn ask_for(&self, commit: &CommitSha, branch: &str) -> Result<Asked, GatherError> {
        let known = self.state_of(commit).await?;
        let since = match known {
            Some(State { settled: true, .. }) => return Ok(Asked::Settled),
            Some(State { since, .. }) => since,
            None => self.now,
        };
        // Once more where nothing has come of it for long: whoever was to do it may have died.
        if known.is_none() || self.now.duration_since(since) > AGAIN {
            self.keep_state(commit, State { since, settled: false }).await?;
            let branch = SubjectKey::Branch { name: branch.to_owned(), head: commit.clone() };
            self.store.mark(self.id, &[Mark::Subject(branch)], self.now).await?;
        }
        Ok(Asked::Since(since))
    }

    /// The baseline's reports while they are gathered: awaited, each until its deadline.
    fn awaited(
        &self,
        evidence: Evidence,
        policy: &Policy,
        commit: &CommitSha,
        since: Timestamp,
    ) -> Evidence {
        policy.reports().iter().fold(evidence, |all, expected| {
            let due = since.checked_add(expected.deadline.to_signed_duration()).ok();
            let of = Message::new("the runs of ").quote(commit.as_str());
            let piece = if due.is_some_and(|due| self.now < due) {
                Piece::Awaited { since, from: of }
            } else {
                Piece::Missing { why: of.say(" have not brought it in time") }
            };
            all.with_baseline_report(expected.name.clone(), piece)
        })
    }

    /// Keeps the evidence of a base branch's commit, as far as it has come, as the baseline of what
    /// begins there, and has those judged again that waited for it. Says when to look again, where
    /// something is still to come.
    ///
    /// # Errors
    /// When GitHub or the store fails in a way that may pass.
    pub async fn keep_baseline(
        &self,
        head: &CommitSha,
        branch: &str,
    ) -> Result<Option<Timestamp>, GatherError> {
        let snapshot = match self.repository.commit_snapshot(head, branch).await {
            Err(github::Error::NotFound { .. }) => {
                // The branch was rewritten: nothing will ever be known of it.
                return self.settle(head, None, false).await;
            }
            snapshot => snapshot?,
        };
        let policy = self.policy(&snapshot.base).await?;
        let Some(Ok(policy)) = policy.parse() else {
            return self.settle(head, None, false).await;
        };
        let commit = reports::Commit {
            sha: head,
            jobs: snapshot.jobs.as_ref().map(Vec::as_slice),
            since: self.now,
            is_fork: false,
            files: OnceCell::new(),
        };
        let reports = self.reports(&policy, &commit).await?;
        // Where no workflow is under way, none is waited for: there may never be one, and what is
        // uploaded for the commit later is seen when it comes.
        let is_any_running = snapshot.jobs.as_ref().is_ok_and(|jobs| runs::is_any_running(jobs));
        let is_awaited =
            is_any_running && reports.values().any(|piece| matches!(piece, Piece::Awaited { .. }));
        // Only what is here is a baseline; what is missing today is no baseline for tomorrow.
        let here: BTreeMap<_, _> =
            reports.into_iter().filter(|(_, piece)| matches!(piece, Piece::Present(_))).collect();
        let kept = (!here.is_empty()).then(|| serde_json::to_string(&here)).transpose();
        let kept = kept.map_err(|error| unreadable("a baseline", &error))?;
        self.settle(head, kept, is_awaited).await
    }

    /// Notes what is known of a commit's evidence, and marks who waited for it where that is new.
    async fn settle(
        &self,
        commit: &CommitSha,
        kept: Option<String>,
        is_awaited: bool,
    ) -> Result<Option<Timestamp>, GatherError> {
        let known = self.state_of(commit).await?;
        let since = known.map_or(self.now, |known| known.since);
        // A run that nobody ends is not waited for without an end.
        let is_awaited = is_awaited && self.now.duration_since(since) < LONGEST;
        let before = self.store.first_baseline(self.id, std::slice::from_ref(commit)).await?;
        let is_new = kept.is_some() && kept != before.map(|(_, kept)| kept);
        if let Some(kept) = kept.as_ref().filter(|_| is_new) {
            self.store.keep_baseline(self.id, commit, kept, self.now).await?;
        }
        let state = State { since, settled: !is_awaited };
        if known != Some(state) {
            self.keep_state(commit, state).await?;
        }
        if is_new || known != Some(state) && state.settled {
            let is_here = kept.is_some() && !is_awaited;
            let marked = self.store.baseline_settled(self.id, commit, is_here, self.now).await?;
            tracing::debug!(%commit, marked, is_here, "a baseline is known");
        }
        Ok(is_awaited.then(|| self.now.checked_add(AGAIN).unwrap_or(self.now)))
    }

    async fn state_of(&self, commit: &CommitSha) -> Result<Option<State>, GatherError> {
        self.known(state_fact(&format!("baseline:{commit}"))).await
    }

    async fn keep_state(&self, commit: &CommitSha, state: State) -> Result<(), GatherError> {
        self.keep(state_fact(&format!("baseline:{commit}")), &state).await
    }
}

const fn state_fact(name: &str) -> Fact<'_> {
    Fact { name, what: "what is known of a baseline" }
}

fn merge_base_name(base: &CommitSha, head: &CommitSha) -> String {
    format!("merge-base:{base}...{head}")
}

/// What is known of a commit's evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    /// Since when it is asked for.
    since: Timestamp,
    /// Whether all that its runs could bring is here.
    settled: bool,
}

/// What comes of asking for a commit's evidence.
enum Asked {
    /// It is being gathered.
    Since(Timestamp),
    /// All that there is of it was gathered.
    Settled,
}
