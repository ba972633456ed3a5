//! Data in GitHub's REST shapes, with the fields that mean something; the rest is filled in by the
//! schema of the answer or webhook that they stand in.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::data::{
    Artifact, CheckRun, CheckSuite, Comment, Commit, GitHub, Installation, Job, PullRequest,
    Repository, Review, Status, WorkflowRun, digest,
};

const API: &str = "https://api.github.com";

pub(super) fn user(github: &GitHub, login: &str) -> Value {
    let account = github.accounts.get(login);
    json!({
        "login": login, "id": account.map_or(0, |it| it.id), "node_id": format!("U_{login}"),
        "type": account.map_or("User", |it| it.kind.as_str()), "site_admin": false,
        "url": format!("{API}/users/{login}"), "html_url": format!("https://github.com/{login}"),
        "avatar_url": "https://github.com/a.png", "gravatar_id": "",
    })
}

pub(super) fn repository(github: &GitHub, it: &Repository) -> Value {
    let name = it.full_name();
    json!({
        "id": it.id, "node_id": format!("R_{}", it.id), "name": it.name, "full_name": name,
        "owner": user(github, &it.owner), "private": it.private,
        "visibility": if it.private { "private" } else { "public" },
        "fork": it.fork_of.is_some(), "default_branch": it.default_branch,
        "url": format!("{API}/repos/{name}"), "html_url": format!("https://github.com/{name}"),
        "description": null, "archived": it.archived, "disabled": false, "topics": [],
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
        "pushed_at": "2026-01-01T00:00:00Z", "permissions": {"admin": false, "push": false, "pull": true},
        "custom_properties": {}, "language": null, "license": null, "homepage": null,
        "mirror_url": null,
    })
}

/// An App as its checks name it. The events are left out: GitHub's description of some webhooks does
/// not know all of them.
pub(super) fn app(github: &GitHub, (id, slug): &(u64, String)) -> Value {
    let own = *id == github.app.id;
    let permissions = if own { github.app.permissions.clone() } else { BTreeMap::new() };
    json!({
        "id": id, "slug": slug, "node_id": format!("A_{id}"), "name": slug,
        "client_id": if own { github.app.client_id.clone() } else { format!("Iv1.{id}") },
        "owner": user(github, "acme"), "description": null,
        "external_url": "https://gate.invalid", "html_url": format!("https://github.com/apps/{slug}"),
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
        "permissions": permissions, "events": [],
        "installations_count": github.installations.len(),
    })
}

pub(super) fn installation(github: &GitHub, it: &Installation) -> Value {
    let account = user(github, &it.account);
    json!({
        "id": it.id, "account": account, "repository_selection": "selected",
        "app_id": github.app.id, "app_slug": github.app.slug, "client_id": github.app.client_id,
        "target_id": account["id"], "target_type": account["type"],
        "permissions": it.permissions, "events": it.events,
        "access_tokens_url": format!("{API}/app/installations/{}/access_tokens", it.id),
        "repositories_url": format!("{API}/installation/repositories"),
        "html_url": format!("https://github.com/settings/installations/{}", it.id),
        "created_at": it.created_at, "updated_at": it.created_at,
        "suspended_at": it.suspended.then_some(it.created_at),
        "suspended_by": if it.suspended { user(github, &it.account) } else { Value::Null },
        "single_file_name": null,
    })
}

pub(super) fn pull_request(github: &GitHub, repository_: &Repository, it: &PullRequest) -> Value {
    let name = repository_.full_name();
    let url = format!("{API}/repos/{name}/pulls/{}", it.number);
    let html = format!("https://github.com/{name}/pull/{}", it.number);
    let side = |branch: &str, sha: &str, repo: Option<&Repository>| {
        let owner = repo.map_or(&repository_.owner, |it| &it.owner);
        json!({
            "label": format!("{owner}:{branch}"), "ref": branch, "sha": sha,
            "user": user(github, owner),
            "repo": repo.map_or(Value::Null, |it| repository(github, it)),
        })
    };
    let labels: Vec<Value> = it.labels.iter().map(|name| label(name)).collect();
    let fork = it.head_repository != repository_.id;
    let files = changed_files(github, it);
    let count = |key: &str| files.iter().filter_map(|it| it[key].as_u64()).sum::<u64>();
    let mut value = json!({
        "id": it.id, "node_id": format!("PR_{}", it.id), "number": it.number, "state": it.state,
        "title": it.title, "body": it.body, "user": user(github, &it.author), "draft": it.draft,
        "locked": false, "labels": labels,
        "head": side(&it.head, &it.head_sha, github.repository_by_id(it.head_repository)),
        "base": side(&it.base, &it.base_sha, Some(repository_)),
        "created_at": it.created_at, "updated_at": it.updated_at,
        "closed_at": (it.state == "closed").then_some(it.updated_at),
        "merged_at": it.merged.then_some(it.updated_at), "merged": it.merged,
        "merge_commit_sha": null, "mergeable": true, "mergeable_state": "unknown", "merged_by": null,
        "author_association": if fork { "CONTRIBUTOR" } else { "MEMBER" },
        "commits": commits_of(github, it).len(), "changed_files": files.len(),
        "additions": count("additions"), "deletions": count("deletions"),
        "comments": 0, "review_comments": it.threads.len(), "maintainer_can_modify": fork,
    });
    let more = json!({
        "url": url, "html_url": html, "auto_merge": null, "assignee": null, "assignees": [],
        "requested_reviewers": it.review_requests.iter().map(|it| user(github, it)).collect::<Vec<_>>(),
        "requested_teams": [], "milestone": null, "active_lock_reason": null,
        "issue_url": format!("{API}/repos/{name}/issues/{}", it.number),
        "_links": {
            "self": {"href": url}, "html": {"href": html},
        },
    });
    for (name, more) in more.as_object().into_iter().flatten() {
        value[name] = more.clone();
    }
    value
}

pub(super) fn label(name: &str) -> Value {
    json!({
        "id": 1, "node_id": format!("LA_{name}"), "url": format!("{API}/labels/{name}"),
        "name": name, "color": "ededed", "default": false, "description": "",
    })
}

/// The files of a pull request: what differs from the merge base.
pub(super) fn changed_files(github: &GitHub, it: &PullRequest) -> Vec<Value> {
    let base = github.merge_base(&it.base_sha, &it.head_sha);
    let base = base.and_then(|it| github.commits.get(&it));
    github.commits.get(&it.head_sha).map_or_else(Vec::new, |head| super::changes::files(base, head))
}

/// The commits of a pull request, oldest first.
pub(super) fn commits_of(github: &GitHub, it: &PullRequest) -> Vec<String> {
    let known = github.ancestors(&it.base_sha);
    let mut own = github.ancestors(&it.head_sha);
    own.retain(|it| !known.contains(it));
    own.reverse();
    own
}

pub(super) fn commit(github: &GitHub, it: &Commit) -> Value {
    let email = github.accounts.get(&it.author).map_or("someone@acme.invalid", |it| &it.email);
    let signature = json!({"name": it.author, "email": email, "date": it.at});
    let parents: Vec<Value> = it
        .parents
        .iter()
        .map(|sha| json!({"sha": sha, "url": format!("{API}/commits/{sha}")}))
        .collect();
    json!({
        "sha": it.sha, "node_id": format!("C_{}", it.sha), "url": format!("{API}/commits/{}", it.sha),
        "commit": {
            "author": signature, "committer": signature, "message": it.message,
            "tree": tree(it), "comment_count": 0,
            "verification": {
                "verified": it.signature == "valid", "reason": it.signature, "payload": null,
                "signature": null, "verified_at": null,
            },
        },
        "author": user(github, &it.author), "committer": user(github, &it.author),
        "parents": parents,
    })
}

fn tree(it: &Commit) -> Value {
    let sha = &digest(it.sha.as_bytes())[..40];
    json!({"sha": sha, "url": format!("{API}/trees/{sha}")})
}

/// A commit as check suites and workflow runs show it.
pub(super) fn simple_commit(github: &GitHub, sha: &str) -> Value {
    let it = github.commits.get(sha);
    let person =
        json!({"name": it.map_or("nobody", |it| &it.author), "email": "someone@acme.invalid"});
    json!({
        "id": sha, "tree_id": &digest(sha.as_bytes())[..40],
        "message": it.map_or("", |it| &it.message),
        "timestamp": it.map_or_else(|| github.now(), |it| it.at), "author": person,
        "committer": person,
    })
}

/// The pull requests that a check or workflow run names: none, where the head is in a fork.
pub(super) fn pull_requests(repository: &Repository, head: &str) -> Vec<Value> {
    let url = |name: &str| format!("{API}/repos/{name}");
    let name = repository.full_name();
    let repo = json!({"id": repository.id, "url": url(&name), "name": repository.name});
    repository
        .pull_requests
        .values()
        .filter(|it| it.state == "open" && it.head_sha == head)
        .filter(|it| it.head_repository == repository.id)
        .map(|it| {
            json!({
                "id": it.id, "number": it.number, "url": format!("{}/pulls/{}", url(&name), it.number),
                "head": {"ref": it.head, "sha": it.head_sha, "repo": repo},
                "base": {"ref": it.base, "sha": it.base_sha, "repo": repo},
            })
        })
        .collect()
}

pub(super) fn check_run(github: &GitHub, repository: &Repository, it: &CheckRun) -> Value {
    let url = format!("{API}/repos/{}/check-runs/{}", repository.full_name(), it.id);
    let suite = repository.check_suites.iter().find(|suite| suite.id == it.suite);
    let details_url = it.details_url.as_deref().unwrap_or("https://ci.invalid/details");
    json!({
        "id": it.id, "node_id": format!("CR_{}", it.id), "name": it.name, "head_sha": it.head,
        "external_id": it.external_id.clone().unwrap_or_default(), "url": url,
        "html_url": format!("https://github.com/{}/runs/{}", repository.full_name(), it.id),
        "details_url": details_url, "status": it.status, "conclusion": it.conclusion,
        "started_at": it.started_at, "completed_at": it.completed_at,
        "output": {
            "title": it.title, "summary": it.summary, "text": it.text,
            "annotations_count": it.annotations.len(), "annotations_url": format!("{url}/annotations"),
        },
        "check_suite": suite.map_or(json!({"id": it.suite}), |suite| {
            check_suite(github, repository, suite)
        }),
        "app": app(github, &it.app), "pull_requests": pull_requests(repository, &it.head),
    })
}

/// The status and conclusion of a suite: its runs' taken together.
pub(super) fn suite_state(
    repository: &Repository,
    suite: u64,
) -> (&'static str, Option<&'static str>) {
    let runs: Vec<&CheckRun> =
        repository.check_runs.iter().filter(|it| it.suite == suite).collect();
    if runs.is_empty() {
        return ("queued", None);
    }
    // A workflow run goes on while jobs are to come that have no check run yet.
    let goes_on = |it: &WorkflowRun| it.suite == suite && it.status != "completed";
    if runs.iter().any(|it| it.status != "completed")
        || repository.workflow_runs.iter().any(goes_on)
    {
        return ("in_progress", None);
    }
    let order =
        ["failure", "timed_out", "cancelled", "action_required", "stale", "neutral", "skipped"];
    let has = |word: &&&str| runs.iter().any(|it| it.conclusion.as_deref() == Some(**word));
    ("completed", Some(order.iter().find(has).copied().unwrap_or("success")))
}

pub(super) fn check_suite(github: &GitHub, repository_: &Repository, it: &CheckSuite) -> Value {
    let (status, conclusion) = suite_state(repository_, it.id);
    let url = format!("{API}/repos/{}/check-suites/{}", repository_.full_name(), it.id);
    let runs = repository_.check_runs.iter().filter(|run| run.suite == it.id);
    json!({
        "id": it.id, "node_id": format!("CS_{}", it.id), "head_sha": it.head,
        "head_branch": it.branch, "status": status, "conclusion": conclusion,
        "before": null, "after": it.head, "app": app(github, &it.app), "url": url,
        "created_at": it.created_at, "updated_at": it.created_at,
        "head_commit": simple_commit(github, &it.head), "repository": repository(github, repository_),
        "latest_check_runs_count": runs.count(), "check_runs_url": format!("{url}/check-runs"),
        "pull_requests": pull_requests(repository_, &it.head),
    })
}

pub(super) fn workflow_run(github: &GitHub, repository_: &Repository, it: &WorkflowRun) -> Value {
    let url = format!("{API}/repos/{}/actions/runs/{}", repository_.full_name(), it.id);
    let head = github.repository_by_id(it.head_repository).unwrap_or(repository_);
    json!({
        "id": it.id, "node_id": format!("WFR_{}", it.id), "name": it.name, "path": it.path,
        "event": it.event, "status": it.status, "conclusion": it.conclusion,
        "workflow_id": it.workflow_id, "run_number": it.run_number, "run_attempt": it.attempt,
        "head_branch": it.head_branch, "head_sha": it.head, "display_title": it.name,
        "check_suite_id": it.suite, "check_suite_node_id": format!("CS_{}", it.suite),
        "url": url, "html_url": format!("https://github.com/runs/{}", it.id),
        "created_at": it.created_at, "updated_at": it.updated_at, "run_started_at": it.created_at,
        "actor": user(github, &repository_.owner), "triggering_actor": user(github, &repository_.owner),
        "jobs_url": format!("{url}/jobs"), "artifacts_url": format!("{url}/artifacts"),
        "head_commit": simple_commit(github, &it.head), "repository": repository(github, repository_),
        "head_repository": repository(github, head), "head_repository_id": head.id,
        "pull_requests": pull_requests(repository_, &it.head), "previous_attempt_url": null,
        "referenced_workflows": [],
    })
}

pub(super) fn job(repository: &Repository, run: &WorkflowRun, it: &Job) -> Value {
    let url = format!("{API}/repos/{}", repository.full_name());
    json!({
        "id": it.id, "node_id": format!("J_{}", it.id), "run_id": run.id, "name": it.name,
        "run_url": format!("{url}/actions/runs/{}", run.id), "run_attempt": it.attempt,
        "head_sha": run.head, "head_branch": run.head_branch, "workflow_name": run.name,
        "status": it.status, "conclusion": it.conclusion, "created_at": it.started_at,
        "started_at": it.started_at, "completed_at": it.completed_at, "labels": ["ubuntu-latest"],
        "url": format!("{url}/actions/jobs/{}", it.id), "steps": [],
        "html_url": format!("https://github.com/jobs/{}", it.id),
        "check_run_url": format!("{url}/check-runs/{}", it.id),
        "runner_id": null, "runner_name": null, "runner_group_id": null, "runner_group_name": null,
    })
}

pub(super) fn artifact(repository: &Repository, it: &Artifact) -> Value {
    let run = repository.workflow_runs.iter().find(|run| run.id == it.run);
    let url = format!("{API}/repos/{}/actions/artifacts/{}", repository.full_name(), it.id);
    let digest = it.claimed_digest.clone().unwrap_or_else(|| digest(&it.bytes));
    json!({
        "id": it.id, "node_id": format!("AR_{}", it.id), "name": it.name,
        "size_in_bytes": it.claimed_size.unwrap_or(it.bytes.len() as u64), "url": url,
        "archive_download_url": format!("{url}/zip"), "expired": it.expired,
        "created_at": it.created_at, "updated_at": it.created_at,
        "expires_at": it.created_at + SignedDuration::from_hours(24 * 90),
        "digest": format!("sha256:{digest}"),
        "workflow_run": it.claimed_run.clone().unwrap_or_else(|| run.map_or(Value::Null, |run| json!({
            "id": run.id, "repository_id": repository.id, "head_repository_id": run.head_repository,
            "head_branch": run.head_branch, "head_sha": run.head,
        }))),
    })
}

pub(super) fn review(github: &GitHub, pull: &PullRequest, it: &Review) -> Value {
    json!({
        "id": it.id, "node_id": format!("PRR_{}", it.id), "user": user(github, &it.author),
        "body": it.body, "state": it.state, "submitted_at": it.at, "commit_id": it.commit,
        "html_url": format!("https://github.com/reviews/{}", it.id),
        "pull_request_url": format!("{API}/pulls/{}", pull.number), "author_association": "MEMBER",
        "_links": {"html": {"href": ""}, "pull_request": {"href": ""}}, "updated_at": it.at,
    })
}

pub(super) fn status(github: &GitHub, it: &Status) -> Value {
    json!({
        "id": it.id, "node_id": format!("S_{}", it.id), "state": it.state, "context": it.context,
        "description": it.description, "target_url": null, "creator": user(github, &it.creator),
        "created_at": it.at, "updated_at": it.at, "avatar_url": null, "url": format!("{API}/statuses"),
    })
}

pub(super) fn comment(github: &GitHub, repository: &Repository, it: &Comment) -> Value {
    let url = format!("{API}/repos/{}/issues", repository.full_name());
    let by = it.app.map(|id| (id, github.app.slug.clone()));
    json!({
        "id": it.id, "node_id": format!("IC_{}", it.id), "url": format!("{url}/comments/{}", it.id),
        "issue_url": format!("{url}/{}", it.number), "body": it.body,
        "html_url": format!("https://github.com/comments/{}", it.id),
        "user": user(github, &it.author), "created_at": it.created_at, "updated_at": it.updated_at,
        "author_association": "NONE",
        "performed_via_github_app": by.map_or(Value::Null, |by| app(github, &by)),
    })
}
