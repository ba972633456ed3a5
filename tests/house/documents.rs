//! What is written about the code says what the code does: schemas, keys, the default policy, links.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::tree;

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("a schema is JSON") + "\n"
}

#[test]
fn the_committed_policy_schema_is_the_generated_one() {
    assert!(
        tree::text("gate-core/policy.schema.json") == pretty(&gate_core::policy::schema()),
        "run `cargo run --bin gate -- policy schema > gate-core/policy.schema.json`"
    );
}

#[test]
fn the_committed_verdict_schema_is_the_generated_one() {
    let generated = pretty(&gate_core::render::json::schema());
    let committed = "gate-core/verdict.schema.json";
    let is_same = tree::exists(committed) && tree::text(committed) == generated;
    if !is_same {
        let new = tree::root().join("target/verdict.schema.json");
        std::fs::create_dir_all(new.parent().expect("target/")).expect("target/");
        std::fs::write(&new, generated).expect("target/ can be written to");
        panic!("{committed} is not the generated one, which is now in {}", new.display());
    }
}

/// The heading in docs/policy.md that documents a section of the schema.
fn heading(section: &str) -> String {
    match section {
        "RawReport" => "reports".to_owned(),
        "RawRule" => "rules".to_owned(),
        "RawWaiver" => "waivers".to_owned(),
        other => other.trim_start_matches("Raw").to_lowercase(),
    }
}

/// Every section of the policy's schema under its heading, with its keys.
fn schema_keys() -> BTreeMap<String, BTreeSet<String>> {
    let schema = gate_core::policy::schema();
    let keys = |section: &Value| -> Option<BTreeSet<String>> {
        Some(section["properties"].as_object()?.keys().cloned().collect())
    };
    let definitions = schema["$defs"].as_object().expect("$defs");
    let mut sections: BTreeMap<String, BTreeSet<String>> = definitions
        .iter()
        .filter_map(|(name, section)| Some((heading(name), keys(section)?)))
        .collect();
    sections.insert("top level".to_owned(), keys(&schema).expect("keys at the top"));
    sections
}

/// Every documented key under its heading: the first cells of the tables whose first column is
/// `key`. A heading that is no section's belongs to the section before it.
fn documented_keys(text: &str, sections: &[String]) -> BTreeMap<String, BTreeSet<String>> {
    let mut documented: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut section, mut in_table, mut in_code) = (String::new(), false, false);
    for line in text.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        if let Some(title) = line.strip_prefix('#') {
            let title = title.trim_start_matches('#').trim();
            if sections.iter().any(|section| section == title) {
                title.clone_into(&mut section);
                documented.entry(section.clone()).or_default();
            }
        }
        if !line.starts_with('|') {
            in_table = false;
            continue;
        }
        let first = line.split('|').nth(1).unwrap_or("").trim();
        if first == "key" {
            in_table = true;
        } else if in_table && !first.starts_with('-') && !first.starts_with(':') {
            let keys = first.split('`').skip(1).step_by(2).map(str::to_owned);
            documented.entry(section.clone()).or_default().extend(keys);
        }
    }
    documented
}

fn key_offences(text: &str) -> Vec<String> {
    let schema = schema_keys();
    let sections: Vec<String> = schema.keys().cloned().collect();
    let documented = documented_keys(text, &sections);
    let mut offences = Vec::new();
    for (section, keys) in &schema {
        let Some(written) = documented.get(section) else {
            offences.push(format!("there is no heading {section:?}"));
            continue;
        };
        let missing = keys.difference(written);
        offences.extend(missing.map(|key| format!("{section}: `{key}` is not documented")));
        let invented = written.difference(keys);
        offences.extend(invented.map(|key| format!("{section}: `{key}` does not exist")));
    }
    let homeless = documented.iter().filter(|(section, _)| !schema.contains_key(*section));
    offences.extend(homeless.map(|(_, keys)| format!("under no section's heading: {keys:?}")));
    offences
}

#[test]
fn the_policy_page_documents_every_key_and_no_other() {
    let offences = key_offences(&tree::text("docs/policy.md"));
    tree::none("docs/policy.md, tables `| key | …`", &offences);
}

#[test]
fn a_missing_and_an_invented_key_are_seen() {
    let page: String = schema_keys()
        .iter()
        .map(|(section, keys)| {
            let rows: String = keys.iter().map(|key| format!("| `{key}` | x |\n")).collect();
            format!("## {section}\n\n| key | type |\n| --- | --- |\n{rows}\n### how\n\ntext\n\n")
        })
        .collect();
    assert_eq!(key_offences(&page), Vec::<String>::new());
    assert_eq!(
        key_offences(&page.replace("| `artifact` | x |\n", "| `arti-fact` | x |\n")),
        ["reports: `artifact` is not documented", "reports: `arti-fact` does not exist"]
    );
    assert_eq!(key_offences(&page.replace("## ramp\n", "## slope\n")).len(), 4);
}

/// The fenced blocks of a page: the word after the fence, the content, and the line it begins at.
pub(crate) fn blocks(text: &str) -> Vec<(String, String, usize)> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(word) = line.strip_prefix("```") {
            let inside: Vec<&str> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            let content = inside.iter().map(|line| format!("{line}\n")).collect();
            blocks.push((word.trim().to_owned(), content, number + 2));
        }
    }
    blocks
}

#[test]
fn the_policy_page_ends_with_the_default_policy() {
    let page = tree::text("docs/policy.md");
    let last = blocks(&page).into_iter().rfind(|(word, ..)| word == "yaml");
    let (_, quoted, line) = last.expect("docs/policy.md has ```yaml blocks");
    assert!(
        quoted == gate_core::policy::DEFAULT,
        "the block at docs/policy.md:{line} is not gate-core/src/policy/default.yml"
    );
}

#[test]
fn the_default_policy_is_sound() {
    gate_core::policy::Policy::parse(gate_core::policy::DEFAULT).expect("the default policy");
}

/// The links of a page, outside of code.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    let mut in_code = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        // Every second piece is inline code.
        let prose: Vec<&str> = line.split('`').step_by(2).collect();
        let prose = prose.join("x");
        let inline = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let reference = prose
            .starts_with('[')
            .then(|| prose.split_once("]: "))
            .flatten()
            .map(|(_, target)| target.trim());
        links.extend(inline.chain(reference).map(|target| (number + 1, target.to_owned())));
    }
    links
}

/// The anchors that GitHub gives to the headings of a page.
fn anchors(text: &str) -> BTreeSet<String> {
    let slug = |title: &str| -> String {
        let title = title.trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    let mut in_code = false;
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        in_code ^= line.starts_with("```");
        if !in_code && line.starts_with('#') {
            anchors.insert(slug(line.trim_start_matches('#')));
        }
    }
    anchors
}

fn link_offences(page: &str, text: &str) -> Vec<String> {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut offences = Vec::new();
    for (line, target) in links(text) {
        if target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
        let to = if path.is_empty() {
            page.to_owned()
        } else {
            let joined = format!("{folder}/{path}");
            let mut parts: Vec<&str> = Vec::new();
            for part in joined.split('/').filter(|part| !part.is_empty() && *part != ".") {
                if part == ".." {
                    parts.pop();
                } else {
                    parts.push(part);
                }
            }
            parts.join("/")
        };
        let text_of_target = if to == page { text.to_owned() } else { String::new() };
        if to != page && !tree::exists(&to) {
            offences.push(format!("{page}:{line}: {target}: there is no {to}"));
        } else if !anchor.is_empty() && to.ends_with(".md") {
            let text = if to == page { text_of_target } else { tree::text(&to) };
            if !anchors(&text).contains(anchor) {
                offences.push(format!("{page}:{line}: {target}: {to} has no such heading"));
            }
        }
    }
    offences
}

#[test]
fn every_local_link_leads_somewhere() {
    let is_page = |file: &String| {
        // The documentation of peak-trade/red has a broken link for a rule to find.
        let elsewhere = ["tests/", "fixtures/make/", "fixtures/peak-trade/red/"];
        file.ends_with(".md") && !elsewhere.iter().any(|folder| file.starts_with(folder))
    };
    let mut offences = Vec::new();
    for page in tree::files().into_iter().filter(is_page) {
        offences.extend(link_offences(&page, &tree::text(&page)));
    }
    tree::none("links in the documents", &offences);
}

#[test]
fn a_dead_link_is_seen() {
    let page =
        "# A b\n[a](../Cargo.toml) [b](#a-b) `[c](no)` <https://d.e>\n[f]: gone.md\n[g](#h)\n";
    let offences = link_offences("docs/page.md", page);
    assert_eq!(
        offences,
        [
            "docs/page.md:3: gone.md: there is no docs/gone.md",
            "docs/page.md:4: #h: docs/page.md has no such heading",
        ]
    );
}

/// Whether `line` has `word`; a folder counts only where a path begins with it.
fn tells(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let goes_on = |c: char| c.is_alphanumeric() || [':', '-', '_', '.', '*', '~'].contains(&c);
        !word.starts_with('/') || !line[..at].ends_with(goes_on)
    })
}

#[test]
fn nothing_tells_where_it_was_built() {
    // Written in parts, because this file is checked too.
    let told: Vec<String> = [
        ("/wo", "rk/"),
        ("../sha", "red"),
        (".libr", "ary"),
        ("index.", "crates"),
        ("static.", "crates"),
        ("pypi.org/", "simple"),
    ]
    .map(|(first, second)| [first, second].concat())
    .into();
    let mut offences = Vec::new();
    for file in tree::files().into_iter().filter(|file| !file.ends_with(".lock")) {
        // What is not UTF-8 is no text of ours.
        let Ok(text) = String::from_utf8(tree::bytes(&file)) else { continue };
        for (number, line) in text.lines().enumerate() {
            for word in told.iter().filter(|word| tells(line, word)) {
                offences.push(format!("{file}:{}: {word}", number + 1));
            }
        }
    }
    tree::none("no folder and no registry host of a build machine", &offences);
}
