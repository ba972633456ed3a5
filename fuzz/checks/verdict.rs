//! What holds for every verdict.

use gate_core::{
    Verdict,
    measure::Outcome,
    policy::Mode,
    render::{self, Colour, MIN_MARKDOWN_BYTES},
};

/// It is the worst of the required rules, shows itself in every medium, and says nothing harmful.
pub(crate) fn holds(verdict: &Verdict) {
    let required = verdict.rules.iter().filter(|rule| rule.mode == Mode::Required);
    let worst = Outcome::all_of(required.map(|rule| rule.outcome));
    if worst != Outcome::Skipped {
        assert_eq!(verdict.outcome, worst);
    }
    for rule in &verdict.rules {
        assert_eq!(rule.outcome, Outcome::all_of(rule.reasons.iter().map(|reason| reason.outcome)));
    }
    serde_json::to_string(&render::json::verdict(verdict)).expect("a verdict is shown as JSON");
    is_harmless(&render::text(verdict, Colour::Never));
    let _ = render::annotations(verdict);
    for most in [0, MIN_MARKDOWN_BYTES, 65_535] {
        let page = render::markdown(verdict, most);
        assert!(page.len() <= most.max(MIN_MARKDOWN_BYTES), "{} bytes", page.len());
        assert!(page.chars().all(|c| c == '\n' || !c.is_control()), "{page:?}");
    }
}

/// Nothing in it moves a terminal's cursor, rings or colours.
pub(crate) fn is_harmless(text: &str) {
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
}
