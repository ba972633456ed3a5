//! Floor 1: what can be known about a pull request, and how well it is known.
//!
//! Every piece of evidence is [`Present`](Piece::Present), [`Awaited`](Piece::Awaited),
//! [`Missing`](Piece::Missing) or [`Broken`](Piece::Broken); there is no default that could be
//! mistaken for a value.

mod account;
mod changes;
mod code_owners;
mod commits;
mod coverage;
mod findings;
mod history;
mod merge;
mod metrics;
mod note;
mod people;
mod protection;
mod provenance;
mod pull_request;
mod report;
mod tests;
mod vulnerabilities;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::measure::Message;

pub use account::{Account, Passed, Reach, Unit};
pub use changes::{
    AddedLines, ChangeKind, ChangeSet, FileChange, LineOrigin, LineRun, Mark, MarkKind, Motion,
    Origin,
};
pub use code_owners::{CodeOwners, CodeOwnersFile, Owner, OwnerLine, SkippedLine};
pub use commits::{Commit, Verification};
pub use coverage::{Coverage, FileCoverage, Line, LineOrderError, Totals};
pub use findings::{Counted, Finding, Findings};
pub use history::{History, Past, Quantity};
pub use merge::{Unlike, merge_parts};
pub use metrics::{Metrics, pointer_token};
pub use note::{Note, NoteCode, Notes};
pub use people::{Diff, People, Push, Told};
pub use protection::{Protection, RequiredCheck};
pub use provenance::Provenance;
pub use pull_request::{
    Account as UserAccount, Branch, Check, PullRequest, Review, ReviewState, Thread,
};
pub use report::{Content, Part, Report};
pub use tests::{Cases, Test, Tests, Unlisted};
pub use vulnerabilities::{Dependency, Fixed, Fixes, Vulnerabilities, Vulnerability};

/// Everything that was gathered for one evaluation. Part of every record, so it serialises, and it
/// reads back strictly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Evidence {
    /// The reports, under the names the policy gives them.
    pub reports: BTreeMap<String, Piece<Report>>,
    /// What the merge base, or its nearest ancestor with evidence, looked like.
    pub baseline: Baseline,
    /// The pull request: reviews, conversations, labels.
    pub pull_request: Piece<PullRequest>,
    /// What it changes. Not in the record of a policy that does not ask for it.
    #[serde(default = "Piece::nobody_looked", skip_serializing_if = "Piece::is_nobody_looked")]
    pub changes: Piece<ChangeSet>,
    /// Its commits, the oldest first. Not in the record of a policy that does not ask for them.
    #[serde(default = "Piece::nobody_looked", skip_serializing_if = "Piece::is_nobody_looked")]
    pub commits: Piece<Vec<Commit>>,
    /// What the base branch measured before. Not in the record of a policy that does not ask for it.
    #[serde(default = "Piece::nobody_looked", skip_serializing_if = "Piece::is_nobody_looked")]
    pub history: Piece<History>,
}

/// The evidence that a change is compared with.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The commit the evidence came from, where it is known.
    pub commit: Option<String>,
    /// Its reports, under the names the policy gives them. A report that is not here is one that
    /// the baseline does not have.
    pub reports: BTreeMap<String, Piece<Report>>,
}

/// How well one piece of evidence is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Piece<T> {
    /// It is here and was read in full.
    Present(T),
    /// It has not come, and somebody who may still bring it is at work.
    Awaited {
        /// When waiting began; a report's deadline counts from here.
        since: Timestamp,
        /// Who is expected to bring it, for example a job.
        from: Message,
    },
    /// It has not come, and nobody is at work on it any more.
    Missing {
        /// Why, and where it was looked for.
        why: Message,
    },
    /// It came and could not be read, or is not complete.
    Broken {
        /// What is wrong with it, and where.
        why: Message,
    },
}

impl<T> Piece<T> {
    /// A piece that no rule asks for, and so nobody gathered.
    #[must_use]
    pub fn nobody_looked() -> Self {
        Self::Missing { why: Message::new("nobody looked for it") }
    }

    fn is_nobody_looked(&self) -> bool {
        matches!(self, Self::Missing { why } if why.to_string() == "nobody looked for it")
    }
}

impl Evidence {
    /// Evidence of nothing: no reports, no baseline, and a pull request that nobody has described.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            reports: BTreeMap::new(),
            baseline: Baseline::default(),
            pull_request: Piece::Missing { why: Message::new("no pull request was described") },
            changes: Piece::nobody_looked(),
            commits: Piece::nobody_looked(),
            history: Piece::nobody_looked(),
        }
    }

    /// Adds a report under the name that the policy gives it.
    #[must_use]
    pub fn with_report(mut self, name: impl Into<String>, report: Piece<Report>) -> Self {
        self.reports.insert(name.into(), report);
        self
    }

    /// Adds a report of the baseline under the name that the policy gives it.
    #[must_use]
    pub fn with_baseline_report(mut self, name: impl Into<String>, report: Piece<Report>) -> Self {
        self.baseline.reports.insert(name.into(), report);
        self
    }

    /// Labels the baseline with the commit it came from.
    #[must_use]
    pub fn with_baseline_commit(mut self, commit: impl Into<String>) -> Self {
        self.baseline.commit = Some(commit.into());
        self
    }

    /// Sets the pull request.
    #[must_use]
    pub fn with_pull_request(mut self, pull_request: Piece<PullRequest>) -> Self {
        self.pull_request = pull_request;
        self
    }

    /// Sets what the pull request changes.
    #[must_use]
    pub fn with_changes(mut self, changes: Piece<ChangeSet>) -> Self {
        self.changes = changes;
        self
    }

    /// Sets its commits, the oldest first.
    #[must_use]
    pub fn with_commits(mut self, commits: Piece<Vec<Commit>>) -> Self {
        self.commits = commits;
        self
    }

    /// Sets what the base branch measured before.
    #[must_use]
    pub fn with_history(mut self, history: Piece<History>) -> Self {
        self.history = history;
        self
    }
}
