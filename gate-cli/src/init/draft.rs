//! A policy in the making: rules whose bars are moved until they hold today.

use gate_core::{
    Verdict,
    evidence::Content,
    measure::Outcome,
    policy::Mode,
    rule::{Comparison, Reason},
};

use super::found::Found;

/// One rule that is written.
#[derive(Debug, Clone)]
pub(super) struct DraftRule {
    pub(super) name: String,
    kind: &'static str,
    /// Why it decides nothing, where it does not.
    pub(super) advisory: Option<String>,
    /// Said above it.
    comments: Vec<String>,
    /// Its keys, each with what is said behind it.
    keys: Vec<(String, String, String)>,
}

impl DraftRule {
    pub(super) fn new(name: &str, kind: &'static str) -> Self {
        Self { name: name.to_owned(), kind, advisory: None, comments: Vec::new(), keys: Vec::new() }
    }

    fn comment(mut self, comment: &str) -> Self {
        self.comments.push(comment.to_owned());
        self
    }

    pub(super) fn key(mut self, key: &str, value: impl Into<String>, comment: &str) -> Self {
        self.set(key, value.into(), comment);
        self
    }

    fn set(&mut self, key: &str, value: String, comment: &str) {
        let entry = (key.to_owned(), value, comment.to_owned());
        match self.keys.iter_mut().find(|(known, ..)| known == key) {
            Some(known) => *known = entry,
            None => self.keys.push(entry),
        }
    }

    fn drop_keys(&mut self, keys: &[&str]) {
        self.keys.retain(|(known, ..)| !keys.contains(&known.as_str()));
    }

    /// The rule as lines of the policy.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.comments.iter().map(|comment| format!("  # {comment}")).collect();
        lines.push(format!("  {}:", self.name));
        if let Some(why) = &self.advisory {
            lines.push(commented("    mode: advisory", why));
        }
        lines.push(format!("    {}:", self.kind));
        let key = |(key, value, comment): &(String, String, String)| {
            commented(&format!("      {key}: {value}"), comment)
        };
        lines.extend(self.keys.iter().map(key));
        lines
    }

    /// Moves a bar so that this reason would not stop the merge. `false` if there is no bar to move.
    fn lower(&mut self, reason: &Reason) -> bool {
        let key = match reason.code.word() {
            "findings-above-maximum" | "vulnerabilities-above-maximum" => {
                self.drop_keys(&["only", "without-baseline"]);
                "at-most"
            }
            "left-unread" => "unread-at-most",
            "test-failures-above-maximum" => "failures-at-most",
            "test-errors-above-maximum" => "errors-at-most",
            "reach-unknown" => {
                let says = "the report does not say how much was examined";
                self.set("examined-at-least", "0".to_owned(), says);
                return true;
            }
            _ => return false,
        };
        let Some(Comparison::AtMost { value, .. }) = reason.comparison else { return false };
        self.set(key, value.to_string(), "so many today; lower it as they go");
        true
    }
}

fn commented(line: &str, comment: &str) -> String {
    if comment.is_empty() { line.to_owned() } else { format!("{line:<40} # {comment}") }
}

/// The rules over a report.
pub(super) fn rules(found: &Found) -> Vec<DraftRule> {
    let report = found.name.as_str();
    let named = |otherwise: &str| found.rule().unwrap_or(otherwise).to_owned();
    match &found.report.content {
        Content::Coverage(coverage) => {
            let totals = coverage.totals();
            let combined = totals.combined();
            let (metric, ratio) = if combined.total() > totals.lines.total() {
                ("combined", combined)
            } else {
                ("lines", totals.lines)
            };
            let (covered, total) = (ratio.covered(), ratio.total());
            let percent = u128::from(covered) * 100 / u128::from(total.max(1));
            vec![
                DraftRule::new(&named("enough of the project is tested"), "coverage")
                    .comment("The bar is where the project stands. A ramp raises it by date:")
                    .comment("`ramp: { from: 2027-01-01, to: 80%, by: 2027-12-31 }`.")
                    .key("report", report, "")
                    .key("metric", metric, "lines | branches | combined")
                    .key("at-least", format!("{percent}%"), &format!("{covered} of {total} today")),
                DraftRule::new("coverage does not drop", "coverage")
                    .comment("Compared with the base: by the App, or with `--baseline` here.")
                    .key("report", report, "")
                    .key("metric", metric, "")
                    .key("at-most-below-baseline", "0.2%", "percentage points")
                    .key("without-baseline", "pass", "while there is no base"),
            ]
        }
        Content::Findings(_) => {
            let rule = DraftRule::new(&named(&format!("{report} finds nothing new")), "findings")
                .key("report", report, "");
            let has_severities = ["bandit", "semgrep", "sarif"].contains(&found.format.name());
            let rule = if has_severities {
                rule.key("severity", "medium", "low | medium | high, and what is above it")
            } else {
                rule
            };
            vec![introduced(rule)]
        }
        Content::Vulnerabilities(_) => {
            let name = named(&format!("{report} knows no new vulnerability"));
            vec![introduced(DraftRule::new(&name, "vulnerabilities").key("report", report, ""))]
        }
        Content::Tests(_) => vec![
            DraftRule::new(&named("the tests pass"), "tests")
                .key("report", report, "")
                .key("at-least", "1", "different tests that were run")
                .key("failures-at-most", "0", "")
                .key("errors-at-most", "0", "")
                .key("vanished-at-most", "0", "what the base ran and this does not")
                .key("without-baseline", "pass", ""),
        ],
        // Which number matters, only people know.
        Content::Metrics(_) | _ => Vec::new(),
    }
}

/// What is there already does not count; without a base, everything does.
fn introduced(rule: DraftRule) -> DraftRule {
    rule.key("only", "introduced", "what the base has already does not count")
        .key("at-most", "0", "")
        .key("without-baseline", "absolute", "with no base, everything counts")
}

/// People, whom the command line knows nothing of.
pub(super) fn review() -> DraftRule {
    let mut rule = DraftRule::new("a colleague has approved it", "review")
        .key("approvals", "1", "")
        .key("conversations", "resolved", "");
    rule.advisory = Some("take this line out once the App posts the check".to_owned());
    rule
}

/// Moves the bars of the rules that do not hold, and lets those decide nothing that have none to move.
/// `false` once all hold.
pub(super) fn lower(rules: &mut [DraftRule], verdict: &Verdict) -> bool {
    let mut moved = false;
    let wrong = verdict
        .rules
        .iter()
        .filter(|rule| rule.mode == Mode::Required && rule.outcome != Outcome::Passed);
    for judged in wrong {
        let Some(rule) = rules.iter_mut().find(|rule| rule.name == judged.name) else { continue };
        let stops =
            |reason: &&Reason| !matches!(reason.outcome, Outcome::Passed | Outcome::Skipped);
        let reasons: Vec<&Reason> = judged.reasons.iter().filter(stops).collect();
        let has_moved = !reasons.is_empty() && reasons.iter().all(|reason| rule.lower(reason));
        if !has_moved {
            let why = reasons.first().map(|reason| reason.message.to_string()).unwrap_or_default();
            rule.advisory = Some(format!("it does not hold today: {why}"));
        }
        moved = true;
    }
    moved
}
