//! Comments and attributes that tell a tool to pass over something.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::bytes::{Regex, RegexSet};

/// One of them, as it stands on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Silence<'a> {
    /// Which, by its place in the table.
    tool: usize,
    /// What it passes over, in upper case; nothing where it passes over everything.
    codes: BTreeSet<Vec<u8>>,
    /// As it is written.
    pub(super) text: &'a [u8],
}

/// What each tool reads. The group `codes`, where there is one, is what is passed over; without
/// it, everything is.
const TOOLS: [&str; 29] = [
    // Bandit.
    r"(?i)#\s*nosec\b:?(?P<codes>[ \t,]*\b[A-Z]\d{3}\b(?:[ \t,]+[A-Z]\d{3}\b)*)?",
    // flake8 and Ruff, one line.
    r"(?i)#\s*noqa\b(?:\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?",
    // flake8 and Ruff, a whole file.
    r"(?i)#\s*(?:flake8|ruff)\s*[:=]\s*noqa\b(?:\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?",
    // MyPy and other type checkers.
    r"#\s*type:\s*ignore\b(?:\[(?P<codes>[^\]\n]*)\])?",
    r"#\s*mypy:\s*(?:ignore-errors|disable-error-code|allow-|no-)\S*",
    r"#\s*(?:pyright|ty|pyre):\s*(?:ignore|basic|off)\b(?:\[(?P<codes>[^\]\n]*)\])?",
    r"#\s*pyre-(?:ignore|fixme)\w*(?:\[(?P<codes>[^\]\n]*)\])?",
    // coverage.py.
    r"(?i)#\s*pragma[:\s]?\s*no\s*(?:cover|branch)\b",
    r"(?i)#\s*pylint\s*:\s*(?:disable|skip-file)[\w-]*(?:\s*=\s*(?P<codes>[\w,\s-]+))?",
    r"(?i)\bno(?:semgrep|sem)\b(?:\s*:\s*(?P<codes>[\w.,\s-]+))?",
    // ESLint and what has its words.
    r"\b(?:es|ox|ts|js|style|std)lint-disable[\w-]*(?P<codes>[ \t]+[@\w][\w@/,\s-]*)?",
    r"@ts-(?:ignore|nocheck|expect-error)\b",
    r"\bbiome-ignore(?:-\w+)*\b(?:\s+(?P<codes>[\w/]+))?",
    // Istanbul, c8, Vitest.
    r"\b(?:istanbul|c8|v8)\s+ignore\s+(?:next|file|if|else|start|line|branch)\b",
    // Go.
    r"//\s*nolint\b(?::(?P<codes>[\w,\s-]+))?",
    r"#nosec\b",
    r"//\s*coverage:ignore\b",
    // Sonar, PMD, Checkstyle, SpotBugs.
    r"\bNOSONAR\b|\bNOPMD\b|\bCHECKSTYLE:OFF\b",
    r"@(?:SuppressWarnings|SuppressFBWarnings|Suppress|SuppressLint)\b\s*(?:\((?P<codes>[^)\n]*)\))?",
    // C and C++, gcov, lcov.
    r"\bNOLINT(?:NEXTLINE|BEGIN)?\b(?:\((?P<codes>[^)\n]*)\))?",
    r"\b(?:LCOV|GCOV|GCOVR)_EXCL(?:_BR)?_(?:LINE|START)\b",
    r"#\s*pragma\s+(?:warning\s*[( ]\s*disable|(?:GCC|clang)\s+diagnostic\s+ignored)",
    // Rust.
    r"#!?\[\s*(?:cfg_attr\s*\(.*)?(?:allow|coverage\s*\(\s*off)\s*\(?(?P<codes>[^)\]\n]*)",
    r"\btarpaulin::skip\b|cfg\(not\(tarpaulin_include\)\)",
    // .NET.
    r"\[\s*(?:assembly:\s*)?(?:ExcludeFromCodeCoverage|SuppressMessage)\b",
    // PHP and Ruby.
    r"@phpstan-ignore\S*|@psalm-suppress\b|@codeCoverageIgnore\w*|phpcs:(?:ignore|disable)\b",
    r"#\s*(?:rubocop:(?:disable|todo)\b(?P<codes>[\w/,\s]*)|:nocov:)",
    // Shells, containers, infrastructure.
    r"#\s*(?:shellcheck\s+disable|hadolint\s+(?:global\s+)?ignore)=(?P<codes>[\w,]+)",
    r"#\s*(?:checkov:skip|tfsec:ignore|trivy:ignore|kics-scan\s+(?:ignore|disable)|zizmor:\s*ignore)\S*",
];

static SET: LazyLock<Option<RegexSet>> = LazyLock::new(|| RegexSet::new(TOOLS).ok());
static EACH: LazyLock<Vec<Option<Regex>>> =
    LazyLock::new(|| TOOLS.iter().map(|pattern| Regex::new(pattern).ok()).collect());

/// Whether the line has any.
pub(super) fn is_any(line: &[u8]) -> bool {
    SET.as_ref().is_some_and(|set| set.is_match(line))
}

/// Those of the line.
pub(super) fn of(line: &[u8]) -> Vec<Silence<'_>> {
    let Some(set) = SET.as_ref().filter(|set| set.is_match(line)) else { return Vec::new() };
    let mut all = Vec::new();
    for tool in set.matches(line) {
        let Some(pattern) = EACH.get(tool).and_then(Option::as_ref) else { continue };
        for found in pattern.captures_iter(line) {
            let Some(whole) = found.get(0) else { continue };
            let codes = found.name("codes").map(|codes| codes.as_bytes()).unwrap_or_default();
            let is_code = |byte: &u8| !byte.is_ascii_whitespace() && !b",\"'{}".contains(byte);
            let codes = codes
                .split(|byte| !is_code(byte))
                .filter(|code| !code.is_empty())
                .map(<[u8]>::to_ascii_uppercase);
            all.push(Silence { tool, codes: codes.collect(), text: whole.as_bytes() });
        }
    }
    // `#nosec` is Go's and Bandit's: what lies within another is that other one.
    let spans: Vec<&[u8]> = all.iter().map(|silence| silence.text).collect();
    let is_within = |inner: &[u8], outer: &[u8]| {
        let (inner, outer) = (inner.as_ptr_range(), outer.as_ptr_range());
        outer.start <= inner.start && inner.end <= outer.end
    };
    let mut index = 0;
    all.retain(|silence| {
        let here = index;
        index += 1;
        !spans.iter().enumerate().any(|(other, span)| {
            let (shorter, same) =
                (span.len() > silence.text.len(), span.len() == silence.text.len());
            other != here && (shorter || same && other < here) && is_within(silence.text, span)
        })
    });
    all
}

impl Silence<'_> {
    /// Whether what this passes over has all of what the other one does.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let all = |silence: &Self| silence.codes.is_empty();
        self.tool == other.tool
            && (all(self) || !all(other) && self.codes.is_superset(&other.codes))
    }
}

#[cfg(test)]
pub(super) fn every_pattern_compiles() -> bool {
    SET.is_some() && EACH.iter().all(Option::is_some)
}
