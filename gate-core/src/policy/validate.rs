//! From what the file says to what cannot be wrong, with all problems at once.

use super::{
    Policy, Rule, RuleKind, coverage,
    decode::{Named, Spanned},
    expected::{self, RawReport, Reports},
    findings,
    problem::Problems,
    raw::{Mode, NoRule, RawPolicy, RawRule},
    review, vulnerabilities, waiver,
};

/// The names that one part of the policy gives and another uses.
pub(super) struct Names(Vec<String>);

impl Names {
    fn of<T>(entries: &Named<T>) -> Self {
        Self(entries.iter().map(|(name, _)| name.value.clone()).collect())
    }

    pub(super) fn check(&self, name: &Spanned<String>, what: &str, problems: &mut Problems) {
        if !self.0.contains(&name.value) {
            problems.add_unknown(name.place, what, &name.value, &self.0);
        }
    }
}

/// A policy, if nothing was wrong.
pub(super) fn validate(raw: RawPolicy, text: &str, problems: &mut Problems) -> Option<Policy> {
    if let Some(version) = raw.version.get().filter(|version| version.value != 1) {
        let message = format!("version {} is not known; this gate reads version 1", version.value);
        problems.add(version.place, message);
    }
    let reports = reports(raw.reports, problems);
    let Spanned { value: rules, place } = raw.rules.take()?;
    let rule_names = Names::of(&rules);
    if rules.is_empty() {
        problems.add(place, "a policy without rules judges nothing");
    }
    let rules: Vec<Rule> = rules
        .iter()
        .filter_map(|(name, raw)| rule(name, raw.as_ref()?, &reports, text, problems))
        .collect();
    let waivers = raw
        .waivers
        .into_iter()
        .flat_map(|waivers| waivers.value)
        .filter_map(|raw| waiver::validate(raw, &rule_names, text, problems))
        .collect();
    let no_rule = raw.when_no_rule_applies.map_or(NoRule::Inconclusive, |choice| choice.value);
    Some(Policy { reports: reports.into_list(), rules, waivers, no_rule, text: text.to_owned() })
}

fn reports(raw: Option<Spanned<Named<RawReport>>>, problems: &mut Problems) -> Reports {
    let entries = raw.into_iter().flat_map(|reports| reports.value);
    let one = |(name, raw): (Spanned<String>, Option<Spanned<RawReport>>)| {
        label(&name, "report", problems);
        let report = raw.and_then(|raw| expected::validate(&name, raw.value, problems));
        (name.value, report)
    };
    Reports::new(entries.map(one).collect())
}

fn rule(
    name: &Spanned<String>,
    raw: &Spanned<RawRule>,
    reports: &Reports,
    text: &str,
    problems: &mut Problems,
) -> Option<Rule> {
    label(name, "rule", problems);
    let RawRule { mode, coverage, findings, vulnerabilities, review } = &raw.value;
    let kinds = [
        coverage
            .as_ref()
            .and_then(|raw| coverage::validate(raw, reports, problems).map(RuleKind::Coverage)),
        findings
            .as_ref()
            .and_then(|raw| findings::validate(raw, reports, problems).map(RuleKind::Findings)),
        vulnerabilities.as_ref().and_then(|raw| {
            vulnerabilities::validate(raw, reports, problems).map(RuleKind::Vulnerabilities)
        }),
        review.as_ref().and_then(|raw| review::validate(raw, problems).map(RuleKind::Review)),
    ];
    let stated =
        [coverage.is_some(), findings.is_some(), vulnerabilities.is_some(), review.is_some()];
    let stated = stated.iter().filter(|&&stated| stated).count();
    if stated > 1 || stated == 0 && !problems.are_in(raw.place) {
        problems.add_with_hint(
            name.place,
            format!("the rule `{}` must have exactly one kind", name.value),
            format!("one of {}", RuleKind::WORDS.join(", ")),
        );
        return None;
    }
    Some(Rule {
        name: name.value.clone(),
        mode: mode.as_ref().map_or(Mode::Required, |mode| mode.value),
        kind: kinds.into_iter().flatten().next()?,
        line: name.place.line(text),
    })
}

/// The longest name of a rule or report, in characters: it stands in check summaries.
const MAX_NAME: usize = 100;

fn label(name: &Spanned<String>, what: &str, problems: &mut Problems) {
    let length = name.value.chars().count();
    if name.value.trim().is_empty() || length > MAX_NAME || name.value.contains(char::is_control) {
        problems.add(
            name.place,
            format!("the name of a {what} has one to {MAX_NAME} characters, on one line"),
        );
    }
}
