//! Everything that a commit has.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ids::CommitSha;

use super::{
    Error, Repository,
    route::Method,
    send::{Limits, USUAL},
};

const TEMPLATE: &str = "/repos/{owner}/{repo}/git/trees/{tree_sha}";
const CALL: &str = "GET /repos/{owner}/{repo}/git/trees/{tree_sha}";
/// An answer of this many bytes is the longest that GitHub gives.
const MOST_BYTES: u64 = 32 << 20;
/// A repository that takes more calls than this is not listed.
const MOST_CALLS: usize = 100;

/// What one commit has: the id of each file by its path.
pub type Tree = BTreeMap<String, String>;

#[derive(Deserialize)]
struct RawTree {
    truncated: bool,
    tree: Vec<RawEntry>,
}

#[derive(Deserialize)]
struct RawEntry {
    path: String,
    #[serde(rename = "type")]
    kind: String,
    sha: String,
}

impl Repository {
    /// Every file of a commit: one call, or some more where GitHub does not list them all at once.
    /// Nothing where it does not list them at all.
    ///
    /// # Errors
    ///
    /// If there is no such commit, or a call fails.
    pub async fn tree(&self, commit: &CommitSha) -> Result<Option<Tree>, Error> {
        let mut files = Tree::new();
        let mut waiting = vec![(String::new(), commit.as_str().to_owned())];
        let mut calls = 0;
        while let Some((folder, id)) = waiting.pop() {
            calls += 2;
            if calls > MOST_CALLS {
                return Ok(None);
            }
            let mut listed = self.listed(&id, true).await?;
            if listed.truncated {
                // Folder by folder, each with all that is below it.
                listed = self.listed(&id, false).await?;
            }
            if listed.truncated {
                return Ok(None);
            }
            for RawEntry { path, kind, sha } in listed.tree {
                let path = format!("{folder}{path}");
                match kind.as_str() {
                    "blob" => {
                        files.insert(path, sha);
                    }
                    "tree" if listed.is_one_folder => waiting.push((format!("{path}/"), sha)),
                    // Listed beside all that is in it; and a commit of another repository.
                    "tree" | "commit" => {}
                    kind => {
                        let problem = format!("an entry of the kind {kind:?}");
                        return Err(Error::Malformed { call: CALL.to_owned(), problem });
                    }
                }
            }
        }
        Ok(Some(files))
    }

    async fn listed(&self, id: &str, with_all_below: bool) -> Result<Listed, Error> {
        let mut route = self.route(Method::Get, TEMPLATE, &[id]);
        if with_all_below {
            route = route.with(&[("recursive", "1")]);
        }
        let limits = Limits { bytes: MOST_BYTES, ..USUAL };
        let answer = self.github.send(self.who(), &route, None, limits).await?;
        answer.check(&route, self.github.now())?;
        let RawTree { truncated, tree } = answer.json(&route)?;
        Ok(Listed { truncated, tree, is_one_folder: !with_all_below })
    }
}

/// What GitHub lists.
struct Listed {
    truncated: bool,
    tree: Vec<RawEntry>,
    /// Whether it lists what is in one folder only.
    is_one_folder: bool,
}
