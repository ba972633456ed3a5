//! `gate policy try`: a changed policy over stored records. Each record is judged anew, by the policy
//! it was judged by and by the changed one, with the evidence and at the time that it holds.

use std::path::{Path, PathBuf};

use gate_core::{
    Verdict,
    measure::{Message, Outcome},
    policy::Policy,
    rule::{Code, RuleVerdict},
};
use serde_json::{Value, json};

use crate::{
    args::{TryArguments, TryFormat},
    error::CliError,
    exit::Exit,
    output, policy, replay,
};

pub(crate) fn run(arguments: &TryArguments) -> Result<Exit, CliError> {
    let (file, extends) = (&arguments.file, arguments.extends.as_deref());
    let changed = policy::parse(file, &policy::text(file)?, extends)?;
    let mut trials = Vec::new();
    for file in &arguments.against {
        trials.push(Trial::of(file, &changed)?);
    }
    let rules = by_rule(&trials, &changed);
    let text = match arguments.format {
        TryFormat::Text => text(&arguments.file, &trials, &rules),
        TryFormat::Json => serde_json::to_string_pretty(&as_json(&trials, &rules))? + "\n",
    };
    output::stdout(&text)?;
    let is_other = trials.iter().any(|trial| trial.gate().is_some());
    Ok(if is_other { Exit::Failed } else { Exit::Passed })
}

/// One record, judged twice.
struct Trial {
    file: PathBuf,
    was: Verdict,
    would_be: Verdict,
    /// What the changed policy asks for and the record does not hold.
    lacks: Vec<String>,
}

impl Trial {
    fn of(file: &Path, changed: &Policy) -> Result<Self, CliError> {
        let record = replay::record(file)?;
        let judged = |policy: &Policy| record.judge(policy);
        let own = policy::of_record(&record)?;
        let has = |name: &str| record.reports().any(|known| known == name);
        let lacks = changed.reports().iter().filter(|report| !has(&report.name));
        Ok(Self {
            file: file.to_owned(),
            was: judged(&own),
            would_be: judged(changed),
            lacks: lacks.map(|report| report.name.clone()).collect(),
        })
    }

    /// How the gate would come out otherwise.
    fn gate(&self) -> Option<Turn> {
        Turn::of(self.was.outcome, self.would_be.outcome)
    }
}

/// How something would come out otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// It passed, or did not apply, and would be failed.
    NewlyFails,
    /// It did not pass, and would.
    NewlyPasses,
    /// It passed, or failed, and would wait or be undecided.
    Undecided,
}

impl Turn {
    const ALL: [Self; 3] = [Self::NewlyFails, Self::NewlyPasses, Self::Undecided];

    fn of(was: Outcome, would_be: Outcome) -> Option<Self> {
        let passes = |outcome| matches!(outcome, Outcome::Passed | Outcome::Skipped);
        match (was, would_be) {
            (was, would_be) if was == would_be || passes(was) && passes(would_be) => None,
            (_, would_be) if passes(would_be) => Some(Self::NewlyPasses),
            (_, Outcome::Failed) => Some(Self::NewlyFails),
            (_, _) => Some(Self::Undecided),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::NewlyFails => "newly fails",
            Self::NewlyPasses => "newly passes",
            Self::Undecided => "cannot be decided",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::NewlyFails => "newly-fails",
            Self::NewlyPasses => "newly-passes",
            Self::Undecided => "undecided",
        }
    }
}

/// What one rule of the changed policy would have done.
struct RuleTrial {
    name: String,
    /// Whether no record was judged by a rule of this name.
    is_new: bool,
    /// In each record where it would come out otherwise: how, and why.
    turns: Vec<(Turn, PathBuf, String)>,
}

fn by_rule(trials: &[Trial], changed: &Policy) -> Vec<RuleTrial> {
    let of = |rule: &gate_core::policy::Rule| {
        let mut is_new = true;
        let mut turns = Vec::new();
        for trial in trials {
            let find = |verdict: &Verdict| -> Option<RuleVerdict> {
                verdict.rules.iter().find(|known| known.name == rule.name).cloned()
            };
            let Some(now) = find(&trial.would_be) else { continue };
            let before = find(&trial.was);
            is_new &= before.is_none();
            // A rule that was not there let everything through.
            let was = before.map_or(Outcome::Skipped, |before| before.outcome);
            if let Some(turn) = Turn::of(was, now.outcome) {
                turns.push((turn, trial.file.clone(), because(&now, trial, rule.kind.report())));
            }
        }
        RuleTrial { name: rule.name.clone(), is_new, turns }
    };
    changed.rules().iter().map(of).collect()
}

/// Why, in one line; and where the record does not hold what the rule asks for, that.
fn because(rule: &RuleVerdict, trial: &Trial, report: Option<&str>) -> String {
    if let Some(name) = report.filter(|name| trial.lacks.iter().any(|lack| lack == name)) {
        return Message::new("the record does not have the report ").quote(name).to_string();
    }
    let is_unasked = |code: Code| matches!(code, Code::ChangesMissing);
    match rule.reasons.first() {
        Some(reason) if is_unasked(reason.code) => {
            "the record does not have what the pull request changes".to_owned()
        }
        Some(reason) => reason.message.to_string(),
        None => String::new(),
    }
}

fn plain(name: &str) -> String {
    Message::default().quote(name).to_string()
}

fn text(file: &Path, trials: &[Trial], rules: &[RuleTrial]) -> String {
    let mut out = Vec::new();
    let all = trials.len();
    let s = |count: usize| if count == 1 { "" } else { "s" };
    out.push(format!("{} over {all} record{}", file.display(), s(all)));
    let quiet = rules.iter().filter(|rule| rule.turns.is_empty()).count();
    for rule in rules.iter().filter(|rule| !rule.turns.is_empty()) {
        out.push(String::new());
        out.push(format!("{}{}", plain(&rule.name), if rule.is_new { "  (new)" } else { "" }));
        for turn in Turn::ALL {
            let those: Vec<_> = rule.turns.iter().filter(|(known, ..)| *known == turn).collect();
            if !those.is_empty() {
                out.push(format!("  {} in {} of {all}", turn.word(), those.len()));
            }
            for (_, record, why) in those {
                out.push(format!("    {}: {why}", record.display()));
            }
        }
    }
    if quiet > 0 {
        out.push(String::new());
        out.push(format!("{quiet} rule{} would come out as before, or let pass", s(quiet)));
    }
    out.push(String::new());
    for turn in Turn::ALL {
        let those: Vec<&Trial> = trials.iter().filter(|trial| trial.gate() == Some(turn)).collect();
        if those.is_empty() {
            continue;
        }
        out.push(format!("the gate {} in {} of {all}", turn.word(), those.len()));
        for trial in those {
            let (was, would_be) = (trial.was.outcome, &trial.would_be.title);
            out.push(format!("  {}: was {was}, would be {would_be}", trial.file.display()));
        }
    }
    let same = trials.iter().filter(|trial| trial.gate().is_none()).count();
    out.push(format!("the gate comes out as before in {same} of {all}"));
    out.push(String::new());
    out.join("\n")
}

/// `gate/try/v1`.
fn as_json(trials: &[Trial], rules: &[RuleTrial]) -> Value {
    let record = |trial: &Trial| {
        json!({
            "record": trial.file.to_string_lossy(),
            "was": trial.was.outcome,
            "would_be": trial.would_be.outcome,
            "turn": trial.gate().map(Turn::key),
            "lacks": trial.lacks,
        })
    };
    let rule = |rule: &RuleTrial| {
        let turn = |(turn, record, why): &(Turn, PathBuf, String)| json!({"turn": turn.key(), "record": record.to_string_lossy(), "because": why});
        json!({
            "rule": rule.name,
            "new": rule.is_new,
            "turns": rule.turns.iter().map(turn).collect::<Vec<_>>(),
        })
    };
    json!({
        "schema": "gate/try/v1",
        "records": trials.iter().map(record).collect::<Vec<_>>(),
        "rules": rules.iter().map(rule).collect::<Vec<_>>(),
    })
}
