//! The problems of a policy, each with the offending line and a caret, as the Rust compiler shows
//! errors.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};

use super::Colour;
use crate::{measure::harmless, policy::PolicyError};

/// Every problem of the policy `text`, which is known to the reader as `name`.
#[must_use]
pub fn problems(name: &str, text: &str, error: &PolicyError, colour: Colour) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The snippets show other controls as pictures, but would let these reach the terminal. The mark
    // in their place has as many bytes, so that every problem keeps its place.
    let text = &text.replace(|c| matches!(c, '\u{80}'..='\u{9f}'), "\u{bf}");
    let renderer = match colour {
        Colour::Never => Renderer::plain(),
        Colour::Ansi => Renderer::styled(),
    }
    .decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for problem in error.problems() {
        let span = problem.place.range(text);
        let snippet = Snippet::source(text)
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
