//! How a rule gets at the pull request, and at what it changes.

use super::{Case, Code, Reason};
use crate::{
    evidence::{ChangeSet, Commit, Piece, Protection, PullRequest},
    measure::{Message, Outcome},
};

/// The pull request, or the reason why it cannot be judged.
pub(super) fn present<'a>(case: Case<'a>) -> Result<&'a PullRequest, Box<Reason>> {
    let codes = [Code::PullRequestAwaited, Code::PullRequestMissing, Code::PullRequestBroken];
    piece(case.pull_request, "the pull request", codes)
}

/// What the pull request changes, or the reason why that cannot be judged.
pub(super) fn changes<'a>(case: Case<'a>) -> Result<&'a ChangeSet, Box<Reason>> {
    let codes = [Code::ChangesAwaited, Code::ChangesMissing, Code::ChangesBroken];
    piece(&case.evidence.changes, "what the pull request changes", codes)
}

/// Its commits, or the reason why they cannot be judged.
pub(super) fn commits<'a>(case: Case<'a>) -> Result<&'a [Commit], Box<Reason>> {
    let codes = [Code::CommitsAwaited, Code::CommitsMissing, Code::CommitsBroken];
    piece(&case.evidence.commits, "which commits the pull request has", codes).map(Vec::as_slice)
}

/// How the base branch is protected, or the reason why nobody knows. It is never awaited for long: it
/// is asked for with the pull request.
pub(super) fn protection(pull_request: &PullRequest) -> Result<&Protection, Box<Reason>> {
    let codes = [Code::ProtectionUnknown; 3];
    piece(&pull_request.protection, "the protection of the base branch", codes)
}

/// A piece of evidence, or what follows from its absence.
fn piece<'a, T>(
    piece: &'a Piece<T>,
    what: &'static str,
    [awaited, missing, broken]: [Code; 3],
) -> Result<&'a T, Box<Reason>> {
    let what = Message::new(what);
    let (code, outcome, message) = match piece {
        Piece::Present(piece) => return Ok(piece),
        Piece::Awaited { from, .. } => {
            (awaited, Outcome::Pending, what.say(" is awaited from ").then(from))
        }
        Piece::Missing { why } => {
            (missing, Outcome::Inconclusive, what.say(" is not known: ").then(why))
        }
        Piece::Broken { why } => {
            (broken, Outcome::Inconclusive, what.say(" cannot be read: ").then(why))
        }
    };
    Err(Box::new(Reason::new(code, outcome, message)))
}
