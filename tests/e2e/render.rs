//! What a verdict looks like, and that nothing foreign becomes more than words in it.

use std::collections::BTreeSet;

use gate_core::{
    Verdict, evaluate,
    evidence::{Evidence, Piece},
    policy::Policy,
    render,
    report::{self, ReadOptions},
};
use gate_tests::{
    Bandit, Cobertura, NOW, PipAudit, Repository, approved, check_in, finding, fixture, gate,
};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::json;

/// Words that mean something to a terminal, to markdown, or to GitHub.
pub(crate) const HOSTILE: [&str; 18] = [
    "\u{1b}[31mred\u{1b}[0m\u{7}\u{8}",
    "\u{1b}]8;;https://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{9b}31mred",
    "invoice\u{202e}fdp.exe\u{2066}\u{200b}",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script><!--",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<https://evil.example>",
    "https://evil.example/ www.evil.example",
    "x\n\n# Heading\n\n- item\n\n```\ncode",
    "x\r\n## Heading\r\n| a | b |\r\n|---|---|",
    "@octocat #1 octo/repo#1 ask@evil.example",
    "a|b\\|c\\\\|d",
    "` `` ``` ` `x` ``",
    "`<b>`\n<b>",
    "**bold** _it_ ~~no~~ &lt;b&gt; &#60;",
    "[ref]: https://evil.example",
];

/// A repository in which every foreign word of every report is this one.
pub(crate) fn with_words(word: &str) -> Repository {
    let rules = [
        ("clean code", "findings: { report: bandit, at-most: 0 }"),
        ("all clean", "mode: shadow, findings: { report: bandit, at-most: 0 }"),
        ("safe dependencies", "vulnerabilities: { report: pip-audit, at-most: 0 }"),
        ("tested", "coverage: { report: coverage, at-least: 90% }"),
        ("approved", "review: { approvals: 2, conversations: resolved, stale-approvals: ignore }"),
    ];
    let findings = [
        finding(word, "src/a.py", 1).text(word).severity("HIGH"),
        finding("B1", word, 2).text(&format!("begins {word}")),
        finding("B2", &format!("/elsewhere/{word}"), 3).text(&format!("{word} ends")),
    ];
    let mut pull_request = approved();
    pull_request["threads"] = json!([{"path": word, "line": 1, "resolved": false}]);
    pull_request["title"] = word.into();
    pull_request["labels"] = json!([word]);
    let login = if word.is_empty() { "x" } else { word };
    let review = |state: &str, id: u64| {
        json!({
            "author": {"login": login, "id": id}, "state": state, "can_write": true,
            "commit": null, "submitted_at": "2026-11-20T10:00:00Z",
        })
    };
    pull_request["reviews"] = json!([review("changes_requested", 7), review("approved", 8)]);
    let dependencies = PipAudit::clean()
        .dependency(word, word, [PipAudit::flaw(word, &[word, "CVE-2024-1"], &[word])])
        .skipped(&format!("skipped {word}"), word);
    // XML cannot hold most control characters at all.
    let printable: String =
        word.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let escaped = printable.replace('\n', "&#10;");
    let file = escaped.replace("&#10;", "\u{2}");
    let xml =
        Cobertura::new().file(&format!("/elsewhere/{file}"), 1, 10).xml().replace('\u{2}', "&#10;");
    Repository::with_rules(&rules, "")
        .file("bandit.json", Bandit::with(findings).unread(word, word).json())
        .file("pip-audit.json", dependencies.json())
        .file("coverage.xml", xml)
        .pull_request(&pull_request)
}

/// Whether a character may stand in what is shown: none that controls a terminal, or is not seen.
pub(crate) fn is_harmless(c: char) -> bool {
    let unseen = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{206f}' | '\u{feff}');
    c == '\n' || !c.is_control() && !unseen
}

#[test]
fn nothing_foreign_reaches_a_terminal_as_more_than_words() {
    for word in HOSTILE {
        let run = with_words(word).gate_check().run();
        run.expect_exit(1);
        let bad: BTreeSet<char> = run.stdout.chars().filter(|&c| !is_harmless(c)).collect();
        assert!(bad.is_empty(), "{word:?}: {bad:?}\n{run}");
        // No line of its own: everything is below our words, indented.
        for line in run.stdout.lines() {
            assert!(!line.starts_with("# Heading") && !line.starts_with("- item"), "{run}");
        }
    }
}

#[test]
fn nothing_foreign_reaches_a_terminal_by_way_of_gate_read() {
    for word in HOSTILE {
        let repository = with_words(word);
        for file in ["bandit.json", "pip-audit.json", "coverage.xml"] {
            let run = repository.gate(["read", file]).run();
            run.expect_success();
            let bad: BTreeSet<char> = run.stdout.chars().filter(|&c| !is_harmless(c)).collect();
            assert!(bad.is_empty(), "{file}, {word:?}: {bad:?}\n{run}");
        }
    }
}

#[test]
fn nothing_foreign_reaches_a_terminal_by_way_of_an_error() {
    for word in HOSTILE {
        let severity = Bandit::with([finding("B1", "a.py", 1).severity(word)]).json();
        let skip = json!({"dependencies": [{"name": word}]}).to_string();
        let key = json!({"errors": [], "metrics": {}, "results": [{word: 1}]}).to_string();
        let hits = format!(
            "<coverage><packages><class filename='a'><lines><line number='1' hits='{0}'/></lines>\
             </class></packages></coverage>",
            word.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&apos;")
        );
        let root = format!("{word} no xml");
        for (format, content) in [
            ("bandit", severity),
            ("bandit", key),
            ("pip-audit", skip),
            ("cobertura", hits),
            ("cobertura", root),
        ] {
            let repository = Repository::empty().file("report", content);
            let run = repository.gate(["read", "--format", format, "report"]).run();
            run.expect_refused(&[]);
            let bad: BTreeSet<char> = run.stderr.chars().filter(|&c| !is_harmless(c)).collect();
            assert!(bad.is_empty(), "{format}, {word:?}: {bad:?}\n{run}");
        }
    }
}

#[test]
fn nothing_of_a_broken_policy_reaches_a_terminal_as_more_than_words() {
    for word in HOSTILE {
        let policy = format!("version: 1\nrules: {{ a: {{ {}: 1 }} }}\n", json!(word));
        let run = Repository::with_policy(&policy).gate_check().run();
        run.expect_exit(2);
        let bad: BTreeSet<char> = run.stderr.chars().filter(|&c| !is_harmless(c)).collect();
        assert!(bad.is_empty(), "{word:?}: {bad:?}\n{run}");
    }
}

/// What a markdown page has beside plain text and code, and the texts that are not code.
pub(crate) struct Page {
    pub(crate) links: usize,
    pub(crate) images: usize,
    pub(crate) html: Vec<String>,
    pub(crate) headings: Vec<String>,
    pub(crate) cells_of_rows: Vec<usize>,
    pub(crate) plain: String,
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what else there is makes nothing active")]
pub(crate) fn parsed(markdown: &str) -> Page {
    let mut page = Page {
        links: 0,
        images: 0,
        html: Vec::new(),
        headings: Vec::new(),
        cells_of_rows: Vec::new(),
        plain: String::new(),
    };
    let mut in_heading = false;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Link { .. }) => page.links += 1,
            Event::Start(Tag::Image { .. }) => page.images += 1,
            Event::Start(Tag::Heading { .. }) => {
                in_heading = true;
                page.headings.push(String::new());
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Start(Tag::TableHead | Tag::TableRow) => page.cells_of_rows.push(0),
            Event::Start(Tag::TableCell) => *page.cells_of_rows.last_mut().unwrap() += 1,
            Event::Html(html) | Event::InlineHtml(html) => page.html.push(html.into_string()),
            Event::Text(text) => {
                if in_heading {
                    page.headings.last_mut().unwrap().push_str(&text);
                }
                page.plain.push_str(&text);
            }
            Event::Code(text) if in_heading => page.headings.last_mut().unwrap().push_str(&text),
            _ => {}
        }
    }
    page
}

#[test]
fn nothing_foreign_is_markup_in_markdown() {
    for word in HOSTILE {
        let run = with_words(word).gate_check().arg("--format").arg("markdown").run();
        run.expect_exit(1);
        let page = parsed(&run.stdout);
        assert_eq!((page.links, page.images), (0, 0), "{word:?}\n{run}");
        assert_eq!(page.html, [""; 0], "{word:?}\n{run}");
        // Our own headings and no other: the title, the way, the rules, and the lists.
        let rules = ["clean code", "safe dependencies", "tested", "approved"];
        let ours = [&["Failed: ", "The shortest way to green", "Remarks"], &rules[..]].concat();
        let is_ours = |heading: &String| {
            ours.iter().any(|ours| heading.contains(ours)) || heading.starts_with("Shadow")
        };
        assert!(page.headings.iter().all(is_ours), "{word:?}: {:?}\n{run}", page.headings);
        // One head and four rules, each of three cells.
        assert_eq!(page.cells_of_rows, [3; 5], "{word:?}\n{run}");
        // Whatever GitHub would link or notify stands in code only.
        for linked in ["evil.example", "@octocat", "#1", "alert(1)"] {
            assert!(!page.plain.contains(linked), "{word:?}: {linked} as plain text\n{run}");
        }
        let bad: BTreeSet<char> =
            run.stdout.chars().filter(|&c| !is_harmless(c) && c != '\u{2060}').collect();
        assert!(bad.is_empty(), "{word:?}: {bad:?}\n{run}");
    }
}

#[test]
fn the_names_of_rules_are_plain_words_in_markdown() {
    for name in HOSTILE.iter().filter(|name| !name.contains(char::is_control)) {
        let policy = format!("version: 1\nrules: {{ {}: {{ review: {{}} }} }}\n", json!(name));
        let repository = Repository::with_policy(&policy);
        let run = repository.gate_check().arg("--format").arg("markdown").run();
        run.expect_exit(3);
        let page = parsed(&run.stdout);
        assert_eq!((page.links, page.images, page.html.len()), (0, 0, 0), "{name:?}\n{run}");
        assert_eq!(page.cells_of_rows, [3; 2], "{name:?}\n{run}");
        assert!(!page.plain.contains("@octocat"), "{name:?}\n{run}");
    }
}

#[test]
fn a_name_of_a_hundred_kilobytes_does_not_push_out_what_matters() {
    let long = "n".repeat(100_000);
    let findings = [
        finding(&long, "src/a.py", 1).text(&long),
        finding("B1", &format!("src/{long}.py"), 2),
        finding("B2", "src/b.py", 3),
    ];
    let repository = Repository::with_rule("findings: { report: bandit, at-most: 0 }")
        .file("bandit.json", Bandit::with(findings).json());
    let text = repository.gate_check().run();
    text.expect_exit(1).expect_line("findings, severity low or above: 3 > 0 ✗");
    let markdown = repository.gate_check().arg("--format").arg("markdown").run();
    assert!(markdown.stdout.len() <= 65_535, "{} bytes", markdown.stdout.len());
    markdown.expect_line("findings, severity low or above: 3 > 0 ✗");
}

/// A verdict of many rules with many items each.
pub(crate) fn huge() -> Verdict {
    let mut policy = "version: 1\nreports: { bandit: { file: bandit.json } }\nrules:\n".to_owned();
    for index in 0..40 {
        policy.push_str(&format!(
            "  clean ä{index}: {{ findings: {{ report: bandit, at-most: {index} }} }}\n"
        ));
    }
    let findings = (0..120).map(|line| finding("B602", &format!("src/ö{line}.py"), line + 1));
    let report =
        report::read(Bandit::with(findings).json().as_bytes(), &ReadOptions::default()).unwrap();
    let evidence = Evidence::nothing().with_report("bandit", Piece::Present(report));
    evaluate(&Policy::parse(&policy).unwrap(), &evidence, NOW.parse().unwrap())
}

fn lines(text: &str) -> usize {
    text.lines().filter(|line| !line.is_empty()).count()
}

#[test]
fn markdown_keeps_within_its_bytes_and_counts_what_it_leaves_out() {
    let verdict = huge();
    let whole = render::markdown(&verdict, usize::MAX);
    assert!(whole.len() > 200_000 && !whole.contains("did not fit"));
    let mut before = 0;
    for bound in (1_000..=70_000).step_by(997) {
        let page = render::markdown(&verdict, bound);
        assert!(page.len() <= bound, "{} bytes of {bound}", page.len());
        let (shown, note) = page.trim_end().rsplit_once('\n').unwrap();
        let left_out: usize = note
            .strip_prefix('_')
            .and_then(|note| note.split(' ').next())
            .and_then(|count| count.parse().ok())
            .unwrap_or_else(|| panic!("{bound}: the page ends with the count, not with {note:?}"));
        assert!(note.contains("did not fit here"), "{note}");
        assert_eq!(lines(shown) + left_out, lines(&whole), "at {bound} bytes");
        assert!(lines(shown) >= before, "more room shows no less");
        assert!(page.starts_with("### ✗ "), "the outcome comes first");
        before = lines(shown);
    }
}

#[test]
fn markdown_that_has_room_leaves_nothing_out() {
    let verdict = huge();
    let whole = render::markdown(&verdict, usize::MAX);
    assert_eq!(render::markdown(&verdict, whole.len() + 200), whole);
    // Less than the least is the least.
    assert!(render::markdown(&verdict, 0).len() <= render::MIN_MARKDOWN_BYTES);
}

fn red(format: &str) -> String {
    let baseline = "bandit=baseline/bandit.json";
    let check = gate(["check", "--now", NOW, "--baseline", baseline, "--format", format]);
    let run = check.in_folder(fixture("peak-trade/red")).run();
    run.expect_exit(1);
    run.stdout
}

#[test]
fn the_red_verdict_as_text() {
    let text = red("text");
    assert!(text.starts_with("✗ Failed: 4 of 5 required rules not met"), "{text}");
    let failed = text.find("✗ failed        enough of the project is tested").unwrap();
    let passed = text.find("✓ passed        coverage does not drop").unwrap();
    assert!(failed < passed, "the worst first");
    insta::assert_snapshot!("red_text", text);
}

#[test]
fn the_red_verdict_as_markdown() {
    let markdown = red("markdown");
    assert_eq!(parsed(&markdown).cells_of_rows, [3; 7], "a head, five rules, and an advisory one");
    insta::assert_snapshot!("red_markdown", markdown);
}

#[test]
fn text_and_json_and_markdown_name_every_rule() {
    let checked = check_in(fixture("peak-trade/red"), &[]);
    let markdown = red("markdown");
    for rule in checked.json["rules"].as_array().unwrap() {
        let name = rule["name"].as_str().unwrap();
        checked.expect_line(name);
        assert!(markdown.contains(name), "{name}");
    }
}
