//! From what the file says to what cannot be wrong, with all problems at once.

use std::collections::BTreeSet;

use super::{
    Policy, Rule, RuleKind,
    decode::{Named, Spanned},
    expected::{self, RawReport, Reports},
    kinds::{self, RawRule},
    problem::{Place, Problems},
    raw::{Comment, Mode, NoRule, RawPolicy, WaiverOwner},
    waiver, when,
};

/// What a rule is read in: the reports it may use, and the text it stands in.
struct Scope<'a> {
    reports: &'a Reports,
    text: &'a str,
}

/// The names that one part of the policy gives and another uses.
pub(super) struct Names(Vec<String>);

impl Names {
    fn of<T>(entries: &Named<T>) -> Self {
        Self(entries.iter().map(|(name, _)| name.value.clone()).collect())
    }

    /// Those of rules, and of the rules that they are made of.
    fn of_rules(rules: &Named<RawRule>) -> Self {
        let mut names = Self::of(rules);
        for (_, rule) in rules {
            let groups = rule.iter().flat_map(|rule| [&rule.value.any_of, &rule.value.all_of]);
            names.0.extend(groups.flatten().flat_map(|group| Self::of_rules(&group.value).0));
        }
        names
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
    let rule_names = Names::of_rules(&rules);
    if rules.is_empty() {
        problems.add(place, "a policy without rules judges nothing");
    }
    let scope = Scope { reports: &reports, text };
    let sound: Vec<Rule> = rules
        .iter()
        .filter_map(|(name, raw)| rule(name, raw.as_ref()?, &scope, problems))
        .collect();
    doubled(&sound, problems, &rules);
    if let Some(days) = raw.waiver_days_at_most.as_ref().filter(|days| days.value == 0) {
        problems.add(days.place, "a waiver holds at least one day; leave `waivers` out instead");
    }
    let asked = waiver::Asked {
        rules: &rule_names,
        parts: &Names(reports.all_parts()),
        most_days: raw.waiver_days_at_most.map(|days| days.value),
        owner: raw.waiver_owner.map_or(WaiverOwner::Optional, |choice| choice.value),
        text,
    };
    let waivers = raw
        .waivers
        .into_iter()
        .flat_map(|waivers| waivers.value)
        .filter_map(|raw| waiver::validate(raw, &asked, problems))
        .collect();
    let no_rule = raw.when_no_rule_applies.map_or(NoRule::Inconclusive, |choice| choice.value);
    let comment = raw.comment.map_or(Comment::Never, |choice| choice.value);
    let annotations = annotations(raw.annotations.as_ref(), problems);
    Some(Policy {
        reports: reports.into_list(),
        rules: sound,
        waivers,
        no_rule,
        comment,
        annotations,
        text: text.to_owned(),
    })
}

/// GitHub takes fifty annotations in one request, and nobody reads many more.
const ANNOTATIONS: usize = 50;
/// More requests for one check than these would keep the next one waiting.
const MAX_ANNOTATIONS: usize = 1_000;

fn annotations(raw: Option<&Spanned<u64>>, problems: &mut Problems) -> usize {
    let Some(raw) = raw else { return ANNOTATIONS };
    match usize::try_from(raw.value) {
        Ok(count) if count <= MAX_ANNOTATIONS => count,
        Ok(_) | Err(_) => {
            problems.add(raw.place, format!("at most {MAX_ANNOTATIONS} annotations are shown"));
            ANNOTATIONS
        }
    }
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
    scope: &Scope<'_>,
    problems: &mut Problems,
) -> Option<Rule> {
    label(name, "rule", problems);
    let parts =
        |group: &Spanned<Named<RawRule>>, problems: &mut Problems| parts(group, scope, problems);
    let when = when::validate(raw.value.when.as_ref(), problems);
    let unless = when::validate(raw.value.unless.as_ref(), problems);
    if let Some(rollout) = &raw.value.rollout
        && raw.value.mode.as_ref().is_some_and(|mode| mode.value != Mode::Required)
    {
        problems.add(rollout.place, "only a rule that decides is rolled out");
    }
    let (stated, kind) = kinds::validate(&raw.value, scope.reports, problems, parts);
    if stated > 1 || stated == 0 && !problems.are_in(raw.place) {
        problems.add_with_hint(
            name.place,
            format!("the rule `{}` must have exactly one kind", name.value),
            format!("one of {}, or a group: any-of, all-of", RuleKind::WORDS.join(", ")),
        );
        return None;
    }
    Some(Rule {
        name: name.value.clone(),
        mode: raw.value.mode.as_ref().map_or(Mode::Required, |mode| mode.value),
        when: when?,
        unless: unless?,
        rollout: raw.value.rollout.as_ref().map(|share| share.value),
        kind: kind?,
        line: name.place.line(scope.text),
    })
}

/// The rules of a group. Whether they decide, and for whom, is the group's to say.
fn parts(
    group: &Spanned<Named<RawRule>>,
    scope: &Scope<'_>,
    problems: &mut Problems,
) -> Option<Vec<Rule>> {
    if group.value.len() < 2 {
        problems.add(group.place.first(), "a group has at least two rules");
        return None;
    }
    let of = |(name, raw): &(Spanned<String>, Option<Spanned<RawRule>>)| {
        let raw = raw.as_ref()?;
        let stated = [
            raw.value.mode.as_ref().map(|mode| (mode.place, "mode")),
            raw.value.rollout.as_ref().map(|share| (share.place, "rollout")),
        ];
        for (place, key) in stated.into_iter().flatten() {
            problems.add_with_hint(
                place,
                format!("the rules of a group have no `{key}` of their own"),
                "give it to the group",
            );
        }
        rule(name, raw, scope, problems)
    };
    let rules: Vec<Option<Rule>> = group.value.iter().map(of).collect();
    rules.into_iter().collect()
}

/// A rule's name means one rule, wherever that stands.
fn doubled(rules: &[Rule], problems: &mut Problems, names: &Named<RawRule>) {
    let mut known = BTreeSet::new();
    let all = rules.iter().flat_map(Rule::with_parts);
    for rule in all {
        if !known.insert(rule.name.as_str()) {
            let place = find(names, &rule.name).unwrap_or(Place::START);
            problems.add(place, format!("two rules have the name `{}`", rule.name));
        }
    }
}

/// Where the last rule of this name stands.
fn find(names: &Named<RawRule>, wanted: &str) -> Option<Place> {
    names.iter().rev().find_map(|(name, raw)| {
        let parts = raw
            .as_ref()
            .into_iter()
            .flat_map(|raw| raw.value.any_of.iter().chain(&raw.value.all_of).collect::<Vec<_>>());
        let inner = parts.filter_map(|group| find(&group.value, wanted)).next_back();
        inner.or_else(|| (name.value == wanted).then_some(name.place))
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
