//! The rule kinds, in one table. The keys of a rule, [`RuleKind`], and the way from one to the other
//! come from it.

use super::{
    Rule,
    changes::{self, ChangesRule, RawChanges},
    checks::{self, ChecksRule, RawChecks},
    commits::{self, CommitsRule, RawCommits},
    coverage::{self, CoverageRule, RawCoverage},
    decode::{Named, Spanned, named_schema, percent_schema, section},
    expected::Reports,
    findings::{self, FindingsRule, RawFindings},
    labels::{self, LabelsRule, RawLabels},
    metric::{self, MetricRule, RawMetric},
    needs::{Kind as _, Needs},
    problem::Problems,
    protection::{self, ProtectionRule, RawProtection},
    raw::Mode,
    review::{self, RawReview, ReviewRule},
    tests::{self, RawTests, TestsRule},
    title::{self, RawTitle, TitleRule},
    vulnerabilities::{self, RawVulnerabilities, VulnerabilitiesRule},
    weakening::{self, RawWeakening, WeakeningRule},
    when::RawWhen,
};
use crate::measure::Percent;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $module:ident: $raw:ident => $rule:ident;)+) => {
        /// What a rule requires, by kind.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum RuleKind {
            $($(#[$doc])* $variant($rule),)+
            /// One of these rules must hold.
            AnyOf(Vec<Rule>),
            /// All of these rules must hold.
            AllOf(Vec<Rule>),
        }

        impl RuleKind {
            /// The words of all kinds that judge something themselves.
            pub const WORDS: &'static [&'static str] = &[$(stringify!($module)),+];

            /// The word for it: its key in the policy.
            #[must_use]
            pub const fn word(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => stringify!($module),)+
                    Self::AnyOf(_) => "any-of",
                    Self::AllOf(_) => "all-of",
                }
            }

            /// The report it judges, by its name in the policy; none for a group, and for what
            /// judges the pull request.
            #[must_use]
            pub fn report(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(rule) => rule.report(),)+
                    Self::AnyOf(_) | Self::AllOf(_) => None,
                }
            }

            /// Whether it judges the coverage of this report.
            pub(super) fn measures(&self, report: &str) -> bool {
                matches!(self, Self::Coverage(rule) if rule.report == report)
            }

            /// What it has to know beside its report; of a group, without its parts.
            pub(super) fn needs(&self) -> Needs {
                match self {
                    $(Self::$variant(rule) => rule.needs(),)+
                    Self::AnyOf(_) | Self::AllOf(_) => Needs::default(),
                }
            }

            /// What it counts, in words, where the past of that is asked for; of a group, without
            /// its parts.
            #[must_use]
            pub fn measure(&self) -> Option<String> {
                match self {
                    $(Self::$variant(rule) => rule.measure(),)+
                    Self::AnyOf(_) | Self::AllOf(_) => None,
                }
            }

            /// The parts of a group.
            #[must_use]
            pub fn parts(&self) -> &[Rule] {
                match self {
                    $(Self::$variant(_) => &[],)+
                    Self::AnyOf(parts) | Self::AllOf(parts) => parts,
                }
            }
        }

        section! {
            /// One requirement. It has exactly one kind.
            struct RawRule {
                /// Whether the rule decides. Default: `required`.
                mode: Option<Spanned<Mode>>,
                /// The rule applies only where all of this holds; elsewhere it is skipped.
                when: Option<Spanned<RawWhen>>,
                /// The rule is skipped where all of this holds.
                unless: Option<Spanned<RawWhen>>,
                /// It decides for so many of the pull requests, and is advisory for the others.
                #[schemars(schema_with = "percent_schema", default)]
                rollout: Option<Spanned<Percent>>,
                $($(#[$doc])* $module: Option<Spanned<$raw>>,)+
                /// One of these rules must hold.
                #[schemars(schema_with = "named_schema::<RawRule>", default)]
                any_of: Option<Spanned<Named<RawRule>>>,
                /// All of these rules must hold.
                #[schemars(schema_with = "named_schema::<RawRule>", default)]
                all_of: Option<Spanned<Named<RawRule>>>,
            }
        }

        /// How many kinds a rule states, and the one that is sound.
        pub(super) fn validate(
            raw: &RawRule,
            reports: &Reports,
            problems: &mut Problems,
            mut parts: impl FnMut(&Spanned<Named<RawRule>>, &mut Problems) -> Option<Vec<Rule>>,
        ) -> (usize, Option<RuleKind>) {
            let mut stated = 0;
            let mut sound = None;
            $(if let Some(section) = &raw.$module {
                stated += 1;
                sound = $module::validate(section, reports, problems).map(RuleKind::$variant);
            })+
            if let Some(group) = &raw.any_of {
                stated += 1;
                sound = parts(group, problems).map(RuleKind::AnyOf);
            }
            if let Some(group) = &raw.all_of {
                stated += 1;
                sound = parts(group, problems).map(RuleKind::AllOf);
            }
            (stated, sound)
        }
    };
}

kinds! {
    /// So much of the code must have run in the tests.
    Coverage = coverage: RawCoverage => CoverageRule;
    /// At most so many flaws of such a severity.
    Findings = findings: RawFindings => FindingsRule;
    /// At most so many known vulnerabilities of dependencies.
    Vulnerabilities = vulnerabilities: RawVulnerabilities => VulnerabilitiesRule;
    /// The tests were run, and as many came out as they should.
    Tests = tests: RawTests => TestsRule;
    /// A number of a report is as it should be.
    Metric = metric: RawMetric => MetricRule;
    /// People have looked at it.
    Review = review: RawReview => ReviewRule;
    /// It has such labels, and no other.
    Labels = labels: RawLabels => LabelsRule;
    /// Its title has such a form.
    Title = title: RawTitle => TitleRule;
    /// Its commits are signed, and their messages have such a form.
    Commits = commits: RawCommits => CommitsRule;
    /// It changes such files, not others, and not too much.
    Changes = changes: RawChanges => ChangesRule;
    /// Other checks and statuses of its head have succeeded.
    Checks = checks: RawChecks => ChecksRule;
    /// It does not loosen the bar itself, or somebody named has approved its head.
    Weakening = weakening: RawWeakening => WeakeningRule;
    /// Its base branch is protected as it must be.
    Protection = protection: RawProtection => ProtectionRule;
}
