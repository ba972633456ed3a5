//! `review:` — people have looked at it.

use super::{
    decode::{Spanned, section, words},
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

pub(super) fn validate(raw: &Spanned<RawReview>, problems: &mut Problems) -> Option<ReviewRule> {
    let RawReview { approvals, approvers, bots, changes_requested, conversations, stale_approvals } =
        &raw.value;
    let count = approvals.as_ref().map_or(1, |approvals| approvals.value);
    let approver_list = logins(approvers.as_ref(), problems);
    let bots = logins(bots.as_ref(), problems).map(Option::unwrap_or_default);
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

/// A list of logins, each once (logins are compared without case).
#[expect(clippy::option_option, reason = "outer: a problem was added; inner: the key is absent")]
fn logins(
    raw: Option<&Spanned<Vec<Spanned<String>>>>,
    problems: &mut Problems,
) -> Option<Option<Vec<String>>> {
    let Some(raw) = raw else { return Some(None) };
    let mut list: Vec<String> = Vec::new();
    for login in &raw.value {
        let name = login.value.trim_start_matches('@');
        if name.is_empty() || name.contains(char::is_whitespace) {
            problems.add(login.place, "a login is one word, for example octocat");
            return None;
        }
        if list.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            problems.add(login.place, format!("`{name}` stands here a second time"));
            return None;
        }
        list.push(name.to_owned());
    }
    Some(Some(list))
}
