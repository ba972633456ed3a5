//! coverage.py's own JSON (`coverage json`, `pytest --cov-report json`).
//!
//! A file's lines are those that ran and those that are missing, without those that are excluded; its
//! branches are the pairs of lines between which control went, and did not go. Contexts, functions
//! and classes repeat the lines of the file and are passed over.

mod document;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Format, ReadError, ReadOptions, ReadProblem, json,
    measured::{Declared, Measured, branch_line},
};
use crate::{evidence::Report, measure::Message};
use document::{Document, File};

/// The forms of the document that are known, as it numbers them; before 7.2 it does not.
const FORMS: [u64; 2] = [2, 3];

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let document: Document = json::document(bytes, Format::CoveragePy, &options.limits)?;
    report(document, options).map_err(ReadError::new)
}

fn report(document: Document, options: &ReadOptions) -> Result<Report, ReadProblem> {
    let Document { meta, files, totals } = document;
    if let Some(form) = meta.format.filter(|form| !FORMS.contains(form)) {
        let what = format!("this is form {form} of coverage.py's JSON, and 2 and 3 are known");
        return Err(ReadProblem::Malformed(what));
    }
    let mut measured = Measured::new(Format::CoveragePy, options);
    for (name, file) in &files {
        measured.open("", name)?;
        lines(file, &mut measured).map_err(|problem| of_file(name, problem))?;
        measured.close();
    }
    measured.declare(Declared {
        lines: Some(totals.num_statements),
        covered_lines: Some(totals.covered_lines),
        branches: totals.num_branches,
        covered_branches: totals.covered_branches,
    });
    for (key, count) in [
        ("num_statements", Some(totals.num_statements)),
        ("covered_lines", Some(totals.covered_lines)),
        ("excluded_lines", Some(totals.excluded_lines)),
        ("num_branches", totals.num_branches),
        ("covered_branches", totals.covered_branches),
    ] {
        if let Some(count) = count {
            measured.reported(key, count.to_string());
        }
    }
    if let Some(percent) = totals.percent_covered_display {
        measured.reported("percent_covered_display", percent);
    }
    measured.reported("version", meta.version);
    measured.report()
}

/// The lines of one file.
fn lines(file: &File, measured: &mut Measured<'_>) -> Result<(), ReadProblem> {
    let excluded: BTreeSet<i64> = file.excluded_lines.iter().copied().collect();
    let mut hits = BTreeMap::new();
    for (numbers, ran) in [(&file.executed_lines, true), (&file.missing_lines, false)] {
        // Older versions list a line that is excluded and ran among those that ran.
        for &number in numbers.iter().filter(|number| !excluded.contains(number)) {
            if let Some(before) = hits.insert(number, ran)
                && before != ran
            {
                return Err(both(format_args!("line {number}")));
            }
        }
    }
    let branches = branches(file, &excluded)?;
    for (&number, &ran) in &hits {
        if number < 1 {
            measured.nowhere(number.to_string());
            continue;
        }
        let line = u32::try_from(number).ok().filter(|line| *line < u32::MAX);
        let line = line.ok_or_else(|| {
            ReadProblem::Malformed(format!("{number} is not the number of a line"))
        })?;
        let (covered, total) = branches.get(&number).copied().unwrap_or_default();
        measured.line(branch_line(line, u32::from(ran), covered, total)?);
    }
    for (number, (_, total)) in branches.iter().filter(|(number, _)| !hits.contains_key(number)) {
        measured.branches_without_line(*total, u32::try_from(*number).unwrap_or_default());
    }
    Ok(())
}

/// How many of each line's branches ran, and how many there are.
fn branches(
    file: &File,
    excluded: &BTreeSet<i64>,
) -> Result<BTreeMap<i64, (u64, u64)>, ReadProblem> {
    let (Some(executed), Some(missing)) = (&file.executed_branches, &file.missing_branches) else {
        return match file.summary.num_branches {
            None | Some(0) => Ok(BTreeMap::new()),
            Some(count) => Err(ReadProblem::Malformed(format!(
                "{count} branches are counted and not listed; coverage.py lists them from 6.5 on, \
                 and writes them into its XML before"
            ))),
        };
    };
    let mut outcomes = BTreeMap::new();
    for (branches, ran) in [(executed, true), (missing, false)] {
        for &branch in branches.iter().filter(|(from, _)| !excluded.contains(from)) {
            if let Some(before) = outcomes.insert(branch, ran)
                && before != ran
            {
                let (from, to) = branch;
                return Err(both(format_args!("the branch from line {from} to {to}")));
            }
        }
    }
    let mut lines: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    for ((from, _), ran) in outcomes {
        let (covered, total) = lines.entry(from).or_default();
        *covered += u64::from(ran);
        *total += 1;
    }
    Ok(lines)
}

fn both(what: std::fmt::Arguments<'_>) -> ReadProblem {
    ReadProblem::Malformed(format!("{what} both ran and is missing"))
}

/// The problem, with the file that has it.
fn of_file(name: &str, problem: ReadProblem) -> ReadProblem {
    let named = |what: String| Message::default().quote(name).say(": ").say(what).to_string();
    if let ReadProblem::Malformed(what) = problem {
        ReadProblem::Malformed(named(what))
    } else if let ReadProblem::BeyondLimit(what) = problem {
        ReadProblem::BeyondLimit(named(what))
    } else {
        problem
    }
}
