//! Neither JSON nor XML.

use super::Looks;

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

pub(super) fn look(text: &str) -> Looks {
    const BEGINNINGS: [(&str, &str); 7] = [
        ("TN:", "LCOV"),
        ("SF:", "LCOV"),
        ("mode: ", "a Go coverage profile"),
        ("Traceback (most recent call last)", "a Python traceback: the tool crashed"),
        ("Run started:", "Bandit's text report"),
        ("No known vulnerabilities found", "what pip-audit prints for people"),
        ("usage: ", "the usage message of a tool that was called wrongly"),
    ];
    if let Some((_, name)) = BEGINNINGS.iter().find(|(start, _)| text.starts_with(start)) {
        return Looks::Other(name);
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
