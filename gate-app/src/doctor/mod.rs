//! Floor 3: `doctor`, which asks GitHub and the database whether everything that the App needs is
//! there, and says of each thing that is not what is wrong, where, and what to do.
//!
//! It changes nothing. What it could not look at is wrong too, and never silently left out.

mod account;
mod app;
mod diagnosis;
mod repositories;
mod store;
mod webhook;

use secrecy::ExposeSecret as _;

use crate::{
    clock::Clock,
    github::{Connection, GitHub, Observer, Reserve},
    settings::{Credentials, Settings},
};

pub use diagnosis::{Check, Diagnosis, Finding, Sign};

/// Looks at everything.
pub async fn examine(settings: &Settings, clock: &Clock) -> Diagnosis {
    let mut diagnosis = Diagnosis::default();
    if settings.dry_run {
        let advice = "take the setting away where verdicts shall be posted";
        diagnosis.notice(
            Check::Settings,
            "GATE_DRY_RUN is set: everything is judged, and nothing posted",
            advice,
        );
    }
    let kept = store::examine(settings, clock, &mut diagnosis).await;
    let Some(credentials) = settings.credentials.clone().or(kept) else {
        let page = settings.public_url.as_ref().map_or_else(
            || "the set-up page (set GATE_PUBLIC_URL first)".to_owned(),
            |url| format!("the set-up page at {url}"),
        );
        diagnosis.wrong(
            Check::Credentials,
            "there are none, neither in the settings nor in the database",
            &format!(
                "start `gate-app serve` and register the App by {page}, or set GATE_APP_ID, \
                 GATE_PRIVATE_KEY and GATE_WEBHOOK_SECRET"
            ),
        );
        diagnosis.rest();
        return diagnosis;
    };
    match connect(settings, &credentials, clock) {
        Err(error) => {
            let advice = "give the file that GitHub made for the App's private key, as it is";
            diagnosis.wrong(Check::Credentials, &error.to_string(), advice);
            diagnosis.rest();
        }
        Ok(github) => at_github(settings, &github, clock, &mut diagnosis).await,
    }
    diagnosis
}

fn connect(
    settings: &Settings,
    credentials: &Credentials,
    clock: &Clock,
) -> Result<GitHub, crate::github::ConnectionError> {
    let connection = Connection {
        api_url: settings.github.rest().to_owned(),
        graphql_url: settings.github.graphql().to_owned(),
        app_id: credentials.app,
        key: credentials.private_key.expose_secret().into(),
    };
    GitHub::with(&connection, clock.clone(), Observer::default(), Reserve::default())
}

async fn at_github(settings: &Settings, github: &GitHub, clock: &Clock, diagnosis: &mut Diagnosis) {
    let Some(app) = app::examine(settings, github, clock, diagnosis).await else {
        diagnosis.rest();
        return;
    };
    webhook::examine(settings, github, &app, clock, diagnosis).await;
    match github.installations().await {
        Err(error) => {
            let advice = "mend what is wrong above, and ask again";
            diagnosis.wrong(Check::Installations, &format!("cannot be listed: {error}"), advice);
        }
        Ok(all) if all.is_empty() => {
            let advice = format!("install it: {}/installations/new", app.html_url);
            let what = "the App is installed nowhere, so it has nothing to judge";
            diagnosis.wrong(Check::Installations, what, &advice);
        }
        Ok(all) => {
            let accounts: Vec<&str> =
                all.iter().map(|one| one.account.as_deref().unwrap_or("an enterprise")).collect();
            diagnosis.good(Check::Installations, &format!("at {}", accounts.join(", ")));
            for installed in &all {
                account::examine(settings, github, &app, installed, diagnosis).await;
            }
        }
    }
}
