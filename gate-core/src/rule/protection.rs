//! `protection`: its base branch is protected as it must be. What GitHub does not show is not there
//! for certain, and is not missing for certain either.

use super::{Case, Code, Comparison, Reason, pull_request};
use crate::{
    evidence::{Protection, RequiredCheck},
    measure::{Message, Outcome},
    policy::{GateCheck, ProtectionRule},
};

pub(super) fn judge(rule: &ProtectionRule, case: Case<'_>) -> Vec<Reason> {
    let pull_request = match pull_request::present(case) {
        Ok(pull_request) => pull_request,
        Err(reason) => return vec![*reason],
    };
    let protection = match pull_request::protection(pull_request) {
        Ok(protection) => protection,
        Err(reason) => {
            return vec![reason.hint(Message::new(
                "the App needs `administration: read`; on the command line, pull-request.json says \
                 it (`protection`)",
            ))];
        }
    };
    let branch = &pull_request.base.name;
    let mut held = Vec::new();
    let mut reasons = Vec::new();
    let mut demand = |what: Demand| match what {
        Demand { is_held: true, what, .. } => held.push(what),
        Demand { is_held: false, .. } => reasons.push(missing(what, branch, protection)),
    };
    if rule.approvals > 0 {
        demand(approvals(rule.approvals, protection));
    }
    settings(rule, protection).into_iter().for_each(&mut demand);
    for name in &rule.checks {
        let is_held = protection.checks.iter().any(|check| check.name == *name);
        demand(Demand {
            is_held,
            what: Message::new("the check ").quote(name).say(" is required"),
            lack: Message::new("the check ").quote(name).say(" is not required"),
            hint: Message::new("add it to the required status checks"),
            comparison: None,
        });
    }
    if rule.gate != GateCheck::Any {
        match &protection.gate {
            Some(gate) => demand(of_gate(rule.gate, gate, protection)),
            None => {
                let message = Message::new(
                    "which check of which App is this gate's is not said, so nobody knows whether \
                     it is required",
                );
                let hint = Message::new("say it in pull-request.json (`protection`, `gate`)");
                let outcome = Outcome::Inconclusive;
                reasons.push(Reason::new(Code::ProtectionUnknown, outcome, message).hint(hint));
            }
        }
    }
    if !held.is_empty() {
        let mut message = Message::default().quote(branch).say(": ");
        for (place, what) in held.iter().enumerate() {
            message = if place > 0 { message.say(", ") } else { message }.then(what);
        }
        reasons.push(Reason::new(Code::ProtectionHeld, Outcome::Passed, message));
    }
    reasons
}

/// One thing that the branch must demand.
struct Demand {
    is_held: bool,
    /// What, as a statement that should be true.
    what: Message,
    /// What is true where that is not.
    lack: Message,
    /// How to make it true.
    hint: Message,
    comparison: Option<Comparison>,
}

fn approvals(minimum: u64, protection: &Protection) -> Demand {
    let value = protection.approvals;
    let comparison = Comparison::CountAtLeast { value, minimum };
    Demand {
        is_held: value >= minimum,
        what: Message::new(format_args!("required approvals {comparison}")),
        lack: Message::new(format_args!("required approvals {comparison}")),
        hint: Message::new(format_args!(
            "require a pull request before merging, with {minimum} required approval{}",
            if minimum == 1 { "" } else { "s" }
        )),
        comparison: Some(comparison),
    }
}

/// What is on or off.
fn settings(rule: &ProtectionRule, protection: &Protection) -> Vec<Demand> {
    let all = [
        (
            rule.stale_dismissal,
            protection.stale_dismissal,
            ["stale approvals are dismissed", "stale approvals are not dismissed"],
            "dismiss stale pull request approvals when new commits are pushed",
        ),
        (
            rule.code_owners,
            protection.code_owners,
            ["code owners must approve", "code owners need not approve"],
            "require review from code owners",
        ),
        (
            rule.last_push_approval,
            protection.last_push_approval,
            [
                "the last push must be approved by somebody else",
                "the last push need not be approved by somebody else",
            ],
            "require approval of the most recent reviewable push",
        ),
        (
            rule.conversations,
            protection.conversation_resolution,
            ["conversations must be resolved", "conversations need not be resolved"],
            "require conversation resolution before merging",
        ),
        (
            rule.up_to_date,
            protection.up_to_date,
            ["the head must be up to date", "the head need not be up to date"],
            "require branches to be up to date before merging",
        ),
        (
            rule.no_force_pushes,
            protection.no_force_pushes,
            ["force pushes are refused", "force pushes are not refused"],
            "block force pushes",
        ),
        (
            rule.no_deletions,
            protection.no_deletions,
            ["deletions are refused", "deletions are not refused"],
            "restrict deletions",
        ),
    ];
    let demanded = all.into_iter().filter(|(demanded, ..)| *demanded);
    let demand = |(_, is_held, [what, lack], hint): (bool, bool, [&str; 2], &str)| Demand {
        is_held,
        what: Message::new(what),
        lack: Message::new(lack),
        hint: Message::new(hint),
        comparison: None,
    };
    demanded.map(demand).collect()
}

/// The check of this gate, from its App: whoever may write can set one that anybody may set.
fn of_gate(demanded: GateCheck, gate: &RequiredCheck, protection: &Protection) -> Demand {
    let required: Vec<&RequiredCheck> =
        protection.checks.iter().filter(|check| check.name == gate.name).collect();
    let is_pinned = gate.app.is_some() && required.iter().any(|check| check.app == gate.app);
    let named = Message::new("the check ").quote(&gate.name);
    let is_held = match demanded {
        GateCheck::Pinned => is_pinned,
        // From another App it can never come.
        GateCheck::Required | GateCheck::Any => {
            is_pinned || required.iter().any(|check| check.app.is_none())
        }
    };
    let lack = match required.first().map(|check| check.app) {
        Some(Some(other)) => named.clone().say(format_args!(
            " is required from App {other}, which is not this one, so that nothing can be merged"
        )),
        Some(None) => {
            named.clone().say(" is required from anybody, so that whoever may write can set it")
        }
        None => named.clone().say(" is not required, so that anything can be merged without it"),
    };
    let what = named.say(if is_pinned { " is required from this App" } else { " is required" });
    let app = gate.app.map(|app| format!(" (App {app})")).unwrap_or_default();
    let hint = Message::new("require the status check ")
        .quote(&gate.name)
        .say(format_args!(" with this App as its source{app}"));
    Demand { is_held, what, lack, hint, comparison: None }
}

/// What the branch does not demand, or not as far as is known.
fn missing(demand: Demand, branch: &str, protection: &Protection) -> Reason {
    let Demand { lack, hint, comparison, .. } = demand;
    let hint = Message::new("in the branch's ruleset or protection: ").then(&hint);
    let said = Message::default().quote(branch).say(": ");
    let mut reason = match &protection.unseen {
        None => {
            let message = said.then(&lack);
            Reason::new(Code::ProtectionMissing, Outcome::Failed, message).hint(hint)
        }
        Some(why) => {
            let message = said.say("in what GitHub shows, ").then(&lack);
            let message = message.say("; the rest is not shown: ").quote(why);
            Reason::new(Code::ProtectionUnknown, Outcome::Inconclusive, message).hint(hint)
        }
    };
    reason.comparison = comparison;
    reason
}
