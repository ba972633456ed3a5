//! `changes`: it changes such files, not others, and not too much.

use super::{Case, Code, Comparison, Detail, Item, Mend, Offer, Reason, Step, What, pull_request};
use crate::{
    evidence::{ChangeKind, ChangeSet, FileChange},
    measure::{Location, Message, Outcome, RepoPath},
    policy::{ChangesRule, Globs},
};

pub(super) fn judge(rule: &ChangesRule, case: Case<'_>) -> Vec<Reason> {
    let changes = match pull_request::changes(case) {
        Ok(changes) => changes,
        Err(reason) => return vec![*reason],
    };
    let mut reasons = Vec::new();
    if let Some((first, second)) = &rule.follow {
        reasons.extend(follow(first, second, changes));
    }
    if let Some(globs) = &rule.forbid {
        reasons.extend(forbidden(globs, changes));
    }
    reasons.extend(size(rule, changes));
    if reasons.is_empty() {
        let (count, s) = (changes.files.len(), if changes.files.len() == 1 { "" } else { "s" });
        let message =
            Message::new(format_args!("what it changes is as it should be: {count} file{s}"));
        reasons.push(Reason::new(Code::ChangesFit, Outcome::Passed, message));
    }
    reasons
}

/// The files that fit, by their new paths or their old ones.
fn fitting<'a>(globs: &Globs, changes: &'a ChangeSet) -> Vec<&'a FileChange> {
    let fits = |file: &&FileChange| file.paths().any(|path| globs.fit(path.as_str()));
    changes.files.iter().filter(fits).collect()
}

fn follow(first: &Globs, second: &Globs, changes: &ChangeSet) -> Option<Reason> {
    let changed = fitting(first, changes);
    if changed.is_empty() || !fitting(second, changes).is_empty() {
        return None;
    }
    let message = Message::new("what fits ")
        .quote_each(first.texts(), 5)
        .say(" is changed, and nothing that fits ")
        .quote_each(second.texts(), 5)
        .say(" is");
    let hint = Message::new("change what fits ").quote_each(second.texts(), 5).say(" too");
    let mend = Mend::gain(1_u64, vec![Offer::any(What::File(second.clone()))]);
    let reason =
        Reason::new(Code::ChangeMissing, Outcome::Failed, message).hint(hint).mended_by(mend);
    Some(reason.about(&changed, |file| item(file, "is changed")))
}

fn forbidden(globs: &Globs, changes: &ChangeSet) -> Option<Reason> {
    let changed = fitting(globs, changes);
    if changed.is_empty() {
        return None;
    }
    let (count, s) = (changed.len(), if changed.len() == 1 { "" } else { "s" });
    let is = if count == 1 { "is" } else { "are" };
    let message = Message::new(format_args!("{count} file{s} {is} changed that must not be: "))
        .quote_each(changed.iter().map(|file| file.path.as_str()), 5);
    let hint = Message::new("leave them as they are at the base");
    let mend = Mend::all(changed.iter().map(|file| (restore(file), Detail::Plain)));
    let reason =
        Reason::new(Code::ChangeForbidden, Outcome::Failed, message).hint(hint).mended_by(mend);
    Some(reason.about(&changed, |file| item(file, "must not be changed")))
}

fn size(rule: &ChangesRule, changes: &ChangeSet) -> Vec<Reason> {
    let counted: Vec<&FileChange> = changes
        .files
        .iter()
        .filter(|file| file.paths().any(|path| rule.paths.contain(path)))
        .collect();
    let files = counted.len() as u64;
    // A copy's lines cannot be told from its diff.
    let lines_of = |file: &FileChange| match file.kind {
        ChangeKind::Copied => 0,
        ChangeKind::Added | ChangeKind::Modified | ChangeKind::Removed | ChangeKind::Renamed => {
            file.added_lines() + file.removed_lines()
        }
    };
    let lines: u64 = counted.iter().map(|file| lines_of(file)).sum();
    let too_large = |what: &str, value: u64, maximum: u64, gain: &dyn Fn(&FileChange) -> u64| {
        let excess = value.saturating_sub(maximum);
        // What another rule wants undone makes it smaller too.
        let files = counted.iter().map(|file| Offer::of(restore(file), Detail::Plain, gain(file)));
        let wanted = Message::new(format_args!("at most {maximum} {what}, {excess} fewer"));
        let smaller = Offer::of(Step::Shrink, Detail::Words(wanted), excess);
        let mend = Mend::gain(excess, std::iter::once(smaller).chain(files).collect());
        let comparison = Comparison::AtMost { value, maximum };
        let message = Message::new(format_args!("{what}: {comparison}"));
        let hint = Message::new("split it into smaller pull requests");
        Reason::new(Code::ChangeTooLarge, Outcome::Failed, message)
            .comparing(comparison)
            .hint(hint)
            .mended_by(mend)
    };
    let files = rule
        .at_most_files
        .filter(|&maximum| files > maximum)
        .map(|maximum| too_large("changed files", files, maximum, &|_| 1));
    let lines = rule
        .at_most_lines
        .filter(|&maximum| lines > maximum)
        .map(|maximum| too_large("changed lines", lines, maximum, &lines_of));
    files.into_iter().chain(lines).collect()
}

fn restore(file: &FileChange) -> Step {
    Step::Restore { path: file.path.clone() }
}

fn item(file: &FileChange, what: &str) -> Item {
    let place = |path: &RepoPath| Location { path: path.clone(), line: None, end_line: None };
    Item { location: Some(place(&file.path)), ..Item::new(Message::new(what)) }
}
