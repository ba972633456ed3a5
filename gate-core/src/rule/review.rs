//! `review`: people have looked at it, counted as GitHub counts.
//!
//! Each person's newest *opinionated* review stands: approved, changes requested or dismissed.
//! Comments and pending reviews are no opinion, and a dismissal does not revive what came before
//! it. Only people with write access count, the author never, bots only where the policy names
//! them, and deleted accounts not at all.

use super::{Case, Code, Comparison, Item, Reason, is_login, pull_request};
use crate::{
    evidence::{PullRequest, Review, ReviewState, UserAccount},
    measure::{Location, Message, Outcome, RepoPath},
    policy::{ChangesRequested, Conversations, ReviewRule, StaleApprovals},
};

pub(super) fn judge(rule: &ReviewRule, case: Case<'_>) -> Vec<Reason> {
    let pull_request = match pull_request::present(case) {
        Ok(pull_request) => pull_request,
        Err(reason) => return vec![*reason],
    };
    let opinions = standing_opinions(pull_request);
    let mut reasons = vec![approvals(rule, pull_request, &opinions)];
    reasons.extend(changes_requested(rule, pull_request, &opinions));
    if rule.conversations == Conversations::Resolved {
        reasons.push(conversations(pull_request));
    }
    reasons
}

/// The newest opinionated review of each person, in the order of their first ones.
fn standing_opinions(pull_request: &PullRequest) -> Vec<(&UserAccount, &Review)> {
    let mut standing: Vec<(&UserAccount, &Review)> = Vec::new();
    let mut reviews: Vec<&Review> = pull_request.reviews.iter().collect();
    // Stable: of two at one time, the later in the list is the newer.
    reviews.sort_by_key(|review| review.submitted_at);
    for review in reviews {
        let opinionated = match review.state {
            ReviewState::Approved | ReviewState::ChangesRequested | ReviewState::Dismissed => true,
            ReviewState::Commented | ReviewState::Pending => false,
        };
        let Some(author) = review.author.as_ref().filter(|_| opinionated) else {
            continue;
        };
        match standing.iter_mut().find(|(known, _)| is_same(known, author)) {
            Some(entry) => *entry = (author, review),
            None => standing.push((author, review)),
        }
    }
    standing
}

/// One person, by numeric id where both have one (a login may change hands), else by login.
fn is_same(a: &UserAccount, b: &UserAccount) -> bool {
    match (a.id, b.id) {
        (Some(a), Some(b)) => a == b,
        (Some(_), None) | (None, Some(_) | None) => a.login.eq_ignore_ascii_case(&b.login),
    }
}

/// Why the review of a person does not count at all.
fn disqualified(
    rule: &ReviewRule,
    pull_request: &PullRequest,
    reviewer: &UserAccount,
    review: &Review,
) -> Option<&'static str> {
    let named = |logins: &[String]| logins.iter().any(|login| is_login(login, &reviewer.login));
    if pull_request.author.as_ref().is_some_and(|author| is_same(author, reviewer)) {
        Some("is the author")
    } else if reviewer.bot && !named(&rule.bots) {
        Some("is a bot that the rule does not name")
    } else if !review.can_write {
        Some("may not write to the repository")
    } else {
        None
    }
}

fn approvals(
    rule: &ReviewRule,
    pull_request: &PullRequest,
    opinions: &[(&UserAccount, &Review)],
) -> Reason {
    let mut counted: Vec<&str> = Vec::new();
    let mut others: Vec<Item> = Vec::new();
    for &(reviewer, review) in opinions {
        if review.state != ReviewState::Approved {
            continue;
        }
        let listed = rule
            .approvers
            .as_ref()
            .is_none_or(|approvers| approvers.iter().any(|login| is_login(login, &reviewer.login)));
        let stale = review.commit.as_ref() != Some(&pull_request.head.sha);
        let why = match disqualified(rule, pull_request, reviewer, review) {
            Some(why) => Message::new(why),
            None if !listed => Message::new("is not one of the rule's approvers"),
            None if stale && rule.stale_approvals == StaleApprovals::Ignore => {
                let given = Message::new("was given on ");
                let given = match &review.commit {
                    Some(commit) => given.quote(short(commit)),
                    None => given.say("an unknown commit"),
                };
                given.say(", and the head is ").quote(short(&pull_request.head.sha))
            }
            None => {
                counted.push(&reviewer.login);
                continue;
            }
        };
        let message =
            Message::new("the approval of ").quote(&reviewer.login).say(" does not count: ");
        others.push(Item::new(message.then(&why)));
    }
    let deleted = pull_request.reviews.iter().filter(|review| review.author.is_none()).count();
    if deleted > 0 {
        let message = format!("reviews by deleted accounts that do not count: {deleted}");
        others.push(Item::new(Message::new(message)));
    }

    let value = counted.len() as u64;
    let comparison = Comparison::CountAtLeast { value, minimum: rule.approvals };
    let mut message = Message::new(format_args!("approvals: {comparison}"));
    if !counted.is_empty() {
        message = message.say(", by ").quote_each(&counted, 10);
    }
    if value >= rule.approvals {
        return Reason::new(Code::Approved, Outcome::Passed, message)
            .comparing(comparison)
            .about(&others, Item::clone);
    }
    let missing = rule.approvals - value;
    let s = if missing == 1 { "" } else { "s" };
    let mut hint = Message::new(format_args!("{missing} more approval{s}"));
    if let Some(approvers) = &rule.approvers {
        let left = approvers.iter().filter(|login| !counted.iter().any(|had| is_login(login, had)));
        hint = hint.say(" from ").quote_each(left, 10);
    }
    Reason::new(Code::ApprovalMissing, Outcome::Pending, message)
        .comparing(comparison)
        .hint(hint)
        .about(&others, Item::clone)
}

fn changes_requested(
    rule: &ReviewRule,
    pull_request: &PullRequest,
    opinions: &[(&UserAccount, &Review)],
) -> Option<Reason> {
    let blocking: Vec<&str> = opinions
        .iter()
        .filter(|(reviewer, review)| {
            review.state == ReviewState::ChangesRequested
                && disqualified(rule, pull_request, reviewer, review).is_none()
        })
        .map(|(reviewer, _)| reviewer.login.as_str())
        .collect();
    if blocking.is_empty() {
        return None;
    }
    let message = Message::new("changes requested by ").quote_each(&blocking, 10);
    Some(match rule.changes_requested {
        ChangesRequested::Block => Reason::new(Code::ChangesRequested, Outcome::Failed, message)
            .hint(Message::new("mend it and ask for another review by ").quote_each(&blocking, 10)),
        ChangesRequested::Ignore => Reason::new(
            Code::ChangesRequested,
            Outcome::Skipped,
            message.say(", which this rule does not count"),
        ),
    })
}

fn conversations(pull_request: &PullRequest) -> Reason {
    let open: Vec<Item> = pull_request
        .threads
        .iter()
        .filter(|thread| !thread.resolved)
        .map(|thread| Item {
            location: Some(Location {
                path: RepoPath::normalised(&thread.path),
                line: thread.line,
                end_line: None,
            }),
            ..Item::new(Message::new(if thread.outdated {
                "not resolved (the code has changed since)"
            } else {
                "not resolved"
            }))
        })
        .collect();
    let (count, all) = (open.len() as u64, pull_request.threads.len());
    let comparison = Comparison::AtMost { value: count, maximum: 0 };
    let message = Message::new(format_args!("unresolved conversations, of {all}: {comparison}"));
    if open.is_empty() {
        return Reason::new(Code::ConversationsResolved, Outcome::Passed, message)
            .comparing(comparison);
    }
    let s = if count == 1 { "" } else { "s" };
    Reason::new(Code::ConversationUnresolved, Outcome::Failed, message)
        .comparing(comparison)
        .hint(Message::new(format_args!("resolve {count} conversation{s}")))
        .about(&open, Item::clone)
}

fn short(sha: &str) -> &str {
    sha.get(..12).unwrap_or(sha)
}
