//! `gate policy test`: cases beside the policy, each with its evidence and what must come of it.

mod given;
mod pull_request;

use std::path::{Path, PathBuf};

use gate_core::{
    Verdict, evaluate,
    measure::Outcome,
    policy::{ExpectedRule, Policy, PolicyError, PolicyTests, TestCase},
    render::{self, Colour},
    rule::{Code, RuleVerdict},
};

use crate::{args::TestArguments, check, error::CliError, exit::Exit, output, policy};

pub(crate) fn run(arguments: &TestArguments) -> Result<Exit, CliError> {
    check::work_in(arguments.folder.as_deref())?;
    let file = &arguments.file;
    let text = match policy::text(file) {
        Err(CliError::NoPolicy { file }) => return Err(CliError::NoCases { file }),
        text => text?,
    };
    let unusable = |error: PolicyError| {
        let name = file.to_string_lossy();
        let problems = render::problems(&name, &text, &error, Colour::Ansi);
        CliError::Policy(format!("{name} cannot be used\n\n{problems}"))
    };
    let tests = PolicyTests::parse(&text).map_err(unusable)?;
    let policy_file = match &arguments.policy {
        Some(file) => file.clone(),
        None => beside(file, &tests.policy),
    };
    let policy = {
        let text = policy::text(&policy_file)?;
        policy::parse(&policy_file, &text, arguments.extends.as_deref())?
    };
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    tests.fit(&policy, &codes).map_err(unusable)?;
    let mut page = Page { out: String::new(), wrong: 0 };
    for case in &tests.cases {
        let evidence = given::evidence(case, &policy)?;
        let verdict = evaluate(&policy, &evidence, case.now);
        page.case(file, case, &verdict);
    }
    page.close(file, &policy_file, &tests, &policy);
    output::stdout(&page.out)?;
    Ok(if page.wrong == 0 { Exit::Passed } else { Exit::Failed })
}

/// The policy's path, which the file of cases gives from its own folder.
fn beside(file: &Path, policy: &str) -> PathBuf {
    file.parent().map_or_else(|| PathBuf::from(policy), |folder| folder.join(policy))
}

struct Page {
    out: String,
    /// How many cases came out otherwise.
    wrong: usize,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    fn case(&mut self, file: &Path, case: &TestCase, verdict: &Verdict) {
        let mut differences = Vec::new();
        if let Some(gate) = case.gate.filter(|gate| *gate != verdict.outcome) {
            differences.push(format!(
                "the gate: expected {gate}, came out {}: {}",
                verdict.outcome, verdict.title
            ));
        }
        for expected in &case.rules {
            differences.extend(difference(expected, verdict));
        }
        let name = plain(&case.name);
        if differences.is_empty() {
            self.line(&format!("{} {name}", Outcome::Passed.sign()));
            return;
        }
        self.wrong += 1;
        let place = format!("{}:{}", file.display(), case.line);
        self.line(&format!("{} {name}  ({place})", Outcome::Failed.sign()));
        for difference in differences {
            for line in difference.lines() {
                self.line(&format!("    {line}"));
            }
        }
    }

    fn close(&mut self, file: &Path, policy_file: &Path, tests: &PolicyTests, policy: &Policy) {
        let named = |name: &str| {
            tests.cases.iter().flat_map(|case| &case.rules).any(|expected| expected.name == name)
        };
        let untested: Vec<String> = policy
            .rules()
            .iter()
            .filter(|rule| !named(&rule.name))
            .map(|rule| plain(&rule.name))
            .collect();
        if !untested.is_empty() {
            self.line("");
            self.line(&format!("no case expects anything of: {}", untested.join(", ")));
        }
        let all = tests.cases.len();
        let s = if all == 1 { "" } else { "s" };
        let right = all - self.wrong;
        self.line("");
        self.line(&format!(
            "{}: {right} of {all} case{s} of {} came out as expected",
            file.display(),
            policy_file.display()
        ));
    }
}

/// A name of the file's author, without what controls a terminal.
fn plain(name: &str) -> String {
    gate_core::measure::Message::default().quote(name).to_string()
}

/// What is otherwise than expected of a rule, with the reasons that it gives.
fn difference(expected: &ExpectedRule, verdict: &Verdict) -> Option<String> {
    let rule = find(&verdict.rules, &expected.name)?;
    let reason = expected.reason.as_deref();
    let gives =
        reason.is_none_or(|code| rule.reasons.iter().any(|reason| reason.code.word() == code));
    let what = match (rule.outcome == expected.outcome, reason) {
        (true, _) if gives => return None,
        (true, code) => format!(
            "expected {} with the reason {}, came out {} for others",
            expected.outcome,
            code.unwrap_or_default(),
            rule.outcome
        ),
        (false, _) => format!("expected {}, came out {}", expected.outcome, rule.outcome),
    };
    let mut text = format!("{}: {what}", plain(&expected.name));
    for reason in &rule.reasons {
        text.push_str(&format!(
            "\n    {} {}: {}",
            reason.outcome.sign(),
            reason.code.word(),
            reason.message
        ));
    }
    Some(text)
}

fn find<'v>(rules: &'v [RuleVerdict], name: &str) -> Option<&'v RuleVerdict> {
    let own = rules.iter().find(|rule| rule.name == name);
    own.or_else(|| rules.iter().find_map(|rule| find(&rule.parts, name)))
}
