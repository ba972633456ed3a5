//! `tests`: the tests were run, and as many came out as they should.

use std::collections::HashMap;

use super::{
    Case, Code, Comparison, Detail, Item, Mend, Offer, Reason, Step, WaiverUse,
    reports::{self, Absent},
    waived::{Subject, Waivers},
};
use crate::{
    evidence::{Cases, Test, Tests},
    measure::{Location, Message, Outcome},
    policy::{Only, Rule, TestsRule, WaiverSubject},
};

pub(super) fn judge(
    named: &Rule,
    rule: &TestsRule,
    case: Case<'_>,
    uses: &mut [WaiverUse],
) -> Vec<Reason> {
    let head = match reports::present::<Tests>(&rule.report, case) {
        Ok(head) => head,
        Err(reason) => return vec![*reason],
    };
    let mut reasons = reports::reach(&rule.report, head.report, rule.demands);
    let tests = head.content;
    let is_test = |subject: &WaiverSubject| matches!(subject, WaiverSubject::Test { .. });
    let waivers = &mut Waivers::of(case.policy, named, case.today(), uses, is_test);
    if tests.ran() > 0 {
        reasons.push(ran(rule, tests));
    }
    match known(rule, case) {
        Ok((base, absolute)) => {
            reasons.extend(absolute);
            reasons.push(counted(rule, tests, base, (&FAILURES, rule.failures_at_most), waivers));
            reasons.push(counted(rule, tests, base, (&ERRORS, rule.errors_at_most), waivers));
            if let (Some(maximum), Some(base)) = (rule.vanished_at_most, base) {
                reasons.push(vanished(rule, tests, base, (maximum, waivers)));
            }
        }
        Err(reason) => {
            // What does not compare with the baseline is judged all the same.
            if rule.only == Only::Present {
                reasons.push(counted(
                    rule,
                    tests,
                    None,
                    (&FAILURES, rule.failures_at_most),
                    waivers,
                ));
                reasons.push(counted(rule, tests, None, (&ERRORS, rule.errors_at_most), waivers));
            }
            reasons.push(*reason);
        }
    }
    for (maximum, what) in [(rule.skipped_at_most, &SKIPPED), (rule.flaky_at_most, &FLAKY)] {
        if let Some(maximum) = maximum {
            reasons.push(counted(rule, tests, None, (what, maximum), waivers));
        }
    }
    reasons
}

/// What is counted of every test.
struct What {
    within: Code,
    above: Code,
    noun: &'static str,
    of: fn(Cases) -> u64,
    hint: &'static str,
}

const FAILURES: What = What {
    within: Code::TestFailuresWithinMaximum,
    above: Code::TestFailuresAboveMaximum,
    noun: "failures",
    of: |cases| cases.failures,
    hint: "mend what fails",
};

const ERRORS: What = What {
    within: Code::TestErrorsWithinMaximum,
    above: Code::TestErrorsAboveMaximum,
    noun: "errors",
    of: |cases| cases.errors,
    hint: "mend what cannot be carried out",
};

const SKIPPED: What = What {
    within: Code::SkippedTestsWithinMaximum,
    above: Code::SkippedTestsAboveMaximum,
    noun: "skipped",
    of: |cases| cases.skipped,
    hint: "let them run again",
};

const FLAKY: What = What {
    within: Code::FlakyTestsWithinMaximum,
    above: Code::FlakyTestsAboveMaximum,
    noun: "flaky",
    of: |cases| cases.flaky,
    hint: "find out why they do not always pass",
};

/// The baseline that the rule compares with, where it compares; and the reason that says so where
/// everything counts as introduced for want of one.
type Known<'a> = (Option<&'a Tests>, Option<Reason>);

fn known<'a>(rule: &TestsRule, case: Case<'a>) -> Result<Known<'a>, Box<Reason>> {
    if rule.only == Only::Present && rule.vanished_at_most.is_none() {
        return Ok((None, None));
    }
    match reports::baseline::<Tests>(&rule.report, case, rule.without_baseline) {
        Ok(base) => Ok((Some(base.content), None)),
        Err(Absent::Absolute(reason)) => Ok((None, Some(*reason))),
        Err(Absent::Reason(reason)) => Err(reason),
    }
}

/// At least so many tests were run.
fn ran(rule: &TestsRule, tests: &Tests) -> Reason {
    let comparison = Comparison::CountAtLeast { value: tests.ran(), minimum: rule.at_least };
    let holds = comparison.holds().unwrap_or_default();
    let message = Message::new("tests that were run: ").say(comparison);
    let code = if holds { Code::TestsAtMinimum } else { Code::TestsBelowMinimum };
    let reason = Reason::new(code, Outcome::of(holds), message).comparing(comparison);
    if holds {
        return reason;
    }
    let missing = rule.at_least.saturating_sub(tests.ran());
    let skipped = tests.tests.iter().filter(|test| !test.cases.ran());
    let again = skipped.map(|test| Offer::of(pass(rule, test), Detail::Plain, 1));
    let more = Offer::of(Step::NewTest { report: rule.report.clone() }, Detail::Plain, 1);
    reason
        .hint(Message::new(format_args!(
            "run {missing} more, or find out why they were not selected"
        )))
        .mended_by(Mend::gain(missing, again.chain([more]).collect()))
}

fn pass(rule: &TestsRule, test: &Test) -> Step {
    Step::Test { report: rule.report.clone(), part: test.part.clone(), name: test.name.clone() }
}

/// At most so many test cases came out in one way, beyond those that the baseline has of each test.
fn counted(
    rule: &TestsRule,
    tests: &Tests,
    base: Option<&Tests>,
    (what, maximum): (&What, u64),
    waivers: &mut Waivers<'_>,
) -> Reason {
    let introduced = rule.only == Only::Introduced && matches!(what.noun, "failures" | "errors");
    let base = base.filter(|_| introduced);
    let known: HashMap<_, u64> = base
        .iter()
        .flat_map(|base| &base.tests)
        .map(|test| (test.key(), (what.of)(test.cases)))
        .collect();
    let mut value = 0_u64;
    let mut about: Vec<&Test> = Vec::new();
    let mut waived: Vec<&Test> = Vec::new();
    let mut offers = Vec::new();
    for (index, test) in tests.tests.iter().enumerate() {
        let here = (what.of)(test.cases);
        let new = here.saturating_sub(known.get(&test.key()).copied().unwrap_or_default());
        if waivers.except(index, &Subject::Test(test), new > 0) {
            waived.push(test);
        } else if new > 0 {
            value = value.saturating_add(new);
            about.push(test);
            offers.push(Offer::of(pass(rule, test), Detail::Plain, new));
        }
    }
    let mut unlisted = Vec::new();
    for entry in &tests.unlisted {
        let of = |failures, errors| (what.of)(Cases { failures, errors, ..Cases::default() });
        let same = base
            .iter()
            .flat_map(|base| &base.unlisted)
            .find(|known| (&known.part, &known.suite) == (&entry.part, &entry.suite));
        let known = same.map_or(0, |known| of(known.failures, known.errors));
        let new = of(entry.failures, entry.errors).saturating_sub(known);
        value = value.saturating_add(new);
        if new > 0 {
            unlisted.push((new, entry));
            let (report, part, name) =
                (rule.report.clone(), entry.part.clone(), entry.suite.clone());
            offers.push(Offer::of(Step::Suite { report, part, name }, Detail::Plain, new));
        }
    }
    let comparison = Comparison::AtMost { value, maximum };
    let holds = comparison.holds().unwrap_or_default();
    let word = if introduced { "introduced " } else { "" };
    let message = Message::new(format_args!("{word}{}: ", what.noun)).say(comparison);
    let message = and_waived(message, &waived);
    let code = if holds { what.within } else { what.above };
    let reason = Reason::new(code, Outcome::of(holds), message)
        .comparing(comparison)
        .about(&about, |test| item(test, test.message.as_deref()))
        .about(&unlisted, |(count, entry)| {
            let noun = if *count == 1 { what.noun.trim_end_matches('s') } else { what.noun };
            let message = Message::new(format_args!("{count} {noun} that no test case shows"));
            let message = match entry.suite.as_str() {
                "" => message,
                suite => message.say(", in ").quote(suite),
            };
            Item::new(with_part(message, entry.part.as_deref()))
        })
        .about(&waived, |test| Item { waived: true, ..item(test, test.message.as_deref()) });
    if holds {
        return reason;
    }
    let excess = value.saturating_sub(maximum);
    reason.hint(Message::new(what.hint)).mended_by(Mend::gain(excess, offers))
}

/// What the baseline ran and was not run here.
fn vanished(
    rule: &TestsRule,
    tests: &Tests,
    base: &Tests,
    (maximum, waivers): (u64, &mut Waivers<'_>),
) -> Reason {
    let here: HashMap<_, &Test> = tests.tests.iter().map(|test| (test.key(), test)).collect();
    let mut vanished: Vec<(&Test, Option<&Test>)> = Vec::new();
    let mut waived: Vec<&Test> = Vec::new();
    for (index, test) in base.tests.iter().enumerate().filter(|(_, test)| test.cases.ran()) {
        let here = here.get(&test.key()).copied();
        if here.is_some_and(|test| test.cases.ran()) {
            continue;
        }
        // Beyond those of the head, which have the first places.
        let place = tests.tests.len().saturating_add(index);
        if waivers.except(place, &Subject::Test(test), true) {
            waived.push(test);
        } else {
            vanished.push((test, here));
        }
    }
    let comparison = Comparison::AtMost { value: vanished.len() as u64, maximum };
    let holds = comparison.holds().unwrap_or_default();
    let message = Message::new("tests of the baseline that were not run: ").say(comparison);
    let message = and_waived(message, &waived);
    let code =
        if holds { Code::VanishedTestsWithinMaximum } else { Code::VanishedTestsAboveMaximum };
    let reason = Reason::new(code, Outcome::of(holds), message).comparing(comparison).about(
        &vanished,
        |(test, here)| match here {
            Some(skipped) => {
                item(skipped, Some(skipped.message.as_deref().unwrap_or("it is skipped")))
            }
            None => item(test, Some("it is gone")),
        },
    );
    let reason =
        reason.about(&waived, |test| Item { waived: true, ..item(test, Some("it was not run")) });
    if holds {
        return reason;
    }
    let excess = (vanished.len() as u64).saturating_sub(maximum);
    let offers = vanished.iter().map(|(test, _)| Offer::of(pass(rule, test), Detail::Plain, 1));
    reason
        .hint(Message::new(
            "bring them back; where they were renamed or removed on purpose, allow that with `vanished-at-most`",
        ))
        .mended_by(Mend::gain(excess, offers.collect()))
}

fn and_waived(message: Message, waived: &[&Test]) -> Message {
    match waived.len() {
        0 => message,
        count => message.say(format_args!(", {count} waived")),
    }
}

fn item(test: &Test, said: Option<&str>) -> Item {
    let message = with_part(Message::default().quote(&test.name), test.part.as_deref());
    let location = test.path.clone().map(|path| Location { path, line: None, end_line: None });
    let message = match said {
        Some(said) => message.say(": ").quote(said),
        None => message,
    };
    Item { location, ..Item::new(message) }
}

fn with_part(message: Message, part: Option<&str>) -> Message {
    match part {
        Some(part) => message.say(" (").quote(part).say(")"),
        None => message,
    }
}
