//! The verdict for the log of a GitHub Actions step: readable text, then workflow commands that put what
//! was found beside the code.
//!
//! The runner takes every line that begins with `::`, spaces before it or not, for a command. So the
//! text stands between `::stop-commands::` and a word that nothing foreign can know, and what goes into
//! a command is escaped as the runner unescapes it.

use super::{Annotation, AnnotationLevel, Colour, annotations, annotations::level, text};
use crate::{
    Verdict,
    measure::{Digest, Outcome, harmless},
    policy::PolicyError,
    rule::RuleVerdict,
};

/// GitHub shows this many annotations of one kind for a step.
pub const SHOWN_OF_A_KIND: usize = 10;

/// GitHub takes this many bytes in the summary of one step.
pub const STEP_SUMMARY_BYTES: usize = 1_024 * 1_024;

/// The verdict as the log of a step. `below` is the folder that the paths are relative to, as seen from
/// the workspace of the job; empty for the workspace itself. Ends with a line break.
#[must_use]
pub fn github(verdict: &Verdict, below: &str) -> String {
    let readable = text(verdict, Colour::Never);
    // A text cannot hold its own digest.
    let digest = Digest::of(readable.as_bytes());
    let token = digest.as_str().replace(':', "-");
    let mut out = format!("::stop-commands::{token}\n{readable}::{token}::\n");
    let commands = commands(verdict, below);
    let mut left_out = 0;
    for kind in [AnnotationLevel::Failure, AnnotationLevel::Warning, AnnotationLevel::Notice] {
        let of_kind: Vec<&(AnnotationLevel, String)> =
            commands.iter().filter(|(level, _)| *level == kind).collect();
        for (_, command) in of_kind.iter().take(SHOWN_OF_A_KIND) {
            out.push_str(command);
            out.push('\n');
        }
        left_out += of_kind.len().saturating_sub(SHOWN_OF_A_KIND);
    }
    if left_out > 0 {
        let s = if left_out == 1 { "" } else { "s" };
        out.push_str(&format!(
            "gate: {left_out} more annotation{s} not shown beside the code: GitHub shows \
             {SHOWN_OF_A_KIND} of a kind for each step\n"
        ));
    }
    out
}

/// One command for every rule that does not hold, so that each is seen, then the places.
fn commands(verdict: &Verdict, below: &str) -> Vec<(AnnotationLevel, String)> {
    let mut commands: Vec<(AnnotationLevel, String)> =
        verdict.rules.iter().filter_map(of_rule).collect();
    let is_told = commands.iter().any(|(level, _)| *level != AnnotationLevel::Notice);
    if !is_told && verdict.outcome != Outcome::Passed {
        let command =
            command(AnnotationLevel::Failure, &[("title", "gate")], &verdict.title.to_string());
        commands.push((AnnotationLevel::Failure, command));
    }
    let placed = annotations(verdict).into_iter();
    commands.extend(placed.map(|annotation| (annotation.level, of_place(&annotation, below))));
    commands
}

fn of_rule(rule: &RuleVerdict) -> Option<(AnnotationLevel, String)> {
    let level = level(rule.mode, rule.outcome).filter(|level| *level != AnnotationLevel::Notice)?;
    let reasons = rule.reasons.iter().filter(|reason| reason.outcome == rule.outcome);
    let mut lines: Vec<String> = Vec::new();
    for reason in reasons {
        lines.push(reason.message.to_string());
        lines.extend(reason.hint.iter().map(|hint| format!("→ {hint}")));
    }
    let title = format!("{}: {}", rule.outcome.word(), harmless(&rule.name));
    Some((level, command(level, &[("title", &title)], &lines.join("\n"))))
}

fn of_place(annotation: &Annotation, below: &str) -> String {
    let Annotation { path, start_line, end_line, level, title, message } = annotation;
    let path = harmless(path.as_str());
    let file = match below {
        "" => path,
        folder => format!("{}/{path}", harmless(folder)),
    };
    let (start, end) = (start_line.to_string(), end_line.to_string());
    let properties =
        [("file", file.as_str()), ("line", &start), ("endLine", &end), ("title", title)];
    command(*level, &properties, message)
}

/// Every problem of a policy as a workflow command, at its line. `file` is the policy's path from the
/// workspace of the job.
#[must_use]
pub fn github_problems(file: &str, text: &str, error: &PolicyError) -> String {
    let mut out = String::new();
    for problem in error.problems() {
        let (line, column) = (problem.place.line(text), problem.place.column(text));
        let (line, column) = (line.to_string(), column.to_string());
        let file = harmless(file);
        let properties =
            [("file", file.as_str()), ("line", &line), ("col", &column), ("title", "policy")];
        let mut lines = vec![harmless(&problem.message)];
        lines.extend(problem.hint.as_deref().map(harmless));
        out.push_str(&command(AnnotationLevel::Failure, &properties, &lines.join("\n")));
        out.push('\n');
    }
    out
}

/// `::error file=src/a.py,line=1::what is there`.
fn command(level: AnnotationLevel, properties: &[(&str, &str)], message: &str) -> String {
    let word = match level {
        AnnotationLevel::Notice => "notice",
        AnnotationLevel::Warning => "warning",
        AnnotationLevel::Failure => "error",
    };
    let properties: Vec<String> =
        properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    format!("::{word} {}::{}", properties.join(","), escaped(message))
}

/// What a command says.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a comma or a colon would end.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_or_a_property_is_escaped() {
        let properties = [("file", "a,b:c%.py"), ("title", "x\ny")];
        assert_eq!(
            command(AnnotationLevel::Failure, &properties, "50 % of\r\n::error::it, all: yes"),
            "::error file=a%2Cb%3Ac%25.py,title=x%0Ay::50 %25 of%0D%0A::error::it, all: yes"
        );
    }
}
