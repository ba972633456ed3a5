//! What the settings, the credentials and the clock are worth.

use gate_tests::github::Fault;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ACME, APP, SHOP, doctor, doctor_with, end, sound};

#[test]
fn all_is_well() {
    let (github, app) = sound();
    let told = doctor(&github, &app);
    assert_eq!(told.code, Some(0), "{}", told.text);
    assert!(told.text.ends_with("\nAll is well.\n"), "{}", told.text);
    for (place, check, words) in [
        (APP, "database", "takes writes"),
        (APP, "queue", "none is parked"),
        (APP, "credentials", "GitHub takes us for gate (App id 4711)"),
        (APP, "clock", "is GitHub's"),
        (APP, "permissions", "all 9 are there"),
        (APP, "events", "all 12 are subscribed to"),
        (APP, "webhook", "/webhook, signed"),
        (APP, "deliveries", "all arrived"),
        (APP, "installations", "at acme"),
        (ACME, "permissions", "all 9 are there"),
        (ACME, "events", "all 12 are subscribed to"),
        (ACME, "policy", "all 1 repositories have one"),
        (SHOP, "policy", ".github/gate.yml on main"),
        (SHOP, "required", "main requires gate from gate"),
    ] {
        told.told('✓', (place, check), &[words]);
    }
    end(github, app);
}

#[test]
fn programs_read_json() {
    let (github, app) = sound();
    github.data().repository(SHOP).rulesets.clear();
    let told = doctor_with(&github, &app, &[], &["--json"]);
    assert_eq!(told.code, Some(1));
    let document: Value = serde_json::from_str(&told.text).expect("JSON");
    assert_eq!(
        (&document["schema"], &document["well"]),
        (&json!("gate-app/doctor/v1"), &json!(false))
    );
    let findings = document["findings"].as_array().expect("findings");
    let wrong: Vec<&Value> = findings.iter().filter(|one| one["sign"] == "wrong").collect();
    assert_eq!(wrong.len(), 1, "{}", told.text);
    assert_eq!((&wrong[0]["check"], &wrong[0]["place"]), (&json!("required"), &json!(SHOP)));
    assert!(wrong[0]["advice"].as_str().expect("advice").contains("/acme/shop/settings/rules"));
    end(github, app);
}

#[test]
fn settings_that_cannot_be_used_are_said_all_at_once() {
    let (github, app) = sound();
    let told = doctor_with(&github, &app, &[("GATE_WORKERS", "0"), ("GATE_LISTEN", "x")], &[]);
    assert_eq!(told.code, Some(2));
    assert!(told.text.contains("GATE_WORKERS") && told.text.contains("GATE_LISTEN"));
    end(github, app);
}

#[test]
fn nothing_is_posted() {
    let (github, app) = sound();
    let told = doctor_with(&github, &app, &[("GATE_DRY_RUN", "true")], &[]);
    told.notice(APP, "settings", &["GATE_DRY_RUN is set", "nothing posted"]);
    end(github, app);
}

#[test]
fn there_are_no_credentials() {
    let (github, app) = sound();
    let none = [("GATE_APP_ID", ""), ("GATE_PRIVATE_KEY", ""), ("GATE_WEBHOOK_SECRET", "")];
    let told = doctor_with(&github, &app, &none, &[]);
    told.wrong(
        APP,
        "credentials",
        &["there are none", &format!("the set-up page at {}", app.url())],
    );
    end(github, app);
}

#[test]
fn github_takes_us_for_somebody_else_or_for_nobody() {
    let (github, app) = sound();
    let told = doctor_with(&github, &app, &[("GATE_APP_ID", "99")], &[]);
    told.wrong(APP, "credentials", &["GATE_APP_ID", "/settings/apps"]);
    let broken = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----";
    let told = doctor_with(&github, &app, &[("GATE_PRIVATE_KEY", broken)], &[]);
    told.wrong(APP, "credentials", &["no RSA key"]);
    let nobody = [("GATE_GITHUB_API_URL", "http://127.0.0.1:1")];
    let told = doctor_with(&github, &app, &nobody, &[]);
    told.wrong(APP, "credentials", &["GATE_GITHUB_API_URL"]);
    // An answer that is none of GitHub's is no pass either.
    github.fail("GET /app", Fault::WrongJson, 1);
    doctor(&github, &app).wrong(APP, "credentials", &["does not fit its description"]);
    end(github, app);
}

#[test]
fn the_clock_is_not_githubs() {
    let (github, app) = sound();
    github.data().skew = SignedDuration::from_secs(-20);
    doctor(&github, &app).notice(APP, "clock", &["s ahead of GitHub's", "NTP"]);
    github.data().skew = SignedDuration::from_secs(120);
    doctor(&github, &app).wrong(APP, "clock", &["s behind GitHub's", "NTP"]);
    // So far that GitHub refuses what is dated by it: the App goes by GitHub's, and still it is wrong.
    github.data().skew = SignedDuration::from_hours(-1);
    doctor(&github, &app).wrong(APP, "clock", &[" s ahead of GitHub's"]);
    github.data().skew = SignedDuration::ZERO;
    end(github, app);
}
