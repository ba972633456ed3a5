//! What is left of GitHub's quotas, as last seen, and how much of it is kept for publishing.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::ids::InstallationId;

/// A quota as GitHub last told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many an hour.
    pub limit: u64,
    /// How many are left of them.
    pub remaining: u64,
    /// When there are `limit` again.
    pub reset: Timestamp,
}

/// How much of a quota gathering leaves untouched, so that a verdict can always be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserve {
    /// So many thousandths of the limit.
    pub per_mille: u64,
    /// But at least so many.
    pub at_least: u64,
}

impl Default for Reserve {
    fn default() -> Self {
        Self { per_mille: 50, at_least: 50 }
    }
}

/// Which quota: the two are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    Rest,
    Graphql,
}

#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    rest: Option<Quota>,
    graphql: Option<Quota>,
    /// Told to wait until then, by a secondary limit or an empty quota.
    blocked: Option<Timestamp>,
    /// How often in a row we were told to wait and not for how long.
    strikes: u32,
}

impl Seen {
    const fn of(&self, resource: Resource) -> Option<Quota> {
        match resource {
            Resource::Rest => self.rest,
            Resource::Graphql => self.graphql,
        }
    }
}

/// The quotas of every installation. Only what this process saw: a hint that saves requests, while
/// GitHub's own answer decides.
#[derive(Debug, Default)]
pub(super) struct Budget {
    reserve: Reserve,
    seen: Mutex<HashMap<InstallationId, Seen>>,
}

impl Budget {
    pub(super) fn new(reserve: Reserve) -> Self {
        Self { reserve, seen: Mutex::default() }
    }

    pub(super) fn saw(&self, installation: InstallationId, resource: Resource, quota: Quota) {
        self.change(installation, |seen| match resource {
            Resource::Rest => seen.rest = Some(quota),
            Resource::Graphql => seen.graphql = Some(quota),
        });
    }

    pub(super) fn blocked(&self, installation: InstallationId, until: Timestamp) {
        self.change(installation, |seen| seen.blocked = seen.blocked.max(Some(until)));
    }

    /// Told to wait, and not for how long: a minute, and twice as long each time, up to an hour.
    /// Whoever goes on asking is banned.
    pub(super) fn blocked_for_nobody_says_how_long(
        &self,
        installation: InstallationId,
        now: Timestamp,
    ) {
        self.change(installation, |seen| {
            let minutes = 1_i64 << seen.strikes.min(6);
            let wait = SignedDuration::from_mins(minutes.min(60));
            seen.blocked = seen.blocked.max(now.checked_add(wait).ok());
            seen.strikes = seen.strikes.saturating_add(1);
        });
    }

    /// An answer came that speaks of no limit.
    pub(super) fn went_well(&self, installation: InstallationId) {
        if self.look(installation).strikes > 0 {
            self.change(installation, |seen| seen.strikes = 0);
        }
    }

    /// When something may be read that is not for publishing, if it may not now: told to wait, or no
    /// more left than what is kept.
    pub(super) fn read_after(
        &self,
        installation: InstallationId,
        resource: Resource,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let seen = self.look(installation);
        let spent = seen.of(resource).filter(|quota| quota.remaining <= self.kept(quota));
        let reset = spent.map(|quota| quota.reset);
        seen.blocked.max(reset).filter(|until| *until > now)
    }

    /// When the check may say that it waits, if it may not now. That takes of what is kept, but leaves
    /// a part of it to verdicts that are on their way.
    pub(super) fn notice_after(
        &self,
        installation: InstallationId,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let seen = self.look(installation);
        let spent = seen.rest.filter(|quota| quota.remaining <= self.kept(quota) / 5);
        seen.blocked.max(spent.map(|quota| quota.reset)).filter(|until| *until > now)
    }

    /// How much of a quota is kept for publishing: never more than half of it.
    fn kept(&self, quota: &Quota) -> u64 {
        let Reserve { per_mille, at_least } = self.reserve;
        (quota.limit.saturating_mul(per_mille) / 1000).max(at_least).min(quota.limit / 2)
    }

    /// When something may be sent for this installation, if it may not now: told to wait, or
    /// nothing left at all.
    pub(super) fn send_after(
        &self,
        installation: InstallationId,
        resource: Resource,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let seen = self.look(installation);
        let spent = seen.of(resource).filter(|quota| quota.remaining == 0).map(|quota| quota.reset);
        seen.blocked.max(spent).filter(|until| *until > now)
    }

    /// Until when gathering has to wait, if it has to.
    pub(super) fn gather_after(
        &self,
        installation: InstallationId,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let seen = self.look(installation);
        let spent = |quota: &Quota| quota.reset > now && quota.remaining <= self.kept(quota);
        let quotas = [seen.rest, seen.graphql].into_iter().flatten();
        let resets = quotas.filter(spent).map(|quota| quota.reset);
        resets.chain(seen.blocked.filter(|until| *until > now)).max()
    }

    /// What is left of REST and GraphQL, as last seen.
    pub(super) fn quotas(&self, installation: InstallationId) -> (Option<Quota>, Option<Quota>) {
        let seen = self.look(installation);
        (seen.rest, seen.graphql)
    }

    fn look(&self, installation: InstallationId) -> Seen {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&installation).copied().unwrap_or_default()
    }

    fn change(&self, installation: InstallationId, change: impl FnOnce(&mut Seen)) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        change(seen.entry(installation).or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: InstallationId = InstallationId(1);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_reserve_is_kept_for_publishing_until_the_quota_is_new() {
        let budget = Budget::default();
        assert_eq!(budget.gather_after(HERE, at(0)), None);
        let quota = Quota { limit: 5000, remaining: 251, reset: at(3600) };
        budget.saw(HERE, Resource::Rest, quota);
        assert_eq!(budget.gather_after(HERE, at(0)), None);
        budget.saw(HERE, Resource::Rest, Quota { remaining: 250, ..quota });
        assert_eq!(budget.gather_after(HERE, at(0)), Some(at(3600)));
        assert_eq!(budget.send_after(HERE, Resource::Rest, at(0)), None, "publishing goes on");
        assert_eq!(budget.gather_after(HERE, at(3600)), None);
        assert_eq!(budget.gather_after(InstallationId(2), at(0)), None);
    }

    #[test]
    fn a_small_quota_is_not_all_kept() {
        let budget = Budget::default();
        let quota = Quota { limit: 60, remaining: 31, reset: at(3600) };
        budget.saw(HERE, Resource::Rest, quota);
        assert_eq!(budget.read_after(HERE, Resource::Rest, at(0)), None);
        budget.saw(HERE, Resource::Rest, Quota { remaining: 30, ..quota });
        assert_eq!(budget.read_after(HERE, Resource::Rest, at(0)), Some(at(3600)));
        assert_eq!(budget.read_after(HERE, Resource::Graphql, at(0)), None, "another quota");
        assert_eq!(budget.notice_after(HERE, at(0)), None);
        budget.saw(HERE, Resource::Rest, Quota { remaining: 6, ..quota });
        assert_eq!(budget.notice_after(HERE, at(0)), Some(at(3600)), "the rest is for verdicts");
        assert_eq!(budget.send_after(HERE, Resource::Rest, at(0)), None);
    }

    #[test]
    fn who_is_not_told_how_long_waits_longer_each_time() {
        let budget = Budget::default();
        let waits = |now| {
            budget.blocked_for_nobody_says_how_long(HERE, at(now));
            budget.gather_after(HERE, at(now)).unwrap().as_second() - now
        };
        assert_eq!([waits(0), waits(60), waits(180), waits(420)], [60, 120, 240, 480]);
        assert_eq!([waits(1000), waits(2000), waits(4000)], [960, 1920, 3600]);
        budget.went_well(HERE);
        assert_eq!(waits(8000), 60);
    }

    #[test]
    fn a_secondary_limit_stops_everything_until_it_ends() {
        let budget = Budget::default();
        budget.blocked(HERE, at(60));
        budget.blocked(HERE, at(30));
        assert_eq!(budget.send_after(HERE, Resource::Graphql, at(59)), Some(at(60)));
        assert_eq!(budget.gather_after(HERE, at(59)), Some(at(60)));
        assert_eq!(budget.send_after(HERE, Resource::Rest, at(60)), None);
    }
}
