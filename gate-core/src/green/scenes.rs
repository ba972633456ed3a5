//! What else changes when something is mended: a push makes approvals stale, and a label decides which
//! rules apply. Each combination is a scene of its own, in which the rules that look at such things are
//! judged anew.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    action,
    offers::{Members, example},
    tree::is_in_the_way,
};
use crate::{
    evidence::{Diff, Piece, PullRequest, Push, Told},
    measure::Outcome,
    policy::{Condition, Globs, LabelsRule, Mode, NoRule, Rule, RuleKind, StaleApprovals},
    rule::{self, Case, RuleVerdict, Step, WaiverUse},
};

/// Labels that switch rules on or off are tried in every combination, up to so many of them.
const MAX_SWITCHES: usize = 3;

/// One way in which things may stand when everything is mended.
pub(super) struct Scene<'a> {
    /// The required rules that are in the way then.
    pub(super) rules: Vec<Cow<'a, RuleVerdict>>,
    /// The labels that are added or removed in it, and the rules that ask for that.
    pub(super) switched: Switches,
    /// What is not done in it, because another scene is about that.
    refused: Switches,
    /// Whether new commits may be pushed in it.
    push: bool,
    /// Whether it is just as it would be: nobody knows which files a push would leave as they are.
    pub(super) exact: bool,
    /// Whether some required rule applies in it; without one, the gate does not pass.
    pub(super) applies: bool,
}

/// Labels to add or to remove, with the rules that ask for it.
type Switches = BTreeMap<Step, Vec<String>>;

impl Scene<'_> {
    /// Whether this may be done in it.
    pub(super) fn allows(&self, members: &Members) -> bool {
        let is_refused = match members {
            Members::Lines { .. } => false,
            Members::Step(step, _) => self.refused.contains_key(step) || self.undoes(step),
        };
        !is_refused && (self.push || !action::kind(members).is_pushed())
    }

    /// Whether this takes a label away that is added in it, or the other way round.
    fn undoes(&self, step: &Step) -> bool {
        let is_opposite = |switched: &Step| match (switched, step) {
            (Step::Label { glob }, Step::Unlabel { label })
            | (Step::Unlabel { label }, Step::Label { glob }) => example(glob) == *label,
            _ => false,
        };
        self.switched.keys().any(is_opposite)
    }
}

/// All scenes, the one first in which nothing else changes, and whether these are all there are.
pub(super) fn scenes<'a>(case: Case<'_>, rules: &'a [RuleVerdict]) -> (Vec<Scene<'a>>, bool) {
    let required: Vec<(&Rule, &RuleVerdict)> = case
        .policy
        .rules()
        .iter()
        .zip(rules)
        .filter(|(_, verdict)| verdict.mode == Mode::Required)
        .collect();
    let Piece::Present(pull_request) = case.pull_request else {
        let scene = scene_of(&required, case, &Switches::new(), None);
        return (vec![scene], true);
    };
    let switches = switches(&required, pull_request);
    let complete = switches.len() <= MAX_SWITCHES;
    let switches: Vec<_> = if complete { switches.into_iter().collect() } else { Vec::new() };
    let minds_a_push = required.iter().any(|(rule, _)| looks_at(rule, Look::Head));
    let all = required.iter().flat_map(|(rule, _)| rule.with_parts());
    let minds_what_is_pushed = all.into_iter().any(|rule| {
        let RuleKind::Review(rule) = &rule.kind else { return false };
        rule.stale_approvals == StaleApprovals::Unchanged
    });
    let mut scenes = Vec::new();
    for chosen in 0..1_u32 << switches.len() {
        let which = |wanted: bool| -> Switches {
            let numbered = switches.iter().enumerate();
            let such = numbered.filter(|(at, _)| (chosen & (1 << at) > 0) == wanted);
            such.map(|(_, switch)| switch.clone()).collect()
        };
        let (switched, refused) = (which(true), which(false));
        let pushes = if minds_a_push { [Some(false), Some(true)].as_slice() } else { &[None] };
        for &push in pushes {
            let then = Piece::Present(as_it_would_be(pull_request, &switched, push == Some(true)));
            let is_now = switched.is_empty() && push != Some(true);
            let then = (!is_now).then_some(&then);
            let scene = scene_of(&required, case, &switched, then);
            let refused = refused.clone();
            let exact = push != Some(true) || !minds_what_is_pushed;
            scenes.push(Scene { refused, push: push != Some(false), exact, ..scene });
        }
    }
    (scenes, complete)
}

/// The rules that are in the way when the pull request is this one.
fn scene_of<'a>(
    required: &[(&Rule, &'a RuleVerdict)],
    case: Case<'_>,
    switched: &Switches,
    then: Option<&Piece<PullRequest>>,
) -> Scene<'a> {
    let judged = |&(rule, verdict): &(&Rule, &'a RuleVerdict)| match then {
        Some(pull_request) if looks_at(rule, Look::Head) || looks_at(rule, Look::Labels) => {
            let mut uses = vec![WaiverUse::default(); case.policy.waivers().len()];
            Cow::Owned(rule::judge(rule, Case { pull_request, ..case }, &mut uses))
        }
        Some(_) | None => Cow::Borrowed(verdict),
    };
    let all: Vec<_> = required.iter().map(judged).collect();
    let applies = all.iter().any(|verdict| verdict.outcome != Outcome::Skipped);
    let rules = all.into_iter().filter(|verdict| is_in_the_way(verdict.outcome)).collect();
    Scene {
        rules,
        applies: applies || case.policy.when_no_rule_applies() == NoRule::Pass,
        switched: switched.clone(),
        refused: Switches::new(),
        push: true,
        exact: true,
    }
}

fn as_it_would_be(now: &PullRequest, switched: &Switches, push: bool) -> PullRequest {
    let mut then = now.clone();
    if push {
        // It changes every path otherwise than what was reviewed, and nobody knows who pushes it.
        let sha = "a commit that is not there yet".to_owned();
        then.people.diffs.insert(sha.clone(), Told::Known(Diff::new()));
        then.people.pushes = Some(Told::Known(vec![Push { sha: sha.clone(), by: None }]));
        then.head.sha = sha;
    }
    then.labels.retain(|label| !switched.contains_key(&Step::Unlabel { label: label.clone() }));
    then.labels.extend(switched.keys().filter_map(added));
    then
}

/// The label that a step adds.
fn added(step: &Step) -> Option<String> {
    if let Step::Label { glob } = step { Some(example(glob)) } else { None }
}

/// What a rule may look at that changes beside what is mended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Which commit the head is.
    Head,
    /// The labels.
    Labels,
}

fn looks_at(rule: &Rule, what: Look) -> bool {
    let conditional = conditions(rule).any(|condition| condition.labels.is_some());
    let by_kind = match &rule.kind {
        RuleKind::Review(_) | RuleKind::Weakening(_) => what == Look::Head,
        RuleKind::Labels(_) => what == Look::Labels,
        RuleKind::AnyOf(parts) | RuleKind::AllOf(parts) => {
            parts.iter().any(|part| looks_at(part, what))
        }
        RuleKind::Coverage(_)
        | RuleKind::Findings(_)
        | RuleKind::Vulnerabilities(_)
        | RuleKind::Tests(_)
        | RuleKind::Metric(_)
        | RuleKind::Title(_)
        | RuleKind::Changes(_)
        | RuleKind::Checks(_)
        | RuleKind::Commits(_)
        | RuleKind::Protection(_) => false,
    };
    by_kind || conditional && what == Look::Labels
}

fn conditions(rule: &Rule) -> impl Iterator<Item = &Condition> {
    rule.when.iter().chain(&rule.unless)
}

/// The labels that a rule asks to add or to remove and that mean something to another.
fn switches(required: &[(&Rule, &RuleVerdict)], pull_request: &PullRequest) -> Switches {
    let all: Vec<&Rule> = required.iter().flat_map(|(rule, _)| rule.with_parts()).collect();
    let about_labels: Vec<(&str, &LabelsRule)> = all
        .iter()
        .filter_map(|rule| {
            let RuleKind::Labels(kind) = &rule.kind else { return None };
            Some((rule.name.as_str(), kind))
        })
        .collect();
    let wanted = |rule: &LabelsRule| -> Vec<Globs> {
        rule.all_of.iter().chain(&rule.any_of).cloned().collect()
    };
    let conditional = |label: &str| {
        let globs = all.iter().flat_map(|rule| conditions(rule));
        globs.filter_map(|condition| condition.labels.as_ref()).any(|globs| globs.fit(label))
    };
    let unwanted = |rule: &LabelsRule, label: &str| {
        rule.none_of.as_ref().is_some_and(|globs| globs.fit(label))
    };
    let is_unwanted = |label: &str| about_labels.iter().any(|(_, rule)| unwanted(rule, label));
    let is_wanted = |label: &str| {
        about_labels.iter().flat_map(|(_, rule)| wanted(rule)).any(|globs| globs.fit(label))
    };
    let mut switches = Switches::new();
    for (name, rule) in &about_labels {
        for glob in wanted(rule).iter().flat_map(Globs::texts) {
            let label = example(glob);
            let means_something = is_unwanted(&label) || conditional(&label);
            if means_something && !pull_request.labels.contains(&label) {
                let step = Step::Label { glob: glob.clone() };
                switches.entry(step).or_default().push((*name).to_owned());
            }
        }
        for label in pull_request.labels.iter().filter(|label| unwanted(rule, label)) {
            if is_wanted(label) || conditional(label) {
                let step = Step::Unlabel { label: label.clone() };
                switches.entry(step).or_default().push((*name).to_owned());
            }
        }
    }
    switches
}
