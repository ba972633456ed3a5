//! People: who is in a team or an organisation, whose an e-mail address is, and who pushed what.

use gate_core::evidence::{Push, UserAccount};
use serde::Deserialize;

use crate::ids::RepositoryName;

use super::{
    Error, Repository,
    route::{Method, Route},
    send::Enough,
};

#[derive(Deserialize)]
struct RawUser {
    login: String,
    id: u64,
    #[serde(rename = "type", default)]
    kind: Option<String>,
}

impl From<RawUser> for UserAccount {
    fn from(RawUser { login, id, kind }: RawUser) -> Self {
        Self { login, id: Some(id), bot: kind.as_deref() == Some("Bot") }
    }
}

#[derive(Deserialize)]
struct RawMembership {
    state: MembershipState,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum MembershipState {
    Active,
    /// Invited.
    Pending,
}

#[derive(Deserialize)]
struct RawCommit {
    author: Option<RawUser>,
    commit: RawGitCommit,
}

#[derive(Deserialize)]
struct RawGitCommit {
    author: Option<RawGitAuthor>,
}

#[derive(Deserialize)]
struct RawGitAuthor {
    #[serde(default)]
    email: Option<String>,
}

#[derive(Deserialize)]
struct RawActivity {
    after: String,
    actor: Option<RawUser>,
}

impl Repository {
    /// Everybody in a team, and in the teams below it: one call, and one more for each hundred.
    ///
    /// # Errors
    ///
    /// If there is no such team, the App may not see it, or a call fails.
    pub async fn team(&self, organisation: &str, team: &str) -> Result<Vec<UserAccount>, Error> {
        let template = "/orgs/{org}/teams/{team_slug}/members";
        let route = Route::get(template, &[organisation, team]);
        let route = route.with(&[("per_page", "100")]);
        let mut members = Vec::new();
        self.github
            .pages(self.who(), route, |page: Vec<RawUser>| {
                members.extend(page.into_iter().map(UserAccount::from));
                Enough::No
            })
            .await?;
        Ok(members)
    }

    /// Whether somebody belongs to the organisation that the repository is of: one call.
    ///
    /// # Errors
    ///
    /// If the App may not see it, or the call fails.
    pub async fn is_member(&self, organisation: &str, login: &str) -> Result<bool, Error> {
        let template = "/orgs/{org}/memberships/{username}";
        let route = Route::get(template, &[organisation, login]);
        match self.github.json::<RawMembership>(self.who(), &route, None).await {
            Ok(RawMembership { state }) => Ok(state == MembershipState::Active),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whose an e-mail address is, by a commit on the default branch that has it as its author's:
    /// one call. None where there is no such commit, or GitHub knows nobody by it.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub async fn whose_address(&self, address: &str) -> Result<Option<UserAccount>, Error> {
        let route = self.route(Method::Get, "/repos/{owner}/{repo}/commits", &[]);
        let route = route.with(&[("author", address), ("per_page", "1")]);
        let commits: Vec<RawCommit> = self.github.json(self.who(), &route, None).await?;
        let is_by = |commit: &RawCommit| {
            let email = commit.commit.author.as_ref().and_then(|author| author.email.as_ref());
            email.is_some_and(|email| email.eq_ignore_ascii_case(address))
        };
        let found = commits.into_iter().find(is_by).and_then(|commit| commit.author);
        Ok(found.map(UserAccount::from))
    }

    /// The last hundred pushes to a branch, the newest first, of this repository or of a fork that
    /// everybody may see: one call.
    ///
    /// # Errors
    ///
    /// If GitHub does not show them to the App, or the call fails.
    pub async fn pushes(&self, of: &RepositoryName, branch: &str) -> Result<Vec<Push>, Error> {
        let route = Route::get("/repos/{owner}/{repo}/activity", &[&of.owner, &of.name]);
        let reference = format!("refs/heads/{branch}");
        let route = route.with(&[("ref", &reference), ("per_page", "100")]);
        let all: Vec<RawActivity> = self.github.json(self.who(), &route, None).await?;
        let push = |RawActivity { after, actor }| Push { sha: after, by: actor.map(Into::into) };
        Ok(all.into_iter().map(push).collect())
    }
}
