//! Webhook deliveries as GitHub remembers them: which never arrived, and a second try.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    Error, GitHub,
    route::{Method, Route},
    send::{Enough, Who},
};

/// One attempt to deliver an event to us.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Delivery {
    /// The attempt's id.
    pub id: u64,
    /// The event's id, the same at every attempt: what `X-GitHub-Delivery` says.
    pub guid: String,
    /// When it was tried.
    pub delivered_at: Timestamp,
    /// Whether somebody asked for it to be tried again.
    pub redelivery: bool,
    /// `OK`, or what went wrong.
    pub status: String,
    /// Our HTTP status; 0 if we did not answer.
    pub status_code: u16,
    /// The event's name.
    pub event: String,
    /// The event's action.
    pub action: Option<String>,
}

impl Delivery {
    /// Whether we took it.
    #[must_use]
    pub fn arrived(&self) -> bool {
        self.status == "OK" || (200..300).contains(&self.status_code)
    }
}

impl GitHub {
    /// Every attempt since then, the newest first. GitHub remembers three days.
    ///
    /// # Errors
    ///
    /// If a page cannot be read.
    pub async fn deliveries_since(&self, since: Timestamp) -> Result<Vec<Delivery>, Error> {
        let route = Route::get("/app/hook/deliveries", &[]).with(&[("per_page", "100")]);
        let mut deliveries: Vec<Delivery> = Vec::new();
        self.pages(Who::App, route, |page: Vec<Delivery>| {
            let before = page.iter().any(|one| one.delivered_at < since);
            deliveries.extend(page.into_iter().filter(|one| one.delivered_at >= since));
            if before { Enough::Yes } else { Enough::No }
        })
        .await?;
        Ok(deliveries)
    }

    /// The newest attempt of every event since then that never arrived, the oldest event first.
    ///
    /// # Errors
    ///
    /// If a page cannot be read.
    pub async fn failed_deliveries(&self, since: Timestamp) -> Result<Vec<Delivery>, Error> {
        let all = self.deliveries_since(since).await?;
        let arrived: HashSet<String> =
            all.iter().filter(|one| one.arrived()).map(|one| one.guid.clone()).collect();
        let mut failed: BTreeMap<String, Delivery> = BTreeMap::new();
        for delivery in all.into_iter().filter(|one| !arrived.contains(&one.guid)) {
            match failed.get(&delivery.guid) {
                Some(newer) if newer.id > delivery.id => {}
                Some(_) | None => {
                    failed.insert(delivery.guid.clone(), delivery);
                }
            }
        }
        let mut failed: Vec<Delivery> = failed.into_values().collect();
        failed.sort_by_key(|one| (one.delivered_at, one.id));
        Ok(failed)
    }

    /// Asks GitHub to deliver it again.
    ///
    /// # Errors
    ///
    /// If it is too old, or the call fails.
    pub async fn redeliver(&self, delivery: u64) -> Result<(), Error> {
        let template = "/app/hook/deliveries/{delivery_id}/attempts";
        let route = Route::new(Method::Post, template, &[&delivery.to_string()]);
        self.done(Who::App, &route).await
    }
}
