//! Where webhooks go: each delivery, and what it makes dirty, into the store.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

use crate::{
    gather::ExternalId,
    ids::{PullRequestNumber, SubjectKey},
    server::{Cause, Inbox, Later, Readiness, Taken},
    store::{InboxEntry, Mark, Receipt, Store},
    webhook::{Delivery, Effect},
};

/// The webhook's door to the store.
#[derive(Debug, Clone)]
pub(super) struct Door {
    pub(super) store: Store,
    pub(super) bell: Arc<Notify>,
    pub(super) missed: Arc<AtomicBool>,
}

impl Inbox for Door {
    fn take<'a>(
        &'a self,
        delivery: &'a Delivery,
        _body: &'a [u8],
        received: jiff::Timestamp,
    ) -> Later<'a, Result<Taken, Cause>> {
        Box::pin(async move {
            let mut taken = Taken::Known;
            for entry in entries(delivery) {
                let receipt = self.store.receive(&entry, received).await;
                if receipt.is_err() {
                    self.missed.store(true, Ordering::Relaxed);
                }
                if let Receipt::Stored { .. } = receipt? {
                    taken = Taken::New;
                }
            }
            self.bell.notify_one();
            Ok(taken)
        })
    }
}

impl Readiness for Door {
    fn check(&self) -> Later<'_, Result<(), Cause>> {
        Box::pin(async move { Ok(self.store.ping().await?) })
    }
}

/// What the store is told by a delivery: one entry for each repository that an installation lists,
/// and then its own. That one comes last, because who finds it stored asks for no redelivery.
fn entries(delivery: &Delivery) -> Vec<InboxEntry> {
    let repository = delivery.repository.as_ref();
    let own = InboxEntry {
        delivery: delivery.id.to_string(),
        event: delivery.event.clone(),
        action: delivery.action.clone(),
        installation: delivery.installation,
        repository: repository.map(|one| (one.id, one.name.clone())),
        marks: delivery.effects.iter().flat_map(|effect| marks(effect, delivery)).collect(),
    };
    let mut entries = Vec::new();
    for effect in &delivery.effects {
        if let Effect::InstallationChanged { added, removed } = effect {
            let listed = added.iter().map(|one| (one, Vec::new()));
            let gone = removed.iter().map(|one| (one, vec![Mark::Removed]));
            entries.extend(listed.chain(gone).map(|(one, marks)| InboxEntry {
                delivery: format!("{}/{}", delivery.id, one.id),
                event: delivery.event.clone(),
                action: delivery.action.clone(),
                installation: delivery.installation,
                repository: Some((one.id, one.name.clone())),
                marks,
            }));
        }
    }
    entries.push(own);
    entries
}

fn marks(effect: &Effect, delivery: &Delivery) -> Vec<Mark> {
    let group =
        |head: &crate::ids::CommitSha, head_ref: &str, base_ref: &str| SubjectKey::MergeGroup {
            head: head.clone(),
            head_ref: head_ref.to_owned(),
            base_ref: base_ref.to_owned(),
        };
    match effect {
        Effect::PullRequest { number, head, base_ref, open } => vec![Mark::PullRequestHead {
            number: *number,
            head: head.clone(),
            base: base_ref.clone(),
            open: *open,
        }],
        Effect::Closed { number, .. } => vec![Mark::Closed(SubjectKey::PullRequest(*number))],
        Effect::Commit(head) => vec![Mark::Commit(head.clone())],
        Effect::Again { head, external_id } => {
            vec![Mark::Again {
                head: head.clone(),
                number: about(external_id.as_deref(), delivery),
            }]
        }
        Effect::MergeGroup { head, head_ref, base_ref } => {
            vec![Mark::Subject(group(head, head_ref, base_ref))]
        }
        Effect::MergeGroupGone { head, head_ref, base_ref } => {
            vec![Mark::Closed(group(head, head_ref, base_ref))]
        }
        Effect::BranchMoved { name, head, bar } => {
            // The default branch is a base of something, if any is. Others are if a pull request goes
            // to them; what they were before, a pull request asks for by itself.
            let default = delivery.repository.as_ref().and_then(|one| one.default_branch.as_ref());
            let (name, head) = (name.clone(), head.clone());
            let judged = bar.then(|| Mark::EveryOpenTo(name.clone()));
            let moved = if default.is_none_or(|default| *default == name) {
                Mark::Subject(SubjectKey::Branch { name, head })
            } else {
                Mark::BranchMoved { name, head }
            };
            judged.into_iter().chain([moved]).collect()
        }
        Effect::RepositoryRenamed | Effect::RepositoryTransferred => {
            let name = delivery.repository.as_ref().map(|one| one.name.clone());
            name.map(Mark::Renamed).into_iter().collect()
        }
        Effect::RepositoryDeleted | Effect::InstallationGone => vec![Mark::Removed],
        Effect::EveryOpen => vec![Mark::EveryOpen],
        Effect::InstallationChanged { .. } | Effect::Ignored { .. } => Vec::new(),
    }
}

/// The pull request that a check of ours says it is about.
fn about(external_id: Option<&str>, delivery: &Delivery) -> Option<PullRequestNumber> {
    let about = ExternalId::read(external_id?)?;
    let repository = delivery.repository.as_ref()?;
    about.number.filter(|_| about.repository == repository.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{InstallationId, RepositoryId, RepositoryName},
        webhook::Repository,
    };

    #[test]
    fn a_delivery_is_known_only_when_all_that_it_lists_is() {
        let repository = |id: u64| Repository {
            id: RepositoryId(id),
            name: RepositoryName { owner: "acme".to_owned(), name: format!("shop-{id}") },
            default_branch: None,
        };
        let delivery = Delivery {
            id: "d-1".parse().unwrap(),
            event: "installation_repositories".to_owned(),
            action: Some("added".to_owned()),
            installation: Some(InstallationId(5)),
            repository: None,
            effects: vec![Effect::InstallationChanged {
                added: vec![repository(1), repository(2)],
                removed: Vec::new(),
            }],
        };
        let ids: Vec<String> = entries(&delivery).into_iter().map(|one| one.delivery).collect();
        assert_eq!(ids, ["d-1/1", "d-1/2", "d-1"], "a crash in between leaves it to be asked for");
    }
}
