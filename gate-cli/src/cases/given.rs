//! What a case gives → evidence. A file that is not there is a mistake of the case, and no evidence.

use std::{
    io,
    path::{Path, PathBuf},
};

use gate_core::{
    evidence::{
        ChangeKind, ChangeSet, Evidence, FileChange, Piece, PullRequest, Report, merge_parts,
    },
    measure::{Message, RepoPath},
    policy::{ExpectedReport, Given, GivenReport, Policy, TestCase},
    report::{self, Layout, Limits},
};
use jiff::Timestamp;
use serde_json::Value;

use super::pull_request;
use crate::{error::CliError, files, gather, git, history};

/// The evidence of a case, for the reports that the policy expects.
pub(super) fn evidence(case: &TestCase, policy: &Policy) -> Result<Evidence, CliError> {
    let mut evidence = Evidence::nothing();
    if let Some(given) = &case.pull_request {
        let mut pull_request = pull_request_of(given, case.now)?;
        // Whoever describes a pull request may list its commits.
        if let Piece::Present(pull_request) = &mut pull_request
            && let Some(commits) = pull_request.commits.take()
        {
            evidence = evidence.with_commits(Piece::Present(commits));
        }
        evidence = evidence.with_pull_request(pull_request);
    }
    if !case.history.is_empty() {
        let records: Vec<PathBuf> = case.history.iter().map(PathBuf::from).collect();
        if let Some(gone) = records.iter().find(|record| !record.exists()) {
            return Err(CliError::Case(format!("there is no file {gone:?}")));
        }
        evidence = evidence.with_history(history::read(policy, &records));
    }
    if let Some(given) = &case.changes {
        evidence = evidence.with_changes(changes(given, case.now)?);
    }
    for expected in policy.reports() {
        if let Some(report) = whole(expected, &case.reports, case.now)? {
            evidence = evidence.with_report(&expected.name, report);
        }
        if let Some(report) = whole(expected, &case.baseline, case.now)? {
            evidence = evidence.with_baseline_report(&expected.name, report);
        }
    }
    Ok(evidence)
}

/// A report of all its parts; nothing where none of them is given.
fn whole(
    expected: &ExpectedReport,
    given: &[GivenReport],
    now: Timestamp,
) -> Result<Option<Piece<Report>>, CliError> {
    let mut parts = Vec::new();
    let mut any = false;
    for (part, wanted) in expected.by_part() {
        let piece = match given.iter().find(|report| report.name == wanted.name) {
            Some(report) => {
                any = true;
                piece(&report.given, now, |bytes| {
                    let options = gather::options(Layout::unknown());
                    let options = match wanted.format {
                        Some(format) => options.with_format(format),
                        None => options,
                    };
                    report::read(bytes, &options).map_err(|error| error.to_string())
                })?
            }
            None => Piece::Missing { why: Message::new("the case does not give it") },
        };
        parts.push((part, piece));
    }
    Ok(any.then(|| merge_parts(parts)))
}

fn changes(given: &Given, now: Timestamp) -> Result<Piece<ChangeSet>, CliError> {
    if let Given::Json(Value::Array(paths)) = given {
        let paths: Option<Vec<&str>> = paths.iter().map(Value::as_str).collect();
        let Some(paths) = paths else {
            return Err(CliError::Case("`changes` is a diff or a list of paths".to_owned()));
        };
        let modified =
            |path: &str| FileChange::new(RepoPath::normalised(path), ChangeKind::Modified);
        return Ok(Piece::Present(ChangeSet::new(paths.into_iter().map(modified).collect())));
    }
    let limits = Limits::default().with_bytes(git::MOST_DIFF);
    piece(given, now, |bytes| report::read_diff(bytes, &limits).map_err(|error| error.to_string()))
}

fn pull_request_of(given: &Given, now: Timestamp) -> Result<Piece<PullRequest>, CliError> {
    let limits = Limits::default();
    let read =
        |bytes: &[u8]| report::read_pull_request(bytes, &limits).map_err(|error| error.to_string());
    match given {
        // A pull request that is written here is meant to be read: a slip in it is the case's.
        Given::Json(value) => {
            let json = pull_request::filled(value.clone(), now).to_string();
            read(json.as_bytes())
                .map(Piece::Present)
                .map_err(|error| CliError::Case(format!("`pull-request`: {error}")))
        }
        Given::File(_) | Given::Text(_) | Given::Missing | Given::Awaited | Given::Broken | _ => {
            piece(given, now, read)
        }
    }
}

/// A piece of evidence in the state that the case gives it. What cannot be read is evidence, too.
fn piece<T>(
    given: &Given,
    now: Timestamp,
    read: impl Fn(&[u8]) -> Result<T, String>,
) -> Result<Piece<T>, CliError> {
    let bytes = match given {
        Given::File(name) => {
            let file = Path::new(name);
            let read = files::read(file, &Limits::default().with_bytes(git::MOST_DIFF));
            read.map_err(|source| {
                if source.kind() == io::ErrorKind::NotFound {
                    CliError::Case(format!("there is no file {name:?}"))
                } else {
                    CliError::Unreadable { file: file.to_owned(), source }
                }
            })?
        }
        Given::Text(text) => text.clone().into_bytes(),
        Given::Json(value) => value.to_string().into_bytes(),
        Given::Missing => {
            return Ok(Piece::Missing { why: Message::new("the case says that it is missing") });
        }
        Given::Awaited => {
            return Ok(Piece::Awaited { since: now, from: Message::new("a job of the case") });
        }
        Given::Broken | _ => {
            return Ok(Piece::Broken { why: Message::new("the case says that it is broken") });
        }
    };
    Ok(match read(&bytes) {
        Ok(value) => Piece::Present(value),
        Err(error) => Piece::Broken { why: Message::new("it cannot be read: ").quote(error) },
    })
}
