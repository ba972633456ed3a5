//! Webhooks, signed as GitHub signs them, and sent over many connections at a time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::body::Bytes;
use gate_tests::github::signature;
use tokio::task::JoinSet;

use crate::{tape::Tape, template::Place};

/// An event and its action.
pub(crate) type Kind = (&'static str, &'static str);

/// What a person or a CI does most: one of each, for every pull request.
pub(crate) const MIX: [Kind; 5] = [
    ("pull_request", "opened"),
    ("check_run", "completed"),
    ("check_suite", "completed"),
    ("workflow_run", "completed"),
    ("pull_request_review", "submitted"),
];

/// A webhook that is ready to be sent, again and again: each time it is another delivery.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    event: &'static str,
    signature: String,
    body: Bytes,
}

impl Webhook {
    /// This event of this pull request.
    pub(crate) fn new(tape: &Tape, kind: Kind, place: Place) -> Result<Self, String> {
        let (event, action) = kind;
        let payload = tape.webhooks.get(&(event.to_owned(), action.to_owned()));
        let payload = payload.ok_or_else(|| format!("the tape has no {event}.{action}"))?;
        let body = payload.fill(place, "https://api.github.com");
        Ok(Self { event, signature: signature(&tape.secret, body.as_bytes()), body: body.into() })
    }

    /// How long its body is.
    pub(crate) fn bytes(&self) -> usize {
        self.body.len()
    }
}

/// Who sends.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    client: reqwest::Client,
}

/// The next delivery's number: none is sent twice in a run, for that would be a redelivery.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl Sender {
    pub(crate) fn new() -> Result<Self, String> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build();
        let client = client.map_err(|error| error.to_string())?;
        Ok(Self { client })
    }

    /// Sends one webhook; anything but 202 is an error.
    pub(crate) async fn send(&self, app: &str, webhook: &Webhook) -> Result<(), String> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let answered = self
            .client
            .post(format!("{app}/webhook"))
            .header("content-type", "application/json")
            .header("user-agent", "GitHub-Hookshot/load")
            .header("x-github-delivery", format!("10ad0000-0000-4000-8000-{number:012x}"))
            .header("x-github-event", webhook.event)
            .header("x-hub-signature-256", &webhook.signature)
            .body(webhook.body.clone())
            .send()
            .await
            .map_err(|error| error.to_string())?;
        if answered.status() == reqwest::StatusCode::ACCEPTED {
            return Ok(());
        }
        let status = answered.status();
        Err(format!("{} was answered with {status}: {:?}", webhook.event, answered.text().await))
    }

    /// Sends these round and round over so many connections until the time is over; how many were
    /// accepted.
    pub(crate) async fn flood(
        &self,
        apps: &[String],
        webhooks: &Arc<[Webhook]>,
        (connections, time): (usize, Duration),
    ) -> Result<usize, String> {
        let until = Instant::now() + time;
        let next = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for connection in 0..connections {
            let app = apps.get(connection % apps.len()).cloned().unwrap_or_default();
            let (sender, webhooks, next) = (self.clone(), Arc::clone(webhooks), Arc::clone(&next));
            tasks.spawn(async move {
                let mut accepted = 0;
                while Instant::now() < until {
                    let turn = next.fetch_add(1, Ordering::Relaxed) % webhooks.len();
                    let webhook = webhooks.get(turn).ok_or("there are no webhooks")?;
                    sender.send(&app, webhook).await?;
                    accepted += 1;
                }
                Ok::<usize, String>(accepted)
            });
        }
        total(tasks).await
    }

    /// Sends each once over so many connections.
    pub(crate) async fn all(
        &self,
        apps: &[String],
        webhooks: Arc<[Webhook]>,
        connections: usize,
    ) -> Result<usize, String> {
        let next = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for connection in 0..connections {
            let app = apps.get(connection % apps.len()).cloned().unwrap_or_default();
            let (sender, webhooks, next) = (self.clone(), Arc::clone(&webhooks), Arc::clone(&next));
            tasks.spawn(async move {
                let mut accepted = 0;
                while let Some(webhook) = webhooks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    sender.send(&app, webhook).await?;
                    accepted += 1;
                }
                Ok::<usize, String>(accepted)
            });
        }
        total(tasks).await
    }
}

async fn total(mut tasks: JoinSet<Result<usize, String>>) -> Result<usize, String> {
    let mut sum = 0;
    while let Some(ended) = tasks.join_next().await {
        sum += ended.map_err(|error| error.to_string())??;
    }
    Ok(sum)
}
