//! CODEOWNERS, read as GitHub reads it: the last line that fits a path says who owns it, a line without owners
//! takes the ownership away, and a line that is not sound is passed over, which is said.

mod owner;
mod pattern;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::measure::{Message, RepoPath};

pub use owner::Owner;
use pattern::Pattern;

/// CODEOWNERS as a branch has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeOwnersFile {
    /// Where it stands: the first of `.github/CODEOWNERS`, `CODEOWNERS` and `docs/CODEOWNERS` that there is.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// CODEOWNERS, understood.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CodeOwners {
    /// The lines that say something, in the order of the file.
    pub lines: Vec<OwnerLine>,
    /// The lines that GitHub passes over.
    pub skipped: Vec<SkippedLine>,
}

/// Who owns what fits a pattern.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OwnerLine {
    /// Which line it is, from 1.
    pub line: u32,
    /// The owners; none where the line takes the ownership away.
    pub owners: Vec<Owner>,
    pattern: Pattern,
}

/// A line that is not sound.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedLine {
    /// Which line it is, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub why: Message,
}

impl CodeOwnersFile {
    /// GitHub loads none of so many bytes: of 3 MB. It does not say which of the two megabytes it
    /// means; of the smaller one nobody can be in doubt.
    pub const MOST_BYTES: usize = 3_000_000;

    /// Whether GitHub loads it.
    #[must_use]
    pub const fn is_too_large(&self) -> bool {
        self.text.len() >= Self::MOST_BYTES
    }

    /// Reads it.
    #[must_use]
    pub fn read(&self) -> CodeOwners {
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text);
        let mut all = CodeOwners::default();
        for (number, text) in (1..).zip(text.lines()) {
            match line(text) {
                None => {}
                Some(Ok((pattern, owners))) => {
                    all.lines.push(OwnerLine { line: number, owners, pattern });
                }
                Some(Err(why)) => all.skipped.push(SkippedLine { line: number, why }),
            }
        }
        all
    }
}

impl CodeOwners {
    /// The line that says who owns a file, if one does.
    #[must_use]
    pub fn of(&self, path: &RepoPath) -> Option<&OwnerLine> {
        let segments: Vec<&str> = path.as_str().split('/').collect();
        let line = self.lines.iter().rev().find(|line| line.pattern.fits(&segments));
        line.filter(|line| !line.owners.is_empty())
    }
}

/// What a line says; nothing for an empty one and for a comment.
fn line(text: &str) -> Option<Result<(Pattern, Vec<Owner>), Message>> {
    let mut words = words(text);
    let pattern = words.next()?;
    Some(read(pattern, words))
}

fn read<'a>(
    pattern: &str,
    owners: impl Iterator<Item = &'a str>,
) -> Result<(Pattern, Vec<Owner>), Message> {
    let pattern = Pattern::read(pattern)?;
    let owners = owners.map(|word| {
        Owner::read(word).ok_or_else(|| {
            Message::default()
                .quote(word)
                .say(" is no owner: @login, @organisation/team or an e-mail address")
        })
    });
    Ok((pattern, owners.collect::<Result<_, _>>()?))
}

/// The words of a line, up to a comment. A space behind a `\` belongs to its word.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() || rest.starts_with('#') {
            return None;
        }
        let mut is_escaped = false;
        let end = rest.find(|c: char| {
            let ends = c.is_whitespace() && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        });
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(word)
    })
}
