//! Floor 1: the merge bar, as `.github/gate.yml` states it.
//!
//! [`Policy::parse`] reads the file in three steps, and reports every problem of a step at once:
//! text → tree with places (`yaml`), tree → sections (`decode`, declared in `raw` and one file a
//! rule kind), sections → [`Policy`] (`validate`). Keys that nobody reads are problems.

mod best;
mod cases;
mod changes;
mod checks;
mod commits;
mod coverage;
mod decode;
mod demands;
mod expected;
mod explain;
mod extends;
mod findings;
mod globs;
mod kinds;
mod labels;
mod logins;
mod metric;
mod needs;
mod paths;
mod pattern;
mod people;
mod problem;
mod protection;
mod raw;
mod review;
mod schema;
mod tests;
mod title;
mod validate;
mod versions;
mod vulnerabilities;
mod waiver;
mod weakening;
mod when;
mod yaml;

use std::collections::BTreeSet;

use decode::Decode as _;
use problem::Problems;

use crate::measure::Percent;

pub use best::Best;
pub use cases::{ExpectedRule, Given, GivenReport, PolicyTests, TestCase};
pub use changes::ChangesRule;
pub use checks::{Acceptance, ChecksRule};
pub use commits::{CommitsRule, Merges, Messages, Signed};
pub use coverage::{Bar, CoverageRule, LineClass, Metric, Of, Partial, Ramp};
pub use demands::{Demands, Only, WithoutBaseline};
pub use expected::ExpectedReport;
pub use explain::{ExplainedKey, Explanation};
pub use extends::{Extended, Extends, ExtendsError, Source};
pub use findings::FindingsRule;
pub use globs::Globs;
pub use kinds::RuleKind;
pub use labels::LabelsRule;
pub use metric::{Better, MetricRule, Tolerance};
pub(crate) use needs::Kind;
pub use needs::Needs;
pub use paths::Paths;
pub use pattern::Pattern;
pub use people::People;
pub use problem::{Place, PolicyError, Problem, nearest};
pub use protection::{Demanded, Forbidden, GateCheck, ProtectionRule, Resolution, StaleDismissal};
pub use raw::{Comment, Mode, NoRule, WaiverOwner};
pub use review::{
    ChangesRequested, CodeOwners, Conversations, LastPush, ReviewRule, StaleApprovals,
};
pub use schema::schema;
pub use tests::TestsRule;
pub use title::TitleRule;
pub use versions::Versions;
pub use vulnerabilities::{Fix, VulnerabilitiesRule};
pub use waiver::{Waiver, WaiverSubject};
pub use weakening::{Weakening, WeakeningRule};
pub use when::Condition;
pub use yaml::MAX_BYTES;

/// A complete policy with every key explained, as `gate policy default` prints it.
pub const DEFAULT: &str = include_str!("default.yml");

/// A policy that was read and found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    reports: Vec<ExpectedReport>,
    rules: Vec<Rule>,
    waivers: Vec<Waiver>,
    no_rule: NoRule,
    comment: Comment,
    annotations: usize,
    text: String,
    extended: Option<Extended>,
    /// What its waivers must have, for who extends it.
    waiver_days: Option<u64>,
    waiver_owner: WaiverOwner,
}

/// One named requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Its name: a sentence that completes "this can be merged because …".
    pub name: String,
    /// Whether it decides.
    pub mode: Mode,
    /// It applies only where this holds.
    pub when: Option<Condition>,
    /// It does not apply where this holds.
    pub unless: Option<Condition>,
    /// It decides for so many of the pull requests, and is advisory for the others.
    pub rollout: Option<Percent>,
    /// What it requires.
    pub kind: RuleKind,
    /// Its line in the policy.
    pub line: usize,
    /// Which policy it is of, where one extends another.
    pub source: Option<Source>,
}

impl Rule {
    /// This rule, and those that it is made of.
    #[must_use]
    pub fn with_parts(&self) -> Vec<&Self> {
        let mut all = vec![self];
        for part in self.kind.parts() {
            all.extend(part.with_parts());
        }
        all
    }

    pub(crate) fn needs(&self) -> Needs {
        let conditions = self.when.iter().chain(&self.unless);
        conditions.fold(self.kind.needs(), |needs, condition| needs.and(condition.needs()))
    }
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// With every problem of the file: unknown and doubled keys, wrong types, names that nothing
    /// has, bars that cannot be met. A policy that extends another cannot be read without that.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        Self::parse_extending(text, None)
    }

    /// Reads a policy, with the text of the one that it extends.
    ///
    /// # Errors
    /// The same, and when the other cannot be used, extends a third one, or none is extended.
    pub fn parse_extending(text: &str, extended: Option<&str>) -> Result<Self, PolicyError> {
        let bare = |text| str::strip_prefix(text, '\u{feff}').unwrap_or(text);
        let (text, extended) = (bare(text), extended.map(bare));
        let mut problems = Problems::default();
        let raw = yaml::parse(text, &mut problems)
            .and_then(|root| raw::RawPolicy::decode(&root, &mut problems));
        let policy = raw.and_then(|raw| validate::validate(raw, (text, extended), &mut problems));
        match (policy, problems.into_sorted()) {
            (Some(policy), problems) if problems.is_empty() => Ok(policy),
            (_, problems) => Err(PolicyError::new(problems)),
        }
    }

    /// Which policy the one of this text extends, if it says so; to be fetched, and given to
    /// [`parse_extending`](Self::parse_extending).
    #[must_use]
    pub fn extends(text: &str) -> Option<Extends> {
        extends::of(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// The policy that it extends.
    #[must_use]
    pub const fn extended(&self) -> Option<&Extended> {
        self.extended.as_ref()
    }

    /// The reports it expects, in the order of the file.
    #[must_use]
    pub fn reports(&self) -> &[ExpectedReport] {
        &self.reports
    }

    /// The report of this name.
    #[must_use]
    pub fn report(&self, name: &str) -> Option<&ExpectedReport> {
        self.reports.iter().find(|report| report.name == name)
    }

    /// Its rules, in the order of the file.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Its rules, each group followed by its parts.
    #[must_use]
    pub fn rules_and_parts(&self) -> Vec<&Rule> {
        self.rules.iter().flat_map(Rule::with_parts).collect()
    }

    /// What has to be gathered for it, beside its reports and the pull request.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let all = self.rules_and_parts();
        all.into_iter().fold(Needs::default(), |needs, rule| needs.and(rule.needs()))
    }

    /// What its rules count of which the past is asked for, in words.
    #[must_use]
    pub fn measures(&self) -> BTreeSet<String> {
        self.rules_and_parts().into_iter().filter_map(|rule| rule.kind.measure()).collect()
    }

    /// Its waivers, in the order of the file.
    #[must_use]
    pub fn waivers(&self) -> &[Waiver] {
        &self.waivers
    }

    /// What the gate is worth when no required rule applied.
    #[must_use]
    pub const fn when_no_rule_applies(&self) -> NoRule {
        self.no_rule
    }

    /// Whether the App keeps a comment on the pull request.
    #[must_use]
    pub const fn comment(&self) -> Comment {
        self.comment
    }

    /// How many places the App shows beside the code at most.
    #[must_use]
    pub const fn annotations(&self) -> usize {
        self.annotations
    }

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod parse_tests;
