//! Who somebody is: whether he belongs to a team, to an organisation, to the owners of a file. What
//! is not known is never taken for no.

use std::collections::BTreeMap;

use super::{Lack, is_login};
use crate::{
    evidence::{Owner, PullRequest, Told, UserAccount},
    measure::Message,
    policy::People,
};

/// Whether something is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    Unknown(Unknown),
}

/// Why something cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unknown {
    /// Why, for people.
    pub(super) why: Message,
    /// What nobody went to find out yet.
    pub(super) lacks: Vec<Lack>,
}

impl Unknown {
    /// It was asked for, and nobody can tell.
    pub(super) fn because(what: &Message, why: &str) -> Self {
        Self { why: what.clone().say(" is not known: ").quote(why), lacks: Vec::new() }
    }

    /// Nobody has asked for it.
    pub(super) fn unasked(what: &Message, lack: Lack) -> Self {
        Self { why: what.clone().say(" is not known: nobody has said it"), lacks: vec![lack] }
    }

    fn and(mut self, other: Self) -> Self {
        self.why = self.why.say("; ").then(&other.why);
        self.lacks.extend(other.lacks);
        self
    }
}

impl Answer {
    const fn of(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }

    /// Whether one of these is so: one that is decides, whatever is unknown of the others.
    pub(super) fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut unknown: Option<Unknown> = None;
        for answer in answers {
            match answer {
                Self::Yes => return Self::Yes,
                Self::No => {}
                Self::Unknown(one) => {
                    unknown = Some(match unknown.take() {
                        Some(all) => all.and(one),
                        None => one,
                    });
                }
            }
        }
        unknown.map_or(Self::No, Self::Unknown)
    }

    /// Whether all of these are so: one that is not decides.
    pub(super) fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        let inverted = answers.into_iter().map(Self::not);
        Self::any(inverted).not()
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unknown @ Self::Unknown(_) => unknown,
        }
    }
}

/// Whether somebody is one of these.
pub(super) fn is_one_of(people: &People, pull_request: &PullRequest, who: &UserAccount) -> Answer {
    let user = Answer::of(people.users.iter().any(|login| is_login(login, &who.login)));
    let teams = people.teams.iter().map(|team| is_in_team(team, pull_request, who));
    let organisations =
        people.organisations.iter().map(|name| is_in_organisation(name, pull_request, who));
    Answer::any(std::iter::once(user).chain(teams).chain(organisations))
}

/// Whether somebody is this owner, or one of its members.
pub(super) fn is_owner(owner: &Owner, pull_request: &PullRequest, who: &UserAccount) -> Answer {
    match owner {
        Owner::Person(login) => Answer::of(login.eq_ignore_ascii_case(&who.login)),
        Owner::Team(team) => is_in_team(team, pull_request, who),
        Owner::Address(address) => has_address(address, pull_request, who),
    }
}

fn is_in_team(team: &str, pull_request: &PullRequest, who: &UserAccount) -> Answer {
    let what = Message::new("who is in @").quote(team);
    match find(&pull_request.people.teams, team) {
        Some(Told::Known(members)) => Answer::of(members.iter().any(|member| member.is_same(who))),
        Some(Told::Unknown(why)) => Answer::Unknown(Unknown::because(&what, why)),
        None => Answer::Unknown(Unknown::unasked(&what, Lack::Team(team.to_ascii_lowercase()))),
    }
}

fn is_in_organisation(name: &str, pull_request: &PullRequest, who: &UserAccount) -> Answer {
    let what = Message::new("who belongs to ").quote(name);
    match find(&pull_request.people.organisations, name) {
        Some(Told::Known(members)) => Answer::of(members.iter().any(|member| member.is_same(who))),
        Some(Told::Unknown(why)) => Answer::Unknown(Unknown::because(&what, why)),
        None => {
            Answer::Unknown(Unknown::unasked(&what, Lack::Organisation(name.to_ascii_lowercase())))
        }
    }
}

fn has_address(address: &str, pull_request: &PullRequest, who: &UserAccount) -> Answer {
    let what = Message::new("whose address ").quote(address).say(" is");
    match find(&pull_request.people.addresses, address) {
        Some(Told::Known(owner)) => Answer::of(owner.is_same(who)),
        Some(Told::Unknown(why)) => Answer::Unknown(Unknown::because(&what, why)),
        None => {
            Answer::Unknown(Unknown::unasked(&what, Lack::Address(address.to_ascii_lowercase())))
        }
    }
}

/// Names of teams, organisations and addresses are compared without case.
fn find<'a, T>(all: &'a BTreeMap<String, T>, name: &str) -> Option<&'a T> {
    all.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
