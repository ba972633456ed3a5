//! What a rule says: reasons, each with its outcome, its inequality and the places it is about.

use std::fmt;

use super::{Lack, Mend};
use crate::{
    measure::{Decimal, Location, Message, Outcome, Percent, Ratio, Severity},
    policy::{Better, Metric, Mode, Source, Tolerance},
};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        /// What a [`Reason`] states, as a stable word. `docs/verdict.md` explains each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it, in kebab case.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

codes! {
    /// The report has not come, and nobody is at work on it.
    ReportMissing = "report-missing",
    /// The report came and could not be read.
    ReportBroken = "report-broken",
    /// The report has not come yet.
    ReportAwaited = "report-awaited",
    /// The report has not come within its deadline.
    ReportOverdue = "report-overdue",
    /// The report holds another kind of evidence than the rule judges.
    ReportOfAnotherKind = "report-of-another-kind",
    /// The tool examined less than the rule demands, perhaps nothing.
    TooLittleExamined = "too-little-examined",
    /// The report does not say how much was examined, and does not show that it was enough.
    ReachUnknown = "reach-unknown",
    /// The tool could not read something.
    LeftUnread = "left-unread",
    /// The tool found more than it listed: it ran with a filter or a baseline of its own.
    FindingsHidden = "findings-hidden",
    /// There is no baseline to compare with.
    BaselineMissing = "baseline-missing",
    /// The baseline cannot be read.
    BaselineBroken = "baseline-broken",
    /// The baseline has not come yet.
    BaselineAwaited = "baseline-awaited",
    /// What the base branch has reached is not known.
    HistoryMissing = "history-missing",
    /// What the base branch has reached cannot be read.
    HistoryBroken = "history-broken",
    /// It is as good as the best that the base branch has reached.
    BestHeld = "best-held",
    /// It is worse than that.
    BestLost = "best-lost",
    /// All drops together leave something of the budget, or this one adds none.
    DriftWithinBudget = "drift-within-budget",
    /// With this drop, all of them together are more than the budget.
    DriftBeyondBudget = "drift-beyond-budget",
    /// Nothing was there to be covered.
    NothingMeasured = "nothing-measured",
    /// The coverage is at its bar or above.
    CoverageAtMinimum = "coverage-at-minimum",
    /// The coverage is below its bar.
    CoverageBelowMinimum = "coverage-below-minimum",
    /// The coverage is not below the baseline's by more than the tolerance.
    CoverageNotDropped = "coverage-not-dropped",
    /// The coverage is below the baseline's by more than the tolerance.
    CoverageDropped = "coverage-dropped",
    /// No line that can be covered was changed, or none that the rule counts.
    NothingChanged = "nothing-changed",
    /// No changed line counts, and some came from elsewhere or from another form, covered there and here.
    CoveredAsBefore = "covered-as-before",
    /// Too few lines that can be covered were changed for the bar to apply.
    SmallChange = "small-change",
    /// A changed source file is in no report.
    ChangedFileUnmeasured = "changed-file-unmeasured",
    /// Changed lines that are not covered, and were not before.
    NotIntroduced = "not-introduced",
    /// There are as few findings as the rule asks for.
    FindingsWithinMaximum = "findings-within-maximum",
    /// There are more findings than the rule allows.
    FindingsAboveMaximum = "findings-above-maximum",
    /// There are as few vulnerabilities as the rule asks for.
    VulnerabilitiesWithinMaximum = "vulnerabilities-within-maximum",
    /// There are more vulnerabilities than the rule allows.
    VulnerabilitiesAboveMaximum = "vulnerabilities-above-maximum",
    /// As many tests were run as the rule asks for.
    TestsAtMinimum = "tests-at-minimum",
    /// Fewer tests were run than the rule asks for.
    TestsBelowMinimum = "tests-below-minimum",
    /// No more tests failed than the rule allows.
    TestFailuresWithinMaximum = "test-failures-within-maximum",
    /// More tests failed.
    TestFailuresAboveMaximum = "test-failures-above-maximum",
    /// No more tests ended in an error than the rule allows.
    TestErrorsWithinMaximum = "test-errors-within-maximum",
    /// More tests ended in an error.
    TestErrorsAboveMaximum = "test-errors-above-maximum",
    /// No more tests were skipped than the rule allows.
    SkippedTestsWithinMaximum = "skipped-tests-within-maximum",
    /// More tests were skipped.
    SkippedTestsAboveMaximum = "skipped-tests-above-maximum",
    /// No more tests are flaky than the rule allows.
    FlakyTestsWithinMaximum = "flaky-tests-within-maximum",
    /// More tests are flaky.
    FlakyTestsAboveMaximum = "flaky-tests-above-maximum",
    /// No more tests of the baseline were not run than the rule allows.
    VanishedTestsWithinMaximum = "vanished-tests-within-maximum",
    /// More tests of the baseline were not run.
    VanishedTestsAboveMaximum = "vanished-tests-above-maximum",
    /// The report has no number at that place.
    MetricMissing = "metric-missing",
    /// The number is at its bar or on the better side of it.
    MetricWithinBar = "metric-within-bar",
    /// The number is on the worse side of its bar.
    MetricBeyondBar = "metric-beyond-bar",
    /// The number is not worse than the baseline's by more than the rule allows.
    MetricNotWorse = "metric-not-worse",
    /// The number is worse than the baseline's by more.
    MetricWorse = "metric-worse",
    /// Nobody has described the pull request.
    PullRequestMissing = "pull-request-missing",
    /// The pull request's description cannot be read.
    PullRequestBroken = "pull-request-broken",
    /// The pull request's state is still being gathered.
    PullRequestAwaited = "pull-request-awaited",
    /// Nobody knows what the pull request changes.
    ChangesMissing = "changes-missing",
    /// What the pull request changes cannot be read, or not in full.
    ChangesBroken = "changes-broken",
    /// What the pull request changes is still being gathered.
    ChangesAwaited = "changes-awaited",
    /// Nobody knows which commits the pull request has.
    CommitsMissing = "commits-missing",
    /// Which commits the pull request has cannot be read, or not in full.
    CommitsBroken = "commits-broken",
    /// Which commits the pull request has is still being gathered.
    CommitsAwaited = "commits-awaited",
    /// The rule does not apply to this pull request.
    ConditionNotMet = "condition-not-met",
    /// Whether the rule applies cannot be told.
    ConditionUndecided = "condition-undecided",
    /// The rule is rolled out to other pull requests than this one.
    NotRolledOut = "not-rolled-out",
    /// One of the group's rules must hold.
    AnyOf = "any-of",
    /// All of the group's rules must hold.
    AllOf = "all-of",
    /// The labels are as the rule asks.
    LabelsFit = "labels-fit",
    /// A label is missing.
    LabelMissing = "label-missing",
    /// A label is there that must not be.
    LabelForbidden = "label-forbidden",
    /// The title is as the rule asks.
    TitleFits = "title-fits",
    /// The title has another form than the rule asks for.
    TitleMisfits = "title-misfits",
    /// The commits are as the rule asks.
    CommitsFit = "commits-fit",
    /// A commit has no verified signature.
    CommitUnverified = "commit-unverified",
    /// Whether a commit's signature is good could not be found out.
    CommitSignatureUnknown = "commit-signature-unknown",
    /// A commit's message has another form than the rule asks for.
    CommitMessageMisfits = "commit-message-misfits",
    /// A commit is a merge.
    CommitMergeForbidden = "commit-merge-forbidden",
    /// What is changed is what may be, and all that must be.
    ChangesFit = "changes-fit",
    /// Something must be changed with what is changed, and is not.
    ChangeMissing = "change-missing",
    /// Something is changed that must not be.
    ChangeForbidden = "change-forbidden",
    /// More is changed than the rule allows.
    ChangeTooLarge = "change-too-large",
    /// Nothing loosens the bar.
    NothingWeakened = "nothing-weakened",
    /// Something loosens the bar, and who may allow it has approved.
    WeakeningApproved = "weakening-approved",
    /// Something loosens the bar, and who may allow it has not approved.
    WeakeningUnapproved = "weakening-unapproved",
    /// Something loosens the bar, and nobody may allow it.
    WeakeningForbidden = "weakening-forbidden",
    /// The checks have succeeded.
    ChecksSucceeded = "checks-succeeded",
    /// A check has not succeeded.
    CheckFailed = "check-failed",
    /// A check is not over.
    CheckAwaited = "check-awaited",
    /// There is no such check.
    CheckMissing = "check-missing",
    /// The base branch demands this.
    ProtectionHeld = "protection-held",
    /// The base branch does not demand this.
    ProtectionMissing = "protection-missing",
    /// Whether the base branch demands this is not known.
    ProtectionUnknown = "protection-unknown",
    /// Enough people have approved.
    Approved = "approved",
    /// Approvals are missing.
    ApprovalMissing = "approval-missing",
    /// Whether enough people have approved cannot be told.
    ApprovalUndecided = "approval-undecided",
    /// An owner of each changed file that has any has approved it.
    CodeOwnersApproved = "code-owners-approved",
    /// No owner of a changed file has approved it.
    CodeOwnerMissing = "code-owner-missing",
    /// Whether an owner of a changed file has approved it cannot be told.
    CodeOwnerUndecided = "code-owner-undecided",
    /// Nobody knows what CODEOWNERS says, or GitHub does not load it.
    CodeOwnersUnknown = "code-owners-unknown",
    /// CODEOWNERS has lines that GitHub passes over.
    CodeOwnersLineSkipped = "code-owners-line-skipped",
    /// Somebody else than who pushed last has approved that.
    LastPushApproved = "last-push-approved",
    /// Nobody else than who pushed last has approved that.
    LastPushUnapproved = "last-push-unapproved",
    /// Whether somebody else than who pushed last has approved that cannot be told.
    LastPushUndecided = "last-push-undecided",
    /// Somebody has requested changes.
    ChangesRequested = "changes-requested",
    /// Every conversation is resolved.
    ConversationsResolved = "conversations-resolved",
    /// A conversation is not resolved.
    ConversationUnresolved = "conversation-unresolved",
}

/// How one rule came out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleVerdict {
    /// The rule's name.
    pub name: String,
    /// The word of its kind.
    pub kind: &'static str,
    /// Whether it decides.
    pub mode: Mode,
    /// The worst of its reasons.
    pub outcome: Outcome,
    /// Why, the worst first.
    pub reasons: Vec<Reason>,
    /// Of a group, how its rules came out, in the order of the policy.
    pub parts: Vec<Self>,
    /// Its line in the policy.
    pub line: usize,
    /// Which policy it is of, where one extends another.
    pub source: Option<Source>,
}

/// One statement of a rule about the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
    /// What it states.
    pub code: Code,
    /// What follows from it.
    pub outcome: Outcome,
    /// The statement, for people.
    pub message: Message,
    /// What would turn it, for people.
    pub hint: Option<Message>,
    /// The numbers that were compared.
    pub comparison: Option<Comparison>,
    /// What became of a drift budget, where there is one.
    pub drift: Option<Drift>,
    /// What it is about, the worst first; at most [`MAX_ITEMS`].
    pub items: Vec<Item>,
    /// How many more it is about.
    pub unlisted: u64,
    /// What would have to be known of people, and nobody went to find out.
    pub lacks: Vec<Lack>,
    /// What would turn it, for [`crate::green`].
    pub(crate) mend: Option<Mend>,
}

/// What was spent of a drift budget and came back to it: percentage points of a coverage, else
/// amounts of the number. For display: what was spent is rounded up, the rest down.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// All of it.
    pub budget: String,
    /// What the base branch spent.
    pub spent: String,
    /// What came back on the base branch.
    pub refilled: String,
    /// What the pull request would spend.
    pub spent_here: String,
    /// What would come back by the pull request.
    pub refilled_here: String,
    /// What would be left.
    pub left: String,
    /// Of how many commits of the base a value is known.
    pub commits: u64,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { budget, spent, refilled, spent_here, refilled_here, left, commits } = self;
        let s = if *commits == 1 { "" } else { "s" };
        write!(
            f,
            "drift budget {budget}: {spent} spent and {refilled} refilled by {commits} commit{s} of \
             the base, {spent_here} spent and {refilled_here} refilled here, {left} left"
        )
    }
}

/// The most items that a reason lists. The count it states is always complete.
pub const MAX_ITEMS: usize = 500;

/// One thing that a reason is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Item {
    /// Where, for what has a place in the repository.
    pub location: Option<Location>,
    /// How bad, for what has a severity.
    pub severity: Option<Severity>,
    /// What.
    pub message: Message,
    /// Whether a waiver excepts it; then it does not count.
    pub waived: bool,
}

/// Two numbers and how they had to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Comparison {
    /// A ratio and its bar.
    AtLeast {
        /// What is counted.
        metric: Metric,
        /// What is there.
        value: Ratio,
        /// The bar.
        bar: Percent,
    },
    /// A ratio and the baseline's, with a tolerance in percentage points.
    AtMostBelow {
        /// What is counted.
        metric: Metric,
        /// What is there.
        value: Ratio,
        /// What the baseline had.
        baseline: Ratio,
        /// How many percentage points it may be below.
        tolerance: Percent,
    },
    /// A count and its maximum.
    AtMost {
        /// What is there.
        value: u64,
        /// The maximum.
        maximum: u64,
    },
    /// A number and its bar.
    Number {
        /// What is there.
        value: Decimal,
        /// The bar.
        bar: Decimal,
        /// On which side of it is better.
        better: Better,
    },
    /// A number and the baseline's.
    NotWorse {
        /// What is there.
        value: Decimal,
        /// What the baseline had.
        baseline: Decimal,
        /// How much worse it may be.
        tolerance: Tolerance,
        /// Which direction is better.
        better: Better,
    },
    /// A count and its minimum.
    CountAtLeast {
        /// What is there.
        value: u64,
        /// The minimum.
        minimum: u64,
    },
}

impl Reason {
    pub(crate) const fn new(code: Code, outcome: Outcome, message: Message) -> Self {
        Self {
            code,
            outcome,
            message,
            hint: None,
            comparison: None,
            drift: None,
            items: Vec::new(),
            unlisted: 0,
            lacks: Vec::new(),
            mend: None,
        }
    }

    /// Says which steps turn it.
    pub(super) fn mended_by(mut self, mend: Mend) -> Self {
        self.mend = Some(mend);
        self
    }

    pub(crate) fn hint(mut self, hint: Message) -> Self {
        self.hint = Some(hint);
        self
    }

    pub(super) const fn comparing(mut self, comparison: Comparison) -> Self {
        self.comparison = Some(comparison);
        self
    }

    pub(super) fn lacking(mut self, lacks: Vec<Lack>) -> Self {
        self.lacks = lacks;
        self
    }

    /// Lists what it is about, at most [`MAX_ITEMS`] of it; the rest is counted, and no more.
    pub(super) fn about<T>(mut self, things: &[T], item: impl Fn(&T) -> Item) -> Self {
        let room = MAX_ITEMS.saturating_sub(self.items.len());
        self.items.extend(things.iter().take(room).map(item));
        self.unlisted += things.len().saturating_sub(room) as u64;
        self
    }
}

impl Item {
    pub(super) const fn new(message: Message) -> Self {
        Self { location: None, severity: None, message, waived: false }
    }
}
