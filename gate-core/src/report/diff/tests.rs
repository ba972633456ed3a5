//! Diffs as git writes them, and what they come to.

use super::*;

fn read(diff: &str) -> ChangeSet {
    read_diff(diff.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(diff: &str) -> String {
    match read_diff(diff.as_bytes(), &Limits::default()) {
        Ok(changes) => panic!("{changes:?}"),
        Err(error) => error.to_string(),
    }
}

fn summary(change: &FileChange) -> String {
    let old = change.old_path.as_ref().map(|old| format!("{old} => ")).unwrap_or_default();
    let runs = |runs: Vec<(u32, u32)>| {
        let each = runs.iter().map(|(start, lines)| format!("{start}+{lines}"));
        each.collect::<Vec<_>>().join(",")
    };
    let added = runs(change.added.iter().map(|run| (run.start, run.lines)).collect());
    let removed = runs(change.removed.iter().map(|run| (run.start, run.lines)).collect());
    let binary = if change.binary { " binary" } else { "" };
    format!("{old}{} {:?}{binary} added {added} removed {removed}", change.path, change.kind)
}

#[test]
fn every_kind_of_change_is_told() {
    let changes = read(
        "diff --git a/src/a.py b/src/a.py
index 83db48f..bf269f4 100644
--- a/src/a.py
+++ b/src/a.py
@@ -2,2 +2,3 @@ def f():
 two
-three
+drei
+vier
@@ -9,0 +11 @@
+eleven
diff --git a/new.py b/new.py
new file mode 100644
index 0000000..f719efd
--- /dev/null
+++ b/new.py
@@ -0,0 +1,2 @@
+one
+two
\\ No newline at end of file
diff --git a/old.py b/old.py
deleted file mode 100644
index f719efd..0000000
--- a/old.py
+++ /dev/null
@@ -1 +0,0 @@
-one
diff --git a/was.py b/is.py
similarity index 100%
rename from was.py
rename to is.py
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git a/logo.png b/logo.png
index 1111111..2222222 100644
Binary files a/logo.png and b/logo.png differ
",
    );
    let told: Vec<String> = changes.files.iter().map(summary).collect();
    assert_eq!(
        told,
        [
            "src/a.py Modified added 3+2,11+1 removed 3+1",
            "new.py Added added 1+2 removed ",
            "old.py Removed added  removed 1+1",
            "was.py => is.py Renamed added  removed ",
            "run.sh Modified added  removed ",
            "logo.png Modified binary added  removed ",
        ]
    );
}

#[test]
fn paths_are_read_as_git_quotes_them() {
    let changes = read(
        "diff --git \"a/\\303\\244 \\\"x\\\".py\" \"b/\\303\\244 \\\"x\\\".py\"
old mode 100644
new mode 100755
diff --git a/with space.py b/with space.py
--- a/with space.py\t
+++ b/with space.py\t
@@ -1 +1 @@
-a
+b
",
    );
    let paths: Vec<&str> = changes.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["ä \"x\".py", "with space.py"]);
}

#[test]
fn a_diff_without_gits_own_lines_is_read_too() {
    let diff = "--- a.py\t2026-11-24 10:00:00
+++ a.py\t2026-11-24 11:00:00
@@ -1 +1,2 @@
 a
+b
--- c.py
+++ c.py
@@ -1,2 +1 @@
 a
-b
";
    let told: Vec<String> = read(diff).files.iter().map(summary).collect();
    assert_eq!(told, ["a.py Modified added 2+1 removed ", "c.py Modified added  removed 2+1"]);
}

#[test]
fn nothing_is_an_empty_change_set() {
    assert_eq!(read(""), ChangeSet::default());
}

#[test]
fn what_is_cut_off_or_makes_no_sense_is_refused_with_its_place() {
    let head = "--- a/a.py\n+++ b/a.py\n";
    for (hunk, problem) in [
        ("@@ -1 +1,2 @@\n a\n", "cut off: the last hunk lacks 0 old and 1 new lines"),
        ("@@ -1 +1 @@\n-a\n+b\n+c\n", "line 6, column 1: the hunk has more lines"),
        ("@@ -1,2 +1 @@\n-a\n+b\n+c\n", "line 6, column 1: the hunk has more lines"),
        ("@@ -1 +1 @@\n*a\n", "a line of a hunk begins with"),
        ("@@ 1 +1 @@\n", "a hunk begins with `@@ -a,b +c,d @@`"),
        ("@@ -1 +99999999999 @@\n", "a hunk begins with `@@ -a,b +c,d @@`"),
        ("@@ -5 +5 @@\n-a\n+b\n@@ -2 +2 @@\n-a\n+b\n", "the hunks of a file follow each other"),
        ("@@@ -1,2 -1,2 +1,3 @@@\n", "a combined diff"),
    ] {
        let said = refused(&format!("{head}{hunk}"));
        assert!(said.contains(problem), "{hunk}: {said}");
    }
    assert!(refused("@@ -1 +1 @@\n-a\n+b\n").contains("a hunk without a file"));
    assert!(refused("diff --cc a.py\n").contains("a combined diff"));
}

#[test]
fn every_line_of_a_copy_is_new() {
    let changes = read(
        "diff --git a/a.py b/b.py\nsimilarity index 90%\ncopy from a.py\ncopy to b.py\n--- a/a.py\n+++ b/b.py\n@@ -1 +1 @@\n-a\n+b\n",
    );
    assert_eq!(changes.files[0].origin(700), crate::evidence::LineOrigin::New);
    assert_eq!(summary(&changes.files[0]), "a.py => b.py Copied added 1+4294967295 removed ");
}

#[test]
fn patches_of_the_interface_are_read_without_headers() {
    let patch = Patch::new("b.py", ChangeKind::Renamed, "@@ -1,2 +1,2 @@\n-a\n+b\n c").from("a.py");
    let changes = read_patches([patch]).unwrap();
    assert_eq!(summary(&changes.files[0]), "a.py => b.py Renamed added 1+1 removed 1+1");
    let cut = Patch::new("b.py", ChangeKind::Modified, "@@ -1,2 +1,2 @@\n-a\n+b\n");
    assert!(read_patches([cut]).unwrap_err().to_string().contains("cut off"));
}

#[test]
fn many_lines_that_look_alike_take_no_long_time() {
    let same = |mark: char| format!("{mark}    the_same_line_again_and_again()\n").repeat(20_000);
    let diff = format!(
        "--- a/a.py\n+++ /dev/null\n@@ -1,20000 +0,0 @@\n{}--- /dev/null\n+++ b/b.py\n@@ -0,0 +1,20000 @@\n{}",
        same('-'),
        same('+')
    );
    assert_eq!(read(&diff).files.len(), 2);
}
