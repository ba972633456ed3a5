//! What differs between two commits, as GitHub lists it: files with patches, renames recognised.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::data::{Commit, digest};

/// GitHub gives no patch of a file that more lines of change.
const MOST_LINES: usize = 20_000;

/// The files that differ, as `diff-entry`.
pub(super) fn files(base: Option<&Commit>, head: &Commit) -> Vec<Value> {
    let nothing = BTreeMap::new();
    let old = base.map_or(&nothing, |it| &it.files);
    let mut removed: Vec<&String> = old.keys().filter(|it| !head.files.contains_key(*it)).collect();
    let mut entries = Vec::new();
    for (path, new) in &head.files {
        let entry = match old.get(path) {
            Some(before) if before == new => continue,
            Some(before) => entry(path, "modified", before, new),
            None => match removed.iter().position(|it| old.get(*it) == Some(new)) {
                Some(at) => {
                    let mut entry = entry(path, "renamed", new, new);
                    entry["previous_filename"] = json!(removed.remove(at));
                    entry
                }
                None => entry(path, "added", &[], new),
            },
        };
        entries.push(entry);
    }
    for path in removed {
        entries.push(entry(path, "removed", &old[path], &[]));
    }
    entries.sort_by_key(|it| it["filename"].as_str().map(str::to_owned));
    entries
}

fn entry(path: &str, status: &str, old: &[u8], new: &[u8]) -> Value {
    let mut entry = json!({
        "sha": &digest(new)[..40], "filename": path, "status": status,
        "additions": 0, "deletions": 0, "changes": 0,
    });
    // GitHub gives no patch of what is binary, and none where nothing differs.
    if let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new))
        && old != new
    {
        let (patch, added, deleted) = patch(old, new);
        if added + deleted <= MOST_LINES {
            entry["patch"] = json!(patch);
        }
        entry["additions"] = json!(added);
        entry["deletions"] = json!(deleted);
        entry["changes"] = json!(added + deleted);
    }
    entry
}

/// One hunk around everything that differs: a true patch, if not always the shortest.
fn patch(old: &str, new: &str) -> (String, usize, usize) {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let shorter = old.len().min(new.len());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let same_after = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(shorter - same)
        .take_while(|(a, b)| a == b)
        .count();
    let (before, after) = (same.min(3), same_after.min(3));
    let first = same - before;
    let gone = &old[same..old.len() - same_after];
    let come = &new[same..new.len() - same_after];
    let mut lines: Vec<String> = old[first..same].iter().map(|it| format!(" {it}")).collect();
    lines.extend(gone.iter().map(|it| format!("-{it}")));
    lines.extend(come.iter().map(|it| format!("+{it}")));
    let tail = old.len() - same_after;
    lines.extend(old[tail..tail + after].iter().map(|it| format!(" {it}")));
    let span = |changed: usize| {
        let length = before + changed + after;
        // An empty side starts at line 0.
        let start = if length == 0 { first } else { first + 1 };
        format!("{start},{length}")
    };
    let header = format!("@@ -{} +{} @@", span(gone.len()), span(come.len()));
    (format!("{header}\n{}", lines.join("\n")), come.len(), gone.len())
}
