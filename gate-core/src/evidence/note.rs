//! What a reader had to interpret, or found odd, in a report it could read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::measure::Message;

/// One kind of oddity of a report, how often it occurred, and the first place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What it is.
    pub code: NoteCode,
    /// The first occurrence, in words.
    pub message: Message,
    /// How often it occurred.
    pub count: u64,
}

macro_rules! note_codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        /// The kinds of [`Note`]. The words are stable; `docs/reports.md` explains each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum NoteCode { $($(#[$doc])* #[serde(rename = $word)] $variant),+ }

        impl NoteCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it, in kebab case.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

note_codes! {
    /// The totals that a report declares differ from what its lines say.
    DeclaredTotalsDiffer = "declared-totals-differ",
    /// A rate or count at the root is no number (`NaN`, empty).
    DeclaredNotANumber = "declared-not-a-number",
    /// A line numbered 0, below 0 or `undefined` was left out.
    LineNumberLeftOut = "line-number-left-out",
    /// A hit count below zero was read as zero (gcov's overflow).
    NegativeHits = "negative-hits",
    /// A hit count was written as a decimal, in exponent form or with separators.
    UnusualHits = "unusual-hits",
    /// A branch line without any statement of its branches.
    BranchesNotStated = "branches-not-stated",
    /// Branches of a line that is not listed were left out.
    BranchesWithoutLine = "branches-without-line",
    /// One line is listed more than once.
    LineListedTwice = "line-listed-twice",
    /// Lines were found below methods only.
    LinesOfMethodsOnly = "lines-of-methods-only",
    /// The declared encoding is not the one the bytes are in.
    FalseEncoding = "false-encoding",
    /// A path could not be brought to a path of the repository.
    PathNotResolved = "path-not-resolved",
    /// A path fits several files of the repository.
    PathAmbiguous = "path-ambiguous",
    /// A path does not begin with the `strip-prefix` of the policy.
    PrefixNotThere = "prefix-not-there",
    /// The files of the repository are not known, so nobody has compared the report's with them.
    PathsNotAudited = "paths-not-audited",
    /// The tool's own totals count more issues than its list holds: it ran with a filter or a
    /// baseline of its own.
    ResultsFiltered = "results-filtered",
    /// The tool's own totals are missing, so that nothing says whether its list is complete.
    TotalsNotStated = "totals-not-stated",
    /// The report was written by the tool's own baseline mode.
    OwnBaseline = "own-baseline",
    /// Several entries describe one vulnerability and count once.
    AliasesMerged = "aliases-merged",
    /// The tool upgraded packages in its run, whose vulnerabilities do not count.
    FixedByTool = "fixed-by-tool",
    /// The tool found something and was told to ignore it, in the source or in its own settings.
    Suppressed = "suppressed",
    /// The tool lists something that it says is no problem.
    NoProblem = "no-problem",
    /// The tool said something about its own run.
    ToolRemark = "tool-remark",
    /// Notices stand around the document.
    TextAround = "text-around",
    /// The same dependency is listed more than once.
    DependencyListedTwice = "dependency-listed-twice",
    /// Test cases of one name, which are one test.
    TestListedTwice = "test-listed-twice",
    /// Failures are counted in the totals and shown by no test case.
    FailuresNotListed = "failures-not-listed",
    /// A test passed after it had failed.
    FlakyTests = "flaky-tests",
}

/// Collects notes: one per code, with the first message and a count, so that a million odd lines
/// are one note.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes(BTreeMap<NoteCode, (Message, u64)>);

impl Notes {
    /// Counts one occurrence; `message` is asked for only at the first.
    pub fn add(&mut self, code: NoteCode, message: impl FnOnce() -> Message) {
        self.add_many(code, 1, message);
    }

    /// Counts `count` occurrences; none is no note.
    pub fn add_many(&mut self, code: NoteCode, count: u64, message: impl FnOnce() -> Message) {
        if count > 0 {
            self.0.entry(code).or_insert_with(|| (message(), 0)).1 += count;
        }
    }

    /// Takes over the notes of a later part of the same report.
    pub fn append(&mut self, later: Self) {
        for (code, (message, count)) in later.0 {
            self.add_many(code, count, || message);
        }
    }

    /// The notes, in the order of their codes.
    #[must_use]
    pub fn finish(self) -> Vec<Note> {
        let note = |(code, (message, count))| Note { code, message, count };
        self.0.into_iter().map(note).collect()
    }
}
