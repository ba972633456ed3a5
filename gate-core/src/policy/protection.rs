//! `protection:` — its base branch is protected as it must be, so that nobody merges past this gate.

use super::{
    decode::{Spanned, section, words},
    expected::Reports,
    needs::{Kind, Needs},
    problem::Problems,
};

section! {
    /// Its base branch is protected, by rulesets or by branch protection, as GitHub reports it.
    struct RawProtection {
        /// How many approvals the branch must require at least. Default: 1.
        approvals: Option<Spanned<u64>>,
        /// How the branch must require the check of this gate. Default: `pinned`.
        gate: Option<Spanned<GateCheck>>,
        /// Other checks and statuses that the branch must require, by their names. Default: none.
        checks: Option<Spanned<Vec<Spanned<String>>>>,
        /// Whether the branch must require that conversations are resolved. Default: `resolved`.
        conversations: Option<Spanned<Resolution>>,
        /// What the branch must do with approvals of an earlier state. Default: `dismissed`.
        stale_approvals: Option<Spanned<StaleDismissal>>,
        /// Whether the branch must refuse forced pushes. Default: `forbidden`.
        force_pushes: Option<Spanned<Forbidden>>,
        /// Whether the branch must refuse to be deleted. Default: `forbidden`.
        deletions: Option<Spanned<Forbidden>>,
        /// Whether the branch must require the approval of code owners. Default: `any`.
        code_owners: Option<Spanned<Demanded>>,
        /// Whether the branch must require that somebody else than who pushed last approves.
        /// Default: `any`.
        last_push_approval: Option<Spanned<Demanded>>,
        /// Whether the branch must require that the head is up to date with it. Default: `any`.
        up_to_date: Option<Spanned<Demanded>>,
    }
}

words! {
    /// How a branch must require the check of this gate.
    enum GateCheck, "choice" {
        /// From this App: nobody else can set it.
        Pinned = "pinned",
        /// From this App or from anybody.
        Required = "required",
        /// It need not.
        Any = "any",
    }
}

words! {
    /// What a branch must require of conversations.
    enum Resolution, "choice" {
        /// That each is resolved.
        Resolved = "resolved",
        /// Nothing.
        Any = "any",
    }
}

words! {
    /// What a branch must do with approvals of an earlier state.
    enum StaleDismissal, "choice" {
        /// Dismiss them when new commits are pushed.
        Dismissed = "dismissed",
        /// Nothing.
        Any = "any",
    }
}

words! {
    /// What a branch must refuse.
    enum Forbidden, "choice" {
        /// It must.
        Forbidden = "forbidden",
        /// It need not.
        Any = "any",
    }
}

words! {
    /// What a branch must require.
    enum Demanded, "choice" {
        /// It must.
        Required = "required",
        /// It need not.
        Any = "any",
    }
}

/// A protection rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProtectionRule {
    /// How many approvals must be required.
    pub approvals: u64,
    /// How the check of this gate must be required.
    pub gate: GateCheck,
    /// Other checks that must be required.
    pub checks: Vec<String>,
    /// Whether resolved conversations must be required.
    pub conversations: bool,
    /// Whether approvals of an earlier state must be dismissed.
    pub stale_dismissal: bool,
    /// Whether forced pushes must be refused.
    pub no_force_pushes: bool,
    /// Whether deletions must be refused.
    pub no_deletions: bool,
    /// Whether approvals of code owners must be required.
    pub code_owners: bool,
    /// Whether an approval of the last push must be required.
    pub last_push_approval: bool,
    /// Whether a head that is up to date must be required.
    pub up_to_date: bool,
}

impl ProtectionRule {
    const fn demands_something(&self) -> bool {
        self.approvals > 0
            || !matches!(self.gate, GateCheck::Any)
            || !self.checks.is_empty()
            || self.conversations
            || self.stale_dismissal
            || self.no_force_pushes
            || self.no_deletions
            || self.code_owners
            || self.last_push_approval
            || self.up_to_date
    }
}

impl Kind for ProtectionRule {
    fn needs(&self) -> Needs {
        Needs { protection: true, ..Needs::default() }
    }
}

pub(super) fn validate(
    raw: &Spanned<RawProtection>,
    _: &Reports,
    problems: &mut Problems,
) -> Option<ProtectionRule> {
    let RawProtection {
        approvals,
        gate,
        checks,
        conversations,
        stale_approvals,
        force_pushes,
        deletions,
        code_owners,
        last_push_approval,
        up_to_date,
    } = &raw.value;
    if let Some(approvals) = approvals.as_ref().filter(|approvals| approvals.value > MOST_APPROVALS)
    {
        let message = format!("GitHub requires at most {MOST_APPROVALS} approvals");
        problems.add(approvals.place, message);
        return None;
    }
    let listed = checks.iter().flat_map(|list| &list.value);
    if let Some(empty) = listed.clone().find(|name| name.value.is_empty()) {
        problems.add(empty.place, "a check has a name");
        return None;
    }
    let is = |choice: Option<bool>, default: bool| choice.unwrap_or(default);
    let forbidden = |choice: &Option<Spanned<Forbidden>>| {
        is(choice.as_ref().map(|choice| choice.value == Forbidden::Forbidden), true)
    };
    let demanded = |choice: &Option<Spanned<Demanded>>| {
        is(choice.as_ref().map(|choice| choice.value == Demanded::Required), false)
    };
    let rule = ProtectionRule {
        approvals: approvals.as_ref().map_or(1, |approvals| approvals.value),
        gate: gate.as_ref().map_or(GateCheck::Pinned, |gate| gate.value),
        checks: listed.map(|name| name.value.clone()).collect(),
        conversations: conversations
            .as_ref()
            .is_none_or(|choice| choice.value == Resolution::Resolved),
        stale_dismissal: stale_approvals
            .as_ref()
            .is_none_or(|choice| choice.value == StaleDismissal::Dismissed),
        no_force_pushes: forbidden(force_pushes),
        no_deletions: forbidden(deletions),
        code_owners: demanded(code_owners),
        last_push_approval: demanded(last_push_approval),
        up_to_date: demanded(up_to_date),
    };
    if !rule.demands_something() {
        problems.add(raw.place.first(), "this rule demands nothing of the branch");
        return None;
    }
    Some(rule)
}

/// The most that GitHub's settings take.
const MOST_APPROVALS: u64 = 10;
