//! What is left of GitHub's quotas, as last seen, and how much of it is kept for publishing.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

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

    /// When something may be sent for this installation, if it may not now: told to wait, or
    /// nothing left at all.
    pub(super) fn send_after(
        &self,
        installation: InstallationId,
        resource: Resource,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let seen = self.look(installation);
        let quota = match resource {
            Resource::Rest => seen.rest,
            Resource::Graphql => seen.graphql,
        };
        let spent = quota.filter(|quota| quota.remaining == 0).map(|quota| quota.reset);
        seen.blocked.max(spent).filter(|until| *until > now)
    }

    /// Until when gathering has to wait, if it has to.
    pub(super) fn gather_after(
        &self,
        installation: InstallationId,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let seen = self.look(installation);
        let spent = |quota: &Quota| {
            let kept = (quota.limit.saturating_mul(self.reserve.per_mille) / 1000)
                .max(self.reserve.at_least);
            quota.reset > now && quota.remaining <= kept
        };
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
    fn a_secondary_limit_stops_everything_until_it_ends() {
        let budget = Budget::default();
        budget.blocked(HERE, at(60));
        budget.blocked(HERE, at(30));
        assert_eq!(budget.send_after(HERE, Resource::Graphql, at(59)), Some(at(60)));
        assert_eq!(budget.gather_after(HERE, at(59)), Some(at(60)));
        assert_eq!(budget.send_after(HERE, Resource::Rest, at(60)), None);
    }
}
