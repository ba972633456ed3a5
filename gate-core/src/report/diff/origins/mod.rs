//! Where added lines come from that are not new: from the lines in whose place they stand, in
//! another form, or from lines that went elsewhere.
//!
//! Only what went can be an origin, and each line of it once: a copy is new.

mod moved;
mod reformatted;

use std::collections::{BTreeMap, BTreeSet};

use super::File;
use crate::evidence::Origin;

/// The origins of one file's added lines, by their numbers.
pub(super) type Origins = BTreeMap<u32, Origin>;

/// The origins of every file's added lines.
pub(super) fn find(files: &[File<'_>]) -> Vec<Origins> {
    let mut origins: Vec<Origins> = Vec::with_capacity(files.len());
    let mut gone = Vec::with_capacity(files.len());
    let mut come = Vec::with_capacity(files.len());
    for file in files {
        let mut found = Origins::new();
        let mut used = BTreeSet::new();
        for group in &file.groups {
            reformatted::find(group, file.change.base_path(), &mut found, &mut used);
        }
        let mut removed = Vec::new();
        let mut added = Vec::new();
        for group in &file.groups {
            removed.extend(numbered(group.old_start, &group.removed, |n| used.contains(&n)));
            added.extend(numbered(group.new_start, &group.added, |n| found.contains_key(&n)));
        }
        gone.push(removed);
        come.push(added);
        origins.push(found);
    }
    for moved::Block { from, to, lines } in moved::find(&gone, &come) {
        let Some((file, of)) = files.get(from.file).zip(origins.get_mut(to.file)) else { continue };
        for (old, new) in lines {
            let path = file.change.base_path().clone();
            of.insert(new, Origin { path, start: old, how: crate::evidence::Motion::Moved });
        }
    }
    origins
}

/// Some lines with their numbers, but for those that are spoken for.
fn numbered<'a>(
    start: u32,
    lines: &[&'a [u8]],
    is_taken: impl Fn(u32) -> bool,
) -> Vec<(u32, &'a [u8])> {
    let all = (start..).zip(lines.iter().copied());
    all.filter(|(number, _)| !is_taken(*number)).collect()
}
