//! Repositories and what is in them: files, commits, comparisons, statuses, people.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Answered, Request},
        changes,
        data::{Commit, GitHub, Repository, Status, digest},
        shapes,
    },
    repository, trees, unserved,
};

/// GitHub's limits on one answer.
const MOST_FILES_COMPARED: usize = 300;
const MOST_BYTES_INLINE: usize = 1_000_000;

pub(super) fn answer(github: &GitHub, request: &Request) -> Answered {
    let repository = repository(github, request)?;
    let commit = |reference: &str| {
        let sha = repository.resolve(reference, &github.commits);
        sha.and_then(|it| github.commits.get(&it))
    };
    match request.id {
        "repos/get" => Ok(Answer::json(200, shapes::repository(github, repository))),
        "repos/get-commit" => {
            let found = commit(request.text("ref"));
            let found = found.ok_or_else(|| Answer::error(422, "No commit found for SHA"))?;
            Ok(Answer::json(200, shapes::commit(github, found)))
        }
        "repos/list-pull-requests-associated-with-commit" => {
            // Measured by many: for the heads of forks the list is empty.
            let sha = request.text("commit_sha");
            let pulls = repository.pull_requests.values();
            let pulls =
                pulls.filter(|it| it.head_sha == sha && it.head_repository == repository.id);
            let pulls = pulls.map(|it| shapes::pull_request(github, repository, it)).collect();
            Ok(Answer::list(None, pulls))
        }
        "repos/compare-commits-with-basehead" => compare(github, repository, request),
        "repos/get-content" => {
            let reference = request.asked("ref").unwrap_or("HEAD");
            contents(commit(reference).ok_or_else(Answer::not_found)?, request.text("path"))
        }
        "git/get-blob" => {
            let sha = request.text("file_sha");
            let of_blob = |bytes: &&Vec<u8>| digest(bytes)[..40] == *sha;
            let files = github.commits.values().flat_map(|it| it.files.values());
            let bytes = files.into_iter().find(of_blob).ok_or_else(Answer::not_found)?;
            let blob = json!({
                "content": STANDARD.encode(bytes), "encoding": "base64", "sha": sha,
                "size": bytes.len(), "url": "https://api.github.com", "node_id": "B",
            });
            Ok(Answer::json(200, blob))
        }
        "git/get-tree" => {
            // Anything there makes it recursive, as GitHub says.
            let is_recursive = request.asked("recursive").is_some();
            trees::answer(github, commit, request.text("tree_sha"), is_recursive)
        }
        "repos/get-combined-status-for-ref" | "repos/list-commit-statuses-for-ref" => {
            let head = commit(request.text("ref")).ok_or_else(Answer::not_found)?;
            let mut all: Vec<&Status> =
                repository.statuses.iter().filter(|it| it.head == head.sha).collect();
            all.reverse();
            if request.id == "repos/list-commit-statuses-for-ref" {
                let all = all.iter().map(|it| shapes::status(github, it)).collect();
                return Ok(Answer::list(None, all));
            }
            let mut latest: Vec<&Status> = Vec::new();
            for status in all {
                if !latest.iter().any(|it| it.context == status.context) {
                    latest.push(status);
                }
            }
            let has = |state: &str| latest.iter().any(|it| it.state == state);
            let state = if has("failure") || has("error") {
                "failure"
            } else if has("pending") || latest.is_empty() {
                "pending"
            } else {
                "success"
            };
            let statuses: Vec<Value> = latest.iter().map(|it| shapes::status(github, it)).collect();
            Ok(Answer::json(
                200,
                json!({
                    "state": state, "statuses": statuses, "sha": head.sha,
                    "total_count": statuses.len(), "repository": shapes::repository(github, repository),
                    "commit_url": "https://api.github.com", "url": "https://api.github.com",
                }),
            ))
        }
        "repos/codeowners-errors" => Ok(Answer::json(200, json!({"errors": []}))),
        "repos/get-collaborator-permission-level" => {
            let login = request.text("username");
            let role = repository.permission(login);
            let permission = match role {
                "maintain" => "write",
                "triage" => "read",
                other => other,
            };
            let mut user = shapes::user(github, login);
            user["role_name"] = json!(role);
            let body = json!({"permission": permission, "role_name": role, "user": user});
            Ok(Answer::json(200, body))
        }
        _ => Err(unserved(request)),
    }
}

fn compare(github: &GitHub, repository: &Repository, request: &Request) -> Answered {
    let (base, head) = request.text("basehead").split_once("...").ok_or_else(Answer::not_found)?;
    let commit = |reference: &str| {
        // `owner:branch` is in a fork.
        let (place, reference) = match reference.split_once(':') {
            Some((owner, branch)) => {
                (github.repositories.iter().find(|it| it.owner == owner), branch)
            }
            None => (Some(repository), reference),
        };
        let sha = place.and_then(|it| it.resolve(reference, &github.commits));
        sha.and_then(|it| github.commits.get(&it)).ok_or_else(Answer::not_found)
    };
    let (base, head) = (commit(base)?, commit(head)?);
    let merge_base = github.merge_base(&base.sha, &head.sha);
    let merge_base =
        merge_base.and_then(|it| github.commits.get(&it)).ok_or_else(Answer::not_found)?;
    let (of_base, of_head) = (github.ancestors(&base.sha), github.ancestors(&head.sha));
    let behind = of_base.iter().filter(|it| !of_head.contains(it)).count();
    let mut ahead: Vec<&String> = of_head.iter().filter(|it| !of_base.contains(it)).collect();
    ahead.reverse();
    let status = match (ahead.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        (_, _) => "diverged",
    };
    let page: usize = request.asked("page").and_then(|it| it.parse().ok()).unwrap_or(1);
    let size: usize = request.asked("per_page").and_then(|it| it.parse().ok()).unwrap_or(250);
    let commits: Vec<Value> = ahead
        .iter()
        .skip((page - 1) * size)
        .take(size)
        .filter_map(|it| github.commits.get(*it))
        .map(|it| shapes::commit(github, it))
        .collect();
    // The files stand on the first page only.
    let mut files = if page == 1 { changes::files(Some(merge_base), head) } else { Vec::new() };
    files.truncate(MOST_FILES_COMPARED);
    Ok(Answer::json(
        200,
        json!({
            "status": status, "ahead_by": ahead.len(), "behind_by": behind,
            "total_commits": ahead.len(), "base_commit": shapes::commit(github, base),
            "merge_base_commit": shapes::commit(github, merge_base), "commits": commits,
            "files": files,
        }),
    ))
}

fn contents(commit: &Commit, path: &str) -> Answered {
    let path = path.trim_matches('/');
    let entry = |path: &str, bytes: &[u8], kind: &str| {
        json!({
            "type": kind, "name": path.rsplit('/').next(), "path": path, "size": bytes.len(),
            "sha": &digest(bytes)[..40], "url": "https://api.github.com",
            "git_url": null, "html_url": null, "download_url": null,
            "_links": {"self": "https://api.github.com", "git": null, "html": null},
        })
    };
    if let Some(bytes) = commit.files.get(path) {
        let mut file = entry(path, bytes, "file");
        let inline = bytes.len() <= MOST_BYTES_INLINE;
        file["encoding"] = json!(if inline { "base64" } else { "none" });
        // GitHub breaks the lines of base64.
        let text = if inline { STANDARD.encode(bytes) } else { String::new() };
        let lines: Vec<&str> =
            text.as_bytes().chunks(60).filter_map(|it| std::str::from_utf8(it).ok()).collect();
        file["content"] = json!(lines.join("\n"));
        return Ok(Answer::json(200, file));
    }
    let below = if path.is_empty() { String::new() } else { format!("{path}/") };
    let mut entries: Vec<Value> = Vec::new();
    for (file, bytes) in &commit.files {
        let Some(rest) = file.strip_prefix(&below) else { continue };
        let (name, kind) =
            rest.split_once('/').map_or((rest, "file"), |(folder, _)| (folder, "dir"));
        let path = format!("{below}{name}");
        if !entries.iter().any(|it| it["path"] == path.as_str()) {
            entries.push(entry(&path, if kind == "file" { bytes } else { &[] }, kind));
        }
    }
    if entries.is_empty() {
        Err(Answer::not_found())
    } else {
        Ok(Answer::json(200, json!(entries)))
    }
}
