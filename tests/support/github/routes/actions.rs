//! Workflow runs, their jobs and artifacts.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    super::{
        answer::{Answer, Answered, Request},
        data::{GitHub, WorkflowRun},
        shapes,
    },
    repository, unserved,
};

pub(super) fn answer(github: &GitHub, request: &Request) -> Answered {
    let repository = repository(github, request)?;
    let run = || {
        let id = request.number("run_id");
        repository.workflow_runs.iter().find(|it| it.id == id).ok_or_else(Answer::not_found)
    };
    let artifact = || {
        let id = request.number("artifact_id");
        repository.artifacts.iter().find(|it| it.id == id).ok_or_else(Answer::not_found)
    };
    match request.id {
        "actions/list-workflow-runs-for-repo" => {
            let wanted = |it: &&WorkflowRun| {
                let fits = |key: &str, value: &str| request.asked(key).is_none_or(|it| it == value);
                let state = request.asked("status");
                let in_state = state.is_none_or(|state| {
                    it.status == state || it.conclusion.as_deref() == Some(state)
                });
                fits("head_sha", &it.head)
                    && fits("event", &it.event)
                    && fits("branch", &it.head_branch)
                    && fits("check_suite_id", &it.suite.to_string())
                    && in_state
            };
            let mut runs: Vec<&WorkflowRun> =
                repository.workflow_runs.iter().filter(wanted).collect();
            runs.sort_by_key(|it| std::cmp::Reverse(it.id));
            let runs = runs.iter().map(|it| shapes::workflow_run(github, repository, it)).collect();
            Ok(Answer::list(Some("workflow_runs"), runs))
        }
        "actions/get-workflow-run" => {
            Ok(Answer::json(200, shapes::workflow_run(github, repository, run()?)))
        }
        "actions/list-jobs-for-workflow-run" => {
            let run = run()?;
            let all = request.asked("filter") == Some("all");
            let jobs = run.jobs.iter().filter(|it| all || it.attempt == run.attempt);
            let jobs = jobs.map(|it| shapes::job(repository, run, it)).collect();
            Ok(Answer::list(Some("jobs"), jobs))
        }
        "actions/list-workflow-run-artifacts" | "actions/list-artifacts-for-repo" => {
            let of_run = match request.id {
                "actions/list-workflow-run-artifacts" => Some(run()?.id),
                _ => None,
            };
            let mut found: Vec<_> = repository
                .artifacts
                .iter()
                .filter(|it| of_run.is_none_or(|run| it.run == run))
                .filter(|it| request.asked("name").is_none_or(|name| it.name == name))
                .collect();
            if request.asked("direction") != Some("asc") {
                found.reverse();
            }
            let found: Vec<Value> =
                found.iter().map(|it| shapes::artifact(repository, it)).collect();
            Ok(Answer::list(Some("artifacts"), found))
        }
        "actions/get-artifact" => Ok(Answer::json(200, shapes::artifact(repository, artifact()?))),
        "actions/download-artifact" => {
            let artifact = artifact()?;
            if artifact.expired {
                return Err(Answer::error(410, "Artifact has expired"));
            }
            // A host of another name, and a URL that is good for a minute.
            let until = Timestamp::now() + SignedDuration::from_mins(1);
            let to = format!(
                "{}/blobs/{}/{}?until={}",
                request.blobs,
                repository.id,
                artifact.id,
                until.as_second()
            );
            Ok(Answer::redirect(302, to))
        }
        _ => Err(unserved(request)),
    }
}
