//! Floor 1: the merge bar, as `.github/gate.yml` states it.
//!
//! [`Policy::parse`] reads the file in three steps, and reports every problem of a step at once:
//! text → tree with places (`yaml`), tree → sections (`decode`, declared in `raw` and one file a
//! rule kind), sections → [`Policy`] (`validate`). Keys that nobody reads are problems.

mod coverage;
mod decode;
mod demands;
mod expected;
mod findings;
mod paths;
mod problem;
mod raw;
mod review;
mod schema;
mod validate;
mod vulnerabilities;
mod waiver;
mod yaml;

use decode::{Decode as _, Spanned};
use problem::Problems;

pub use coverage::{Bar, CoverageRule, Metric, Of, Partial, Ramp};
pub use demands::{Demands, Only, WithoutBaseline};
pub use expected::ExpectedReport;
pub use findings::FindingsRule;
pub use paths::Paths;
pub use problem::{Place, PolicyError, Problem};
pub use raw::{Mode, NoRule};
pub use review::{ChangesRequested, Conversations, ReviewRule, StaleApprovals};
pub use schema::schema;
pub use vulnerabilities::{Fix, VulnerabilitiesRule};
pub use waiver::{Waiver, WaiverSubject};
pub use yaml::MAX_BYTES;

use paths::glob;

/// A complete policy with every key explained, as `gate policy default` prints it.
pub const DEFAULT: &str = include_str!("default.yml");

/// A policy that was read and found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    reports: Vec<ExpectedReport>,
    rules: Vec<Rule>,
    waivers: Vec<Waiver>,
    no_rule: NoRule,
    text: String,
}

/// One named requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Its name: a sentence that completes "this can be merged because …".
    pub name: String,
    /// Whether it decides.
    pub mode: Mode,
    /// What it requires.
    pub kind: RuleKind,
    /// Its line in the policy.
    pub line: usize,
}

/// What a rule requires, by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleKind {
    /// So much of the code must have run in the tests.
    Coverage(CoverageRule),
    /// At most so many flaws.
    Findings(FindingsRule),
    /// At most so many known vulnerabilities.
    Vulnerabilities(VulnerabilitiesRule),
    /// People have looked at it.
    Review(ReviewRule),
}

impl RuleKind {
    /// The words of all kinds.
    pub const WORDS: &'static [&'static str] =
        &["coverage", "findings", "vulnerabilities", "review"];

    /// The word for it: its key in the policy.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Coverage(_) => "coverage",
            Self::Findings(_) => "findings",
            Self::Vulnerabilities(_) => "vulnerabilities",
            Self::Review(_) => "review",
        }
    }

    /// The report it judges, by its name in the policy; none for what judges the pull request.
    #[must_use]
    pub fn report(&self) -> Option<&str> {
        match self {
            Self::Coverage(rule) => Some(&rule.report),
            Self::Findings(rule) => Some(&rule.report),
            Self::Vulnerabilities(rule) => Some(&rule.report),
            Self::Review(_) => None,
        }
    }
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// With every problem of the file: unknown and doubled keys, wrong types, names that nothing
    /// has, bars that cannot be met.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut problems = Problems::default();
        let raw = yaml::parse(text, &mut problems)
            .and_then(|root| raw::RawPolicy::decode(&root, &mut problems));
        let policy = raw.and_then(|raw| validate::validate(raw, text, &mut problems));
        match (policy, problems.into_sorted()) {
            (Some(policy), problems) if problems.is_empty() => Ok(policy),
            (_, problems) => Err(PolicyError::new(problems)),
        }
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

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// `without-baseline` makes sense only where there is a comparison with one.
fn needs_baseline(only: Only, answer: Option<&Spanned<WithoutBaseline>>, problems: &mut Problems) {
    if let Some(answer) = answer.filter(|_| only == Only::Present) {
        problems.add_with_hint(
            answer.place,
            "this rule does not compare with a baseline",
            "add `only: introduced`, or leave this key out",
        );
    }
}

#[cfg(test)]
mod tests;
