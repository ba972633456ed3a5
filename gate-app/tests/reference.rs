//! The tables of the settings in `README.md`, and of the rest in `docs/app.md`, are those of the code,
//! row by row.

use gate_app::{doctor, metrics, server, settings};

const README: &str = include_str!("../../README.md");
const PAGE: &str = include_str!("../../docs/app.md");

/// The rows of the table below that head.
fn table(page: &'static str, head: &str) -> Vec<&'static str> {
    let below = page.lines().skip_while(|line| *line != head).skip(2);
    below.take_while(|line| line.starts_with('|')).collect()
}

#[test]
fn settings() {
    let rows: Vec<String> = settings::TABLE
        .iter()
        .map(|setting| {
            let default = match setting.default {
                "none" => "none".to_owned(),
                value => format!("`{value}`"),
            };
            format!("| `{}` | {default} | {} |", setting.name, setting.what)
        })
        .collect();
    assert_eq!(table(README, "| setting | default | what it is |"), rows);
}

#[test]
fn the_settings_are_listed_in_one_place() {
    let listed = |page: &str| page.lines().any(|line| line.starts_with("| `GATE_"));
    assert!(listed(README));
    assert!(!listed(PAGE), "docs/app.md lists settings, and README.md too");
}

#[test]
fn checks_of_the_doctor() {
    let rows = table(PAGE, "| check | wrong when |");
    let listed: Vec<&str> = rows.iter().filter_map(|row| row.split('`').nth(1)).collect();
    let words: Vec<&str> = doctor::Check::ALL.iter().map(|check| check.word()).collect();
    assert_eq!(listed, words);
}

#[test]
fn routes() {
    let rows: Vec<String> =
        server::ROUTES.iter().map(|(route, what)| format!("| `{route}` | {what} |")).collect();
    assert_eq!(table(PAGE, "| route | what it is for |"), rows);
}

#[test]
fn metrics() {
    let rows: Vec<String> =
        metrics::TABLE.iter().map(|(name, what)| format!("| `{name}` | {what} |")).collect();
    assert_eq!(table(PAGE, "| metric | what it counts |"), rows);
}
