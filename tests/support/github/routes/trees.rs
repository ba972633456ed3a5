//! Trees: what is in a commit, or in a folder of one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{
    answer::{Answer, Answered},
    data::{Commit, GitHub, digest},
};

/// The id of a folder, by all that is in it.
fn id(files: &[(&str, &[u8])]) -> String {
    let listed: String =
        files.iter().map(|(path, bytes)| format!("{path} {}\n", digest(bytes))).collect();
    digest(listed.as_bytes())[..40].to_owned()
}

/// What lies in a folder, under its path from there.
fn below<'c>(commit: &'c Commit, folder: &str) -> Vec<(&'c str, &'c [u8])> {
    let files = commit.files.iter();
    let below = files.filter_map(|(path, bytes)| Some((path.strip_prefix(folder)?, &**bytes)));
    below.collect()
}

/// The folders of a commit, each with its slash.
fn folders(commit: &Commit) -> Vec<&str> {
    let ends = commit
        .files
        .keys()
        .flat_map(|path| path.match_indices('/').map(move |(at, _)| &path[..=at]));
    let mut folders: Vec<&str> = ends.collect();
    folders.sort_unstable();
    folders.dedup();
    folders
}

/// The tree of a commit, or of a folder by its own id.
pub(super) fn answer<'g>(
    github: &'g GitHub,
    commit: impl Fn(&str) -> Option<&'g Commit>,
    asked: &str,
    is_recursive: bool,
) -> Answered {
    let files = match commit(asked) {
        Some(commit) => below(commit, ""),
        None => {
            let of = |commit: &'g Commit| {
                folders(commit).into_iter().map(|folder| below(commit, folder)).collect::<Vec<_>>()
            };
            let mut trees = github.commits.values().flat_map(of);
            trees.find(|files| id(files) == asked).ok_or_else(Answer::not_found)?
        }
    };
    let mut entries: BTreeMap<&str, Value> = BTreeMap::new();
    let entry = |path: &str, kind: &str, mode: &str, sha: &str| json!({"path": path, "mode": mode, "type": kind, "sha": sha, "url": "https://api.github.com"});
    for (path, bytes) in &files {
        let inner: Vec<&str> = path.match_indices('/').map(|(at, _)| &path[..at]).collect();
        let shown = if is_recursive { inner.len() } else { inner.len().min(1) };
        for folder in inner.iter().take(shown) {
            let prefix = format!("{folder}/");
            let inside: Vec<(&str, &[u8])> = files
                .iter()
                .filter_map(|(path, bytes)| Some((path.strip_prefix(&prefix)?, *bytes)))
                .collect();
            entries.insert(folder, entry(folder, "tree", "040000", &id(&inside)));
        }
        if is_recursive || inner.is_empty() {
            let mut file = entry(path, "blob", "100644", &digest(bytes)[..40]);
            file["size"] = json!(bytes.len());
            entries.insert(path, file);
        }
    }
    let truncated = entries.len() > github.most_entries;
    let listed: Vec<Value> = entries.into_values().take(github.most_entries).collect();
    let tree = json!({
        "sha": asked, "url": "https://api.github.com", "tree": listed, "truncated": truncated,
    });
    Ok(Answer::json(200, tree))
}
