//! The tables of `docs/app.md` are those of the code, row by row.

use gate_app::{metrics, server, settings};

const PAGE: &str = include_str!("../../docs/app.md");

/// The rows of the table below that head.
fn table(head: &str) -> Vec<&'static str> {
    let below = PAGE.lines().skip_while(|line| *line != head).skip(2);
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
    assert_eq!(table("| setting | default | what it is |"), rows);
}

#[test]
fn routes() {
    let rows: Vec<String> =
        server::ROUTES.iter().map(|(route, what)| format!("| `{route}` | {what} |")).collect();
    assert_eq!(table("| route | what it is for |"), rows);
}

#[test]
fn metrics() {
    let rows: Vec<String> =
        metrics::TABLE.iter().map(|(name, what)| format!("| `{name}` | {what} |")).collect();
    assert_eq!(table("| metric | what it counts |"), rows);
}
