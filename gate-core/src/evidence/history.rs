//! What the commits of the base branch measured, one after the other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::measure::{Decimal, Ratio};

/// What was measured on the base branch, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct History {
    /// The commits of which something is known.
    pub commits: Vec<Past>,
}

/// What one commit measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Past {
    /// The commit, or another name for it where nobody has told the commit.
    pub commit: String,
    /// What was measured, by the words that say what is counted.
    pub values: BTreeMap<String, Quantity>,
}

/// A value that was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Quantity {
    /// So many of so many.
    Ratio(Ratio),
    /// A number.
    Number(Decimal),
}

impl History {
    /// These commits, the oldest first.
    #[must_use]
    pub const fn new(commits: Vec<Past>) -> Self {
        Self { commits }
    }

    /// Adds what came next. A commit that is there already is where it is now named again, with what
    /// is now said of it.
    pub fn push(&mut self, next: Past) {
        self.commits.retain(|past| past.commit != next.commit);
        self.commits.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_that_is_named_again_stands_there_once() {
        let past = |commit: &str| Past { commit: commit.to_owned(), values: BTreeMap::new() };
        let mut history = History::new(vec![past("a"), past("b")]);
        history.push(past("a"));
        assert_eq!(history.commits, [past("b"), past("a")]);
    }
}
