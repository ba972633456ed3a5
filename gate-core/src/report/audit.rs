//! Whether a report of coverage is about the files of the repository, and by which change of its
//! paths it would be.
//!
//! A report whose paths fit nothing measures nothing that anybody changes: changed lines would be in no
//! report, and a bar over `paths` would be about no file. So it is broken, and says how it is mended.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{Layout, layout::Rewriting};
use crate::{
    evidence::{Content, Coverage, NoteCode, Notes, Piece, Report},
    measure::{Message, RepoPath},
};

/// So many of a hundred files must be files of the repository.
const LEAST: usize = 90;

/// How many fixes are told.
const TOLD: usize = 3;

/// How many of the paths that fit nothing are looked at for fixes, and how many fixes are tried on
/// all of them.
const LOOKED_AT: usize = 2000;
const TRIED: usize = 8;

/// How many files of one end a path may stand for, before it tells nothing.
const MOST_ALIKE: usize = 20;

/// The report, if it is about the files of the repository: at least nine in ten of those that it
/// measures must be there. Where these are not known, a note says so.
#[must_use]
pub fn audited(report: Report, layout: &Layout) -> Piece<Report> {
    let Content::Coverage(coverage) = &report.content else { return Piece::Present(report) };
    if !layout.knows_files() {
        return Piece::Present(unaudited(report));
    }
    match missing(coverage, layout) {
        Some(missing) => {
            let was_stripped =
                !report.notes.iter().any(|note| note.code == NoteCode::PrefixNotThere);
            let written = missing.iter().map(|path| layout.as_written(path, was_stripped));
            let written: Vec<RepoPath> = written.collect();
            let origin = report.provenance.as_ref().map(|it| it.origin.as_str());
            Piece::Broken { why: why(origin, &written, coverage.files.len(), layout) }
        }
        None => Piece::Present(report),
    }
}

/// The files of the report that are none of the repository's, if these are too many.
fn missing<'r>(coverage: &'r Coverage, layout: &Layout) -> Option<Vec<&'r RepoPath>> {
    let paths = coverage.files.iter().map(|file| file.path());
    let missing: Vec<&RepoPath> = paths.filter(|path| !layout.has_file(path)).collect();
    let there = coverage.files.len() - missing.len();
    (there * 100 < coverage.files.len() * LEAST).then_some(missing)
}

fn unaudited(mut report: Report) -> Report {
    let mut notes = Notes::default();
    notes.add(NoteCode::PathsNotAudited, || {
        Message::new(
            "the files of the repository are not known here, so the report's are not compared",
        )
    });
    report.notes.extend(notes.finish());
    report.notes.sort_by_key(|note| note.code);
    report
}

fn why(origin: Option<&str>, missing: &[RepoPath], all: usize, layout: &Layout) -> Message {
    let there = all - missing.len();
    let message =
        origin.map_or_else(Message::default, |origin| Message::default().quote(origin).say(": "));
    let message = if all == 1 {
        message.say("the file that it measures is no file of the repository: ")
    } else {
        message.say(format_args!(
            "{there} of the {all} files that it measures are files of the repository, and {LEAST} % \
             must be; it names "
        ))
    };
    let message = message.quote_each(missing.iter().map(|path| path.as_str()), 3);
    let fixes = fixes(missing, layout);
    if fixes.is_empty() {
        return message.say(
            "; no other beginning would bring any of these to a file: is it the report of another \
             repository or another commit?",
        );
    }
    let mut message = message.say("; likeliest, it needs ");
    for (index, (fix, count)) in fixes.iter().enumerate() {
        message = message.say(if index > 0 { ", or " } else { "" });
        message = match (fix.strip.as_str(), fix.add.as_str()) {
            ("", "") => message.say("neither `strip-prefix` nor `add-prefix`"),
            (strip, "") => message.say("strip-prefix: ").quote(strip),
            ("", add) => message.say("add-prefix: ").quote(add),
            (strip, add) => {
                message.say("strip-prefix: ").quote(strip).say(" with add-prefix: ").quote(add)
            }
        };
        message = message.say(format_args!(" ({count} of {} would fit)", missing.len()));
    }
    message.say(" at this report in the policy")
}

/// The changes of a path's beginning that bring the most of these to files, with how many they
/// bring, the best first.
fn fixes(missing: &[RepoPath], layout: &Layout) -> Vec<(Rewriting, usize)> {
    let step = missing.len().div_ceil(LOOKED_AT).max(1);
    let mut votes: BTreeMap<Rewriting, usize> = BTreeMap::new();
    for path in missing.iter().step_by(step) {
        for fix in layout.likely(path, MOST_ALIKE) {
            *votes.entry(fix).or_default() += 1;
        }
    }
    let length = |fix: &Rewriting| fix.strip.len() + fix.add.len();
    let mut likely: Vec<(Rewriting, usize)> = votes.into_iter().collect();
    likely.sort_by_key(|(fix, count)| (Reverse(*count), length(fix)));
    likely.truncate(TRIED);
    for (fix, count) in &mut likely {
        let fitting = missing.iter().filter(|path| layout.has_file(&fix.of(path)));
        *count = fitting.count();
    }
    likely.sort_by_key(|(fix, count)| (Reverse(*count), length(fix)));
    likely.truncate(TOLD);
    likely
}
