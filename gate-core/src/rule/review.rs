//! `review`: people have looked at it, counted as GitHub counts.
//!
//! Each person's newest *opinionated* review stands: approved, changes requested or dismissed.
//! Comments and pending reviews are no opinion, and a dismissal does not revive what came before
//! it. Only people with write access count, the author never, bots only where the policy names
//! them, and deleted accounts not at all.

mod approvals;
mod last_push;
mod owners;
mod stale;

use super::{
    Case, Code, Comparison, Detail, Item, Lack, Mend, Reason, Step,
    approval::{self, Askable},
    is_login,
    opinions::{self, disqualified, short},
    people::{self, Answer, Unknown},
    pull_request,
};
use crate::{
    evidence::{PullRequest, Review, ReviewState, UserAccount},
    measure::{Location, Message, Outcome, RepoPath},
    policy::{ChangesRequested, CodeOwners, Conversations, LastPush, ReviewRule},
};

/// An opinion that stands.
type Opinion<'a> = (&'a UserAccount, &'a Review);

pub(super) fn judge(rule: &ReviewRule, case: Case<'_>) -> Vec<Reason> {
    let pull_request = match pull_request::present(case) {
        Ok(pull_request) => pull_request,
        Err(reason) => return vec![*reason],
    };
    let opinions = opinions::standing(pull_request);
    let approvals = approvals::standing(rule, pull_request, &opinions);
    let mut reasons = vec![approvals::enough(rule, pull_request, &approvals)];
    if rule.code_owners == CodeOwners::Required {
        reasons.extend(owners::judge(rule, case, pull_request, &opinions));
    }
    if rule.last_push == LastPush::Approved {
        reasons.push(last_push::judge(rule, pull_request, &approvals));
    }
    reasons.extend(changes_requested(rule, pull_request, &opinions));
    if rule.conversations == Conversations::Resolved {
        reasons.push(conversations(pull_request));
    }
    reasons
}

fn changes_requested(
    rule: &ReviewRule,
    pull_request: &PullRequest,
    opinions: &[Opinion<'_>],
) -> Option<Reason> {
    let blocking: Vec<&str> = opinions
        .iter()
        .filter(|(reviewer, review)| {
            review.state == ReviewState::ChangesRequested
                && disqualified(&rule.bots, pull_request, reviewer, review).is_none()
        })
        .map(|(reviewer, _)| reviewer.login.as_str())
        .collect();
    if blocking.is_empty() {
        return None;
    }
    let message = Message::new("changes requested by ").quote_each(&blocking, 10);
    Some(match rule.changes_requested {
        ChangesRequested::Block => {
            // An approval takes the request back, and counts besides.
            let why = || Detail::Words(Message::new("requested changes"));
            let mend = Mend::all(blocking.iter().map(|&login| (approval::of(login), why())));
            let hint =
                Message::new("mend it and ask for another review by ").quote_each(&blocking, 10);
            Reason::new(Code::ChangesRequested, Outcome::Failed, message).hint(hint).mended_by(mend)
        }
        ChangesRequested::Ignore => Reason::new(
            Code::ChangesRequested,
            Outcome::Skipped,
            message.say(", which this rule does not count"),
        ),
    })
}

fn conversations(pull_request: &PullRequest) -> Reason {
    let numbered = pull_request.threads.iter().enumerate();
    let steps = numbered
        .filter(|(_, thread)| !thread.resolved)
        .map(|(place, _)| (Step::Conversation { place }, Detail::Plain));
    let mend = Mend::all(steps);
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
        .mended_by(mend)
        .about(&open, Item::clone)
}

/// A place in a file, or the file.
fn at(path: &RepoPath, line: Option<u32>, message: Message) -> Item {
    let location = Location { path: path.clone(), line, end_line: None };
    Item { location: Some(location), ..Item::new(message) }
}
