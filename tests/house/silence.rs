//! `gate-core` is a silent room: no clock, no files, no network, no environment, no processes, no
//! async, no printing; and the dependencies are those that were chosen.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

use crate::{source, tree};

/// Paths that no source of `gate-core` names.
const LOUD_PATHS: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::os",
    "std::time",
    "tokio",
    "tracing",
    "log",
    "async_std",
    "futures",
];
/// Names that it does not have, whatever path they came by.
const LOUD_NAMES: &[&str] = &["SystemTime", "async", "await"];
/// Macros that it does not call.
const LOUD_MACROS: &[&str] = &["print", "println", "eprint", "eprintln", "dbg", "option_env"];

#[test]
fn the_room_is_silent() {
    let (mut seen, mut offences) = (0, Vec::new());
    // The room's own tests may read fixtures.
    let is_test = |file: &str| {
        // A module of tests, and not one about tests.
        let outer = file.strip_suffix("/tests.rs").map(|folder| format!("{folder}/mod.rs"));
        let is_declared = |outer: String| {
            tree::exists(&outer) && tree::text(&outer).contains("#[cfg(test)]\nmod tests;")
        };
        outer.is_some_and(is_declared) || file.contains("/tests/")
    };
    let sources = tree::below("gate-core/src");
    for file in sources.iter().filter(|file| file.ends_with(".rs") && !is_test(file)) {
        seen += 1;
        let text = tree::text(file);
        for named in source::paths(&text) {
            let path = named.path.join("::");
            let is_below = |loud: &&&str| path == **loud || path.starts_with(&format!("{loud}::"));
            if let Some(loud) = LOUD_PATHS.iter().find(is_below) {
                offences.push(format!("{file}:{}: {loud}", named.line));
            }
            // `Timestamp::now`, `Zoned::now`, `Instant::now` …
            if named.path.last().is_some_and(|last| last == "now") {
                offences.push(format!("{file}:{}: {path}", named.line));
            }
        }
        let tokens = source::tokens(&text);
        for (index, token) in tokens.iter().enumerate() {
            let next = tokens.get(index + 1).map(|next| next.text.as_str());
            let word = token.text.as_str();
            if LOUD_NAMES.contains(&word) || LOUD_MACROS.contains(&word) && next == Some("!") {
                offences.push(format!("{file}:{}: {word}", token.line));
            }
        }
    }
    assert!(seen > 50, "the sources were not read");
    tree::none("evaluating is a function of data", &offences);
}

/// The resolved graph for this machine; `cargo deny` looks at those of the others.
struct Graph {
    packages: BTreeMap<String, Value>,
    nodes: BTreeMap<String, Value>,
}

fn graph() -> Graph {
    let version = Command::new(env!("CARGO")).arg("-vV").output().expect("cargo runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", host])
        .current_dir(tree::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let by_id = |list: &Value| -> BTreeMap<String, Value> {
        let list = list.as_array().expect("a list");
        list.iter().map(|entry| (string(&entry["id"]).to_owned(), entry.clone())).collect()
    };
    Graph { packages: by_id(&metadata["packages"]), nodes: by_id(&metadata["resolve"]["nodes"]) }
}

fn string(value: &Value) -> &str {
    value.as_str().expect("a string")
}

#[test]
fn gate_core_needs_nothing_that_could_make_a_sound() {
    const LOUD: &[&str] = &[
        "tokio",
        "axum",
        "octocrab",
        "sqlx",
        "reqwest",
        "tracing",
        "hyper",
        "rustls",
        "openssl",
        "ring",
        "chrono",
        "anyhow",
        "async-std",
        "futures",
        "log",
        "mio",
        "socket2",
        "time",
        "walkdir",
        "tempfile",
        "rayon",
        "libc",
    ];
    // `cargo metadata` mixes in what tests switch on; `cargo tree` resolves as a user's build does.
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "-p", "gate-core", "-e", "normal", "--prefix", "none", "--locked"])
        .current_dir(tree::root())
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).expect("names are UTF-8");
    let needed: BTreeSet<&str> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(needed.contains("quick-xml") && needed.contains("serde_json"), "{needed:?}");
    let loud: Vec<String> = needed
        .iter()
        .filter(|name| {
            LOUD.iter().any(|loud| *name == loud || name.starts_with(&format!("{loud}-")))
        })
        .map(|&name| name.to_owned())
        .collect();
    tree::none("gate-core is pure", &loud);
}

/// The packages of the lock, each as often as it has versions.
fn locked() -> Vec<String> {
    let lock = tree::text("Cargo.lock");
    let names = lock.lines().filter_map(|line| line.strip_prefix("name = \""));
    names.map(|name| name.trim_end_matches('"').to_owned()).collect()
}

#[test]
fn one_tls_and_one_jsonwebtoken_at_most() {
    let locked = locked();
    let count = |name: &str| locked.iter().filter(|locked| *locked == name).count();
    assert!(count("serde_json") == 1, "the lock was not read");
    assert!(count("jsonwebtoken") <= 1, "octocrab needs 10, and two do not share their backend");
    for banned in ["openssl", "openssl-sys", "native-tls"] {
        assert_eq!(count(banned), 0, "{banned}: TLS is rustls on aws-lc-rs");
    }
    // The lock holds ring as a dependency that nobody switches on; what is built is what counts.
    let built = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "-e", "normal,build", "--prefix", "none", "--locked"])
        .current_dir(tree::root())
        .output()
        .expect("cargo runs");
    let built = String::from_utf8_lossy(&built.stdout).into_owned();
    assert!(built.lines().any(|line| line.starts_with("aws-lc-rs ")), "the tree was not read");
    assert!(!built.lines().any(|line| line.starts_with("ring ")), "ring: one TLS is enough");
}

#[test]
fn every_package_comes_from_crates_io() {
    let lock = tree::text("Cargo.lock");
    let foreign: Vec<String> = lock
        .lines()
        .filter(|line| line.starts_with("source = "))
        .filter(|line| !line.contains("registry+https://github.com/rust-lang/crates.io-index"))
        .map(str::to_owned)
        .collect();
    tree::none("one registry, no git dependencies", &foreign);
}

/// The licences that `deny.toml` allows.
fn allowed() -> Vec<String> {
    let deny = tree::text("deny.toml");
    let (_, licences) = deny.split_once("[licenses]").expect("[licenses] in deny.toml");
    let (_, list) = licences.split_once("allow = [").expect("allow in [licenses]");
    let (list, _) = list.split_once(']').expect("the end of the list");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether an SPDX expression can be met with these licences: `or` needs one side, `and` both.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    // Old manifests write `/` for `OR`.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = any(&words, &mut at, allowed);
    met && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at, allowed);
    }
    met
}

fn all(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let word = words.get(*at).copied().unwrap_or_default();
    *at += 1;
    if word == "(" {
        let met = any(words, at, allowed);
        *at += usize::from(words.get(*at) == Some(&")"));
        return met;
    }
    if words.get(*at) == Some(&"WITH") {
        let exception = words.get(*at + 1).copied().unwrap_or_default();
        *at += 2;
        return allowed.contains(&format!("{word} WITH {exception}"));
    }
    allowed.iter().any(|licence| licence == word)
}

#[test]
fn a_licence_expression_is_read_as_spdx_says() {
    let allowed = ["MIT", "Unicode-3.0"].map(str::to_owned);
    for met in ["MIT", "MIT OR GPL-3.0", "Apache-2.0/MIT", "(GPL-3.0 OR MIT) AND Unicode-3.0"] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in
        ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR X) AND GPL-3.0", "MIT WITH X", "MIT MIT"]
    {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}

#[test]
fn every_licence_is_one_that_was_agreed_to() {
    let (graph, allowed) = (graph(), allowed());
    assert!(allowed.len() > 5 && graph.packages.len() > 50);
    let mut offences = Vec::new();
    for id in graph.nodes.keys() {
        let package = &graph.packages[id];
        // Its author put the licence into a file only, where cargo deny reads it.
        let clarified = (package["name"] == "jsonpath-rust").then_some("MIT");
        let licence = clarified.or(package["license"].as_str()).unwrap_or_default();
        if !is_met(licence, &allowed) {
            offences.push(format!("{id}: {licence:?}"));
        }
    }
    tree::none("licences, by the list in deny.toml", &offences);
}
