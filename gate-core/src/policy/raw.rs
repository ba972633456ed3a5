//! What the file says, key by key. [`validate`](super::validate) makes a [`Policy`](super::Policy)
//! of it, which cannot be wrong.

use super::{
    coverage::RawCoverage,
    decode::{Named, Needed, Spanned, named_schema, section, words},
    expected::RawReport,
    findings::RawFindings,
    review::RawReview,
    vulnerabilities::RawVulnerabilities,
    waiver::RawWaiver,
};

section! {
    /// The merge bar of a repository.
    struct RawPolicy {
        /// The version of this file's form. This gate reads version 1.
        version: Needed<u64>,
        /// The reports that rules use, under names of your choice.
        #[schemars(schema_with = "named_schema::<RawReport>", default)]
        reports: Option<Spanned<Named<RawReport>>>,
        /// The rules. A rule's name is a sentence that completes "this can be merged because …".
        #[schemars(schema_with = "named_schema::<RawRule>")]
        rules: Needed<Named<RawRule>>,
        /// Stated exceptions, each with its reason.
        waivers: Option<Spanned<Vec<Spanned<RawWaiver>>>>,
        /// What a gate is worth when no required rule applied. Default: `inconclusive`.
        when_no_rule_applies: Option<Spanned<NoRule>>,
    }
}

section! {
    /// One requirement. It has exactly one kind.
    struct RawRule {
        /// Whether the rule decides. Default: `required`.
        mode: Option<Spanned<Mode>>,
        /// So much of the code must have run in the tests.
        coverage: Option<Spanned<RawCoverage>>,
        /// At most so many flaws of such a severity.
        findings: Option<Spanned<RawFindings>>,
        /// At most so many known vulnerabilities of dependencies.
        vulnerabilities: Option<Spanned<RawVulnerabilities>>,
        /// People have looked at it.
        review: Option<Spanned<RawReview>>,
    }
}

words! {
    /// Whether a rule decides.
    enum Mode, "mode" {
        /// It decides.
        Required = "required",
        /// It is evaluated and shown, and never changes the gate.
        Advisory = "advisory",
        /// It is evaluated, and only what it would have said is reported.
        Shadow = "shadow",
    }
}

words! {
    /// What a gate is worth when no required rule applied.
    enum NoRule, "outcome" {
        /// It does not pass.
        Inconclusive = "inconclusive",
        /// It passes.
        Pass = "pass",
    }
}
