//! The first run, as a browser sees it.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::Value;

use crate::desk::{Desk, KEY, Plan, Reply, status};

/// Where the page opens, for whoever has the key.
const FRONT: &str = "/?key=the+key";

fn desk(plan: &Plan) -> Desk {
    Desk::open(&Plan { is_set_up: false, ..*plan })
}

/// What stands between two marks.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    rest.split_once(after).unwrap_or_else(|| panic!("no {after} in {rest}")).0
}

async fn come_back(desk: &Desk, query: &str, cookie: Option<&str>) -> Reply {
    let mut request = Request::get(format!("/setup/callback?{query}"));
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    desk.ask(request.body(Body::empty()).unwrap()).await
}

/// The page's `state` and the cookie that the browser got with it.
async fn begin(desk: &Desk) -> (String, String) {
    let reply = desk.get(FRONT).await;
    let state = between(&reply.text, "?state=", "\"").to_owned();
    let cookie = reply.header("set-cookie").split(';').next().unwrap().to_owned();
    (state, cookie)
}

#[tokio::test]
async fn one_button_posts_the_manifest_to_github() {
    let reply = desk(&Plan::default()).get(FRONT).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.text.matches("method=\"post\"").count(), 1);
    let action = between(&reply.text, "method=\"post\" action=\"", "\"");
    let state = action.strip_prefix("https://github.com/settings/apps/new?state=").unwrap();
    assert_eq!(state.len(), 128);
    let manifest = between(&reply.text, "name=\"manifest\" value=\"", "\"");
    let manifest: Value = serde_json::from_str(&manifest.replace("&quot;", "\"")).unwrap();
    assert_eq!(manifest["hook_attributes"]["url"], "https://gate.example.org/webhook");
    assert_eq!(manifest["default_permissions"]["merge_queues"], "read");
    assert_eq!(
        reply.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' https://github.com"
    );
    assert_eq!(
        reply.header("set-cookie"),
        format!("gate_setup={state}; Path=/setup; Max-Age=3600; HttpOnly; SameSite=Lax; Secure")
    );
    assert!(!reply.text.contains("<script"));
}

#[tokio::test]
async fn without_the_key_nobody_sees_the_page() {
    let desk = desk(&Plan::default());
    for odd in ["/", "/?key=", "/?key=the+keyring", "/?key=another", "/?organisation=octo-org"] {
        let reply = desk.get(odd).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{odd}");
        assert!(reply.text.contains("The log of gate-app tells the address"), "{}", reply.text);
        assert!(!reply.text.contains("<form") && !reply.text.contains(KEY));
        assert_eq!(reply.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn the_key_goes_along_when_an_organisation_is_chosen() {
    let reply = desk(&Plan::default()).get(FRONT).await;
    let form = between(&reply.text, "<form method=\"get\"", "</form>");
    assert!(form.contains("<input type=\"hidden\" name=\"key\" value=\"the key\">"), "{form}");
}

#[tokio::test]
async fn nobody_finishes_a_registration_without_having_had_the_page() {
    let desk = desk(&Plan::default());
    // Whoever may choose both, the cookie and the state, lacks the signature.
    for state in ["a".repeat(128), "a".repeat(64), "é".repeat(64), "a".to_owned()] {
        let query = format!("code=c&state={}", state.replace('é', "%C3%A9"));
        let reply = come_back(&desk, &query, Some(&format!("gate_setup={state}"))).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{state}");
    }
    assert!(desk.rooms.codes.lock().unwrap().is_empty());
}

#[tokio::test]
async fn no_two_pages_have_the_same_state() {
    let desk = desk(&Plan::default());
    assert_ne!(begin(&desk).await, begin(&desk).await);
}

#[tokio::test]
async fn an_organisation_may_own_the_app() {
    let desk = desk(&Plan::default());
    let reply = desk.get("/?key=the+key&organisation=octo-org").await;
    let action = between(&reply.text, "method=\"post\" action=\"", "?state");
    assert_eq!(action, "https://github.com/organizations/octo-org/settings/apps/new");
    let reply = desk.get("/?key=the+key&organisation=").await;
    let action = between(&reply.text, "method=\"post\" action=\"", "?state");
    assert_eq!(action, "https://github.com/settings/apps/new");
    for odd in ["a%2Fb", "%22%3E%3Cscript%3E", "a%20b", "%ff"] {
        let reply = desk.get(&format!("/?key=the+key&organisation={odd}")).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{odd}");
        assert!(!reply.text.contains("<script"));
    }
}

#[tokio::test]
async fn an_enterprise_server_has_its_own_page() {
    let plan = Plan {
        public_url: Some("http://gate.internal:8080"),
        github_web: "https://ghe.example.org",
        ..Plan::default()
    };
    let reply = desk(&plan).get(FRONT).await;
    let action = between(&reply.text, "method=\"post\" action=\"", "?state");
    assert_eq!(action, "https://ghe.example.org/settings/apps/new");
    let policy = reply.header("content-security-policy");
    assert!(policy.ends_with("form-action 'self' https://ghe.example.org"), "{policy}");
    // A browser would not send a secure cookie back to http.
    assert!(reply.header("set-cookie").ends_with("SameSite=Lax"));
}

#[tokio::test]
async fn without_a_public_address_the_page_says_what_to_do() {
    let reply = desk(&Plan { public_url: None, ..Plan::default() }).get(FRONT).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.text.contains("<code>GATE_PUBLIC_URL</code>"), "{}", reply.text);
    assert!(!reply.text.contains("<form"));
}

#[tokio::test]
async fn the_code_becomes_an_identity_and_the_webhooks_are_taken_at_once() {
    let desk = desk(&Plan::default());
    let (state, cookie) = begin(&desk).await;
    let cookie = format!("theme=dark; {cookie}");
    let reply = come_back(&desk, &format!("code=a180b1&state={state}"), Some(&cookie)).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(*desk.rooms.codes.lock().unwrap(), ["a180b1"]);
    assert!(reply.text.contains("&lt;Octo&gt; gate"), "{}", reply.text);
    assert!(reply.text.contains("https://github.com/apps/octo-gate/installations/new"));
    assert!(!reply.text.contains("a180b1") && !reply.text.contains("a key"));
    // The ruleset that is shown requires the check from this App alone.
    let command = between(&reply.text, "<pre>", "</pre>").replace("&quot;", "\"");
    let ruleset: Value = serde_json::from_str(between(&command, "END&#39;\n", "\nEND")).unwrap();
    let required = &ruleset["rules"][0]["parameters"]["required_status_checks"][0];
    assert_eq!(
        (required["context"].as_str(), required["integration_id"].as_u64()),
        (Some("gate"), Some(4711))
    );

    assert_eq!(desk.deliver("status", &status()).await.text, "stored");
    assert!(desk.get("/").await.text.contains("<code>4711</code>"));
    let again = come_back(&desk, &format!("code=a180b1&state={state}"), Some(&cookie)).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(desk.rooms.codes.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_that_did_not_begin_in_this_browser_is_refused() {
    let desk = desk(&Plan::default());
    let (state, cookie) = begin(&desk).await;
    let (other_state, _) = begin(&desk).await;
    for (query, cookie, status) in [
        (format!("code=c&state={state}"), None, StatusCode::FORBIDDEN),
        (format!("code=c&state={other_state}"), Some(&*cookie), StatusCode::FORBIDDEN),
        ("code=c&state=".to_owned(), Some("gate_setup="), StatusCode::FORBIDDEN),
        ("code=c&state=".to_owned(), None, StatusCode::FORBIDDEN),
        ("code=c".to_owned(), Some(&*cookie), StatusCode::BAD_REQUEST),
        (format!("state={state}"), Some(&*cookie), StatusCode::BAD_REQUEST),
        (format!("code=..%2Fx&state={state}"), Some(&*cookie), StatusCode::BAD_REQUEST),
        (format!("code=&state={state}"), Some(&*cookie), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(come_back(&desk, &query, cookie).await.status, status, "{query} {cookie:?}");
    }
    assert!(desk.rooms.codes.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_failed_exchange_says_so_and_tells_no_secret() {
    let desk = desk(&Plan::default());
    let (state, cookie) = begin(&desk).await;
    *desk.rooms.fails.lock().unwrap() = true;
    let reply = come_back(&desk, &format!("code=c&state={state}"), Some(&cookie)).await;
    assert_eq!(reply.status, StatusCode::BAD_GATEWAY);
    assert!(!reply.text.contains("hunter2"), "{}", reply.text);
}
