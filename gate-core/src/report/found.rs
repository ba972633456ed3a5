//! What the readers of findings share: from a flaw as a tool wrote it to a finding.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{Format, Layout};
use crate::{
    evidence::{Account, Content, Finding, Findings, Notes, Passed, Report},
    measure::{Confidence, Fingerprint, Location, RepoPath, Severity},
};

/// The findings of one report, as they come.
pub(super) struct Found<'o> {
    format: Format,
    /// Whose flaws they are, which is a part of their identity.
    tool: String,
    layout: &'o Layout,
    findings: Vec<Finding>,
    pub(super) notes: Notes,
    /// The files that have one.
    files: BTreeSet<RepoPath>,
    /// The files that the tool could not read, with the first reason for each.
    unread: BTreeMap<RepoPath, String>,
}

/// One flaw, as far as a tool says something of it.
pub(super) struct Flaw<'a> {
    pub(super) rule: String,
    pub(super) name: Option<String>,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    /// The file as the report writes it.
    pub(super) path: &'a str,
    /// The folders that the path may be relative to.
    pub(super) sources: &'a [RepoPath],
    /// The first and the last line; 0 and below are none.
    pub(super) lines: Option<(i64, i64)>,
    pub(super) text: String,
    /// What tells it from other flaws of this rule in this file, wherever it stands: the flagged
    /// source, or a hash of it. The tool's sentence where the report has neither.
    pub(super) context: Option<String>,
    pub(super) cwe: Option<u32>,
}

impl<'a> Flaw<'a> {
    /// A flaw of this rule in this file, of which nothing more is said.
    pub(super) fn new(rule: impl Into<String>, path: &'a str, text: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            name: None,
            severity: Severity::Undefined,
            confidence: Confidence::Undefined,
            path,
            sources: &[],
            lines: None,
            text: text.into(),
            context: None,
            cwe: None,
        }
    }
}

impl<'o> Found<'o> {
    pub(super) fn new(format: Format, layout: &'o Layout) -> Self {
        Self {
            format,
            tool: format.name().to_owned(),
            layout,
            findings: Vec::new(),
            notes: Notes::default(),
            files: BTreeSet::new(),
            unread: BTreeMap::new(),
        }
    }

    /// The findings that come now are of this tool.
    pub(super) fn by(&mut self, tool: &str) {
        tool.clone_into(&mut self.tool);
    }

    /// How many files have a finding and could be read: so many were examined, if the report says
    /// no more.
    pub(super) fn files(&self) -> u64 {
        self.files.iter().filter(|file| !self.unread.contains_key(*file)).count() as u64
    }

    /// Takes over a file that the tool could not read.
    pub(super) fn unread(&mut self, path: &str, reason: &str) {
        let path = self.layout.resolve(path, &[], &mut self.notes);
        self.unread.entry(path).or_insert_with(|| reason.to_owned());
    }

    /// How many of these files were read.
    pub(super) fn read_of<'a>(&mut self, files: impl Iterator<Item = &'a str>) -> u64 {
        let files: BTreeSet<RepoPath> =
            files.map(|file| self.layout.resolve(file, &[], &mut self.notes)).collect();
        files.iter().filter(|file| !self.unread.contains_key(*file)).count() as u64
    }

    pub(super) fn has_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    /// The report, with what was unread in its account.
    pub(super) fn report(self, mut account: Account) -> Report {
        let passed = |(path, reason): (RepoPath, String)| Passed { name: path.to_string(), reason };
        account.unread.extend(self.unread.into_iter().map(passed));
        let content = Content::Findings(Findings::new(self.findings));
        Report::new(self.format.name(), content, account).with_notes(self.notes.finish())
    }

    /// Takes over a flaw, under the path of the repository.
    pub(super) fn add(&mut self, flaw: Flaw<'_>) {
        let Flaw { rule, name, severity, confidence, text, cwe, .. } = flaw;
        let path = match flaw.path {
            "" => RepoPath::normalised(""),
            path => self.layout.resolve(path, flaw.sources, &mut self.notes),
        };
        if !flaw.path.is_empty() && !self.files.contains(&path) {
            self.files.insert(path.clone());
        }
        let context = match &flaw.context {
            Some(context) => words(context),
            None => words(&without_lines(&text)),
        };
        let fingerprint = Fingerprint::of(&[&self.tool, &rule, path.as_str(), &context]);
        let line = |number: i64| u32::try_from(number).ok().filter(|&number| number > 0);
        let first = flaw.lines.and_then(|(first, _)| line(first));
        let last = first.and_then(|first| {
            flaw.lines.and_then(|(_, last)| line(last).filter(|&last| last >= first))
        });
        let location = Location { path, line: first, end_line: last.or(first) };
        self.findings.push(Finding {
            name,
            severity,
            confidence,
            cwe,
            ..Finding::new(rule, location, text, fingerprint)
        });
    }
}

/// The text with its white space collapsed, line by line, so that an indentation makes no other
/// flaw of it.
fn words(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A sentence without the numbers of lines in it ("already defined on line 12"): they move with
/// the code above, and it is the same flaw.
pub(super) fn without_lines(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = next_number(rest) {
        out.push_str(before);
        out.push('#');
        rest = after;
    }
    if out.is_empty() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What stands before the next number of a line, and after it.
fn next_number(text: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find("line") {
        let word = from + at;
        from = word + "line".len();
        let starts = text.get(..word)?.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let after = text.get(from..)?;
        let gap = after.strip_prefix('s').unwrap_or(after);
        let digits = gap.trim_start_matches([' ', ':', '#']);
        let number = digits.len() - digits.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if starts && number > 0 && digits.len() < gap.len() {
            let start = text.len() - digits.len();
            return Some((text.get(..start)?, text.get(start + number..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_lines_are_left_out_of_a_sentence() {
        for (text, without) in [
            ("Name \"x\" already defined on line 12", "Name \"x\" already defined on line #"),
            (
                "Redefinition of unused `os` from line 3: `os`",
                "Redefinition of unused `os` from line #: `os`",
            ),
            ("lines 3 and line 44", "lines # and line #"),
            ("Line too long (120 > 88)", "Line too long (120 > 88)"),
            ("use inline 3 of them", "use inline 3 of them"),
            ("line", "line"),
            ("line3 of 4", "line3 of 4"),
        ] {
            assert_eq!(without_lines(text), without);
        }
    }

    #[test]
    fn a_flaw_that_moved_or_was_indented_is_the_same() {
        let layout = Layout::unknown();
        let mut found = Found::new(Format::Ruff, &layout);
        let flaw = |line, context: &str| Flaw {
            lines: Some((line, line)),
            context: Some(context.to_owned()),
            ..Flaw::new("R1", "./a.py", "text")
        };
        found.add(flaw(3, "call(x)\n  more"));
        found.add(flaw(30, "    call(x)\n      more\n"));
        found.add(flaw(30, "call(y)"));
        let [first, second, third] = found.findings.as_slice() else { panic!("three") };
        assert_eq!(first.fingerprint, second.fingerprint);
        assert_ne!(first.fingerprint, third.fingerprint);
        assert_eq!((found.files(), first.location.to_string()), (1, "a.py:3".to_owned()));
    }
}
