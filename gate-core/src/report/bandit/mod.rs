//! Bandit's JSON: one report of flaws in Python source.
//!
//! Written by hand over serde's visitors instead of derived: the metrics of a large project are
//! most of its report and are folded as they come, and a result keeps only what becomes evidence.

mod document;
mod finding;
mod metrics;
mod result;
#[cfg(test)]
mod tests;

use super::{
    Format, ReadError, ReadOptions,
    json::{self, Expected, Unused},
};
use crate::{
    evidence::{Account, Content, Findings, NoteCode, Notes, Report, Unit},
    measure::{Message, Severity},
};
use document::{Document, DocumentSeed};
use finding::Reading;
use metrics::Counts;

/// How deep Bandit's own values nest: document, results, result, `line_range`.
const OWN_DEPTH: usize = 4;

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let text = json::text(bytes, Expected::Report(Format::Bandit), &options.limits)?;
    if options.limits.depth < OWN_DEPTH {
        json::check(text, &options.limits)?;
    }
    let mut reading = Reading::new(&options.layout, Unused::at(0, options.limits.depth));
    let Document { errors, metrics } = json::parse(text, DocumentSeed(&mut reading))?;
    let Reading { findings, mut notes, .. } = reading;
    let mut findings = Findings::new(findings);
    compare(metrics.totals.as_ref(), &findings, &mut notes);
    findings.counted = metrics.totals.as_ref().map(Counts::counted);
    let account = Account {
        unread: document::unread(&errors, &options.layout, &mut notes),
        ..Account::stated(Unit::Files, metrics.examined(&errors))
    };
    let report = Report::new(Format::Bandit.name(), Content::Findings(findings), account);
    Ok(report.with_notes(notes.finish()))
}

/// Holds the list against Bandit's own totals, which no filter and no baseline touches.
fn compare(totals: Option<&Counts>, findings: &Findings, notes: &mut Notes) {
    let Some(totals) = totals else {
        return notes.add(NoteCode::TotalsNotStated, || {
            Message::new("the metrics have no `_totals`: whether the list is complete is unknown")
        });
    };
    let counted: u64 =
        Severity::ALL.iter().fold(0, |sum: u64, &level| sum.saturating_add(totals.of(level)));
    let listed = findings.findings.len() as u64;
    notes.add_many(NoteCode::ResultsFiltered, counted.saturating_sub(listed), || {
        Message::new(format_args!(
            "Bandit counted {counted} issues and listed {listed}: it ran with a filter of its own \
             (-l, -i) or a baseline of its own (-b)"
        ))
    });
    for (level, listed) in findings.by_severity() {
        let declared = totals.of(level);
        notes.add_many(NoteCode::DeclaredTotalsDiffer, listed.saturating_sub(declared), || {
            Message::new(format_args!(
                "{listed} issues of severity {level} are listed, but Bandit counted {declared}"
            ))
        });
    }
}
