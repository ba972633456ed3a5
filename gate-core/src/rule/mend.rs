//! What would turn a reason: the steps that somebody can take, and how much each of them does.
//!
//! A rule says it where it says the reason. [`crate::green`] finds the fewest steps that turn all of them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    measure::{Message, RepoPath},
    policy::Globs,
};

/// What turns a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mend {
    /// So much has to be gained by these steps.
    Gain(Gain),
    /// All of it is needed.
    AllOf(Vec<Self>),
    /// One of them is enough.
    AnyOf(Vec<Self>),
}

/// Steps that each gain something, of which so much is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gain {
    pub(crate) need: u128,
    pub(crate) offers: Vec<Offer>,
    /// Lines to be covered; a report may have a million of them.
    pub(crate) lines: Option<Lines>,
    /// Whether no other steps would do as well.
    pub(crate) complete: bool,
}

/// Lines of one report that are not covered, or not with all their branches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lines {
    pub(crate) report: String,
    /// Whether their branches count.
    pub(crate) branches: bool,
    /// In the order of the report.
    pub(crate) lines: Vec<MissedLine>,
}

/// A line to be covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MissedLine {
    /// The place of its file in the report.
    pub(crate) file: u32,
    pub(crate) line: u32,
    pub(crate) gain: u64,
}

/// What somebody may do, and how much that gains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) what: What,
    pub(crate) gain: u64,
}

/// One step, or any of many that serve alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// This step.
    Step(Step, Detail),
    /// Any label that fits is added; with a place, that fits this glob of them.
    Label(Globs, Option<usize>),
    /// Any file that fits is changed.
    File(Globs),
    /// Anybody approves but these, and but those who are named elsewhere and may not.
    Anybody {
        /// Whose approval gains nothing here.
        but: Vec<String>,
    },
    /// Anybody of a group approves but these.
    Group {
        /// The group, as people write it.
        of: String,
        /// Its members, as far as they are known.
        members: Vec<String>,
        /// Whether these are all.
        is_known: bool,
        /// Whose approval gains nothing here.
        but: Vec<String>,
    },
}

/// One step: what several rules ask for is one, and is counted once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A finding is mended: the one at this place of the report.
    Finding { report: String, place: usize },
    /// A dependency is upgraded.
    Upgrade { package: String, version: String },
    /// A dependency that no release mends is replaced, or its flaws are waived.
    Replace { package: String, version: String },
    /// A test runs, and passes at once.
    Test { report: String, part: Option<String>, name: String },
    /// What a suite counts, and no test of it shows, is mended.
    Suite { report: String, part: Option<String>, name: String },
    /// One more test is run.
    NewTest { report: String },
    /// A number is brought to its bar.
    Number { report: String, pointer: String, lower: bool },
    /// This person approves.
    Approval { login: String },
    /// Somebody of this group approves who is not named.
    GroupApproval { of: String },
    /// Anybody else who may approves.
    AnyApproval,
    /// This commit is written anew.
    Commit { sha: String },
    /// The conversation at this place is resolved.
    Conversation { place: usize },
    /// A label that fits this glob is added.
    Label { glob: String },
    /// This label is removed.
    Unlabel { label: String },
    /// The title is changed.
    Title,
    /// A file that fits this glob is changed.
    ChangeFile { glob: String },
    /// This file is left as it is at the base.
    Restore { path: RepoPath },
    /// Less is changed.
    Shrink,
    /// This check succeeds when it is run again.
    Check { name: String },
    /// Something comes that somebody is at work on.
    Wait { what: String, until: Option<Timestamp> },
    /// What keeps the rule from being judged, or what the rule says, is mended.
    Repair { of: Repair, what: String },
}

/// What has to be mended where nothing smaller can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Repair {
    /// A report, or what it was made of.
    Report,
    /// The evidence of the base.
    Baseline,
    /// What is known about the pull request.
    PullRequest,
    /// What the rule says.
    Rule,
}

/// What is to be known about a step beside what it is. Where several rules ask for one step, each
/// may add to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Nothing.
    Plain,
    /// In words: what it has to come to, or why.
    Words(Message),
    /// The flaws that go.
    Fixes(Vec<Flaw>),
}

/// A flaw of a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) ids: BTreeSet<String>,
    /// The versions that are free of it, where they are known.
    pub(crate) fixes: Vec<String>,
}

impl Mend {
    /// Each of these is needed.
    pub(crate) fn all(steps: impl IntoIterator<Item = (Step, Detail)>) -> Self {
        let offers: Vec<Offer> =
            steps.into_iter().map(|(step, detail)| Offer::of(step, detail, 1)).collect();
        Self::Gain(Gain { need: offers.len() as u128, offers, lines: None, complete: true })
    }

    /// So much is needed of these.
    pub(crate) fn gain(need: impl Into<u128>, offers: Vec<Offer>) -> Self {
        Self::Gain(Gain { need: need.into(), offers, lines: None, complete: true })
    }

    /// Other steps than these would do as well.
    pub(crate) fn among_others(mut self) -> Self {
        if let Self::Gain(gain) = &mut self {
            gain.complete = false;
        }
        self
    }

    /// So much is needed of these lines.
    pub(crate) fn cover(need: impl Into<u128>, lines: Lines) -> Self {
        Self::Gain(Gain {
            need: need.into(),
            offers: Vec::new(),
            lines: Some(lines),
            complete: true,
        })
    }
}

impl Offer {
    pub(crate) const fn of(step: Step, detail: Detail, gain: u64) -> Self {
        Self { what: What::Step(step, detail), gain }
    }

    pub(crate) const fn any(what: What) -> Self {
        Self { what, gain: 1 }
    }
}
