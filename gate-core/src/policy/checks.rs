//! `checks:` — other checks and statuses of its head have succeeded.

use super::{
    decode::{Needed, Spanned, section, span_schema, words},
    expected::Reports,
    globs::{self, Globs, Over},
    needs::Kind,
    problem::Problems,
};
use crate::measure::Span;

section! {
    /// Other checks and statuses of its head have succeeded. A job of Actions is known by its name,
    /// `tests (3.11)`, and by its workflow's too, `CI / tests (3.11)`.
    struct RawChecks {
        /// Globs over names. For each, there is a check that fits, and all that fit have succeeded.
        succeed: Needed<Vec<Spanned<String>>>,
        /// Checks that do not count, even if they fit.
        except: Option<Spanned<Vec<Spanned<String>>>>,
        /// Only checks of this App count, by its short name, for example `github-actions`.
        app: Option<Spanned<String>>,
        /// What a skipped check is worth. Default: `fail`.
        skipped: Option<Spanned<Acceptance>>,
        /// What a check that ended neutral is worth. Default: `fail`.
        neutral: Option<Spanned<Acceptance>>,
        /// How long a check is waited for that is not there. Default: `30m`.
        #[schemars(schema_with = "span_schema", default)]
        deadline: Option<Spanned<Span>>,
    }
}

words! {
    /// What a check is worth that neither succeeded nor failed.
    enum Acceptance, "choice" {
        /// It has not succeeded.
        Fail = "fail",
        /// It will do, unless another check of its App failed: a job is skipped, too, when one that
        /// it needs has failed.
        Allow = "allow",
    }
}

/// A checks rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChecksRule {
    /// For each of these there is a check, and all that fit have succeeded.
    pub succeed: Globs,
    /// Those that do not count.
    pub except: Option<Globs>,
    /// Only those of this App count.
    pub app: Option<String>,
    /// What a skipped check is worth.
    pub skipped: Acceptance,
    /// What a neutral check is worth.
    pub neutral: Acceptance,
    /// How long one is waited for that is not there.
    pub deadline: Span,
}

/// A workflow begins within minutes, if it does at all; this leaves room for a full queue.
const DEFAULT_DEADLINE_MINUTES: u32 = 30;

impl Kind for ChecksRule {}

pub(super) fn validate(
    raw: &Spanned<RawChecks>,
    _: &Reports,
    problems: &mut Problems,
) -> Option<ChecksRule> {
    let RawChecks { succeed, except, app, skipped, neutral, deadline } = &raw.value;
    let succeed = globs::list(succeed.get(), Over::Names, problems);
    let except = globs::list(except.as_ref(), Over::Names, problems);
    let worth = |choice: &Option<Spanned<Acceptance>>| {
        choice.as_ref().map_or(Acceptance::Fail, |choice| choice.value)
    };
    Some(ChecksRule {
        succeed: succeed??,
        except: except?,
        app: app.as_ref().map(|app| app.value.clone()),
        skipped: worth(skipped),
        neutral: worth(neutral),
        deadline: deadline
            .as_ref()
            .map_or(Span::minutes(DEFAULT_DEADLINE_MINUTES), |deadline| deadline.value),
    })
}
