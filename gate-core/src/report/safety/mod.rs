//! Safety's JSON: the list of 1.x, the report of `check` since 2.0, and the report of 3.x `scan`.

mod check;
mod frame;
mod list;
mod scan;

use std::marker::PhantomData;

use super::{
    Format, ReadError, ReadOptions, ReadProblem,
    advisories::{Advisory, Audit, Id, Key},
    json::{self, Expected},
};
use crate::{
    evidence::{Account, Fixes, NoteCode, Notes, Passed, Reach, Report, Unit},
    measure::{Message, normalised_package},
};

/// What the three forms come to.
#[derive(Default)]
struct Reading {
    audit: Audit,
    notes: Notes,
    /// How many packages the report names, and whether these are all that were audited.
    listed: u64,
    reach: Reach,
    unread: Vec<Passed>,
}

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let text = json::text(bytes, Expected::Report(Format::Safety), &options.limits)?;
    let mut reading = Reading::default();
    let (start, document) = frame::document(text, &mut reading.notes)?;
    match parse(document, &mut reading, options) {
        Ok(()) => Ok(reading.report()),
        Err(error) => Err(error.below(text.as_bytes(), start)),
    }
}

fn parse(text: &str, reading: &mut Reading, options: &ReadOptions) -> Result<(), ReadError> {
    json::check(text, &options.limits)?;
    if text.starts_with('[') {
        let entries = json::parse(text, PhantomData::<Vec<list::Entry>>)?;
        return reading.list(entries).map_err(malformed);
    }
    match json::parse_object::<check::Form>(text)? {
        check::Form { report_meta: true, scan_results: false } => {
            reading.check(json::parse_object(text)?)
        }
        check::Form { report_meta: false, scan_results: true } => {
            reading.scan(json::parse_object(text)?)
        }
        check::Form { .. } => {
            Err("there is neither `report_meta` (of `check`) nor `scan_results` (of `scan`)"
                .to_owned())
        }
    }
    .map_err(malformed)
}

const fn malformed(problem: String) -> ReadError {
    ReadError::new(ReadProblem::Malformed(problem))
}

impl Reading {
    /// Takes over a package that was audited.
    fn audited(&mut self, name: &str, version: &str) -> Key {
        let key = (normalised_package(name), version.to_owned());
        self.audit.audited(&key);
        key
    }

    fn left_unread(&mut self, name: impl Into<String>, reason: &str) {
        let passed = Passed { name: name.into(), reason: reason.to_owned() };
        if !self.unread.contains(&passed) {
            self.unread.push(passed);
        }
    }

    /// Notes what Safety found and was told to ignore.
    fn ignored(&mut self, id: &str, package: &str) {
        self.notes.add(NoteCode::Suppressed, || {
            Message::default()
                .quote(id)
                .say(" of ")
                .quote(package)
                .say(" does not count: Safety was told to ignore it, in its own policy or options")
        });
    }

    fn report(self) -> Report {
        let Self { audit, notes, listed, reach, unread } = self;
        let account = Account { reach, unread, ..Account::stated(Unit::Dependencies, 0) };
        audit.report(Format::Safety, listed, account, notes)
    }
}

/// Safety's advisory: its own number, and the CVE ids that it names.
fn advisory(
    id: Id,
    cve: Option<&str>,
    fix_versions: Vec<String>,
    text: Option<String>,
) -> Advisory {
    let cves = cve.unwrap_or_default().split([',', ' ']).filter(|cve| !cve.is_empty());
    let aliases = cves.map(|cve| Id(cve.to_owned())).collect();
    // Only its paid database names the versions that are free of a flaw.
    let fixes = if fix_versions.is_empty() { Fixes::Unknown } else { Fixes::Stated };
    Advisory { id, aliases, fix_versions, fixes, description: text }
}
