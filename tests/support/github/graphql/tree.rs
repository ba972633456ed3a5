//! The data as the tree that GraphQL walks. `$commit`, `$repository` and `$pull` stand for what is
//! only built when it is walked into; `$connection` for what is given in pages.

use serde_json::{Value, json};

use super::super::{
    data::digest,
    data::{CheckRun, Commit, GitHub, MergeGroup, PullRequest, Repository, Review, Status, Thread},
    shapes,
};

/// What a reference of the tree stands for.
pub(super) fn loaded(github: &GitHub, value: Value) -> Value {
    if let Some(sha) = value["$commit"].as_str() {
        return github.commits.get(sha).map_or(Value::Null, |it| commit(github, it));
    }
    if let Some(id) = value["$repository"].as_u64() {
        return github.repository_by_id(id).map_or(Value::Null, |it| repository(github, it));
    }
    if let (Some(id), Some(number)) = (value["$pull"][0].as_u64(), value["$pull"][1].as_u64()) {
        let found = github.repository_by_id(id);
        let found = found.and_then(|it| Some((it, it.pull_requests.get(&number)?)));
        return found.map_or(Value::Null, |(it, pull)| pull_request(github, it, pull));
    }
    value
}

pub(super) fn repository(github: &GitHub, it: &Repository) -> Value {
    json!({
        "__typename": "Repository", "id": format!("R_{}", it.id), "databaseId": it.id,
        "name": it.name, "nameWithOwner": it.full_name(), "isPrivate": it.private,
        "isArchived": false, "isDisabled": false, "isFork": it.fork_of.is_some(), "isEmpty": it.branches.is_empty(),
        "url": format!("https://github.com/{}", it.full_name()), "owner": actor(github, &it.owner),
        "defaultBranchRef": reference(it, &it.default_branch),
    })
}

/// Who did something; nobody, where the account is gone.
pub(super) fn actor(github: &GitHub, login: &str) -> Value {
    let Some(account) = github.accounts.get(login) else { return Value::Null };
    let known = ["User", "Organization", "Bot"].contains(&account.kind.as_str());
    let kind = if known { account.kind.as_str() } else { "User" };
    // GraphQL names a bot without `[bot]`.
    let login = login.trim_end_matches("[bot]");
    json!({
        "__typename": kind, "id": format!("U_{}", account.id), "databaseId": account.id,
        "login": login, "name": null, "url": format!("https://github.com/{login}"),
    })
}

pub(super) fn reference(it: &Repository, branch: &str) -> Value {
    it.branches.get(branch).map_or(Value::Null, |sha| {
        json!({
            "__typename": "Ref", "id": format!("REF_{}_{branch}", it.id), "name": branch,
            "prefix": "refs/heads/", "target": {"$commit": sha},
            "repository": {"$repository": it.id}, "branchProtectionRule": null,
        })
    })
}

pub(super) fn comparison(github: &GitHub, base: &str, head: &str) -> Value {
    let (of_base, of_head) = (github.ancestors(base), github.ancestors(head));
    let mut ahead: Vec<&String> = of_head.iter().filter(|it| !of_base.contains(it)).collect();
    ahead.reverse();
    let behind = of_base.iter().filter(|it| !of_head.contains(it)).count();
    let status = match (ahead.len(), behind) {
        (0, 0) => "IDENTICAL",
        (_, 0) => "AHEAD",
        (0, _) => "BEHIND",
        (_, _) => "DIVERGED",
    };
    let commits: Vec<Value> = ahead.iter().map(|it| json!({ "$commit": it })).collect();
    json!({
        "__typename": "Comparison", "id": "CMP", "aheadBy": ahead.len(), "behindBy": behind,
        "status": status, "baseTarget": {"$commit": base}, "headTarget": {"$commit": head},
        "commits": {"$connection": commits},
    })
}

fn commit(github: &GitHub, it: &Commit) -> Value {
    let parents: Vec<Value> = it.parents.iter().map(|sha| json!({ "$commit": sha })).collect();
    json!({
        "__typename": "Commit", "id": format!("C_{}", it.sha), "oid": it.sha,
        "abbreviatedOid": &it.sha[..7], "message": it.message, "messageHeadline": it.message,
        "committedDate": it.at, "authoredDate": it.at, "pushedDate": null,
        "parents": {"$connection": parents}, "statusCheckRollup": rollup_of(github, &it.sha),
        "url": format!("https://github.com/commit/{}", it.sha),
    })
}

/// What `main`, `main:path/to/file` or a commit names.
pub(super) fn object(github: &GitHub, it: &Repository, expression: &str) -> Value {
    let (reference, path) =
        expression.split_once(':').map_or((expression, None), |(at, path)| (at, Some(path)));
    let sha = it.resolve(reference, &github.commits);
    let Some(found) = sha.and_then(|it| github.commits.get(&it)) else { return Value::Null };
    let Some(path) = path else { return commit(github, found) };
    if let Some(bytes) = found.files.get(path) {
        return blob(bytes);
    }
    let below = if path.is_empty() { String::new() } else { format!("{path}/") };
    let entries: Vec<Value> = found
        .files
        .iter()
        .filter_map(|(file, bytes)| Some((file.strip_prefix(&below)?, bytes)))
        .filter(|(rest, _)| !rest.contains('/'))
        .map(|(name, bytes)| {
            let blob = blob(bytes);
            json!({"name": name, "oid": blob["oid"], "type": "blob", "mode": FILE, "object": blob})
        })
        .collect();
    if !found.files.keys().any(|it| it.starts_with(&below)) {
        return Value::Null;
    }
    json!({"__typename": "Tree", "oid": &digest(below.as_bytes())[..40], "entries": entries})
}

/// The mode of a plain file, as git has it.
const FILE: u32 = 0o100_644;

/// A file of a commit, with the name that it has there.
pub(super) fn entry(commit: &Commit, path: &str) -> Value {
    let Some(bytes) = commit.files.get(path) else { return Value::Null };
    let blob = blob(bytes);
    json!({
        "__typename": "TreeEntry", "name": path.rsplit('/').next(), "path": path, "type": "blob",
        "mode": FILE, "size": bytes.len(), "oid": blob["oid"], "object": blob, "isGenerated": false,
    })
}

fn blob(bytes: &[u8]) -> Value {
    let text = std::str::from_utf8(bytes).ok();
    // GraphQL cuts long texts off, and says so.
    let most = 512_000;
    let truncated = bytes.len() > most;
    json!({
        "__typename": "Blob", "id": "B", "oid": &digest(bytes)[..40], "byteSize": bytes.len(),
        "isBinary": text.is_none(), "isTruncated": truncated,
        "text": text.map(|it| it.chars().take(most).collect::<String>()),
    })
}

pub(super) fn state(it: &PullRequest) -> &'static str {
    match (it.merged, it.state.as_str()) {
        (true, _) => "MERGED",
        (false, "closed") => "CLOSED",
        (false, _) => "OPEN",
    }
}

pub(super) fn pull_request(github: &GitHub, repository: &Repository, it: &PullRequest) -> Value {
    let head = github.repository_by_id(it.head_repository);
    let files = shapes::changed_files(github, it);
    let sum = |key: &str| files.iter().filter_map(|it| it[key].as_u64()).sum::<u64>();
    let labels = it.labels.iter().map(|name| json!({"id": format!("LA_{name}"), "name": name}));
    let commits = shapes::commits_of(github, it);
    let commits = commits.iter().map(|sha| json!({"commit": {"$commit": sha}}));
    let requests = it.review_requests.iter();
    let requests = requests
        .map(|login| json!({"asCodeOwner": false, "requestedReviewer": actor(github, login)}));
    let comments = repository.comments.iter().filter(|comment| comment.number == it.number);
    let comments = comments.map(|comment| {
        json!({
            "id": format!("IC_{}", comment.id), "databaseId": comment.id, "body": comment.body,
            "author": actor(github, &comment.author), "createdAt": comment.created_at,
            "viewerDidAuthor": comment.app == Some(github.app.id),
        })
    });
    let latest = it.opinions().into_iter().map(|each| review(github, repository, it, each));
    let threads = it.threads.iter().map(|each| thread(github, each));
    let entry = repository.merge_groups.iter().position(|group| group.number == it.number);
    let queued = !repository.merge_groups.is_empty();
    let shown_files = files.iter().map(|file| {
        let kind = file["status"].as_str().unwrap_or_default();
        json!({
            "path": file["filename"], "additions": file["additions"],
            "deletions": file["deletions"],
            "changeType": if kind == "removed" { "DELETED".to_owned() } else { kind.to_uppercase() },
        })
    });
    let lists = json!({
        "labels": {"$connection": labels.collect::<Vec<Value>>()},
        "files": {"$connection": shown_files.collect::<Vec<Value>>()},
        "commits": {"$connection": commits.collect::<Vec<Value>>()},
        "reviewRequests": {"$connection": requests.collect::<Vec<Value>>()},
        "comments": {"$connection": comments.collect::<Vec<Value>>()},
        "latestReviews": {"$connection": latest.collect::<Vec<Value>>()},
        "reviewThreads": {"$connection": threads.collect::<Vec<Value>>()},
        "closingIssuesReferences": {"$connection": []},
    });
    let mut value = json!({
        "__typename": "PullRequest", "id": format!("PR_{}", it.id), "databaseId": it.id,
        "fullDatabaseId": it.id.to_string(), "number": it.number, "state": state(it),
        "title": it.title, "body": it.body.clone().unwrap_or_default(), "isDraft": it.draft,
        "merged": it.merged, "closed": it.state == "closed", "locked": false,
        "isCrossRepository": it.head_repository != repository.id,
        "author": actor(github, &it.author), "url": format!("https://github.com/pull/{}", it.number),
        "createdAt": it.created_at, "updatedAt": it.updated_at,
        "baseRef": reference(repository, &it.base), "baseRefName": it.base,
        "baseRefOid": it.base_sha, "baseRepository": {"$repository": repository.id},
        "headRef": head.map_or(Value::Null, |repo| reference(repo, &it.head)),
        "headRefName": it.head, "headRefOid": it.head_sha,
        "headRepository": head.map_or(Value::Null, |repo| json!({"$repository": repo.id})),
        "repository": {"$repository": repository.id}, "changedFiles": files.len(),
        "additions": sum("additions"), "deletions": sum("deletions"),
        "reviewDecision": it.review_decision, "mergeStateStatus": "UNKNOWN",
        "isInMergeQueue": entry.is_some(), "isMergeQueueEnabled": queued,
        "mergeQueue": if queued { merge_queue(repository, Some(&it.base)) } else { Value::Null },
        "mergeQueueEntry": entry.map_or(Value::Null, |at| {
            queue_entry(repository, at, &repository.merge_groups[at])
        }),
        "statusCheckRollup": rollup(github, repository, &it.head_sha),
    });
    for (name, list) in lists.as_object().into_iter().flatten() {
        value[name] = list.clone();
    }
    value
}

pub(super) fn review(
    github: &GitHub,
    repository: &Repository,
    pull: &PullRequest,
    it: &Review,
) -> Value {
    json!({
        "__typename": "PullRequestReview", "id": format!("PRR_{}", it.id), "databaseId": it.id,
        "fullDatabaseId": it.id.to_string(), "author": actor(github, &it.author),
        "authorAssociation": "MEMBER", "authorCanPushToRepository": repository.may_push(&it.author),
        "state": it.state, "body": it.body, "submittedAt": it.at, "createdAt": it.at,
        "updatedAt": it.at, "commit": {"$commit": it.commit}, "onBehalfOf": {"$connection": []},
        "pullRequest": {"$pull": [repository.id, pull.number]},
        "url": format!("https://github.com/reviews/{}", it.id),
    })
}

fn thread(github: &GitHub, it: &Thread) -> Value {
    let comment = json!({
        "__typename": "PullRequestReviewComment", "id": format!("RC_{}", it.comment_id),
        "databaseId": it.comment_id, "author": actor(github, &it.author), "body": it.body,
        "createdAt": it.at, "path": it.path, "url": format!("https://github.com/rc/{}", it.comment_id),
    });
    json!({
        "__typename": "PullRequestReviewThread", "id": it.id, "isOutdated": it.outdated,
        "isResolved": it.resolved_by.is_some(), "isCollapsed": it.resolved_by.is_some(),
        "path": it.path, "line": it.line, "originalLine": it.line, "startLine": null,
        "resolvedBy": it.resolved_by.as_ref().map_or(Value::Null, |it| actor(github, it)),
        "comments": {"$connection": [comment]},
    })
}

pub(super) fn merge_queue(it: &Repository, branch: Option<&str>) -> Value {
    let branch = branch.unwrap_or(&it.default_branch);
    let branch = branch.strip_prefix("refs/heads/").unwrap_or(branch);
    let groups = it.merge_groups.iter().enumerate().filter(|(_, group)| group.base == branch);
    let entries: Vec<Value> = groups.map(|(at, group)| queue_entry(it, at, group)).collect();
    json!({
        "__typename": "MergeQueue", "id": format!("MQ_{}_{branch}", it.id),
        "repository": {"$repository": it.id}, "entries": {"$connection": entries},
    })
}

fn queue_entry(it: &Repository, at: usize, group: &MergeGroup) -> Value {
    json!({
        "__typename": "MergeQueueEntry", "id": format!("MQE_{}", group.id), "position": at + 1,
        "state": "AWAITING_CHECKS", "headCommit": {"$commit": group.head},
        "baseCommit": {"$commit": group.base_sha}, "enqueuedAt": group.enqueued_at,
        "pullRequest": {"$pull": [it.id, group.number]},
    })
}

fn rollup_of(github: &GitHub, sha: &str) -> Value {
    let has = |it: &&Repository| {
        it.check_runs.iter().any(|run| run.head == sha)
            || it.statuses.iter().any(|status| status.head == sha)
    };
    let found = github.repositories.iter().find(has);
    found.map_or(Value::Null, |it| rollup(github, it, sha))
}

/// Checks and statuses of a commit; nothing, where there are none.
fn rollup(github: &GitHub, repository: &Repository, sha: &str) -> Value {
    let mut runs: Vec<&CheckRun> = Vec::new();
    for run in repository.check_runs.iter().rev().filter(|it| it.head == sha) {
        // Of one suite the newest of each name; a workflow that ran twice has two suites, and both stay.
        if !runs.iter().any(|it| it.name == run.name && it.suite == run.suite) {
            runs.push(run);
        }
    }
    let mut statuses: Vec<&Status> = Vec::new();
    for status in repository.statuses.iter().rev().filter(|it| it.head == sha) {
        if !statuses.iter().any(|it| it.context == status.context) {
            statuses.push(status);
        }
    }
    if runs.is_empty() && statuses.is_empty() {
        return Value::Null;
    }
    let bad = runs.iter().any(|it| {
        it.conclusion
            .as_ref()
            .is_some_and(|it| !["success", "neutral", "skipped"].contains(&it.as_str()))
    });
    let open = runs.iter().any(|it| it.status != "completed");
    let is = |state: &str| statuses.iter().any(|it| it.state == state);
    let state = if bad || is("failure") || is("error") {
        "FAILURE"
    } else if open || is("pending") {
        "PENDING"
    } else {
        "SUCCESS"
    };
    let (of_runs, of_statuses) = (runs.len(), statuses.len());
    let mut contexts: Vec<Value> =
        runs.into_iter().map(|it| check_run(github, repository, it)).collect();
    contexts.extend(statuses.into_iter().map(|it| {
        json!({
            "__typename": "StatusContext", "id": format!("S_{}", it.id), "context": it.context,
            "state": it.state.to_uppercase(), "description": it.description, "targetUrl": null,
            "createdAt": it.at, "creator": actor(github, &it.creator),
        })
    }));
    json!({
        "__typename": "StatusCheckRollup", "id": format!("SCR_{sha}"), "state": state,
        "commit": {"$commit": sha},
        "contexts": {
            "$connection": contexts, "checkRunCount": of_runs, "statusContextCount": of_statuses,
        },
    })
}

fn check_run(github: &GitHub, repository: &Repository, it: &CheckRun) -> Value {
    let upper = |text: &str| text.to_uppercase();
    let run = repository.workflow_runs.iter().find(|run| run.suite == it.suite);
    let (status, conclusion) = shapes::suite_state(repository, it.suite);
    json!({
        "__typename": "CheckRun", "id": format!("CR_{}", it.id), "databaseId": it.id,
        "name": it.name, "status": upper(&it.status), "conclusion": it.conclusion.as_deref().map(upper),
        "startedAt": it.started_at, "completedAt": it.completed_at, "detailsUrl": it.details_url,
        "externalId": it.external_id, "title": it.title, "summary": it.summary, "text": it.text,
        "url": format!("https://github.com/runs/{}", it.id),
        "permalink": format!("https://github.com/runs/{}", it.id),
        "repository": {"$repository": repository.id},
        "checkSuite": {
            "__typename": "CheckSuite", "id": format!("CS_{}", it.suite), "databaseId": it.suite,
            "status": upper(status), "conclusion": conclusion.map(upper),
            "commit": {"$commit": it.head},
            "app": {
                "__typename": "App", "id": format!("A_{}", it.app.0), "databaseId": it.app.0,
                "slug": it.app.1, "name": it.app.1,
            },
            "workflowRun": run.map_or(Value::Null, |run| json!({
                "__typename": "WorkflowRun", "id": format!("WFR_{}", run.id), "databaseId": run.id,
                "runNumber": run.run_number, "event": run.event,
                "url": format!("https://github.com/actions/{}", run.id),
                "workflow": {
                    "__typename": "Workflow", "id": format!("W_{}", run.workflow_id),
                    "databaseId": run.workflow_id, "name": run.name,
                },
            })),
        },
        "$app": github.app.id,
    })
}
