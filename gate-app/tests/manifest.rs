//! What `app.yml` asks of GitHub is what the code needs, no more and no less, each with its reason.

use std::collections::{BTreeMap, BTreeSet};

use gate_app::{
    permissions::NEEDS,
    server::Manifest,
    webhook::{EVENTS, Sent},
};

const APP_YML: &str = include_str!("../../app.yml");

fn subscribed() -> BTreeSet<&'static str> {
    let events = EVENTS.iter().filter(|event| event.sent == Sent::Subscribed);
    events.map(|event| event.name).collect()
}

#[test]
fn the_manifest_subscribes_to_the_events_that_the_webhook_reader_knows() {
    let manifest = Manifest::own().unwrap();
    let asked: BTreeSet<&str> = manifest.events.iter().map(String::as_str).collect();
    assert_eq!(asked.len(), manifest.events.len(), "an event is listed twice");
    assert_eq!(asked, subscribed());
}

#[test]
fn the_manifest_asks_for_the_permissions_that_the_code_needs() {
    let needed: BTreeMap<String, String> = NEEDS
        .iter()
        .map(|need| (need.permission.to_owned(), need.access.word().to_owned()))
        .collect();
    assert_eq!(needed.len(), NEEDS.len(), "a permission is needed twice");
    assert_eq!(Manifest::own().unwrap().permissions, needed);
}

#[test]
fn every_subscribed_event_has_the_one_permission_without_which_github_does_not_send_it() {
    let mut sent: Vec<&str> = NEEDS.iter().flat_map(|need| need.events).copied().collect();
    sent.sort_unstable();
    assert_eq!(sent, subscribed().into_iter().collect::<Vec<_>>());
}

#[test]
fn every_permission_has_a_use_and_every_line_its_reason() {
    for need in NEEDS {
        assert!(!need.uses.is_empty(), "{}", need.permission);
    }
    let lines = APP_YML.lines().filter(|line| line.starts_with("  "));
    for line in lines {
        let reason = line.split_once(" # ").map_or("", |(_, reason)| reason.trim());
        assert!(!reason.is_empty(), "no reason: {line}");
    }
}
