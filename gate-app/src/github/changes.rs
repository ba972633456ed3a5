//! The change set as GitHub lists it: the merge base, and the files between it and the head.

use serde::{Deserialize, Serialize};

use crate::ids::{CommitSha, PullRequestNumber};

use super::{
    Error, Repository,
    route::{Method, Route},
    send::Enough,
};

/// GitHub lists no more files in a comparison.
const MOST_COMPARED: usize = 300;

/// How two commits stand to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Where the two parted.
    pub merge_base: CommitSha,
    /// The head against the base.
    pub state: ComparisonState,
    /// How many commits the head has that the base has not.
    pub ahead_by: u64,
    /// How many commits the base has that the head has not.
    pub behind_by: u64,
    /// The files between merge base and head.
    pub files: Vec<ChangedFile>,
    /// Whether there may be more files than GitHub lists here; then
    /// [`Repository::pull_request_files`] has up to 3000.
    pub truncated: bool,
}

/// How a head stands to a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparisonState {
    /// Each has commits that the other has not.
    Diverged,
    /// The head has all of the base.
    Ahead,
    /// The base has all of the head.
    Behind,
    /// They are the same.
    Identical,
}

/// A file that a change touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedFile {
    /// Where it is now.
    #[serde(rename = "filename")]
    pub path: String,
    /// Where it was, if it was renamed or copied.
    #[serde(rename = "previous_filename", default)]
    pub previous_path: Option<String>,
    /// The id of its content now; of a removed file, of what it was. None for another repository.
    #[serde(default)]
    pub sha: Option<String>,
    /// What happened to it.
    #[serde(rename = "status")]
    pub kind: ChangeKind,
    /// Lines that came.
    pub additions: u64,
    /// Lines that went.
    pub deletions: u64,
    /// The unified diff; none for a binary or a very large file.
    #[serde(default)]
    pub patch: Option<String>,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its contents changed.
    Modified,
    /// It has another path.
    Renamed,
    /// It came from another file.
    Copied,
    /// Its mode or type changed.
    Changed,
    /// Nothing.
    Unchanged,
}

#[derive(Deserialize)]
struct Raw {
    merge_base_commit: Sha,
    status: ComparisonState,
    ahead_by: u64,
    behind_by: u64,
    #[serde(default)]
    files: Option<Vec<ChangedFile>>,
}

#[derive(Deserialize)]
struct Sha {
    sha: CommitSha,
}

impl Repository {
    /// Compares two commits of the repository or of its forks: one call.
    ///
    /// # Errors
    ///
    /// If GitHub does not know one of them, or the call fails.
    pub async fn compare(&self, base: &CommitSha, head: &CommitSha) -> Result<Comparison, Error> {
        let range = format!("{base}...{head}");
        let route = self.route(Method::Get, "/repos/{owner}/{repo}/compare/{basehead}", &[&range]);
        // The files are all on the first page, whatever its size; of the commits none is needed.
        let route = route.with(&[("per_page", "1"), ("page", "1")]);
        let raw: Raw = self.github.json(self.who(), &route, None).await?;
        let Some(files) = raw.files else {
            return Err(Error::Malformed { call: route.name(), problem: "no files".to_owned() });
        };
        Ok(Comparison {
            merge_base: raw.merge_base_commit.sha,
            state: raw.status,
            ahead_by: raw.ahead_by,
            behind_by: raw.behind_by,
            truncated: files.len() >= MOST_COMPARED,
            files,
        })
    }

    /// Every file of a pull request, as far as GitHub lists them (3000). Compare their number with
    /// [`Snapshot::changed_files`](super::Snapshot::changed_files).
    ///
    /// # Errors
    ///
    /// If a page cannot be read.
    pub async fn pull_request_files(
        &self,
        number: PullRequestNumber,
    ) -> Result<Vec<ChangedFile>, Error> {
        let template = "/repos/{owner}/{repo}/pulls/{pull_number}/files";
        let route: Route =
            self.route(Method::Get, template, &[&number.to_string()]).with(&[("per_page", "100")]);
        let mut files = Vec::new();
        self.github
            .pages(self.who(), route, |page: Vec<ChangedFile>| {
                files.extend(page);
                Enough::No
            })
            .await?;
        Ok(files)
    }
}
