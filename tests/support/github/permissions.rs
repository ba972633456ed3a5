//! What each operation wants: the App's own word, or a token with a permission.

use std::collections::BTreeMap;

/// Whether an operation is for the App itself.
pub(super) fn by_jwt(id: &str) -> bool {
    id.starts_with("apps/") && id != "apps/list-repos-accessible-to-installation"
}

/// Whether a token with these permissions may do it.
pub(super) fn enough(id: &str, granted: &BTreeMap<String, String>) -> bool {
    let has = |name: &str, write: bool| {
        granted.get(name).is_some_and(|level| !write || level == "write" || level == "admin")
    };
    match id {
        "checks/create" | "checks/update" => has("checks", true),
        "issues/create-comment" | "issues/update-comment" => {
            has("pull_requests", true) || has("issues", true)
        }
        "issues/list-comments" => has("pull_requests", false) || has("issues", false),
        "repos/get-branch-protection" | "repos/get-status-checks-protection" => {
            has("administration", false)
        }
        "repos/get-combined-status-for-ref" | "repos/list-commit-statuses-for-ref" => {
            has("statuses", false)
        }
        "repos/get-content"
        | "repos/get-commit"
        | "repos/compare-commits-with-basehead"
        | "repos/get-branch"
        | "repos/codeowners-errors"
        | "git/get-blob" => has("contents", false),
        "repos/list-pull-requests-associated-with-commit" => has("pull_requests", false),
        _ if id.starts_with("checks/") => has("checks", false),
        _ if id.starts_with("pulls/") => has("pull_requests", false),
        _ if id.starts_with("actions/") => has("actions", false),
        _ if id.starts_with("teams/") => has("members", false),
        _ => true,
    }
}
