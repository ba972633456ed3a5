//! One shape per report format and one per rule kind: the same name in every place, so that adding
//! one is a recipe.

use gate_core::{evidence::NoteCode, measure::Format, policy::RuleKind, rule::Code};

use crate::tree;

/// The text of a file, or the offence that it is not there.
fn text(path: &str, offences: &mut Vec<String>) -> String {
    if tree::exists(path) {
        return tree::text(path);
    }
    offences.push(format!("{path} is missing"));
    String::new()
}

fn has_chapter(text: &str, name: &str) -> bool {
    text.lines().any(|line| line.trim_end() == format!("## {name}"))
}

/// All text below tests/e2e, snapshots too.
fn end_to_end() -> String {
    tree::below("tests/e2e").iter().map(|file| tree::text(file)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_format_has_its_shape() {
    let mut offences = Vec::new();
    let chapters = text("docs/reports.md", &mut offences);
    let manifest = text("fuzz/Cargo.toml", &mut offences);
    for format in Format::ALL {
        let name = format.name();
        let ident = name.replace('-', "_");
        let mut need = |is_there: bool, what: String| {
            if !is_there {
                offences.push(format!("{name}: no {what}"));
            }
        };
        let reader = format!("gate-core/src/report/{ident}");
        need(
            tree::exists(&format!("{reader}.rs")) || tree::exists(&format!("{reader}/mod.rs")),
            format!("{reader}.rs"),
        );
        let fixtures = tree::below(&format!("fixtures/{name}"));
        need(
            fixtures.iter().any(|file| file.contains(".invalid."))
                && fixtures.iter().any(|file| !file.contains(".invalid.")),
            format!("valid and invalid files in fixtures/{name}/"),
        );
        need(has_chapter(&chapters, name), format!("chapter `## {name}` in docs/reports.md"));
        let target = format!("fuzz/fuzz_targets/{ident}.rs");
        need(
            tree::exists(&target) && manifest.contains(&format!("name = \"{ident}\"")),
            format!("{target}, or it is not in fuzz/Cargo.toml"),
        );
        let seeds = format!("fuzz/seeds/{ident}");
        need(!tree::below(&seeds).is_empty(), format!("{seeds}/"));
        let tests = format!("tests/e2e/{ident}.rs");
        need(tree::exists(&tests), tests);
    }
    tree::none("a format is a reader, fixtures, a chapter, a fuzz target and tests", &offences);
}

#[test]
fn every_rule_kind_has_its_shape() {
    let mut offences = Vec::new();
    let chapters = text("docs/policy.md", &mut offences);
    for kind in RuleKind::WORDS {
        for file in [
            format!("gate-core/src/policy/{kind}.rs"),
            format!("gate-core/src/rule/{kind}.rs"),
            format!("tests/e2e/{kind}.rs"),
        ] {
            if !tree::exists(&file) {
                offences.push(format!("{kind}: no {file}"));
            }
        }
        if !has_chapter(&chapters, kind) {
            offences.push(format!("{kind}: no chapter `## {kind}` in docs/policy.md"));
        }
    }
    tree::none("a rule kind is a section, a judge, a chapter and tests", &offences);
}

#[test]
fn every_code_of_a_reason_is_explained_and_asserted() {
    let mut offences = Vec::new();
    let chapter = text("docs/verdict.md", &mut offences);
    let tests = end_to_end();
    for word in Code::ALL.iter().map(|code| code.word()) {
        stands_in(word, "docs/verdict.md", &chapter, &tests, &mut offences);
    }
    tree::none("a code is explained in docs/verdict.md and asserted in tests/e2e", &offences);
}

#[test]
fn every_code_of_a_note_is_explained_and_asserted() {
    let mut offences = Vec::new();
    let chapter = text("docs/reports.md", &mut offences);
    let tests = end_to_end();
    for word in NoteCode::ALL.iter().map(|code| code.word()) {
        stands_in(word, "docs/reports.md", &chapter, &tests, &mut offences);
    }
    tree::none("a note is explained in docs/reports.md and asserted in tests/e2e", &offences);
}

fn stands_in(word: &str, path: &str, chapter: &str, tests: &str, offences: &mut Vec<String>) {
    if !chapter.contains(&format!("`{word}`")) {
        offences.push(format!("`{word}` does not stand in {path}"));
    }
    if !tree::has_word(tests, word) {
        offences.push(format!("{word:?} is asserted nowhere in tests/e2e"));
    }
}

#[test]
fn codes_are_words_of_their_own() {
    let words: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.word())
        .chain(NoteCode::ALL.iter().map(|code| code.word()))
        .collect();
    let mut distinct = words.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), words.len(), "a word means one thing");
    let is_kebab = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    assert!(words.iter().all(|word| is_kebab(word)), "{words:?}");
}
