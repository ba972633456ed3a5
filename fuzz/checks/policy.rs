//! Policies: a sound one lets nothing through without evidence, and every problem of another can be
//! shown at its place.

use gate_core::{
    evaluate,
    evidence::Evidence,
    measure::Outcome,
    policy::{Mode, NoRule, Policy},
    render::{self, Colour},
};
use jiff::Timestamp;

use super::verdict;

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let policy = match Policy::parse(text) {
        Ok(policy) => policy,
        Err(error) => {
            assert!(!error.problems().is_empty(), "refused without a word");
            let shown = text.strip_prefix('\u{feff}').unwrap_or(text);
            for problem in error.problems() {
                let range = problem.place.range(shown);
                assert!(shown.get(range).is_some(), "{problem:?} stands outside of the text");
            }
            let _ = render::problems("gate.yml", text, &error, Colour::Ansi);
            verdict::is_harmless(&render::problems("gate.yml", text, &error, Colour::Never));
            return;
        }
    };
    assert_eq!(Policy::parse(policy.text()).as_ref(), Ok(&policy), "it reads back from its text");
    for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        let verdict = evaluate(&policy, &Evidence::nothing(), now);
        if verdict.outcome == Outcome::Passed {
            assert_eq!(policy.when_no_rule_applies(), NoRule::Pass, "passed without evidence");
            assert!(policy.rules().iter().all(|rule| rule.mode != Mode::Required));
        }
        verdict::holds(&verdict);
    }
}
