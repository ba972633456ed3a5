//! Pieces of a snapshot: files, lists and checks, each whole or an error.

use std::collections::BTreeMap;

use gate_core::evidence;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ids::{AppId, CheckRunId, RunId};

use super::{
    super::graphql::Fault,
    Check, CodeOwnersFile, Conclusion, Incomplete, Part, Status,
    wire::{CheckRunNode, Context, Entry, StatusNode, StatusState},
};

/// GitHub's places of CODEOWNERS, in its order, under the names the query gives them.
const OWNERS: [(&str, &str); 3] =
    [("owners1", ".github/CODEOWNERS"), ("owners2", "CODEOWNERS"), ("owners3", "docs/CODEOWNERS")];

const SYMLINK: u32 = 0o120_000;

/// A typed piece, unless an error took it, or a part of it, away.
pub(super) fn piece<T: DeserializeOwned>(
    what: &'static str,
    value: &Value,
    errors: &[Fault],
    place: &[&str],
) -> Part<T> {
    if let Some(fault) = errors.iter().find(|fault| fault.is_within(place)) {
        return Err(Incomplete { what, why: format!("GitHub left it out: {}", fault.words()) });
    }
    T::deserialize(value).map_err(|error| Incomplete { what, why: misfit(&error) })
}

pub(super) fn misfit(error: &serde_json::Error) -> String {
    format!("GitHub's answer does not fit its description: {error}")
}

/// A file's text; none if there is no such file.
pub(super) fn file(
    what: &'static str,
    commit: &Value,
    alias: &str,
    (errors, place): (&[Fault], &[&str]),
) -> Part<Option<String>> {
    let mut place = place.to_vec();
    place.push(alias);
    let value = commit.get(alias).unwrap_or(&Value::Null);
    let Some(entry) = piece::<Option<Entry>>(what, value, errors, &place)? else {
        return Ok(None);
    };
    let wrong = |why: String| Err(Incomplete { what, why });
    let Some(blob) = entry.object.filter(|blob| blob.kind == "Blob") else {
        return wrong("it is a folder or a submodule, not a file".to_owned());
    };
    if entry.mode == SYMLINK {
        return wrong(
            "it is a symbolic link; GitHub follows none, so put the file there".to_owned(),
        );
    }
    if blob.is_truncated != Some(false) {
        let size = blob.byte_size.map_or_else(String::new, |size| format!(" of {size} bytes"));
        return wrong(format!("GitHub sent only a part of a file{size}; make it smaller"));
    }
    if blob.is_binary == Some(true) {
        return wrong("it is a binary file".to_owned());
    }
    let (Some(text), Some(size)) = (blob.text, blob.byte_size) else {
        return wrong("GitHub sent no text for it".to_owned());
    };
    // GitHub decodes a text before it sends it; a shorter one would be a part of it.
    if u64::try_from(text.len()).unwrap_or(u64::MAX) < size {
        return wrong(format!("GitHub sent {} of its {size} bytes", text.len()));
    }
    Ok(Some(text))
}

/// CODEOWNERS at the first place that has it.
pub(super) fn code_owners(
    commit: &Value,
    errors: (&[Fault], &[&str]),
) -> Part<Option<CodeOwnersFile>> {
    for (alias, path) in OWNERS {
        let blob = commit.get(alias).and_then(|entry| entry.get("object")).unwrap_or(&Value::Null);
        let size = blob.get("byteSize").and_then(Value::as_u64).unwrap_or(0);
        if size >= evidence::CodeOwnersFile::MOST_BYTES as u64 {
            let why = format!(
                "it has {size} bytes, and GitHub loads no owners from a file of 3 MB or more"
            );
            return Err(Incomplete { what: path, why });
        }
        match file(path, commit, alias, errors) {
            Ok(Some(text)) => return Ok(Some(CodeOwnersFile { path, text: Some(text) })),
            Ok(None) => {}
            // What is wrong with it is that there is more.
            Err(_) if blob.get("isTruncated") == Some(&Value::Bool(true)) => {
                return Ok(Some(CodeOwnersFile { path, text: None }));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// What a commit's checks say.
#[derive(Clone, Default)]
pub(super) struct Checks {
    /// The newest check run of each App, workflow and name, and every status, by name.
    pub(super) newest: Vec<Check>,
    /// The newest job of each name of each workflow run.
    pub(super) jobs: Vec<Check>,
}

pub(super) fn checks(contexts: Vec<Context>) -> Checks {
    let read = |context| match context {
        Context::CheckRun(node) => check_run(node),
        Context::StatusContext(node) => status(node),
    };
    let all: Vec<Check> = contexts.into_iter().map(read).collect();
    let mut jobs: BTreeMap<(RunId, &str), &Check> = BTreeMap::new();
    for job in &all {
        let Some(run) = job.run else { continue };
        let newest = jobs.entry((run, &job.name)).or_insert(job);
        if job.id > newest.id {
            *newest = job;
        }
    }
    let jobs = jobs.into_values().cloned().collect();
    Checks { newest: newest(all), jobs }
}

fn newest(checks: Vec<Check>) -> Vec<Check> {
    type Key = (String, Option<String>, Option<u64>, Option<u64>);
    let mut newest: BTreeMap<Key, Check> = BTreeMap::new();
    for check in checks {
        // Of a run without an id nobody can say whether it is the newest, so each is kept.
        let nameless = match (check.app.as_ref(), check.id) {
            (Some(_), None) => u64::try_from(newest.len()).ok(),
            (_, Some(_) | None) => None,
        };
        let app = check.app_id.map(|id| id.0);
        let key = (check.name.clone(), check.workflow.clone(), app, nameless);
        match newest.get(&key) {
            Some(other) if other.id > check.id => {}
            Some(_) | None => {
                newest.insert(key, check);
            }
        }
    }
    newest.into_values().collect()
}

fn check_run(node: CheckRunNode) -> Check {
    let CheckRunNode { database_id, name, status, conclusion, external_id, check_suite } = node;
    let (app, run) = (check_suite.app, check_suite.workflow_run);
    // Each run of a workflow is a suite of its own.
    let run_status = run.as_ref().map(|_| check_suite.status);
    Check {
        name,
        id: database_id.map(CheckRunId),
        app_id: app.as_ref().and_then(|app| app.database_id).map(AppId),
        // A run of a deleted App has none; it is no status all the same.
        app: Some(app.map_or_else(String::new, |app| app.slug)),
        external_id: external_id.filter(|id| !id.is_empty()),
        run: run.as_ref().and_then(|run| run.database_id).map(RunId),
        run_status,
        workflow: run.map(|run| run.workflow.name),
        status,
        conclusion,
    }
}

fn status(StatusNode { context, state }: StatusNode) -> Check {
    let (status, conclusion) = match state {
        StatusState::Success => (Status::Completed, Some(Conclusion::Success)),
        StatusState::Failure | StatusState::Error => (Status::Completed, Some(Conclusion::Failure)),
        StatusState::Pending | StatusState::Expected => (Status::Pending, None),
    };
    Check {
        name: context,
        id: None,
        app: None,
        app_id: None,
        external_id: None,
        workflow: None,
        run: None,
        run_status: None,
        status,
        conclusion,
    }
}
