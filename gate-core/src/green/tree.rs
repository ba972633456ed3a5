//! From the verdict's tree to what has to be gained: which constraints there are, and which sets of them
//! are enough.

use std::borrow::Cow;

use super::table;
use crate::{
    measure::Outcome,
    rule::{Code, Gain, Mend, Offer, Reason, RuleVerdict, What},
};

/// So many sets of constraints are looked at; a policy with more choices is not searched to its end.
const MAX_ALTERNATIVES: usize = 512;

/// One thing that has to be gained, and the rule that asks for it.
pub(super) struct Constraint<'a> {
    pub(super) rule: &'a str,
    pub(super) gain: Cow<'a, Gain>,
}

/// How constraints belong together.
enum Tree {
    One(usize),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// What is in the way of some rules.
#[derive(Default)]
pub(super) struct InTheWay<'a> {
    pub(super) constraints: Vec<Constraint<'a>>,
}

/// The sets of constraints of which one has to be met in full.
pub(super) struct Alternatives {
    pub(super) sets: Vec<Vec<usize>>,
    /// Whether these are all.
    pub(super) complete: bool,
}

impl<'a> InTheWay<'a> {
    /// What is in the way of these rules, all of which have to hold.
    pub(super) fn of(rules: &[&'a RuleVerdict]) -> (Self, Alternatives) {
        let mut this = Self::default();
        let trees = rules.iter().filter_map(|rule| this.rule(rule)).collect();
        let alternatives = alternatives(&Tree::All(trees));
        (this, alternatives)
    }

    /// Nothing for a rule that lets the gate pass.
    fn rule(&mut self, rule: &'a RuleVerdict) -> Option<Tree> {
        if !is_in_the_way(rule.outcome) {
            return None;
        }
        let reasons = rule.reasons.iter().filter(|reason| is_in_the_way(reason.outcome));
        let trees = reasons.map(|reason| self.reason(rule, reason)).collect();
        Some(Tree::All(trees))
    }

    fn reason(&mut self, rule: &'a RuleVerdict, reason: &'a Reason) -> Tree {
        // A rule that does not apply is no way to pass a group.
        let mut parts = || rule.parts.iter().filter_map(|part| self.rule(part)).collect();
        match (reason.code, rule.parts.is_empty()) {
            (Code::AnyOf, false) => Tree::Any(parts()),
            (Code::AllOf, false) => Tree::All(parts()),
            _ => match &reason.mend {
                Some(mend) => self.mend(&rule.name, mend),
                None => self.told(&rule.name, table::by_its_code(reason)),
            },
        }
    }

    fn mend(&mut self, rule: &'a str, mend: &'a Mend) -> Tree {
        match mend {
            Mend::Gain(gain) => self.constraint(rule, Cow::Borrowed(gain)),
            Mend::AllOf(all) => Tree::All(all.iter().map(|mend| self.mend(rule, mend)).collect()),
            Mend::AnyOf(any) => Tree::Any(any.iter().map(|mend| self.mend(rule, mend)).collect()),
        }
    }

    fn told(&mut self, rule: &'a str, mend: Mend) -> Tree {
        match mend {
            Mend::Gain(gain) => self.constraint(rule, Cow::Owned(gain)),
            Mend::AllOf(all) => {
                Tree::All(all.into_iter().map(|mend| self.told(rule, mend)).collect())
            }
            Mend::AnyOf(any) => {
                Tree::Any(any.into_iter().map(|mend| self.told(rule, mend)).collect())
            }
        }
    }

    /// How much has to be gained for this constraint.
    pub(super) fn need(&self, place: usize) -> u128 {
        self.constraints.get(place).map_or(0, |constraint| constraint.gain.need)
    }

    /// Whether these constraints list every step that would serve them.
    pub(super) fn lists_all(&self, places: &[usize]) -> bool {
        let mut these = places.iter().filter_map(|&place| self.constraints.get(place));
        these.all(|constraint| {
            let known = |offer: &Offer| !matches!(offer.what, What::Group { is_known: false, .. });
            constraint.gain.complete && constraint.gain.offers.iter().all(known)
        })
    }

    /// The rules of these constraints, each once, in the order of the policy.
    pub(super) fn rules(&self, places: &[usize]) -> Vec<String> {
        let rules =
            places.iter().filter_map(|&place| Some(self.constraints.get(place)?.rule.to_owned()));
        let mut rules: Vec<String> = rules.collect();
        rules.dedup();
        rules
    }

    fn constraint(&mut self, rule: &'a str, gain: Cow<'a, Gain>) -> Tree {
        self.constraints.push(Constraint { rule, gain });
        Tree::One(self.constraints.len() - 1)
    }
}

/// Whether it keeps a gate from passing.
pub(super) const fn is_in_the_way(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Failed | Outcome::Inconclusive | Outcome::Pending => true,
        Outcome::Passed | Outcome::Skipped => false,
    }
}

fn alternatives(tree: &Tree) -> Alternatives {
    match tree {
        Tree::One(constraint) => Alternatives { sets: vec![vec![*constraint]], complete: true },
        Tree::Any(trees) => {
            let mut all = Alternatives { sets: Vec::new(), complete: true };
            for tree in trees {
                let of = alternatives(tree);
                all.complete &= of.complete;
                all.sets.extend(of.sets);
            }
            all.cut()
        }
        Tree::All(trees) => {
            let mut all = Alternatives { sets: vec![Vec::new()], complete: true };
            for tree in trees {
                let of = alternatives(tree);
                let both = |one: &Vec<usize>| {
                    let joined = |other: &Vec<usize>| [one.as_slice(), other].concat();
                    of.sets.iter().map(joined).collect::<Vec<_>>()
                };
                let sets = all.sets.iter().flat_map(both).take(MAX_ALTERNATIVES + 1).collect();
                all = Alternatives { sets, complete: all.complete && of.complete }.cut();
            }
            all
        }
    }
}

impl Alternatives {
    fn cut(mut self) -> Self {
        self.complete &= self.sets.len() <= MAX_ALTERNATIVES;
        self.sets.truncate(MAX_ALTERNATIVES);
        self
    }
}
