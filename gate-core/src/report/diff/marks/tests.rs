//! Tests that are gone, and tests that are not to run or may fail.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use regex::bytes::Regex;

use super::{Language, Line, Sides, short};
use crate::evidence::{Mark, MarkKind};

/// A pattern that is compiled once; one that does not compile fits nothing, which a test finds.
type Pattern = LazyLock<Option<Regex>>;

macro_rules! pattern {
    ($(#[$doc:meta])* $name:ident = $text:literal) => {
        $(#[$doc])*
        static $name: Pattern = LazyLock::new(|| Regex::new($text).ok());
    };
}

pattern!(
    PYTHON_SKIP = r"(?x) \bmark\s*\.\s*(?:skip|skipif|xfail)\b
        | @\s*(?:unittest\s*\.\s*)?(?:skip|skipIf|skipUnless|expectedFailure)\b
        | \b(?:pytest|self|cls)\s*\.\s*(?:skip|skipTest|xfail|importorskip)\s*\(
        | \braise\s+(?:unittest\s*\.\s*)?SkipTest\b | \b__test__\s*=\s*False\b
        | \bcollect_ignore(?:_glob)?\b"
);
pattern!(
    JAVASCRIPT_SKIP = r"(?x) \b(?:it|test|describe|context|suite|bench)\s*(?:\.\s*\w+)*\.\s*
        (?:skip|skipIf|only|todo|fixme|fails|failing)\b
        | \b(?:xit|xtest|xdescribe|xcontext|fit|fdescribe)\s*[(`] | \bthis\s*\.\s*skip\s*\("
);
pattern!(GO_SKIP = r"\b[tbf]\s*\.\s*Skip(?:f|Now)?\s*\(");
pattern!(RUST_SKIP = r"#\[\s*(?:ignore\b|cfg_attr\s*\(.*\bignore\b)");
pattern!(RUBY_SKIP = r"^\s*(?:skip|pending|xit|xdescribe|xcontext|fit|fdescribe)\b");
pattern!(PHP_SKIP = r"\bmarkTest(?:Skipped|Incomplete)\s*\(");
pattern!(
    JVM_SKIP = r"@(?:[\w.]+\.)?(?:Disabled\w*|Ignore)\b|\bassume(?:True|False|That)\s*\(|\bTestAbortedException\b"
);
pattern!(
    DOT_NET_SKIP = r#"\[\s*(?:Ignore|Explicit)\b|\bSkip\s*=\s*["$@]|\bAssert\s*\.\s*(?:Ignore|Inconclusive)\s*\("#
);
pattern!(
    OTHER_SKIP = r"--(?:deselect|ignore|ignore-glob|testPathIgnorePatterns|exclude-task)\b[= ]|-DskipTests\b|-Dmaven\.test\.skip\b"
);

pattern!(PYTHON_TEST = r"^\s*(?:async\s+)?def\s+(test\w*)\s*[\(\[]");
pattern!(
    JAVASCRIPT_TEST =
        r#"^\s*(?:it|test)\s*(?:\.\s*\w+\s*(?:\([^)]*\))?)*\s*\(\s*["'`]([^"'`]+)["'`]"#
);
pattern!(GO_TEST = r"^func\s+((?:Test|Fuzz|Benchmark|Example)\w*)\s*\(");
pattern!(
    RUBY_TEST =
        r#"^\s*(?:(?:it|specify|scenario|test)\s*\(?\s*["']([^"']+)["']|def\s+(test_\w+[?!]?))"#
);
pattern!(PHP_TEST = r"^\s*(?:\w+\s+)*function\s+(test\w*)\s*\(");
pattern!(
    /// What marks the function after it as a test.
    ATTRIBUTE = r"(?x) ^\s*(?:\#\[\s*(?:\w+\s*::\s*)*(?:test|rstest|test_case|quickcheck|proptest|bench)\b
        |@(?:[\w.]+\.)?(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property)\b
        |\[\s*(?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod)\b)"
);
pattern!(
    /// The function after it.
    FUNCTION = r"\b(?:fn|fun|void|def|Task|function)\s+`?([^\s`(<][^`(<]*)");

/// What keeps a test from being run on this line, or lets it fail.
pub(super) fn skip(line: &[u8], language: Language) -> Option<&[u8]> {
    let pattern = match language {
        Language::Python => &PYTHON_SKIP,
        Language::JavaScript => &JAVASCRIPT_SKIP,
        Language::Go => &GO_SKIP,
        Language::Rust => &RUST_SKIP,
        Language::Ruby => &RUBY_SKIP,
        Language::Php => &PHP_SKIP,
        Language::Jvm => &JVM_SKIP,
        Language::DotNet => &DOT_NET_SKIP,
        Language::Other => &OTHER_SKIP,
        Language::Prose => return None,
    };
    let text = line.trim_ascii_start();
    // What is commented out keeps nothing from running.
    let comment: &[u8] = match language {
        Language::Python | Language::Ruby | Language::Other => b"#",
        Language::JavaScript
        | Language::Go
        | Language::Rust
        | Language::Php
        | Language::Jvm
        | Language::DotNet
        | Language::Prose => b"//",
    };
    let found = pattern.as_ref()?.is_match(line) && !text.starts_with(comment);
    found.then_some(text)
}

/// The beginning of a test.
struct Begin<'a> {
    name: &'a [u8],
    line: Line<'a>,
}

/// The tests whose beginning went, unless one of the same name came, or the name alone is another.
pub(super) fn removed(sides: &[Sides<'_>], languages: &[Language], marks: &mut [Vec<Mark>]) {
    let all = || sides.iter().zip(languages);
    let gone: Vec<Vec<Begin<'_>>> =
        all().map(|(sides, language)| begins(&sides.gone, *language)).collect();
    let come: Vec<Vec<Begin<'_>>> =
        all().map(|(sides, language)| begins(&sides.come, *language)).collect();
    let mut names: HashMap<&[u8], u32> = HashMap::new();
    for begin in come.iter().flatten() {
        *names.entry(begin.name).or_default() += 1;
    }
    for ((gone, come), marks) in gone.into_iter().zip(&come).zip(marks) {
        let known: HashSet<&[u8]> = gone.iter().map(|begin| begin.name).collect();
        for Begin { name, line } in gone {
            if let Some(left) = names.get_mut(name).filter(|left| **left > 0) {
                *left -= 1;
                continue;
            }
            // The body stands, and another name stands above it.
            let renamed = come.iter().any(|other| {
                let same_group = other.line.group == line.group;
                let above_body = other.line.is_last && line.is_last;
                same_group && above_body && !known.contains(other.name)
            });
            if !renamed {
                let text = if name.is_empty() { short(line.text) } else { short(name) };
                marks.push(Mark {
                    kind: MarkKind::RemovedTest,
                    line: line.number,
                    gone: true,
                    text,
                });
            }
        }
    }
}

fn begins<'a>(lines: &[Line<'a>], language: Language) -> Vec<Begin<'a>> {
    let pattern = match language {
        Language::Python => &PYTHON_TEST,
        Language::JavaScript => &JAVASCRIPT_TEST,
        Language::Go => &GO_TEST,
        Language::Ruby => &RUBY_TEST,
        Language::Php => &PHP_TEST,
        Language::Rust | Language::Jvm | Language::DotNet => return attributed(lines),
        Language::Prose | Language::Other => return Vec::new(),
    };
    let Some(pattern) = pattern.as_ref() else { return Vec::new() };
    let begin = |line: &Line<'a>| {
        let found = pattern.captures(line.text)?;
        let name = found.iter().skip(1).flatten().next()?;
        Some(Begin { name: name.as_bytes(), line: *line })
    };
    lines.iter().filter_map(begin).collect()
}

/// Tests that an attribute before a function makes tests. Where the function stays, the attribute
/// has no name.
fn attributed<'a>(lines: &[Line<'a>]) -> Vec<Begin<'a>> {
    let (Some(attribute), Some(function)) = (ATTRIBUTE.as_ref(), FUNCTION.as_ref()) else {
        return Vec::new();
    };
    let mut begins = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if !attribute.is_match(line.text) {
            continue;
        }
        let group = lines.iter().skip(index).take_while(|other| other.group == line.group);
        let named = group.take(MOST_BETWEEN).find_map(|other| {
            let name = function.captures(other.text)?.get(1)?;
            Some(Begin { name: name.as_bytes().trim_ascii(), line: *other })
        });
        begins.push(named.unwrap_or(Begin { name: &[], line: *line }));
    }
    begins
}

/// So many lines from an attribute on its function is looked for.
const MOST_BETWEEN: usize = 8;

#[cfg(test)]
pub(super) fn every_pattern_compiles() -> bool {
    [
        &PYTHON_SKIP,
        &JAVASCRIPT_SKIP,
        &GO_SKIP,
        &RUST_SKIP,
        &RUBY_SKIP,
        &PHP_SKIP,
        &JVM_SKIP,
        &DOT_NET_SKIP,
        &OTHER_SKIP,
        &PYTHON_TEST,
        &JAVASCRIPT_TEST,
        &GO_TEST,
        &RUBY_TEST,
        &PHP_TEST,
        &ATTRIBUTE,
        &FUNCTION,
    ]
    .into_iter()
    .all(|pattern| pattern.is_some())
}
