//! What rules over reviews have to know of people beside their reviews. gate-core says what that is;
//! it is asked for only then. What GitHub does not tell is said to be unknown, and why.

use gate_core::{
    evidence::{CodeOwnersFile, Evidence, Piece, PullRequest, Told, UserAccount},
    policy::Policy,
    rule::{Lack, lacking},
};

use crate::{
    github::{self, Snapshot, Version},
    ids::CommitSha,
};

use super::{GatherError, Sources};

/// What one answer makes necessary to ask comes in the next round; there are no more kinds than this.
const ROUNDS: usize = 5;

impl Sources {
    /// Adds what the policy has to know of people, as far as GitHub tells.
    pub(super) async fn with_people(
        &self,
        mut evidence: Evidence,
        policy: &Policy,
        snapshot: &Snapshot,
    ) -> Result<Evidence, GatherError> {
        if policy.needs().code_owners
            && let Piece::Present(pull_request) = &mut evidence.pull_request
        {
            pull_request.people.code_owners = Some(self.code_owners(snapshot).await?);
        }
        for _ in 0..ROUNDS {
            let lacks = lacking(policy, &evidence, self.now);
            let Piece::Present(pull_request) = &mut evidence.pull_request else { break };
            if lacks.is_empty() {
                break;
            }
            for lack in lacks {
                self.learn(lack, pull_request, snapshot).await?;
            }
        }
        Ok(evidence)
    }

    async fn learn(
        &self,
        lack: Lack,
        pull_request: &mut PullRequest,
        snapshot: &Snapshot,
    ) -> Result<(), GatherError> {
        match lack {
            Lack::Team(name) => {
                let members = match name.split_once('/') {
                    Some((organisation, team)) => self.team(organisation, team).await?,
                    None => Told::Unknown("a team is organisation/team".to_owned()),
                };
                pull_request.people.teams.insert(name, members);
            }
            Lack::Organisation(name) => {
                let members = self.members(&name, pull_request).await?;
                pull_request.people.organisations.insert(name, members);
            }
            Lack::Address(address) => {
                let whose = told(self.repository.whose_address(&address).await)?;
                let whose = match whose {
                    Told::Known(Some(account)) => Told::Known(account),
                    Told::Known(None) => {
                        let why = "no commit of the default branch has it as its author's, or GitHub knows nobody by it; \
                                   name the owner by the login";
                        Told::Unknown(why.to_owned())
                    }
                    Told::Unknown(why) => Told::Unknown(why),
                };
                pull_request.people.addresses.insert(address, whose);
            }
            Lack::Pushes => {
                let pushes = match &snapshot.head_name {
                    Some(name) => told(self.repository.pushes(name, &snapshot.head_ref).await)?,
                    None => Told::Unknown("the head's repository is deleted or hidden".to_owned()),
                };
                pull_request.people.pushes = Some(pushes);
            }
            Lack::Diff(commit) => {
                let diff = match commit.parse::<CommitSha>() {
                    Ok(commit) => self.diff(snapshot, &commit).await?,
                    Err(error) => Told::Unknown(error.to_string()),
                };
                pull_request.people.diffs.insert(commit, diff);
            }
            // What a later gate-core asks for, and this does not know.
            _ => {}
        }
        Ok(())
    }

    /// CODEOWNERS of the base branch. GraphQL cuts long texts off; then the file itself is asked for.
    async fn code_owners(
        &self,
        snapshot: &Snapshot,
    ) -> Result<Told<Option<CodeOwnersFile>>, GatherError> {
        let base = snapshot.base.as_ref();
        let found = base.and_then(|base| Ok((&base.commit, base.code_owners.as_ref()?)));
        let (commit, file) = match found {
            Ok((commit, Some(file))) => (commit, file),
            Ok((_, None)) => return Ok(Told::Known(None)),
            Err(incomplete) => return Ok(Told::Unknown(incomplete.to_string())),
        };
        let text = match &file.text {
            Some(text) => text.clone(),
            None => {
                let place = (commit, file.path);
                match told(self.repository.versions(place, place).await)? {
                    Told::Known((_, Version::Text(text))) => text,
                    Told::Known((_, Version::Absent | Version::Binary)) => {
                        return Ok(Told::Unknown(format!("{}: it is no text", file.path)));
                    }
                    Told::Unknown(why) => return Ok(Told::Unknown(why)),
                }
            }
        };
        Ok(Told::Known(Some(CodeOwnersFile { path: file.path.to_owned(), text })))
    }

    async fn team(
        &self,
        organisation: &str,
        team: &str,
    ) -> Result<Told<Vec<UserAccount>>, GatherError> {
        match self.foreign(organisation) {
            Some(why) => Ok(Told::Unknown(why)),
            None => told(self.repository.team(organisation, team).await),
        }
    }

    /// Those who have reviewed and belong to an organisation.
    async fn members(
        &self,
        organisation: &str,
        pull_request: &PullRequest,
    ) -> Result<Told<Vec<UserAccount>>, GatherError> {
        if let Some(why) = self.foreign(organisation) {
            return Ok(Told::Unknown(why));
        }
        let mut members: Vec<UserAccount> = Vec::new();
        let reviewers = pull_request.reviews.iter().filter(|review| review.can_write);
        for reviewer in reviewers.filter_map(|review| review.author.as_ref()) {
            // A bot belongs to no organisation.
            if reviewer.bot || members.iter().any(|member| member.is_same(reviewer)) {
                continue;
            }
            match told(self.repository.is_member(organisation, &reviewer.login).await)? {
                Told::Known(true) => members.push(reviewer.clone()),
                Told::Known(false) => {}
                Told::Unknown(why) => return Ok(Told::Unknown(why)),
            }
        }
        Ok(Told::Known(members))
    }

    /// Why nothing can be learnt of this organisation, if it is another one than the App works for here.
    fn foreign(&self, organisation: &str) -> Option<String> {
        let own = &self.repository.name().owner;
        (!own.eq_ignore_ascii_case(organisation)).then(|| {
            format!("the App is installed at {own} here, and may not see members of {organisation}")
        })
    }
}

/// What GitHub told; what it does not tell us now it may tell later only if it is ill or busy.
fn told<T>(answer: Result<T, github::Error>) -> Result<Told<T>, GatherError> {
    match answer {
        Ok(known) => Ok(Told::Known(known)),
        Err(
            error @ (github::Error::NotFound { .. }
            | github::Error::Forbidden { .. }
            | github::Error::Refused { .. }
            | github::Error::TooLarge { .. }
            | github::Error::Malformed { .. }),
        ) => Ok(Told::Unknown(error.to_string())),
        Err(error) => Err(error.into()),
    }
}
