//! Where the files of a report lie in the repository.

use crate::{
    evidence::{Content, NoteCode},
    report::{Format, Layout, ReadOptions, read},
};

const TWO_MODULES: &str = r#"<report name="shop">
    <group name="app"><package name="shop/cart"><sourcefile name="Store.java">
        <line nr="1" mi="0" ci="1" mb="0" cb="0"/></sourcefile></package></group>
    <group name="lib"><package name="shop/cart"><sourcefile name="Store.java">
        <line nr="2" mi="1" ci="0" mb="0" cb="0"/></sourcefile></package></group></report>"#;

/// The files under their paths with their numbers of lines, and whether a path was ambiguous.
fn files(report: &str, repository: &[&str]) -> (Vec<(String, usize)>, bool) {
    let layout = match repository {
        [] => Layout::unknown(),
        files => Layout::unknown().with_files(files),
    };
    let options = ReadOptions::default().with_format(Format::Jacoco).with_layout(layout);
    let report = read(report.as_bytes(), &options).unwrap();
    let is_ambiguous = report.notes.iter().any(|note| note.code == NoteCode::PathAmbiguous);
    let Content::Coverage(coverage) = report.content else { panic!("{report:?}") };
    let files = coverage.files.iter();
    (files.map(|one| (one.path().to_string(), one.lines().len())).collect(), is_ambiguous)
}

fn one_line_each(paths: [&str; 2]) -> Vec<(String, usize)> {
    paths.into_iter().map(|path| (path.to_owned(), 1)).collect()
}

#[test]
fn a_file_is_the_one_that_ends_like_its_package_and_name() {
    let one = TWO_MODULES.split_once("<group name=\"lib\">").unwrap().0.to_owned() + "</report>";
    let repository = ["app/src/main/java/shop/cart/Store.java", "docs/Store.java"];
    let expected = vec![("app/src/main/java/shop/cart/Store.java".to_owned(), 1)];
    assert_eq!(files(&one, &repository), (expected, false));
}

#[test]
fn the_module_tells_files_of_one_name_apart() {
    let repository =
        ["app/src/main/java/shop/cart/Store.java", "lib/src/main/java/shop/cart/Store.java"];
    assert_eq!(files(TWO_MODULES, &repository), (one_line_each(repository), false));
}

#[test]
fn files_of_two_modules_are_never_taken_for_one() {
    let apart = one_line_each(["app/shop/cart/Store.java", "lib/shop/cart/Store.java"]);
    assert_eq!(files(TWO_MODULES, &[]), (apart.clone(), true));
    // One of them is generated, say: the other's lines must not become its own.
    let repository = ["src/main/java/shop/cart/Store.java"];
    assert_eq!(files(TWO_MODULES, &repository), (apart, true));
}
