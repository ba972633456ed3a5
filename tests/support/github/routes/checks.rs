//! Check runs and suites.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Answered, Request},
        data::{CheckRun, GitHub, Repository},
        events, shapes,
    },
    position, repository, unserved,
};

/// GitHub counts bytes, where its description says characters.
const MOST_BYTES: usize = 65_535;
const MOST_ANNOTATIONS: usize = 50;

pub(super) fn answer(github: &mut GitHub, request: &Request) -> Answered {
    match request.id {
        "checks/create" => create(github, request),
        "checks/update" => update(github, request),
        "checks/get" | "checks/list-annotations" => {
            let repository = repository(github, request)?;
            let id = request.number("check_run_id");
            let run = repository.check_runs.iter().find(|it| it.id == id);
            let run = run.ok_or_else(Answer::not_found)?;
            if request.id == "checks/get" {
                return Ok(Answer::json(200, shapes::check_run(github, repository, run)));
            }
            Ok(Answer::list(None, run.annotations.clone()))
        }
        "checks/list-for-ref" | "checks/list-for-suite" => {
            let repository = repository(github, request)?;
            let head = head(github, repository, request)?;
            let suite = request.number("check_suite_id");
            let runs = repository.check_runs.iter().filter(|it| match &head {
                Some(head) => it.head == *head,
                None => it.suite == suite,
            });
            let runs = filtered(runs, request);
            let runs = runs.iter().map(|it| shapes::check_run(github, repository, it)).collect();
            Ok(Answer::list(Some("check_runs"), runs))
        }
        "checks/list-suites-for-ref" => {
            let repository = repository(github, request)?;
            let head = head(github, repository, request)?;
            let app: Option<u64> = request.asked("app_id").and_then(|it| it.parse().ok());
            let suites =
                repository.check_suites.iter().filter(|it| head.as_ref() == Some(&it.head));
            let suites = suites.filter(|it| app.is_none_or(|app| it.app.0 == app));
            let suites = suites.map(|it| shapes::check_suite(github, repository, it)).collect();
            Ok(Answer::list(Some("check_suites"), suites))
        }
        _ => Err(unserved(request)),
    }
}

fn head(
    github: &GitHub,
    repository: &Repository,
    request: &Request,
) -> Result<Option<String>, Answer> {
    if request.text("ref").is_empty() {
        return Ok(None);
    }
    let head = repository.resolve(request.text("ref"), &github.commits);
    head.map(Some).ok_or_else(|| Answer::error(422, "No commit found for SHA"))
}

fn filtered<'a>(runs: impl Iterator<Item = &'a CheckRun>, request: &Request) -> Vec<&'a CheckRun> {
    let app: Option<u64> = request.asked("app_id").and_then(|it| it.parse().ok());
    let mut found: Vec<&CheckRun> = runs
        .filter(|it| request.asked("check_name").is_none_or(|name| it.name == name))
        .filter(|it| request.asked("status").is_none_or(|status| it.status == status))
        .filter(|it| app.is_none_or(|app| it.app.0 == app))
        .collect();
    if request.asked("filter").unwrap_or("latest") == "latest" {
        let mut latest: BTreeMap<(u64, &str), &CheckRun> = BTreeMap::new();
        for run in found {
            let newest = latest.entry((run.app.0, &run.name)).or_insert(run);
            if run.id > newest.id {
                *newest = run;
            }
        }
        found = latest.into_values().collect();
    }
    // The order of a list is no order in time.
    found.sort_by_key(|it| std::cmp::Reverse(it.id));
    found
}

/// What GitHub says of an output that its description allows.
fn too_much(body: &Value) -> Option<Answer> {
    let output = &body["output"];
    for key in ["summary", "text"] {
        if output[key].as_str().is_some_and(|it| it.len() > MOST_BYTES) {
            let message = format!("{key} exceeds a maximum bytesize of {MOST_BYTES}");
            return Some(Answer::refused(&message));
        }
    }
    let annotations = output["annotations"].as_array().map_or(0, Vec::len);
    (annotations > MOST_ANNOTATIONS)
        .then(|| Answer::refused(&format!("no more than {MOST_ANNOTATIONS} annotations")))
}

fn create(github: &mut GitHub, request: &Request) -> Answered {
    if let Some(refused) = too_much(&request.body) {
        return Err(refused);
    }
    let at = position(github, request)?;
    let head = request.said("head_sha").unwrap_or_default();
    if !github.commits.contains_key(&head) {
        return Err(Answer::refused(&format!("No commit found for SHA: {head}")));
    }
    let own = (github.app.id, github.app.slug.clone());
    let suite = github.suite(at, &head, own.clone());
    let run = CheckRun {
        id: github.id(),
        suite,
        app: own,
        name: request.said("name").unwrap_or_default(),
        head,
        status: "queued".to_owned(),
        conclusion: None,
        started_at: Some(github.now()),
        completed_at: None,
        details_url: Some("https://gate.invalid".to_owned()),
        external_id: None,
        title: None,
        summary: None,
        text: None,
        annotations: Vec::new(),
        actions: Vec::new(),
        writes: 0,
        seen: false,
    };
    let id = run.id;
    github.repositories[at].check_runs.push(run);
    Ok(Answer::json(201, write(github, request, at, id, true)?))
}

fn update(github: &mut GitHub, request: &Request) -> Answered {
    if let Some(refused) = too_much(&request.body) {
        return Err(refused);
    }
    let at = position(github, request)?;
    let id = request.number("check_run_id");
    let run = github.repositories[at].check_runs.iter().find(|it| it.id == id);
    let run = run.ok_or_else(Answer::not_found)?;
    if !run.is_of(&github.app) {
        return Err(Answer::error(
            403,
            "Invalid app_id `1` - check run can only be modified by the \
                                       GitHub App that created it.",
        ));
    }
    let status = request.said("status");
    if run.status == "completed" && status.as_deref().is_some_and(|it| it != "completed") {
        return Err(Answer::refused("a completed check run stays completed"));
    }
    Ok(Answer::json(200, write(github, request, at, id, false)?))
}

/// Takes what the body says into the run; what it does not say stays.
fn write(
    github: &mut GitHub,
    request: &Request,
    at: usize,
    id: u64,
    created: bool,
) -> Result<Value, Answer> {
    let now = github.now();
    let run = github.repositories[at].check_runs.iter_mut().find(|it| it.id == id);
    let run = run.ok_or_else(Answer::not_found)?;
    let was_complete = run.status == "completed";
    let time = |key: &str| request.said(key).and_then(|it| it.parse::<Timestamp>().ok());
    run.started_at = time("started_at").or(run.started_at);
    if let Some(name) = request.said("name") {
        run.name = name;
    }
    run.details_url = request.said("details_url").or_else(|| run.details_url.take());
    run.external_id = request.said("external_id").or_else(|| run.external_id.take());
    if let Some(status) = request.said("status") {
        run.status = status;
    }
    if let Some(conclusion) = request.said("conclusion") {
        run.conclusion = Some(conclusion);
        run.status = "completed".to_owned();
        run.completed_at = time("completed_at").or(Some(now));
    }
    let output = &request.body["output"];
    let said = |key: &str| output[key].as_str().map(str::to_owned);
    if output.is_object() {
        run.title = said("title").or_else(|| run.title.take());
        run.summary = said("summary");
        run.text = said("text");
        let more = output["annotations"].as_array().into_iter().flatten();
        run.annotations.extend(more.cloned().map(|mut it| {
            it["blob_href"] = json!("");
            it
        }));
    }
    if let Some(actions) = request.body["actions"].as_array() {
        run.actions.clone_from(actions);
    }
    run.writes += 1;
    run.seen = false;
    let completed = run.status == "completed" && !was_complete;
    if github.echoes {
        if created {
            events::check_run(github, at, id, "created", None);
        }
        if completed {
            events::check_run(github, at, id, "completed", None);
        }
    }
    let repository = &github.repositories[at];
    let run = repository.check_runs.iter().find(|it| it.id == id).ok_or_else(Answer::not_found)?;
    Ok(shapes::check_run(github, repository, run))
}
