//! The postman: takes webhooks out of the outbox, one after another, and brings them to the App.

use std::{sync::Arc, time::Duration};

use super::{
    Shared,
    mail::{Delivery, Outcome, signature},
};

/// GitHub waits this long for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn deliver_all(shared: Arc<Shared>) {
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .build()
        .expect("a client without special wishes can be made");
    loop {
        let next = {
            let mut github = shared.data();
            let url = github.mail.url.clone();
            let target = github.app.id.to_string();
            let secret = github.app.webhook_secret.clone();
            github.mail.next().map(|it| (it, url.unwrap_or_default(), target, secret))
        };
        let Some((delivery, url, target, secret)) = next else {
            shared.wake.notified().await;
            continue;
        };
        let outcome = send(&client, &delivery, &url, &target, &secret).await;
        shared.data().mail.came_back(delivery.id, outcome);
        shared.changed();
    }
}

async fn send(
    client: &reqwest::Client,
    delivery: &Delivery,
    url: &str,
    target: &str,
    secret: &str,
) -> Outcome {
    let body = delivery.payload.to_string();
    let answer = client
        .post(url)
        .header("content-type", "application/json")
        .header("user-agent", "GitHub-Hookshot/fake")
        .header("x-github-delivery", &delivery.guid)
        .header("x-github-event", &delivery.event)
        .header("x-github-hook-id", "1")
        .header("x-github-hook-installation-target-id", target)
        .header("x-github-hook-installation-target-type", "integration")
        .header("x-hub-signature-256", signature(secret, body.as_bytes()))
        .body(body)
        .send()
        .await;
    answer.map_or(Outcome::Unreachable, |it| Outcome::Answered(it.status().as_u16()))
}
