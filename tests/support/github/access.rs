//! Who may do what: each operation wants the App's own word, or a token with a permission.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};
use jiff::Timestamp;

use super::{
    data::{GitHub, Token},
    key,
};

/// A status, and what GitHub says with it.
pub(super) type Refused = (u16, &'static str);

/// The token that a request comes with, where its operation wants one.
pub(super) fn authenticated(
    github: &GitHub,
    id: &str,
    headers: &HeaderMap,
) -> Result<Option<Token>, Refused> {
    if id == "apps/create-from-manifest" {
        return Ok(None);
    }
    let said = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let said = said.and_then(|it| it.split_once(' ')).map(|(_, it)| it);
    let Some(said) = said else { return Err((401, "Requires authentication")) };
    if by_jwt(id) {
        let names = [github.app.id.to_string(), github.app.client_id.clone()];
        let now = (Timestamp::now() + github.skew).as_second();
        return key::verify(said, &names, now).map(|()| None).map_err(|it| (401, it));
    }
    let token = token(github, said)?;
    let installation = github.installations.iter().find(|it| it.id == token.installation);
    let granted = installation.ok_or((401, "Bad credentials"))?;
    if granted.suspended {
        return Err((403, "This installation has been suspended"));
    }
    let has = token.permissions.as_ref().unwrap_or(&granted.permissions);
    if enough(id, has) {
        Ok(Some(token.clone()))
    } else {
        Err((403, "Resource not accessible by integration"))
    }
}

pub(super) fn token<'a>(github: &'a GitHub, said: &str) -> Result<&'a Token, Refused> {
    let now = Timestamp::now() + github.skew;
    let found = github.tokens.iter().find(|it| it.text == said);
    found.filter(|it| !it.revoked && it.expires_at > now).ok_or((401, "Bad credentials"))
}

/// Whether an operation is for the App itself.
fn by_jwt(id: &str) -> bool {
    id.starts_with("apps/") && id != "apps/list-repos-accessible-to-installation"
}

/// Whether a token with these permissions may do it.
fn enough(id: &str, granted: &BTreeMap<String, String>) -> bool {
    let has = |name: &str, write: bool| {
        granted.get(name).is_some_and(|level| !write || level == "write" || level == "admin")
    };
    match id {
        "checks/create" | "checks/update" => has("checks", true),
        "issues/create-comment" | "issues/update-comment" | "issues/delete-comment" => {
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
        | "repos/list-activities"
        | "repos/list-commits"
        | "repos/codeowners-errors"
        | "git/get-blob"
        | "git/get-tree" => has("contents", false),
        "repos/list-pull-requests-associated-with-commit" => has("pull_requests", false),
        _ if id.starts_with("checks/") => has("checks", false),
        _ if id.starts_with("pulls/") => has("pull_requests", false),
        _ if id.starts_with("actions/") => has("actions", false),
        _ if id.starts_with("teams/") || id.starts_with("orgs/") => has("members", false),
        _ => true,
    }
}
