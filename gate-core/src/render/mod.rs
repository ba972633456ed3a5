//! Floor 5: a verdict, or the problems of a policy, as text for a medium.
//!
//! Nothing foreign is printed as it came: every renderer escapes what a [`Message`] quotes for its
//! medium. Renderers decide nothing; the order they choose is the worst first.

mod annotations;
mod comment;
mod explanation;
mod github;
pub mod json;
mod junit;
mod markdown;
mod problems;
mod report;
mod sarif;
mod text;

pub use annotations::{Annotation, AnnotationLevel, annotations};
pub use comment::comment;
pub use explanation::explanation;
pub use github::{SHOWN_OF_A_KIND, STEP_SUMMARY_BYTES, github, github_problems};
pub use junit::junit;
pub use markdown::{MIN_MARKDOWN_BYTES, markdown};
pub use problems::problems;
pub use report::{report_json, report_text};
pub use sarif::sarif;
pub use text::{rule_text, text};

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::{
    Verdict, WaiverState, WaiverVerdict,
    green::{Action, Way},
    measure::{Message, Outcome},
    policy::Mode,
    rule::RuleVerdict,
};

/// Whether colours are used. They repeat what words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// None.
    Never,
    /// ANSI escape sequences.
    Ansi,
}

/// The rules that decide, the worst first, then in the order of the policy.
fn deciding(verdict: &Verdict) -> Vec<&RuleVerdict> {
    in_mode(verdict, Mode::Required)
}

fn in_mode(verdict: &Verdict, mode: Mode) -> Vec<&RuleVerdict> {
    let mut rules: Vec<&RuleVerdict> =
        verdict.rules.iter().filter(|rule| rule.mode == mode).collect();
    rules.sort_by_key(|rule| Reverse(rule.outcome));
    rules
}

/// "The shortest way to green, 3 steps"; a claim that cannot be made is not made.
fn way_title(way: &Way) -> String {
    let word = if way.shortest { "The shortest way to green" } else { "A way to green" };
    let s = if way.steps == 1 { "" } else { "s" };
    let steps = match way.steps {
        0 => "nothing to do but to wait".to_owned(),
        steps => format!("{steps} step{s}"),
    };
    match (way.shortest, way.certain) {
        (true, true) => format!("{word}, {steps}"),
        (true, false) => format!("{word}, {steps} as far as can be told"),
        (false, _) => format!("{word}, {steps}; there may be a shorter one"),
    }
}

/// What is to be done, with how long it is waited for: for a page that is read at once.
fn action_line(action: &Action, now: Timestamp) -> Message {
    let message = action.message.clone();
    let Some(until) = action.until else { return message };
    // Rounded up: nobody is told that it is over before it is.
    let left = u64::try_from(until.duration_since(now).as_secs()).unwrap_or_default().div_ceil(60);
    match (left / 60, left % 60) {
        (0, minutes) => message.say(format_args!(", {minutes} min left")),
        (hours, 0) => message.say(format_args!(", {hours} h left")),
        (hours, minutes) => message.say(format_args!(", {hours} h {minutes} min left")),
    }
}

/// The same for a page that stays: it says until when, and does not age.
fn lasting_action_line(action: &Action) -> Message {
    match action.until {
        Some(until) => action.message.clone().say(format_args!(", until {until}")),
        None => action.message.clone(),
    }
}

/// What a shadow rule would have done.
const fn would_have(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed | Outcome::Skipped => "would have let it pass",
        Outcome::Pending => "would have waited",
        Outcome::Inconclusive => "could not have decided",
        Outcome::Failed => "would have stopped it",
    }
}

/// "B101 in tests/**: excepted 2, until 2027-01-31: reason".
fn waiver_line(waiver: &WaiverVerdict) -> Message {
    let s = |count: u64| if count == 1 { "" } else { "s" };
    let state = match waiver.state {
        WaiverState::Used(count) => {
            format!("excepts {count} entr{}", if count == 1 { "y" } else { "ies" })
        }
        WaiverState::NotNeeded => "matches only what would not count".to_owned(),
        WaiverState::Unused => "UNUSED, it matches nothing; remove it".to_owned(),
        WaiverState::Unchecked => "not checked, no report of its kind could be read".to_owned(),
        WaiverState::NotYet(count) => {
            format!("does not hold yet ({count} match{})", if count == 1 { "" } else { "es" })
        }
        WaiverState::Expired(0) => "EXPIRED, and it matches nothing; remove it".to_owned(),
        WaiverState::Expired(count) => {
            format!(
                "EXPIRED, what it excepted counts again ({count} match{})",
                if count == 1 { "" } else { "es" }
            )
        }
    };
    let mut message = Message::default().then(&waiver.subject).say(": ").say(state);
    if let (Some(first), WaiverState::NotYet(_)) = (waiver.from, waiver.state) {
        message = message.say(format_args!(", from {first}"));
    }
    if let Some(last) = waiver.expires {
        let word = if matches!(waiver.state, WaiverState::Expired(_)) { "ended" } else { "until" };
        message = message.say(format_args!(", {word} {last}"));
        if waiver.expires_soon {
            message =
                message.say(format_args!(" (ENDS SOON, within {} day{})", crate::SOON_DAYS, s(2)));
        }
    }
    if let Some(owner) = &waiver.owner {
        message = message.say("; owner: ").quote(owner);
    }
    message.say("; reason: ").quote(&waiver.reason)
}

/// "coverage: the first line is …  (3 times)".
fn remark_line(remark: &crate::Remark) -> Message {
    let mut message = Message::default();
    if let Some(report) = &remark.report {
        message = message.quote(report).say(if remark.baseline { " (baseline): " } else { ": " });
    }
    message = message.then(&remark.message);
    if remark.count > 1 { message.say(format_args!(" ({} times)", remark.count)) } else { message }
}
