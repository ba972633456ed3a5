//! `labels`: it has such labels, and no other.

use super::{Case, Code, Detail, Mend, Offer, Reason, Step, What, pull_request};
use crate::{
    measure::{Message, Outcome},
    policy::{Globs, LabelsRule},
};

pub(super) fn judge(rule: &LabelsRule, case: Case<'_>) -> Vec<Reason> {
    let labels = match pull_request::present(case) {
        Ok(pull_request) => &pull_request.labels,
        Err(reason) => return vec![*reason],
    };
    let mut reasons = Vec::new();
    if let Some(globs) = &rule.all_of {
        reasons.extend(all_of(globs, labels));
    }
    if let Some(globs) = &rule.any_of {
        reasons.extend(any_of(globs, labels));
    }
    if let Some(globs) = &rule.none_of {
        reasons.extend(none_of(globs, labels));
    }
    if reasons.is_empty() {
        let message = match labels.as_slice() {
            [] => Message::new("it has no labels, as it should"),
            labels => Message::new("its labels are as they should be: ").quote_each(labels, 10),
        };
        reasons.push(Reason::new(Code::LabelsFit, Outcome::Passed, message));
    }
    reasons
}

fn all_of(globs: &Globs, labels: &[String]) -> Option<Reason> {
    let met: Vec<usize> = labels.iter().flat_map(|label| globs.which_fit(label)).collect();
    let all = globs.texts().iter().enumerate();
    let (places, missing): (Vec<usize>, Vec<&String>) =
        all.filter(|(place, _)| !met.contains(place)).unzip();
    if missing.is_empty() {
        return None;
    }
    let one =
        |place: usize| Mend::gain(1_u64, vec![Offer::any(What::Label(globs.clone(), Some(place)))]);
    let mend = Mend::AllOf(places.into_iter().map(one).collect());
    let s = if missing.len() == 1 { "" } else { "s" };
    let message = Message::new(format_args!("the label{s} ")).quote_each(&missing, 10);
    let message = message.say(if missing.len() == 1 { " is missing" } else { " are missing" });
    let hint = Message::new(format_args!("add the label{s} ")).quote_each(&missing, 10);
    Some(Reason::new(Code::LabelMissing, Outcome::Failed, message).hint(hint).mended_by(mend))
}

fn any_of(globs: &Globs, labels: &[String]) -> Option<Reason> {
    if labels.iter().any(|label| globs.fit(label)) {
        return None;
    }
    let message = Message::new("it has none of the labels ").quote_each(globs.texts(), 10);
    let hint = Message::new("add one of the labels ").quote_each(globs.texts(), 10);
    let mend = Mend::gain(1_u64, vec![Offer::any(What::Label(globs.clone(), None))]);
    Some(Reason::new(Code::LabelMissing, Outcome::Failed, message).hint(hint).mended_by(mend))
}

fn none_of(globs: &Globs, labels: &[String]) -> Option<Reason> {
    let wrong: Vec<&String> = labels.iter().filter(|label| globs.fit(label)).collect();
    if wrong.is_empty() {
        return None;
    }
    let s = if wrong.len() == 1 { "" } else { "s" };
    let message = Message::new(format_args!("it has the label{s} ")).quote_each(&wrong, 10);
    let hint = Message::new(format_args!("remove the label{s} ")).quote_each(&wrong, 10);
    let step = |label: &&String| (Step::Unlabel { label: (*label).clone() }, Detail::Plain);
    let mend = Mend::all(wrong.iter().map(step));
    Some(Reason::new(Code::LabelForbidden, Outcome::Failed, message).hint(hint).mended_by(mend))
}
