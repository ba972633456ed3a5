//! Which format some bytes are, by their beginning.
//!
//! Looks at the first 64 KiB at most, never at a whole report, and names what it does not read:
//! "this is SARIF, not Bandit JSON" tells a reader more than a missing key.

mod json;
mod text;
mod xml;

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::{Format, ReadError, ReadProblem};

pub(super) use xml::by_root;

/// The format of these bytes, which may be the beginning of a report only.
///
/// # Errors
/// When no reader knows them; the error says what they look like.
pub fn recognise(bytes: &[u8]) -> Result<Format, ReadError> {
    let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if content.trim_ascii().is_empty() {
        return Err(ReadError::new(ReadProblem::Empty));
    }
    let name = match look(bytes) {
        Looks::Like(format) => return Ok(format),
        Looks::PullRequest => "the gate's own pull-request.json",
        Looks::Other(name) | Looks::Unclear(name) => name,
    };
    Err(ReadError::new(ReadProblem::Unrecognised(name)))
}

/// What some bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// A format that is read.
    Like(Format),
    /// Our own description of a pull request.
    PullRequest,
    /// Certainly something else, of this name.
    Other(&'static str),
    /// Nothing that could be told, but for this. It may still be what somebody says it is.
    Unclear(&'static str),
}

/// How much is looked at.
const WINDOW: usize = 1 << 16;

/// What these bytes look like, by their beginning. Says nothing about whether they are well-formed.
pub(super) fn look(bytes: &[u8]) -> Looks {
    let window = bytes.get(..WINDOW).unwrap_or(bytes);
    if let Some(name) = text::by_signature(window) {
        return Looks::Other(name);
    }
    let (text, is_utf_16) = decode(window);
    let text = text.trim_start();
    match text.chars().next() {
        Some('<') => xml::look(text),
        Some(_) if is_utf_16 => Looks::Other("a text in UTF-16, as PowerShell's `>` writes it"),
        Some('{' | '[') => json::look(text),
        Some(_) | None => text::look(text),
    }
}

/// The text of the beginning, and whether it was in UTF-16. What is no text in that encoding is
/// replaced: the readers say so, with its place.
fn decode(window: &[u8]) -> (Cow<'_, str>, bool) {
    let utf_16 = match window {
        [0xff, 0xfe, rest @ ..] => Some((UTF_16LE, rest)),
        [0xfe, 0xff, rest @ ..] => Some((UTF_16BE, rest)),
        [b'<' | b'{' | b'[', 0, ..] => Some((UTF_16LE, window)),
        [0, b'<' | b'{' | b'[', ..] => Some((UTF_16BE, window)),
        _ => None,
    };
    match utf_16 {
        Some((encoding, bytes)) => (encoding.decode_without_bom_handling(bytes).0, true),
        None => {
            let content = window.strip_prefix(b"\xef\xbb\xbf").unwrap_or(window);
            (String::from_utf8_lossy(content), false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8]) -> String {
        match look(bytes) {
            Looks::Like(format) => format.name().to_owned(),
            Looks::PullRequest => "pull-request".to_owned(),
            Looks::Other(name) => name.to_owned(),
            Looks::Unclear(name) => format!("? {name}"),
        }
    }

    #[test]
    fn the_formats_that_are_read_are_recognised() {
        for (text, format) in [
            ("<coverage line-rate=\"1\">", "cobertura"),
            ("\u{feff}<?xml version=\"1.0\" ?>\n<!-- by hand --><coverage/>", "cobertura"),
            (
                "<?xml version='1.0'?><!DOCTYPE coverage SYSTEM 'http://x/y.dtd'>\n<coverage>\
                 <sources/>",
                "cobertura",
            ),
            ("<!DOCTYPE coverage [ <!ENTITY a \"]>\"> ]><coverage a='>'>", "cobertura"),
            ("<testsuites name=\"pytest tests\">", "junit"),
            ("<testsuite>", "junit"),
            ("<coverage generated=\"1\" clover=\"4.4\"><project", "clover"),
            ("<coverage generated=\"1\">\n  <!-- c --><project timestamp=\"1\">", "clover"),
            ("<!DOCTYPE report PUBLIC \"-//JACOCO//DTD\" \"r.dtd\"><report name=\"a\">", "jacoco"),
            ("TN:\nSF:a.py\n", "lcov"),
            ("SF:a.py\nDA:1,1\n", "lcov"),
            ("# a remark\n#\nTN:\n", "lcov"),
            ("mode: set\na.go:1.2,3.4 1 1\n", "go-cover"),
            (r#"{"meta": {"format": 3, "version": "7", "branch_coverage": tr"#, "coverage-py"),
            (r#"{"meta": {"version": "7"}, "files": {"a.py": {"#, "coverage-py"),
            (r#"{"schema": "gate/metrics/v1", "metrics": {"a": 1"#, "gate-metrics"),
            (r#"{"errors": [], "generated_at": "2026"#, "bandit"),
            (
                r#"[{"cell": null, "code": "F401", "end_location": {}, "filename": "/a.py"}]"#,
                "ruff",
            ),
            (r#"{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "ru"#, "sarif"),
            (r#"{"version": "2.1.0", "runs": [{"tool""#, "sarif"),
            (r#"{"schema": "gate/findings/v1", "tool": "#, "gate-findings"),
            (r#"{"bomFormat": "CycloneDX", "dependencies": [{"ref": "a"}]}"#, "cyclonedx"),
            (r#"{"components": [{"bom-ref": "a"}], "dependencies": ["#, "cyclonedx"),
            (r#"{"version": "1", "results": [{"check_id": "a"}]}"#, "semgrep"),
            (r#"{"results": [{"source": {}, "packages": [{"package": {"#, "osv-scanner"),
            (r#"{"results": [], "experimental_config": {"licenses": {}}}"#, "osv-scanner"),
            (r#"{"report_meta": {"scan_target": "#, "safety"),
            (r#"[["jinja2", "<2.10.1", "2.10", "text", "1"]]"#, "safety"),
            ("\n\n+=========================+\n\n\nDEPRECATED: this command", "safety"),
            (r#"{"file": "a.py", "line": 1, "column": 0, "message": "m", "hint": null}"#, "mypy"),
            (r#"{"errors": [{"filename": "a.py", "reason": "no"#, "bandit"),
            (r#"{"results": [{"code": "1 x", "test_id": "B1"#, "bandit"),
            (r#"{"errors": [], "metrics": {}, "results": []}"#, "bandit"),
            (r#"{"dependencies": [{"name": "a", "version": "1", "vulns": ["#, "pip-audit"),
            (r#"{"dependencies": [], "fixes": []}"#, "pip-audit"),
            (r#"[{"name": "a", "skip_reason": "b"}]"#, "pip-audit"),
            (r#"[{"name": "a", "version": "1", "vulns": []}]"#, "pip-audit"),
            (
                r#"{"version": 1, "base": {"ref": "m", "sha": "1"}, "head": {"ref": "f", "sha": "2"#,
                "pull-request",
            ),
        ] {
            assert_eq!(name(text.as_bytes()), format, "{text}");
        }
    }

    #[test]
    fn utf_16_is_seen_with_and_without_its_mark() {
        let encode =
            |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let xml = encode("\u{feff}<?xml version=\"1.0\" encoding=\"utf-16\"?><coverage/>");
        assert_eq!(recognise(&xml).unwrap(), Format::Cobertura);
        assert_eq!(recognise(&encode("<coverage/>")).unwrap(), Format::Cobertura);
        let big: Vec<u8> =
            "\u{feff}<coverage/>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(recognise(&big).unwrap(), Format::Cobertura);
        assert!(name(&encode("\u{feff}{}")).starts_with("a text in UTF-16"));
        assert!(name(&encode("[]")).starts_with("a text in UTF-16"));
    }

    #[test]
    fn what_is_not_read_is_named() {
        for (text, expected) in [
            ("<!DOCTYPE html><html>", "an HTML page"),
            ("\n<HTML lang=en>", "an HTML page"),
            ("<coverage version=\"1\"><file path=\"a\">", "SonarQube's generic coverage XML"),
            ("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\">", "CycloneDX XML"),
            ("<ns:other/>", "XML of another kind"),
            ("Traceback (most recent call last):\n", "a Python traceback: the tool crashed"),
            ("PK\u{3}\u{4}", "a ZIP archive"),
            ("Hello", "plain text"),
            (r#"[{"name": "pip", "version": "23"}]"#, "the output of pip list"),
            (r#"{"name": "x", "dependencies": {"a": "1"}}"#, "a package.json"),
            (r#"{"message": "Not Found", "documentation_url": "u"}"#, "an error of the GitHub API"),
            (r#"{"/a.js": {"path": "/a.js", "statementMap": {"#, "Istanbul JSON"),
        ] {
            assert_eq!(name(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_left_to_the_reader_that_was_asked_for() {
        for text in
            ["[]", "{}", "{", "[", "{\"", "[1", "null", "<!-- never ends", "<?xml", "<cover"]
        {
            assert!(matches!(look(text.as_bytes()), Looks::Unclear(_)), "{text}");
        }
        assert!(matches!(recognise(b" \n").unwrap_err().problem(), ReadProblem::Empty));
        assert!(matches!(recognise(b"\xef\xbb\xbf").unwrap_err().problem(), ReadProblem::Empty));
    }

    #[test]
    fn an_error_says_what_it_looks_like() {
        let error = recognise(br#"[{"filePath": "a.js", "messages": []}]"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "no known report format: this looks like ESLint JSON; known formats are {}",
                Format::names()
            )
        );
    }

    #[test]
    fn nothing_makes_it_panic_or_hang() {
        for seed in [
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            "<".repeat(100_000),
            "<!--".repeat(50_000),
            "<!DOCTYPE [".repeat(50_000),
            "<coverage a='".repeat(50_000),
            "\u{fffd}\0".repeat(1000),
        ] {
            look(seed.as_bytes());
        }
        let all: Vec<u8> = (0..=255).collect();
        for start in 0..all.len() {
            look(&all[start..]);
        }
    }
}
