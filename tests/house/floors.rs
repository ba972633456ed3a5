//! The floors of `gate-core`: a higher one imports a lower one, never the other way round, and
//! siblings do not know each other.

use std::collections::BTreeMap;

use gate_core::{measure::Format, policy::RuleKind};

use crate::{source, tree};

const SOURCES: &str = "gate-core/src/";

/// Each room with the rooms that it may import.
const FLOORS: &[(&str, &[&str])] = &[
    // Floor 0.
    ("measure", &[]),
    // Floor 1: what is known and what is asked for never meet.
    ("evidence", &["measure"]),
    ("policy", &["measure"]),
    // Floor 2: reading knows no policy, judging knows no report.
    ("report", &["measure", "evidence"]),
    ("rule", &["measure", "evidence", "policy"]),
    // Floor 3: what would turn the reasons.
    ("green", &["measure", "evidence", "policy", "rule"]),
    // Floor 4.
    ("verdict", &["measure", "evidence", "policy", "rule", "green"]),
    // Floor 5.
    ("render", &["measure", "evidence", "policy", "rule", "green", "verdict"]),
    // Floor 6: the record states the verdict as the frozen JSON of `render`.
    ("record", &["measure", "evidence", "policy", "verdict", "render"]),
];

/// One module naming another.
struct Edge {
    place: String,
    from: Vec<String>,
    to: Vec<String>,
}

/// Everything in `gate-core` that names something of `gate-core`, resolved from the crate's root.
fn edges() -> Vec<Edge> {
    let mut edges = Vec::new();
    for file in tree::below(SOURCES.trim_end_matches('/')) {
        let Some(module) = file.strip_prefix(SOURCES).and_then(|path| path.strip_suffix(".rs"))
        else {
            continue;
        };
        let module: Vec<String> = match module.strip_suffix("/mod").unwrap_or(module) {
            "lib" => Vec::new(),
            module => module.split('/').map(str::to_owned).collect(),
        };
        for named in source::paths(&tree::text(&file)) {
            let mut to: Vec<String> = module.iter().chain(&named.inside).cloned().collect();
            let mut rest = named.path.as_slice();
            match rest[0].as_str() {
                "crate" => {
                    to.clear();
                    rest = &rest[1..];
                }
                "super" => {
                    while rest.first().is_some_and(|word| word == "super") {
                        assert!(to.pop().is_some(), "{file}:{}: above the root", named.line);
                        rest = &rest[1..];
                    }
                }
                _ => continue,
            }
            to.extend_from_slice(rest);
            let place = format!("{file}:{}: {}", named.line, named.path.join("::"));
            edges.push(Edge { place, from: module.clone(), to });
        }
    }
    assert!(edges.len() > 100, "the sources were not read");
    edges
}

/// The names that the crate's root gives to things of its modules.
fn facade() -> BTreeMap<String, String> {
    let lib = source::paths(&tree::text(&format!("{SOURCES}lib.rs")));
    let names = lib.iter().filter(|named| FLOORS.iter().any(|(room, _)| named.path[0] == *room));
    names.map(|named| (named.path[named.path.len() - 1].clone(), named.path[0].clone())).collect()
}

#[test]
fn nothing_imports_upwards() {
    let facade = facade();
    let mut offences = Vec::new();
    for Edge { place, from, to } in edges() {
        let (Some(from), Some(to)) = (from.first(), to.first()) else {
            continue;
        };
        let to = facade.get(to).unwrap_or(to);
        match FLOORS.iter().find(|(room, _)| room == from) {
            None => offences.push(format!("{place}: {from} stands on no floor")),
            Some((_, allowed)) if from != to && !allowed.contains(&to.as_str()) => {
                offences.push(format!("{place}: {from} must not know {to}"));
            }
            Some(_) => {}
        }
    }
    tree::none("a floor imports only what lies below it", &offences);
}

#[test]
fn every_module_of_the_crate_stands_on_a_floor() {
    let tokens = source::tokens(&tree::text(&format!("{SOURCES}lib.rs")));
    let modules = tokens.windows(2).filter(|pair| pair[0].text == "mod");
    let declared: Vec<&str> = modules.map(|pair| pair[1].text.as_str()).collect();
    let mut floors: Vec<&str> = FLOORS.iter().map(|(room, _)| *room).collect();
    floors.sort_unstable();
    assert_eq!(declared, floors, "modules of gate-core/src/lib.rs, and tests/house/floors.rs");
}

#[test]
fn the_record_knows_of_the_renderers_only_the_json() {
    let named = source::paths(&tree::text(&format!("{SOURCES}record.rs")));
    let (mut uses, mut offences) = (0, Vec::new());
    for named in named {
        // `use crate::render` only brings the name.
        if let Some(at) = named.path.iter().position(|word| word == "render")
            && let Some(next) = named.path.get(at + 1)
        {
            uses += 1;
            if next != "json" {
                offences.push(format!("record.rs:{}: {}", named.line, named.path.join("::")));
            }
        }
    }
    assert!(uses > 0, "the record does not state the verdict any more: take its edge away");
    tree::none("record.rs uses render::json only", &offences);
}

/// Offences of modules in `folder` against siblings that must not meet.
fn meetings(folder: &str, siblings: &[String], shared_may_know_them: bool) -> Vec<String> {
    let sibling = |path: &[String]| match path {
        [first, second, ..] if first == folder && siblings.contains(second) => Some(second.clone()),
        _ => None,
    };
    let mut offences = Vec::new();
    for Edge { place, from, to } in edges() {
        if from.first().is_none_or(|first| first != folder) || from.len() < 2 {
            continue;
        }
        let Some(known) = sibling(&to) else { continue };
        match sibling(&from) {
            Some(own) if own == known => {}
            Some(own) => offences.push(format!("{place}: {own} must not know {known}")),
            None if shared_may_know_them => {}
            None => offences.push(format!("{place}: what all share must not know {known}")),
        }
    }
    offences
}

#[test]
fn report_formats_do_not_know_each_other() {
    let mut formats: Vec<String> =
        Format::ALL.iter().map(|format| format.name().replace('-', "_")).collect();
    formats.push("pull_request".to_owned());
    tree::none("formats never meet", &meetings("report", &formats, false));
}

#[test]
fn rule_kinds_do_not_know_each_other() {
    let kinds: Vec<String> = RuleKind::WORDS.iter().map(|&word| word.to_owned()).collect();
    tree::none("kinds never meet", &meetings("rule", &kinds, false));
}

#[test]
fn policy_sections_of_rule_kinds_do_not_know_each_other() {
    let kinds: Vec<String> = RuleKind::WORDS.iter().map(|&word| word.to_owned()).collect();
    // `raw` declares the section `rules`, which has every kind, and `validate` makes rules of it.
    tree::none("sections never meet", &meetings("policy", &kinds, true));
}

#[test]
fn the_command_line_knows_only_the_facade() {
    let facade = facade();
    let public: Vec<String> = {
        let tokens = source::tokens(&tree::text(&format!("{SOURCES}lib.rs")));
        let public = |triple: &&[source::Token]| triple[0].text == "pub" && triple[1].text == "mod";
        tokens.windows(3).filter(public).map(|triple| triple[2].text.clone()).collect()
    };
    // What is hidden from the documentation is for tests, benchmarks and fuzzing.
    const HIDDEN: &[&str] = &["plain", "split_from"];
    let (mut seen, mut offences) = (0, Vec::new());
    for file in tree::below("gate-cli/src") {
        let text = tree::text(&file);
        for named in source::paths(&text).iter().filter(|named| named.path[0] == "gate_core") {
            seen += 1;
            let first = &named.path[1];
            if !facade.contains_key(first) && !public.contains(first) {
                offences.push(format!("{file}:{}: {}", named.line, named.path.join("::")));
            }
        }
        for pair in source::tokens(&text).windows(2) {
            if pair[0].text == "." && HIDDEN.contains(&pair[1].text.as_str()) {
                offences.push(format!("{file}:{}: .{}()", pair[1].line, pair[1].text));
            }
        }
    }
    let manifest = tree::text("gate-cli/Cargo.toml");
    for reader in ["quick-xml", "granit-parser", "encoding_rs", "schemars", "memchr"] {
        if manifest.lines().any(|line| line.starts_with(reader)) {
            offences.push(format!("gate-cli/Cargo.toml: {reader}: reading is gate-core's"));
        }
    }
    assert!(seen > 10, "the sources were not read");
    tree::none("gate-cli imports only the façade of gate-core", &offences);
}
