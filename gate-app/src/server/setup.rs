//! The first run: one button registers the App at GitHub by its manifest flow.
//!
//! Only who knows the key that the log tells gets the page. Against forgery, the page gives the browser
//! a cookie, random and signed by that key, and GitHub the same value as `state`; only an answer that
//! brings both is taken. So nobody can finish a registration who could not have begun one, nor make
//! somebody's browser finish one that it did not begin; and no process has to remember anything.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sha2::Sha256;

use super::{
    Registered, Server,
    page::{escape, page},
};

/// GitHub gives an hour for the whole flow.
const COOKIE_SECONDS: u32 = 3600;
const COOKIE: &str = "gate_setup";

/// What the registration page may be asked.
#[derive(Debug, Deserialize)]
pub(super) struct For {
    /// What opens the page.
    key: Option<SecretString>,
    /// The organisation that shall own the App; without it the person.
    organisation: Option<String>,
}

/// `GET /`: the set-up page, or, once that is done, how the App is.
pub(super) async fn front(
    State(server): State<Arc<Server>>,
    query: Result<Query<For>, QueryRejection>,
) -> Response {
    if let Some(credentials) = &*server.registration.borrow() {
        return status(&server, credentials.app.0);
    }
    let Ok(Query(For { key, organisation })) = query else {
        return plain(StatusCode::BAD_REQUEST, "This address is wrong", "Begin at the front page.");
    };
    let fits = |right: &&SecretString| {
        let given = key.as_ref().map_or("", |given| given.expose_secret());
        same(given.as_bytes(), right.expose_secret().as_bytes())
    };
    let Some(key) = server.setup_key.as_ref().filter(fits) else {
        let text = "The App is not set up yet. The log of gate-app tells the address, with a key, at \
                    which that is done.";
        return page(
            StatusCode::FORBIDDEN,
            "gate is not set up yet",
            &format!("<p>{text}</p>\n"),
            None,
        );
    };
    let organisation = organisation.filter(|name| !name.is_empty());
    if organisation.as_deref().is_some_and(|name| !is_account(name)) {
        let text = "An organisation's name has 1 to 100 letters, digits, hyphens and underscores.";
        return plain(StatusCode::BAD_REQUEST, "No organisation has this name", text);
    }
    let Some(public) = &server.public_url else {
        let text = "Set <code>GATE_PUBLIC_URL</code> to the address at which GitHub reaches this \
                    App, and start it again. GitHub sends its webhooks there.";
        return page(StatusCode::OK, "gate is not set up yet", &format!("<p>{text}</p>\n"), None);
    };
    let mut random = [0; 32];
    if let Err(error) = getrandom::fill(&mut random) {
        tracing::error!(%error, "the system gives no random bytes");
        return plain(StatusCode::SERVICE_UNAVAILABLE, "Not now", "Please try again.");
    }
    let nonce = hex(&random);
    let state = format!("{nonce}{}", signature(key, &nonce));
    let web = server.github_web.as_str().trim_end_matches('/');
    let (path, owner) = match &organisation {
        Some(name) => (format!("organizations/{name}/settings/apps/new"), name.as_str()),
        None => ("settings/apps/new".to_owned(), "your own account"),
    };
    let body = format!(
        "<p>One button registers this App at <b>{host}</b>, owned by <b>{owner}</b>, with the \
         permissions and events that it needs. GitHub shows them before you agree. The key and the \
         webhook's secret come back here and are stored.</p>\n\
         <form method=\"post\" action=\"{web}/{path}?state={state}\">\
         <input type=\"hidden\" name=\"manifest\" value=\"{manifest}\">\
         <button>Register the App</button></form>\n\
         <form method=\"get\" action=\"/\"><p><input type=\"hidden\" name=\"key\" value=\"{key}\">\
         <label>For an organisation instead: \
         <input name=\"organisation\" maxlength=\"100\" autocomplete=\"off\"></label> \
         <button>Choose</button></p></form>\n",
        host = escape(server.github_web.host_str().unwrap_or_default()),
        owner = escape(owner),
        key = escape(key.expose_secret()),
        web = escape(web),
        manifest = escape(&server.manifest.json(public)),
    );
    let origin = server.github_web.origin().ascii_serialization();
    let mut response = page(StatusCode::OK, "Set up gate", &body, Some(&origin));
    let secure = if public.scheme() == "https" { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={state}; Path=/setup; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax{secure}"
    );
    if let Ok(cookie) = cookie.parse() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// What GitHub sends the browser back with.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    /// Good once, for an hour: whoever has it gets the App's key.
    code: SecretString,
    state: String,
}

/// `GET /setup/callback`: the code becomes the App's identity.
pub(super) async fn callback(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    query: Result<Query<Answer>, QueryRejection>,
) -> Response {
    if server.registration.borrow().is_some() {
        let text = "The App has its identity already; to give it another, set it in the settings.";
        return plain(StatusCode::CONFLICT, "This is done already", text);
    }
    let Ok(Query(Answer { code, state })) = query else {
        let text = "GitHub's answer has no code or no state. Begin again at the front page.";
        return plain(StatusCode::BAD_REQUEST, "This is no answer of GitHub", text);
    };
    let begun_here = cookie(&headers).is_some_and(|given| same(given.as_bytes(), state.as_bytes()));
    let is_ours = server.setup_key.as_ref().is_some_and(|key| signed(key, &state));
    if !begun_here || !is_ours {
        let text = "It did not begin in this browser, or more than an hour ago, or in another tab \
                    later. Begin again at the address that the log tells.";
        return plain(StatusCode::FORBIDDEN, "This registration did not begin here", text);
    }
    let sound = |code: &str| {
        (1..=128).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if !sound(code.expose_secret()) {
        let text = "Its code is none. Begin again at the front page.";
        return plain(StatusCode::BAD_REQUEST, "This is no answer of GitHub", text);
    }
    match server.registrar.register(code.expose_secret()).await {
        Ok(registered) => done(&server, &registered),
        Err(error) => {
            tracing::error!(%error, "GitHub did not give the App its identity");
            let text = "GitHub did not give the App its identity, or it could not be stored; the \
                        log says why. A code is good once and for an hour: begin again.";
            plain(StatusCode::BAD_GATEWAY, "That did not work", text)
        }
    }
}

/// The value of our cookie. Of several, the first, as browsers order them.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|one| one.split_once('='));
    // An empty value is none: an empty state would be its equal.
    pairs
        .find(|(name, _)| name.trim() == COOKIE)
        .map(|(_, value)| value.trim())
        .filter(|v| !v.is_empty())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What only who has the key can write beside this.
fn signature(key: &SecretString, nonce: &str) -> String {
    // HMAC takes keys of every length, so there is no error to tell.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()) else {
        return String::new();
    };
    mac.update(nonce.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// Whether a page of ours gave this `state`: 32 random bytes, and their signature.
fn signed(key: &SecretString, state: &str) -> bool {
    let parts = state.split_at_checked(64);
    parts.is_some_and(|(nonce, signed)| {
        !signed.is_empty() && same(signed.as_bytes(), signature(key, nonce).as_bytes())
    })
}

/// Whether both are the same, in a time that does not depend on where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

fn done(server: &Server, registered: &Registered) -> Response {
    let Registered { app, name, page: address } = registered;
    let check = server.check;
    let body = format!(
        "<p><b>{name}</b> is registered, with the App id <code>{app}</code>. Its key and its \
         webhook's secret are stored.</p>\n<h2>Next</h2>\n<ol>\n\
         <li><a href=\"{address}/installations/new\">Install it</a> on the repositories that it \
         shall judge.</li>\n\
         <li>Put a policy into <code>.github/gate.yml</code> of the default branch, and open a pull \
         request: the check <code>{check}</code> appears.</li>\n\
         <li>Require it: <i>Settings → Rules → Rulesets → New branch ruleset → Require status \
         checks to pass</i>, add <code>{check}</code>, and choose <b>{name}</b> as its source. \
         Without the source, everybody who may write to the repository can set the check \
         themselves.</li>\n</ol>\n\
         <p>The same by GitHub's command line:</p>\n<pre>{command}</pre>\n",
        name = escape(name),
        address = escape(address.trim_end_matches('/')),
        command = escape(&format!(
            "gh api repos/OWNER/NAME/rulesets --input - <<'END'\n{}\nEND",
            ruleset(check, app.0)
        )),
    );
    page(StatusCode::OK, "The App is registered", &body, None)
}

/// A ruleset that requires the check, from this App and no other.
fn ruleset(check: &str, app: u64) -> String {
    let rules = serde_json::json!({
        "name": check,
        "target": "branch",
        "enforcement": "active",
        "conditions": { "ref_name": { "include": ["~DEFAULT_BRANCH"], "exclude": [] } },
        "rules": [{
            "type": "required_status_checks",
            "parameters": {
                "strict_required_status_checks_policy": false,
                "required_status_checks": [{ "context": check, "integration_id": app }],
            },
        }],
    });
    format!("{rules:#}")
}

fn status(server: &Server, app: u64) -> Response {
    let mode = if server.dry_run {
        "It only evaluates and logs: <code>GATE_DRY_RUN</code> is set."
    } else {
        "It posts its verdicts."
    };
    let body = format!(
        "<p>This is the App <code>{app}</code> at <b>{host}</b>, version {version}. {mode}</p>\n\
         <p><a href=\"/readyz\">Is it ready?</a></p>\n",
        host = escape(server.github_web.host_str().unwrap_or_default()),
        version = env!("CARGO_PKG_VERSION"),
    );
    page(StatusCode::OK, "gate", &body, None)
}

fn plain(status: StatusCode, title: &str, text: &str) -> Response {
    let front = "<p><a href=\"/\">Front page</a></p>";
    page(status, title, &format!("<p>{}</p>\n{front}\n", escape(text)), None).into_response()
}

/// What GitHub accepts as an account's name, and nothing that could leave its place in a path.
fn is_account(name: &str) -> bool {
    (1..=100).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
