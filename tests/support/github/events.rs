//! The webhooks that GitHub sends when something happens, built from the data and held against
//! GitHub's description of each.

use serde_json::{Value, json};

use super::{
    complete::complete,
    data::{CheckSuite, GitHub, PullRequest, Thread},
    descriptions::{WEBHOOKS, problems_of_webhook, schema_of_webhook},
    mail::{Delivery, Outcome, guid},
    shapes,
};

/// Those that an App gets whether it asks for them or not.
const ALWAYS: [&str; 5] =
    ["installation", "installation_repositories", "check_run", "check_suite", "ping"];

/// Sends a webhook about the repository at `at`, if the App is installed there and wants it.
pub(super) fn emit(github: &mut GitHub, at: usize, event: &str, action: &str, body: Value) {
    let repository = &github.repositories[at];
    let of = |it: &&super::data::Installation| it.repositories.contains(&repository.id);
    let Some(installation) = github.installations.iter().find(of) else { return };
    if installation.suspended {
        return;
    }
    let mut payload = body;
    payload["repository"] = shapes::repository(github, repository);
    payload["installation"] = json!({"id": installation.id, "node_id": "I"});
    let sender = payload["sender"].as_str().unwrap_or(&repository.owner).to_owned();
    payload["sender"] = shapes::user(github, &sender);
    post(github, event, action, payload);
}

/// Sends a webhook that is about no one repository.
pub(super) fn post(github: &mut GitHub, event: &str, action: &str, mut payload: Value) {
    if !ALWAYS.contains(&event) && !github.app.events.iter().any(|it| it == event) {
        return;
    }
    if !action.is_empty() {
        payload["action"] = json!(action);
    }
    if let Some(schema) = schema_of_webhook(event, action) {
        complete(&WEBHOOKS, schema, &mut payload);
    }
    for problem in problems_of_webhook(event, action, &payload) {
        github.unexpected.push(format!("webhook {event} {action}: {problem}"));
    }
    let id = github.id();
    let at = github.now();
    github.mail.send(Delivery {
        id,
        guid: guid(id),
        event: event.to_owned(),
        action: action.to_owned(),
        payload,
        at,
        redelivery: false,
        outcome: Outcome::Waiting,
    });
}

/// `pull_request`, with what more the action brings.
pub(super) fn pull_request(
    github: &mut GitHub,
    at: usize,
    number: u64,
    action: &str,
    more: &Value,
) {
    let repository = &github.repositories[at];
    let pull = &repository.pull_requests[&number];
    let shape = shapes::pull_request(github, repository, pull);
    let mut body = json!({"number": number, "pull_request": shape, "sender": pull.author});
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    emit(github, at, "pull_request", action, body);
}

/// `pull_request_review`; its states are in lower case, unlike everywhere else.
pub(super) fn review(github: &mut GitHub, at: usize, number: u64, review: u64, action: &str) {
    let repository = &github.repositories[at];
    let pull = &repository.pull_requests[&number];
    let Some(it) = pull.reviews.iter().find(|it| it.id == review) else { return };
    let mut shape = shapes::review(github, pull, it);
    shape["state"] = json!(it.state.to_lowercase());
    let body = json!({
        "review": shape, "pull_request": shapes::pull_request(github, repository, pull),
        "sender": it.author, "changes": {},
    });
    emit(github, at, "pull_request_review", action, body);
}

/// `pull_request_review_thread`.
pub(super) fn thread(github: &mut GitHub, at: usize, pull: &PullRequest, thread: &Thread) {
    let action = if thread.resolved_by.is_some() { "resolved" } else { "unresolved" };
    let shape = shapes::pull_request(github, &github.repositories[at], pull);
    let comment = json!({
        "id": thread.comment_id, "node_id": "RC", "body": thread.body, "path": thread.path,
        "user": shapes::user(github, &thread.author), "line": thread.line, "side": "RIGHT",
        "commit_id": pull.head_sha, "original_commit_id": pull.head_sha,
        "created_at": thread.at, "updated_at": thread.at,
    });
    let body = json!({
        "thread": {"node_id": thread.id, "comments": [comment]}, "pull_request": shape,
        "sender": thread.resolved_by.clone().unwrap_or_else(|| thread.author.clone()),
    });
    emit(github, at, "pull_request_review_thread", action, body);
}

/// `check_run`; with `pressed`, a button of it.
pub(super) fn check_run(
    github: &mut GitHub,
    at: usize,
    id: u64,
    action: &str,
    pressed: Option<&str>,
) {
    let repository = &github.repositories[at];
    let Some(run) = repository.check_runs.iter().find(|it| it.id == id) else { return };
    let mut body = json!({"check_run": shapes::check_run(github, repository, run)});
    if let Some(identifier) = pressed {
        body["requested_action"] = json!({"identifier": identifier});
    }
    emit(github, at, "check_run", action, body);
}

/// `check_suite`.
pub(super) fn check_suite(github: &mut GitHub, at: usize, suite: &CheckSuite, action: &str) {
    let mut shape = shapes::check_suite(github, &github.repositories[at], suite);
    if action == "requested" {
        shape["status"] = json!("queued");
        shape["conclusion"] = Value::Null;
    }
    emit(github, at, "check_suite", action, json!({ "check_suite": shape }));
}

/// `workflow_run`.
pub(super) fn workflow_run(github: &mut GitHub, at: usize, id: u64, action: &str) {
    let repository = &github.repositories[at];
    let Some(run) = repository.workflow_runs.iter().find(|it| it.id == id) else { return };
    let workflow = json!({
        "id": run.workflow_id, "node_id": "W", "name": run.name, "path": run.path,
        "state": "active", "created_at": run.created_at, "updated_at": run.created_at,
    });
    let shape = shapes::workflow_run(github, repository, run);
    let body = json!({"workflow_run": shape, "workflow": workflow});
    emit(github, at, "workflow_run", action, body);
}

/// `status`.
pub(super) fn status(github: &mut GitHub, at: usize, id: u64) {
    let repository = &github.repositories[at];
    let Some(it) = repository.statuses.iter().find(|it| it.id == id) else { return };
    let commit = github.commits.get(&it.head).map(|it| shapes::commit(github, it));
    let body = json!({
        "id": it.id, "sha": it.head, "name": repository.full_name(), "context": it.context,
        "description": it.description, "state": it.state, "target_url": null, "branches": [],
        "created_at": it.at, "updated_at": it.at, "commit": commit, "sender": it.creator,
    });
    emit(github, at, "status", "", body);
}

/// `push`.
pub(super) fn push(github: &mut GitHub, at: usize, branch: &str, before: &str, after: &str) {
    let nothing = "0".repeat(40);
    let changed = |it: &str| it == nothing;
    let head = if changed(after) { Value::Null } else { push_commit(github, after) };
    let commits = if head.is_null() { vec![] } else { vec![head.clone()] };
    let body = json!({
        "ref": format!("refs/heads/{branch}"), "before": before, "after": after, "base_ref": null,
        "created": changed(before), "deleted": changed(after), "forced": false,
        "compare": "https://github.com/compare", "commits": commits, "head_commit": head,
        "pusher": {"name": github.repositories[at].owner, "email": null},
    });
    emit(github, at, "push", "", body);
}

fn push_commit(github: &GitHub, sha: &str) -> Value {
    let mut it = shapes::simple_commit(github, sha);
    it["distinct"] = json!(true);
    it["url"] = json!(format!("https://github.com/commit/{sha}"));
    let files = |sha: &str| github.commits.get(sha).map(|it| it.files.clone()).unwrap_or_default();
    let parent = github.commits.get(sha).and_then(|it| it.parents.first().cloned());
    let (old, new) = (files(parent.as_deref().unwrap_or_default()), files(sha));
    let of = |which: &dyn Fn(&String) -> bool| -> Vec<&String> {
        old.keys()
            .chain(new.keys().filter(|path| !old.contains_key(*path)))
            .filter(|path| which(path))
            .collect()
    };
    it["added"] = json!(of(&|path| !old.contains_key(path)));
    it["removed"] = json!(of(&|path| !new.contains_key(path)));
    it["modified"] = json!(of(&|path| {
        matches!((old.get(path), new.get(path)), (Some(old), Some(new)) if old != new)
    }));
    it
}

/// `merge_group`; with a reason, it is destroyed.
pub(super) fn merge_group(github: &mut GitHub, at: usize, id: u64, reason: Option<&str>) {
    let found = github.repositories[at].merge_groups.iter().find(|it| it.id == id);
    let Some(it) = found else { return };
    let mut body = json!({"merge_group": {
        "head_sha": it.head, "head_ref": it.head_ref, "base_sha": it.base_sha,
        "base_ref": format!("refs/heads/{}", it.base),
        "head_commit": shapes::simple_commit(github, &it.head),
    }});
    if let Some(reason) = reason {
        body["reason"] = json!(reason);
    }
    let action = if reason.is_some() { "destroyed" } else { "checks_requested" };
    emit(github, at, "merge_group", action, body);
}

/// `installation`.
pub(super) fn installation(github: &mut GitHub, id: u64, action: &str) {
    let Some(it) = github.installations.iter().find(|it| it.id == id) else { return };
    let short = |id: &u64| {
        github.repository_by_id(*id).map(|it| {
            json!({
                "id": it.id, "node_id": format!("R_{}", it.id), "name": it.name,
                "full_name": it.full_name(), "private": it.private,
            })
        })
    };
    let repositories: Vec<Value> = it.repositories.iter().filter_map(short).collect();
    let body = json!({
        "installation": shapes::installation(github, it), "repositories": repositories,
        "sender": shapes::user(github, &it.account), "requester": null,
    });
    post(github, "installation", action, body);
}

/// `installation_repositories`.
pub(super) fn installation_repositories(
    github: &mut GitHub,
    id: u64,
    repository: u64,
    added: bool,
) {
    let Some(it) = github.installations.iter().find(|it| it.id == id) else { return };
    let repo = github.repository_by_id(repository).map(|it| {
        json!({
            "id": it.id, "node_id": format!("R_{}", it.id), "name": it.name,
            "full_name": it.full_name(), "private": it.private,
        })
    });
    let (yes, no) = (repo.into_iter().collect::<Vec<Value>>(), Vec::<Value>::new());
    let (more, less) = if added { (yes, no) } else { (no, yes) };
    let body = json!({
        "installation": shapes::installation(github, it), "repository_selection": "selected",
        "repositories_added": more, "repositories_removed": less, "requester": null,
        "sender": shapes::user(github, &it.account),
    });
    let action = if added { "added" } else { "removed" };
    post(github, "installation_repositories", action, body);
}
