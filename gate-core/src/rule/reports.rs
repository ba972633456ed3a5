//! How a rule gets at its report and at the baseline's, and what it demands of the report itself.

use super::{Case, Code, Comparison, Item, Reason};
use crate::{
    evidence::{Account, Content, Coverage, Findings, Piece, Report, Vulnerabilities},
    measure::{ContentKind, Message, Outcome},
    policy::{Demands, WithoutBaseline},
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

kinds!(Coverage, Findings, Vulnerabilities);

/// A report that is here, and what it says.
pub(super) struct Present<'a, T> {
    pub(super) report: &'a Report,
    pub(super) content: &'a T,
}

/// The report of this name, or the reason why it cannot be judged.
pub(super) fn present<'a, T: Kind>(name: &str, case: Case<'a>) -> Result<Present<'a, T>, Reason> {
    let named = |said: &str| Message::new("the report ").quote(name).say(said);
    let expected = case.policy.report(name);
    let artifact = expected.and_then(|report| report.artifact.as_ref());
    let upload = || match artifact {
        Some(artifact) => Message::new("upload it in the artifact ").quote(artifact),
        None => Message::new("run the job that writes it"),
    };
    let report = match case.evidence.reports.get(name) {
        Some(Piece::Present(report)) => report,
        Some(Piece::Awaited { since, from }) => {
            let deadline = expected
                .and_then(|report| since.checked_add(report.deadline.to_signed_duration()).ok());
            return Err(match deadline {
                Some(deadline) if case.now >= deadline => {
                    let message = named(" has not come by its deadline ").say(deadline);
                    Reason::new(Code::ReportOverdue, Outcome::Inconclusive, message).hint(upload())
                }
                Some(deadline) => {
                    let message = named(" is awaited until ").say(deadline).say(", from ");
                    Reason::new(Code::ReportAwaited, Outcome::Pending, message.then(from))
                }
                None => {
                    let message = named(" is awaited from ").then(from);
                    Reason::new(Code::ReportAwaited, Outcome::Pending, message)
                }
            });
        }
        Some(Piece::Missing { why }) => {
            let message = named(" is missing: ").then(why);
            return Err(
                Reason::new(Code::ReportMissing, Outcome::Inconclusive, message).hint(upload()),
            );
        }
        Some(Piece::Broken { why }) => {
            let message = named(" cannot be read: ").then(why);
            return Err(Reason::new(
                Code::ReportBroken,
                Outcome::Inconclusive,
                message,
            ));
        }
        None => {
            let message = named(" is missing: nobody looked for it");
            return Err(
                Reason::new(Code::ReportMissing, Outcome::Inconclusive, message).hint(upload()),
            );
        }
    };
    of_kind(name, report)
}

fn of_kind<'a, T: Kind>(name: &str, report: &'a Report) -> Result<Present<'a, T>, Reason> {
    T::of(&report.content)
        .map(|content| Present { report, content })
        .ok_or_else(|| {
            let message = Message::new("the report ")
                .quote(name)
                .say(" is ")
                .quote(&report.format)
                .say(format_args!(
                    ", which has {}, not {}",
                    report.content.kind().word(),
                    T::KIND.word()
                ));
            Reason::new(Code::ReportOfAnotherKind, Outcome::Inconclusive, message)
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
    match case.evidence.baseline.reports.get(name) {
        Some(Piece::Present(report)) => of_kind(name, report).map_err(Absent::Reason),
        Some(Piece::Awaited { from, .. }) => {
            let message = named(" is awaited from ").then(from);
            Err(Absent::Reason(Reason::new(
                Code::BaselineAwaited,
                Outcome::Pending,
                message,
            )))
        }
        Some(Piece::Broken { why }) => {
            let message = named(" cannot be read: ").then(why);
            Err(Absent::Reason(Reason::new(
                Code::BaselineBroken,
                Outcome::Inconclusive,
                message,
            )))
        }
        Some(Piece::Missing { why }) => Err(absent(named(" is missing: ").then(why), without)),
        None => Err(absent(
            Message::new("there is no baseline for ").quote(name),
            without,
        )),
    }
}

/// What takes the place of a baseline.
pub(super) enum Absent {
    /// This reason, and no comparison.
    Reason(Reason),
    /// Everything that is present counts as introduced; the reason says so.
    Absolute(Reason),
}

/// What holds without a baseline, by the policy.
pub(super) fn absent(why: Message, without: WithoutBaseline) -> Absent {
    let (outcome, answer) = match without {
        WithoutBaseline::Inconclusive => (Outcome::Inconclusive, ", so nothing can be compared"),
        WithoutBaseline::Fail => (Outcome::Failed, ", and the policy says to fail then"),
        WithoutBaseline::Pass => (Outcome::Passed, ", and the policy says to pass then"),
        WithoutBaseline::Absolute => {
            let message = why.say(", so what is present is judged by itself");
            return Absent::Absolute(Reason::new(
                Code::BaselineMissing,
                Outcome::Skipped,
                message,
            ));
        }
    };
    let reason = Reason::new(Code::BaselineMissing, outcome, why.say(answer));
    Absent::Reason(if outcome == Outcome::Passed {
        reason
    } else {
        reason.hint(
            Message::new(
                "give the base's report as baseline, or say in the rule what holds without one (",
            )
            .say("`without-baseline`)"),
        )
    })
}

/// What the reach of a report leaves to be desired.
pub(super) fn reach(name: &str, account: &Account, demands: Demands) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let Demands {
        examined_at_least,
        unread_at_most,
        ..
    } = demands;
    if account.examined < examined_at_least {
        let what = account.unit.noun(account.examined);
        let message = match account.examined {
            0 => Message::new(format_args!("no {} was examined in ", account.unit.noun(1)))
                .quote(name),
            few => Message::new(format_args!("only {few} {what} examined in "))
                .quote(name)
                .say(format_args!(", of at least {examined_at_least}")),
        };
        let skipped = account.skipped.iter().chain(&account.unread).map(passed);
        reasons.push(
            Reason::new(Code::TooLittleExamined, Outcome::Inconclusive, message)
                .comparing(Comparison::CountAtLeast {
                    value: account.examined,
                    minimum: examined_at_least,
                })
                .hint(Message::new("nothing found says nothing where nothing was looked at: check what the tool was run on"))
                .about(skipped),
        );
    }
    let unread = account.unread.len() as u64;
    if unread > unread_at_most {
        let what = account.unit.noun(unread);
        let message =
            Message::new(format_args!("{unread} {what} could not be read in ")).quote(name);
        reasons.push(
            Reason::new(Code::LeftUnread, Outcome::Inconclusive, message)
                .comparing(Comparison::AtMost {
                    value: unread,
                    maximum: unread_at_most,
                })
                .hint(Message::new(
                    "mend what the tool could not read, or allow it with `unread-at-most`",
                ))
                .about(account.unread.iter().map(passed)),
        );
    }
    reasons
}

fn passed(entry: &crate::evidence::Passed) -> Item {
    Item::new(
        Message::default()
            .quote(&entry.name)
            .say(": ")
            .quote(&entry.reason),
    )
}
