//! How a rule gets at its report and at the baseline's, and what it demands of the report itself.

use jiff::Timestamp;

use super::{Case, Code, Comparison, Detail, Item, Mend, Reason, Step};
use crate::{
    evidence::{
        Account, Content, Coverage, Findings, Metrics, Part, Piece, Reach, Report, Tests,
        Vulnerabilities,
    },
    measure::{ContentKind, Message, Outcome},
    policy::{Demands, ExpectedReport, WithoutBaseline},
};

/// What a rule can judge a report by.
pub(super) trait Kind: Sized {
    const KIND: ContentKind;
    fn of(content: &Content) -> Option<&Self>;
}

macro_rules! kinds {
    ($($kind:ident),+) => { $(
        impl Kind for $kind {
            const KIND: ContentKind = ContentKind::$kind;

            fn of(content: &Content) -> Option<&Self> {
                if let Content::$kind(content) = content { Some(content) } else { None }
            }
        }
    )+ };
}

kinds!(Coverage, Findings, Vulnerabilities, Tests, Metrics);

/// A report that is here, and what it says.
pub(super) struct Present<'a, T> {
    pub(super) report: &'a Report,
    pub(super) content: &'a T,
}

/// The report of this name, or the reason why it cannot be judged.
pub(super) fn present<'a, T: Kind>(
    name: &str,
    case: Case<'a>,
) -> Result<Present<'a, T>, Box<Reason>> {
    match case.evidence.reports.get(name) {
        Some(Piece::Present(report)) => of_kind(name, report),
        Some(Piece::Awaited { since, from }) => {
            Err(Box::new(awaited(case.policy.report(name), *since, from, case.now)))
        }
        Some(Piece::Missing { why }) => Err(Box::new(missing(name, why, case))),
        Some(Piece::Broken { why }) => {
            let message = named(name, " cannot be read: ").then(why);
            Err(Box::new(Reason::new(Code::ReportBroken, Outcome::Inconclusive, message)))
        }
        None => Err(Box::new(missing(name, &Message::new("nobody looked for it"), case))),
    }
}

fn named(name: &str, said: &str) -> Message {
    Message::new("the report ").quote(name).say(said)
}

fn missing(name: &str, why: &Message, case: Case<'_>) -> Reason {
    let message = named(name, " is missing: ").then(why);
    Reason::new(Code::ReportMissing, Outcome::Inconclusive, message)
        .hint(bring(case.policy.report(name)))
}

/// Pending until the report's deadline, inconclusive from then on.
fn awaited(
    expected: Option<&ExpectedReport>,
    since: Timestamp,
    from: &Message,
    now: Timestamp,
) -> Reason {
    let name = expected.map_or("", |report| report.name.as_str());
    let deadline =
        expected.and_then(|report| since.checked_add(report.deadline.to_signed_duration()).ok());
    match deadline {
        Some(deadline) if now < deadline => {
            let message = named(name, " is awaited until ").say(deadline).say(", from ").then(from);
            let step = Step::Wait { what: name.to_owned(), until: Some(deadline) };
            let mend = Mend::all([(step, Detail::Words(Message::new("from ").then(from)))]);
            Reason::new(Code::ReportAwaited, Outcome::Pending, message).mended_by(mend)
        }
        // Without a deadline that can be told, nobody knows how long to wait.
        deadline => {
            let message = named(name, " has not come by its deadline");
            let message = match deadline {
                Some(deadline) => message.say(" ").say(deadline),
                None => message,
            };
            let message = message.say(", from ").then(from);
            Reason::new(Code::ReportOverdue, Outcome::Inconclusive, message).hint(bring(expected))
        }
    }
}

fn bring(expected: Option<&ExpectedReport>) -> Message {
    match expected.and_then(|report| report.artifact.as_ref()) {
        Some(artifact) => Message::new("upload it in the artifact ").quote(artifact),
        None => Message::new("run the job that writes it"),
    }
}

fn of_kind<'a, T: Kind>(name: &str, report: &'a Report) -> Result<Present<'a, T>, Box<Reason>> {
    T::of(&report.content).map(|content| Present { report, content }).ok_or_else(|| {
        let message =
            Message::new("the report ").quote(name).say(" is ").quote(&report.format).say(
                format_args!(
                    ", which has {}, not {}",
                    report.content.kind().word(),
                    T::KIND.word()
                ),
            );
        Box::new(Reason::new(Code::ReportOfAnotherKind, Outcome::Inconclusive, message))
    })
}

/// The baseline's report of this name, or the reason that takes its place: nothing is known about
/// it, and the policy says what then holds. A baseline that is there and cannot be read is never
/// taken for none.
pub(super) fn baseline<'a, T: Kind>(
    name: &str,
    case: Case<'a>,
    without: WithoutBaseline,
) -> Result<Present<'a, T>, Absent> {
    let named = |said: &str| Message::new("the baseline's report ").quote(name).say(said);
    let (code, outcome, message) = match case.evidence.baseline.reports.get(name) {
        Some(Piece::Present(report)) => return of_kind(name, report).map_err(Absent::Reason),
        Some(Piece::Awaited { from, .. }) => {
            (Code::BaselineAwaited, Outcome::Pending, named(" is awaited from ").then(from))
        }
        Some(Piece::Broken { why }) => {
            (Code::BaselineBroken, Outcome::Inconclusive, named(" cannot be read: ").then(why))
        }
        Some(Piece::Missing { why }) => {
            return Err(absent(named(" is missing: ").then(why), without));
        }
        None => return Err(absent(Message::new("there is no baseline for ").quote(name), without)),
    };
    Err(Absent::Reason(Box::new(Reason::new(code, outcome, message))))
}

/// What takes the place of a baseline.
pub(super) enum Absent {
    /// This reason, and no comparison.
    Reason(Box<Reason>),
    /// Everything that is present counts as introduced; the reason says so.
    Absolute(Box<Reason>),
}

/// What holds without a baseline, by the policy.
pub(super) fn absent(why: Message, without: WithoutBaseline) -> Absent {
    let (outcome, answer) = match without {
        WithoutBaseline::Inconclusive => (Outcome::Inconclusive, ", so nothing can be compared"),
        WithoutBaseline::Fail => (Outcome::Failed, ", and the policy says to fail then"),
        WithoutBaseline::Pass => (Outcome::Passed, ", and the policy says to pass then"),
        WithoutBaseline::Absolute => (Outcome::Skipped, ", so what is present is judged by itself"),
    };
    let reason = Reason::new(Code::BaselineMissing, outcome, why.say(answer));
    match outcome {
        Outcome::Skipped => Absent::Absolute(Box::new(reason)),
        Outcome::Passed => Absent::Reason(Box::new(reason)),
        Outcome::Pending | Outcome::Inconclusive | Outcome::Failed => {
            Absent::Reason(Box::new(reason.hint(Message::new(
                "give the base's report as the baseline, or say in the rule what holds without one \
                 (`without-baseline`)",
            ))))
        }
    }
}

/// What the reach of a report leaves to be desired.
pub(super) fn reach(name: &str, report: &Report, demands: Demands) -> Vec<Reason> {
    let account = &report.account;
    let mut reasons = empty_parts(name, report, demands);
    let Demands { examined_at_least, unread_at_most, .. } = demands;
    let is_short = account.examined < examined_at_least;
    if is_short && account.reach == Reach::AtLeast {
        reasons.push(unknown(name, account, examined_at_least));
    } else if is_short {
        let what = account.unit.noun(account.examined);
        let message = match account.examined {
            0 => Message::new(format_args!("no {} was examined in ", account.unit.noun(1)))
                .quote(name),
            few => Message::new(format_args!("only {few} {what} examined in "))
                .quote(name)
                .say(format_args!(", of at least {examined_at_least}")),
        };
        reasons.push(
            Reason::new(Code::TooLittleExamined, Outcome::Inconclusive, message)
                .comparing(Comparison::CountAtLeast {
                    value: account.examined,
                    minimum: examined_at_least,
                })
                .hint(Message::new("nothing found says nothing where nothing was looked at: check what the tool was run on"))
                .about(&account.skipped, passed)
                .about(&account.unread, passed),
        );
    }
    let unread = account.unread.len() as u64;
    if unread > unread_at_most {
        let what = account.unit.noun(unread);
        let message =
            Message::new(format_args!("{unread} {what} could not be read in ")).quote(name);
        reasons.push(
            Reason::new(Code::LeftUnread, Outcome::Inconclusive, message)
                .comparing(Comparison::AtMost { value: unread, maximum: unread_at_most })
                .hint(Message::new(
                    "mend what the tool could not read, or allow it with `unread-at-most`",
                ))
                .about(&account.unread, passed),
        );
    }
    reasons
}

/// A part in which nothing was examined is not made up for by the others.
fn empty_parts(name: &str, report: &Report, demands: Demands) -> Vec<Reason> {
    let is_empty = |part: &&Part| part.examined == 0 && demands.examined_at_least > 0;
    let empty: Vec<&str> =
        report.parts.iter().filter(is_empty).map(|part| part.name.as_str()).collect();
    if empty.is_empty() || report.account.examined == 0 {
        return Vec::new();
    }
    let s = if empty.len() == 1 { "" } else { "s" };
    let noun = report.account.unit.noun(1);
    let (code, what) = match report.account.reach {
        Reach::Stated => (Code::TooLittleExamined, format!("no {noun} was examined in")),
        Reach::AtLeast => {
            (Code::ReachUnknown, format!("that a {noun} was examined is not shown by"))
        }
    };
    let message = Message::new(format_args!("{what} the part{s} "))
        .quote_each(empty, 5)
        .say(" of ")
        .quote(name);
    let hint =
        "nothing found says nothing where nothing was looked at: check what the tool was run on";
    let comparison = Comparison::CountAtLeast { value: 0, minimum: 1 };
    vec![
        Reason::new(code, Outcome::Inconclusive, message)
            .comparing(comparison)
            .hint(Message::new(hint)),
    ]
}

/// The report does not say how much was examined. That is not nothing, and not enough either.
fn unknown(name: &str, account: &Account, minimum: u64) -> Reason {
    let Account { unit, examined, .. } = account;
    let message =
        Message::new(format_args!("how many {} were examined does not stand in ", unit.noun(2)))
            .quote(name)
            .say(format_args!(", which shows {examined}, of at least {minimum}"));
    Reason::new(Code::ReachUnknown, Outcome::Inconclusive, message)
        .comparing(Comparison::CountAtLeast { value: *examined, minimum })
        .hint(Message::new(
            "the same report comes from a run that looked at nothing; where that is good enough, \
             say so with `examined-at-least: 0`",
        ))
        .about(&account.unread, passed)
}

fn passed(entry: &crate::evidence::Passed) -> Item {
    Item::new(Message::default().quote(&entry.name).say(": ").quote(&entry.reason))
}
