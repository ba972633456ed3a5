//! `review:` — people have looked at it.

use super::{
    decode::{Spanned, section, words},
    expected::Reports,
    logins,
    needs::Kind,
    problem::Problems,
};

section! {
    /// People have looked at it. Counted as GitHub counts: the newest approval, request for changes
    /// or dismissal of each person with write access.
    struct RawReview {
        /// How many people must approve. Default: 1.
        approvals: Option<Spanned<u64>>,
        /// Only approvals of these logins count. Default: of everybody who may write.
        approvers: Option<Spanned<Vec<Spanned<String>>>>,
        /// Bots and Apps whose reviews count. Default: none.
        bots: Option<Spanned<Vec<Spanned<String>>>>,
        /// What a standing request for changes does. Default: `block`.
        changes_requested: Option<Spanned<ChangesRequested>>,
        /// Whether every conversation must be resolved. Default: `any`.
        conversations: Option<Spanned<Conversations>>,
        /// Whether an approval counts that was given on another commit than the head.
        /// Default: `count`.
        stale_approvals: Option<Spanned<StaleApprovals>>,
    }
}

words! {
    /// What a standing request for changes does.
    enum ChangesRequested, "choice" {
        /// It fails the rule.
        Block = "block",
        /// It is shown.
        Ignore = "ignore",
    }
}

words! {
    /// What is asked of conversations.
    enum Conversations, "choice" {
        /// Nothing.
        Any = "any",
        /// Each must be resolved.
        Resolved = "resolved",
    }
}

words! {
    /// Whether approvals of other commits than the head count.
    enum StaleApprovals, "choice" {
        /// They count, as GitHub counts them unless told otherwise.
        Count = "count",
        /// They do not.
        Ignore = "ignore",
    }
}

/// A review rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReviewRule {
    /// How many people must approve.
    pub approvals: u64,
    /// Whose approvals count; of everybody who may write, where there is no list.
    pub approvers: Option<Vec<String>>,
    /// Bots whose reviews count.
    pub bots: Vec<String>,
    /// What a standing request for changes does.
    pub changes_requested: ChangesRequested,
    /// What is asked of conversations.
    pub conversations: Conversations,
    /// Whether approvals of other commits than the head count.
    pub stale_approvals: StaleApprovals,
}

impl Kind for ReviewRule {}

pub(super) fn validate(
    raw: &Spanned<RawReview>,
    _: &Reports,
    problems: &mut Problems,
) -> Option<ReviewRule> {
    let RawReview { approvals, approvers, bots, changes_requested, conversations, stale_approvals } =
        &raw.value;
    let count = approvals.as_ref().map_or(1, |approvals| approvals.value);
    let approver_list = logins::validate(approvers.as_ref(), problems);
    let bots = logins::validate(bots.as_ref(), problems).map(Option::unwrap_or_default);
    if let (Some(Some(list)), Some(raw)) = (&approver_list, approvers)
        && (list.len() as u64) < count
    {
        let (approvers, s) = (list.len(), if list.len() == 1 { "" } else { "s" });
        let message = format!("{count} approvals cannot come from {approvers} approver{s}");
        problems.add(raw.place, message);
    }
    Some(ReviewRule {
        approvals: count,
        approvers: approver_list?,
        bots: bots?,
        changes_requested: changes_requested
            .as_ref()
            .map_or(ChangesRequested::Block, |choice| choice.value),
        conversations: conversations.as_ref().map_or(Conversations::Any, |choice| choice.value),
        stale_approvals: stale_approvals
            .as_ref()
            .map_or(StaleApprovals::Count, |choice| choice.value),
    })
}
