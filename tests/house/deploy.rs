//! What is deployed fits the code: settings that exist, files that are there, versions that are pinned.

use std::collections::BTreeSet;

use gate_app::settings::TABLE;
use serde_json::Value;

use crate::tree;

const DOCKERFILE: &str = "Dockerfile";
const COMPOSE: &str = "deploy/compose.yml";
const UNIT: &str = "deploy/gate-app.service";

/// Names of settings that a text has, comments too: what is commented out is there to be used.
fn settings(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_setting = |word: &&str| word.starts_with("GATE_") || word.starts_with("DATABASE_URL");
    words.filter(is_setting).map(str::to_owned).collect()
}

#[test]
fn every_setting_that_is_deployed_exists() {
    let mut files = tree::below("deploy");
    files.push(DOCKERFILE.to_owned());
    let (mut seen, mut offences) = (0, Vec::new());
    for file in files {
        for name in settings(&tree::text(&file)) {
            seen += 1;
            if TABLE.iter().all(|setting| setting.name != name) {
                offences.push(format!("{file}: {name}"));
            }
        }
    }
    assert!(seen > 10, "the files were not read");
    tree::none("settings of Dockerfile and deploy/ stand in the table of settings", &offences);
}

#[test]
fn images_are_pinned_and_the_compiler_is_the_one_that_is_asked_for() {
    let dockerfile = tree::text(DOCKERFILE);
    let from = dockerfile.lines().filter_map(|line| line.strip_prefix("FROM "));
    let images: Vec<&str> = from.filter_map(|line| line.split(' ').next()).collect();
    let manifest = tree::text("Cargo.toml");
    let rust = manifest.lines().find_map(|line| line.strip_prefix("rust-version = "));
    let rust = rust.expect("a rust-version").trim_matches('"');
    assert!(images[0].contains(&format!("/rust:{rust}.")), "{images:?}, and Rust {rust}");
    let last = images.last().expect("an image");
    assert!(last.ends_with(":nonroot"), "{last}: the App does not run as root");
    let compose: Value = serde_saphyr::from_str(&tree::text(COMPOSE)).expect("YAML");
    let mut all: Vec<String> = images.iter().map(|&image| image.to_owned()).collect();
    let services = compose["services"].as_object().expect("services");
    all.extend(
        services
            .values()
            .filter(|it| it["build"].is_null())
            .map(|it| it["image"].as_str().expect("an image").to_owned()),
    );
    let loose: Vec<String> = all
        .into_iter()
        .filter(|image| {
            let tag = image.rsplit_once(':').map_or("latest", |(_, tag)| tag);
            tag == "latest" || !image.contains(|c: char| c.is_ascii_digit())
        })
        .collect();
    tree::none("an image has its version", &loose);
}

/// The folders and files that `.dockerignore` lets through.
fn let_through() -> Vec<String> {
    let text = tree::text(".dockerignore");
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    assert_eq!(lines.next(), Some("*"), "what is not named stays out");
    lines.filter_map(|line| line.strip_prefix('!')).map(str::to_owned).collect()
}

#[test]
fn the_builder_gets_everything_that_is_built() {
    let sent = let_through();
    let is_sent =
        |file: &str| sent.iter().any(|one| file == one || file.starts_with(&format!("{one}/")));
    let mut offences: Vec<String> =
        sent.iter().filter(|one| !tree::exists(one)).map(|one| format!("!{one}: gone")).collect();
    let manifest = tree::text("Cargo.toml");
    let members = manifest.lines().find_map(|line| line.strip_prefix("members = "));
    let members = members.expect("members").split('"').skip(1).step_by(2);
    let needed = members.chain(["Cargo.toml", "Cargo.lock"]);
    offences.extend(needed.filter(|file| !is_sent(file)).map(str::to_owned));
    // What sources take in from outside of their folder.
    let mut seen = 0;
    for file in tree::below("gate-app/src").into_iter().chain(tree::below("gate-core/src")) {
        for taken in tree::text(&file).split("include_str!(\"").skip(1) {
            let path = taken.split('"').next().unwrap_or_default();
            let mut folder: Vec<&str> = file.split('/').collect();
            folder.pop();
            for step in path.split('/') {
                if step == ".." {
                    folder.pop();
                } else {
                    folder.push(step);
                }
            }
            seen += 1;
            let path = folder.join("/");
            if !is_sent(&path) {
                offences.push(format!("{file}: {path}"));
            }
        }
    }
    assert!(seen > 3, "the sources were not read");
    tree::none(".dockerignore lets through what is built", &offences);
}

#[test]
fn compose_names_nothing_that_it_does_not_define() {
    let compose: Value = serde_saphyr::from_str(&tree::text(COMPOSE)).expect("YAML");
    let names = |value: &Value| -> BTreeSet<String> {
        value.as_object().expect("a mapping").keys().cloned().collect()
    };
    let (services, secrets) = (names(&compose["services"]), names(&compose["secrets"]));
    let (volumes, mut used) = (names(&compose["volumes"]), BTreeSet::new());
    for (name, service) in compose["services"].as_object().expect("services") {
        assert!(service["healthcheck"]["test"].is_array(), "{name} has a health check");
        for secret in service["secrets"].as_array().expect("secrets by file") {
            used.insert(secret.as_str().expect("a name").to_owned());
        }
        for volume in service["volumes"].as_array().into_iter().flatten() {
            let volume = volume.as_str().expect("a name").split(':').next().expect("a name");
            assert!(volumes.contains(volume), "{name}: {volume}");
        }
        if let Some(needed) = service["depends_on"].as_object() {
            assert!(needed.keys().all(|needed| services.contains(needed)), "{name}");
        }
        for (variable, value) in service["environment"].as_object().expect("variables") {
            let file = value.as_str().and_then(|it| it.strip_prefix("/run/secrets/"));
            let known = file.is_none_or(|file| secrets.contains(file));
            assert!(known, "{name}: {variable} is a file that is no secret");
        }
    }
    assert_eq!(used, secrets, "secrets that are defined, and those that are used");
}

#[test]
fn the_unit_is_hardened_and_no_user_of_the_machine() {
    let unit = tree::text(UNIT);
    let set: BTreeSet<&str> = unit.lines().filter(|line| !line.starts_with('#')).collect();
    let shape = |line: &&&str| {
        line.is_empty() || line.starts_with('[') && line.ends_with(']') || line.contains('=')
    };
    assert!(set.iter().all(|line| shape(&line)), "a line is a section or a setting");
    for line in [
        "DynamicUser=yes",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateDevices=yes",
        "MemoryDenyWriteExecute=yes",
        "SystemCallFilter=@system-service",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    ] {
        assert!(set.contains(line), "{UNIT} has no {line}");
    }
}

#[test]
fn whoever_stops_it_waits_as_long_as_it_takes() {
    // Twenty seconds for connections and twenty for what is in hand, by gate-app/src.
    let text = |file| tree::text(file);
    assert!(text(UNIT).contains("\nTimeoutStopSec=45\n"));
    assert!(text(COMPOSE).contains("\n    stop_grace_period: 45s\n"));
    assert!(text("gate-app/src/serve/mod.rs").contains("Duration::from_secs(20)"));
    assert!(text("gate-app/src/server/listen.rs").contains("drain: Duration::from_secs(20)"));
}
