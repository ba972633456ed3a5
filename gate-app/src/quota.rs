//! Floor 2: what the check says while GitHub's quota is used up.

use gate_core::measure::Outcome;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{
    gather::{ExternalId, Sources, group_number},
    ids::{PullRequestNumber, SubjectKey},
    publish::{CHECK_NAME, Desk, Outcomes, PublishError, Statement},
    reconcile::{ReconcileError, Reconciler},
    store::Claim,
};

impl Reconciler {
    /// Says on a subject's check that something happened which cannot be looked at before `until`. It
    /// is written with what of the quota is kept for publishing, so not where GitHub takes nothing at
    /// all; and not where nothing happened, or where nobody knows of a gate.
    ///
    /// # Errors
    /// When GitHub or the store does not let us.
    pub async fn wait_for_quota(
        &self,
        claim: &Claim,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), ReconcileError> {
        let Some(installation) = claim.installation else { return Ok(()) };
        let Some(number) = number(&claim.subject.key) else { return Ok(()) };
        let (store, id) = (&self.store, claim.subject.repository);
        if self.github.notice_after(installation).is_some()
            || store.is_only_swept(&claim.subject).await?
            || !store.has_gate(id).await?
        {
            return Ok(());
        }
        let known = store.head(&claim.subject).await?.filter(|head| head.is_open);
        let Some(head) = known.and_then(|known| known.commit) else { return Ok(()) };
        let place = (installation, id, claim.repository.clone());
        let sources = Sources::new(&self.github, store, place, now);
        let repository = sources.repository();
        // Since when the head is known stays as it was: deadlines are counted from there.
        let runs =
            repository.our_check_runs(&head, CHECK_NAME).await.map_err(PublishError::from)?;
        let said = runs.iter().filter_map(|run| ExternalId::read(run.external_id.as_deref()?));
        let external_id = said.min_by_key(|id| id.since).unwrap_or(ExternalId {
            repository: id,
            number,
            since: Timestamp::from_second(now.as_second()).unwrap_or(now),
            record: String::new(),
            base: String::new(),
        });
        let desk = Desk {
            repository,
            id,
            app: self.github.app_id(),
            store,
            claim,
            now,
            dry_run: self.dry_run,
        };
        let statement = statement(until);
        let external_id = ExternalId { record: String::new(), ..external_id };
        if desk.publish(&head, &statement, &external_id, None).await? == Outcomes::Written {
            self.metrics.published("check-run");
            tracing::info!(
                repository = %claim.repository, subject = %claim.subject, %head, %until,
                "waits for GitHub's quota, and says so"
            );
        }
        Ok(())
    }
}

/// Whose check it is: of a pull request, or of a group, which may name none. A branch has no check.
#[expect(clippy::option_option, reason = "outer: no check; inner: no pull request that it is of")]
fn number(key: &SubjectKey) -> Option<Option<PullRequestNumber>> {
    match key {
        SubjectKey::PullRequest(number) => Some(Some(*number)),
        SubjectKey::MergeGroup { head_ref, .. } => Some(group_number(head_ref)),
        SubjectKey::Branch { .. } => None,
    }
}

fn statement(until: Timestamp) -> Statement {
    // Up to the next minute: at the time that is said it is over.
    let up = until.checked_add(SignedDuration::from_secs(59)).unwrap_or(until);
    let time = TimeZone::UTC.to_datetime(up);
    let said = time.strftime("%H:%M");
    Statement::plain(
        Outcome::Pending,
        format!("Pending: waiting for GitHub's quota until {said} UTC"),
        format!(
            "Something about this pull request has changed. What it means for the verdict is looked \
             at when GitHub answers the App again, at {said} UTC on {}: the requests that GitHub \
             allows in an hour are used up but for those that are kept to publish verdicts.",
            time.date()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_said_is_never_too_early() {
        let title = |time: &str| statement(time.parse().unwrap()).title;
        let said = "Pending: waiting for GitHub's quota until 14:05 UTC";
        assert_eq!(title("2026-11-24T14:05:00Z"), said);
        assert_eq!(title("2026-11-24T14:04:01Z"), said);
        let midnight = statement("2026-11-24T23:59:30Z".parse().unwrap());
        assert!(midnight.title.ends_with("00:00 UTC"));
        assert!(midnight.summary.contains("00:00 UTC on 2026-11-25"), "{}", midnight.summary);
    }
}
