//! CycloneDX JSON, for the vulnerabilities in it.

mod document;
mod purl;

use std::collections::HashMap;

use super::{
    Format, ReadError, ReadOptions, ReadProblem,
    advisories::{Advisory, Audit, Id, Key},
    json,
};
use crate::{
    evidence::{Account, Fixes, NoteCode, Notes, Report, Unit},
    measure::Message,
};
use document::{Component, Document, Vulnerability};

/// The versions of the standard that have vulnerabilities.
const VERSIONS: [&str; 4] = ["1.4", "1.5", "1.6", "1.7"];

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let document: Document = json::document(bytes, Format::CycloneDx, &options.limits)?;
    report(document).map_err(|problem| ReadError::new(ReadProblem::Malformed(problem)))
}

fn report(document: Document) -> Result<Report, String> {
    if document.bom_format != "CycloneDX" {
        return Err(format!("its bomFormat is {:?}, not \"CycloneDX\"", document.bom_format));
    }
    if !VERSIONS.contains(&document.spec_version.as_str()) {
        let known = VERSIONS.join(", ");
        return Err(format!("it is CycloneDX {:?}; only {known} are read", document.spec_version));
    }
    // Absent says that nobody looked for any; empty says that there is none.
    let vulnerabilities = document.vulnerabilities.ok_or(
        "there is no `vulnerabilities`: this is a list of components that nobody has audited",
    )?;
    let mut reading = Reading::default();
    for component in &document.components {
        reading.component(component)?;
    }
    // What the document is about is no dependency of itself, and may yet be vulnerable.
    if let Some(component) = document.metadata.and_then(|metadata| metadata.component) {
        reading.name(&component)?;
    }
    for vulnerability in vulnerabilities {
        reading.vulnerability(vulnerability)?;
    }
    let Reading { audit, notes, listed, .. } = reading;
    let account = Account::stated(Unit::Dependencies, 0);
    Ok(audit.report(Format::CycloneDx, listed, account, notes))
}

#[derive(Default)]
struct Reading {
    audit: Audit,
    notes: Notes,
    listed: u64,
    /// The component of each `bom-ref`.
    references: HashMap<String, Key>,
}

impl Reading {
    fn component(&mut self, component: &Component) -> Result<(), String> {
        self.listed += 1;
        let key = self.name(component)?;
        self.audit.audited(&key);
        component.components.iter().try_for_each(|inner| self.component(inner))
    }

    fn name(&mut self, component: &Component) -> Result<Key, String> {
        let key = component.key();
        if let Some(reference) = &component.bom_ref
            && self.references.insert(reference.clone(), key.clone()).is_some()
        {
            return Err("two components have one `bom-ref`".to_owned());
        }
        Ok(key)
    }

    fn vulnerability(&mut self, vulnerability: Vulnerability) -> Result<(), String> {
        let Vulnerability { id, references, description, affects, analysis } = vulnerability;
        if affects.is_empty() {
            return Err("a vulnerability affects nothing: of which component is it?".to_owned());
        }
        let excused = analysis.and_then(|analysis| analysis.state).and_then(|state| state.excuse());
        for affected in affects {
            let key = match self.references.get(&affected.reference) {
                Some(key) => key.clone(),
                None => purl::of_reference(&affected.reference)
                    .ok_or("a vulnerability affects a component that is not there")?,
            };
            let excused = excused.or_else(|| affected.excuse());
            if let Some(why) = excused {
                self.audit.audited(&key);
                self.notes.add(NoteCode::Suppressed, || {
                    Message::default()
                        .quote(&id.0)
                        .say(" of ")
                        .quote(&key.0)
                        .say(format_args!(" does not count: the document says that it is {why}"))
                });
                continue;
            }
            let aliases: Vec<Id> = references.iter().map(|other| other.id.clone()).collect();
            let (fix_versions, fixes) = (Vec::new(), Fixes::Unknown);
            let (id, description) = (id.clone(), description.clone());
            self.audit.advisory(&key, Advisory { id, aliases, fix_versions, fixes, description });
        }
        Ok(())
    }
}
