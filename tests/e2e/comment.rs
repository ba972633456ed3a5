//! A verdict as a comment on a pull request: what is missing first, and nothing foreign in it.

use gate_core::{Record, Verdict, render};
use gate_tests::{Bandit, Cobertura, NOW, Repository, approved, finding, fixture, gate};

use crate::render::{HOSTILE, Page, huge, is_harmless, parsed, with_words};

/// The HTML that folds something away.
const FOLD: [&str; 2] = ["<details><summary>", "</details>"];

fn verdict_of(repository: &Repository) -> Verdict {
    let check = repository.gate_check().arg("--record").arg("it.record");
    let text = check.run().written(repository.path("it.record"));
    Record::parse(&text).unwrap().replay().unwrap()
}

#[track_caller]
fn expect_nothing_foreign(page: &Page, comment: &str) {
    assert_eq!((page.links, page.images), (0, 0), "{comment}");
    let is_fold = |html: &&String| FOLD.iter().any(|own| html.starts_with(own));
    let foreign: Vec<&String> = page.html.iter().filter(|html| !is_fold(html)).collect();
    assert!(foreign.is_empty(), "{foreign:?}\n{comment}");
}

#[test]
fn what_is_missing_comes_first_then_the_table_then_the_rest_folded_away() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("it.record");
    let baseline = "bandit=baseline/bandit.json";
    let check = gate(["check", "--now", NOW, "--baseline", baseline, "--record"]).arg(&record);
    check.in_folder(fixture("peak-trade/red")).run().expect_exit(1);
    let record = std::fs::read_to_string(record).unwrap();
    let verdict = Record::parse(&record).unwrap().replay().unwrap();
    insta::assert_snapshot!("red_comment", render::comment(&verdict, 60_000));
}

#[test]
fn a_green_one_folds_even_the_table() {
    let repository = Repository::with_rules(
        &[
            ("tested", "coverage: { report: coverage, at-least: 10% }"),
            ("clean code", "findings: { report: bandit, at-most: 9 }"),
        ],
        "",
    );
    let repository = repository
        .file("coverage.xml", Cobertura::new().file("src/a.py", 2, 2).xml())
        .file("bandit.json", Bandit::with([finding("B602", "src/a.py", 1)]).json())
        .file("pull-request.json", approved().to_string());
    insta::assert_snapshot!("green_comment", render::comment(&verdict_of(&repository), 60_000));
}

#[test]
fn nothing_foreign_is_markup_in_a_comment() {
    for word in HOSTILE {
        let comment = render::comment(&verdict_of(&with_words(word)), 60_000);
        let page = parsed(&comment);
        expect_nothing_foreign(&page, &comment);
        assert_eq!(page.cells_of_rows, [3; 5], "{word:?}\n{comment}");
        for linked in ["evil.example", "@octocat", "#1", "alert(1)"] {
            assert!(!page.plain.contains(linked), "{word:?}: {linked} as plain text\n{comment}");
        }
        assert!(comment.chars().all(|c| is_harmless(c) || c == '\u{2060}'), "{word:?}\n{comment}");
    }
}

#[test]
fn what_is_folded_away_ends_however_little_room_there_is() {
    let verdict = huge();
    for bound in (1_000..=70_000).step_by(997) {
        let comment = render::comment(&verdict, bound);
        assert!(comment.len() <= bound, "{} bytes of {bound}", comment.len());
        assert_eq!(comment.matches(FOLD[0]).count(), comment.matches(FOLD[1]).count(), "{bound}");
        assert!(comment.starts_with("### ✗ ") && comment.contains("did not fit here"), "{bound}");
    }
}
