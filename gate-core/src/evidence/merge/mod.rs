//! Parts of one report as one: a matrix of jobs measures the same code in several surroundings.
//!
//! Merging does not depend on the order of the parts, nor on how they are grouped, and a part that is
//! merged with itself stays as it is. A part that has not come or cannot be read is never left out:
//! the whole is then not there either, and says which part is in the way.

mod coverage;
mod findings;
#[cfg(test)]
mod laws;
mod tests;
mod vulnerabilities;

use std::collections::{BTreeMap, BTreeSet};

use super::{Account, Content, Note, NoteCode, Part, Passed, Piece, Report};
use crate::measure::Message;

/// The parts of one report, as far as they have come, as one. A single part without a name is the
/// report itself.
#[must_use]
pub fn merge_parts(parts: Vec<(Option<String>, Piece<Report>)>) -> Piece<Report> {
    let mut named = BTreeMap::new();
    for (name, piece) in parts {
        match name {
            None => return piece,
            Some(name) => named.insert(name, piece),
        };
    }
    let (mut present, mut broken, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    let (mut awaited, mut earliest) = (Vec::new(), None);
    for (name, piece) in named {
        match piece {
            Piece::Present(report) => present.push((name, report)),
            Piece::Broken { why } => broken.push((name, why)),
            Piece::Missing { why } => missing.push((name, why)),
            Piece::Awaited { since, from } => {
                earliest = earliest.map_or(Some(since), |early| Some(since.min(early)));
                awaited.push((name, from));
            }
        }
    }
    // The worst first: what cannot be read will not get better by waiting for the others.
    if !broken.is_empty() {
        return Piece::Broken { why: each(&broken) };
    }
    if !missing.is_empty() {
        return Piece::Missing { why: each(&missing) };
    }
    if let Some(since) = earliest {
        return Piece::Awaited { since, from: each(&awaited) };
    }
    let whole = present.into_iter().map(|(name, report)| report.as_part(&name));
    let mut whole = whole.collect::<Vec<_>>().into_iter();
    let Some(first) = whole.next() else {
        return Piece::Missing { why: Message::new("it has no parts") };
    };
    match whole.try_fold(first, Report::merged) {
        Ok(report) => Piece::Present(report),
        Err(Unlike { kinds: [one, other] }) => Piece::Broken {
            why: Message::new(format_args!(
                "its parts do not fit together: one has {one} and another has {other}"
            )),
        },
    }
}

/// "the part py3.10: …; the part py3.12: …".
fn each(parts: &[(String, Message)]) -> Message {
    let mut all = Message::default();
    for (index, (name, why)) in parts.iter().enumerate() {
        all = all.say(if index > 0 { "; the part " } else { "the part " });
        all = all.quote(name).say(": ").then(why);
    }
    all
}

/// Two parts that hold different kinds of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("one has {} and the other has {}", .kinds[0], .kinds[1])]
pub struct Unlike {
    kinds: [&'static str; 2],
}

impl Report {
    /// This report as the part of this name of another.
    #[must_use]
    pub fn as_part(mut self, name: &str) -> Self {
        let part = Part {
            name: name.to_owned(),
            examined: self.account.examined,
            provenance: self.provenance.take(),
        };
        self.parts = vec![part];
        match &mut self.content {
            Content::Coverage(_) => {}
            Content::Findings(findings) => findings.name_part(name),
            Content::Vulnerabilities(vulnerabilities) => vulnerabilities.name_part(name),
            Content::Metrics(metrics) => metrics.name_part(name),
            Content::Tests(tests) => {
                tests.name_part(name);
                let of_part =
                    |passed: &mut Passed| passed.name = format!("{} ({name})", passed.name);
                self.account.skipped.iter_mut().for_each(of_part);
                self.account.unread.iter_mut().for_each(of_part);
            }
        }
        for note in &mut self.notes {
            note.message = Message::new("in the part ").quote(name).say(": ").then(&note.message);
        }
        self
    }

    /// Both reports as one.
    ///
    /// # Errors
    /// When they hold different kinds of evidence.
    pub fn merged(self, other: Self) -> Result<Self, Unlike> {
        let content = match (self.content, other.content) {
            (Content::Coverage(one), Content::Coverage(other)) => {
                Content::Coverage(one.merged(other))
            }
            (Content::Findings(one), Content::Findings(other)) => {
                Content::Findings(one.merged(other))
            }
            (Content::Vulnerabilities(one), Content::Vulnerabilities(other)) => {
                Content::Vulnerabilities(one.merged(other))
            }
            (Content::Tests(one), Content::Tests(other)) => Content::Tests(one.merged(other)),
            (Content::Metrics(one), Content::Metrics(other)) => Content::Metrics(one.merged(other)),
            (one, other) => {
                let mut kinds = [one.kind().word(), other.kind().word()];
                kinds.sort_unstable();
                return Err(Unlike { kinds });
            }
        };
        let formats: BTreeSet<&str> =
            self.format.split(FORMATS).chain(other.format.split(FORMATS)).collect();
        let parts: BTreeMap<String, Part> = self
            .parts
            .into_iter()
            .chain(other.parts)
            .map(|part| (part.name.clone(), part))
            .collect();
        Ok(Self {
            format: formats.into_iter().collect::<Vec<_>>().join(FORMATS),
            account: account(self.account, other.account, &content),
            content,
            notes: notes(self.notes, other.notes),
            provenance: None,
            parts: parts.into_values().collect(),
        })
    }
}

/// What stands between the formats of parts that differ in them.
const FORMATS: &str = " and ";

/// What is counted in the content is counted again; of what is not, at least so much was examined as
/// in the part that examined the most.
fn account(one: Account, other: Account, content: &Content) -> Account {
    let examined = match content {
        Content::Coverage(coverage) => {
            coverage.files.iter().filter(|file| !file.lines().is_empty()).count() as u64
        }
        Content::Vulnerabilities(vulnerabilities) => vulnerabilities.dependencies.len() as u64,
        Content::Tests(tests) => tests.ran(),
        Content::Metrics(metrics) => metrics.numbers.len() as u64,
        Content::Findings(_) => one.examined.max(other.examined),
    };
    let all = |one: Vec<Passed>, other: Vec<Passed>| {
        one.into_iter().chain(other).collect::<BTreeSet<_>>().into_iter().collect()
    };
    Account {
        examined,
        // What one of them does not say, the whole does not say.
        reach: one.reach.max(other.reach),
        skipped: all(one.skipped, other.skipped),
        unread: all(one.unread, other.unread),
        ..one
    }
}

/// One note for each code: that of the first part, and the highest count.
fn notes(one: Vec<Note>, other: Vec<Note>) -> Vec<Note> {
    let mut notes: BTreeMap<NoteCode, Note> = BTreeMap::new();
    for note in one.into_iter().chain(other) {
        match notes.get_mut(&note.code) {
            None => {
                notes.insert(note.code, note);
            }
            Some(known) => {
                known.count = known.count.max(note.count);
                if note.message.to_string() < known.message.to_string() {
                    known.message = note.message;
                }
            }
        }
    }
    notes.into_values().collect()
}
