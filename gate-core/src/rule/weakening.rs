//! `weakening`: it does not loosen the bar itself, or somebody named has approved its head.
//!
//! What counts is what it changes, not whether that was needed: a policy that is edited may be a
//! stricter one, and whoever approves it says so.

use super::{
    Case, Code, Comparison, Item, Mend, Reason,
    approval::Askable,
    is_login,
    opinions::{self, disqualified, short},
    people::{self, Answer},
    pull_request,
};
use crate::{
    evidence::{
        ChangeKind, ChangeSet, FileChange, Mark, MarkKind, PullRequest, Review, ReviewState,
        UserAccount,
    },
    measure::{Location, Message, Outcome},
    policy::{Globs, People, Weakening, WeakeningRule},
};

pub(super) fn judge(rule: &WeakeningRule, case: Case<'_>) -> Vec<Reason> {
    let changes = match pull_request::changes(case) {
        Ok(changes) => changes,
        Err(reason) => return vec![*reason],
    };
    let found = found(rule, changes);
    if found.is_empty() {
        let (count, s) = (changes.files.len(), if changes.files.len() == 1 { "" } else { "s" });
        let message = Message::new(format_args!("nothing loosens the bar, in {count} file{s}"));
        return vec![Reason::new(Code::NothingWeakened, Outcome::Passed, message)];
    }
    let loosens =
        format!("{} loosen{} the bar", ways(&found), if found.len() == 1 { "s" } else { "" });
    if rule.from.is_none() {
        let message = Message::new(format_args!("{loosens}, and nobody may allow that"));
        let hint =
            Message::new("take it back, or have it merged apart by who may change the policy");
        return vec![
            Reason::new(Code::WeakeningForbidden, Outcome::Failed, message)
                .hint(hint)
                .about(&found, Found::item),
        ];
    }
    match pull_request::present(case) {
        Ok(pull_request) => vec![approvals(rule, pull_request, &loosens, &found)],
        Err(unknown) => {
            let message =
                Message::new(format_args!("{loosens}, and who has approved is not known"));
            let outcome = unknown.outcome;
            let reason = Reason::new(Code::WeakeningUnapproved, outcome, message)
                .hint(missing(rule, &[]))
                .about(&found, Found::item);
            vec![*unknown, reason]
        }
    }
}

/// One thing that loosens the bar.
struct Found<'a> {
    way: Weakening,
    file: &'a FileChange,
    /// A line of the head.
    line: Option<u32>,
    what: Message,
}

impl Found<'_> {
    fn item(&self) -> Item {
        let location = Location { path: self.file.path.clone(), line: self.line, end_line: None };
        Item { location: Some(location), ..Item::new(self.what.clone()) }
    }
}

/// "2 suppressions, 1 removed test".
fn ways(found: &[Found<'_>]) -> String {
    let mut counts: Vec<(Weakening, usize)> = Vec::new();
    for one in found {
        match counts.iter_mut().find(|(way, _)| *way == one.way) {
            Some((_, count)) => *count += 1,
            None => counts.push((one.way, 1)),
        }
    }
    let say = |(way, count): &(Weakening, usize)| {
        let noun = match way {
            Weakening::Policy => "edit of the policy|edits of the policy",
            Weakening::Workflows => "edit of a workflow|edits of workflows",
            Weakening::Suppressions => "suppression|suppressions",
            Weakening::SkippedTests => "skipped test|skipped tests",
            Weakening::RemovedTests => "removed test|removed tests",
            Weakening::LoweredBars => "lowered bar|lowered bars",
        };
        let (one, more) = noun.split_once('|').unwrap_or((noun, noun));
        format!("{count} {}", if *count == 1 { one } else { more })
    };
    counts.iter().map(say).collect::<Vec<_>>().join(", ")
}

/// All of it, in the order of the diff.
fn found<'a>(rule: &WeakeningRule, changes: &'a ChangeSet) -> Vec<Found<'a>> {
    let counts = |way: Weakening| rule.counts.contains(&way);
    let mut found = Vec::new();
    for file in &changes.files {
        if counts(Weakening::Policy) && concerns(&rule.bar_files, file) {
            found.push(edit(Weakening::Policy, file));
        }
        if counts(Weakening::Workflows) && concerns(&rule.workflows, file) {
            found.push(edit(Weakening::Workflows, file));
        }
        if !file.paths().any(|path| rule.paths.contain(path)) {
            continue;
        }
        let marks = file.marks.iter().filter(|mark| counts(way_of(mark.kind)));
        found.extend(marks.map(|mark| marked(file, mark)));
        if counts(Weakening::Suppressions) && file.kind == ChangeKind::Copied {
            let what = Message::new("is a copy; whether it brings suppressions cannot be told");
            found.push(Found { way: Weakening::Suppressions, file, line: None, what });
        }
        if counts(Weakening::RemovedTests) {
            found.extend(removed_file(rule, file, changes));
        }
    }
    found
}

/// Whether the file has, or had, such a path; seen from a folder of the repository, too.
fn concerns(globs: &Globs, file: &FileChange) -> bool {
    file.paths().any(|path| globs.fit(path.as_str().trim_start_matches("../")))
}

const fn way_of(kind: MarkKind) -> Weakening {
    match kind {
        MarkKind::Suppression => Weakening::Suppressions,
        MarkKind::SkippedTest => Weakening::SkippedTests,
        MarkKind::RemovedTest => Weakening::RemovedTests,
        MarkKind::LoweredBar => Weakening::LoweredBars,
    }
}

fn edit(way: Weakening, file: &FileChange) -> Found<'_> {
    let what = match file.kind {
        ChangeKind::Added | ChangeKind::Copied => "is new".to_owned(),
        ChangeKind::Removed => "is removed".to_owned(),
        ChangeKind::Renamed | ChangeKind::Modified => {
            format!("is edited: +{} −{}", file.added_lines(), file.removed_lines())
        }
    };
    let mut what = Message::new(what);
    if let Some(old) = &file.old_path {
        what = what.say(", and was ").quote(old.as_str());
    }
    let is_gone = file.kind == ChangeKind::Removed;
    let first = file.added.first().map(|run| run.start);
    // Where lines only went, those that followed them now stand in their place.
    let after = file.removed.first().map(|run| run.start);
    let line = first.or(after).filter(|_| !is_gone);
    Found { way, file, line, what }
}

fn marked<'a>(file: &'a FileChange, mark: &Mark) -> Found<'a> {
    let what = match (mark.kind, mark.gone) {
        (MarkKind::Suppression, _) => Message::new("new: ").quote(&mark.text),
        (MarkKind::SkippedTest, _) => Message::new("skips or excuses a test: ").quote(&mark.text),
        (MarkKind::RemovedTest, _) => Message::new("the test ").quote(&mark.text).say(" is gone"),
        (MarkKind::LoweredBar, _) => Message::new("lowered: ").quote(&mark.text),
    };
    let what =
        if mark.gone { what.say(format_args!(" (line {} of the base)", mark.line)) } else { what };
    Found { way: way_of(mark.kind), file, line: (!mark.gone).then_some(mark.line), what }
}

/// A file of tests that is none any more, where none of its tests is named.
fn removed_file<'a>(
    rule: &WeakeningRule,
    file: &'a FileChange,
    changes: &ChangeSet,
) -> Option<Found<'a>> {
    let is_test = |path: &crate::measure::RepoPath| rule.test_files.fit(path.as_str());
    let named = file.marks.iter().any(|mark| mark.kind == MarkKind::RemovedTest);
    let what = match file.kind {
        ChangeKind::Removed if is_test(&file.path) && !named => {
            // Its tests may stand elsewhere now.
            let origins = changes.files.iter().flat_map(|file| &file.added);
            let moved =
                origins.filter_map(|run| run.origin.as_ref()).any(|from| from.path == file.path);
            if moved {
                return None;
            }
            Message::new("is a file of tests that is gone")
        }
        ChangeKind::Renamed => {
            let old = file.old_path.as_ref().filter(|old| is_test(old) && !is_test(&file.path))?;
            Message::new("is no file of tests any more, by its name; it was ").quote(old.as_str())
        }
        ChangeKind::Removed | ChangeKind::Added | ChangeKind::Modified | ChangeKind::Copied => {
            return None;
        }
    };
    Some(Found { way: Weakening::RemovedTests, file, line: None, what })
}

/// Whether enough of those whom the rule names have approved the head.
fn approvals(
    rule: &WeakeningRule,
    pull_request: &PullRequest,
    loosens: &str,
    found: &[Found<'_>],
) -> Reason {
    let mut counted: Vec<&str> = Vec::new();
    let mut others: Vec<Item> = Vec::new();
    let (mut undecided, mut lacks) = (0, Vec::new());
    for (reviewer, review) in opinions::standing(pull_request) {
        if review.state != ReviewState::Approved {
            continue;
        }
        let idle = idle(rule, pull_request, reviewer, review);
        let by = |words: &str| Message::new(words).quote(&reviewer.login);
        match (is_named(rule, pull_request, reviewer, idle.is_some()), idle) {
            (Answer::No, _) => {}
            (Answer::Yes, None) => counted.push(&reviewer.login),
            (Answer::Yes, Some(why)) => {
                let message = by("the approval of ").say(" does not count: ");
                others.push(Item::new(message.then(&why)));
            }
            (Answer::Unknown(unknown), _) => {
                undecided += 1;
                lacks.extend(unknown.lacks);
                let message = by("whether the approval of ").say(" counts cannot be told: ");
                others.push(Item::new(message.then(&unknown.why)));
            }
        }
    }
    let value = counted.len() as u64;
    let comparison = Comparison::CountAtLeast { value, minimum: rule.approvals };
    let message = Message::new(format_args!("{loosens}; approvals of the head: {comparison}"));
    let message =
        if counted.is_empty() { message } else { message.say(", by ").quote_each(&counted, 10) };
    let reason = |code, outcome, message| {
        Reason::new(code, outcome, message)
            .comparing(comparison)
            .about(found, Found::item)
            .about(&others, Item::clone)
    };
    if value >= rule.approvals {
        return reason(Code::WeakeningApproved, Outcome::Passed, message);
    }
    if value + undecided >= rule.approvals {
        let s = if undecided == 1 { "" } else { "s" };
        let message = message.say(format_args!(", and of {undecided} approval{s} nobody can tell"));
        return reason(Code::WeakeningUnapproved, Outcome::Inconclusive, message).lacking(lacks);
    }
    let askable = Askable::but(&counted, pull_request);
    let people = rule.from.as_ref().map(|from| askable.from(Some(from))).unwrap_or_default();
    let offers = people.into_iter().chain(askable.named(&rule.bots)).collect();
    reason(Code::WeakeningUnapproved, Outcome::Pending, message)
        .hint(missing(rule, &counted))
        .mended_by(Mend::gain(rule.approvals.saturating_sub(value), offers))
}

/// Whether the rule names somebody: a person by name, team or organisation, a bot by its whole name.
/// Where the approval does not count anyway, nobody is asked.
fn is_named(
    rule: &WeakeningRule,
    pull_request: &PullRequest,
    reviewer: &UserAccount,
    is_idle: bool,
) -> Answer {
    let named = match &rule.from {
        None => Answer::No,
        Some(_) if reviewer.bot => {
            let named = rule.bots.iter().any(|bot| is_login(bot, &reviewer.login));
            return if named { Answer::Yes } else { Answer::No };
        }
        Some(from) => people::is_one_of(from, pull_request, reviewer),
    };
    match named {
        Answer::Unknown(_) if is_idle => Answer::No,
        named @ (Answer::Yes | Answer::No | Answer::Unknown(_)) => named,
    }
}

/// Why the approval of somebody named does not count.
fn idle(
    rule: &WeakeningRule,
    pull_request: &PullRequest,
    reviewer: &UserAccount,
    review: &Review,
) -> Option<Message> {
    if let Some(why) = disqualified(&rule.bots, pull_request, reviewer, review) {
        return Some(Message::new(why));
    }
    let head = &pull_request.head.sha;
    match &review.commit {
        Some(commit) if commit == head => None,
        Some(commit) => {
            let given = Message::new("was given on ").quote(short(commit));
            Some(given.say(", and the head is ").quote(short(head)))
        }
        None => Some(Message::new("was given on an unknown commit")),
    }
}

/// "1 approval of the head from ada, grace, @acme/security".
fn missing(rule: &WeakeningRule, counted: &[&str]) -> Message {
    let missing = rule.approvals.saturating_sub(counted.len() as u64);
    let more = if counted.is_empty() { "" } else { " more" };
    let s = if missing == 1 { "" } else { "s" };
    let mut left = People { users: Vec::new(), teams: Vec::new(), organisations: Vec::new() };
    if let Some(from) = &rule.from {
        left.clone_from(from);
    }
    left.users.extend(rule.bots.iter().cloned());
    left.users.retain(|name| !counted.iter().any(|had| is_login(name, had)));
    Message::new(format_args!("{missing}{more} approval{s} of the head from "))
        .then(&left.describe())
}
