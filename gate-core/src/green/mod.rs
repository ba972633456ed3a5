//! Floor 3: the shortest way to green: the fewest steps that would let a gate pass that does not.
//!
//! 1. Every reason says which steps turn it and how much each does (`rule::mend`), or its code does
//!    (`table`).
//! 2. The verdict's tree becomes sets of constraints of which one has to be met in full (`tree`).
//! 3. What several rules ask for becomes one step, and steps that are alike one class (`offers`).
//! 4. For each set, and for each way in which mending changes other rules (`scenes`), the fewest
//!    steps are found (`solve`), and the cheapest of all is told (`action`).

mod action;
mod offers;
mod places;
mod scenes;
mod solve;
mod table;
mod tree;
mod version;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use offers::{Alike, Members};
use scenes::Scene;
use solve::{Class, Problem, Solution};
use tree::InTheWay;

pub use action::{Action, ActionKind, Choice, MAX_CHOICES};

use crate::{
    measure::Message,
    rule::{Case, Detail, Repair, RuleVerdict, Step},
};

/// The fewest steps that would let the gate pass.
///
/// What it says is about the evidence: "if this were so, the gate would pass". It takes for granted
/// that a new commit brings nothing else that is in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Way {
    /// How many steps somebody has to take. What only has to be waited for is none.
    pub steps: u64,
    /// Whether no way has fewer steps. The search ends somewhere; then this is a short way, and
    /// perhaps not the shortest.
    pub shortest: bool,
    /// Whether it is known that the gate passes then. What is waited for, or cannot be read, may
    /// turn out to be in the way itself.
    pub certain: bool,
    /// What to do, in an order in which it can be done.
    pub actions: Vec<Action>,
}

/// Where a set of constraints is met: its steps, by class.
struct Found {
    /// Steps; then steps of unknown effect, and what is waited for.
    cost: (u64, usize, usize),
    /// Each with the place of the first constraint that it serves.
    actions: Vec<(usize, Action)>,
}

/// The shortest way for a gate that does not pass, whose rules came out so.
pub(crate) fn way(case: Case<'_>, rules: &[RuleVerdict]) -> Way {
    let (scenes, mut shortest) = scenes::scenes(case, rules);
    // Where no rule applies, one may that is about changed lines once such a line is covered: nobody
    // has looked for that.
    shortest &= scenes.iter().all(|scene| scene.applies);
    let (mut best, mut is_exact): (Option<Found>, bool) = (None, true);
    for scene in scenes.iter().filter(|scene| scene.applies) {
        let (found, exact) = in_scene(scene, case);
        shortest &= exact;
        if let Some(found) = found
            && best.as_ref().is_none_or(|best| found.cost < best.cost)
        {
            best = Some(found);
            is_exact = scene.exact;
        }
    }
    let Some(Found { cost: (steps, ..), mut actions }) = best else {
        return no_rule_applies(case);
    };
    // What is done at one time, in the order of the policy; what serves one rule, by its name.
    actions.sort_by_key(|(place, action)| (action.kind.when(), *place, action.message.to_string()));
    let actions: Vec<Action> = actions.into_iter().map(|(_, action)| action).collect();
    let certain = actions.iter().all(|action| action.certain);
    Way { steps, shortest: shortest && is_exact, certain, actions }
}

/// Where no required rule is in the way, and the gate does not pass, there is none that applies.
fn no_rule_applies(case: Case<'_>) -> Way {
    let words = "no required rule applies: give the policy one that does, or say \
                 `when-no-rule-applies: pass`";
    let step = Step::Repair { of: Repair::Rule, what: String::new() };
    let members = Members::Step(step, vec![Detail::Words(Message::new(words))]);
    Way { steps: 1, shortest: true, certain: false, actions: action::of(&[&members], 1, &[], case) }
}

/// The cheapest way in one scene, and whether the search was complete.
fn in_scene(scene: &Scene<'_>, case: Case<'_>) -> (Option<Found>, bool) {
    let rules: Vec<&RuleVerdict> = scene.rules.iter().map(AsRef::as_ref).collect();
    let (in_the_way, alternatives) = InTheWay::of(&rules);
    let all = offers::steps(&in_the_way.constraints);
    let open: Vec<&Alike> = all.iter().filter(|alike| scene.allows(&alike.of)).collect();
    let mut complete = alternatives.complete;
    let mut best: Option<Found> = None;
    for set in &alternatives.sets {
        let Some((classes, solution)) = cheapest(&open, set, &in_the_way) else { continue };
        // What one rule does not list could serve another.
        complete &= solution.exact && (set.len() == 1 || in_the_way.lists_all(set));
        let mut actions = Vec::new();
        for (step, rules) in &scene.switched {
            let members = Members::Step(step.clone(), Vec::new());
            let these = action::of(&[&members], 1, rules, case);
            actions.extend(these.into_iter().map(|action| (0, action)));
        }
        let steps = solution.cost + scene.switched.len() as u64;
        for (class, count) in classes.iter().zip(solution.counts).filter(|(_, count)| *count > 0) {
            let gains = set.iter().zip(&class.counted.gains);
            let served: Vec<usize> =
                gains.filter(|(_, gain)| **gain > 0).map(|(&place, _)| place).collect();
            let first = served.first().copied().unwrap_or_default();
            let rules = in_the_way.rules(&served);
            let these = action::of(&class.members, count, &rules, case);
            actions.extend(these.into_iter().map(|action| (first, action)));
        }
        let unknown = actions.iter().filter(|(_, action)| !action.certain).count();
        let waits = actions.iter().filter(|(_, action)| action.kind == ActionKind::Wait).count();
        let cost = (steps, unknown, waits);
        if best.as_ref().is_none_or(|best| cost < best.cost) {
            best = Some(Found { cost, actions });
        }
    }
    (best, complete)
}

/// The fewest of the steps that are open for a set of constraints.
///
/// A dependency is upgraded or replaced, never both. To replace it does all that an upgrade does, so
/// no way is shorter than one with replacements only; where one with an upgrade is as short, it is
/// the better advice.
fn cheapest<'a>(
    open: &[&'a Alike],
    set: &[usize],
    in_the_way: &InTheWay<'_>,
) -> Option<(Vec<Together<'a>>, Solution)> {
    let solved = |without: &BTreeSet<Step>| {
        let is_without = |alike: &&&Alike| match &alike.of {
            Members::Step(step, _) => !without.contains(step),
            Members::Lines { .. } => true,
        };
        let open: Vec<&Alike> = open.iter().filter(is_without).copied().collect();
        let classes = classes(&open, set);
        let needs = set.iter().map(|&place| in_the_way.need(place)).collect();
        let counted = classes.iter().map(|class| class.counted.clone()).collect();
        let solution = solve::solve(&Problem { needs, classes: counted })?;
        Some((classes, solution))
    };
    let steps: BTreeSet<&Step> = open
        .iter()
        .filter_map(|alike| match &alike.of {
            Members::Step(step, _) => Some(step),
            Members::Lines { .. } => None,
        })
        .collect();
    let both = steps.iter().filter_map(|&upgrade| {
        let replacement = offers::replacement(upgrade)?;
        steps.contains(&replacement).then(|| (upgrade.clone(), replacement))
    });
    let both: Vec<(Step, Step)> = both.collect();
    let mut without: BTreeSet<Step> = both.iter().map(|(upgrade, _)| upgrade.clone()).collect();
    let mut best = solved(&without)?;
    for (upgrade, replacement) in &both {
        without.remove(upgrade);
        without.insert(replacement.clone());
        match solved(&without) {
            Some(found) if found.1.cost <= best.1.cost => best = found,
            Some(_) | None => {
                without.remove(replacement);
                without.insert(upgrade.clone());
            }
        }
    }
    Some(best)
}

/// Steps that are alike for the constraints of one set.
struct Together<'a> {
    counted: Class,
    members: Vec<&'a Members>,
}

fn classes<'a>(all: &[&'a Alike], set: &[usize]) -> Vec<Together<'a>> {
    // What tells steps apart for people: what is done, and in which report.
    let mut classes: BTreeMap<(ActionKind, Option<&str>, Vec<u64>), Together<'a>> = BTreeMap::new();
    for alike in all {
        let of = |&place: &usize| alike.gains.get(place).copied().unwrap_or_default();
        let gains: Vec<u64> = set.iter().map(of).collect();
        if gains.iter().all(|&gain| gain == 0) {
            continue;
        }
        let kind = action::kind(&alike.of);
        let report = match &alike.of {
            Members::Lines { report, .. } => Some(report.as_str()),
            Members::Step(step, _) => action::report(step),
        };
        let cost = u64::from(kind != ActionKind::Wait);
        let counted = Class { gains: gains.clone(), supply: 0, cost };
        let class = classes
            .entry((kind, report, gains))
            .or_insert_with(|| Together { counted, members: Vec::new() });
        class.counted.supply = class.counted.supply.saturating_add(alike.of.supply());
        class.members.push(&alike.of);
    }
    classes.into_values().collect()
}
