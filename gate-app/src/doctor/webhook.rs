//! The webhook, as GitHub reports it: where it goes, and whether it arrives.

use std::collections::HashSet;

use crate::{
    clock::Clock,
    github::{AppAccount, Delivery, GitHub, HookConfig},
    settings::Settings,
};

use super::{Check, Diagnosis, app::settings_page};

pub(super) async fn examine(
    settings: &Settings,
    github: &GitHub,
    app: &AppAccount,
    clock: &Clock,
    diagnosis: &mut Diagnosis,
) {
    let page = settings_page(settings, app);
    match github.hook_config().await {
        Ok(config) => address(settings, &config, &page, diagnosis),
        Err(error) => {
            let advice = format!("is the webhook active at {page}?");
            diagnosis.wrong(Check::Webhook, &format!("cannot be looked at: {error}"), &advice);
        }
    }
    match github.latest_deliveries().await {
        Ok(latest) => deliveries(&latest, clock, &page, diagnosis),
        Err(error) => {
            let what = format!("cannot be listed: {error}");
            diagnosis.wrong(Check::Deliveries, &what, "ask again later");
        }
    }
}

fn address(settings: &Settings, config: &HookConfig, page: &str, diagnosis: &mut Diagnosis) {
    let before = diagnosis.findings().len();
    let expected = settings
        .public_url
        .as_ref()
        .map(|public| format!("{}/webhook", public.as_str().trim_end_matches('/')));
    let url = config.url.as_deref().filter(|url| !url.is_empty());
    match (url, &expected) {
        (None, _) => {
            let to = expected.as_deref().unwrap_or("the App's address with /webhook");
            let advice = format!("set its URL to {to} at {page}");
            diagnosis.wrong(Check::Webhook, "GitHub has no address to send events to", &advice);
            return;
        }
        (Some(url), Some(expected)) if url.trim_end_matches('/') != expected => {
            let what = format!("GitHub sends events to {url}, and this App is at {expected}");
            let advice = format!("set its URL at {page}, or GATE_PUBLIC_URL");
            diagnosis.wrong(Check::Webhook, &what, &advice);
        }
        (Some(url), None) => {
            let what =
                format!("GitHub sends events to {url}; whether that is this App is not known");
            diagnosis.notice(Check::Webhook, &what, "set GATE_PUBLIC_URL, and it is compared");
        }
        (Some(_), Some(_)) => {}
    }
    if config.secret.as_deref().is_none_or(str::is_empty) {
        let advice = format!("set the secret of GATE_WEBHOOK_SECRET at {page}");
        diagnosis.wrong(Check::Webhook, "GitHub signs nothing: no secret is set there", &advice);
    }
    if config.content_type.as_deref() != Some("json") {
        let kind = config.content_type.as_deref().unwrap_or("form");
        let what = format!("GitHub sends events as {kind}, which the App does not read");
        let advice = format!("set its content type to application/json at {page}");
        diagnosis.wrong(Check::Webhook, &what, &advice);
    }
    if !is_verified(config) {
        let advice = format!("switch SSL verification on at {page}");
        let what = "GitHub does not check whose certificate answers";
        diagnosis.notice(Check::Webhook, what, &advice);
    }
    if diagnosis.findings().len() == before {
        let what = format!("GitHub sends events to {}, signed", url.unwrap_or_default());
        diagnosis.good(Check::Webhook, &what);
    }
}

fn is_verified(config: &HookConfig) -> bool {
    match &config.insecure_ssl {
        None => true,
        Some(value) => value.as_str() == Some("0") || value.as_u64() == Some(0),
    }
}

fn deliveries(latest: &[Delivery], clock: &Clock, page: &str, diagnosis: &mut Diagnosis) {
    let Some(newest) = latest.iter().max_by_key(|one| (one.delivered_at, one.id)) else {
        let what = "GitHub has sent nothing in the last days";
        let advice = format!("let something happen, then ask again; or see {page}/advanced");
        diagnosis.notice(Check::Deliveries, what, &advice);
        return;
    };
    let ago = clock.now().duration_since(newest.delivered_at).as_secs().max(0);
    if !newest.arrived() {
        let Delivery { event, status, status_code, .. } = newest;
        let what = format!("the newest event ({event}, {ago} s ago) did not arrive: {status}");
        let advice = format!("{}; see {page}/advanced", what_to_do(*status_code));
        diagnosis.wrong(Check::Deliveries, &what, &advice);
        return;
    }
    let arrived: HashSet<&str> =
        latest.iter().filter(|one| one.arrived()).map(|one| one.guid.as_str()).collect();
    let all: HashSet<&str> = latest.iter().map(|one| one.guid.as_str()).collect();
    let lost = all.len() - arrived.len();
    if lost > 0 {
        let what =
            format!("the newest event arrived {ago} s ago; of {}, {lost} did not", all.len());
        let advice = "`gate-app serve` asks for them again; if they stay away, see its log";
        diagnosis.notice(Check::Deliveries, &what, advice);
    } else {
        let what = format!("the last {} all arrived, the newest {ago} s ago", all.len());
        diagnosis.good(Check::Deliveries, &what);
    }
}

/// What an answer of ours, or of somebody in our place, is a sign of.
const fn what_to_do(status: u16) -> &'static str {
    match status {
        0 => "is the App running, and its address reached from outside, with a good certificate?",
        401 => "the webhook's secret at GitHub is none of GATE_WEBHOOK_SECRET",
        404 | 405 => "something else answers at this address, or a proxy drops the path",
        413 => "a proxy takes no bodies of 25 MB",
        503 => "the App could not store it, or is not set up yet; its log says why",
        _ => "see the log of the App, and of the proxy before it",
    }
}
