//! Neither JSON nor XML.

use super::Looks;
use crate::report::Format;

/// Files that begin with a signature.
pub(super) fn by_signature(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: [(&[u8], &str); 5] = [
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"SQLite format 3\0", "an SQLite database, as coverage.py's `.coverage` is"),
        (b"%PDF-", "a PDF"),
        (b"version https://git-lfs.github.com/", "a Git LFS pointer"),
    ];
    SIGNATURES.iter().find(|(start, _)| bytes.starts_with(start)).map(|&(_, name)| name)
}

/// What a text is, by its beginning.
const BEGINNINGS: &[(&str, Looks)] = &[
    ("TN:", Looks::Like(Format::Lcov)),
    ("SF:", Looks::Like(Format::Lcov)),
    ("mode: ", Looks::Like(Format::GoCover)),
    // The notice of Safety 3, which its JSON follows; with the colours of a terminal or without.
    ("+====================", Looks::Like(Format::Safety)),
    ("\u{1b}[33m\u{1b}[1m+====================", Looks::Like(Format::Safety)),
    ("Traceback (most recent call last)", Looks::Other("a Python traceback: the tool crashed")),
    ("Run started:", Looks::Other("Bandit's text report")),
    ("No known vulnerabilities found", Looks::Other("what pip-audit prints for people")),
    ("Found ", Looks::Other("the summary that a tool prints for people")),
    ("usage: ", Looks::Other("the usage message of a tool that was called wrongly")),
];

pub(super) fn look(text: &str) -> Looks {
    let text = without_remarks(text);
    if let Some((_, looks)) = BEGINNINGS.iter().find(|(start, _)| text.starts_with(start)) {
        return *looks;
    }
    match text.chars().next() {
        // A number, text or word of JSON; its reader says where it stops being one.
        Some('"' | '-' | '0'..='9' | 't' | 'f' | 'n' | 'N' | 'I') => Looks::Unclear("plain text"),
        Some(c) if c.is_control() || c == char::REPLACEMENT_CHARACTER => {
            Looks::Other("bytes that are no text")
        }
        Some(_) => Looks::Other("plain text"),
        None => Looks::Unclear("nothing"),
    }
}

/// The text behind the remarks that LCOV may begin with.
fn without_remarks(text: &str) -> &str {
    let mut rest = text;
    while rest.starts_with('#')
        && let Some((_, behind)) = rest.split_once('\n')
    {
        rest = behind.trim_start();
    }
    let is_lcov = rest.starts_with("TN:") || rest.starts_with("SF:");
    if is_lcov { rest } else { text }
}
