//! `reports:` — what is expected to come, and how long it is waited for.

use super::{
    decode::{Needed, Spanned, format_schema, section, span_schema},
    globs::{self, Over},
    problem::Problems,
};
use crate::measure::{ContentKind, Format, Span};

section! {
    /// One report that rules use.
    struct RawReport {
        /// Its format. Recognised from its content where this is not given.
        #[schemars(schema_with = "format_schema", default)]
        format: Option<Spanned<Format>>,
        /// Its path: on disk for the command line, inside the artifact for the App. A glob that
        /// fits exactly one file will do.
        file: Needed<String>,
        /// The GitHub Actions artifact it is uploaded in.
        artifact: Option<Spanned<String>>,
        /// How long it is waited for while a job that may bring it is still at work. Default: `60m`.
        #[schemars(schema_with = "span_schema", default)]
        deadline: Option<Spanned<Span>>,
    }
}

/// One report that the policy expects.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpectedReport {
    /// Its name in the policy.
    pub name: String,
    /// Its format, where the policy fixes it.
    pub format: Option<Format>,
    /// Its path or glob, relative and within the folder it is looked for in.
    pub file: String,
    /// The artifact it comes in.
    pub artifact: Option<String>,
    /// How long it is waited for.
    pub deadline: Span,
}

pub(super) const DEFAULT_DEADLINE_MINUTES: u32 = 60;

pub(super) fn validate(
    name: &Spanned<String>,
    raw: RawReport,
    problems: &mut Problems,
) -> Option<ExpectedReport> {
    let file = inside(raw.file.get()?, problems)?;
    Some(ExpectedReport {
        name: name.value.clone(),
        format: raw.format.map(|format| format.value),
        file,
        artifact: raw.artifact.map(|artifact| artifact.value),
        deadline: raw
            .deadline
            .map_or(Span::minutes(DEFAULT_DEADLINE_MINUTES), |deadline| deadline.value),
    })
}

/// A path or glob that stays within the folder it is looked for in.
fn inside(file: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    let path = file.value.strip_prefix("./").unwrap_or(&file.value);
    let leaves = path.starts_with('/') || path.contains('\\') || path.split('/').any(|s| s == "..");
    if path.is_empty() || leaves {
        problems.add_with_hint(
            file.place,
            "a report's file is a relative path with `/` that stays in its folder",
            "for example reports/coverage.xml",
        );
        return None;
    }
    globs::one(path, Over::Paths, file.place, problems)?;
    Some(path.to_owned())
}

/// The reports of a policy as its rules look them up: each under its name, and nothing in the place
/// of one that could not be read.
pub(super) struct Reports(Vec<(String, Option<ExpectedReport>)>);

impl Reports {
    pub(super) fn new(reports: Vec<(String, Option<ExpectedReport>)>) -> Self {
        Self(reports)
    }

    pub(super) fn into_list(self) -> Vec<ExpectedReport> {
        self.0.into_iter().filter_map(|(_, report)| report).collect()
    }

    /// The name of the report that a rule judges, if there is such a one and its format (where the
    /// policy fixes one) holds what the rule judges.
    pub(super) fn find(
        &self,
        name: Option<&Spanned<String>>,
        kind: ContentKind,
        problems: &mut Problems,
    ) -> Option<String> {
        let Spanned { value: name, place } = name?;
        let Some((_, report)) = self.0.iter().find(|(known, _)| known == name) else {
            let known: Vec<String> = self.0.iter().map(|(known, _)| known.clone()).collect();
            if known.is_empty() {
                let message = format!("no such report: `{name}`");
                problems.add_with_hint(*place, message, "declare it under `reports:`");
            } else {
                problems.add_unknown(*place, "report", name, &known);
            }
            return None;
        };
        match report.as_ref().and_then(|report| report.format) {
            Some(format) if format.kind() != kind => {
                let (is, has, needs) = (format.title(), format.kind().word(), kind.word());
                problems.add(*place, format!("`{name}` is {is}, which has {has}, not {needs}"));
                None
            }
            Some(_) | None => Some(name.clone()),
        }
    }
}
