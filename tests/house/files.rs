//! How files look: opened by a sentence, small, finished, and under names that say something.

use crate::{source, tree};

const LONGEST: usize = 500;

#[test]
fn every_source_opens_with_a_sentence() {
    let opens = |file: &&String| {
        let text = tree::text(file);
        text.lines().next().is_some_and(|first| {
            // `//! x` is the placeholder of a skeleton; a README may be the sentence.
            first.starts_with("//! ") && first.len() > 10
                || first.starts_with("#![doc = include_str!(")
        })
    };
    let mut sources = tree::sources();
    sources.extend(tree::below("fuzz").into_iter().filter(|file| file.ends_with(".rs")));
    let offences: Vec<String> = sources.iter().filter(|file| !opens(file)).cloned().collect();
    tree::none("the first line of a file is `//!` and its purpose", &offences);
}

#[test]
fn no_source_is_longer_than_500_lines() {
    let count = |file: String| (tree::text(&file).lines().count(), file);
    let mut longest: Vec<(usize, String)> = tree::sources().into_iter().map(count).collect();
    longest.sort_unstable_by(|a, b| b.cmp(a));
    let table: Vec<String> =
        longest.iter().take(10).map(|(lines, file)| format!("{lines:5} {file}")).collect();
    assert!(
        longest.iter().all(|(lines, _)| *lines <= LONGEST),
        "a file has at most {LONGEST} lines; the longest:\n{}",
        table.join("\n")
    );
}

#[test]
fn nothing_is_left_for_later() {
    // Written in two parts, because this file is checked too.
    let unfinished: Vec<String> = [
        ("TO", "DO"),
        ("FIX", "ME"),
        ("XX", "X"),
        ("to", "do!"),
        ("un", "implemented!"),
        ("#[ig", "nore"),
        ("#[al", "low("),
        ("#![al", "low("),
    ]
    .map(|(first, second)| [first, second].concat())
    .into();
    let mut offences = Vec::new();
    let mut files = tree::sources();
    files.extend(tree::below("fuzz").into_iter().filter(|file| file.ends_with(".rs")));
    files.extend(tree::files().into_iter().filter(|file| file.ends_with(".toml")));
    for file in files {
        for (number, line) in tree::text(&file).lines().enumerate() {
            for word in &unfinished {
                let whole = !word.chars().all(char::is_alphabetic) || tree::has_word(line, word);
                if whole && line.contains(word.as_str()) {
                    offences.push(format!("{file}:{}: {word}", number + 1));
                }
            }
        }
    }
    tree::none("a commit is finished", &offences);
}

/// Names that say nothing: they take in everything.
const EMPTY_NAMES: &[&str] = &["manager", "helper", "util", "common", "misc"];

fn is_empty_name(name: &str) -> bool {
    let mut parts = name.split(['_', '-', '.']);
    parts.any(|part| {
        EMPTY_NAMES.contains(&part) || EMPTY_NAMES.contains(&part.trim_end_matches('s'))
    })
}

#[test]
fn every_file_and_module_has_a_name_that_says_something() {
    let mut offences = Vec::new();
    for file in tree::sources() {
        if file.split('/').any(is_empty_name) {
            offences.push(file.clone());
        }
        for pair in source::tokens(&tree::text(&file)).windows(2) {
            if pair[0].text == "mod" && is_empty_name(&pair[1].text) {
                offences.push(format!("{file}:{}: mod {}", pair[1].line, pair[1].text));
            }
        }
    }
    tree::none("no manager, helper, util, common, misc", &offences);
}

#[test]
fn every_dependency_says_why_it_is_there() {
    let manifest = tree::text("Cargo.toml");
    let (_, section) = manifest.split_once("[workspace.dependencies]").expect("the section");
    let (section, _) = section.split_once("\n[").expect("a section after it");
    let (mut explained, mut seen, mut offences) = (false, 0, Vec::new());
    for line in section.lines() {
        let is_ours = line.contains("path = ");
        let is_dependency = line.starts_with(|c: char| c.is_alphanumeric()) && !is_ours;
        seen += usize::from(is_dependency);
        if is_dependency && !explained {
            offences.push(line.to_owned());
        }
        explained = line.starts_with('#');
    }
    assert!(seen > 10, "the manifest was not read");
    tree::none("a comment stands above every dependency", &offences);
}

#[test]
fn every_dependency_of_the_workspace_is_used() {
    let manifest = tree::text("Cargo.toml");
    let (_, section) = manifest.split_once("[workspace.dependencies]").expect("the section");
    let (section, _) = section.split_once("\n[").expect("a section after it");
    let names = section.lines().filter(|line| line.starts_with(|c: char| c.is_alphanumeric()));
    let names = names.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    let members: String = ["gate-core", "gate-cli", "gate-app", "tests"]
        .map(|member| tree::text(&format!("{member}/Cargo.toml")))
        .concat();
    let unused: Vec<String> = names
        .filter(|name| *name != "gate-tests")
        .filter(|name| !members.contains(&format!("\n{name} = ")))
        .map(str::to_owned)
        .collect();
    tree::none("a dependency that no member has goes", &unused);
}
