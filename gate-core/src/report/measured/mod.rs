//! What the readers of coverage share: the numbers, the lines of files as they come together, and the
//! report that comes of them.

mod files;
pub(super) mod number;

use std::collections::BTreeMap;

use super::{Format, Layout, ReadOptions, ReadProblem};
use crate::{
    evidence::{Account, Content, Coverage, Line, NoteCode, Notes, Passed, Report, Unit},
    measure::Message,
};
use number::{Hits, Place};

pub(super) use files::{Files, distinct};

/// The longest text that is kept of what a report says about itself.
const MAX_REPORTED: usize = 1024;

/// A report of coverage as far as it has been read, one file after the other.
pub(super) struct Measured<'o> {
    options: &'o ReadOptions,
    format: Format,
    files: Files,
    /// The file that is open, and how the report calls it.
    open: usize,
    name: String,
    /// Its lines.
    lines: Vec<Line>,
    pub(super) notes: Notes,
    unread: Vec<Passed>,
    reported: BTreeMap<String, String>,
    declared: Declared,
}

/// The totals that a report declares, as far as it does.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Declared {
    pub(super) lines: Option<u64>,
    pub(super) covered_lines: Option<u64>,
    pub(super) branches: Option<u64>,
    pub(super) covered_branches: Option<u64>,
}

impl<'o> Measured<'o> {
    pub(super) fn new(format: Format, options: &'o ReadOptions) -> Self {
        Self {
            options,
            format,
            files: Files::default(),
            open: 0,
            name: String::new(),
            lines: Vec::new(),
            notes: Notes::default(),
            unread: Vec::new(),
            reported: BTreeMap::new(),
            declared: Declared::default(),
        }
    }

    /// Begins the lines of a file. `within` names the module that it belongs to, where the report
    /// tells modules apart.
    pub(super) fn open(&mut self, within: &str, name: &str) -> Result<(), ReadProblem> {
        if within.contains('\0') || name.contains('\0') {
            let what = "the name of a file has a NUL";
            return Err(ReadProblem::Malformed(what.to_owned()));
        }
        self.open = self.files.named_within(within, name);
        let most = self.options.limits.files;
        if self.files.count() > most {
            let what = format!("the report names more than {most} files");
            return Err(ReadProblem::BeyondLimit(what));
        }
        self.name(name);
        Ok(())
    }

    /// What notes are about from here on.
    pub(super) fn name(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }

    /// The line that a number names; none where no file has it, which is noted. An error where it
    /// is no number.
    pub(super) fn place(&mut self, text: &str) -> Result<Option<u32>, ReadProblem> {
        match number::place(text) {
            Some(Place::Line(number)) => Ok(Some(number)),
            Some(Place::Nowhere) => {
                self.nowhere(text);
                Ok(None)
            }
            None => Err(wrong(text, "the number of a line")),
        }
    }

    /// Notes a line that no file has.
    pub(super) fn nowhere(&mut self, number: impl AsRef<str>) {
        self.notes.add(NoteCode::LineNumberLeftOut, || {
            let line = Message::new("line ").quote(number).say(" of ").quote(&self.name);
            line.say(" is no line and was left out")
        });
    }

    /// How often a line ran, as it is written.
    pub(super) fn hits(&mut self, text: &str, number: u32) -> Result<u32, ReadProblem> {
        let in_words = || {
            let text = Message::new("the count ").quote(text);
            text.say(format_args!(" at line {number} of ")).quote(&self.name)
        };
        match number::hits(text) {
            Some(Hits::Usual(hits)) => Ok(hits),
            Some(Hits::Unusual(hits)) => {
                let what = format_args!(" was read as {hits}");
                self.notes.add(NoteCode::UnusualHits, || in_words().say(what));
                Ok(hits)
            }
            Some(Hits::Negative) => {
                self.notes.add(NoteCode::NegativeHits, || in_words().say(" was read as 0"));
                Ok(0)
            }
            None => Err(wrong(text, "a count")),
        }
    }

    /// Adds a line of the open file.
    pub(super) fn line(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Ends the open file, of which no line should have come twice. Says how many lines it has.
    pub(super) fn close(&mut self) -> usize {
        let (doubles, first) = distinct(&mut self.lines);
        self.listed_twice(doubles, first);
        let count = self.lines.len();
        self.files.add(self.open, &mut self.lines);
        self.lines.clear();
        count
    }

    /// Notes that so many lines came again, the first of them with this number.
    pub(super) fn listed_twice(&mut self, doubles: usize, first: Option<u32>) {
        self.notes.add_many(NoteCode::LineListedTwice, doubles as u64, || {
            let line = first.unwrap_or_default();
            Message::new(format_args!("line {line} of "))
                .quote(&self.name)
                .say(" is listed more than once")
        });
    }

    /// Notes branches of lines that are not listed, and so cannot be shown.
    pub(super) fn branches_without_line(&mut self, count: u64, number: u32) {
        self.notes.add_many(NoteCode::BranchesWithoutLine, count, || {
            Message::new(format_args!("branches of line {number} of "))
                .quote(&self.name)
                .say(", which is not listed, were left out")
        });
    }

    /// Something that the tool could not measure.
    pub(super) fn unread(&mut self, name: &str, reason: &str) {
        self.unread.push(Passed { name: name.to_owned(), reason: reason.to_owned() });
    }

    /// Keeps what the report says about itself.
    pub(super) fn reported(&mut self, key: &str, value: impl Into<String>) {
        let mut value = value.into();
        value.truncate(value.floor_char_boundary(MAX_REPORTED));
        self.reported.insert(key.to_owned(), value);
    }

    /// The totals that the report declares, to be compared.
    pub(super) const fn declare(&mut self, declared: Declared) {
        self.declared = declared;
    }

    /// The report that it comes to.
    pub(super) fn report(self) -> Result<Report, ReadProblem> {
        let layout = &self.options.layout;
        self.report_in(layout)
    }

    /// The same, with the paths as they are in this layout.
    pub(super) fn report_in(mut self, layout: &Layout) -> Result<Report, ReadProblem> {
        let files = self.files.resolve(layout, &[], &mut self.notes)?;
        let examined = files.iter().filter(|file| !file.lines().is_empty()).count() as u64;
        let coverage = Coverage { files, reported: self.reported };
        let totals = coverage.totals();
        let counts = [
            ("lines", self.declared.lines, totals.lines.total()),
            ("covered lines", self.declared.covered_lines, totals.lines.covered()),
            ("branches", self.declared.branches, totals.branches.total()),
            ("covered branches", self.declared.covered_branches, totals.branches.covered()),
        ];
        let declared =
            |(noun, declared, distinct): (_, Option<u64>, _)| Some((noun, declared?, distinct));
        let counts: Vec<_> = counts.into_iter().filter_map(declared).collect();
        compare(&counts, &mut self.notes);
        let account = Account { unread: self.unread, ..Account::stated(Unit::Files, examined) };
        let content = Content::Coverage(coverage);
        Ok(Report::new(self.format.name(), content, account).with_notes(self.notes.finish()))
    }
}

/// Notes where declared counts are not the distinct ones.
pub(super) fn compare(counts: &[(&str, u64, u64)], notes: &mut Notes) {
    let differences = counts.iter().filter(|(_, declared, distinct)| declared != distinct).map(
        |(noun, declared, distinct)| format!("{declared} {noun} declared, {distinct} distinct"),
    );
    let differences: Vec<String> = differences.collect();
    if !differences.is_empty() {
        notes.add(NoteCode::DeclaredTotalsDiffer, || Message::new(differences.join("; ")));
    }
}

fn wrong(text: &str, expected: &str) -> ReadProblem {
    let what = Message::new("`").quote(text).say("` is not ").say(expected);
    ReadProblem::Malformed(what.to_string())
}

/// A line without branches.
pub(super) const fn plain_line(number: u32, hits: u32) -> Line {
    Line { number, hits, branches_covered: 0, branches_total: 0 }
}

/// A line with this many branches, some of which ran.
pub(super) fn branch_line(
    number: u32,
    hits: u32,
    covered: u64,
    total: u64,
) -> Result<Line, ReadProblem> {
    match (u16::try_from(covered), u16::try_from(total)) {
        (Ok(branches_covered), Ok(branches_total)) => {
            Ok(Line { number, hits, branches_covered, branches_total })
        }
        _ => Err(ReadProblem::BeyondLimit("a line has more than 65535 branches".to_owned())),
    }
}
