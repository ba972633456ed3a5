//! Coverage: the union of the lines, each with the highest hits of any part.
//!
//! A line that exists for one part only (code for one version of the language) is executable there,
//! and counts. A line that ran in any part ran.

use std::{collections::BTreeMap, mem};

use crate::{
    evidence::{Coverage, FileCoverage, Line},
    measure::RepoPath,
};

impl Coverage {
    /// Both as one. Of the declared attributes those stay that are the same in both.
    #[must_use]
    pub fn merged(mut self, other: Self) -> Self {
        let mut files: BTreeMap<RepoPath, FileCoverage> = BTreeMap::new();
        for file in mem::take(&mut self.files).into_iter().chain(other.files) {
            match files.remove(file.path()) {
                None => files.insert(file.path().clone(), file),
                Some(known) => files.insert(file.path().clone(), known.merged(&file)),
            };
        }
        self.reported.retain(|key, value| other.reported.get(key) == Some(value));
        Self { files: files.into_values().collect(), ..self }
    }
}

impl FileCoverage {
    /// Both as one file.
    #[must_use]
    pub fn merged(self, other: &Self) -> Self {
        let (mut ours, mut theirs) =
            (self.lines().iter().peekable(), other.lines().iter().peekable());
        let mut lines: Vec<Line> = Vec::with_capacity(self.lines().len().max(other.lines().len()));
        loop {
            let line = match (ours.peek(), theirs.peek()) {
                (Some(one), Some(other)) if one.number == other.number => {
                    let line = one.merged(**other);
                    ours.next();
                    theirs.next();
                    line
                }
                (Some(one), Some(other)) if one.number > other.number => {
                    let line = **other;
                    theirs.next();
                    line
                }
                (Some(one), _) => {
                    let line = **one;
                    ours.next();
                    line
                }
                (None, Some(other)) => {
                    let line = **other;
                    theirs.next();
                    line
                }
                (None, None) => break,
            };
            lines.push(line);
        }
        // They ascend, and the higher of two covered counts is never above the higher of two totals.
        Self::new(self.path().clone(), lines).unwrap_or(self)
    }
}
