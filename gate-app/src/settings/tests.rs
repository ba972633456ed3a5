//! Settings as an operator writes them.

use std::{io, path::Path, time::Duration};

use secrecy::ExposeSecret as _;

use super::{LogFormat, Problem, Problems, Settings, TABLE};
use crate::ids::AppId;

const PEM: &str = "-----BEGIN RSA PRIVATE KEY-----\nnot one\n-----END RSA PRIVATE KEY-----";

fn no_file(path: &Path) -> io::Result<String> {
    Err(io::Error::new(io::ErrorKind::NotFound, format!("no {}", path.display())))
}

fn read(variables: &[(&str, &str)]) -> Result<Settings, Problems> {
    Settings::read(variables.iter().copied(), no_file)
}

fn problems(variables: &[(&str, &str)]) -> Vec<String> {
    let Problems(problems) = read(variables).unwrap_err();
    problems.iter().map(Problem::to_string).collect()
}

#[test]
fn nothing_set_is_the_first_run() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:3000");
    assert!(settings.public_url.is_none());
    assert!(settings.credentials.is_none());
    assert_eq!(settings.github.rest(), "https://api.github.com");
    assert_eq!(settings.github.graphql(), "https://api.github.com/graphql");
    assert_eq!(settings.github.issuer(), "https://token.actions.githubusercontent.com");
    assert_eq!(settings.github.web().as_str(), "https://github.com/");
    assert_eq!(settings.database.expose_secret(), "sqlite://gate.db");
    assert_eq!((settings.log.as_str(), settings.log_format), ("info", LogFormat::Text));
    assert_eq!(settings.sweep, Duration::from_secs(600));
    assert_eq!((settings.workers.get(), settings.dry_run), (16, false));
}

#[test]
fn every_setting_is_read() {
    let settings = read(&[
        ("GATE_LISTEN", "[::]:8080"),
        ("GATE_PUBLIC_URL", "https://gate.example.org"),
        ("GATE_APP_ID", "12345"),
        ("GATE_PRIVATE_KEY", PEM),
        ("GATE_WEBHOOK_SECRET", "new, old"),
        ("GATE_GITHUB_API_URL", "https://ghe.example.org/api/v3/"),
        ("DATABASE_URL", "postgres://gate:pw@db/gate"),
        ("GATE_LOG", "info,gate_app=debug"),
        ("GATE_LOG_FORMAT", "json"),
        ("GATE_SWEEP_MINUTES", "3"),
        ("GATE_WORKERS", "32"),
        ("GATE_DRY_RUN", "true"),
        ("PATH", "of others"),
    ])
    .unwrap();
    assert_eq!(settings.listen.port(), 8080);
    assert_eq!(settings.public_url.unwrap().as_str(), "https://gate.example.org/");
    let credentials = settings.credentials.unwrap();
    assert_eq!(credentials.app, AppId(12345));
    assert_eq!(credentials.private_key.expose_secret(), PEM);
    let secrets: Vec<&str> =
        credentials.webhook_secrets.iter().map(|secret| secret.expose_secret()).collect();
    assert_eq!(secrets, ["new", "old"]);
    assert_eq!(settings.github.rest(), "https://ghe.example.org/api/v3");
    assert_eq!(settings.github.graphql(), "https://ghe.example.org/api/graphql");
    assert_eq!(settings.github.issuer(), "https://ghe.example.org/_services/token");
    assert_eq!(settings.github.web().as_str(), "https://ghe.example.org/");
    assert_eq!(settings.log_format, LogFormat::Json);
    assert_eq!(settings.sweep, Duration::from_secs(180));
    assert_eq!((settings.workers.get(), settings.dry_run), (32, true));
}

#[test]
fn a_tenant_of_ghe_com_and_a_github_on_this_machine_have_their_addresses() {
    let github = read(&[("GATE_GITHUB_API_URL", "https://api.octo.ghe.com")]).unwrap().github;
    assert_eq!(github.graphql(), "https://api.octo.ghe.com/graphql");
    assert_eq!(github.issuer(), "https://token.actions.octo.ghe.com");
    assert_eq!(github.web().as_str(), "https://octo.ghe.com/");
    let github = read(&[("GATE_GITHUB_API_URL", "http://127.0.0.1:4000/api/v3")]).unwrap().github;
    assert_eq!(github.graphql(), "http://127.0.0.1:4000/api/graphql");
}

#[test]
fn secrets_come_from_files_without_the_line_break_at_their_end() {
    let files = |path: &Path| match path.to_str() {
        Some("/run/key.pem") => Ok(format!("{PEM}\n")),
        Some("/run/secret") => Ok("s3cret\n".to_owned()),
        Some("/run/url") => Ok("postgres://gate:hunter2@db/gate\n".to_owned()),
        _ => no_file(path),
    };
    let variables = [
        ("GATE_APP_ID", "1"),
        ("GATE_PRIVATE_KEY_FILE", "/run/key.pem"),
        ("GATE_WEBHOOK_SECRET_FILE", "/run/secret"),
        ("DATABASE_URL_FILE", "/run/url"),
    ];
    let settings = Settings::read(variables, files).unwrap();
    assert_eq!(settings.database.expose_secret(), "postgres://gate:hunter2@db/gate");
    let credentials = settings.credentials.unwrap();
    assert_eq!(credentials.private_key.expose_secret(), PEM);
    assert_eq!(credentials.webhook_secrets[0].expose_secret(), "s3cret");
}

#[test]
fn a_key_on_one_line_is_unfolded() {
    let one_line = PEM.replace('\n', "\\n");
    let variables =
        [("GATE_APP_ID", "1"), ("GATE_PRIVATE_KEY", &*one_line), ("GATE_WEBHOOK_SECRET", "s")];
    let credentials = read(&variables).unwrap().credentials.unwrap();
    assert_eq!(credentials.private_key.expose_secret(), PEM);
}

#[test]
fn all_problems_are_told_at_once() {
    let told = problems(&[
        ("GATE_LISTEN", "3000"),
        ("GATE_PUBLIC_URL", "gate.example.org"),
        ("GATE_APP_ID", "Iv1.abc"),
        ("GATE_PRIVATE_KEY", "hunter2"),
        ("GATE_WEBHOOK_SECRET", "a,,b"),
        ("GATE_GITHUB_API_URL", "https://ghe.example.org"),
        ("DATABASE_URL", "mysql://root:hunter2@db"),
        ("GATE_LOG", "gate=loud"),
        ("GATE_LOG_FORMAT", "xml"),
        ("GATE_SWEEP_MINUTES", "0"),
        ("GATE_WORKERS", "many"),
        ("GATE_DRY_RUN", "yes"),
    ]);
    let names: Vec<&str> = told.iter().filter_map(|line| line.split(':').next()).collect();
    let every: Vec<&str> =
        TABLE.iter().map(|setting| setting.name).filter(|name| !name.ends_with("_FILE")).collect();
    assert_eq!(names, every, "{told:#?}");
    assert!(told.iter().all(|line| !line.contains("hunter2")), "{told:#?}");
}

#[test]
fn half_an_identity_is_a_mistake() {
    assert_eq!(
        problems(&[("GATE_APP_ID", "1")]),
        [
            "GATE_PRIVATE_KEY: is not set, but GATE_APP_ID is; the App needs all three",
            "GATE_WEBHOOK_SECRET: is not set, but GATE_APP_ID is; the App needs all three",
        ]
    );
}

#[test]
fn an_empty_variable_is_one_that_is_not_set() {
    let settings = read(&[("GATE_APP_ID", ""), ("GATE_LISTEN", " "), ("GATE_NONSENSE", "")]);
    assert!(settings.unwrap().credentials.is_none());
}

#[test]
fn a_value_and_a_file_are_one_too_many() {
    let told = problems(&[
        ("GATE_APP_ID", "1"),
        ("GATE_PRIVATE_KEY", PEM),
        ("GATE_WEBHOOK_SECRET", "a"),
        ("GATE_WEBHOOK_SECRET_FILE", "/run/secret"),
    ]);
    assert_eq!(
        told,
        ["GATE_WEBHOOK_SECRET: is set, and GATE_WEBHOOK_SECRET_FILE too; set one of them"]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let told = problems(&[
        ("GATE_APP_ID", "1"),
        ("GATE_PRIVATE_KEY_FILE", "/nowhere"),
        ("GATE_WEBHOOK_SECRET", "a"),
    ]);
    assert_eq!(told, ["GATE_PRIVATE_KEY_FILE: \"/nowhere\" cannot be read: no /nowhere"]);
}

#[test]
fn a_misspelt_setting_is_refused_with_the_one_that_was_meant() {
    let told = problems(&[("GATE_WORKER", "8"), ("GATE_COLOUR", "red")]);
    assert_eq!(
        told,
        [
            "GATE_COLOUR: is no setting; `gate-app --help` lists them",
            "GATE_WORKER: is no setting; did you mean GATE_WORKERS?",
        ]
    );
}

#[test]
fn tokens_do_not_travel_in_the_open() {
    let told = problems(&[("GATE_GITHUB_API_URL", "http://ghe.example.org/api/v3")]);
    assert_eq!(told, ["GATE_GITHUB_API_URL: must begin with https://"]);
    let told = problems(&[("GATE_GITHUB_API_URL", "https://me:pw@ghe.example.org/api/v3")]);
    assert_eq!(told, ["GATE_GITHUB_API_URL: an address holds no user name or password"]);
    let told = problems(&[("GATE_GITHUB_API_URL", "https://ghe.example.org/api/v4")]);
    assert_eq!(
        told,
        ["GATE_GITHUB_API_URL: ends with \"/api/v4\"; an Enterprise Server's ends with /api/v3"]
    );
}

#[test]
fn no_debug_output_shows_a_secret() {
    let settings = read(&[
        ("GATE_APP_ID", "1"),
        ("GATE_PRIVATE_KEY", PEM),
        ("GATE_WEBHOOK_SECRET", "hunter2"),
        ("DATABASE_URL", "postgres://gate:hunter2@db/gate"),
    ]);
    let shown = format!("{:?}", settings.unwrap());
    assert!(!shown.contains("hunter2") && !shown.contains("not one"), "{shown}");
}
