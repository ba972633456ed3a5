//! One result → one finding.

use std::collections::BTreeSet;

use memchr::memchr;

use super::{
    super::{Layout, json::Unused},
    result::{Lines, Raw},
};
use crate::{
    evidence::{Finding, NoteCode, Notes},
    measure::{Fingerprint, Location, Message, RepoPath},
};

/// What grows while the results are read, and what is used again for each.
pub(super) struct Reading<'o> {
    layout: &'o Layout,
    /// For a value beside the document.
    pub(super) unused: Unused,
    pub(super) findings: Vec<Finding>,
    pub(super) notes: Notes,
    /// The last file: results are sorted by it.
    file: Option<(String, RepoPath)>,
    /// The code of the result that is being read.
    pub(super) code: String,
    context: String,
}

impl<'o> Reading<'o> {
    pub(super) fn new(layout: &'o Layout, unused: Unused) -> Self {
        Self {
            layout,
            unused,
            findings: Vec::new(),
            notes: Notes::default(),
            file: None,
            code: String::new(),
            context: String::new(),
        }
    }

    fn path(&mut self, filename: &str) -> RepoPath {
        match &self.file {
            Some((last, path)) if last == filename => path.clone(),
            Some(_) | None => {
                let path = self.layout.resolve(filename, &[], &mut self.notes);
                self.file = Some((filename.to_owned(), path.clone()));
                path
            }
        }
    }

    /// Collects the flagged lines of `code` without their numbers and with their white space
    /// collapsed, so that neither a move nor a new indentation makes another flaw of it.
    fn find_context(&mut self, flagged: Lines) {
        self.context.clear();
        let mut rest = self.code.as_str();
        while !rest.is_empty() {
            let end = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            let (line, after) = rest.split_at(end);
            rest = after.strip_prefix('\n').unwrap_or_default();
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            let (number, source) = line.split_at(digits);
            if !number.parse().is_ok_and(|number| flagged.contain(number)) {
                continue;
            }
            let between = if self.context.is_empty() { "" } else { "\n" };
            if source.is_ascii() {
                add_words(&mut self.context, between, source.split_ascii_whitespace());
            } else {
                add_words(&mut self.context, between, source.split_whitespace());
            }
        }
    }

    /// Takes over a result whose code stands in `self.code`.
    pub(super) fn add(&mut self, raw: Raw<'_>) {
        let lines = raw.lines();
        self.find_context(lines);
        let path = self.path(&raw.filename);
        let context = if self.context.is_empty() { &raw.issue_text } else { &self.context };
        let fingerprint = Fingerprint::of(&["bandit", &raw.test_id, path.as_str(), context]);
        if raw.has_candidates {
            self.notes.add(NoteCode::OwnBaseline, || {
                Message::default()
                    .quote(&raw.test_id)
                    .say(" in ")
                    .quote(path.as_str())
                    .say(" has candidates: Bandit ran with a baseline of its own (-b)")
            });
        }
        let line = (raw.line_number > 0).then_some(raw.line_number);
        self.findings.push(Finding {
            rule: raw.test_id,
            name: Some(raw.test_name),
            severity: raw.severity,
            confidence: raw.confidence,
            location: Location { path, line, end_line: line.map(|_| lines.last) },
            text: raw.issue_text,
            cwe: raw.cwe,
            fingerprint,
            parts: BTreeSet::new(),
        });
    }
}

fn add_words<'a>(text: &mut String, before: &str, words: impl Iterator<Item = &'a str>) {
    let mut between = before;
    for word in words {
        text.push_str(between);
        text.push_str(word);
        between = " ";
    }
}
