//! `review:` — people have looked at it.

use super::{
    decode::{Spanned, section, words},
    expected::Reports,
    logins,
    needs::{Kind, Needs},
    people::{self, People, RawPeople},
    problem::Problems,
};

section! {
    /// People have looked at it. Counted as GitHub counts: the newest approval, request for changes
    /// or dismissal of each person with write access.
    struct RawReview {
        /// How many people must approve. Default: 1.
        approvals: Option<Spanned<u64>>,
        /// Only approvals of these people count. Default: of everybody who may write.
        from: Option<Spanned<RawPeople>>,
        /// Bots and Apps whose reviews count. Default: none.
        bots: Option<Spanned<Vec<Spanned<String>>>>,
        /// Whether an owner of each changed file must approve. Default: `ignore`.
        code_owners: Option<Spanned<CodeOwners>>,
        /// Whether somebody else than who pushed last must approve that. Default: `any`.
        last_push: Option<Spanned<LastPush>>,
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
    /// What is asked of code owners.
    enum CodeOwners, "choice" {
        /// Nothing.
        Ignore = "ignore",
        /// An approval of one of the owners of each changed file that has any.
        Required = "required",
    }
}

words! {
    /// What is asked of the last push.
    enum LastPush, "choice" {
        /// Nothing.
        Any = "any",
        /// An approval by somebody else than who pushed it.
        Approved = "approved",
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
        /// They count as far as what was reviewed is still what the pull request changes.
        Unchanged = "unchanged",
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
    /// Whose approvals count; of everybody who may write, where nobody is named.
    pub from: Option<People>,
    /// Bots whose reviews count.
    pub bots: Vec<String>,
    /// What is asked of code owners.
    pub code_owners: CodeOwners,
    /// What is asked of the last push.
    pub last_push: LastPush,
    /// What a standing request for changes does.
    pub changes_requested: ChangesRequested,
    /// What is asked of conversations.
    pub conversations: Conversations,
    /// Whether approvals of other commits than the head count.
    pub stale_approvals: StaleApprovals,
}

impl Kind for ReviewRule {
    fn needs(&self) -> Needs {
        let code_owners = self.code_owners == CodeOwners::Required;
        Needs { changes: code_owners, code_owners, ..Needs::default() }
    }
}

pub(super) fn validate(
    raw: &Spanned<RawReview>,
    _: &Reports,
    problems: &mut Problems,
) -> Option<ReviewRule> {
    let RawReview {
        approvals,
        from,
        bots,
        code_owners,
        last_push,
        changes_requested,
        conversations,
        stale_approvals,
    } = &raw.value;
    let count = approvals.as_ref().map_or(1, |approvals| approvals.value);
    let people = people::validate(from.as_ref(), problems);
    let bots = logins::validate(bots.as_ref(), problems).map(Option::unwrap_or_default);
    if let (Some(Some(people)), Some(raw)) = (&people, from)
        && let Some(users) = people.at_most().filter(|&most| most < count)
    {
        let s = if users == 1 { "" } else { "s" };
        problems.add(raw.place, format!("{count} approvals cannot come from {users} user{s}"));
    }
    Some(ReviewRule {
        approvals: count,
        from: people?,
        bots: bots?,
        code_owners: code_owners.as_ref().map_or(CodeOwners::Ignore, |choice| choice.value),
        last_push: last_push.as_ref().map_or(LastPush::Any, |choice| choice.value),
        changes_requested: changes_requested
            .as_ref()
            .map_or(ChangesRequested::Block, |choice| choice.value),
        conversations: conversations.as_ref().map_or(Conversations::Any, |choice| choice.value),
        stale_approvals: stale_approvals
            .as_ref()
            .map_or(StaleApprovals::Count, |choice| choice.value),
    })
}
