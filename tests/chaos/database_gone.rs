//! The database is away for a while: webhooks are refused, not swallowed, and afterwards nothing is
//! missing.

use std::{
    net::ToSocketAddrs as _,
    time::{Duration, Instant},
};

use gate_tests::github::{FakeGitHub, Outcome};
use reqwest::Url;
use sqlx::{Connection as _, SqliteConnection};
use tokio::runtime::Runtime;

use crate::{
    PATIENCE, apps::Apps, by_length, crowd::Crowd, databases::Database, dice::Dice, row, wire::Wire,
};

/// A crowd works while `away` holds the database for a time, and before and after it.
fn while_away(name: &str, database: &Database, url: &str, away: impl FnOnce(&mut dyn FnMut())) {
    let mut dice = Dice::new(name, 31);
    let mut github = FakeGitHub::start();
    github.set_patience(PATIENCE);
    let mut crowd = Crowd::gather(&github, 2);
    let mut apps = Apps::start(&github, url, 1);
    let mut go_on = |steps: usize| {
        for _ in 0..steps {
            crowd.step(&github, &mut dice);
            github.delivered();
        }
    };
    go_on(40);
    let before = refused(&github);
    assert_eq!(before, 0, "nothing is wrong yet");
    let began = Instant::now();
    let mut lasted = Duration::ZERO;
    away(&mut || {
        while began.elapsed() < Duration::from_secs(by_length(6, 60)) {
            go_on(1);
        }
        assert_eq!(apps.status("/readyz"), 503, "it says that it cannot work");
        assert_eq!(apps.status("/healthz"), 200, "and that it lives");
        lasted = began.elapsed();
    });
    let back = Instant::now();
    let refused = refused(&github);
    assert!(refused > 0, "webhooks were taken that could not be kept");
    go_on(10);
    github.wait("every open head to have one latest check, and a right one", |it| {
        let problems = crowd.problems(it);
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    });
    database.at_rest(PATIENCE);
    assert_eq!(apps.confessions(), Vec::<String>::new());
    apps.stop();
    crowd.looked_at(&github);
    row(
        name,
        &format!("away for {} s; {refused} webhooks refused with 503", lasted.as_secs()),
        &format!("at rest and right {} s after it was back", back.elapsed().as_secs()),
    );
    github.finish();
}

/// Webhooks that were answered with 503; nothing may be answered otherwise, but by a yes.
fn refused(github: &FakeGitHub) -> usize {
    let data = github.data();
    let by =
        |status| data.mail.sent.iter().filter(|it| it.outcome == Outcome::Answered(status)).count();
    let refused = by(503);
    assert_eq!(by(202) + refused, data.mail.sent.len(), "each is answered in time");
    refused
}

#[test]
fn another_writer_holds_sqlite() {
    let database = Database::sqlite();
    let file = database.url();
    while_away("SQLite locked by another writer", &database, &file, |meanwhile| {
        let runtime = Runtime::new().expect("a runtime");
        let mut other = runtime.block_on(async {
            let mut other = SqliteConnection::connect(&file).await.expect("it can be opened");
            let locked = sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await;
            locked.expect("it can be locked");
            other
        });
        meanwhile();
        runtime.block_on(async {
            sqlx::query("ROLLBACK").execute(&mut other).await.expect("it can be let go");
            other.close().await.expect("it can be closed");
        });
    });
}

#[test]
fn postgresql_is_cut_off() {
    let Some(database) = Database::postgres() else { return };
    let url = database.url();
    let mut through = Url::parse(&url).expect("a URL");
    let place = (through.host_str().expect("a host").to_owned(), through.port().unwrap_or(5432));
    let place = place.to_socket_addrs().expect("an address").next().expect("an address");
    let wire = Wire::new(&[place]);
    through.set_port(Some(wire.address().port())).expect("it has a host");
    while_away("PostgreSQL cut off", &database, through.as_str(), |meanwhile| {
        wire.cut();
        meanwhile();
        wire.lead_to(&[place]);
    });
}
