//! What a test says of people: who is in a team or an organisation, and who pushes what.

use super::{
    FakeGitHub, Pull,
    data::{GitHub, Push},
    events,
    language::as_changes,
};

impl FakeGitHub {
    /// A team `organisation/team` and all of its members.
    pub fn team(&self, team: &str, members: &[&str]) {
        let mut github = self.data();
        for login in members {
            github.account(login, "User");
        }
        let members = members.iter().map(|login| (*login).to_owned()).collect();
        github.teams.insert(team.to_owned(), members);
    }

    /// An organisation and all of its members.
    pub fn members(&self, organisation: &str, members: &[&str]) {
        let mut github = self.data();
        for login in members {
            github.account(login, "User");
        }
        let members = members.iter().map(|login| (*login).to_owned()).collect();
        github.members.insert(organisation.to_owned(), members);
    }

    /// Somebody pushes to a pull request's branch.
    #[track_caller]
    pub fn push_to_by(&self, by: &str, pull: &Pull, files: &[(&str, &str)]) -> Pull {
        self.data().account(by, "User");
        let place = (pull.head_repository.as_str(), pull.branch.as_str());
        self.push_changes_by(by, place, &as_changes(files));
        self.now_of(pull)
    }

    /// Somebody puts what a pull request changes, and these files, on the tip of its base, as one
    /// commit, and pushes that by force.
    #[track_caller]
    pub fn rebase(&self, by: &str, pull: &Pull, files: &[(&str, &str)]) -> Pull {
        let github = &mut *self.data();
        github.account(by, "User");
        let base = {
            let repository = github.repository(&pull.repository);
            let base = &repository.pull_requests[&pull.number].base;
            repository.branches[base].clone()
        };
        let head = &github.commits[&pull.head];
        let parted = github.merge_base(&base, &pull.head).expect("a common ancestor");
        let old = &github.commits[&parted].files;
        let gone = old.keys().filter(|path| !head.files.contains_key(*path));
        let mut changes: Vec<(String, Option<Vec<u8>>)> =
            gone.map(|path| (path.clone(), None)).collect();
        let come = head.files.iter().filter(|(path, bytes)| old.get(*path) != Some(*bytes));
        changes.extend(come.map(|(path, bytes)| (path.clone(), Some(bytes.clone()))));
        let more =
            files.iter().map(|(path, text)| ((*path).to_owned(), Some(text.as_bytes().to_vec())));
        changes.extend(more);
        let changes: Vec<(&str, Option<&[u8]>)> =
            changes.iter().map(|(path, bytes)| (path.as_str(), bytes.as_deref())).collect();
        let after = github.commit(&[base], &changes, by);
        let at = github.position(&pull.head_repository);
        github.moved_to((at, &pull.branch), &after, (by, "force_push"));
        let at = github.position(&pull.repository);
        github.shown(at, pull.number)
    }

    /// Somebody pushes a commit that is there already to a pull request's branch.
    #[track_caller]
    pub fn moved(&self, pull: &Pull, commit: &str, by: &str) -> Pull {
        let github = &mut *self.data();
        github.account(by, "User");
        let at = github.position(&pull.head_repository);
        github.moved_to((at, &pull.branch), commit, (by, "push"));
        let at = github.position(&pull.repository);
        github.shown(at, pull.number)
    }
}

impl GitHub {
    /// A branch holds another commit now, because somebody pushed it.
    pub(super) fn moved_to(
        &mut self,
        (at, branch): (usize, &str),
        after: &str,
        (by, kind): (&str, &str),
    ) {
        let before = self.repositories[at].branches.insert(branch.to_owned(), after.to_owned());
        let before = before.unwrap_or_else(|| "0".repeat(40));
        let push = Push {
            id: self.id(),
            branch: branch.to_owned(),
            before: before.clone(),
            after: after.to_owned(),
            actor: by.to_owned(),
            kind: kind.to_owned(),
            at: self.now(),
        };
        self.repositories[at].pushes.push(push);
        events::push(self, at, branch, &before, after);
        self.requested_suite(at, after);
        self.pulls_follow(at, branch, &before, after);
    }
}
