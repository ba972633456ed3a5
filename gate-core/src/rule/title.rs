//! `title`: its title has such a form.

use super::{Case, Code, Comparison, Detail, Mend, Reason, Step, pull_request};
use crate::{
    measure::{Message, Outcome},
    policy::TitleRule,
};

pub(super) fn judge(rule: &TitleRule, case: Case<'_>) -> Vec<Reason> {
    let title = match pull_request::present(case) {
        Ok(pull_request) => pull_request.title.as_deref(),
        Err(reason) => return vec![*reason],
    };
    let Some(title) = title else {
        let message = Message::new("nobody has said what its title is");
        return vec![Reason::new(Code::PullRequestMissing, Outcome::Inconclusive, message)];
    };
    let misfits = |message: Message, wanted: Message| {
        Reason::new(Code::TitleMisfits, Outcome::Failed, message)
            .hint(Message::new("change the title"))
            .mended_by(Mend::all([(Step::Title, Detail::Words(wanted))]))
    };
    let mut reasons = Vec::new();
    if let Some(pattern) = rule.matches.as_ref().filter(|pattern| !pattern.fits(title)) {
        let message = Message::new("the title ").quote(title).say(" does not fit ");
        let wanted = Message::new("fits ").quote(pattern.as_str());
        reasons.push(misfits(message.quote(pattern.as_str()), wanted));
    }
    if let Some(pattern) = rule.forbid.as_ref().filter(|pattern| pattern.fits(title)) {
        let message = Message::new("the title ").quote(title).say(" must not fit ");
        let wanted = Message::new("does not fit ").quote(pattern.as_str());
        reasons.push(misfits(message.quote(pattern.as_str()), wanted));
    }
    if let Some(maximum) = rule.at_most {
        let value = title.chars().count() as u64;
        let comparison = Comparison::AtMost { value, maximum };
        if value > maximum {
            let message = Message::new(format_args!("the title's characters: {comparison}"));
            let wanted = Message::new(format_args!("has at most {maximum} characters"));
            reasons.push(misfits(message, wanted).comparing(comparison));
        }
    }
    if reasons.is_empty() {
        let message = Message::new("the title is as it should be: ").quote(title);
        reasons.push(Reason::new(Code::TitleFits, Outcome::Passed, message));
    }
    reasons
}
