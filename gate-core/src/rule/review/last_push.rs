//! Whether somebody else than who pushed last has approved what was pushed.

use super::{
    Answer, Askable, Code, Lack, Mend, Message, Outcome, PullRequest, Reason, Review, ReviewRule,
    Unknown, UserAccount, approvals::Approval, short, stale,
};
use crate::{
    evidence::{Push, Told},
    policy::StaleApprovals,
};

pub(super) fn judge(
    rule: &ReviewRule,
    pull_request: &PullRequest,
    approvals: &[Approval<'_>],
) -> Reason {
    let covering: Vec<(&UserAccount, Answer)> = approvals
        .iter()
        .map(|approval| {
            let answer =
                Answer::all([approval.counts.clone(), covers(rule, pull_request, approval.review)]);
            (approval, answer)
        })
        .filter(|(_, answer)| *answer != Answer::No)
        .map(|(approval, answer)| {
            let other = is_another(pull_request, approval.by, approval.review);
            (approval.by, Answer::all([answer, other]))
        })
        .collect();
    if let Some((by, _)) = covering.iter().find(|(_, answer)| *answer == Answer::Yes) {
        let message = Message::new("the last push is approved by ")
            .quote(&by.login)
            .say(", who did not push it");
        return Reason::new(Code::LastPushApproved, Outcome::Passed, message);
    }
    let had: Vec<&str> = covering.iter().map(|(by, _)| by.login.as_str()).collect();
    let pushed = last_pusher(pull_request).into_iter();
    let had: Vec<&str> = had.into_iter().chain(pushed).collect();
    let mend = Mend::gain(1_u64, Askable::but(&had, pull_request).from(rule.from.as_ref()));
    let answer = Answer::any(covering.iter().map(|(_, answer)| answer.clone()));
    let head = short(&pull_request.head.sha);
    let message = Message::new("the last push, ").quote(head);
    if let Answer::Unknown(Unknown { why, lacks }) = answer {
        let message = message
            .say(": whether somebody else than who pushed it has approved it cannot be told: ");
        return Reason::new(Code::LastPushUndecided, Outcome::Inconclusive, message.then(&why))
            .lacking(lacks)
            .mended_by(mend);
    }
    let pushers: Vec<&str> = covering.iter().map(|(by, _)| by.login.as_str()).collect();
    let message = if pushers.is_empty() {
        message.say(", is not approved")
    } else {
        message.say(", is approved by nobody but who pushed: ").quote_each(&pushers, 5)
    };
    let hint = Message::new("1 approval of ").quote(head).say(" by somebody who did not push it");
    Reason::new(Code::LastPushUnapproved, Outcome::Pending, message).hint(hint).mended_by(mend)
}

/// Who pushed the head, where that is known.
fn last_pusher(pull_request: &PullRequest) -> Option<&str> {
    let Some(Told::Known(pushes)) = &pull_request.people.pushes else { return None };
    Some(pushes.first()?.by.as_ref()?.login.as_str())
}

/// Whether an approval is of what was pushed last: of the head, or of a diff that is still the same.
fn covers(rule: &ReviewRule, pull_request: &PullRequest, review: &Review) -> Answer {
    // An approval of what stood there before may count for the rule, and is none of the last push.
    let choice = match rule.stale_approvals {
        StaleApprovals::Count | StaleApprovals::Ignore => StaleApprovals::Ignore,
        StaleApprovals::Unchanged => StaleApprovals::Unchanged,
    };
    stale::cover(choice, pull_request, review).all()
}

/// Whether somebody has pushed nothing since the commit that he approved, nor that one.
fn is_another(pull_request: &PullRequest, who: &UserAccount, review: &Review) -> Answer {
    let what = Message::new("who pushed ").quote(short(&pull_request.head.sha));
    let pushes = match &pull_request.people.pushes {
        Some(Told::Known(pushes)) => pushes,
        Some(Told::Unknown(why)) => return Answer::Unknown(Unknown::because(&what, why)),
        None => return Answer::Unknown(Unknown::unasked(&what, Lack::Pushes)),
    };
    if pushes.first().is_none_or(|push| push.sha != pull_request.head.sha) {
        let why = "the newest push that is known is another one";
        return Answer::Unknown(Unknown::because(&what, why));
    }
    let approved = |push: &Push| review.commit.as_ref() == Some(&push.sha);
    let Some(end) = pushes.iter().position(approved) else {
        let what = Message::new("who pushed what ").quote(&who.login).say(" approved");
        return Answer::Unknown(Unknown::because(&what, "it is not among the pushes"));
    };
    let mut since = pushes.iter().take(end + 1);
    let is_his = |push: &Push| push.by.as_ref().is_some_and(|by| by.is_same(who));
    if since.any(is_his) { Answer::No } else { Answer::Yes }
}
