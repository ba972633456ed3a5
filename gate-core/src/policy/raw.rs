//! What the file says, key by key. [`validate`](super::validate) makes a [`Policy`](super::Policy)
//! of it, which cannot be wrong.

use super::{
    decode::{Named, Needed, Spanned, extends_schema, named_schema, section, words},
    expected::RawReport,
    extends::Extends,
    kinds::RawRule,
    waiver::RawWaiver,
};

section! {
    /// The merge bar of a repository.
    struct RawPolicy {
        /// The version of this file's form. This gate reads version 1.
        version: Needed<u64>,
        /// Another policy that this one adds to, pinned to a ref: `owner/repository@ref:path`. A
        /// rule or report of the same name here takes the place of the one there.
        #[schemars(schema_with = "extends_schema", default)]
        extends: Option<Spanned<Extends>>,
        /// The reports that rules use, under names of your choice.
        #[schemars(schema_with = "named_schema::<RawReport>", default)]
        reports: Option<Spanned<Named<RawReport>>>,
        /// The rules. A rule's name is a sentence that completes "this can be merged because …".
        /// Needed, unless another policy is extended.
        #[schemars(schema_with = "named_schema::<RawRule>", default)]
        rules: Option<Spanned<Named<RawRule>>>,
        /// Stated exceptions, each with its reason.
        waivers: Option<Spanned<Vec<Spanned<RawWaiver>>>>,
        /// The most days that a waiver may hold; each then states `from` and `expires`. Default: any
        /// number, and without an end.
        waiver_days_at_most: Option<Spanned<u64>>,
        /// Whether each waiver must name its owner. Default: `optional`.
        waiver_owner: Option<Spanned<WaiverOwner>>,
        /// What a gate is worth when no required rule applied. Default: `inconclusive`.
        when_no_rule_applies: Option<Spanned<NoRule>>,
        /// Whether the App keeps one comment on the pull request, beside its check. Default: `never`.
        comment: Option<Spanned<Comment>>,
        /// How many places the App shows beside the code at most, 0 to 1000. Default: 50.
        annotations: Option<Spanned<u64>>,
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

words! {
    /// Whether each waiver must name its owner.
    enum WaiverOwner, "choice" {
        /// It may.
        Optional = "optional",
        /// It must.
        Required = "required",
    }
}

words! {
    /// Whether the App keeps one comment on the pull request, beside its check.
    enum Comment, "choice" {
        /// From the first look on.
        Always = "always",
        /// From the first time that the gate is failed or inconclusive; it then says when it is green.
        WhenNotGreen = "when-not-green",
        /// The check says it all.
        Never = "never",
    }
}
