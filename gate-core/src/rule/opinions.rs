//! Whose review stands, and whose counts: what the kinds share that ask for approvals.

use super::is_login;
use crate::evidence::{PullRequest, Review, ReviewState, UserAccount};

/// The newest opinionated review of each person, in the order of their first ones.
pub(super) fn standing(pull_request: &PullRequest) -> Vec<(&UserAccount, &Review)> {
    let mut standing: Vec<(&UserAccount, &Review)> = Vec::new();
    let mut reviews: Vec<&Review> = pull_request.reviews.iter().collect();
    // Stable: of two at one time, the later in the list is the newer.
    reviews.sort_by_key(|review| review.submitted_at);
    for review in reviews {
        let opinionated = match review.state {
            ReviewState::Approved | ReviewState::ChangesRequested | ReviewState::Dismissed => true,
            ReviewState::Commented | ReviewState::Pending => false,
        };
        let Some(author) = review.author.as_ref().filter(|_| opinionated) else {
            continue;
        };
        match standing.iter_mut().find(|(known, _)| known.is_same(author)) {
            Some(entry) => *entry = (author, review),
            None => standing.push((author, review)),
        }
    }
    standing
}

/// Why the review of a person does not count at all. `bots` are those whose reviews do.
pub(super) fn disqualified(
    bots: &[String],
    pull_request: &PullRequest,
    reviewer: &UserAccount,
    review: &Review,
) -> Option<&'static str> {
    let named = |logins: &[String]| logins.iter().any(|login| is_login(login, &reviewer.login));
    if pull_request.author.as_ref().is_some_and(|author| author.is_same(reviewer)) {
        Some("is the author")
    } else if reviewer.bot && !named(bots) {
        Some("is a bot that the rule does not name")
    } else if !review.can_write {
        Some("may not write to the repository")
    } else {
        None
    }
}

/// A commit as people write it.
pub(super) fn short(sha: &str) -> &str {
    sha.get(..12).unwrap_or(sha)
}
