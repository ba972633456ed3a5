//! What a document says.

use std::collections::BTreeMap;

use crate::{
    evidence::Notes,
    report::{
        ReadProblem,
        measured::Files,
        xml::{Fault, Outcome},
    },
};

/// The `<source>`s of one report. A path is tried below each.
pub(super) const MAX_SOURCES: usize = 1000;

/// How many paths are tried below sources, of all files together.
const MAX_TRIED: usize = 20_000_000;

/// What a document says.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The attributes of the root, as they are written.
    pub(super) reported: BTreeMap<String, String>,
    pub(super) sources: Vec<String>,
    pub(super) files: Files,
    pub(super) notes: Notes,
    /// Whether there is a `<packages>` or a `<class>`.
    pub(super) has_packages: bool,
    /// Whether a `<project>` stands where Clover has it.
    pub(super) has_project: bool,
}

impl Body {
    /// Adds what a later part of the same document says, unless both together are refused.
    pub(super) fn append(&mut self, later: Self) -> Option<()> {
        for source in later.sources {
            self.add_source(source)?;
        }
        self.files.append(later.files);
        self.notes.append(later.notes);
        self.has_packages |= later.has_packages;
        (!later.has_project || !self.is_clover()).then_some(())
    }

    /// Adds a source, unless they become too many.
    pub(super) fn add_source(&mut self, source: String) -> Option<()> {
        self.sources.push(source);
        (self.sources.len() <= MAX_SOURCES).then_some(())
    }

    /// Whether the root has what only Clover's has.
    pub(super) fn is_clover(&self) -> bool {
        ["clover", "generated"].iter().any(|&name| self.reported.contains_key(name))
    }

    /// That there is what a Cobertura report has, and not too much of it.
    pub(super) fn check(&self) -> Outcome {
        let (files, sources) = (self.files.count(), self.sources.len());
        if files.saturating_mul(sources) > MAX_TRIED {
            let what = format!("the report names {files} files below {sources} sources");
            return Err(Fault::whole(ReadProblem::BeyondLimit(what)));
        }
        if !self.has_packages && !self.reported.contains_key("lines-valid") {
            let what = "a <coverage> with neither <packages> nor classes is no Cobertura report";
            return Err(Fault::whole(ReadProblem::Malformed(what.to_owned())));
        }
        Ok(())
    }
}
