//! Where GitHub sends its events, and whether they arrive.

use gate_tests::github::Fault;

use super::{APP, SHOP, doctor, doctor_with, end, sound};

#[test]
fn the_app_is_not_told_of_an_event() {
    let (github, app) = sound();
    github.data().app.events.retain(|event| event != "status");
    doctor(&github, &app).wrong(APP, "events", &["status", "/settings/apps/gate/permissions"]);
    end(github, app);
}

#[test]
fn the_webhook_goes_elsewhere_or_nowhere() {
    let (github, app) = sound();
    let other = [("GATE_PUBLIC_URL", "https://gate.example.org")];
    let told = doctor_with(&github, &app, &other, &[]);
    told.wrong(APP, "webhook", &[&app.url(), "is at https://gate.example.org/webhook"]);
    let told = doctor_with(&github, &app, &[("GATE_PUBLIC_URL", "")], &[]);
    told.notice(APP, "webhook", &["is not known", "set GATE_PUBLIC_URL"]);
    github.data().mail.url = None;
    doctor(&github, &app).wrong(APP, "webhook", &["no address", "/settings/apps/gate"]);
    end(github, app);
}

#[test]
fn the_webhook_is_sent_in_a_way_that_is_not_read_or_not_safe() {
    let (github, app) = sound();
    github.data().app.hook.content_type = "form".to_owned();
    doctor(&github, &app).wrong(APP, "webhook", &["as form", "application/json"]);
    github.data().app.hook.content_type = "json".to_owned();
    github.data().app.hook.signed = false;
    doctor(&github, &app).wrong(APP, "webhook", &["signs nothing", "GATE_WEBHOOK_SECRET"]);
    github.data().app.hook.signed = true;
    github.data().app.hook.verifies = false;
    doctor(&github, &app).notice(APP, "webhook", &["whose certificate", "SSL verification"]);
    end(github, app);
}

#[test]
fn events_do_not_arrive() {
    let (github, app) = sound();
    // The secret at GitHub is another one than the App's.
    let secret = github.webhook_secret();
    github.data().app.webhook_secret = "something else".to_owned();
    github.push(SHOP, "main", &[("a.py", "a")]);
    github.delivered();
    let settings = [("GATE_WEBHOOK_SECRET", secret.as_str())];
    let told = doctor_with(&github, &app, &settings, &[]);
    told.wrong(APP, "deliveries", &["did not arrive", "401", "none of GATE_WEBHOOK_SECRET"]);
    github.data().app.webhook_secret = secret;
    github.push(SHOP, "main", &[("a.py", "b")]);
    github.delivered();
    doctor(&github, &app).notice(APP, "deliveries", &["the newest event arrived", "did not"]);
    end(github, app);
}

#[test]
fn nobody_answers_at_the_webhooks_address() {
    let (github, app) = sound();
    github.deliver("http://127.0.0.1:1/webhook");
    github.push(SHOP, "main", &[("a.py", "a")]);
    github.delivered();
    let told = doctor_with(&github, &app, &[("GATE_PUBLIC_URL", "http://127.0.0.1:1")], &[]);
    told.wrong(APP, "deliveries", &["failed to connect to host", "is the App running"]);
    end(github, app);
}

#[test]
fn nothing_was_sent_yet() {
    let (github, app) = sound();
    github.data().mail.sent.clear();
    doctor(&github, &app).notice(APP, "deliveries", &["sent nothing", "/advanced"]);
    github.fail("GET /app/hook/deliveries", Fault::Status(502), 1);
    doctor(&github, &app).wrong(APP, "deliveries", &["cannot be listed"]);
    github.fail("GET /app/hook/config", Fault::Status(502), 1);
    doctor(&github, &app).wrong(APP, "webhook", &["cannot be looked at"]);
    end(github, app);
}
