//! `from:` — whose approvals count.

use super::{
    decode::{Spanned, section},
    logins,
    problem::Problems,
};
use crate::measure::Message;

section! {
    /// People, by name or by what they belong to. One who fits any of it is meant.
    struct RawPeople {
        /// These logins.
        users: Option<Spanned<Vec<Spanned<String>>>>,
        /// The members of these teams, `organisation/team`, those of teams below them too.
        teams: Option<Spanned<Vec<Spanned<String>>>>,
        /// The members of these organisations.
        organisations: Option<Spanned<Vec<Spanned<String>>>>,
    }
}

/// People, by name or by what they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct People {
    /// These logins.
    pub users: Vec<String>,
    /// The members of these teams, `organisation/team`.
    pub teams: Vec<String>,
    /// The members of these organisations.
    pub organisations: Vec<String>,
}

impl People {
    /// How many there are at the most, where that can be told.
    pub(super) fn at_most(&self) -> Option<u64> {
        let are_named = self.teams.is_empty() && self.organisations.is_empty();
        are_named.then_some(self.users.len() as u64)
    }

    /// Each as people write it: `linus`, `@acme/security`, a member of `acme`.
    #[must_use]
    pub fn describe(&self) -> Message {
        let users = self.users.iter().map(|user| Message::default().quote(user));
        let teams = self.teams.iter().map(|team| Message::new("@").quote(team));
        let organisations =
            self.organisations.iter().map(|name| Message::new("a member of ").quote(name));
        let all = users.chain(teams).chain(organisations).enumerate();
        all.fold(Message::default(), |message, (at, one)| {
            let message = if at == 0 { message } else { message.say(", ") };
            message.then(&one)
        })
    }
}

#[expect(clippy::option_option, reason = "outer: a problem was added; inner: the key is absent")]
pub(super) fn validate(
    raw: Option<&Spanned<RawPeople>>,
    problems: &mut Problems,
) -> Option<Option<People>> {
    let Some(raw) = raw else { return Some(None) };
    let RawPeople { users, teams, organisations } = &raw.value;
    let users = logins::validate(users.as_ref(), problems).map(Option::unwrap_or_default);
    let organisations =
        logins::validate(organisations.as_ref(), problems).map(Option::unwrap_or_default);
    let teams = self::teams(teams.as_ref(), problems);
    let people = People { users: users?, teams: teams?, organisations: organisations? };
    let names_nobody =
        people.users.is_empty() && people.teams.is_empty() && people.organisations.is_empty();
    if names_nobody && !problems.are_in(raw.place) {
        problems.add_with_hint(
            raw.place.first(),
            "this names nobody",
            "give `users`, `teams` or `organisations`",
        );
        return None;
    }
    Some(Some(people))
}

/// Teams, each once, without the `@` that they may be written with.
fn teams(
    raw: Option<&Spanned<Vec<Spanned<String>>>>,
    problems: &mut Problems,
) -> Option<Vec<String>> {
    let teams = logins::validate(raw, problems)?.unwrap_or_default();
    for (team, raw) in teams.iter().zip(raw.iter().flat_map(|list| &list.value)) {
        let parts: Vec<&str> = team.split('/').collect();
        if parts.len() != 2 || parts.contains(&"") {
            problems.add(raw.place, "a team is organisation/team, for example acme/security");
            return None;
        }
    }
    Some(teams)
}
