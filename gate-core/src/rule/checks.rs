//! `checks`: other checks and statuses of its head have succeeded.
//!
//! GitHub lets a merge through when a required check was skipped or ended neutral. Here, only
//! success is success, unless the policy says otherwise; and a job that was skipped because one
//! that it needs has failed is never one.

use jiff::Timestamp;

use super::{Case, Code, Detail, Item, Mend, Reason, Step, pull_request};
use crate::{
    evidence::{Check, PullRequest},
    measure::{Message, Outcome},
    policy::{Acceptance, ChecksRule, Globs},
};

pub(super) fn judge(rule: &ChecksRule, case: Case<'_>) -> Vec<Reason> {
    let pull_request = match pull_request::present(case) {
        Ok(pull_request) => pull_request,
        Err(reason) => return vec![*reason],
    };
    let looked_at: Vec<&Check> =
        pull_request.checks.iter().filter(|check| counts(rule, check)).collect();
    let mut met: Vec<bool> = rule.succeed.texts().iter().map(|_| false).collect();
    let mut fitting = Vec::new();
    for check in looked_at {
        let fits = which_fit(&rule.succeed, check);
        for place in &fits {
            if let Some(met) = met.get_mut(*place) {
                *met = true;
            }
        }
        if !fits.is_empty() {
            fitting.push(check);
        }
    }
    let mut reasons = states(rule, pull_request, &fitting);
    let unmet = rule.succeed.texts().iter().zip(met).filter(|(_, met)| !met);
    let unmet: Vec<&String> = unmet.map(|(glob, _)| glob).collect();
    if !unmet.is_empty() {
        reasons.push(missing(rule, pull_request, &unmet, case));
    }
    reasons
}

fn counts(rule: &ChecksRule, check: &Check) -> bool {
    let of_app = rule.app.as_ref().is_none_or(|app| check.app.as_ref() == Some(app));
    of_app && rule.except.as_ref().is_none_or(|except| which_fit(except, check).is_empty())
}

/// Which globs fit a check, by its name or by its workflow's and its own.
fn which_fit(globs: &Globs, check: &Check) -> Vec<usize> {
    let mut fits = globs.which_fit(&check.name);
    if check.workflow.is_some() {
        fits.extend(globs.which_fit(&full_name(check)));
    }
    fits
}

/// The name as GitHub's pages show it.
fn full_name(check: &Check) -> String {
    match &check.workflow {
        Some(workflow) => format!("{workflow} / {}", check.name),
        None => check.name.clone(),
    }
}

/// How far a check has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Succeeded,
    Running,
    Failed,
}

fn state(rule: &ChecksRule, pull_request: &PullRequest, check: &Check) -> State {
    if check.status != "completed" {
        return State::Running;
    }
    // A job is skipped, too, when one that it needs has failed.
    let others_failed = || {
        let others = pull_request.checks.iter().filter(|other| other.app == check.app);
        let mut ended = others.filter_map(|other| other.conclusion.as_deref());
        ended.any(|word| !matches!(word, "success" | "skipped" | "neutral"))
    };
    let allowed = |acceptance| acceptance == Acceptance::Allow && !others_failed();
    let succeeded = match check.conclusion.as_deref() {
        Some("success") => true,
        Some("skipped") => allowed(rule.skipped),
        Some("neutral") => allowed(rule.neutral),
        Some(_) | None => false,
    };
    if succeeded { State::Succeeded } else { State::Failed }
}

/// What follows from the checks that fit.
fn states(rule: &ChecksRule, pull_request: &PullRequest, fitting: &[&Check]) -> Vec<Reason> {
    let of = |wanted: State| -> Vec<&Check> {
        let such = |check: &&&Check| state(rule, pull_request, check) == wanted;
        fitting.iter().filter(such).copied().collect()
    };
    let (succeeded, running, failed) =
        (of(State::Succeeded), of(State::Running), of(State::Failed));
    let all = fitting.len();
    let names = |checks: &[&Check]| checks.iter().map(|check| full_name(check)).collect::<Vec<_>>();
    let mut reasons = Vec::new();
    if !failed.is_empty() {
        let message =
            Message::new(format_args!("{} of {all} checks did not succeed: ", failed.len()))
                .quote_each(names(&failed), 5);
        let hint = Message::new("mend it, and run again ").quote_each(names(&failed), 5);
        let steps = names(&failed).into_iter().map(|name| Step::Check { name });
        let mend = Mend::all(steps.map(|step| (step, Detail::Plain)));
        let reason =
            Reason::new(Code::CheckFailed, Outcome::Failed, message).hint(hint).mended_by(mend);
        reasons.push(reason.about(&failed, |check| {
            let ended = check.conclusion.as_deref().unwrap_or("without a conclusion");
            Item::new(Message::default().quote(full_name(check)).say(" ended ").quote(ended))
        }));
    }
    if !running.is_empty() {
        let message =
            Message::new(format_args!("{} of {all} checks are not over: ", running.len()))
                .quote_each(names(&running), 5);
        let mend = waits(names(&running), None);
        reasons.push(Reason::new(Code::CheckAwaited, Outcome::Pending, message).mended_by(mend));
    }
    if failed.is_empty() && running.is_empty() && !succeeded.is_empty() {
        let message = Message::new(format_args!("{all} of {all} checks succeeded: "))
            .quote_each(names(&succeeded), 5);
        reasons.push(Reason::new(Code::ChecksSucceeded, Outcome::Passed, message));
    }
    reasons
}

/// Each of these is waited for.
fn waits(names: impl IntoIterator<Item = String>, until: Option<Timestamp>) -> Mend {
    let steps = names.into_iter().map(|what| (Step::Wait { what, until }, Detail::Plain));
    Mend::all(steps)
}

/// What is not there may still come: while others run, and until the deadline.
fn missing(
    rule: &ChecksRule,
    pull_request: &PullRequest,
    unmet: &[&String],
    case: Case<'_>,
) -> Reason {
    let message = Message::new("there is no check ").quote_each(unmet, 5);
    let message = match &rule.app {
        Some(app) => message.say(" of ").quote(app),
        None => message,
    };
    let deadline = pull_request
        .head_seen_at
        .and_then(|seen| seen.checked_add(rule.deadline.to_signed_duration()).ok());
    match deadline {
        Some(deadline) if case.now < deadline => {
            let message = message.say(" yet; it is waited for until ").say(deadline);
            let mend = waits(unmet.iter().map(|&name| name.clone()), Some(deadline));
            return Reason::new(Code::CheckMissing, Outcome::Pending, message).mended_by(mend);
        }
        Some(_) => {}
        None if pull_request.checks.iter().any(|check| check.status != "completed") => {
            let message = message.say(" yet, and others are not over");
            let mend = waits(unmet.iter().map(|&name| name.clone()), None);
            return Reason::new(Code::CheckMissing, Outcome::Pending, message).mended_by(mend);
        }
        None => {}
    }
    let there: Vec<String> = pull_request.checks.iter().map(full_name).collect();
    let message = if there.is_empty() {
        message.say("; the head has none at all")
    } else {
        message.say("; the head has ").quote_each(there, 10)
    };
    Reason::new(Code::CheckMissing, Outcome::Inconclusive, message).hint(Message::new(
        "check the names in `succeed`, and that a workflow runs them on pull requests",
    ))
}
