//! The verdict as JUnit XML, for every CI that shows test results: each rule is a test case.
//!
//! What decides nothing never turns a reader red, and what could not be decided is never green: an
//! advisory rule that does not hold is skipped here, and an undecided or awaited one is an error.

use quick_xml::escape::escape;

use super::{Colour, rule_text, would_have};
use crate::{
    Verdict,
    measure::{Outcome, harmless},
    policy::Mode,
    rule::RuleVerdict,
};

/// The verdict as JUnit XML. Ends with a line break.
#[must_use]
pub fn junit(verdict: &Verdict) -> String {
    let mut cases: Vec<Case> = verdict.rules.iter().map(case).collect();
    // A gate can be undecided with no rule to blame: none applied.
    let passes = matches!(verdict.outcome, Outcome::Passed);
    if !passes && !cases.iter().any(|case| matches!(case.state, State::Failure | State::Error)) {
        cases.push(Case {
            class: "gate".to_owned(),
            name: "gate".to_owned(),
            state: State::Error,
            word: verdict.outcome.word(),
            message: verdict.title.to_string(),
            body: String::new(),
        });
    }
    let count = |wanted: State| cases.iter().filter(|case| case.state == wanted).count();
    let totals = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        cases.len(),
        count(State::Failure),
        count(State::Error),
        count(State::Skipped)
    );
    let title = attribute(&verdict.title.to_string());
    let now = verdict.now;
    let body: String = cases.iter().map(Case::xml).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"gate\" {totals}>\n\
         \x20 <testsuite name=\"gate\" {totals} timestamp=\"{now}\">\n\
         \x20   <properties>\n\
         \x20     <property name=\"outcome\" value=\"{}\"/>\n\
         \x20     <property name=\"title\" value=\"{title}\"/>\n\
         \x20   </properties>\n\
         {body}\
         \x20 </testsuite>\n\
         </testsuites>\n",
        verdict.outcome.word()
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Passed,
    Failure,
    Error,
    Skipped,
}

struct Case {
    class: String,
    name: String,
    state: State,
    word: &'static str,
    message: String,
    body: String,
}

fn case(rule: &RuleVerdict) -> Case {
    let state = match (rule.mode, rule.outcome) {
        (_, Outcome::Passed) => State::Passed,
        (_, Outcome::Skipped) => State::Skipped,
        (Mode::Required, Outcome::Failed) => State::Failure,
        (Mode::Required, Outcome::Inconclusive | Outcome::Pending) => State::Error,
        (Mode::Advisory | Mode::Shadow, _) => State::Skipped,
    };
    let because = rule.reasons.first().map(|reason| reason.message.to_string());
    let because = because.unwrap_or_default();
    let message = match rule.mode {
        Mode::Required => because,
        Mode::Advisory => format!("{} (advisory): {because}", rule.outcome.word()),
        Mode::Shadow => format!("{} (shadow): {because}", would_have(rule.outcome)),
    };
    Case {
        class: format!("gate.{}", rule.kind),
        name: harmless(&rule.name),
        state,
        word: rule.outcome.word(),
        message,
        body: rule_text(rule, Colour::Never),
    }
}

impl Case {
    fn xml(&self) -> String {
        let Self { class, name, state, word, message, body } = self;
        let (message, text) = (attribute(message), content(body));
        let inner = match state {
            State::Passed => String::new(),
            State::Failure => {
                format!("      <failure type=\"{word}\" message=\"{message}\">{text}</failure>\n")
            }
            State::Error => {
                format!("      <error type=\"{word}\" message=\"{message}\">{text}</error>\n")
            }
            State::Skipped => format!("      <skipped message=\"{message}\"/>\n"),
        };
        let said = match state {
            State::Passed | State::Skipped if !body.is_empty() => {
                format!("      <system-out>{text}</system-out>\n")
            }
            State::Passed | State::Failure | State::Error | State::Skipped => String::new(),
        };
        format!(
            "    <testcase classname=\"{}\" name=\"{}\">\n{inner}{said}    </testcase>\n",
            attribute(class),
            attribute(name)
        )
    }
}

/// Text on one line, as the value of an attribute.
fn attribute(text: &str) -> String {
    content(&harmless(text))
}

/// Text as the content of an element: what XML cannot hold at all is replaced.
fn content(text: &str) -> String {
    let held = |c: char| if matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c };
    escape(text.chars().map(held).collect::<String>()).into_owned()
}
