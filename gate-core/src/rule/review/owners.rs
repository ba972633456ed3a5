//! Whether an owner of each changed file has approved it. A file that was moved has the owners of
//! both its paths to answer to.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Answer, Askable, Case, Code, Comparison, Lack, Mend, Message, Opinion, Outcome, PullRequest,
    Reason, RepoPath, ReviewRule, ReviewState, at, disqualified, people, pull_request, stale,
};
use crate::evidence::{ChangeKind, CodeOwners, CodeOwnersFile, FileChange, OwnerLine, Told};

pub(super) fn judge(
    rule: &ReviewRule,
    case: Case<'_>,
    pull_request: &PullRequest,
    opinions: &[Opinion<'_>],
) -> Vec<Reason> {
    let file = match file(pull_request) {
        Ok(file) => file,
        Err(reason) => return vec![*reason],
    };
    let changes = match pull_request::changes(case) {
        Ok(changes) => changes,
        Err(reason) => return vec![*reason],
    };
    let paths: BTreeSet<&RepoPath> = changes.files.iter().flat_map(changed_paths).collect();
    let Some(file) = file else {
        let message = "no changed file has an owner: the base branch has no CODEOWNERS";
        return vec![Reason::new(Code::CodeOwnersApproved, Outcome::Passed, Message::new(message))];
    };
    let owners = file.read();
    let mut owned: BTreeMap<u32, (&OwnerLine, Vec<&RepoPath>)> = BTreeMap::new();
    for path in paths {
        if let Some(line) = owners.of(path) {
            owned.entry(line.line).or_insert_with(|| (line, Vec::new())).1.push(path);
        }
    }
    let candidates: Vec<Opinion<'_>> = opinions
        .iter()
        .filter(|(by, review)| {
            review.state == ReviewState::Approved
                && disqualified(&rule.bots, pull_request, by, review).is_none()
        })
        .copied()
        .collect();
    let mut found = Found::default();
    for (line, paths) in owned.values() {
        for path in paths {
            match approved(rule, pull_request, (line, path), &candidates) {
                Answer::Yes => found.approved += 1,
                Answer::No => found.missing.push((line, path)),
                Answer::Unknown(unknown) => {
                    found.lacks.extend(unknown.lacks);
                    found.undecided.push((line, path, unknown.why));
                }
            }
        }
    }
    let mut reasons = found.reasons(file, pull_request);
    reasons.extend(skipped(file, &owners));
    reasons
}

/// The paths at which something is changed: of a copy, where it was copied from nothing is.
fn changed_paths(file: &FileChange) -> impl Iterator<Item = &RepoPath> {
    let is_copy = file.kind == ChangeKind::Copied;
    file.paths().filter(move |path| !is_copy || **path == file.path)
}

/// CODEOWNERS, none where there is none, or the reason why nothing can be said by it.
fn file(pull_request: &PullRequest) -> Result<Option<&CodeOwnersFile>, Box<Reason>> {
    let unknown = |why: &str| {
        let message = Message::new("the owners of the changed files are not known: ").quote(why);
        Box::new(Reason::new(Code::CodeOwnersUnknown, Outcome::Inconclusive, message))
    };
    match &pull_request.people.code_owners {
        None => Err(unknown("nobody has said what CODEOWNERS of the base branch says")),
        Some(Told::Unknown(why)) => Err(unknown(why)),
        Some(Told::Known(Some(file))) if file.is_too_large() => Err(unknown(&format!(
            "{} has 3 MB or more, and GitHub loads no owners from so large a file",
            file.path
        ))),
        Some(Told::Known(file)) => Ok(file.as_ref()),
    }
}

/// Whether one of the owners that a line names has approved a file as it is.
fn approved(
    rule: &ReviewRule,
    pull_request: &PullRequest,
    (line, path): (&OwnerLine, &RepoPath),
    candidates: &[Opinion<'_>],
) -> Answer {
    Answer::any(candidates.iter().map(|(by, review)| {
        let covered = stale::cover(rule.stale_approvals, pull_request, review).path(path);
        let owners = line.owners.iter();
        let owns = Answer::any(owners.map(|owner| people::is_owner(owner, pull_request, by)));
        Answer::all([owns, covered])
    }))
}

/// What became of the owned files.
#[derive(Default)]
struct Found<'a> {
    approved: u64,
    missing: Vec<(&'a OwnerLine, &'a RepoPath)>,
    undecided: Vec<(&'a OwnerLine, &'a RepoPath, Message)>,
    lacks: Vec<Lack>,
}

impl Found<'_> {
    fn reasons(self, file: &CodeOwnersFile, pull_request: &PullRequest) -> Vec<Reason> {
        let Self { approved, missing, undecided, lacks } = self;
        let all = approved + (missing.len() + undecided.len()) as u64;
        if all == 0 {
            let message = Message::new("no changed file has an owner in ").quote(&file.path);
            return vec![Reason::new(Code::CodeOwnersApproved, Outcome::Passed, message)];
        }
        let comparison = Comparison::CountAtLeast { value: approved, minimum: all };
        let message =
            || Message::new(format_args!("owned files that an owner has approved: {comparison}"));
        let from = |line: &OwnerLine| {
            Message::new(" (").quote(&file.path).say(format_args!(":{})", line.line))
        };
        // An owner approves the head, and with it every file of his.
        let mend = |lines: &mut dyn Iterator<Item = &OwnerLine>| {
            let lines: BTreeMap<u32, &OwnerLine> = lines.map(|line| (line.line, line)).collect();
            let askable = Askable::but(&[], pull_request);
            let one = |line: &&OwnerLine| Mend::gain(1_u64, askable.owners(&line.owners));
            Mend::AllOf(lines.values().map(one).collect())
        };
        let mut reasons = Vec::new();
        if !missing.is_empty() {
            let mut hint = Message::default();
            let lines: BTreeMap<u32, &OwnerLine> =
                missing.iter().map(|(line, _)| (line.line, *line)).collect();
            for (number, line) in lines.values().enumerate() {
                let hint_of = hint.say(if number == 0 { "an approval of " } else { "; one of " });
                hint = hint_of.then(&one_of(line));
            }
            let item = |(line, path): &(&OwnerLine, &RepoPath)| {
                let needs = Message::new("needs an approval of ").then(&one_of(line));
                at(path, None, needs.then(&from(line)))
            };
            let reason = Reason::new(Code::CodeOwnerMissing, Outcome::Pending, message());
            let mend = mend(&mut missing.iter().map(|(line, _)| *line));
            let reason = reason.comparing(comparison).hint(hint).about(&missing, item);
            reasons.push(reason.mended_by(mend));
        }
        if !undecided.is_empty() {
            let item = |(line, path, why): &(&OwnerLine, &RepoPath, Message)| {
                let cannot = Message::new("whether ").then(&one_of(line));
                let cannot = cannot.say(" has approved it cannot be told: ").then(why);
                at(path, None, cannot.then(&from(line)))
            };
            let message =
                message().say(format_args!(", and of {} nobody can tell", undecided.len()));
            let reason = Reason::new(Code::CodeOwnerUndecided, Outcome::Inconclusive, message);
            let reason = reason.comparing(comparison).about(&undecided, item);
            let mend = mend(&mut undecided.iter().map(|(line, _, _)| *line));
            reasons.push(reason.lacking(lacks).mended_by(mend));
        }
        if reasons.is_empty() {
            let reason = Reason::new(Code::CodeOwnersApproved, Outcome::Passed, message());
            reasons.push(reason.comparing(comparison));
        }
        reasons
    }
}

/// The owners of a line, of whom one is enough.
fn one_of(line: &OwnerLine) -> Message {
    let last = line.owners.len().saturating_sub(1);
    let owners = line.owners.iter().enumerate();
    owners.fold(Message::default(), |message, (at, owner)| {
        let message = match at {
            0 => message,
            at if at == last => message.say(" or "),
            _ => message.say(", "),
        };
        message.quote(owner.to_string())
    })
}

/// The lines that GitHub passes over, so that an earlier one holds in their place.
fn skipped(file: &CodeOwnersFile, owners: &CodeOwners) -> Option<Reason> {
    if owners.skipped.is_empty() {
        return None;
    }
    let count = owners.skipped.len();
    let lines = if count == 1 { "line" } else { "lines" };
    let message = Message::new(format_args!("GitHub passes over {count} {lines} of "))
        .quote(&file.path)
        .say("; an earlier one holds in that place");
    let path = RepoPath::normalised(&file.path);
    let item = |line: &crate::evidence::SkippedLine| at(&path, Some(line.line), line.why.clone());
    let hint = Message::new("mend it on the base branch");
    Some(
        Reason::new(Code::CodeOwnersLineSkipped, Outcome::Skipped, message)
            .hint(hint)
            .about(&owners.skipped, item),
    )
}
