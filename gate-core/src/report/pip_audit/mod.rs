//! pip-audit's JSON: the object of 2.x and the list of 1.x.

mod document;
#[cfg(test)]
mod tests;

use super::{
    Format, ReadError, ReadOptions,
    advisories::Audit,
    json::{self, Expected},
};
use crate::{
    evidence::{Account, Content, Fixed, NoteCode, Notes, Passed, Report, Unit, Vulnerabilities},
    measure::Message,
};
use document::{Audited, Document, Entry, Fix};

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
            Entry::Audited(Audited { package, version, vulns }) => {
                audited.add((package, version), vulns, notes);
            }
            Entry::Skipped { name, reason } => {
                let passed = Passed { name, reason };
                if is_on_purpose(&passed.reason) { &mut skipped } else { &mut unread }.push(passed);
            }
        }
    }
    let advisories = audited.listed();
    let fixed = fixed(document.fixes, &mut audited, notes);
    let dependencies = audited.finish(notes);
    let examined = dependencies.len() as u64;
    let account = Account { skipped, unread, ..Account::stated(Unit::Dependencies, examined) };
    (Vulnerabilities { dependencies, listed, advisories, fixed }, account)
}

/// Whether pip-audit passed a dependency over because it was told to (`--skip-editable`), and not
/// because it could not audit it. Its sentences are "distribution marked as editable" and
/// "requirement marked as editable"; a package may be called `editables`.
fn is_on_purpose(reason: &str) -> bool {
    reason.ends_with(" marked as editable")
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
