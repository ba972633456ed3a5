//! `gate explain`: what a rule demands, from which evidence, and what was found.

mod stated;

use gate_core::{
    Verdict,
    render::{self, Colour},
    rule::RuleVerdict,
};

use crate::{
    args::ExplainArguments, check, error::CliError, exit::Exit, meant, output, policy, replay,
};

pub(crate) fn run(arguments: &ExplainArguments) -> Result<Exit, CliError> {
    check::work_in(arguments.folder.as_deref())?;
    let (policy, name, found) = match &arguments.record {
        Some(file) => {
            let record = replay::record(file)?;
            let unusable = |source| CliError::Record { file: file.clone(), source };
            let verdict = record.replay().map_err(unusable)?;
            let policy = policy::of_record(&record)?;
            (policy, record.policy_name().to_owned(), Some(verdict))
        }
        None => {
            let file = &arguments.policy;
            let policy = policy::parse(file, &policy::text(file)?, arguments.extends.as_deref())?;
            (policy, file.to_string_lossy().into_owned(), None)
        }
    };
    let Some(explained) = policy.explain(&arguments.rule) else {
        let names: Vec<&str> =
            policy.rules_and_parts().into_iter().map(|rule| rule.name.as_str()).collect();
        return Err(CliError::UnknownRule {
            name: arguments.rule.clone(),
            hint: meant::hint(&arguments.rule, &names),
        });
    };
    let mut text = render::explanation(&explained, &name);
    if let Some(file) = &arguments.verdict {
        text.push_str(&stated::found(file, &arguments.rule)?);
    }
    if let Some(verdict) = &found {
        text.push_str(&format!("\nfound, as judged at {}\n", verdict.now));
        if let Some(rule) = rule_of(verdict, &arguments.rule) {
            text.push_str(&render::rule_text(rule, Colour::Ansi));
        }
    }
    output::stdout(&text)?;
    Ok(Exit::Passed)
}

/// The rule of this name, which may be one of a group.
fn rule_of<'v>(verdict: &'v Verdict, name: &str) -> Option<&'v RuleVerdict> {
    fn find<'v>(rules: &'v [RuleVerdict], name: &str) -> Option<&'v RuleVerdict> {
        let own = rules.iter().find(|rule| rule.name == name);
        own.or_else(|| rules.iter().find_map(|rule| find(&rule.parts, name)))
    }
    find(&verdict.rules, name)
}
