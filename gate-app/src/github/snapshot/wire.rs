//! The snapshot as GraphQL writes it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use gate_core::evidence::ReviewState;

use super::{Conclusion, PullRequestState, Status};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RepositoryNode {
    pub(super) database_id: u64,
    pub(super) name_with_owner: String,
    #[serde(default)]
    pub(super) pull_request: Value,
    #[serde(default)]
    pub(super) object: Value,
    #[serde(default, rename = "ref")]
    pub(super) branch: Value,
}

/// What is needed of every pull request stands typed; what may be taken away stands as it came.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PullRequestNode {
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) state: PullRequestState,
    pub(super) is_draft: bool,
    pub(super) is_cross_repository: bool,
    pub(super) is_in_merge_queue: bool,
    pub(super) changed_files: u64,
    pub(super) author: Option<Actor>,
    pub(super) base_ref_name: String,
    pub(super) head_ref_name: String,
    pub(super) head_ref_oid: String,
    pub(super) head_repository: Option<HeadRepository>,
    pub(super) base_ref: Value,
    pub(super) commits: Value,
    pub(super) labels: Value,
    pub(super) latest_opinionated_reviews: Value,
    pub(super) review_decision: Value,
    pub(super) review_threads: Value,
    #[serde(default)]
    pub(super) comments: Value,
}

#[derive(Deserialize)]
pub(super) struct Actor {
    #[serde(rename = "__typename")]
    kind: String,
    login: String,
    #[serde(rename = "databaseId", default)]
    id: Option<u64>,
}

impl From<Actor> for gate_core::evidence::UserAccount {
    fn from(Actor { kind, login, id }: Actor) -> Self {
        let bot = kind == "Bot";
        // GraphQL leaves the ending out that REST, webhooks and people know a bot by.
        let login = if bot && !login.ends_with("[bot]") { format!("{login}[bot]") } else { login };
        Self { login, id, bot }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HeadRepository {
    #[serde(rename = "databaseId")]
    pub(super) id: Option<u64>,
    pub(super) name_with_owner: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct List<T> {
    pub(super) total_count: u64,
    pub(super) page_info: PageInfo,
    pub(super) nodes: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Label {
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReviewNode {
    pub(super) author: Option<Actor>,
    pub(super) state: ReviewState,
    pub(super) submitted_at: Option<Timestamp>,
    pub(super) author_can_push_to_repository: bool,
    pub(super) commit: Option<Oid>,
}

#[derive(Deserialize)]
pub(super) struct Oid {
    pub(super) oid: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThreadNode {
    pub(super) path: String,
    pub(super) line: Option<u32>,
    pub(super) is_resolved: bool,
    pub(super) is_outdated: bool,
}

#[derive(Deserialize)]
#[serde(tag = "__typename")]
pub(super) enum Context {
    CheckRun(CheckRunNode),
    StatusContext(StatusNode),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckRunNode {
    pub(super) database_id: Option<u64>,
    pub(super) name: String,
    pub(super) status: Status,
    pub(super) conclusion: Option<Conclusion>,
    pub(super) external_id: Option<String>,
    pub(super) check_suite: Suite,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Suite {
    pub(super) status: Status,
    pub(super) app: Option<App>,
    pub(super) workflow_run: Option<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct App {
    pub(super) database_id: Option<u64>,
    pub(super) slug: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    pub(super) database_id: Option<u64>,
    pub(super) workflow: Workflow,
}

#[derive(Deserialize)]
pub(super) struct Workflow {
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct StatusNode {
    pub(super) context: String,
    pub(super) state: StatusState,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum StatusState {
    Error,
    Expected,
    Failure,
    Pending,
    Success,
}

#[derive(Deserialize)]
pub(super) struct Entry {
    pub(super) mode: u32,
    pub(super) object: Option<Blob>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Blob {
    #[serde(rename = "__typename")]
    pub(super) kind: String,
    pub(super) text: Option<String>,
    pub(super) byte_size: Option<u64>,
    pub(super) is_binary: Option<bool>,
    pub(super) is_truncated: Option<bool>,
}
