//! pull-request.json: what reads is kept, and can be judged.

use std::sync::OnceLock;

use gate_core::{
    evaluate,
    evidence::{ChangeKind, ChangeSet, Evidence, FileChange, Piece},
    measure::RepoPath,
    policy::Policy,
    report::{Limits, read_pull_request},
};
use jiff::Timestamp;

use super::{evidence, verdict};

const REVIEWED: &str = "\
version: 1
rules:
  two have approved it:
    review: { approvals: 2, conversations: resolved }
  one has approved some commit of it:
    review: { approvals: 1, changes-requested: ignore, stale-approvals: count }
  its owners have approved it:
    review:
      from: { users: [grace], teams: [acme/python], organisations: [acme] }
      code-owners: required
      last-push: approved
      stale-approvals: unchanged
";

pub(crate) fn check(bytes: &[u8]) {
    let pull_request = match read_pull_request(bytes, &Limits::default()) {
        Ok(pull_request) => pull_request,
        Err(error) => return verdict::is_harmless(&error.to_string()),
    };
    let changes = ["src/a.py", "README.md", ".github/CODEOWNERS"]
        .map(|path| FileChange::new(RepoPath::normalised(path), ChangeKind::Modified));
    let evidence = Evidence::nothing()
        .with_pull_request(Piece::Present(pull_request))
        .with_changes(Piece::Present(ChangeSet::new(changes.to_vec())));
    evidence::is_kept(&evidence);
    static POLICY: OnceLock<Policy> = OnceLock::new();
    let policy = POLICY.get_or_init(|| Policy::parse(REVIEWED).expect("a sound policy"));
    verdict::holds(&evaluate(policy, &evidence, Timestamp::UNIX_EPOCH));
}
