//! `reports:` — what is expected to come, and how long it is waited for.

use std::collections::BTreeSet;

use super::{
    decode::{Needed, Spanned, format_schema, section, span_schema},
    globs::{self, Over},
    problem::Problems,
};
use crate::measure::{ContentKind, Format, RepoPath, Span};

section! {
    /// One report that rules use.
    struct RawReport {
        /// Its format. Recognised from its content where this is not given.
        #[schemars(schema_with = "format_schema", default)]
        format: Option<Spanned<Format>>,
        /// Its path: on disk for the command line, inside the artifact for the App. A glob that
        /// fits exactly one file will do.
        file: Needed<String>,
        /// The GitHub Actions artifact it is uploaded in. Without it, the App waits for the report to
        /// be uploaded by itself.
        artifact: Option<Spanned<String>>,
        /// The names of its parts, all of which must come. `{part}` in `artifact` or `file` stands
        /// for a part's name.
        parts: Option<Spanned<Vec<Spanned<String>>>>,
        /// What the paths in it begin with that is no part of the repository.
        strip_prefix: Option<Spanned<String>>,
        /// What the paths in it lack at their beginning, to be paths from the repository's root.
        add_prefix: Option<Spanned<String>>,
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
    /// The names of the parts that it is merged from; none for a report that is one file.
    pub parts: Vec<String>,
    /// How long it is waited for.
    pub deadline: Span,
    /// What the paths in it begin with that is no part of the repository.
    pub strip_prefix: Option<String>,
    /// What the paths in it lack at their beginning.
    pub add_prefix: Option<String>,
    /// Whether it is one of coverage, as its format says or a rule that uses it.
    pub is_coverage: bool,
}

/// What stands for the name of a part in the path of a file or the name of an artifact.
const PLACE: &str = "{part}";

impl ExpectedReport {
    /// What has to come for it: each of its parts under its name, as a report that is expected by
    /// itself; or the report itself, under none.
    #[must_use]
    pub fn by_part(&self) -> Vec<(Option<String>, Self)> {
        if self.parts.is_empty() {
            return vec![(None, self.clone())];
        }
        let part = |name: &String| {
            let filled = |text: &str| text.replace(PLACE, &globset::escape(name));
            let part = Self {
                name: format!("{}:{name}", self.name),
                file: filled(&self.file),
                artifact: self.artifact.as_deref().map(filled),
                parts: Vec::new(),
                ..self.clone()
            };
            (Some(name.clone()), part)
        };
        self.parts.iter().map(part).collect()
    }

    /// Where the command line looks for it. Parts that only their artifacts tell apart lie in folders
    /// of these names, as downloads put them.
    #[must_use]
    pub fn on_disk(&self, whole: &Self) -> String {
        match &self.artifact {
            Some(artifact) if !whole.parts.is_empty() && !whole.file.contains(PLACE) => {
                format!("{artifact}/{}", self.file)
            }
            Some(_) | None => self.file.clone(),
        }
    }
}

pub(super) const DEFAULT_DEADLINE_MINUTES: u32 = 60;

pub(super) fn validate(
    name: &Spanned<String>,
    raw: RawReport,
    problems: &mut Problems,
) -> Option<ExpectedReport> {
    let file = inside(raw.file.get()?, problems)?;
    let parts = parts(&raw, problems);
    let strip_prefix = prefix(raw.strip_prefix.as_ref(), |_| true, problems);
    let add_prefix = prefix(raw.add_prefix.as_ref(), RepoPath::is_inside, problems);
    let is_coverage =
        raw.format.as_ref().is_some_and(|format| format.value.kind() == ContentKind::Coverage);
    let parts = parts?;
    Some(ExpectedReport {
        name: name.value.clone(),
        format: raw.format.map(|format| format.value),
        file,
        artifact: raw.artifact.map(|artifact| artifact.value),
        parts,
        deadline: raw
            .deadline
            .map_or(Span::minutes(DEFAULT_DEADLINE_MINUTES), |deadline| deadline.value),
        strip_prefix: strip_prefix?,
        add_prefix: add_prefix?,
        is_coverage,
    })
}

/// The beginning of paths, if one is given; an error where it can be none.
fn prefix(
    raw: Option<&Spanned<String>>,
    is_one: impl Fn(&RepoPath) -> bool,
    problems: &mut Problems,
) -> Option<Option<String>> {
    let Some(raw) = raw else { return Some(None) };
    let path = RepoPath::normalised(&raw.value);
    if path.as_str().is_empty() || path.as_str().split('/').any(|s| s == "..") || !is_one(&path) {
        problems.add_with_hint(
            raw.place,
            "this is no beginning of a path",
            "name whole folders, for example src/main/java; what is added lies in the repository",
        );
        return None;
    }
    Some(Some(path.to_string()))
}

/// The longest name of a part, in characters.
const MAX_PART: usize = 100;

/// The names of the parts, which must tell the files apart.
fn parts(raw: &RawReport, problems: &mut Problems) -> Option<Vec<String>> {
    let places = [raw.file.get(), raw.artifact.as_ref()];
    let placed = places.into_iter().flatten().find(|text| text.value.contains(PLACE));
    let Some(parts) = &raw.parts else {
        let Some(text) = placed else { return Some(Vec::new()) };
        let message = "`{part}` stands for the name of a part, and this report has none";
        problems.add_with_hint(text.place, message, "give `parts:`, a list of names");
        return None;
    };
    if parts.value.is_empty() {
        problems
            .add(parts.place, "an empty list of parts; leave it out for a report that is one file");
        return None;
    }
    let mut sound = true;
    let mut known: Vec<String> = Vec::new();
    for Spanned { value: name, place } in &parts.value {
        let length = name.chars().count();
        let is_name = (1..=MAX_PART).contains(&length)
            && name.trim() == name
            && !name.contains(['/', '\\', '{', '}'])
            && !name.contains(char::is_control);
        if !is_name {
            let message = format!(
                "the name of a part has one to {MAX_PART} characters, without slashes and braces"
            );
            problems.add(*place, message);
            sound = false;
        } else if known.contains(name) {
            problems.add(*place, format!("the part `{name}` is named twice"));
            sound = false;
        }
        known.push(name.clone());
    }
    if placed.is_none() {
        problems.add_with_hint(
            parts.place,
            "nothing tells the parts of this report apart",
            "write `{part}` where the name of the part stands: `artifact: coverage-{part}`",
        );
        sound = false;
    }
    sound.then_some(known)
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

    /// The names of a report's parts.
    pub(super) fn parts(&self, name: &str) -> &[String] {
        let report = self.0.iter().find(|(known, _)| known == name);
        report.and_then(|(_, report)| report.as_ref()).map_or(&[], |report| &report.parts)
    }

    /// The names of all parts, each once.
    pub(super) fn all_parts(&self) -> Vec<String> {
        let reports = self.0.iter().filter_map(|(_, report)| report.as_ref());
        let parts: BTreeSet<&String> = reports.flat_map(|report| &report.parts).collect();
        parts.into_iter().cloned().collect()
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
