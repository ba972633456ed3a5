//! `waivers:` — stated exceptions, each with its reason, and with a day on which it ends.

use jiff::civil::Date;

use super::{
    decode::{Needed, Spanned, date_schema, section},
    paths::Paths,
    problem::{Place, Problems},
    raw::WaiverOwner,
    validate::Names,
    versions::Versions,
};
use crate::measure::{Message, normalised_package};

section! {
    /// A stated exception: for one vulnerability, for one kind of finding, or for one test.
    struct RawWaiver {
        /// The vulnerability, by its id or any alias of it.
        vulnerability: Option<Spanned<String>>,
        /// The kind of finding, by the tool's name for it, for example `B101`.
        finding: Option<Spanned<String>>,
        /// The test, by its full name.
        test: Option<Spanned<String>>,
        /// Only in this package (with `vulnerability`).
        package: Option<Spanned<String>>,
        /// Only in these versions of it (with `vulnerability`), for example `<2.0`.
        versions: Option<Spanned<String>>,
        /// Only in these files (with `finding` or `test`).
        paths: Option<Spanned<Vec<Spanned<String>>>>,
        /// Only in this part of its report: what another part has too counts.
        part: Option<Spanned<String>>,
        /// Only for this rule.
        rule: Option<Spanned<String>>,
        /// Why.
        reason: Needed<String>,
        /// Who answers for it.
        owner: Option<Spanned<String>>,
        /// The first day on which it holds (UTC). Without it, it holds at once.
        #[schemars(schema_with = "date_schema", default)]
        from: Option<Spanned<Date>>,
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
    /// Only in this part of its report, where it names one.
    pub part: Option<String>,
    /// Only for this rule, where it names one.
    pub rule: Option<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The first day on which it holds.
    pub from: Option<Date>,
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
        /// Only in these versions of it.
        versions: Option<Versions>,
    },
    /// A kind of finding.
    Finding {
        /// The tool's name for the kind.
        rule: String,
        /// Only in these files.
        paths: Paths,
    },
    /// A test.
    Test {
        /// Its full name.
        name: String,
        /// Only in these files.
        paths: Paths,
    },
}

impl Waiver {
    /// Whether it holds on this day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.expires.is_none_or(|last| day <= last) && !self.begins_after(day)
    }

    /// Whether it does not hold yet on this day.
    #[must_use]
    pub fn begins_after(&self, day: Date) -> bool {
        self.from.is_some_and(|first| day < first)
    }

    /// What it excepts, in words.
    #[must_use]
    pub fn describe(&self) -> Message {
        let (name, message) = match &self.subject {
            WaiverSubject::Vulnerability { id, package, versions } => {
                let mut scope = Message::default();
                if let Some(package) = package {
                    scope = scope.say(" in ").quote(package);
                }
                if let Some(versions) = versions {
                    scope = scope.say(" ").quote(versions.text());
                }
                (id, scope)
            }
            WaiverSubject::Finding { rule: name, paths } | WaiverSubject::Test { name, paths } => {
                let scope = Message::default();
                let everywhere = paths.is_everything();
                let scope = if everywhere { scope } else { scope.say(" ").quote(paths.describe()) };
                (name, scope)
            }
        };
        let mut message = Message::default().quote(name).then(&message);
        if let Some(part) = &self.part {
            message = message.say(" of the part ").quote(part);
        }
        match &self.rule {
            Some(rule) => message.say(" for ").quote(rule),
            None => message,
        }
    }
}

/// What the policy asks of every waiver.
pub(super) struct Asked<'a> {
    pub(super) rules: &'a Names,
    /// The parts of all reports.
    pub(super) parts: &'a Names,
    pub(super) most_days: Option<u64>,
    pub(super) owner: WaiverOwner,
    pub(super) text: &'a str,
}

pub(super) fn validate(
    raw: Spanned<RawWaiver>,
    asked: &Asked<'_>,
    problems: &mut Problems,
) -> Option<Waiver> {
    let place = raw.place;
    let damaged = problems.are_in(place);
    let raw = raw.value;
    if let Some(rule) = &raw.rule {
        asked.rules.check(rule, "rule", problems);
    }
    if let Some(part) = &raw.part {
        asked.parts.check(part, "part of a report", problems);
    }
    for (text, what) in [(raw.reason.get(), "a reason"), (raw.owner.as_ref(), "an owner")] {
        if let Some(text) = text.filter(|text| text.value.trim().is_empty()) {
            problems.add(text.place, format!("a waiver needs {what}"));
        }
    }
    if asked.owner == WaiverOwner::Required && raw.owner.is_none() && !damaged {
        problems.add(place.first(), "`owner` is missing here; the policy asks for it");
    }
    if !damaged {
        length(&raw, place, asked.most_days, problems);
    }
    let subject = subject(&raw, place, problems)?;
    Some(Waiver {
        subject,
        part: raw.part.map(|part| part.value),
        rule: raw.rule.map(|rule| rule.value),
        reason: raw.reason.take()?.value,
        owner: raw.owner.map(|owner| owner.value),
        from: raw.from.map(|day| day.value),
        expires: raw.expires.map(|day| day.value),
        line: place.line(asked.text),
    })
}

fn subject(raw: &RawWaiver, place: Place, problems: &mut Problems) -> Option<WaiverSubject> {
    let RawWaiver { vulnerability, finding, test, package, versions, paths, .. } = raw;
    let of_package = "belongs to a `vulnerability`";
    match (vulnerability, finding, test) {
        (Some(vulnerability), None, None) => {
            foreign(paths.as_ref(), "`paths` belongs to a `finding` or a `test`", problems);
            let range = versions.as_ref().map(|range| range_of(range, problems));
            Some(WaiverSubject::Vulnerability {
                id: id(vulnerability, problems)?,
                package: package.as_ref().map(|package| normalised_package(&package.value)),
                versions: match range {
                    Some(range) => Some(range?),
                    None => None,
                },
            })
        }
        (None, Some(named), None) | (None, None, Some(named)) => {
            foreign(package.as_ref(), &format!("`package` {of_package}"), problems);
            foreign(versions.as_ref(), &format!("`versions` {of_package}"), problems);
            let paths = Paths::including(paths.as_ref(), problems);
            let (paths, is_test) = (paths?, test.is_some());
            Some(if is_test {
                WaiverSubject::Test { name: test_name(named, problems)?, paths }
            } else {
                WaiverSubject::Finding { rule: id(named, problems)?, paths }
            })
        }
        (None, None, None) if problems.are_in(place) => None,
        (None, None, None)
        | (Some(_), Some(_), _)
        | (Some(_), _, Some(_))
        | (_, Some(_), Some(_)) => {
            problems.add_with_hint(
                place.first(),
                "a waiver excepts one thing",
                "give one of `vulnerability: ID`, `finding: ID` and `test: NAME`",
            );
            None
        }
    }
}

/// That it ends after it begins, and not later than the policy allows.
fn length(raw: &RawWaiver, place: Place, most: Option<u64>, problems: &mut Problems) {
    match (&raw.from, &raw.expires) {
        (Some(from), Some(expires)) => {
            // The first day and the last one both count.
            let days =
                from.value.until(expires.value).map_or(-1, |span| i64::from(span.get_days())) + 1;
            if days < 1 {
                problems.add(expires.place, "it ends before it begins");
            } else if let Some(most) = most.filter(|most| days.unsigned_abs() > *most) {
                let s = if most == 1 { "" } else { "s" };
                let message =
                    format!("{days} days, and the policy lets a waiver hold {most} day{s} at most");
                problems.add(expires.place, message);
            }
        }
        (None, _) | (_, None) if most.is_some() => {
            problems.add_with_hint(
                place.first(),
                "how long it holds must be stated here, because the policy sets a limit",
                "give `from` and `expires`, both days among those on which it holds",
            );
        }
        (None, _) | (_, None) => {}
    }
}

fn range_of(range: &Spanned<String>, problems: &mut Problems) -> Option<Versions> {
    let versions = Versions::read(&range.value);
    if versions.is_none() {
        problems.add_with_hint(
            range.place,
            "not a range of versions",
            "for example `<2.0`, `>=1.3, <2` or `^1.2`",
        );
    }
    versions
}

fn id(text: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    if text.value.trim().is_empty() || text.value.contains(['*', '?']) {
        problems.add(text.place, "a waiver names one id in full, without wildcards");
        return None;
    }
    Some(text.value.clone())
}

/// The name of a test may have anything in it.
fn test_name(text: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    if text.value.trim().is_empty() {
        problems.add(text.place, "a waiver names one test in full");
        return None;
    }
    Some(text.value.clone())
}

fn foreign<T>(key: Option<&Spanned<T>>, message: &str, problems: &mut Problems) {
    if let Some(key) = key {
        problems.add(key.place, message);
    }
}
