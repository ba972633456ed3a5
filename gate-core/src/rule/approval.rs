//! Whose approval would turn a reason: people by name, by what they belong to, or anybody.

use super::{Detail, Offer, Step, What, is_login};
use crate::{
    evidence::{Owner, PullRequest, Told, UserAccount},
    policy::People,
};

/// The step that somebody approves.
pub(super) fn of(login: &str) -> Step {
    Step::Approval { login: login.strip_suffix("[bot]").unwrap_or(login).to_ascii_lowercase() }
}

/// The approvals of those who have not approved yet, and may.
pub(super) struct Askable<'a> {
    pull_request: &'a PullRequest,
    /// Whose approval gains nothing.
    but: Vec<String>,
}

impl<'a> Askable<'a> {
    /// Everybody but these, and but the author.
    pub(super) fn but(had: &[&str], pull_request: &'a PullRequest) -> Self {
        let author = pull_request.author.as_ref().map(|author| author.login.as_str());
        let but = had.iter().copied().chain(author).map(str::to_owned).collect();
        Self { pull_request, but }
    }

    /// Anybody of them, or anybody of these.
    pub(super) fn from(&self, people: Option<&People>) -> Vec<Offer> {
        let Some(People { users, teams, organisations }) = people else {
            return vec![Offer::any(What::Anybody { but: self.but.clone() })];
        };
        let users = users.iter().filter_map(|login| self.person(login));
        let teams = teams.iter().map(|team| self.team(team));
        let organisations = organisations.iter().map(|name| {
            // Of an organisation only those are known who have reviewed.
            let known = find(&self.pull_request.people.organisations, name);
            self.group(format!("a member of {name}"), known, false)
        });
        users.chain(teams).chain(organisations).collect()
    }

    /// Those whom the policy names by their logins.
    pub(super) fn named(&self, logins: &[String]) -> Vec<Offer> {
        logins.iter().filter_map(|login| self.person(login)).collect()
    }

    /// One of these owners.
    pub(super) fn owners(&self, owners: &[Owner]) -> Vec<Offer> {
        let offer = |owner: &Owner| match owner {
            Owner::Person(login) => self.person(login),
            Owner::Team(team) => Some(self.team(team)),
            Owner::Address(address) => match find(&self.pull_request.people.addresses, address) {
                Some(Told::Known(account)) => self.person(&account.login),
                Some(Told::Unknown(_)) | None => Some(self.group(address.clone(), None, false)),
            },
        };
        owners.iter().filter_map(offer).collect()
    }

    fn person(&self, login: &str) -> Option<Offer> {
        let may = !self.but.iter().any(|other| is_login(other, login));
        may.then(|| Offer::of(of(login), Detail::Plain, 1))
    }

    fn team(&self, team: &str) -> Offer {
        self.group(format!("@{team}"), find(&self.pull_request.people.teams, team), true)
    }

    fn group(&self, of: String, members: Option<&Told<Vec<UserAccount>>>, all: bool) -> Offer {
        let (members, is_known) = match members {
            Some(Told::Known(members)) => {
                (members.iter().map(|member| member.login.to_ascii_lowercase()).collect(), all)
            }
            Some(Told::Unknown(_)) | None => (Vec::new(), false),
        };
        Offer::any(What::Group { of, members, is_known, but: self.but.clone() })
    }
}

/// Names are compared without case.
fn find<'a, T>(all: &'a std::collections::BTreeMap<String, T>, name: &str) -> Option<&'a T> {
    all.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
