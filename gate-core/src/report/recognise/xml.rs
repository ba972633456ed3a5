//! XML and what resembles it, by the first element.

use super::Looks;
use crate::report::Format;

/// The beginning ends before anything can be told.
const CUT: Looks = Looks::Unclear("XML whose first element does not come soon");

pub(super) fn look(text: &str) -> Looks {
    let mut is_html = false;
    let Some((name, rest)) = next_element(text, &mut is_html) else {
        return if is_html { Looks::Other("an HTML page") } else { CUT };
    };
    if is_html || name.eq_ignore_ascii_case("html") {
        return Looks::Other("an HTML page");
    }
    if name == "coverage" {
        return coverage(rest);
    }
    if matches!(name, "testsuites" | "testsuite") {
        return Looks::Like(Format::Junit);
    }
    if name == "report" {
        return Looks::Like(Format::Jacoco);
    }
    Looks::Other(by_root(name).unwrap_or("XML of another kind"))
}

/// What XML with this root element is, where it is none that is read.
pub(in crate::report) fn by_root(name: &str) -> Option<&'static str> {
    Some(match name {
        "testsuites" | "testsuite" => "JUnit XML",
        "report" => "JaCoCo XML",
        "bom" => "CycloneDX XML",
        "CoverageSession" => "OpenCover XML",
        "results" => "Visual Studio's coverage XML",
        "TestRun" => "Visual Studio's test results",
        "assemblies" => "xUnit.net XML",
        "test-run" => "NUnit XML",
        "phpunit" => "PHPUnit XML",
        "checkstyle" => "Checkstyle XML",
        "BugCollection" => "SpotBugs XML",
        "pmd" => "PMD XML",
        "Error" => "an error page of a storage service",
        name if name.eq_ignore_ascii_case("html") => "an HTML page",
        _ => return None,
    })
}

/// Three formats begin with `coverage`; their roots' children differ.
fn coverage(rest: &str) -> Looks {
    let Some(end) = tag_end(rest) else {
        return Looks::Like(Format::Cobertura);
    };
    let (attributes, content) = rest.split_at(end);
    let child = next_element(content.trim_start_matches('>'), &mut false).map(|(name, _)| name);
    match child {
        _ if attributes.split_ascii_whitespace().any(|a| a.starts_with("clover=")) => {
            Looks::Like(Format::Clover)
        }
        Some("project") => Looks::Like(Format::Clover),
        Some("file") => Looks::Other("SonarQube's generic coverage XML"),
        Some(_) | None => Looks::Like(Format::Cobertura),
    }
}

/// The local name of the first element, and what follows the name. Passes over declarations,
/// comments and a document type, of which it notices HTML's.
fn next_element<'a>(text: &'a str, is_html: &mut bool) -> Option<(&'a str, &'a str)> {
    let mut rest = text.trim_start();
    loop {
        rest = if let Some(declaration) = rest.strip_prefix("<?") {
            after(declaration, "?>")?
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            after(comment, "-->")?
        } else if let Some(declaration) = rest.strip_prefix("<!") {
            let name = declaration.split_ascii_whitespace().nth(1).unwrap_or_default();
            let name = name.split('>').next().unwrap_or_default();
            *is_html |= name.eq_ignore_ascii_case("html");
            after_declaration(declaration)?
        } else {
            break;
        }
        .trim_start();
    }
    let tag = rest.strip_prefix('<')?;
    let end = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'))?;
    let (name, rest) = tag.split_at(end);
    Some((name.rsplit(':').next().unwrap_or(name), rest))
}

fn after<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    text.split_once(end).map(|(_, rest)| rest)
}

/// What follows a document type, whose internal subset may hold `>` in brackets and in quotes.
fn after_declaration(text: &str) -> Option<&str> {
    let (mut quote, mut brackets) = (None, 0_u32);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => brackets += 1,
            (None, ']') => brackets = brackets.saturating_sub(1),
            (None, '>') if brackets == 0 => return text.get(at + 1..),
            (None, _) => {}
        }
    }
    None
}

/// Where the `>` of a start tag is.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(at),
            (None, _) => {}
        }
    }
    None
}
