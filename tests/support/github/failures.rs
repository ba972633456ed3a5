//! Switches that make GitHub fail: the next answers of a route are not what they would be.

use std::time::Duration;

/// How an answer fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This status, with a page of text as GitHub's edge writes it.
    Status(u16),
    /// 403 with the wait of the secondary rate limit, in seconds.
    SecondaryLimit(u64),
    /// The same without a word on how long.
    SecondaryLimitUntold,
    /// 429 with the wait, in seconds.
    TooManyRequests(u64),
    /// 403 as when the primary quota is used up.
    QuotaUsedUp,
    /// GraphQL's own: 200 with an error of the type `RATE_LIMITED`.
    GraphqlRateLimited,
    /// The right answer, late.
    Slow(Duration),
    /// What was asked is done at once, and the answer comes late.
    DoneButSlow(Duration),
    /// The right answer and its length, but only half of it, and then the connection breaks.
    Truncated,
    /// 200 with JSON of another shape.
    WrongJson,
    /// 200 with something that is not JSON.
    NotJson,
    /// What was asked is done, and the answer is 502: did it happen?
    DoneButBadGateway,
}

impl Fault {
    /// What it is, in a few words: counts are by this.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Status(status) => format!("status {status}"),
            Self::SecondaryLimit(_) => "403 with retry-after".to_owned(),
            Self::SecondaryLimitUntold => "403 without retry-after".to_owned(),
            Self::TooManyRequests(_) => "429".to_owned(),
            Self::QuotaUsedUp => "quota used up".to_owned(),
            Self::GraphqlRateLimited => "GraphQL's limit, as 200".to_owned(),
            Self::Slow(_) | Self::DoneButSlow(_) => "slow".to_owned(),
            Self::Truncated => "truncated".to_owned(),
            Self::WrongJson => "wrong JSON".to_owned(),
            Self::NotJson => "no JSON".to_owned(),
            Self::DoneButBadGateway => "502 though it was done".to_owned(),
        }
    }
}

/// The next answers of a route.
#[derive(Debug, Clone)]
pub struct Failure {
    /// `METHOD template`, as `GET /repos/{owner}/{repo}`; `*` is every route.
    pub route: String,
    /// Only where the path, or the variables of the query, hold this; empty: all.
    pub about: String,
    /// How they fail.
    pub fault: Fault,
    /// How many right answers come first.
    pub after: usize,
    /// How many more fail.
    pub times: usize,
}

/// The fault that meets a request, counted off.
pub(super) fn next(failures: &mut Vec<Failure>, route: &str, about: &str) -> Option<Fault> {
    let mut found = None;
    let meets =
        |it: &&mut Failure| (it.route == "*" || it.route == route) && about.contains(&it.about);
    for failure in failures.iter_mut().filter(meets) {
        if failure.after > 0 {
            failure.after -= 1;
        } else if found.is_none() {
            failure.times = failure.times.saturating_sub(1);
            found = Some(failure.fault.clone());
        }
    }
    failures.retain(|it| it.times > 0);
    found
}
