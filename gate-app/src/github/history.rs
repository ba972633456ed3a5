//! The first parents of a commit: where the nearest baseline may be.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

use crate::ids::CommitSha;

use super::{
    Error, Repository,
    graphql::{Data, FIRST_PARENTS, without_data},
};

/// The most pages of history that are read: a hundred commits each.
const MOST_PAGES: usize = 10;
const CALL: &str = "POST /graphql first_parents";

/// First parents, the nearest first, the commit itself not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestry {
    /// The commits.
    pub commits: Vec<CommitSha>,
    /// Whether these are all that were asked for, or all there are. If not, so many commits came by
    /// merges that the next first parent was not found in the history that is read.
    pub complete: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    nodes: Vec<Node>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Node {
    oid: CommitSha,
    parents: Parents,
}

#[derive(Deserialize)]
struct Parents {
    nodes: Vec<Parent>,
}

#[derive(Deserialize)]
struct Parent {
    oid: CommitSha,
}

impl Repository {
    /// Follows the first parents of a commit, `most` of them: one call for every hundred commits of
    /// history.
    ///
    /// # Errors
    ///
    /// If there is no such commit, or a call fails.
    pub async fn first_parents(&self, sha: &CommitSha, most: usize) -> Result<Ancestry, Error> {
        let mut parents: HashMap<CommitSha, Option<CommitSha>> = HashMap::new();
        let mut after = Value::Null;
        for _ in 0..MOST_PAGES {
            let variables = json!({
                "owner": self.name.owner, "name": self.name.name, "head": sha, "after": after,
            });
            let Data { data, errors, .. } =
                self.github.query(self.who(), FIRST_PARENTS, &variables).await?;
            if !errors.is_empty() {
                return Err(without_data(CALL.to_owned(), &errors));
            }
            let history = data.pointer("/repository/object/history");
            let Some(history) = history.filter(|history| !history.is_null()) else {
                let message = format!("no commit {sha}");
                return Err(Error::NotFound { call: CALL.to_owned(), message });
            };
            let History { nodes, page_info } = History::deserialize(history).map_err(|error| {
                Error::Malformed { call: CALL.to_owned(), problem: error.to_string() }
            })?;
            for Node { oid, parents: of } in nodes {
                parents.insert(oid, of.nodes.into_iter().next().map(|parent| parent.oid));
            }
            let ancestry = follow(sha, &parents, most);
            let Some(cursor) = page_info.end_cursor.filter(|_| page_info.has_next_page) else {
                return Ok(ancestry);
            };
            if ancestry.complete {
                return Ok(ancestry);
            }
            after = json!(cursor);
        }
        Ok(follow(sha, &parents, most))
    }
}

fn follow(
    from: &CommitSha,
    parents: &HashMap<CommitSha, Option<CommitSha>>,
    most: usize,
) -> Ancestry {
    let mut commits = Vec::new();
    let mut at = from;
    while commits.len() < most {
        match parents.get(at) {
            Some(Some(parent)) => {
                commits.push(parent.clone());
                at = parent;
            }
            Some(None) => return Ancestry { commits, complete: true },
            None => return Ancestry { commits, complete: false },
        }
    }
    Ancestry { commits, complete: true }
}
