//! What machines make: checks, statuses, workflow runs and their artifacts.

use jiff::Timestamp;
use serde_json::Value;

use super::App;

/// The check runs of one App at one commit.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct CheckSuite {
    pub id: u64,
    pub app: (u64, String),
    pub head: String,
    /// Absent where the push went to a fork.
    pub branch: Option<String>,
    pub created_at: Timestamp,
}

/// A check run, of the App or of others.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct CheckRun {
    pub id: u64,
    pub suite: u64,
    /// Number and short name.
    pub app: (u64, String),
    pub name: String,
    pub head: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub details_url: Option<String>,
    pub external_id: Option<String>,
    pub title: Option<String>,
    pub summary: Option<String>,
    pub text: Option<String>,
    pub annotations: Vec<Value>,
    pub actions: Vec<Value>,
    /// How often it was written.
    pub writes: u32,
    /// Whether the test has looked at it since it was last written.
    pub seen: bool,
}

/// A commit status.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Status {
    pub id: u64,
    pub head: String,
    pub context: String,
    /// `error`, `failure`, `pending` or `success`.
    pub state: String,
    pub description: Option<String>,
    pub creator: String,
    pub at: Timestamp,
}

/// A run of a workflow of GitHub Actions, in its newest attempt.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct WorkflowRun {
    pub id: u64,
    pub suite: u64,
    pub workflow_id: u64,
    pub name: String,
    pub path: String,
    pub event: String,
    pub head: String,
    pub head_branch: String,
    pub head_repository: u64,
    pub attempt: u64,
    pub run_number: u64,
    pub status: String,
    pub conclusion: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub jobs: Vec<Job>,
}

/// A job of a workflow run; its check run is one of Actions'.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Job {
    pub id: u64,
    pub name: String,
    pub attempt: u64,
    pub status: String,
    pub conclusion: Option<String>,
    pub started_at: Timestamp,
    pub completed_at: Option<Timestamp>,
}

/// An artifact of a workflow run.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Artifact {
    pub id: u64,
    pub run: u64,
    pub name: String,
    pub bytes: Vec<u8>,
    pub content_type: String,
    /// Only where it is not what `bytes` say: a lie, or more bytes than a test can hold.
    pub claimed_size: Option<u64>,
    /// So many bytes come, the rest of them zeros; as many as are claimed where there is nothing.
    pub sent_size: Option<u64>,
    /// Only where it is not what `bytes` say.
    pub claimed_digest: Option<String>,
    /// Only where the listing does not tell the run as it is: another one, or null.
    pub claimed_run: Option<Value>,
    pub created_at: Timestamp,
    pub expired: bool,
}

impl CheckRun {
    /// Whether it is the App's own.
    #[must_use]
    pub fn is_of(&self, app: &App) -> bool {
        self.app.0 == app.id
    }
}
