//! Who may upload: what a token of Actions has to say, whose keys count, and whose tokens do not.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use gate_app::{clock::Clock, tokens};
use gate_tests::{
    PUBLIC_URL,
    github::{FakeGitHub, Fault, Run},
};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, Header};
use serde_json::{Value, json};

use super::{
    COVERAGE, Send, expect_upload, repository_token,
    send::{expect_refusal, shop, with_tokens},
};
use crate::app::{App, coverage, open, repository};

/// The App with a pull request and a run on its head.
fn scene(github: &FakeGitHub, clock: Clock) -> (App, Run) {
    repository(github, COVERAGE);
    let app = App::start_at(github, clock);
    let pull = open(github, "acme/shop");
    github.expect_check(&pull.head, None, "Pending");
    let run = github.start_workflow("acme/shop", &pull.head, "CI", &["tests"]);
    (app, run)
}

fn send(app: &App, run: &Run, token: &str) -> super::Sent {
    Send::to(app, &run.head, "coverage").by(token).body(&coverage(9)).send()
}

#[test]
fn a_token_that_is_not_quite_right_is_refused() {
    let github = FakeGitHub::start();
    let (app, run) = scene(&github, Clock::system());
    let now = Timestamp::now().as_second();
    let changed = |change: &dyn Fn(&mut Header, &mut Value)| {
        github.changed_identity_token(&run, PUBLIC_URL, |header, claims| change(header, claims))
    };
    let claim = |name: &str, value: Value| changed(&|_, claims| claims[name] = value.clone());
    let without = |name: &str| {
        changed(&|_, claims| drop(claims.as_object_mut().expect("claims").remove(name)))
    };
    for (token, words) in [
        (
            github.identity_token(&run, "https://github.com/acme"),
            "the audience https://gate.example",
        ),
        (github.identity_token(&run, &format!("{PUBLIC_URL}/")), "another audience"),
        (without("aud"), "nothing of \"aud\""),
        (claim("iss", json!("https://token.actions.githubusercontent.com")), "another issuer"),
        (without("iss"), "nothing of \"iss\""),
        (claim("exp", json!(now - 120)), "has expired"),
        (without("exp"), "none of a workflow run"),
        (claim("nbf", json!(now + 600)), "of the future"),
        (claim("iat", json!(now + 600)), "of the future"),
        (claim("run_id", json!("seven")), "not of a workflow run"),
        (without("repository_id"), "none of a workflow run"),
        (changed(&|header, _| header.kid = None), "which key"),
        (changed(&|header, _| header.kid = Some("of another kind".to_owned())), "issuer has not"),
        ("gate_0123456789".to_owned(), "none of acme/shop"),
        ("ghp_0123456789".to_owned(), "neither a token of Actions"),
        (String::new(), "needs the header"),
    ] {
        expect_refusal(&send(&app, &run, &token), 401, words);
    }
    // A signature over other claims, and a token that says how it wants to be checked.
    let (good, other) = (changed(&|_, _| {}), claim("run_id", json!("1")));
    let pieces = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (good, other) = (pieces(&good), pieces(&other));
    let forged = format!("{}.{}.{}", other[0], other[1], good[2]);
    expect_refusal(&send(&app, &run, &forged), 401, "signature");
    let secret = jsonwebtoken::EncodingKey::from_secret(b"the public key");
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("key-0-of-the-fake".to_owned());
    let claims = json!({"exp": now + 300, "aud": PUBLIC_URL});
    let weak = jsonwebtoken::encode(&header, &claims, &secret).expect("a token");
    expect_refusal(&send(&app, &run, &weak), 401, "RS256");
    // Clocks a few seconds apart are no reason.
    let late = claim("exp", json!(now - 5));
    expect_upload(&send(&app, &run, &late), 201, true);
    github.expect_check(&run.head, Some("success"), "Passed");
    github.finish_workflow(&run, "success");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn keys_change_and_strangers_cannot_make_us_hammer_the_issuer() {
    let github = FakeGitHub::start();
    let ahead = Arc::new(AtomicI64::new(0));
    let tell = Arc::clone(&ahead);
    let now = move || Timestamp::now() + SignedDuration::from_secs(tell.load(Ordering::Relaxed));
    let later = |seconds: i64| {
        ahead.fetch_add(seconds, Ordering::Relaxed);
        github
            .set_time(Timestamp::now() + SignedDuration::from_secs(ahead.load(Ordering::Relaxed)));
    };
    let (app, run) = scene(&github, Clock::new(now));
    let token = || github.identity_token(&run, PUBLIC_URL);
    let forged = |name: &str| {
        let name = Some(name.to_owned());
        github.changed_identity_token(&run, PUBLIC_URL, |header, _| header.kid = name)
    };

    // The issuer is ill: nobody can tell whether the token is good.
    github.fail_identity_keys(Fault::Status(500), 1);
    let sent = send(&app, &run, &token());
    expect_refusal(&sent, 503, "cannot be asked for its keys");
    assert_eq!(sent.retry_after, Some(10));
    expect_refusal(&send(&app, &run, &token()), 503, "could not be asked");
    assert_eq!(github.identity_keys_asked(), 1, "it is left alone for a while");
    later(11);
    for fault in [Fault::WrongJson, Fault::NotJson] {
        github.fail_identity_keys(fault, 1);
        expect_refusal(&send(&app, &run, &token()), 503, "cannot be asked for its keys");
        later(11);
    }
    expect_upload(&send(&app, &run, &token()), 201, true);
    github.expect_check(&run.head, Some("success"), "Passed");
    assert_eq!(github.identity_keys_asked(), 4);

    // A new key is found at once, and the old one is good no more.
    let old = token();
    github.rotate_identity_key();
    expect_upload(&send(&app, &run, &token()), 200, false);
    assert_eq!(github.identity_keys_asked(), 5);
    for number in 0..20 {
        let sent = send(&app, &run, &forged(&format!("stranger {number}")));
        expect_refusal(&sent, 503, "a moment ago");
        assert!(sent.retry_after.is_some_and(|wait| (1..=61).contains(&wait)), "{sent:?}");
    }
    expect_refusal(&send(&app, &run, &old), 503, "a moment ago");
    expect_upload(&send(&app, &run, &token()), 200, false);
    assert_eq!(github.identity_keys_asked(), 5, "twenty strangers cost no question");
    later(61);
    expect_refusal(&send(&app, &run, &old), 401, "a key that its issuer has not");
    expect_refusal(&send(&app, &run, &forged("stranger")), 503, "a moment ago");
    assert_eq!(github.identity_keys_asked(), 6);

    // After an hour what was believed is asked for again.
    later(3_600);
    expect_upload(&send(&app, &run, &token()), 200, false);
    assert_eq!(github.identity_keys_asked(), 7);
    drop(app);
    github.finish();
}

#[test]
fn a_token_of_another_repository_opens_nothing_here() {
    let github = FakeGitHub::start();
    let (app, run) = scene(&github, Clock::system());
    github.repository("acme/other", &[("a", "a")]);
    let commit = github.push("acme/other", "main", &[("b", "b")]);
    let other = github.start_workflow("acme/other", &commit, "CI", &["tests"]);
    let token = github.identity_token(&other, PUBLIC_URL);
    expect_refusal(&send(&app, &run, &token), 403, "a run of acme/other, not of acme/shop");
    // Its name alone makes no difference: the id is what counts, and its run is not there.
    let named = github.changed_identity_token(&other, PUBLIC_URL, |_, claims| {
        claims["repository"] = json!("acme/shop");
    });
    expect_refusal(&send(&app, &run, &named), 403, "has no workflow run");
    // Nor does a token that `gate-app token add` made for this one open the other.
    let token = repository_token(&app);
    let sent = Send::into(&app, "acme/other", &commit, "coverage").by(&token).body(b"x").send();
    expect_refusal(&sent, 401, "none of acme/other");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_run_uploads_for_its_own_commit_only() {
    let github = FakeGitHub::start();
    let (app, run) = scene(&github, Clock::system());
    let token = github.identity_token(&run, PUBLIC_URL);
    // GitHub is ill, and whose commit it is cannot be told.
    github.fail("GET /repos/{owner}/{repo}/actions/runs/{run_id}", Fault::Status(502), 1);
    let sent = send(&app, &run, &token);
    expect_refusal(&sent, 503, "GitHub cannot be asked");
    assert!(sent.retry_after.is_some(), "{sent:?}");
    let other = github.push("acme/shop", "other", &[("b", "b")]);
    let sent = Send::to(&app, &other, "coverage").by(&token).body(&coverage(9)).send();
    expect_refusal(&sent, 409, &format!("is of the commit {}, not of {other}", run.head));
    let gone = github.changed_identity_token(&run, PUBLIC_URL, |_, claims| {
        claims["run_id"] = json!("424242");
    });
    expect_refusal(&send(&app, &run, &gone), 403, "has no workflow run 424242");
    github.delivered();
    drop(app);
    github.finish();
}

#[test]
fn a_revoked_token_opens_nothing() {
    let github = FakeGitHub::start();
    let (app, run) = scene(&github, Clock::system());
    let (kept, revoked) = (repository_token(&app), repository_token(&app));
    let list = with_tokens(&app, &tokens::Command::List(shop()));
    assert_eq!(list.matches("last used never").count(), 2, "{list}");
    let sent = send(&app, &run, &revoked);
    expect_upload(&sent, 201, true);
    github.expect_check(&run.head, Some("success"), "Passed");
    let list = with_tokens(&app, &tokens::Command::List(shop()));
    let used = list.lines().find(|line| !line.ends_with("never")).expect("one was used");
    let id = used.split_whitespace().next().expect("it has an id").to_owned();
    with_tokens(&app, &tokens::Command::Revoke(shop(), Some(id)));
    expect_refusal(&send(&app, &run, &revoked), 401, "was revoked");
    expect_upload(&send(&app, &run, &kept), 200, false);
    github.delivered();
    drop(app);
    github.finish();
}
