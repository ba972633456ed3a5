//! Go's cover profiles (`go test -coverprofile`), in the modes `set`, `count` and `atomic`.
//!
//! Go measures blocks of statements, from one column to another, and never lines: see [`lines`]. The
//! statements are kept as `reported`, which is what `go tool cover` counts. A file is named by its
//! import path; where the files of the repository are known, the path of the module is what all names
//! begin with and none of the files does.

mod block;
mod lines;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::{
    Format, ReadError, ReadOptions, ReadProblem,
    measured::Measured,
    text::{self, Expected},
};
use crate::{
    evidence::Report,
    measure::{Message, RepoPath},
};
use block::{Block, Counts};

/// What counters there are: whether a block ran, or how often.
const MODES: [&str; 3] = ["set", "count", "atomic"];

/// The blocks of each file; of one that is listed again, by the tests of another package, the
/// highest count.
type Files = BTreeMap<RepoPath, BTreeMap<Block, Counts>>;

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let limits = &options.limits;
    let text = text::text(bytes, Expected::Report(Format::GoCover), limits)?;
    let mut measured = Measured::new(Format::GoCover, options);
    let mut files = Files::new();
    let mut mode = None;
    for (start, line) in text::lines(text) {
        let taken = text::check_line(line, limits).and_then(|()| match mode {
            None => self::mode(line).map(|word| mode = Some(word)),
            Some(_) if line.is_empty() => Ok(()),
            Some(_) => add(line, &mut files, &mut measured, limits.files),
        });
        taken.map_err(|problem| ReadError::at(problem, text.as_bytes(), start))?;
    }
    if !text.ends_with('\n') {
        let problem = ReadProblem::Truncated("it ends inside a line".to_owned());
        return Err(ReadError::at(problem, text.as_bytes(), text.len()));
    }
    measured.reported("mode", mode.unwrap_or_default());
    report(&files, measured, options).map_err(ReadError::new)
}

/// The first line: `mode: set`.
fn mode(line: &str) -> Result<&str, ReadProblem> {
    let mode = line.strip_prefix("mode: ").map(str::trim_end);
    mode.filter(|mode| MODES.contains(mode)).ok_or_else(|| {
        let what = Message::new("`").quote(line).say("` is not `mode: ` with set, count or atomic");
        ReadProblem::Malformed(what.to_string())
    })
}

fn add(
    line: &str,
    files: &mut Files,
    measured: &mut Measured<'_>,
    most_files: usize,
) -> Result<(), ReadProblem> {
    let (name, block, statements, count) = block::read(line)?;
    measured.name(name);
    let hits = measured.hits(count, block.start.line)?;
    let file = files.entry(RepoPath::normalised(name)).or_default();
    let counts = file.entry(block).or_insert(Counts { statements, hits });
    if counts.statements != statements {
        let what = "a block is listed with two numbers of statements: profiles of different code";
        return Err(ReadProblem::Malformed(what.to_owned()));
    }
    counts.hits = counts.hits.max(hits);
    if files.len() > most_files {
        let what = format!("the report names more than {most_files} files");
        return Err(ReadProblem::BeyondLimit(what));
    }
    Ok(())
}

fn report(
    files: &Files,
    mut measured: Measured<'_>,
    options: &ReadOptions,
) -> Result<Report, ReadProblem> {
    let all = || files.values().flat_map(BTreeMap::values);
    let statements = |counts: &Counts| u64::from(counts.statements);
    let total: u64 = all().map(statements).sum();
    let covered: u64 = all().filter(|counts| counts.hits > 0).map(statements).sum();
    measured.reported("statements", total.to_string());
    measured.reported("statements-covered", covered.to_string());
    let mut room = lines::MOST;
    for (name, blocks) in files {
        measured.open("", name.as_str())?;
        for line in lines::of(blocks, &mut room)? {
            measured.line(line);
        }
        measured.close();
    }
    let names: Vec<&str> = files.keys().map(RepoPath::as_str).collect();
    measured.report_in(&options.layout.of_module(&names))
}
