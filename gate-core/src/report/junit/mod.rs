//! JUnit XML, as every test runner writes it in its own way.
//!
//! What counts are the `<testcase>` elements, wherever they stand: suites nest and repeat the counts
//! of the inner ones, some cases stand in no suite, and some totals count other things. Only where
//! totals count more failures than the cases show, the rest counts too: a build that broke or a
//! suite that could not be loaded has no case.

mod case;
mod document;
mod reruns;
mod suite;
#[cfg(test)]
mod tests;

use super::{Format, ReadError, ReadOptions, xml};
use crate::{
    evidence::{Account, Content, NoteCode, Passed, Report, Tests, Unit},
    measure::Message,
};
use document::Document;

const ROOTS: &[&str] = &["testsuites", "testsuite"];

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let (document, mut notes) =
        xml::read(bytes, options, Format::Junit, ROOTS, || Document::new(options))?;
    let twice = document.first_listed_again();
    notes.append(document.notes);
    let flaky = document.cases.iter().map(|case| case.cases.flaky).sum();
    notes.add_many(NoteCode::FlakyTests, flaky, || {
        let first = document.cases.iter().find(|case| case.cases.flaky > 0);
        let name = first.map_or("", |case| &case.name);
        Message::default().quote(name).say(" passed after it had failed")
    });
    for unlisted in &document.unlisted {
        let count = unlisted.failures + unlisted.errors;
        notes.add_many(NoteCode::FailuresNotListed, count, || {
            let of = if unlisted.suite.is_empty() { "the report" } else { "the suite " };
            Message::new(of)
                .quote(&unlisted.suite)
                .say(" counts failures or errors that no test case shows")
        });
    }
    let (tests, again) = Tests::new(document.cases, document.unlisted);
    notes.add_many(NoteCode::TestListedTwice, again, || {
        Message::default()
            .quote(twice.unwrap_or_default())
            .say(" is the name of several test cases, which are one test")
    });
    let skipped = tests.tests.iter().filter(|test| !test.cases.ran()).map(|test| Passed {
        name: test.name.clone(),
        reason: test.message.clone().unwrap_or_else(|| "skipped".to_owned()),
    });
    let account = Account {
        skipped: skipped.collect(),
        unread: document.unread,
        ..Account::stated(Unit::Tests, tests.ran())
    };
    let content = Content::Tests(tests);
    Ok(Report::new(Format::Junit.name(), content, account).with_notes(notes.finish()))
}
