//! The seeds of the fuzz targets, replayed on stable. Every crash that fuzzing found is one of them.

#[path = "../../fuzz/checks/mod.rs"]
mod checks;

use std::collections::BTreeMap;

use gate_core::measure::Format;

use crate::tree;

/// A seed is small, so that the fuzzer mutates what matters; a longer one has to say why in
/// fuzz/README.md.
const LONGEST: usize = 4096;

/// The fuzz targets, as fuzz/Cargo.toml declares them.
fn targets() -> Vec<String> {
    let manifest = tree::text("fuzz/Cargo.toml");
    let (_, binaries) = manifest.split_once("[[bin]]").expect("fuzz targets");
    let names = binaries.lines().filter_map(|line| line.strip_prefix("name = \""));
    names.map(|name| name.trim_end_matches('"').to_owned()).collect()
}

fn seeds() -> BTreeMap<String, Vec<String>> {
    let mut seeds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in tree::below("fuzz/seeds") {
        let target = path.split('/').nth(2).expect("fuzz/seeds/<target>/<seed>").to_owned();
        seeds.entry(target).or_default().push(path);
    }
    seeds
}

#[test]
fn what_holds_for_any_bytes_holds_for_every_seed() {
    let mut replayed = 0;
    for (target, paths) in seeds() {
        for path in paths {
            // Shown only if the check does not hold.
            println!("{path}");
            checks::run(&target, &tree::bytes(&path));
            replayed += 1;
        }
    }
    assert!(replayed > 30, "the seeds were not found");
}

#[test]
fn what_holds_for_any_bytes_holds_for_every_fixture() {
    for path in tree::below("fixtures") {
        let folder = path.split('/').nth(1).unwrap_or_default();
        if folder != "pull-request" && folder.parse::<Format>().is_err() {
            continue;
        }
        let target = &folder.replace('-', "_");
        println!("{path}");
        checks::run(target, &tree::bytes(&path));
    }
}

#[test]
fn every_fuzz_target_has_a_check_and_small_seeds() {
    let seeds = seeds();
    let mut offences = Vec::new();
    for target in targets() {
        // The readers of reports share a check.
        let check = match target.replace('_', "-").parse::<Format>() {
            Ok(_) => "fuzz/checks/report.rs".to_owned(),
            Err(_) => format!("fuzz/checks/{target}.rs"),
        };
        for file in [format!("fuzz/fuzz_targets/{target}.rs"), check] {
            if !tree::exists(&file) {
                offences.push(format!("{target}: no {file}"));
            }
        }
        match seeds.get(&target) {
            None => offences.push(format!("{target}: no fuzz/seeds/{target}/")),
            Some(paths) => {
                let long = paths.iter().filter(|path| tree::bytes(path).len() > LONGEST);
                offences.extend(long.map(|path| format!("{path}: longer than {LONGEST} bytes")));
            }
        }
        checks::run(&target, b"");
    }
    let homeless = seeds.keys().filter(|target| !targets().contains(target));
    offences.extend(homeless.map(|target| format!("fuzz/seeds/{target}/: no such target")));
    tree::none("a fuzz target is a check with seeds", &offences);
}
