//! What can be shown beside the code, as data: a check run's annotations, or a workflow's commands.

use std::cmp::Reverse;

use crate::{
    Verdict,
    measure::{Outcome, RepoPath},
    policy::Mode,
    rule::{Item, RuleVerdict},
};

/// One remark at a place in the code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Annotation {
    /// The file, from the repository's root.
    pub path: RepoPath,
    /// The first line.
    pub start_line: u32,
    /// The last line, at least the first.
    pub end_line: u32,
    /// How it is shown.
    pub level: AnnotationLevel,
    /// The rule's name, as plain text.
    pub title: String,
    /// What is there, as plain text.
    pub message: String,
}

/// How an annotation is shown; the words are GitHub's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AnnotationLevel {
    /// For information.
    Notice,
    /// It may matter.
    Warning,
    /// It stops the merge.
    Failure,
}

/// Every place that the verdict's rules are about, the most important first: what stops the merge,
/// then what advisory rules found, then what counts for nothing. What is waived, has no line or is not
/// in the repository has no place to be shown at.
#[must_use]
pub fn annotations(verdict: &Verdict) -> Vec<Annotation> {
    let mut all: Vec<Annotation> = Vec::new();
    for (mode, rule) in told(verdict) {
        for reason in &rule.reasons {
            let Some(level) = level(mode, reason.outcome) else { continue };
            let placed = reason.items.iter().filter_map(|item| annotation(rule, item, level));
            all.extend(placed);
        }
    }
    // Stable: within a level the order of the policy, and the worst first within a rule.
    all.sort_by_key(|annotation| Reverse(annotation.level));
    all
}

/// The rules whose reasons are told beside the code, each with the mode it counts by: every rule, and
/// of a group those of its rules that came out no better than it, for the others change nothing.
pub(super) fn told(verdict: &Verdict) -> Vec<(Mode, &RuleVerdict)> {
    fn with_deciding(rule: &RuleVerdict) -> Vec<&RuleVerdict> {
        let deciding = rule.parts.iter().filter(|part| part.outcome == rule.outcome);
        std::iter::once(rule).chain(deciding.flat_map(with_deciding)).collect()
    }
    let of = |rule| with_deciding(rule).into_iter().map(|part: &RuleVerdict| (rule.mode, part));
    verdict.rules.iter().flat_map(of).collect()
}

/// How what a reason says is shown; a shadow rule is only reported.
pub(super) const fn level(mode: Mode, outcome: Outcome) -> Option<AnnotationLevel> {
    match (mode, outcome) {
        (Mode::Shadow, _) => None,
        (Mode::Required, Outcome::Failed | Outcome::Inconclusive) => Some(AnnotationLevel::Failure),
        (Mode::Advisory, Outcome::Failed | Outcome::Inconclusive) | (_, Outcome::Pending) => {
            Some(AnnotationLevel::Warning)
        }
        (_, Outcome::Passed | Outcome::Skipped) => Some(AnnotationLevel::Notice),
    }
}

fn annotation(rule: &RuleVerdict, item: &Item, level: AnnotationLevel) -> Option<Annotation> {
    let location = item.location.as_ref().filter(|location| location.path.is_inside())?;
    let start_line = location.line.filter(|&line| line > 0 && !item.waived)?;
    Some(Annotation {
        path: location.path.clone(),
        start_line,
        end_line: location.end_line.unwrap_or(start_line).max(start_line),
        level,
        title: crate::measure::harmless(&rule.name),
        message: item.message.to_string(),
    })
}
