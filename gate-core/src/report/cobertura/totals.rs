//! The totals that a report declares, against those of its lines.

use crate::{
    evidence::{Coverage, NoteCode, Notes},
    report::{
        measured::{self, number},
        xml::written,
    },
};

/// Notes where what the root declares is no number, or not what the lines say.
pub(super) fn compare(coverage: &Coverage, notes: &mut Notes) {
    let totals = coverage.totals();
    let counts = [
        ("lines-valid", "lines", totals.lines.total()),
        ("lines-covered", "covered lines", totals.lines.covered()),
        ("branches-valid", "branches", totals.branches.total()),
        ("branches-covered", "covered branches", totals.branches.covered()),
    ];
    let mut declared_counts = Vec::new();
    for (attribute, noun, distinct) in counts {
        let Some(text) = coverage.reported.get(attribute) else {
            continue;
        };
        match number::count(text) {
            None => not_a_number(attribute, text, notes),
            Some(declared) => declared_counts.push((noun, declared, distinct)),
        }
    }
    for attribute in ["line-rate", "branch-rate"] {
        match coverage.reported.get(attribute) {
            Some(text) if !number::is_number(text) => not_a_number(attribute, text, notes),
            _ => {}
        }
    }
    measured::compare(&declared_counts, notes);
}

fn not_a_number(attribute: &str, text: &str, notes: &mut Notes) {
    notes.add(NoteCode::DeclaredNotANumber, || written(attribute, text).say(" is no number"));
}
