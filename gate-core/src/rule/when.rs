//! Where a rule applies: its `when`, its `unless`, and its rollout.

use super::{Case, Code, Reason, pull_request};
use crate::{
    evidence::PullRequest,
    measure::{Digest, Message, Outcome, Percent},
    policy::{Condition, Mode, Rule},
};

/// Why the rule is not judged here, if it is not: it does not apply, or that cannot be told.
pub(super) fn inapplicable(rule: &Rule, case: Case<'_>) -> Option<Reason> {
    let when = rule.when.as_ref().map(|condition| holds(condition, case));
    let unless = rule.unless.as_ref().map(|condition| holds(condition, case));
    // What certainly does not apply is skipped, however little is known about the rest.
    if let Some(Answer::No(why)) = &when {
        let message = Message::new("it does not apply here: ").then(why);
        return Some(Reason::new(Code::ConditionNotMet, Outcome::Skipped, message));
    }
    if let Some(Answer::Yes(why)) = &unless {
        let message = Message::new("it does not apply here: ").then(why);
        return Some(Reason::new(Code::ConditionNotMet, Outcome::Skipped, message));
    }
    [when, unless].into_iter().flatten().find_map(|answer| match answer {
        Answer::Unknown(reason) => {
            let message = Message::new("whether it applies cannot be told: ").then(&reason.message);
            Some(Reason::new(reason.code, reason.outcome, message))
        }
        Answer::Yes(_) | Answer::No(_) => None,
    })
}

/// How the rule is judged in this pull request: a rule that is rolled out to some of them only is
/// advisory in the others. Where there is no number, it decides.
pub(super) fn mode(rule: &Rule, case: Case<'_>) -> (Mode, Option<Reason>) {
    let number = pull_request::present(case).ok().and_then(|pull_request| pull_request.number);
    match (rule.rollout, number) {
        (Some(share), Some(number)) if !is_among(number, share) => {
            let message = Message::new(format_args!(
                "rolled out to {share} of the pull requests, and #{number} is not among them"
            ));
            let reason = Reason::new(Code::NotRolledOut, Outcome::Skipped, message);
            (Mode::Advisory, Some(reason))
        }
        (Some(_) | None, _) => (rule.mode, None),
    }
}

/// Whether a pull request is among this share of all: by a hash of its number, so that a greater
/// share has all of a smaller one.
fn is_among(number: u64, share: Percent) -> bool {
    /// All of them, in millionths of a percent.
    const ALL: u128 = 100_000_000;
    let digest = Digest::of(format!("gate/rollout/v1 {number}").as_bytes());
    let digits = digest.as_str().trim_start_matches("sha256:");
    // Sixteen digits are evenly enough spread over a hundred million places.
    let place = digits.get(..16).and_then(|digits| u128::from_str_radix(digits, 16).ok());
    // What cannot be told decides.
    place.is_none_or(|place| place % ALL < share.millionths())
}

/// Whether a condition holds, and why.
enum Answer {
    Yes(Message),
    No(Message),
    Unknown(Box<Reason>),
}

fn holds(condition: &Condition, case: Case<'_>) -> Answer {
    let answers = match pull_request::present(case) {
        Ok(pull_request) => of_pull_request(condition, pull_request),
        // `paths` alone does not need it, and everything else does.
        Err(reason) if is_about_pull_request(condition) => vec![Answer::Unknown(reason)],
        Err(_) => Vec::new(),
    };
    let answers: Vec<Answer> = answers.into_iter().chain(of_paths(condition, case)).collect();
    let mut yes = Message::default();
    let mut unknown = None;
    for answer in answers {
        match answer {
            Answer::No(why) => return Answer::No(why),
            Answer::Unknown(reason) => unknown = Some(reason),
            Answer::Yes(why) => {
                let begun = !yes.parts().is_empty();
                yes = if begun { yes.say(", ").then(&why) } else { why };
            }
        }
    }
    unknown.map_or(Answer::Yes(yes), Answer::Unknown)
}

const fn is_about_pull_request(condition: &Condition) -> bool {
    condition.labels.is_some()
        || condition.base.is_some()
        || condition.authors.is_some()
        || condition.draft.is_some()
        || condition.fork.is_some()
}

fn of_pull_request(condition: &Condition, pull_request: &PullRequest) -> Vec<Answer> {
    let mut answers = Vec::new();
    if let Some(labels) = &condition.labels {
        let found = pull_request.labels.iter().find(|label| labels.fit(label));
        answers.push(match found {
            Some(label) => Answer::Yes(Message::new("it has the label ").quote(label)),
            None => Answer::No(Message::new("it has no label of ").quote_each(labels.texts(), 5)),
        });
    }
    if let Some(base) = &condition.base {
        let message = Message::new("its base is ").quote(&pull_request.base.name);
        answers.push(yes_or_no(base.fit(&pull_request.base.name), message));
    }
    if let Some(authors) = &condition.authors {
        answers.push(match &pull_request.author {
            Some(author) => {
                let is_one = authors.iter().any(|login| super::is_login(login, &author.login));
                yes_or_no(is_one, Message::new("its author is ").quote(&author.login))
            }
            None => Answer::No(Message::new("its author is a deleted account")),
        });
    }
    if let Some(draft) = condition.draft {
        let message = if pull_request.draft { "it is a draft" } else { "it is no draft" };
        answers.push(yes_or_no(pull_request.draft == draft, Message::new(message)));
    }
    if let Some(wanted) = condition.fork {
        answers.push(match pull_request.fork {
            Some(fork) => {
                let message = if fork { "it comes from a fork" } else { "it comes from no fork" };
                yes_or_no(fork == wanted, Message::new(message))
            }
            None => Answer::Unknown(Box::new(Reason::new(
                Code::ConditionUndecided,
                Outcome::Inconclusive,
                Message::new("nobody has said whether it comes from a fork"),
            ))),
        });
    }
    answers
}

fn of_paths(condition: &Condition, case: Case<'_>) -> Option<Answer> {
    let paths = condition.paths.as_ref()?;
    let changes = match pull_request::changes(case) {
        Ok(changes) => changes,
        Err(reason) => return Some(Answer::Unknown(reason)),
    };
    let touched = changes.files.iter().flat_map(|file| file.paths());
    let found = touched.into_iter().find(|path| paths.contain(path));
    Some(match found {
        Some(path) => Answer::Yes(Message::new("it changes ").quote(path.as_str())),
        None => Answer::No(Message::new("it changes no file ").quote(paths.describe())),
    })
}

const fn yes_or_no(holds: bool, why: Message) -> Answer {
    if holds { Answer::Yes(why) } else { Answer::No(why) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greater_share_has_all_of_a_smaller_one_and_is_about_as_great_as_it_says() {
        let share = |text: &str| text.parse::<Percent>().unwrap();
        let of = |text: &str| (1..=4000).filter(|&n| is_among(n, share(text))).collect::<Vec<_>>();
        let (quarter, half) = (of("25%"), of("50%"));
        assert!(quarter.iter().all(|number| half.contains(number)));
        assert!((900..1100).contains(&quarter.len()), "{}", quarter.len());
        assert!((1900..2100).contains(&half.len()), "{}", half.len());
        assert_eq!(of("0%"), Vec::<u64>::new());
        assert_eq!(of("100%").len(), 4000);
    }
}
