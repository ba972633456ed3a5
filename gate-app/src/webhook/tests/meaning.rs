//! What each event means to us.

use super::*;

#[test]
fn a_delivery_says_whence_it_came_and_what_it_is_about() {
    let delivery = delivery("pull_request", &payload("opened", &pull_request("open")));
    assert_eq!(delivery.id.as_str(), GUID);
    assert_eq!((&*delivery.event, delivery.action.as_deref()), ("pull_request", Some("opened")));
    assert_eq!(delivery.installation, Some(InstallationId(957_387)));
    let repository = delivery.repository.unwrap();
    assert_eq!(repository.id, RepositoryId(186_853_002));
    assert_eq!(repository.name.to_string(), "Codertocat/Hello-World");
    assert_eq!(repository.default_branch.as_deref(), Some("main"));
    assert_eq!(
        delivery.effects,
        [Effect::PullRequest {
            number: PullRequestNumber(2),
            head: head(),
            base_ref: "main".to_owned(),
            open: true,
        }]
    );
}

#[test]
fn every_event_and_action_of_the_table_means_what_it_should() {
    for event in EVENTS {
        for &(action, reading) in event.actions {
            let (more, expected) = example(event.name, reading);
            let found = effect(event.name, &payload(action, &more));
            assert_eq!(found, expected, "{} {action}", event.name);
        }
    }
}

#[test]
fn what_the_app_hears_of_itself_it_does_not_answer() {
    for action in ["created", "completed"] {
        let found = effect("check_run", &payload(action, &check_run(OWN.0)));
        assert!(matches!(found, Effect::Ignored { .. }), "{found:?}");
    }
    let found = effect("check_suite", &payload("completed", &check_suite(OWN.0)));
    assert!(matches!(found, Effect::Ignored { .. }), "{found:?}");
}

#[test]
fn a_request_to_another_app_is_not_for_us() {
    for (event, action, more) in [
        ("check_run", "rerequested", check_run(OTHERS)),
        ("check_run", "requested_action", check_run(OTHERS)),
        ("check_suite", "rerequested", check_suite(OTHERS)),
    ] {
        let found = effect(event, &payload(action, &more));
        assert!(matches!(found, Effect::Ignored { .. }), "{found:?}");
    }
}

#[test]
fn a_check_of_an_app_that_is_gone_is_somebody_else_s() {
    let mut run = check_run(0);
    run["check_run"]["app"] = Value::Null;
    assert_eq!(effect("check_run", &payload("completed", &run)), Effect::Commit(head()));
}

#[test]
fn a_review_of_a_closed_pull_request_says_that_it_is_closed() {
    let found = effect("pull_request_review", &payload("submitted", &pull_request("closed")));
    assert!(matches!(found, Effect::PullRequest { open: false, .. }), "{found:?}");
}

#[test]
fn only_branches_that_stay_have_a_baseline() {
    let zeros = "0".repeat(40);
    for (reference, after) in [
        ("refs/tags/v1", HEAD),
        ("refs/heads/feature", &zeros),
        (QUEUE_REF, HEAD),
        // What is not read needs no sound commit.
        ("refs/tags/v1", "no commit"),
    ] {
        let found = effect("push", &payload("", &push(reference, after)));
        assert!(matches!(found, Effect::Ignored { .. }), "{reference}: {found:?}");
    }
}

#[test]
fn a_push_says_whether_it_may_have_changed_the_bar() {
    let commit = |list: &str, path: &str| json!({ "id": HEAD, list: [path] });
    let touched = |commits: Value| {
        let mut push = push("refs/heads/main", HEAD);
        push["commits"] = commits;
        push
    };
    let harmless = commit("modified", "src/gate.yml");
    let forced = {
        let mut push = push("refs/heads/main", HEAD);
        push["forced"] = true.into();
        push
    };
    for (push, expected) in [
        (touched(json!([harmless])), false),
        (touched(json!([harmless, commit("modified", ".github/gate.yml")])), true),
        (touched(json!([commit("removed", ".github/gate.yml")])), true),
        (touched(json!([commit("added", "docs/CODEOWNERS")])), true),
        (touched(json!([commit("added", "docs/codeowners")])), false),
        // GitHub lists no more of them, or takes some away without a word of what they held.
        (touched(vec![harmless.clone(); 2048].into()), true),
        (touched(Value::Null), true),
        (forced, true),
    ] {
        let found = effect("push", &payload("", &push));
        let Effect::BranchMoved { bar, .. } = found else { panic!("{found:?}") };
        assert_eq!(bar, expected, "{}", push["commits"][0]);
    }
}

#[test]
fn a_ruleset_of_an_organisation_concerns_the_whole_installation() {
    let mut payload = payload("edited", &json!({}));
    payload.as_object_mut().unwrap().remove("repository");
    let delivery = delivery("repository_ruleset", &payload);
    assert_eq!(delivery.repository, None);
    assert_eq!(delivery.effects, [Effect::EveryOpen]);
}

#[test]
fn what_is_unknown_is_read_and_ignored() {
    assert!(delivery("projects_v2_item", &payload("edited", &json!({}))).ignored().is_some());
    let strange = delivery("star", &payload("created", &json!({ "check_run": "odd" })));
    assert_eq!(strange.ignored(), Some("the App does not know this event"));
    assert_eq!(strange.repository.unwrap().id, RepositoryId(186_853_002));
    let strange = delivery("pull_request", &payload("frobnicated", &json!({})));
    assert_eq!(strange.ignored(), Some("the App does not know this action"));
    let without = delivery("pull_request", &payload("", &json!({})));
    assert_eq!(without.ignored(), Some("the App does not know this action"));
}

#[test]
fn a_delivery_survives_being_written_down() {
    for event in EVENTS {
        for &(action, reading) in event.actions {
            let (more, _) = example(event.name, reading);
            let delivery = delivery(event.name, &payload(action, &more));
            let written = serde_json::to_string(&delivery).unwrap();
            assert_eq!(serde_json::from_str::<Delivery>(&written).unwrap(), delivery);
        }
    }
}
