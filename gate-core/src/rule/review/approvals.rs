//! How many have approved whose approvals count.

use super::{
    Answer, Askable, Code, Comparison, Item, Lack, Mend, Message, Opinion, Outcome, PullRequest,
    Reason, Review, ReviewRule, ReviewState, UserAccount, at, disqualified, is_login, people,
    stale::{self, Cover},
};

/// An approval, and whether it counts.
pub(super) struct Approval<'a> {
    pub(super) by: &'a UserAccount,
    pub(super) review: &'a Review,
    pub(super) counts: Answer,
    /// Why not, or why that cannot be told, for people.
    about: Vec<Item>,
}

/// Every approval that stands.
pub(super) fn standing<'a>(
    rule: &ReviewRule,
    pull_request: &PullRequest,
    opinions: &[Opinion<'a>],
) -> Vec<Approval<'a>> {
    let approved = opinions.iter().filter(|(_, review)| review.state == ReviewState::Approved);
    approved.map(|&(by, review)| approval(rule, pull_request, by, review)).collect()
}

fn approval<'a>(
    rule: &ReviewRule,
    pull_request: &PullRequest,
    by: &'a UserAccount,
    review: &'a Review,
) -> Approval<'a> {
    let no = |why: Message, more: Vec<Item>| {
        let message = Message::new("the approval of ").quote(&by.login).say(" does not count: ");
        let about = std::iter::once(Item::new(message.then(&why))).chain(more).collect();
        Approval { by, review, counts: Answer::No, about }
    };
    if let Some(why) = disqualified(&rule.bots, pull_request, by, review) {
        return no(Message::new(why), Vec::new());
    }
    let named = match &rule.from {
        Some(from) => people::is_one_of(from, pull_request, by),
        None => Answer::Yes,
    };
    if named == Answer::No {
        return no(Message::new("is none of those that the rule names"), Vec::new());
    }
    let cover = stale::cover(rule.stale_approvals, pull_request, review);
    match &cover {
        Cover::Nothing => return no(stale::given_on(pull_request, review), Vec::new()),
        Cover::Some { changed, .. } => {
            let count = changed.len();
            let differ = if count == 1 { "file differs" } else { "files differ" };
            let why = stale::given_on(pull_request, review)
                .say(format_args!("; {count} {differ} from what was approved: "))
                .quote_each(changed.iter().map(crate::measure::RepoPath::as_str), 5);
            let item = |path| {
                at(path, None, Message::new("is not as ").quote(&by.login).say(" approved it"))
            };
            return no(why, changed.iter().map(item).collect());
        }
        Cover::All | Cover::Unknown(_) => {}
    }
    let counts = Answer::all([named, cover.all()]);
    let about = match &counts {
        Answer::Unknown(unknown) => {
            let message = Message::new("whether the approval of ")
                .quote(&by.login)
                .say(" counts cannot be told: ");
            vec![Item::new(message.then(&unknown.why))]
        }
        Answer::Yes | Answer::No => Vec::new(),
    };
    Approval { by, review, counts, about }
}

/// Whether enough have approved.
pub(super) fn enough(
    rule: &ReviewRule,
    pull_request: &PullRequest,
    approvals: &[Approval<'_>],
) -> Reason {
    let counted: Vec<&str> = approvals
        .iter()
        .filter(|approval| approval.counts == Answer::Yes)
        .map(|approval| approval.by.login.as_str())
        .collect();
    let mut others: Vec<Item> =
        approvals.iter().flat_map(|approval| approval.about.iter().cloned()).collect();
    let deleted = pull_request.reviews.iter().filter(|review| review.author.is_none()).count();
    if deleted > 0 {
        let message = format!("reviews by deleted accounts that do not count: {deleted}");
        others.push(Item::new(Message::new(message)));
    }
    let (undecided, lacks) = undecided(approvals);

    let value = counted.len() as u64;
    let comparison = Comparison::CountAtLeast { value, minimum: rule.approvals };
    let mut message = Message::new(format_args!("approvals: {comparison}"));
    if !counted.is_empty() {
        message = message.say(", by ").quote_each(&counted, 10);
    }
    let reason = |code, outcome, message| {
        Reason::new(code, outcome, message).comparing(comparison).about(&others, Item::clone)
    };
    if value >= rule.approvals {
        return reason(Code::Approved, Outcome::Passed, message);
    }
    let missing = rule.approvals - value;
    let askable = Askable::but(&counted, pull_request);
    let mend = Mend::gain(missing, askable.from(rule.from.as_ref()));
    if value + undecided >= rule.approvals {
        let s = if undecided == 1 { "" } else { "s" };
        let message = message.say(format_args!(", and of {undecided} approval{s} nobody can tell"));
        return reason(Code::ApprovalUndecided, Outcome::Inconclusive, message)
            .lacking(lacks)
            .mended_by(mend);
    }
    let s = if missing == 1 { "" } else { "s" };
    let mut hint = Message::new(format_args!("{missing} more approval{s}"));
    if let Some(from) = &rule.from {
        let mut left = from.clone();
        left.users.retain(|login| !counted.iter().any(|had| is_login(login, had)));
        hint = hint.say(" from ").then(&left.describe());
    }
    reason(Code::ApprovalMissing, Outcome::Pending, message)
        .hint(hint)
        .lacking(lacks)
        .mended_by(mend)
}

/// Of how many approvals nobody can tell whether they count, and what one would have to know.
fn undecided(approvals: &[Approval<'_>]) -> (u64, Vec<Lack>) {
    let mut count = 0;
    let mut lacks = Vec::new();
    for approval in approvals {
        if let Answer::Unknown(unknown) = &approval.counts {
            count += 1;
            lacks.extend(unknown.lacks.iter().cloned());
        }
    }
    (count, lacks)
}
