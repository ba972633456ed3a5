//! The problems of a policy, each with the offending line and a caret, as the Rust compiler shows
//! errors.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};

use super::Colour;
use crate::{measure::harmless, policy::PolicyError};

/// Every problem of the policy `text`, which is known to the reader as `name`.
#[must_use]
pub fn problems(name: &str, text: &str, error: &PolicyError, colour: Colour) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = seen(text);
    let renderer = match colour {
        Colour::Never => Renderer::plain(),
        Colour::Ansi => Renderer::styled(),
    }
    .decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for problem in error.problems() {
        let span = problem.place.range(&text);
        let snippet = Snippet::source(text.as_str())
            .path(name)
            .fold(true)
            .annotation(AnnotationKind::Primary.span(span));
        let message = harmless(&problem.message);
        let mut report = Level::ERROR.primary_title(message.as_str()).element(snippet);
        let hint = problem.hint.as_deref().map(harmless);
        if let Some(hint) = &hint {
            report = report.element(Level::HELP.message(hint.as_str()));
        }
        out.push_str(&renderer.render(&[report]));
        out.push_str("\n\n");
    }
    out.push_str(&error.to_string());
    out.push('\n');
    out
}

/// The policy with a mark for each character beyond ASCII that controls a terminal or is not seen;
/// those of ASCII the snippets show as pictures. A mark has as many bytes as the character, so that
/// every problem keeps its place.
fn seen(text: &str) -> String {
    let mark = |c: char| match c.len_utf8() {
        2 => "\u{bf}",
        3 => "\u{fffd}",
        _ => "\u{bf}\u{bf}",
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() || harmless(c.encode_utf8(&mut [0; 4])).starts_with(c) {
            out.push(c);
        } else {
            out.push_str(mark(c));
        }
    }
    out
}
