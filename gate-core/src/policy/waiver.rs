//! `waivers:` — stated exceptions, each with its reason, and with a day on which it ends.

use jiff::civil::Date;

use super::{
    decode::{Needed, Spanned, date_schema, section},
    paths::Paths,
    problem::Problems,
    validate::Names,
};
use crate::measure::Message;

section! {
    /// A stated exception: for one vulnerability, or for one kind of finding.
    struct RawWaiver {
        /// The vulnerability, by its id or any alias of it.
        vulnerability: Option<Spanned<String>>,
        /// The kind of finding, by the tool's name for it, for example `B101`.
        finding: Option<Spanned<String>>,
        /// Only in this package (with `vulnerability`).
        package: Option<Spanned<String>>,
        /// Only in these files (with `finding`).
        paths: Option<Spanned<Vec<Spanned<String>>>>,
        /// Only for this rule.
        rule: Option<Spanned<String>>,
        /// Why.
        reason: Needed<String>,
        /// The last day on which it holds (UTC). Without it, it holds for good.
        #[schemars(schema_with = "date_schema", default)]
        expires: Option<Spanned<Date>>,
    }
}

/// A stated exception.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiver {
    /// What it excepts.
    pub subject: WaiverSubject,
    /// Only for this rule, where it names one.
    pub rule: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Its line in the policy.
    pub line: usize,
}

/// What a waiver excepts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaiverSubject {
    /// A vulnerability, by id or alias.
    Vulnerability {
        /// The id.
        id: String,
        /// Only in this package, normalised.
        package: Option<String>,
    },
    /// A kind of finding.
    Finding {
        /// The tool's name for the kind.
        rule: String,
        /// Only in these files.
        paths: Paths,
    },
}

impl Waiver {
    /// Whether it holds on this day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.expires.is_none_or(|last| day <= last)
    }

    /// What it excepts, in words.
    #[must_use]
    pub fn describe(&self) -> Message {
        let message = match &self.subject {
            WaiverSubject::Vulnerability { id, package: None } => Message::default().quote(id),
            WaiverSubject::Vulnerability { id, package: Some(package) } => {
                Message::default().quote(id).say(" in ").quote(package)
            }
            WaiverSubject::Finding { rule, paths } if paths.is_everything() => {
                Message::default().quote(rule)
            }
            WaiverSubject::Finding { rule, paths } => {
                Message::default().quote(rule).say(" ").quote(paths.describe())
            }
        };
        match &self.rule {
            Some(rule) => message.say(" for ").quote(rule),
            None => message,
        }
    }
}

pub(super) fn validate(
    raw: Spanned<RawWaiver>,
    rules: &Names,
    text: &str,
    problems: &mut Problems,
) -> Option<Waiver> {
    let place = raw.place;
    let RawWaiver { vulnerability, finding, package, paths, rule, reason, expires } = raw.value;
    let reason = reason.take();
    if let Some(reason) = reason.as_ref().filter(|reason| reason.value.trim().is_empty()) {
        problems.add(reason.place, "a waiver needs a reason");
    }
    if let Some(rule) = &rule {
        rules.check(rule, "rule", problems);
    }
    let subject = match (vulnerability, finding) {
        (Some(vulnerability), None) => {
            foreign(paths.as_ref(), "`paths` belongs to a `finding`", problems);
            let package = package.map(|package| crate::measure::normalised_package(&package.value));
            WaiverSubject::Vulnerability { id: id(vulnerability, problems)?, package }
        }
        (None, Some(finding)) => {
            foreign(package.as_ref(), "`package` belongs to a `vulnerability`", problems);
            let paths = Paths::including(paths.as_ref(), problems);
            WaiverSubject::Finding { rule: id(finding, problems)?, paths: paths? }
        }
        (None, None) if problems.are_in(place) => return None,
        (None, None) | (Some(_), Some(_)) => {
            problems.add_with_hint(
                place.first(),
                "a waiver excepts one thing",
                "give either `vulnerability: ID` or `finding: ID`",
            );
            return None;
        }
    };
    Some(Waiver {
        subject,
        rule: rule.map(|rule| rule.value),
        reason: reason?.value,
        expires: expires.map(|day| day.value),
        line: place.line(text),
    })
}

fn id(text: Spanned<String>, problems: &mut Problems) -> Option<String> {
    if text.value.trim().is_empty() || text.value.contains(['*', '?']) {
        problems.add(text.place, "a waiver names one id in full, without wildcards");
        return None;
    }
    Some(text.value)
}

fn foreign<T>(key: Option<&Spanned<T>>, message: &str, problems: &mut Problems) {
    if let Some(key) = key {
        problems.add(key.place, message);
    }
}
