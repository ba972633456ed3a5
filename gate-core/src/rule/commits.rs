//! `commits`: its commits are signed, and their messages have such a form.

use super::{Case, Code, Detail, Item, Mend, Reason, Step, opinions::short, pull_request};
use crate::{
    evidence::Commit,
    measure::{Message, Outcome},
    policy::{CommitsRule, Merges, Messages, Signed},
};

pub(super) fn judge(rule: &CommitsRule, case: Case<'_>) -> Vec<Reason> {
    let commits = match pull_request::commits(case) {
        Ok(commits) => commits,
        Err(reason) => return vec![*reason],
    };
    if commits.is_empty() {
        let message = Message::new("it has no commit that could be judged");
        return vec![Reason::new(Code::CommitsMissing, Outcome::Inconclusive, message)];
    }
    let mut reasons = Vec::new();
    if rule.signed == Signed::Verified {
        reasons.extend(signatures(commits));
    }
    reasons.extend(messages(rule, commits));
    if rule.merges == Merges::Forbid {
        reasons.extend(merges(commits));
    }
    if reasons.is_empty() {
        let (count, s) = (commits.len(), if commits.len() == 1 { "" } else { "s" });
        let are = if count == 1 { "is as it" } else { "are as they" };
        let message = Message::new(format_args!("{count} commit{s} {are} should be"));
        reasons.push(Reason::new(Code::CommitsFit, Outcome::Passed, message));
    }
    reasons
}

/// A commit, and what is wrong with it.
type Wrong<'a> = (&'a Commit, Message);

fn reason(code: Code, outcome: Outcome, wrong: &[Wrong<'_>], what: &str, hint: Message) -> Reason {
    let (count, s) = (wrong.len(), if wrong.len() == 1 { "" } else { "s" });
    let message = Message::new(format_args!("{count} commit{s} {what}"));
    let step = |(commit, _): &Wrong<'_>| (Step::Commit { sha: commit.sha.clone() }, Detail::Plain);
    let reason = Reason::new(code, outcome, message).hint(hint);
    // What could not be looked at may be as it should.
    let reason = match outcome {
        Outcome::Failed => reason.mended_by(Mend::all(wrong.iter().map(step))),
        Outcome::Skipped | Outcome::Passed | Outcome::Pending | Outcome::Inconclusive => reason,
    };
    reason.about(wrong, |(commit, why)| {
        let commit = Message::default().quote(short(&commit.sha)).say(" ").quote(commit.subject());
        Item::new(commit.say(": ").then(why))
    })
}

fn signatures(commits: &[Commit]) -> Vec<Reason> {
    let (mut unverified, mut unknown): (Vec<Wrong<'_>>, Vec<Wrong<'_>>) = Default::default();
    for commit in commits {
        let said = commit.verification.as_ref().map(|verification| verification.reason.as_str());
        let why = Message::default().quote(said.unwrap_or("nobody has looked at its signature"));
        match commit.is_verified() {
            Some(true) => {}
            Some(false) => unverified.push((commit, why)),
            None => unknown.push((commit, why)),
        }
    }
    let mut reasons = Vec::new();
    if !unverified.is_empty() {
        let hint = Message::new(
            "sign them and push again: `git rebase --exec 'git commit --amend --no-edit -S'`",
        );
        let what = "without a verified signature";
        reasons.push(reason(Code::CommitUnverified, Outcome::Failed, &unverified, what, hint));
    }
    if !unknown.is_empty() {
        let hint = Message::new("ask again later, or let GitHub say it in `pull-request.json`");
        let what = "whose signature could not be looked at";
        let undecided = Outcome::Inconclusive;
        reasons.push(reason(Code::CommitSignatureUnknown, undecided, &unknown, what, hint));
    }
    reasons
}

fn messages(rule: &CommitsRule, commits: &[Commit]) -> Option<Reason> {
    let judged =
        commits.iter().filter(|commit| rule.merges != Merges::Exempt || !commit.is_merge());
    let wrong: Vec<Wrong<'_>> =
        judged.filter_map(|commit| Some((commit, misfit(rule, commit)?))).collect();
    let hint = Message::new("reword them and push again: `git rebase --interactive`");
    (!wrong.is_empty()).then(|| {
        let what = if wrong.len() == 1 {
            "whose message has another form"
        } else {
            "whose messages have another form"
        };
        reason(Code::CommitMessageMisfits, Outcome::Failed, &wrong, what, hint)
    })
}

/// What is wrong with a message, the first of it.
fn misfit(rule: &CommitsRule, commit: &Commit) -> Option<Message> {
    let subject = commit.subject();
    if rule.messages == Messages::Conventional
        && let Some(why) = unconventional(rule.types.as_deref(), &commit.message)
    {
        return Some(why);
    }
    if let Some(pattern) = rule.matches.as_ref().filter(|pattern| !pattern.fits(subject)) {
        return Some(Message::new("does not fit ").quote(pattern.as_str()));
    }
    if let Some(pattern) = rule.forbid.as_ref().filter(|pattern| pattern.fits(subject)) {
        return Some(Message::new("must not fit ").quote(pattern.as_str()));
    }
    let length = subject.chars().count() as u64;
    let maximum = rule.at_most.filter(|&maximum| length > maximum)?;
    Some(Message::new(format_args!(
        "its first line has {length} characters, and may have {maximum}"
    )))
}

/// Why a message is none of Conventional Commits 1.0.0: `type(scope)!: description`, and a blank
/// line before whatever follows.
fn unconventional(types: Option<&[String]>, message: &str) -> Option<Message> {
    let mut lines = message.lines();
    let subject = lines.next().unwrap_or_default();
    let Some((head, description)) = subject.split_once(':') else {
        return Some(Message::new("has no `type:` before its description"));
    };
    let head = head.strip_suffix('!').unwrap_or(head);
    let (kind, scope) = match head.split_once('(') {
        Some((kind, scope)) => (kind, Some(scope)),
        None => (head, None),
    };
    let is_word = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
    };
    if !is_word(kind) {
        return Some(Message::default().quote(kind).say(" is no type: one word, for example feat"));
    }
    let is_scope = |scope: &str| {
        let inner = scope.strip_suffix(')').map(str::trim);
        inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['(', ')']))
    };
    if scope.is_some_and(|scope| !is_scope(scope)) {
        return Some(Message::new("its scope does not stand in brackets of its own"));
    }
    if !description.starts_with(' ') || description.trim().is_empty() {
        return Some(Message::new("has no description after `: `"));
    }
    if let Some(types) = types
        && !types.iter().any(|known| known.eq_ignore_ascii_case(kind))
    {
        let message = Message::default().quote(kind).say(" is none of its types: ");
        return Some(message.quote_each(types, 20));
    }
    let second = lines.next().unwrap_or_default();
    (!second.trim().is_empty()).then(|| Message::new("has no blank line after its first one"))
}

fn merges(commits: &[Commit]) -> Option<Reason> {
    let merges: Vec<Wrong<'_>> = commits
        .iter()
        .filter(|commit| commit.is_merge())
        .map(|commit| (commit, Message::new(format_args!("has {} parents", commit.parents))))
        .collect();
    let what = if merges.len() == 1 { "is a merge" } else { "are merges" };
    let hint = Message::new("rebase onto the base branch instead of merging it: `git rebase`");
    (!merges.is_empty())
        .then(|| reason(Code::CommitMergeForbidden, Outcome::Failed, &merges, what, hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(message: &str) -> bool {
        unconventional(None, message).is_none()
    }

    #[test]
    fn the_examples_of_the_specification_are_conventional() {
        for message in [
            "feat: allow provided config object to extend other configs\n\nBREAKING CHANGE: `extends` key",
            "feat!: send an email to the customer when a product is shipped",
            "feat(api)!: send an email",
            "docs: correct spelling of CHANGELOG",
            "feat(lang): add Polish language",
            "fix: prevent racing of requests\n\nIntroduce a request id.\n\nReviewed-by: Z\nRefs: #123",
        ] {
            assert!(fits(message), "{message}");
        }
    }

    #[test]
    fn what_only_looks_alike_is_not() {
        for message in [
            "",
            "Add a thing",
            "feat add a thing",
            "feat:add a thing",
            "feat: ",
            ": a thing",
            "two words: a thing",
            "feat(: a thing",
            "feat(): a thing",
            "feat(a)(b): a thing",
            "feat: a thing\nand more",
        ] {
            assert!(!fits(message), "{message}");
        }
    }
}
