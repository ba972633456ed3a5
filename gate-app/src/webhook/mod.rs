//! Floor 1: the webhook's door. The signature first, then the headers, then the few fields that we
//! read, then our own words. A pure function: no clock, no store, no server.

mod delivery;
mod event;
mod payload;
mod signature;
#[cfg(test)]
mod tests;

use axum::http::{HeaderMap, HeaderName};
use secrecy::SecretString;
use serde::de::DeserializeOwned;

pub use delivery::{Delivery, DeliveryId, DeliveryIdError, Effect, Repository};
pub use event::{EVENTS, Event, Reading, Sent, known};

use crate::ids::AppId;
use payload::{App, Envelope, Payload, PullRequestState};

const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");
const DELIVERY: HeaderName = HeaderName::from_static("x-github-delivery");
const EVENT: HeaderName = HeaderName::from_static("x-github-event");

/// GitHub's cap: what is larger it does not deliver.
pub const MAX_BODY: usize = 25 << 20;

/// Why a delivery was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// GitHub did not sign it, as far as we can tell.
    #[error("X-Hub-Signature-256 {0}; is the webhook secret at GitHub the App's?")]
    Unsigned(&'static str),
    /// A header is absent or makes no sense.
    #[error("{header}: {why}")]
    Headers {
        /// Its name.
        header: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// GitHub signed it, but it is not what GitHub describes.
    #[error(
        "the payload of {event} cannot be read: {why}; the App's webhook needs the content type application/json"
    )]
    Payload {
        /// The event's name.
        event: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Reads a delivery. `own` is the App's id, by which it knows its own checks and does not answer
/// itself. Unknown events and actions are read, and ignored.
///
/// # Errors
/// When it is not signed with one of the secrets, or cannot be read.
pub fn read(
    headers: &HeaderMap,
    body: &[u8],
    secrets: &[SecretString],
    own: AppId,
) -> Result<Delivery, Refusal> {
    let signature = only(headers, &SIGNATURE).map_err(Refusal::Unsigned)?;
    if !signature::is_of(signature, body, secrets) {
        return Err(Refusal::Unsigned("does not belong to the body"));
    }
    let id = word(headers, &DELIVERY, "X-GitHub-Delivery")?.parse().map_err(
        |error: DeliveryIdError| Refusal::Headers {
            header: "X-GitHub-Delivery",
            why: error.to_string(),
        },
    )?;
    let event = event_name(headers)?;
    let Some(known) = known(&event) else {
        let Envelope { action, installation, repository } = json(&event, body)?;
        let why = "the App does not know this event".to_owned();
        return Ok(Delivery {
            id,
            event,
            action,
            installation: installation.map(|installation| installation.id),
            repository: repository.map(Repository::from),
            effects: vec![Effect::Ignored { why }],
        });
    };
    let mut payload: Payload = json(&event, body)?;
    let action = payload.action.take();
    let installation = payload.installation.take().map(|installation| installation.id);
    let repository = payload.repository.take().map(Repository::from);
    let effect = match known.action(action.as_deref()) {
        Some(&(_, reading)) => {
            let about = (installation.is_some(), repository.is_some());
            let effect = effect(reading, payload, own).and_then(|effect| placed(effect, about));
            effect.map_err(|why| Refusal::Payload { event: event.clone(), why: why.to_owned() })?
        }
        None => ignored("the App does not know this action"),
    };
    Ok(Delivery { id, event, action, installation, repository, effects: vec![effect] })
}

/// What a payload means. The error says what it lacks.
fn effect(reading: Reading, payload: Payload, own: AppId) -> Result<Effect, &'static str> {
    let is_own = |app: Option<App>| app.is_some_and(|app| app.id == own);
    match reading {
        Reading::PullRequest => {
            let pull_request = payload.pull_request.ok_or("it has no pull_request")?;
            Ok(Effect::PullRequest {
                number: pull_request.number,
                head: pull_request.head.sha,
                base_ref: pull_request.base.reference,
                open: pull_request.state == PullRequestState::Open,
            })
        }
        Reading::Closed => {
            let pull_request = payload.pull_request.ok_or("it has no pull_request")?;
            Ok(Effect::Closed { number: pull_request.number, head: pull_request.head.sha })
        }
        Reading::CheckRun => {
            let run = payload.check_run.ok_or("it has no check_run")?;
            // Our own check is our own echo: to answer it would be a loop.
            Ok(if is_own(run.app) { ignored(ECHO) } else { Effect::Commit(run.head_sha) })
        }
        Reading::CheckRunAgain => {
            let run = payload.check_run.ok_or("it has no check_run")?;
            let again = Effect::Again { head: run.head_sha, external_id: run.external_id };
            Ok(if is_own(run.app) { again } else { ignored(NOT_OURS) })
        }
        Reading::CheckSuiteAsked => {
            let suite = payload.check_suite.ok_or("it has no check_suite")?;
            Ok(Effect::Commit(suite.head_sha))
        }
        Reading::CheckSuite => {
            let suite = payload.check_suite.ok_or("it has no check_suite")?;
            Ok(if is_own(suite.app) { ignored(ECHO) } else { Effect::Commit(suite.head_sha) })
        }
        Reading::CheckSuiteAgain => {
            let suite = payload.check_suite.ok_or("it has no check_suite")?;
            let again = Effect::Again { head: suite.head_sha, external_id: None };
            Ok(if is_own(suite.app) { again } else { ignored(NOT_OURS) })
        }
        Reading::Status => Ok(Effect::Commit(payload.sha.ok_or("it has no sha")?)),
        Reading::WorkflowRun => {
            Ok(Effect::Commit(payload.workflow_run.ok_or("it has no workflow_run")?.head_sha))
        }
        Reading::MergeGroup => {
            let group = payload.merge_group.ok_or("it has no merge_group")?;
            let base_ref = branch_of(group.base_ref);
            Ok(Effect::MergeGroup { head: group.head_sha, head_ref: group.head_ref, base_ref })
        }
        Reading::MergeGroupGone => {
            let group = payload.merge_group.ok_or("it has no merge_group")?;
            let base_ref = branch_of(group.base_ref);
            Ok(Effect::MergeGroupGone { head: group.head_sha, head_ref: group.head_ref, base_ref })
        }
        Reading::Push => push(payload),
        Reading::Renamed => Ok(Effect::RepositoryRenamed),
        Reading::Transferred => Ok(Effect::RepositoryTransferred),
        Reading::Deleted => Ok(Effect::RepositoryDeleted),
        Reading::Rules => Ok(Effect::EveryOpen),
        Reading::InstallationChanged => {
            let added = payload.repositories_added.or(payload.repositories);
            Ok(Effect::InstallationChanged {
                added: repositories(added),
                removed: repositories(payload.repositories_removed),
            })
        }
        Reading::InstallationGone => Ok(Effect::InstallationGone),
        Reading::Nothing(why) => Ok(ignored(why)),
    }
}

const ECHO: &str = "it tells of the App's own check";
const NOT_OURS: &str = "another App's check was asked for again";

fn ignored(why: &str) -> Effect {
    Effect::Ignored { why: why.to_owned() }
}

fn repositories(list: Option<Vec<payload::Repository>>) -> Vec<Repository> {
    list.into_iter().flatten().map(Repository::from).collect()
}

fn push(payload: Payload) -> Result<Effect, &'static str> {
    let reference = payload.reference.ok_or("it has no ref")?;
    let Some(name) = reference.strip_prefix("refs/heads/") else {
        return Ok(ignored("only branches have a baseline"));
    };
    if name.starts_with("gh-readonly-queue/") {
        return Ok(ignored("the merge queue asks by merge_group"));
    }
    if payload.deleted.ok_or("it does not say whether the branch was deleted")? {
        return Ok(ignored("a branch that is gone has no baseline"));
    }
    let after = payload.after.ok_or("it has no after")?;
    let head = after.parse().map_err(|_| "its after is no commit")?;
    let bar = may_change_the_bar(payload.forced, payload.commits.as_deref());
    Ok(Effect::BranchMoved { name: name.to_owned(), head, bar })
}

/// What of a base branch decides how pull requests to it are judged. Of CODEOWNERS, GitHub reads the
/// first of three.
const BAR: [&str; 4] = [".github/gate.yml", ".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
/// GitHub lists no more commits of a push.
const MOST_COMMITS: usize = 2048;

/// Whether a push may have changed it. Where it cannot be told, it may.
fn may_change_the_bar(forced: Option<bool>, commits: Option<&[payload::Pushed]>) -> bool {
    let Some(commits) = commits else { return true };
    let touches = |commit: &payload::Pushed| {
        let paths = commit.added.iter().chain(&commit.removed).chain(&commit.modified);
        paths.into_iter().any(|path| BAR.contains(&path.as_str()))
    };
    forced != Some(false) || commits.len() >= MOST_COMMITS || commits.iter().any(touches)
}

fn branch_of(reference: String) -> String {
    reference.strip_prefix("refs/heads/").map(str::to_owned).unwrap_or(reference)
}

/// An effect needs a place to have it.
fn placed(
    effect: Effect,
    (installation, repository): (bool, bool),
) -> Result<Effect, &'static str> {
    match effect {
        Effect::Ignored { .. } => Ok(effect),
        Effect::InstallationChanged { .. } | Effect::InstallationGone if !installation => {
            Err("it names no installation")
        }
        Effect::EveryOpen if !repository && !installation => {
            Err("it names neither a repository nor an installation")
        }
        Effect::InstallationChanged { .. } | Effect::InstallationGone | Effect::EveryOpen => {
            Ok(effect)
        }
        Effect::PullRequest { .. }
        | Effect::Closed { .. }
        | Effect::Commit(_)
        | Effect::Again { .. }
        | Effect::MergeGroup { .. }
        | Effect::MergeGroupGone { .. }
        | Effect::BranchMoved { .. }
        | Effect::RepositoryRenamed
        | Effect::RepositoryTransferred
        | Effect::RepositoryDeleted => {
            if repository {
                Ok(effect)
            } else {
                Err("it names no repository")
            }
        }
    }
}

fn json<T: DeserializeOwned>(event: &str, body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::Payload { event: event.to_owned(), why: error.to_string() })
}

/// The one value of a header. Of two, which GitHub never sends, nobody can say which is meant.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<&'h [u8], &'static str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value.as_bytes()),
        (None, _) => Err("is absent"),
        (Some(_), Some(_)) => Err("stands there twice"),
    }
}

fn word<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
    header: &'static str,
) -> Result<&'h str, Refusal> {
    let value =
        only(headers, name).map_err(|why| Refusal::Headers { header, why: why.to_owned() })?;
    str::from_utf8(value).map_err(|_| Refusal::Headers { header, why: "is not text".to_owned() })
}

fn event_name(headers: &HeaderMap) -> Result<String, Refusal> {
    let header = "X-GitHub-Event";
    let name = word(headers, &EVENT, header)?;
    let sound = (1..=64).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if sound {
        Ok(name.to_owned())
    } else {
        let why =
            "an event's name has 1 to 64 lower-case letters, digits and underscores".to_owned();
        Err(Refusal::Headers { header, why })
    }
}
