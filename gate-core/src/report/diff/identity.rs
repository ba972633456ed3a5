//! What tells one diff of a file from another, wherever in the file it stands.

use super::Patch;
use crate::{evidence::ChangeKind, measure::Digest};

/// A text that is another one whenever the diff of a file is: what happened to the file, its paths,
/// and the lines that came, went and stayed around them, without their numbers. `content` stands
/// for what the hunks do not show, of a file that is no text for example.
#[must_use]
pub fn patch_identity(patch: &Patch<'_>, content: &str) -> String {
    let kind = match patch.kind {
        ChangeKind::Added => "added",
        ChangeKind::Modified => "modified",
        ChangeKind::Removed => "removed",
        ChangeKind::Renamed => "renamed",
        ChangeKind::Copied => "copied",
    };
    let binary = if patch.binary { "binary" } else { "text" };
    let mut whole = String::new();
    // Each with its length before it, so that no two of them can run into one another.
    for part in [kind, binary, patch.path, patch.old_path.unwrap_or_default(), content] {
        whole.push_str(&format!("{}:{part}\n", part.len()));
    }
    for line in patch.hunks.split_inclusive('\n') {
        match line.strip_prefix("@@ ").and_then(|rest| rest.split_once(" @@")) {
            // Behind the numbers stands the heading of what the hunk is in.
            Some((_, heading)) => {
                whole.push_str("@@");
                whole.push_str(heading);
            }
            None => whole.push_str(line),
        }
    }
    Digest::of(whole.as_bytes()).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(hunks: &str) -> String {
        patch_identity(&Patch::new("a.py", ChangeKind::Modified, hunks), "")
    }

    #[test]
    fn the_same_diff_further_down_is_the_same() {
        let one = identity("@@ -1,3 +1,3 @@ def f():\n a\n-b\n+c\n d\n");
        assert_eq!(one, identity("@@ -11,3 +12,3 @@ def f():\n a\n-b\n+c\n d\n"));
    }

    #[test]
    fn another_line_another_neighbour_or_another_function_is_another_diff() {
        let one = identity("@@ -1,3 +1,3 @@ def f():\n a\n-b\n+c\n d\n");
        for other in [
            "@@ -1,3 +1,3 @@ def f():\n a\n-b\n+C\n d\n",
            "@@ -1,3 +1,3 @@ def f():\n A\n-b\n+c\n d\n",
            "@@ -1,3 +1,3 @@ def g():\n a\n-b\n+c\n d\n",
            "@@ -1,3 +1,3 @@ def f():\n a\n-b\n+c\n d",
            "@@ -1,3 +1,3 @@ def f():\n a\n-b\n+c\n d\n\\ No newline at end of file\n",
            "",
        ] {
            assert_ne!(one, identity(other), "{other}");
        }
    }

    #[test]
    fn what_happened_where_it_was_and_what_is_not_shown_are_part_of_it() {
        let patch = Patch::new("a", ChangeKind::Modified, "");
        let one = patch_identity(&patch, "");
        for (patch, content) in [
            (Patch::new("b", ChangeKind::Modified, ""), ""),
            (Patch::new("a", ChangeKind::Removed, ""), ""),
            (patch.from("c"), ""),
            (patch.binary(), ""),
            (patch, "c"),
        ] {
            assert_ne!(one, patch_identity(&patch, content));
        }
    }
}
