//! The App itself: who it is, where it is installed, its tokens, its webhook deliveries.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Answered, Request},
        data::{GitHub, Token, digest},
        key,
        mail::{Delivery, Outcome},
        shapes,
    },
    repository, unserved,
};

pub(super) fn answer(github: &mut GitHub, request: &Request) -> Answered {
    let own = (github.app.id, github.app.slug.clone());
    match request.id {
        "apps/get-authenticated" => {
            let mut app = shapes::app(github, &own);
            app["events"] = json!(github.app.events);
            Ok(Answer::json(200, app))
        }
        "apps/list-installations" => {
            let all = github.installations.iter();
            Ok(Answer::list(None, all.map(|it| shapes::installation(github, it)).collect()))
        }
        "apps/get-installation" => {
            let id = request.number("installation_id");
            let found = github.installations.iter().find(|it| it.id == id);
            let found = found.ok_or_else(Answer::not_found)?;
            Ok(Answer::json(200, shapes::installation(github, found)))
        }
        "apps/get-repo-installation" => {
            let id = repository(github, request)?.id;
            let found = github.installations.iter().find(|it| it.repositories.contains(&id));
            let found = found.ok_or_else(Answer::not_found)?;
            Ok(Answer::json(200, shapes::installation(github, found)))
        }
        "apps/create-installation-access-token" => token(github, request),
        "apps/list-repos-accessible-to-installation" => {
            let token = request.token.as_ref().ok_or_else(Answer::not_found)?;
            let installation = github.installations.iter().find(|it| it.id == token.installation);
            let installation = installation.ok_or_else(Answer::not_found)?;
            let seen = |id: &u64| {
                installation.repositories.contains(id)
                    && token.repositories.as_ref().is_none_or(|it| it.contains(id))
            };
            let all = github.repositories.iter().filter(|it| seen(&it.id));
            let all = all.map(|it| shapes::repository(github, it)).collect();
            Ok(Answer::list(Some("repositories"), all))
        }
        "apps/get-webhook-config-for-app" => {
            let hook = &github.app.hook;
            let mut config = json!({
                "content_type": hook.content_type,
                "insecure_ssl": if hook.verifies { "0" } else { "1" },
                "url": github.mail.url.clone().unwrap_or_default(),
            });
            if hook.signed {
                config["secret"] = json!("********");
            }
            Ok(Answer::json(200, config))
        }
        "apps/list-webhook-deliveries" => Ok(deliveries(github, request)),
        "apps/get-webhook-delivery" => {
            let id = request.number("delivery_id");
            let found = github.mail.sent.iter().find(|it| it.id == id);
            Ok(Answer::json(200, delivery(found.ok_or_else(Answer::not_found)?, true)))
        }
        "apps/redeliver-webhook-delivery" => {
            let id = request.number("delivery_id");
            let found = github.mail.sent.iter().find(|it| it.id == id);
            let mut again = found.cloned().ok_or_else(Answer::not_found)?;
            again.id = github.id();
            again.redelivery = true;
            again.at = github.now();
            again.outcome = Outcome::Waiting;
            github.mail.send(again);
            Ok(Answer::json(202, json!({})))
        }
        "apps/create-from-manifest" => manifest(github, request),
        "rate-limit/get" => {
            let limits = &github.limits;
            let rate = |remaining: u64| {
                json!({
                    "limit": limits.limit, "remaining": remaining,
                    "used": limits.limit.saturating_sub(remaining),
                    "reset": limits.reset.as_second(),
                })
            };
            let core = rate(limits.remaining);
            let resources = json!({
                "core": core, "graphql": rate(limits.graphql_remaining), "search": core,
            });
            Ok(Answer::json(200, json!({"resources": resources, "rate": core})))
        }
        _ => Err(unserved(request)),
    }
}

fn token(github: &mut GitHub, request: &Request) -> Answered {
    let id = request.number("installation_id");
    let found = github.installations.iter().find(|it| it.id == id).cloned();
    let found = found.ok_or_else(Answer::not_found)?;
    if found.suspended {
        return Err(Answer::error(403, "This installation has been suspended"));
    }
    let wanted = |key: &str| request.body[key].as_array().cloned();
    let by_id: Option<BTreeSet<u64>> =
        wanted("repository_ids").map(|it| it.iter().filter_map(Value::as_u64).collect());
    let by_name = wanted("repositories").map(|names| {
        let named = github.repositories.iter().filter(|it| names.contains(&json!(it.name)));
        named.filter(|it| it.owner == found.account).map(|it| it.id).collect()
    });
    let repositories: Option<BTreeSet<u64>> = by_id.or(by_name);
    if repositories.as_ref().is_some_and(|it| it.is_empty() || !it.is_subset(&found.repositories)) {
        return Err(Answer::error(
            422,
            "There is at least one repository that does not exist or is not accessible to the \
             parent installation.",
        ));
    }
    let permissions: Option<BTreeMap<String, String>> =
        serde_json::from_value(request.body["permissions"].clone()).ok();
    let enough = |(name, level): (&String, &String)| match found.permissions.get(name) {
        Some(granted) => granted == level || granted == "write" || granted == "admin",
        None => false,
    };
    if permissions.as_ref().is_some_and(|it| !it.iter().all(enough)) {
        return Err(Answer::error(
            422,
            "The permissions requested are not granted to this installation.",
        ));
    }
    // The long form that GitHub gives since 2026: dots in it, and no fixed length.
    let secret = digest(format!("token {}", github.id()).as_bytes());
    let text = format!("ghs_{}_{secret}.{}.{secret}", github.app.id, secret.repeat(6));
    let expires_at = Timestamp::now() + github.skew + SignedDuration::from_hours(1);
    let token = Token {
        text: text.clone(),
        installation: id,
        expires_at,
        revoked: false,
        repositories: repositories.clone(),
        permissions: permissions.clone(),
    };
    github.tokens.push(token);
    Ok(Answer::json(
        201,
        json!({
            "token": text, "expires_at": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "permissions": permissions.unwrap_or(found.permissions),
            "repository_selection": "selected",
        }),
    ))
}

/// By cursor, newest first, unlike every other list.
fn deliveries(github: &GitHub, request: &Request) -> Answer {
    let size: usize = request.asked("per_page").and_then(|it| it.parse().ok()).unwrap_or(30);
    let before: u64 = request
        .asked("cursor")
        .and_then(|it| it.trim_start_matches("v1_").parse().ok())
        .unwrap_or(u64::MAX);
    let wanted = |it: &&Delivery| match (request.asked("status"), it.outcome.code()) {
        (Some("success"), Some(code)) => code < 400,
        // GitHub's own failures have no code, and are in neither list.
        (Some("failure"), Some(code)) => (400..600).contains(&code),
        (Some(_), None) => false,
        (_, _) => true,
    };
    let mut found: Vec<&Delivery> = github
        .mail
        .sent
        .iter()
        .filter(|it| it.id < before && !matches!(it.outcome, Outcome::Waiting))
        .filter(wanted)
        .collect();
    found.sort_by_key(|it| std::cmp::Reverse(it.id));
    let more = found.len() > size;
    found.truncate(size.min(100));
    let items = found.iter().map(|it| delivery(it, false)).collect();
    let mut answer = Answer::json(200, Value::Array(items));
    if let Some(last) = found.last().filter(|_| more) {
        let status = request.asked("status").map_or_else(String::new, |it| format!("&status={it}"));
        let next = format!("/app/hook/deliveries?per_page={size}&cursor=v1_{}{status}", last.id);
        answer.headers.push(("link", next));
    }
    answer
}

fn delivery(it: &Delivery, whole: bool) -> Value {
    let action = (!it.action.is_empty()).then_some(&it.action);
    let mut value = json!({
        "id": it.id, "guid": it.guid, "delivered_at": it.at, "redelivery": it.redelivery,
        "duration": 0.1, "status": it.outcome.text(), "status_code": it.outcome.code().unwrap_or(0),
        "event": it.event, "action": action, "installation_id": it.payload["installation"]["id"],
        "repository_id": it.payload["repository"]["id"], "throttled_at": null,
    });
    if whole {
        value["url"] = json!("");
        value["request"] = json!({
            "headers": {"X-GitHub-Delivery": it.guid, "X-GitHub-Event": it.event},
            "payload": it.payload,
        });
        value["response"] = json!({"headers": {}, "payload": ""});
    }
    value
}

fn manifest(github: &mut GitHub, request: &Request) -> Answered {
    if !github.app.manifest_codes.remove(request.text("code")) {
        return Err(Answer::not_found());
    }
    let own = (github.app.id, github.app.slug.clone());
    let mut value = shapes::app(github, &own);
    value["client_secret"] = json!("client-secret-of-the-fake");
    value["webhook_secret"] = json!(github.app.webhook_secret);
    value["pem"] = json!(key::private_key());
    Ok(Answer::json(201, value))
}
