//! A merge queue's group: judged on its own commit, with the pull request's people.

use gate_core::{
    evidence::{Evidence, Piece},
    measure::Message,
    policy::Policy,
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;

use crate::{
    github::Check,
    ids::{CommitSha, PullRequestNumber},
};

use super::{GatherError, Gathered, Sources, reports, runs};

/// How long a group's workflows may take to begin. Until then nothing is carried over: what they are
/// about to make has the word.
const BEGIN: SignedDuration = SignedDuration::from_secs(30);

/// A group and what its verdict comes from.
#[derive(Debug)]
pub struct Group {
    /// The pull request that it would merge, with the group's reports where its own workflows made
    /// them, and else those carried over from the pull request's head.
    pub gathered: Gathered,
    /// The reports that were carried over.
    pub carried: Vec<String>,
    /// When to look again whether its workflows have begun; none once they have, or have had their
    /// time.
    pub look_again: Option<Timestamp>,
    /// The checks of the group's own commit; none where GitHub did not give them all.
    pub checks: Option<Vec<Check>>,
}

/// The pull request of a group, by its branch `gh-readonly-queue/{base}/pr-{n}-{sha}`; none unless
/// it names exactly one.
#[must_use]
pub fn group_number(head_ref: &str) -> Option<PullRequestNumber> {
    let mut numbers = head_ref.split('/').filter_map(|segment| {
        let (number, sha) = segment.strip_prefix("pr-")?.split_once('-')?;
        let is_sha = sha.len() >= 40 && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
        number.parse().ok().filter(|_| is_sha)
    });
    match (numbers.next(), numbers.next()) {
        (Some(number), None) => Some(PullRequestNumber(number)),
        _ => None,
    }
}

/// The commit that a group was put on, by its branch.
fn group_base(head_ref: &str) -> Option<CommitSha> {
    head_ref.rsplit('/').next()?.rsplit_once('-')?.1.parse().ok()
}

impl Sources {
    /// Gathers what a group's verdict comes from: the reports of its own commit, and the pull
    /// request's state as it is now.
    ///
    /// # Errors
    /// When GitHub or the store fails in a way that may pass.
    pub async fn group(
        &self,
        number: PullRequestNumber,
        head: &CommitSha,
        (head_ref, base): (&str, &str),
    ) -> Result<Group, GatherError> {
        let mut gathered = self.pull_request(number).await?;
        let Some(Ok(policy)) = &gathered.parsed else {
            return Ok(Group { gathered, carried: Vec::new(), look_again: None, checks: None });
        };
        let snapshot = self.repository.commit_snapshot(head, base).await?;
        let since = self.first_seen(snapshot.checks.as_deref().unwrap_or_default());
        let commit = reports::Commit {
            sha: head,
            jobs: snapshot.jobs.as_ref().map(Vec::as_slice),
            since,
            is_fork: false,
            files: OnceCell::new(),
        };
        let own = self.reports(policy, &commit).await?;
        let jobs = snapshot.jobs.as_deref().unwrap_or_default();
        // GitHub tells of a group before its workflows begin.
        let begun_by = since.checked_add(BEGIN).unwrap_or(since);
        let look_again = (jobs.is_empty() && self.now < begun_by).then_some(begun_by);
        let is_early = look_again.is_some();
        let expect = Expect {
            has_runs: !jobs.is_empty() || is_early,
            is_any_running: runs::is_any_running(jobs) || is_early,
        };
        let mut carried = Vec::new();
        let evidence = std::mem::replace(&mut gathered.evidence, Evidence::nothing());
        let mut evidence = merge(evidence, own, &expect, policy, &mut carried);
        // The lines of the group's own reports are those of its own commit.
        if policy.needs().changes && carried.len() < policy.reports().len() {
            let changes = match group_base(head_ref) {
                Some(base) => self.changes_between(&base, head, None).await?,
                None => Piece::Broken { why: Message::new("the group does not name its base") },
            };
            evidence = evidence.with_changes(changes);
        }
        gathered.evidence = evidence;
        gathered.since = since;
        Ok(Group { gathered, carried, look_again, checks: snapshot.checks.ok() })
    }
}

/// What a group's workflows may still bring.
struct Expect {
    has_runs: bool,
    is_any_running: bool,
}

/// The group's own reports; those that none of its workflows makes are the pull request's.
fn merge(
    evidence: Evidence,
    own: impl IntoIterator<Item = (String, Piece<gate_core::evidence::Report>)>,
    expect: &Expect,
    policy: &Policy,
    carried: &mut Vec<String>,
) -> Evidence {
    own.into_iter().filter(|(name, _)| policy.report(name).is_some()).fold(
        evidence,
        |evidence, (name, piece)| {
            let has_come = matches!(piece, Piece::Present(_) | Piece::Broken { .. });
            // Nobody can tell whether something will be uploaded for a group: while one of its
            // workflows runs, that one may do it.
            let is_uploaded = policy.report(&name).is_some_and(|report| report.artifact.is_none());
            let may_come = if is_uploaded { expect.is_any_running } else { expect.has_runs };
            let will_come = may_come && matches!(piece, Piece::Awaited { .. });
            match evidence.reports.get(&name).cloned() {
                Some(Piece::Present(report)) if !has_come && !will_come => {
                    carried.push(name.clone());
                    let report = report.with_origins(|origin| {
                        format!("carried from the pull request's head: {origin}")
                    });
                    evidence.with_report(name, Piece::Present(report))
                }
                _ => evidence.with_report(name, piece),
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_names_one_pull_request_is_that_ones() {
        let sha = "0123456789012345678901234567890123456789";
        let number = |text: &str| group_number(text).map(|number| number.0);
        assert_eq!(number(&format!("refs/heads/gh-readonly-queue/main/pr-7-{sha}")), Some(7));
        assert_eq!(number(&format!("refs/heads/gh-readonly-queue/a/b/pr-12-{sha}")), Some(12));
        assert_eq!(number(&format!("refs/heads/gh-readonly-queue/pr-1-{sha}/pr-7-{sha}")), None);
        assert_eq!(number("refs/heads/main"), None);
        assert_eq!(number("refs/heads/gh-readonly-queue/main/pr-x-1"), None);
    }
}
