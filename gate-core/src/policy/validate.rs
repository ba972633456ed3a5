//! From what the file says to what cannot be wrong, with all problems at once.

use std::collections::BTreeSet;

use super::{
    Policy, Rule, RuleKind,
    decode::{Named, Spanned},
    expected::{self, ExpectedReport, RawReport, Reports},
    extends::{self, Extended, Extends, Source},
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
pub(super) fn validate(
    raw: RawPolicy,
    (text, extended): (&str, Option<&str>),
    problems: &mut Problems,
) -> Option<Policy> {
    if let Some(version) = raw.version.get().filter(|version| version.value != 1) {
        let message = format!("version {} is not known; this gate reads version 1", version.value);
        problems.add(version.place, message);
    }
    let base = extends::inherited(raw.extends.as_ref(), extended, problems)?;
    let mut replaced = Vec::new();
    let reports = reports(raw.reports, base.as_ref(), &mut replaced, problems);
    let (rules, place) = match raw.rules {
        Some(Spanned { value, place }) => (value, place),
        None if base.is_some() => (Vec::new(), Place::START),
        None => {
            problems.add(Place::START, "`rules` is missing here");
            return None;
        }
    };
    let mut rule_names = Names::of_rules(&rules);
    if rules.is_empty() && base.is_none() {
        problems.add(place, "a policy without rules judges nothing");
    }
    let scope = Scope { reports: &reports, text };
    let sound: Vec<Rule> = rules
        .iter()
        .filter_map(|(name, raw)| rule(name, raw.as_ref()?, &scope, problems))
        .collect();
    let sound = match (&base, &raw.extends) {
        (Some(base), Some(name)) => {
            rule_names.0.extend(base.rules_and_parts().into_iter().map(|rule| rule.name.clone()));
            joined(base, &sound, &name.value, &mut replaced)
        }
        (Some(_), None) | (None, _) => sound,
    };
    doubled(&sound, problems, &rules);
    if let Some(days) = raw.waiver_days_at_most.as_ref().filter(|days| days.value == 0) {
        problems.add(days.place, "a waiver holds at least one day; leave `waivers` out instead");
    }
    let there = base.as_ref();
    let mut is_set = |key, is_stated: bool| {
        if there.is_some() && is_stated {
            replaced.push(("setting", String::from(key)));
        }
    };
    is_set("waiver-days-at-most", raw.waiver_days_at_most.is_some());
    is_set("waiver-owner", raw.waiver_owner.is_some());
    is_set("when-no-rule-applies", raw.when_no_rule_applies.is_some());
    is_set("comment", raw.comment.is_some());
    is_set("annotations", raw.annotations.is_some());
    let most_days = raw.waiver_days_at_most.map(|days| days.value);
    let most_days = most_days.or_else(|| there.and_then(|base| base.waiver_days));
    let owner = there.map_or(WaiverOwner::Optional, |base| base.waiver_owner);
    let owner = raw.waiver_owner.map_or(owner, |choice| choice.value);
    let asked = waiver::Asked {
        rules: &rule_names,
        parts: &Names(reports.all_parts()),
        most_days,
        owner,
        text,
    };
    let own = raw
        .waivers
        .into_iter()
        .flat_map(|waivers| waivers.value)
        .filter_map(|raw| waiver::validate(raw, &asked, problems));
    let inherited = there.into_iter().flat_map(|base| base.waivers.clone());
    let waivers = inherited.chain(own.collect::<Vec<_>>()).collect();
    let no_rule = there.map_or(NoRule::Inconclusive, |base| base.no_rule);
    let no_rule = raw.when_no_rule_applies.map_or(no_rule, |choice| choice.value);
    let comment = there.map_or(Comment::Never, |base| base.comment);
    let comment = raw.comment.map_or(comment, |choice| choice.value);
    let default = there.map_or(ANNOTATIONS, |base| base.annotations);
    let annotations = annotations(raw.annotations.as_ref(), default, problems);
    let extended = raw.extends.zip(extended).map(|(from, text)| Extended {
        from: from.value,
        text: text.to_owned(),
        replaced,
    });
    let mut reports = reports.into_list();
    for report in &mut reports {
        let mut all = sound.iter().flat_map(Rule::with_parts);
        report.is_coverage |= all.any(|rule| rule.kind.measures(&report.name));
    }
    Some(Policy {
        reports,
        rules: sound,
        waivers,
        no_rule,
        comment,
        annotations,
        text: text.to_owned(),
        extended,
        waiver_days: most_days,
        waiver_owner: owner,
    })
}

/// The rules of the policy that is extended, but those that the other replaces, and then the other's.
fn joined(
    base: &Policy,
    own: &[Rule],
    name: &Extends,
    replaced: &mut Vec<(&'static str, String)>,
) -> Vec<Rule> {
    let is_own = |rule: &&Rule| own.iter().any(|one| one.name == rule.name);
    let (gone, kept): (Vec<&Rule>, Vec<&Rule>) = base.rules.iter().partition(is_own);
    replaced.extend(gone.iter().map(|rule| ("rule", rule.name.clone())));
    let there = kept.into_iter().cloned().map(|rule| rule.of(&Source::Extended(name.clone())));
    let is_new = |rule: &Rule| !gone.iter().any(|one| one.name == rule.name);
    let here = own.iter().map(|rule| {
        let source = if is_new(rule) { Source::Own } else { Source::Replacing(name.clone()) };
        rule.clone().of(&source)
    });
    there.chain(here).collect()
}

/// GitHub takes fifty annotations in one request, and nobody reads many more.
const ANNOTATIONS: usize = 50;
/// More requests for one check than these would keep the next one waiting.
const MAX_ANNOTATIONS: usize = 1_000;

fn annotations(raw: Option<&Spanned<u64>>, default: usize, problems: &mut Problems) -> usize {
    let Some(raw) = raw else { return default };
    match usize::try_from(raw.value) {
        Ok(count) if count <= MAX_ANNOTATIONS => count,
        Ok(_) | Err(_) => {
            problems.add(raw.place, format!("at most {MAX_ANNOTATIONS} annotations are shown"));
            ANNOTATIONS
        }
    }
}

fn reports(
    raw: Option<Spanned<Named<RawReport>>>,
    base: Option<&Policy>,
    replaced: &mut Vec<(&'static str, String)>,
    problems: &mut Problems,
) -> Reports {
    let entries = raw.into_iter().flat_map(|reports| reports.value);
    let one = |(name, raw): (Spanned<String>, Option<Spanned<RawReport>>)| {
        label(&name, "report", problems);
        let report = raw.and_then(|raw| expected::validate(&name, raw.value, problems));
        (name.value, report)
    };
    let own: Vec<(String, Option<ExpectedReport>)> = entries.map(one).collect();
    let there = base.map_or(&[][..], |base| &base.reports);
    let is_own = |report: &&ExpectedReport| own.iter().any(|(name, _)| *name == report.name);
    let (gone, kept): (Vec<&ExpectedReport>, Vec<_>) = there.iter().partition(is_own);
    replaced.extend(gone.into_iter().map(|report| ("report", report.name.clone())));
    let kept = kept.into_iter().map(|report| (report.name.clone(), Some(report.clone())));
    Reports::new(kept.chain(own).collect())
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
        source: None,
    })
}

impl Rule {
    /// The same, of this policy, with its parts.
    fn of(mut self, source: &Source) -> Self {
        self.source = Some(source.clone());
        if let RuleKind::AnyOf(parts) | RuleKind::AllOf(parts) = &mut self.kind {
            *parts = std::mem::take(parts).into_iter().map(|part| part.of(source)).collect();
        }
        self
    }
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
