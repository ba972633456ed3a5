//! What accounts grant, which repositories have a policy, and what their branches require.

use gate_tests::github::Fault;
use serde_json::json;

use super::{ACME, APP, SHOP, doctor, end, requires, sound};
use crate::app::POLICY;

#[test]
fn the_app_asks_for_too_little_or_too_much() {
    let (github, app) = sound();
    {
        let permissions = &mut github.data().app.permissions;
        permissions.insert("checks".to_owned(), "read".to_owned());
        permissions.remove("actions");
        permissions.insert("issues".to_owned(), "write".to_owned());
    }
    let told = doctor(&github, &app);
    told.wrong(
        APP,
        "permissions",
        &[
            "checks: write (to post the check run",
            "actions: read",
            "/organizations/acme/settings/apps/gate/permissions",
        ],
    );
    assert!(told.text.contains("more than it uses: issues"), "{}", told.text);
    end(github, app);
}

#[test]
fn an_account_has_not_accepted_what_the_app_asks_for() {
    let (github, app) = sound();
    github.data().installations[0].permissions.remove("merge_queues");
    github.data().installations[0].events.retain(|event| event != "merge_group");
    let told = doctor(&github, &app);
    let page = "/settings/installations/";
    told.wrong(ACME, "permissions", &["merge_queues: read", "an owner of acme accepts them", page]);
    told.wrong(ACME, "events", &["merge_group", page]);
    told.told('✓', (APP, "permissions"), &[]);
    end(github, app);
}

#[test]
fn the_app_is_installed_nowhere_or_suspended() {
    let (github, app) = sound();
    github.fail("GET /app/installations", Fault::Status(502), 1);
    doctor(&github, &app).wrong(APP, "installations", &["cannot be listed"]);
    github.fail("GET /installation/repositories", Fault::Status(502), 1);
    doctor(&github, &app).wrong(ACME, "policy", &["repositories cannot be listed"]);
    github.suspend("acme", true);
    doctor(&github, &app).wrong(ACME, "installations", &["suspended", "/settings/installations/"]);
    github.uninstall("acme");
    doctor(&github, &app).wrong(APP, "installations", &["nowhere", "/apps/gate/installations/new"]);
    end(github, app);
}

#[test]
fn the_check_is_not_required() {
    let (github, app) = sound();
    github.data().repository(SHOP).rulesets.clear();
    let told = doctor(&github, &app);
    let page = "/acme/shop/settings/rules";
    told.wrong(SHOP, "required", &["main does not require gate", "gate as its source", page]);
    // Another check is required, which is not ours.
    github.add_ruleset(SHOP, requires("tests", None));
    doctor(&github, &app).wrong(SHOP, "required", &["main does not require gate"]);
    end(github, app);
}

#[test]
fn the_check_is_required_from_anybody_or_from_another_app() {
    let (github, app) = sound();
    github.data().repository(SHOP).rulesets.clear();
    github.add_ruleset(SHOP, requires("gate", None));
    let told = doctor(&github, &app);
    told.wrong(SHOP, "required", &["from anybody", "may write can set it", "/settings/rules"]);
    github.data().repository(SHOP).rulesets.clear();
    github.add_ruleset(SHOP, requires("gate", Some(1234)));
    doctor(&github, &app).wrong(SHOP, "required", &["from App 1234, and this is App 4711"]);
    end(github, app);
}

#[test]
fn classic_protection_counts_too() {
    let (github, app) = sound();
    github.data().repository(SHOP).rulesets.clear();
    let classic = |app: i64| {
        json!({"required_status_checks": {
            "strict": true, "contexts": ["gate"], "checks": [{"context": "gate", "app_id": app}],
        }})
    };
    github.protect(SHOP, "main", Some(classic(4711)));
    let told = doctor(&github, &app);
    assert_eq!(told.code, Some(0), "{}", told.text);
    github.protect(SHOP, "main", Some(classic(-1)));
    doctor(&github, &app).wrong(SHOP, "required", &["from anybody"]);
    // Without the permission nobody can say.
    github.protect(SHOP, "main", Some(classic(4711)));
    github.data().installations[0].permissions.remove("administration");
    doctor(&github, &app).wrong(SHOP, "required", &["does not show its classic protection"]);
    github.fail("GET /repos/{owner}/{repo}/rules/branches/{branch}", Fault::Status(502), 1);
    doctor(&github, &app).wrong(SHOP, "required", &["cannot be looked at"]);
    end(github, app);
}

#[test]
fn a_policy_is_broken_or_cannot_be_looked_at() {
    let (github, app) = sound();
    github.push(SHOP, "main", &[(".github/gate.yml", "version: 1\nruls: {}\n")]);
    github.delivered();
    let told = doctor(&github, &app);
    told.wrong(SHOP, "policy", &["every pull request fails", "`gate policy check`"]);
    github.fail("GET /repos/{owner}/{repo}/contents/{path}", Fault::Status(502), 2);
    let told = doctor(&github, &app);
    told.wrong(SHOP, "policy", &["cannot be looked at"]);
    end(github, app);
}

#[test]
fn only_repositories_with_a_policy_need_the_check() {
    let (github, app) = sound();
    github.repository("acme/notes", &[("a.md", "a\n")]);
    github.repository("acme/attic", &[(".github/gate.yml", POLICY)]);
    github.data().repository("acme/attic").archived = true;
    let told = doctor(&github, &app);
    assert_eq!(told.code, Some(0), "{}", told.text);
    told.told('✓', (ACME, "policy"), &["1 of 2 repositories have one; no gate at acme/notes"]);
    assert!(!told.text.contains("attic"), "{}", told.text);
    // The organisation's policy is for all that have none of their own.
    github.repository("acme/.github", &[(".github/gate.yml", POLICY)]);
    let told = doctor(&github, &app);
    told.wrong("acme/notes", "required", &["main does not require gate"]);
    told.told('✓', ("acme/notes", "policy"), &["acme/.github: .github/gate.yml"]);
    end(github, app);
}

#[test]
fn no_repository_has_a_policy() {
    let (github, app) = sound();
    github.push_changes(SHOP, "main", &[(".github/gate.yml", None)]);
    github.delivered();
    let told = doctor(&github, &app);
    told.notice(ACME, "policy", &["none of 1 repositories has a policy", "`gate policy default`"]);
    end(github, app);
}
