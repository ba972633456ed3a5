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

/// What GitHub tried to deliver since a time, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deliveries(Vec<Delivery>);

impl Deliveries {
    /// Every attempt.
    #[must_use]
    pub fn attempts(&self) -> &[Delivery] {
        &self.0
    }

    /// When the newest attempt was made, by GitHub's clock.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        self.0.iter().map(|one| one.delivered_at).max()
    }

    /// The newest attempt of every event that never arrived, the oldest event first.
    #[must_use]
    pub fn failed(&self) -> Vec<Delivery> {
        let arrived: HashSet<&str> =
            self.0.iter().filter(|one| one.arrived()).map(|one| one.guid.as_str()).collect();
        let mut failed: BTreeMap<&str, &Delivery> = BTreeMap::new();
        for delivery in self.0.iter().filter(|one| !arrived.contains(one.guid.as_str())) {
            let newest = failed.entry(&delivery.guid).or_insert(delivery);
            if delivery.id > newest.id {
                *newest = delivery;
            }
        }
        let mut failed: Vec<Delivery> = failed.into_values().cloned().collect();
        failed.sort_by_key(|one| (one.delivered_at, one.id));
        failed
    }
}

impl GitHub {
    /// Every attempt since then. GitHub remembers three days. Of more than a hundred thousand, the
    /// newest.
    ///
    /// # Errors
    ///
    /// If a page cannot be read.
    pub async fn deliveries_since(&self, since: Timestamp) -> Result<Deliveries, Error> {
        let route = Route::get("/app/hook/deliveries", &[]).with(&[("per_page", "100")]);
        let mut deliveries: Vec<Delivery> = Vec::new();
        let read = self
            .pages(Who::App, route, |page: Vec<Delivery>| {
                let before = page.iter().any(|one| one.delivered_at < since);
                deliveries.extend(page.into_iter().filter(|one| one.delivered_at >= since));
                if before { Enough::Yes } else { Enough::No }
            })
            .await;
        match read {
            Err(Error::TooLarge { limit, unit: "pages", .. }) => {
                tracing::warn!(
                    read = deliveries.len(), %since,
                    "GitHub lists more than {limit} pages of deliveries; the older ones are not read"
                );
            }
            read => read?,
        }
        Ok(Deliveries(deliveries))
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
