//! `any-of` and `all-of`: rules made of rules.

use super::{Code, Reason, RuleVerdict};
use crate::measure::{Message, Outcome};

/// How a group comes out whose rules came out so.
pub(super) fn any_of(parts: &[RuleVerdict]) -> Reason {
    let outcome = Outcome::any_of(parts.iter().map(|part| part.outcome));
    reason(Code::AnyOf, outcome, parts, "one is needed")
}

/// How a group comes out whose rules came out so.
pub(super) fn all_of(parts: &[RuleVerdict]) -> Reason {
    let outcome = Outcome::all_of(parts.iter().map(|part| part.outcome));
    reason(Code::AllOf, outcome, parts, "all are needed")
}

fn reason(code: Code, outcome: Outcome, parts: &[RuleVerdict], needed: &str) -> Reason {
    let count = |wanted| parts.iter().filter(|part| part.outcome == wanted).count();
    let (holding, skipped) = (count(Outcome::Passed), count(Outcome::Skipped));
    let applying = parts.len() - skipped;
    let s = if applying == 1 { "" } else { "s" };
    let message = match applying {
        0 => Message::new("none of its rules applies here"),
        _ => Message::new(format_args!("{holding} of {applying} rule{s} hold, {needed}")),
    };
    Reason::new(code, outcome, message)
}
