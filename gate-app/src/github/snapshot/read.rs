//! A GraphQL answer as a snapshot.

use gate_core::evidence::{Review, Thread};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::ids::{CommitSha, PullRequestNumber, RepositoryId, RepositoryName};

use super::{
    super::graphql::{
        Data, Fault, MORE_CHECKS, MORE_LABELS, MORE_REVIEWS, MORE_THREADS, without_data,
    },
    Base, CommitSnapshot, Error, Incomplete, Part, Repository, Snapshot,
    list::{More, list},
    piece::{self, Checks, code_owners, file, piece},
    wire::{Context, Label, PullRequestNode, RepositoryNode, ReviewNode, ThreadNode},
};

const CALL: &str = "POST /graphql snapshot";
const PULL_REQUEST: [&str; 2] = ["repository", "pullRequest"];

/// What GitHub may take away while the rest stands. A fork's repository may be hidden from us.
const PIECES: [&str; 8] = [
    "baseRef",
    "comments",
    "commits",
    "headRepository",
    "labels",
    "latestOpinionatedReviews",
    "reviewDecision",
    "reviewThreads",
];

pub(super) async fn pull_request(at: &Repository, answer: Data) -> Result<Snapshot, Error> {
    let Data { data, errors, quota } = answer;
    let (repository, name, node) = repository(CALL, &data)?;
    if node.pull_request.is_null() {
        return Err(gone(&errors));
    }
    let node: PullRequestNode = typed(CALL, "pullRequest", &node.pull_request)?;
    let lost =
        |fault: &&Fault| fault.is_around(&PULL_REQUEST) || fault.is_outside(&PULL_REQUEST, &PIECES);
    if let Some(fault) = errors.iter().find(lost) {
        return Err(Error::Malformed { call: CALL.to_owned(), problem: fault.words() });
    }
    let head = sha(CALL, "headRefOid", &node.head_ref_oid)?;
    let within = |rest: &[&'static str]| [&PULL_REQUEST[..], rest].concat();
    let number = json!(node.number);
    let of_pull_request = |what, query| More {
        what,
        query,
        variables: vec![("number", number.clone())],
        owner: &["pullRequest"],
        head: ("headRefOid", &head),
        page: &["page"],
        counted: true,
    };

    let target = node.base_ref.get("target").unwrap_or(&Value::Null);
    let base = base(target, &errors, &within(&["baseRef"]), &["target"]);
    let tip = node.commits.pointer("/nodes/0/commit").unwrap_or(&Value::Null);
    // Errors inside a list carry its index, so a fault in there is one of the whole piece.
    let commits = within(&["commits"]);
    let stands = head_commit(tip, &head);
    let head_policy = match &stands {
        Ok(()) => file("the head's .github/gate.yml", tip, "policy", (&errors, &commits)),
        Err(error) => Err(error.clone()),
    };
    let head_policy = match faulty("the head's .github/gate.yml", &errors, &commits, "policy") {
        Some(error) => Err(error),
        None => head_policy,
    };
    let checks = match faulty("checks", &errors, &commits, "statusCheckRollup") {
        Some(error) => Err(error),
        None => match stands {
            Ok(()) => checks(at, tip, &head).await,
            Err(error) => Err(error),
        },
    };
    let more = of_pull_request("labels", MORE_LABELS);
    let labels: Part<Vec<Label>> =
        list(at, &node.labels, (&errors, &within(&["labels"])), more).await;
    let more = More { counted: false, ..of_pull_request("reviews", MORE_REVIEWS) };
    let place = within(&["latestOpinionatedReviews"]);
    let reviews: Part<Vec<ReviewNode>> =
        list(at, &node.latest_opinionated_reviews, (&errors, &place), more).await;
    let more = of_pull_request("review conversations", MORE_THREADS);
    let threads: Part<Vec<ThreadNode>> =
        list(at, &node.review_threads, (&errors, &within(&["reviewThreads"])), more).await;
    let decision = within(&["reviewDecision"]);

    Ok(Snapshot {
        repository,
        name,
        number: PullRequestNumber(node.number),
        title: node.title,
        state: node.state,
        draft: node.is_draft,
        author: node.author.map(Into::into),
        base_ref: node.base_ref_name,
        base,
        head_ref: node.head_ref_name,
        head_name: node.head_repository.as_ref().and_then(|one| split(&one.name_with_owner)),
        head_repository: node.head_repository.and_then(|one| one.id).map(RepositoryId),
        fork: node.is_cross_repository,
        head_policy,
        labels: labels.map(|labels| labels.into_iter().map(|label| label.name).collect()),
        reviews: reviews.map(in_order),
        review_decision: piece("review decision", &node.review_decision, &errors, &decision),
        threads: threads.map(|threads| threads.into_iter().map(thread).collect()),
        checks: checks.clone().map(|checks| checks.newest),
        jobs: checks.map(|checks| checks.jobs),
        comments: node.comments.get("totalCount").and_then(Value::as_u64),
        changed_files: node.changed_files,
        commits: node.commits.get("totalCount").and_then(Value::as_u64),
        in_merge_queue: node.is_in_merge_queue,
        head,
        quota,
    })
}

pub(super) async fn commit(
    at: &Repository,
    head: &CommitSha,
    answer: Data,
) -> Result<CommitSnapshot, Error> {
    const CALL: &str = "POST /graphql commit";
    let Data { data, errors, quota } = answer;
    let (repository, name, node) = repository(CALL, &data)?;
    if node.object.is_null() {
        let message = format!("no commit {head}");
        return Err(Error::NotFound { call: CALL.to_owned(), message });
    }
    let object = ["repository", "object"];
    let target = node.branch.get("target").unwrap_or(&Value::Null);
    let base = base(target, &errors, &["repository", "ref"], &["target"]);
    let stands = head_commit(&node.object, head);
    let checks = match faulty("checks", &errors, &object, "statusCheckRollup") {
        Some(error) => Err(error),
        None => match stands.clone() {
            Ok(()) => checks(at, &node.object, head).await,
            Err(error) => Err(error),
        },
    };
    let policy = "the commit's .github/gate.yml";
    let head_policy =
        stands.and_then(|()| file(policy, &node.object, "policy", (&errors, &object)));
    Ok(CommitSnapshot {
        repository,
        name,
        head: head.clone(),
        base,
        head_policy,
        checks: checks.clone().map(|checks| checks.newest),
        jobs: checks.map(|checks| checks.jobs),
        quota,
    })
}

/// The base branch's tip and its files. `place` is where the branch stands in the answer.
fn base(target: &Value, errors: &[Fault], place: &[&str], step: &[&str]) -> Part<Base> {
    let what = "the base branch";
    let inside = [place, step].concat();
    if let Some(fault) = errors.iter().find(|fault| fault.is_around(&inside)) {
        return Err(Incomplete { what, why: fault.words() });
    }
    let Some(oid) = target.get("oid").and_then(Value::as_str) else {
        return Err(Incomplete { what, why: "it does not exist any more".to_owned() });
    };
    let commit =
        oid.parse().map_err(|error| Incomplete { what, why: format!("{oid:?}: {error}") })?;
    Ok(Base {
        commit,
        policy: file(".github/gate.yml", target, "policy", (errors, &inside)),
        code_owners: code_owners(target, (errors, &inside)),
    })
}

/// A commit that is the one it should be; between two commits no piece is of either.
fn head_commit(commit: &Value, head: &CommitSha) -> Part<()> {
    let oid = commit.get("oid").and_then(Value::as_str);
    if oid.is_some_and(|oid| oid.eq_ignore_ascii_case(head.as_str())) {
        return Ok(());
    }
    let why = format!("GitHub shows {} in the place of {head}", oid.unwrap_or("nothing"));
    Err(Incomplete { what: "the head commit", why })
}

/// The fault that took `alias`, or all of the commit, away.
fn faulty(what: &'static str, errors: &[Fault], place: &[&str], alias: &str) -> Option<Incomplete> {
    let hit = |fault: &&Fault| fault.is_within(place) && fault.takes(alias);
    let fault = errors.iter().find(hit)?;
    Some(Incomplete { what, why: format!("GitHub left it out: {}", fault.words()) })
}

async fn checks(at: &Repository, commit: &Value, head: &CommitSha) -> Part<Checks> {
    let Some(rollup) = commit.get("statusCheckRollup").filter(|rollup| !rollup.is_null()) else {
        // A commit that nobody has checked has no roll-up.
        return Ok(Checks::default());
    };
    let more = More {
        what: "checks",
        query: MORE_CHECKS,
        variables: vec![("head", json!(head))],
        owner: &["object"],
        head: ("oid", head),
        page: &["statusCheckRollup", "page"],
        counted: true,
    };
    let contexts = rollup.get("contexts").unwrap_or(&Value::Null);
    let contexts: Vec<Context> = list(at, contexts, (&[], &[]), more).await?;
    Ok(piece::checks(contexts))
}

fn in_order(nodes: Vec<ReviewNode>) -> Vec<Review> {
    let mut reviews: Vec<Review> = nodes.into_iter().map(review).collect();
    reviews.sort_by_key(|review| review.submitted_at);
    reviews
}

fn review(node: ReviewNode) -> Review {
    Review {
        author: node.author.map(Into::into),
        state: node.state,
        commit: node.commit.map(|commit| commit.oid),
        submitted_at: node.submitted_at,
        can_write: node.author_can_push_to_repository,
    }
}

fn thread(node: ThreadNode) -> Thread {
    Thread {
        path: node.path,
        line: node.line,
        resolved: node.is_resolved,
        outdated: node.is_outdated,
    }
}

fn repository(
    call: &str,
    data: &Value,
) -> Result<(RepositoryId, RepositoryName, RepositoryNode), Error> {
    let node: RepositoryNode =
        typed(call, "repository", data.get("repository").unwrap_or(&Value::Null))?;
    let Some(name) = split(&node.name_with_owner) else {
        let problem = format!("nameWithOwner is {:?}", node.name_with_owner);
        return Err(Error::Malformed { call: call.to_owned(), problem });
    };
    Ok((RepositoryId(node.database_id), name, node))
}

fn split(name_with_owner: &str) -> Option<RepositoryName> {
    let (owner, name) = name_with_owner.split_once('/')?;
    Some(RepositoryName { owner: owner.to_owned(), name: name.to_owned() })
}

fn gone(errors: &[Fault]) -> Error {
    if errors.is_empty() {
        let message = "no such pull request".to_owned();
        return Error::NotFound { call: CALL.to_owned(), message };
    }
    without_data(CALL.to_owned(), errors)
}

fn typed<T: DeserializeOwned>(call: &str, what: &str, value: &Value) -> Result<T, Error> {
    T::deserialize(value).map_err(|error| Error::Malformed {
        call: call.to_owned(),
        problem: format!("{what}: {error}"),
    })
}

fn sha(call: &str, what: &str, text: &str) -> Result<CommitSha, Error> {
    text.parse().map_err(|error| Error::Malformed {
        call: call.to_owned(),
        problem: format!("{what} is {text:?}: {error}"),
    })
}
