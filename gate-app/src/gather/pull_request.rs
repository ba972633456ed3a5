//! A snapshot → the pull request as gate-core judges it.

use gate_core::{
    evidence::{Branch, Piece, PullRequest},
    measure::Message,
};

use jiff::Timestamp;

use crate::{
    github::{Incomplete, Snapshot},
    ids::AppId,
};

/// The pull request, or why it cannot be judged: a list that GitHub did not give in full is no list.
pub(super) fn evidence(
    snapshot: &Snapshot,
    our_app: AppId,
    since: Timestamp,
) -> Piece<PullRequest> {
    match whole(snapshot, our_app, since) {
        Ok(pull_request) => Piece::Present(pull_request),
        Err(incomplete) => Piece::Broken { why: Message::default().quote(incomplete.to_string()) },
    }
}

fn whole(snapshot: &Snapshot, our_app: AppId, since: Timestamp) -> Result<PullRequest, Incomplete> {
    let part = Incomplete::clone;
    let base = snapshot.base.as_ref().map_err(part)?;
    let branch = |name: &str, sha: &str| Branch { name: name.to_owned(), sha: sha.to_owned() };
    let mut pull_request = PullRequest::new(
        branch(&snapshot.base_ref, base.commit.as_str()),
        branch(&snapshot.head_ref, snapshot.head.as_str()),
    );
    pull_request.number = Some(snapshot.number.0);
    pull_request.title = Some(snapshot.title.clone());
    pull_request.author.clone_from(&snapshot.author);
    pull_request.draft = snapshot.draft;
    pull_request.fork = Some(snapshot.fork);
    pull_request.head_seen_at = Some(since);
    pull_request.labels.clone_from(snapshot.labels.as_ref().map_err(part)?);
    pull_request.reviews.clone_from(snapshot.reviews.as_ref().map_err(part)?);
    pull_request.threads.clone_from(snapshot.threads.as_ref().map_err(part)?);
    // Our own check is what comes of all this, and no evidence for it.
    let checks = snapshot.checks.as_ref().map_err(part)?.iter();
    let others = checks.filter(|check| check.app_id != Some(our_app));
    pull_request.checks = others.map(crate::github::Check::to_evidence).collect();
    Ok(pull_request)
}
