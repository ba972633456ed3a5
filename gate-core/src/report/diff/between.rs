//! The hunks between two texts, where nobody has written them: by the histogram algorithm, as git
//! would with `--histogram --unified=0`.

use std::fmt::Write as _;

use imara_diff::{Algorithm, Diff, InternedInput};

/// The hunks that make `new` of `old`, without context; empty where they are the same.
#[must_use]
pub fn hunks_between(old: &str, new: &str) -> String {
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) = (lines(old), lines(new));
    let mut input = InternedInput::default();
    input.update_before(old_lines.iter().copied());
    input.update_after(new_lines.iter().copied());
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let mut out = String::new();
    for hunk in diff.hunks() {
        let side = |range: &std::ops::Range<u32>| {
            // An empty side names the line before it.
            let start = range.start + u32::from(!range.is_empty());
            format!("{start},{}", range.len())
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "@@ -{} +{} @@", side(&hunk.before), side(&hunk.after));
        for (mark, range, lines) in
            [('-', &hunk.before, &old_lines), ('+', &hunk.after, &new_lines)]
        {
            let range = range.start as usize..range.end as usize;
            for line in lines.get(range).unwrap_or_default() {
                let _ = writeln!(out, "{mark}{line}");
            }
        }
    }
    out
}

/// The lines, without the break that ends each; a text that ends with one has no empty line after.
fn lines(text: &str) -> Vec<&str> {
    text.strip_suffix('\n').unwrap_or(text).split('\n').skip(usize::from(text.is_empty())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evidence::ChangeKind,
        report::{Patch, read_patches},
    };

    #[test]
    fn the_hunks_are_those_that_git_writes() {
        let hunks = hunks_between("a\nb\nc\nd\n", "a\nx\nc\nd\ne\n");
        assert_eq!(hunks, "@@ -2,1 +2,1 @@\n-b\n+x\n@@ -4,0 +5,1 @@\n+e\n");
        assert_eq!(hunks_between("", "a\n\n"), "@@ -0,0 +1,2 @@\n+a\n+\n");
        assert_eq!(hunks_between("a", ""), "@@ -1,1 +0,0 @@\n-a\n");
        assert_eq!(hunks_between("a\n", "a\n"), "");
    }

    #[test]
    fn and_they_are_read_back() {
        let hunks = hunks_between("a\nb\nc\n", "b\nc\nd\n\n");
        let changes = read_patches([Patch::new("a", ChangeKind::Modified, &hunks)]).unwrap();
        assert_eq!(changes.files[0].added_lines(), 2);
        assert_eq!(changes.files[0].removed_lines(), 1);
    }
}
