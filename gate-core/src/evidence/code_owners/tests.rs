//! Every rule of the dialect, and what GitHub passes over.

use super::*;

fn read(text: &str) -> CodeOwners {
    CodeOwnersFile { path: "CODEOWNERS".to_owned(), text: text.to_owned() }.read()
}

/// The owners of a path, and the line that says so.
fn owners(text: &str, path: &str) -> Option<(u32, String)> {
    let all = read(text);
    let line = all.of(&RepoPath::normalised(path))?;
    let owners: Vec<String> = line.owners.iter().map(ToString::to_string).collect();
    Some((line.line, owners.join(" ")))
}

#[track_caller]
fn fits(pattern: &str, paths: &[&str]) {
    for path in paths {
        assert!(owners(&format!("{pattern} @o"), path).is_some(), "{pattern} fits {path}");
    }
}

#[track_caller]
fn misses(pattern: &str, paths: &[&str]) {
    let all = read(&format!("{pattern} @o"));
    assert_eq!(all.skipped, [], "{pattern} is sound");
    for path in paths {
        assert!(all.of(&RepoPath::normalised(path)).is_none(), "{pattern} does not fit {path}");
    }
}

#[test]
fn a_star_alone_is_everything() {
    fits("*", &["a", "a/b", "a/b/c.rs", ".github/CODEOWNERS"]);
}

#[test]
fn a_name_without_a_slash_is_anywhere_and_may_be_a_folder() {
    fits("*.js", &["a.js", "x/y/a.js", "folder.js/a"]);
    misses("*.js", &["a.jsx", "js", "a.ts"]);
    fits("logs", &["logs", "logs/a", "build/logs", "build/logs/a/b"]);
    misses("logs", &["log", "blogs/a", "build/logs2"]);
}

#[test]
fn a_slash_at_the_beginning_or_within_begins_at_the_root() {
    fits("/docs", &["docs", "docs/a", "docs/a/b"]);
    misses("/docs", &["x/docs", "x/docs/a"]);
    fits("apps/github", &["apps/github", "apps/github/a/b"]);
    misses("apps/github", &["x/apps/github", "apps/githubs"]);
    fits("/*.md", &["README.md"]);
    misses("/*.md", &["docs/README.md"]);
}

#[test]
fn a_slash_at_the_end_is_a_folder_anywhere_and_all_that_is_in_it() {
    fits("apps/", &["apps/a", "x/apps/a", "x/apps/y/z"]);
    misses("apps/", &["apps", "x/apps"]);
    fits("/build/logs/", &["build/logs/a", "build/logs/x/y"]);
    misses("/build/logs/", &["build/logs", "x/build/logs/a", "build/a"]);
}

#[test]
fn a_star_as_the_last_segment_is_one_level() {
    fits("docs/*", &["docs/a.md"]);
    misses("docs/*", &["docs/a/b.md", "x/docs/a.md", "docs"]);
    fits("/*", &["a"]);
    misses("/*", &["a/b"]);
    // Another last segment may be a folder.
    fits("docs/*.d", &["docs/a.d/x"]);
}

#[test]
fn two_stars_cross_folders() {
    fits("**/logs", &["logs/a", "build/logs/a", "deeply/nested/logs", "logs"]);
    fits("/a/**/z", &["a/z", "a/b/z", "a/b/c/z/y"]);
    misses("/a/**/z", &["z", "a/b", "x/a/z", "az"]);
    fits("/a/**", &["a/b", "a/b/c"]);
    misses("/a/**", &["a", "b/a/c"]);
    fits("**", &["a", "a/b"]);
    fits("**/*", &["a", "a/b/c"]);
    fits("a**z", &["az", "abcz", "x/abz"]);
    misses("/a**z", &["a/z"]);
}

#[test]
fn a_star_and_a_question_mark_stay_within_a_segment() {
    fits("/a*z", &["az", "abz", "abzbz"]);
    misses("/a*z", &["a/z", "abzb"]);
    fits("/a?z", &["abz", "aéz"]);
    misses("/a?z", &["az", "a/z", "abbz"]);
    fits("/*a*b*", &["xaxbx", "ab", "aab"]);
    misses("/*a*b*", &["ba", "xbxa"]);
}

#[test]
fn upper_and_lower_case_are_two() {
    fits("/Docs/", &["Docs/a"]);
    misses("/Docs/", &["docs/a"]);
}

#[test]
fn a_backslash_takes_the_meaning_from_what_follows() {
    assert_eq!(owners("/my\\ docs/ @o", "my docs/a"), Some((1, "@o".to_owned())));
    fits("/a\\*b", &["a*b"]);
    misses("/a\\*b", &["axb"]);
    fits("a\\#b", &["a#b"]);
}

#[test]
fn the_last_line_that_fits_has_the_word() {
    let text = "* @all\n/docs/ @writers @editors\n*.md @readers\n";
    assert_eq!(owners(text, "src/a.rs"), Some((1, "@all".to_owned())));
    assert_eq!(owners(text, "docs/a.txt"), Some((2, "@writers @editors".to_owned())));
    assert_eq!(owners(text, "docs/a.md"), Some((3, "@readers".to_owned())));
}

#[test]
fn a_line_without_owners_takes_the_ownership_away() {
    let text = "/apps/ @octocat\n/apps/github # nobody's\n";
    assert_eq!(owners(text, "apps/a"), Some((1, "@octocat".to_owned())));
    assert_eq!(owners(text, "apps/github/a"), None);
    assert_eq!(owners(text, "other"), None);
}

#[test]
fn comments_stand_on_a_line_or_behind_it() {
    let text = "# * @nobody\n\n  \t\n  *.js @js # @not-this @nor/that\r\n#\n";
    assert_eq!(owners(text, "a.js"), Some((4, "@js".to_owned())));
    assert_eq!(read(text).lines.len(), 1);
    assert_eq!(read(text).skipped, []);
}

#[test]
fn owners_are_people_teams_and_addresses() {
    let text = "* @octo-cat @octo-org/octo.cats docs+x@example.com @emu_acme";
    let all = read(text);
    assert_eq!(
        all.lines[0].owners,
        [
            Owner::Person("octo-cat".to_owned()),
            Owner::Team("octo-org/octo.cats".to_owned()),
            Owner::Address("docs+x@example.com".to_owned()),
            Owner::Person("emu_acme".to_owned()),
        ]
    );
}

#[test]
fn what_is_not_sound_is_passed_over_and_said_and_an_earlier_line_holds() {
    for (line, words) in [
        ("!*.rb @x", "begins with `!`"),
        ("*.[ch] @x", "has `[` or `]`"),
        ("[Section] @x", "has `[` or `]`"),
        ("***/*.rb @x", "more than two `*`"),
        ("\\#a @x", "escaped `#`"),
        ("a\\", "escapes nothing"),
        ("*.rb docs@", "docs@ is no owner"),
        ("*.rb octocat", "octocat is no owner"),
        ("*.rb @", "@ is no owner"),
        ("*.rb @a/b/c", "@a/b/c is no owner"),
        ("*.rb @a/", "@a/ is no owner"),
        ("*.rb @x @y!", "@y! is no owner"),
        ("*.rb docs@localhost", "docs@localhost is no owner"),
        ("*.rb a@b@example.com", "a@b@example.com is no owner"),
    ] {
        let text = format!("* @all\n{line}\n");
        assert_eq!(owners(&text, "a.rb"), Some((1, "@all".to_owned())), "{line}");
        let skipped = read(&text).skipped;
        assert_eq!(skipped.len(), 1, "{line}");
        assert_eq!(skipped[0].line, 2);
        assert!(skipped[0].why.to_string().contains(words), "{line}: {}", skipped[0].why);
    }
}

#[test]
fn a_slash_alone_is_nothing() {
    misses("/", &["a", "a/b"]);
    misses("//a", &["a"]);
}

#[test]
fn many_stars_take_no_longer_than_they_should() {
    let pattern = format!("/{}b", "a*".repeat(500));
    misses(&pattern, &[&"a".repeat(2_000)]);
    let pattern = format!("/{}b", "**/".repeat(2_000));
    misses(&pattern, &[&"a/".repeat(1_000)]);
}

#[test]
fn three_megabytes_are_too_many() {
    let file = |bytes| CodeOwnersFile { path: "CODEOWNERS".to_owned(), text: "#".repeat(bytes) };
    assert!(!file(2_999_999).is_too_large());
    assert!(file(3_000_000).is_too_large());
}
