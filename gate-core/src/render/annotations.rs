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
/// then what advisory rules found. What is waived, has no line or is not in the repository has no
/// place to be shown at.
#[must_use]
pub fn annotations(verdict: &Verdict) -> Vec<Annotation> {
    let mut all: Vec<(Reverse<AnnotationLevel>, Annotation)> = Vec::new();
    for rule in &verdict.rules {
        let Some(level) = level(rule) else { continue };
        let placed = items(rule).into_iter();
        let placed = placed.filter_map(|(rule, item)| annotation(rule, item, level));
        all.extend(placed.map(|annotation| (Reverse(level), annotation)));
    }
    // Stable: within a level the order of the policy, and the worst first within a rule.
    all.sort_by_key(|(level, _)| *level);
    all.into_iter().map(|(_, annotation)| annotation).collect()
}

/// What a rule is about, and of a group what those of its rules are about that came out no better
/// than it: the others change nothing.
fn items(rule: &RuleVerdict) -> Vec<(&RuleVerdict, &Item)> {
    let own = rule.reasons.iter().flat_map(|reason| &reason.items).map(|item| (rule, item));
    let deciding = rule.parts.iter().filter(|part| part.outcome == rule.outcome);
    own.chain(deciding.flat_map(items)).collect()
}

fn level(rule: &RuleVerdict) -> Option<AnnotationLevel> {
    match (rule.mode, rule.outcome) {
        (Mode::Shadow, _) | (_, Outcome::Skipped) => None,
        (Mode::Required, Outcome::Failed | Outcome::Inconclusive) => Some(AnnotationLevel::Failure),
        (Mode::Advisory, Outcome::Failed | Outcome::Inconclusive) | (_, Outcome::Pending) => {
            Some(AnnotationLevel::Warning)
        }
        (_, Outcome::Passed) => Some(AnnotationLevel::Notice),
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
