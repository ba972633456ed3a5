//! pip-audit's JSON: the object of 2.x and the list of 1.x.

mod document;
mod flaws;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::{
    Format, ReadError, ReadOptions,
    json::{self, Expected},
};
use crate::{
    evidence::{
        Account, Content, Dependency, Fixed, NoteCode, Notes, Passed, Report, Unit, Vulnerabilities,
    },
    measure::Message,
};
use document::{Advisory, Audited, Document, Entry, Fix};

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let text = json::text(bytes, Expected::Report(Format::PipAudit), &options.limits)?;
    json::check(text, &options.limits)?;
    let document = if text.trim_start().starts_with('[') {
        Document { dependencies: json::parse_objects(text)?, fixes: Vec::new() }
    } else {
        json::parse_object(text)?
    };
    let mut notes = Notes::default();
    let (vulnerabilities, account) = evidence(document, &mut notes);
    let content = Content::Vulnerabilities(vulnerabilities);
    Ok(Report::new(Format::PipAudit.name(), content, account).with_notes(notes.finish()))
}

fn evidence(document: Document, notes: &mut Notes) -> (Vulnerabilities, Account) {
    let listed = document.dependencies.len() as u64;
    let (mut skipped, mut unread) = (Vec::new(), Vec::new());
    let mut audited = Audit::default();
    for entry in document.dependencies {
        match entry {
            Entry::Audited(entry) => audited.add(entry, notes),
            Entry::Skipped { name, reason } => {
                let passed = Passed { name, reason };
                if is_on_purpose(&passed.reason) { &mut skipped } else { &mut unread }.push(passed);
            }
        }
    }
    let advisories = audited.list.iter().map(|(_, advisories)| advisories.len() as u64).sum();
    let fixed = fixed(document.fixes, &mut audited, notes);
    let dependencies: Vec<Dependency> = audited
        .list
        .into_iter()
        .map(|((package, version), advisories)| {
            let vulnerabilities = flaws::merge(&package, advisories, notes);
            Dependency { package, version, vulnerabilities }
        })
        .collect();
    let examined = dependencies.len() as u64;
    let account = Account { unit: Unit::Dependencies, examined, skipped, unread };
    (Vulnerabilities { dependencies, listed, advisories, fixed }, account)
}

/// Whether pip-audit passed a dependency over because it was told to (`--skip-editable`), and not
/// because it could not audit it. Its sentences are "distribution marked as editable" and
/// "requirement marked as editable"; a package may be called `editables`.
fn is_on_purpose(reason: &str) -> bool {
    reason.ends_with(" marked as editable")
}

/// What was audited, each package and version once, in the order of the report.
#[derive(Default)]
struct Audit {
    list: Vec<((String, String), Vec<Advisory>)>,
    places: HashMap<(String, String), usize>,
}

impl Audit {
    fn add(&mut self, entry: Audited, notes: &mut Notes) {
        let key = (entry.package, entry.version);
        if let Some(advisories) = self.advisories(&key) {
            advisories.extend(entry.vulns);
            notes.add(NoteCode::DependencyListedTwice, || {
                Message::default().quote(&key.0).say(" ").quote(&key.1).say(" is listed again")
            });
        } else {
            self.places.insert(key.clone(), self.list.len());
            self.list.push((key, entry.vulns));
        }
    }

    fn advisories(&mut self, key: &(String, String)) -> Option<&mut Vec<Advisory>> {
        let place = self.places.get(key)?;
        self.list.get_mut(*place).map(|(_, advisories)| advisories)
    }
}

/// What `--fix` upgraded. The report still lists the flaws of the version that was replaced; they
/// go.
fn fixed(fixes: Vec<Fix>, audited: &mut Audit, notes: &mut Notes) -> Vec<Fixed> {
    let mut fixed = Vec::new();
    for fix in fixes {
        let Fix::Upgraded { package, old_version, new_version } = fix else {
            continue;
        };
        notes.add(NoteCode::FixedByTool, || {
            Message::new("pip-audit upgraded ")
                .quote(&package)
                .say(" from ")
                .quote(&old_version)
                .say(" to ")
                .quote(&new_version)
                .say(" in its own run; the flaws of the old version do not count")
        });
        let key = (package, old_version);
        if let Some(advisories) = audited.advisories(&key) {
            advisories.clear();
        }
        let (package, old_version) = key;
        fixed.push(Fixed { package, old_version, new_version });
    }
    fixed
}
