//! Diffs, and where their added lines come from.

use crate::{
    evidence::{Motion, Origin},
    report::{Limits, read_diff},
};

/// The origins of the added lines of the last file, `NEW <- FILE:OLD how`.
fn origins(diff: &str) -> Vec<String> {
    let changes =
        read_diff(diff.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}"));
    let file = changes.files.last().expect("a file");
    let runs = file.added.iter().flat_map(|run| (0..run.lines).map(move |offset| (run, offset)));
    runs.map(|(run, offset)| {
        let line = run.start + offset;
        match &run.origin {
            None => format!("{line} new"),
            Some(Origin { path, start, how }) => {
                let how = match how {
                    Motion::Moved => "moved",
                    Motion::Reformatted => "reformatted",
                };
                format!("{line} {how} {path}:{}", start + offset)
            }
        }
    })
    .collect()
}

#[test]
fn a_reformatted_call_is_no_new_code() {
    let diff = "--- a/a.py
+++ b/a.py
@@ -10,2 +10,6 @@
-    result = compute(first, second, third)
-    return result, 7
+    result = compute(
+        first,
+        second,
+        third,
+    )
+    return result,7
";
    assert_eq!(
        origins(diff),
        [
            "10 reformatted a.py:10",
            "11 reformatted a.py:10",
            "12 reformatted a.py:10",
            "13 reformatted a.py:10",
            "14 reformatted a.py:10",
            "15 reformatted a.py:11",
        ]
    );
}

#[test]
fn a_line_that_lost_or_won_something_is_new() {
    let diff = "--- a/a.py
+++ b/a.py
@@ -1,3 +1,3 @@
-value = compute(one, two) + other(three)
-again = 'text'
-third = call(a, b)
+value = compute(one, two)
+again  =  \"text\"
+third = call(a, b, c)
";
    assert_eq!(origins(diff), ["1 new", "2 reformatted a.py:2", "3 new"]);
}

#[test]
fn a_block_that_went_to_another_file_was_moved() {
    let diff = "--- a/a.py
+++ b/a.py
@@ -5,5 +4,0 @@
-def helper_function(argument):
-    intermediate = argument + 1
-
-    return intermediate * 2
-
--- /dev/null
+++ b/b.py
@@ -0,0 +1,5 @@
+import something
+    def helper_function(argument):
+        intermediate = argument + 1
+        return intermediate * 2
+    # the end
";
    assert_eq!(
        origins(diff),
        ["1 new", "2 moved a.py:5", "3 moved a.py:6", "4 moved a.py:8", "5 new"]
    );
}

#[test]
fn a_copy_is_new_and_what_went_once_comes_once() {
    let block = "+def helper_function(argument):\n+    intermediate = argument + 1\n+    return intermediate * 2\n";
    let gone = block.replace('+', "-").replace("argument - 1", "argument + 1");
    let twice = format!("--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,6 @@\n{gone}{block}{block}");
    // In its own place it has only been repeated.
    let changes = origins(&twice);
    assert_eq!(changes.iter().filter(|origin| origin.ends_with("new")).count(), 3, "{changes:?}");
    let copied = format!("--- a/a.py\n+++ b/a.py\n@@ -0,0 +1,3 @@\n{block}");
    assert!(origins(&copied).iter().all(|origin| origin.ends_with("new")));
}

#[test]
fn two_lines_that_look_alike_are_no_block() {
    let diff = "--- a/a.py
+++ b/a.py
@@ -1,2 +0,0 @@
-    return None
-    pass
--- a/b.py
+++ b/b.py
@@ -9,0 +10,2 @@
+    return None
+    pass
";
    assert_eq!(origins(diff), ["10 new", "11 new"]);
}

#[test]
fn a_short_line_is_known_by_the_line_beside_it() {
    let diff = "--- a/a.py
+++ b/a.py
@@ -1,4 +1,5 @@
-if first_thing(argument):
-    return
-else:
-    raise
+with something_new():
+    if first_thing(argument):
+        return
+    else:
+        raise
";
    assert_eq!(
        origins(diff),
        [
            "1 new",
            "2 reformatted a.py:1",
            "3 reformatted a.py:2",
            "4 reformatted a.py:3",
            "5 reformatted a.py:4",
        ]
    );
}

#[test]
fn a_short_line_beside_new_ones_is_new() {
    let diff = "--- a/a.py
+++ b/a.py
@@ -1,3 +1,4 @@
-if first_thing(argument):
-    return
-other_thing(argument)
+other_thing(argument)
+if something_new(argument, 7):
+    call_it()
+    return
";
    assert_eq!(origins(diff), ["1 moved a.py:3", "2 new", "3 new", "4 new"]);
}

#[test]
fn what_was_edited_within_a_moved_block_is_new_and_the_rest_of_it_was_moved() {
    let diff = "--- a/a.py
+++ b/a.py
@@ -1,8 +0,0 @@
-def moved_function(argument):
-    first = compute(argument, 1)
-    second = compute(argument, 2)
-    third = compute(argument, 3)
-    if third:
-        return
-    fourth = compute(argument, 4)
-    return first, second
--- /dev/null
+++ b/b.py
@@ -0,0 +1,10 @@
+import something
+def moved_function(argument):
+    first = compute(argument, 1)
+    second = compute(argument, 2)
+    third = compute(argument, edited)
+    if third:
+        return
+    fourth = compute(
+        argument, 4
+    )
";
    assert_eq!(
        origins(diff),
        [
            "1 new",
            "2 moved a.py:1",
            "3 moved a.py:2",
            "4 moved a.py:3",
            "5 new",
            "6 moved a.py:5",
            "7 moved a.py:6",
            "8 moved a.py:7",
            "9 moved a.py:7",
            "10 moved a.py:7",
        ]
    );
}

#[test]
fn a_moved_block_is_found_where_something_like_it_came_in_its_place() {
    let diff = "--- a/a.py
+++ b/a.py
@@ -1,4 +1,4 @@
-def moved_function(argument):
-    first = compute(argument, 1)
-    raise ValueError(first, argument)
-    return first
+def other_function(parameter):
+    second = compute(parameter, 2)
+    raise ValueError(first, argument)
+    return second
--- /dev/null
+++ b/b.py
@@ -0,0 +1,4 @@
+def moved_function(argument):
+    first = compute(argument, 1)
+    raise ValueError(first, argument)
+    return first
";
    assert_eq!(
        origins(diff),
        ["1 moved a.py:1", "2 moved a.py:2", "3 moved a.py:3", "4 moved a.py:4"]
    );
}

#[test]
fn what_a_copied_file_does_not_have_has_not_gone() {
    let block = "def helper_function(argument):\n    value = argument + 1\n    return value * 2\n";
    let lines =
        |mark: char| block.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
    let diff = format!(
        "diff --git a/a.py b/b.py\nsimilarity index 90%\ncopy from a.py\ncopy to b.py\n--- a/a.py\n\
         +++ b/b.py\n@@ -1,3 +0,0 @@\n{}--- a/c.py\n+++ b/c.py\n@@ -0,0 +1,3 @@\n{}",
        lines('-'),
        lines('+')
    );
    assert_eq!(origins(&diff), ["1 new", "2 new", "3 new"]);
}

#[test]
fn a_statement_that_goes_on_as_another_is_new() {
    let diff = "--- a/a.py
+++ b/a.py
@@ -1,5 +1,5 @@
-    raise ValueError(
-        \"no such thing\"
-    )
-value = compute(
-    first, second
+raise ValueError(
+    \"another text\"
+)
+    value = compute(
+        first, second
";
    assert_eq!(
        origins(diff),
        ["1 new", "2 new", "3 reformatted a.py:3", "4 reformatted a.py:4", "5 reformatted a.py:5"]
    );
}

#[test]
fn what_a_formatter_does_to_a_statement_makes_no_new_code() {
    let diff = "--- a/a.py
+++ b/a.py
@@ -1,12 +1,11 @@
-raise ValueError('can\\'t find '
-                 'what was asked')
-if first_condition and \\
-        second_condition:
-    value = (first +
-             second)
-    return first in values  # noqa
-again = compute(first,
-                second) + third
-name = 'one' 'two'
-third = call(first, second, third)
-fourth = call(first)
+raise ValueError(\"can't find what was asked\")
+if first_condition and second_condition:
+    value = first + second
+    return first in values  # noqa: E123
+again = (
+    compute(first, second) + third
+)
+name = \"onetwo\"
+third = call(
+    first, second, fourth
+)
";
    let origins = origins(diff);
    let old: Vec<&str> = origins.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
    let same = "reformatted";
    assert_eq!(
        old,
        [same, same, same, same, same, same, same, "new", "new", "new", "new"],
        "{origins:#?}"
    );
}
