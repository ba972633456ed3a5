//! The App as GitHub has it registered: whether we are it, what time it is, what it asks for and
//! hears.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::{
    clock::Clock,
    github::{AppAccount, Error, GitHub},
    permissions::{Access, NEEDS},
    settings::Settings,
    webhook::{EVENTS, Sent},
};

use super::{Check, Diagnosis};

/// GitHub refuses what was signed more than a minute in its future.
const TOO_FAR: i64 = 60;
/// Deadlines are compared with GitHub's times, so this much is seen.
const NOTICED: i64 = 10;

/// Looks at it; gives it, if GitHub takes us for it.
pub(super) async fn examine(
    settings: &Settings,
    github: &GitHub,
    clock: &Clock,
    diagnosis: &mut Diagnosis,
) -> Option<AppAccount> {
    let asked = clock.now();
    let greeting = github.greet().await;
    let app = credentials(settings, github, greeting.app, diagnosis);
    time(greeting.time, asked, clock.now(), diagnosis);
    let app = app?;
    let page = settings_page(settings, &app);
    permissions(
        &app.permissions,
        &format!("change them at {page}/permissions, and let each account accept that"),
        diagnosis,
    );
    let extra = |(name, _): &(&String, &String)| NEEDS.iter().all(|need| need.permission != **name);
    let extra: Vec<&str> =
        app.permissions.iter().filter(extra).map(|(name, _)| name.as_str()).collect();
    if !extra.is_empty() {
        let what = format!("the App asks for more than it uses: {}", extra.join(", "));
        let advice = format!("take them away at {page}/permissions");
        diagnosis.notice(Check::Permissions, &what, &advice);
    }
    events(&app.events, &format!("subscribe to them at {page}/permissions"), diagnosis);
    Some(app)
}

/// Where its owner sets it up.
pub(super) fn settings_page(settings: &Settings, app: &AppAccount) -> String {
    let web = settings.github.web().as_str().trim_end_matches('/');
    let slug = app.slug.as_deref().unwrap_or_default();
    let owner = app.owner.as_ref();
    let organisation = owner
        .filter(|owner| owner.kind.as_deref() == Some("Organization"))
        .and_then(|owner| owner.login.as_deref());
    match organisation {
        Some(login) => format!("{web}/organizations/{login}/settings/apps/{slug}"),
        None => format!("{web}/settings/apps/{slug}"),
    }
}

fn credentials(
    settings: &Settings,
    github: &GitHub,
    app: Result<AppAccount, Error>,
    diagnosis: &mut Diagnosis,
) -> Option<AppAccount> {
    let web = settings.github.web().as_str().trim_end_matches('/');
    match app {
        Ok(app) if app.id == github.app_id() => {
            let what = format!("GitHub takes us for {} (App id {})", app.name, app.id);
            diagnosis.good(Check::Credentials, &what);
            Some(app)
        }
        Ok(app) => {
            let (theirs, ours) = (app.id, github.app_id());
            let what = format!("GitHub takes us for App {theirs}, and the settings say {ours}");
            diagnosis.wrong(Check::Credentials, &what, "set GATE_APP_ID to the App's id");
            None
        }
        Err(error) => {
            let advice = if matches!(error, Error::Unauthorized { .. } | Error::NotFound { .. }) {
                format!(
                    "compare GATE_APP_ID and GATE_PRIVATE_KEY with the App's page below \
                     {web}/settings/apps, and GATE_GITHUB_API_URL with where it is registered"
                )
            } else {
                let rest = settings.github.rest();
                format!("is {rest} (GATE_GITHUB_API_URL) reached from here? Then ask again later")
            };
            diagnosis.wrong(Check::Credentials, &error.to_string(), &advice);
            None
        }
    }
}

fn time(
    theirs: Option<Timestamp>,
    asked: Timestamp,
    answered: Timestamp,
    diagnosis: &mut Diagnosis,
) {
    let Some(theirs) = theirs else {
        let what = "GitHub did not say what time it is there";
        diagnosis.wrong(Check::Clock, what, "mend what is wrong above, and ask again");
        return;
    };
    // It was said somewhen between the two, and to the second only.
    let second = SignedDuration::from_secs(1);
    let ahead = asked.duration_since(theirs) - second;
    let behind = theirs.duration_since(answered);
    let (apart, direction) = if ahead > behind { (ahead, "ahead of") } else { (behind, "behind") };
    let what = format!("this machine's clock is {} s {direction} GitHub's", apart.as_secs());
    let advice = "set it by NTP: GitHub refuses what is signed a minute too early or ten too late, \
                  and deadlines go by it";
    match apart.as_secs() {
        TOO_FAR.. => diagnosis.wrong(Check::Clock, &what, advice),
        NOTICED.. => diagnosis.notice(Check::Clock, &what, advice),
        _ => diagnosis.good(Check::Clock, "this machine's clock is GitHub's"),
    }
}

/// Whether these are enough.
pub(super) fn permissions(
    granted: &BTreeMap<String, String>,
    advice: &str,
    diagnosis: &mut Diagnosis,
) {
    let level = |word: &str| match word {
        "read" => Some(Access::Read),
        "write" | "admin" => Some(Access::Write),
        _ => None,
    };
    let lacking: Vec<String> = NEEDS
        .iter()
        .filter(|need| {
            let has = granted.get(need.permission).and_then(|word| level(word));
            has.is_none_or(|has| has < need.access)
        })
        .map(|need| {
            let uses = need.uses.join(", ");
            format!("{}: {} (to {uses})", need.permission, need.access.word())
        })
        .collect();
    if lacking.is_empty() {
        diagnosis.good(Check::Permissions, &format!("all {} are there", NEEDS.len()));
    } else {
        let what = format!("not granted: {}", lacking.join("; "));
        diagnosis.wrong(Check::Permissions, &what, advice);
    }
}

/// Whether these are all.
pub(super) fn events(told: &[String], advice: &str, diagnosis: &mut Diagnosis) {
    let wanted = EVENTS.iter().filter(|event| event.sent == Sent::Subscribed);
    let (mut count, mut lacking) = (0, Vec::new());
    for event in wanted {
        count += 1;
        if !told.iter().any(|name| name == event.name) {
            lacking.push(event.name);
        }
    }
    if lacking.is_empty() {
        diagnosis.good(Check::Events, &format!("all {count} are subscribed to"));
    } else {
        let what = format!("not subscribed to: {}", lacking.join(", "));
        diagnosis.wrong(Check::Events, &what, advice);
    }
}
