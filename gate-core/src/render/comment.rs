//! The verdict as a comment on a pull request: what is missing first, the rest folded away.

use super::{
    deciding, in_mode,
    markdown::{Page, escape, literal},
};
use crate::{
    Verdict,
    measure::Outcome,
    policy::Mode,
    rule::{Reason, RuleVerdict},
};

/// The verdict in at most `max_bytes` bytes. GitHub takes 65 536 characters in a comment.
///
/// It has less to say than [`markdown`](super::markdown()): a person who reads a conversation wants to
/// know what is missing, and finds the rest below it.
#[must_use]
pub fn comment(verdict: &Verdict, max_bytes: usize) -> String {
    let mut page = Page::new(max_bytes);
    page.title(verdict);
    let missing: Vec<&RuleVerdict> =
        deciding(verdict).into_iter().filter(|rule| is_missing(rule)).collect();
    if missing.is_empty() {
        let count = deciding(verdict).len() + in_mode(verdict, Mode::Advisory).len();
        let s = if count == 1 { "" } else { "s" };
        page.fold(&format!("{count} rule{s}"), |page| page.table(verdict));
    } else {
        page.line("");
        for rule in missing {
            missing_rule(&mut page, rule);
        }
        page.way(verdict);
        page.table(verdict);
    }
    page.fold("Details", |page| page.details(verdict));
    page.finish()
}

/// Whether a rule keeps the gate from passing.
const fn is_missing(rule: &RuleVerdict) -> bool {
    match rule.outcome {
        Outcome::Failed | Outcome::Inconclusive | Outcome::Pending => true,
        Outcome::Passed | Outcome::Skipped => false,
    }
}

/// What the rule lacks, and what to do about it.
fn missing_rule(page: &mut Page, rule: &RuleVerdict) {
    let because = rule.reasons.first().map(|reason| escape(&reason.message));
    page.line(&format!(
        "- {} **{}**: {}",
        rule.outcome.sign(),
        literal(&rule.name),
        because.unwrap_or_else(|| rule.outcome.word().to_owned())
    ));
    let hints = rule.reasons.iter().filter_map(|reason: &Reason| reason.hint.as_ref());
    for hint in hints {
        page.line(&format!("  - → {}", escape(hint)));
    }
}
