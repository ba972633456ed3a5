//! Actions in words.

use super::{
    action::{ActionKind, Choice, MAX_CHOICES, of_step},
    offers::Members,
    version,
};
use crate::{
    evidence::{Content, Finding, Piece, Report, Thread},
    measure::{Location, Message, RepoPath},
    policy::{Mode, Rule},
    rule::{Case, Detail, Flaw, Step},
};

/// So many choices stand in the sentence; the others are in the list.
const SPOKEN: usize = 5;

/// Whether each of its kind is a sentence of its own.
pub(super) const fn is_named_alone(kind: ActionKind) -> bool {
    match kind {
        ActionKind::Upgrade
        | ActionKind::Replace
        | ActionKind::MendSuite
        | ActionKind::ReachNumber
        | ActionKind::ChangeFile
        | ActionKind::ChangeLess
        | ActionKind::SucceedCheck
        | ActionKind::Repair
        | ActionKind::ChangeTitle
        | ActionKind::AddLabel
        | ActionKind::RemoveLabel
        | ActionKind::Wait => true,
        ActionKind::Cover
        | ActionKind::Mend
        | ActionKind::PassTests
        | ActionKind::AddTests
        | ActionKind::RewriteCommits
        | ActionKind::RestoreFile
        | ActionKind::Resolve
        | ActionKind::Approve => false,
    }
}

/// "cover any 7 of these 11 lines: src/a.py:3-9, src/b.py:2 and 2 more".
pub(super) fn message(
    kind: ActionKind,
    (count, of): (u64, Option<u64>),
    choices: &[Choice],
    unlisted: u64,
    branches: bool,
) -> Message {
    let s = if count == 1 { "" } else { "s" };
    let all = of == Some(count);
    let such = |noun: &str| match of {
        Some(of) if !all => format!("any {count} of these {of} {noun}s: "),
        Some(_) if count == 1 => String::new(),
        Some(_) | None => format!("these {count} {noun}s: "),
    };
    // Of lines, each counts, though they are listed in runs.
    let more = match (kind, of) {
        (ActionKind::Cover, Some(of)) => {
            of.saturating_sub(choices.iter().take(SPOKEN).map(lines).sum())
        }
        _ => choices.len().saturating_sub(SPOKEN) as u64 + unlisted,
    };
    let listed = |message: Message| list(message, choices, more);
    let verb = |word: &str| match (all, of) {
        (false, Some(_)) => listed(Message::new(format_args!("{word} any {count} of: "))),
        (true, _) | (false, None) => listed(Message::new(format_args!("{word} "))),
    };
    match kind {
        ActionKind::Cover if branches => {
            listed(Message::new(format_args!("cover, with all branches, {}", such("line"))))
        }
        ActionKind::Cover => listed(Message::new(format_args!("cover {}", such("line")))),
        ActionKind::Mend => listed(Message::new(format_args!("mend {}", such("finding")))),
        ActionKind::PassTests => {
            listed(Message::new(format_args!("let {}", such("test")))).say(" run and pass")
        }
        ActionKind::RewriteCommits => {
            listed(Message::new(format_args!("write anew {}", such("commit"))))
        }
        ActionKind::AddTests => Message::new(format_args!("run {count} more test{s}")),
        ActionKind::RestoreFile => {
            listed(Message::new(format_args!("leave as at the base {}", such("file"))))
        }
        ActionKind::Resolve => {
            listed(Message::new(format_args!("resolve {count} conversation{s}: ")))
        }
        ActionKind::Approve => {
            let number = if count == 1 { "one".to_owned() } else { count.to_string() };
            let message = Message::new(format_args!("{number} approval{s}"));
            match choices.len() {
                0 => message,
                1 => listed(message.say(" from ")),
                _ if all => listed(message.say(" from ")),
                _ => listed(message.say(" from any of ")),
            }
        }
        ActionKind::Upgrade => verb("upgrade"),
        ActionKind::Replace => {
            verb("replace").say(", or waive with a reason what no release is free of")
        }
        ActionKind::MendSuite => verb("mend"),
        ActionKind::ReachNumber => verb("bring"),
        ActionKind::ChangeFile => verb("change a file that fits"),
        ActionKind::ChangeLess => verb("change less:"),
        ActionKind::SucceedCheck => verb("mend and run again"),
        ActionKind::Repair => verb("set right:"),
        ActionKind::ChangeTitle => verb("change the title to one that"),
        ActionKind::AddLabel => verb("add the label"),
        ActionKind::RemoveLabel => verb("remove the label"),
        ActionKind::Wait => verb("waiting for:"),
    }
}

/// How many lines a choice is.
fn lines(choice: &Choice) -> u64 {
    let lines = choice.location.as_ref().and_then(|place| Some(place.line?..=place.end_line?));
    lines.map_or(1, |lines| u64::from(lines.end() - lines.start()) + 1)
}

fn list(message: Message, choices: &[Choice], more: u64) -> Message {
    let mut message = message;
    for (index, choice) in choices.iter().take(SPOKEN).enumerate() {
        message = if index > 0 { message.say(", ") } else { message };
        message = message.then(&choice.message);
    }
    if more > 0 { message.say(format_args!(" and {more} more")) } else { message }
}

/// The choices of steps, how many more there are, and how many there are at all, where that is a
/// number.
pub(super) fn choices(members: &[&Members], case: Case<'_>) -> (Vec<Choice>, u64, Option<u64>) {
    let steps: Vec<(&Step, &[Detail])> = members
        .iter()
        .filter_map(|members| match members {
            Members::Step(step, details) => Some((step, details.as_slice())),
            Members::Lines { .. } => None,
        })
        .collect();
    if steps.iter().any(|(step, _)| matches!(step, Step::AnyApproval | Step::NewTest { .. })) {
        return (Vec::new(), 0, None);
    }
    // How many are in a group, the count need not know.
    let is_group = steps.iter().any(|(step, _)| matches!(step, Step::GroupApproval { .. }));
    let choices = steps.iter().take(MAX_CHOICES).map(|(step, details)| choice(step, details, case));
    let unlisted = steps.len().saturating_sub(MAX_CHOICES) as u64;
    (choices.collect(), unlisted, (!is_group).then_some(steps.len() as u64))
}

fn choice(step: &Step, details: &[Detail], case: Case<'_>) -> Choice {
    let quoted = |text: &str| Message::default().quote(text);
    let nowhere = |message: Message| Choice { location: None, message };
    let of_part = |message: Message, part: &Option<String>| match part {
        Some(part) => message.say(" (").quote(part).say(")"),
        None => message,
    };
    match step {
        Step::Finding { report, place } => finding(report, *place, case),
        Step::Upgrade { package, version } => {
            let message = quoted(package);
            nowhere(match target(details, version) {
                Some(to) => message.say(" to ").quote(to),
                None => message.say(" to a version that is free of its flaws"),
            })
        }
        Step::Replace { package, version } => nowhere(quoted(package).say(" ").quote(version)),
        Step::Test { name, part, .. } => nowhere(of_part(quoted(name), part)),
        Step::Suite { report, part, name } => {
            let message = match name.as_str() {
                "" => Message::new("what no test case of ").quote(report).say(" shows"),
                name => Message::new("what no test case shows in ").quote(name),
            };
            nowhere(of_part(message, part))
        }
        Step::Number { report, pointer, .. } => {
            let message = quoted(pointer).say(" of ").quote(report).say(" to ");
            nowhere(message.then(&joined(details)))
        }
        Step::Approval { login } => {
            let message = quoted(login);
            let why = joined(details);
            let has_why = !why.parts().is_empty();
            nowhere(if has_why { message.say(", who ").then(&why) } else { message })
        }
        Step::GroupApproval { of } => nowhere(quoted(of)),
        Step::Commit { sha } => nowhere(quoted(sha.get(..12).unwrap_or(sha))),
        Step::Conversation { place } => conversation(*place, case),
        Step::Label { glob } => nowhere(quoted(glob)),
        Step::Unlabel { label } => nowhere(quoted(label)),
        Step::ChangeFile { glob } => nowhere(quoted(glob)),
        Step::Check { name } => nowhere(quoted(name)),
        Step::Title | Step::Shrink | Step::Repair { .. } => nowhere(joined(details)),
        Step::Restore { path } => Choice {
            message: quoted(path.as_str()),
            location: Some(Location { path: path.clone(), line: None, end_line: None }),
        },
        Step::Wait { what, .. } => nowhere(wait(what, details)),
        Step::AnyApproval | Step::NewTest { .. } => nowhere(Message::default()),
    }
}

/// What rules say about a step, joined by "and".
fn joined(details: &[Detail]) -> Message {
    let words = details.iter().filter_map(|detail| match detail {
        Detail::Words(words) => Some(words),
        Detail::Plain | Detail::Fixes(_) => None,
    });
    words.fold(Message::default(), |all, words| {
        if all.parts().is_empty() { words.clone() } else { all.say(" and ").then(words) }
    })
}

/// The version that is free of all these flaws. What one tool does not say of a flaw, another may that
/// knows it under one of its ids.
fn target(details: &[Detail], version: &str) -> Option<String> {
    let flaws = || {
        details.iter().flat_map(|detail| match detail {
            Detail::Fixes(flaws) => flaws.as_slice(),
            Detail::Plain | Detail::Words(_) => &[],
        })
    };
    let told = |flaw: &Flaw| {
        let same = |other: &&Flaw| !other.fixes.is_empty() && !other.ids.is_disjoint(&flaw.ids);
        let by_another = || flaws().find(same).map(|other| other.fixes.clone());
        if flaw.fixes.is_empty() { by_another().unwrap_or_default() } else { flaw.fixes.clone() }
    };
    let fixes: Vec<Vec<String>> = flaws().map(told).collect();
    version::target(&fixes, version).map(str::to_owned)
}

/// "coverage, from the workflow CI".
fn wait(what: &str, details: &[Detail]) -> Message {
    let words = joined(details);
    if words.to_string().starts_with(what) {
        return words;
    }
    let message = Message::default().quote(what);
    if words.parts().is_empty() { message } else { message.say(", ").then(&words) }
}

fn finding(report: &str, place: usize, case: Case<'_>) -> Choice {
    let found: Option<&Finding> = match case.evidence.reports.get(report) {
        Some(Piece::Present(Report { content: Content::Findings(findings), .. })) => {
            findings.findings.get(place)
        }
        Some(_) | None => None,
    };
    let Some(finding) = found else {
        return Choice { location: None, message: Message::default().quote(report) };
    };
    let message = Message::default().quote(&finding.rule);
    if finding.location.path.as_str().is_empty() {
        return Choice { location: None, message };
    }
    let message = message.say(" at ").quote(finding.location.to_string());
    Choice { location: Some(finding.location.clone()), message }
}

fn conversation(place: usize, case: Case<'_>) -> Choice {
    let thread: Option<&Thread> = match case.pull_request {
        Piece::Present(pull_request) => pull_request.threads.get(place),
        Piece::Awaited { .. } | Piece::Missing { .. } | Piece::Broken { .. } => None,
    };
    let location = thread.map(|thread| Location {
        path: RepoPath::normalised(&thread.path),
        line: thread.line,
        end_line: None,
    });
    let message = location.as_ref().map_or_else(String::new, ToString::to_string);
    Choice { location, message: Message::default().quote(message) }
}

/// Whether it is known what these do.
pub(super) fn is_certain(members: &[&Members], case: Case<'_>) -> bool {
    members.iter().all(|members| match members {
        Members::Lines { .. } => true,
        Members::Step(step, details) => match of_step(step) {
            ActionKind::Wait | ActionKind::Repair | ActionKind::SucceedCheck => false,
            // A file more or less in the change may matter to every other rule that looks at it.
            ActionKind::ChangeFile | ActionKind::RestoreFile | ActionKind::ChangeLess => {
                let required = case.policy.rules().iter();
                let required = required.filter(|rule| rule.mode == Mode::Required);
                let all = required.flat_map(Rule::with_parts);
                all.filter(|rule| rule.needs().changes).count() == 1
            }
            ActionKind::Upgrade => {
                let Step::Upgrade { version, .. } = step else { return true };
                target(details, version).is_some()
            }
            ActionKind::Cover
            | ActionKind::Mend
            | ActionKind::Replace
            | ActionKind::PassTests
            | ActionKind::MendSuite
            | ActionKind::AddTests
            | ActionKind::RewriteCommits
            | ActionKind::ReachNumber
            | ActionKind::ChangeTitle
            | ActionKind::AddLabel
            | ActionKind::RemoveLabel
            | ActionKind::Resolve
            | ActionKind::Approve => true,
        },
    })
}
