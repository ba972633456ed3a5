//! What a test says of repositories, installations, other people's checks, and webhooks on their way.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{
    Failure, FakeGitHub, Fault,
    data::{CheckRun, CheckSuite, GitHub, Installation, Repository, Status},
    events,
    mail::Fate,
};

const ACTIONS: (u64, &str) = (15_368, "github-actions");

/// Files of a commit: path and text.
pub(super) type Files<'a> = &'a [(&'a str, &'a str)];

pub(super) fn as_changes<'a>(files: Files<'a>) -> Vec<(&'a str, Option<&'a [u8]>)> {
    files.iter().map(|(path, text)| (*path, Some(text.as_bytes()))).collect()
}

impl GitHub {
    #[track_caller]
    pub(super) fn position(&self, full_name: &str) -> usize {
        self.repositories
            .iter()
            .position(|it| it.full_name() == full_name)
            .unwrap_or_else(|| panic!("the fake GitHub has no repository {full_name}"))
    }

    /// The suite of an App at a commit, made where there is none.
    pub(super) fn suite(&mut self, at: usize, head: &str, app: (u64, String)) -> u64 {
        let repository = &self.repositories[at];
        let found = repository.check_suites.iter().find(|it| it.head == head && it.app == app);
        if let Some(found) = found {
            return found.id;
        }
        let branch = repository.branches.iter().find(|(_, sha)| *sha == head);
        let branch = branch.map(|(name, _)| name.clone());
        let suite = CheckSuite {
            id: self.id(),
            app,
            head: head.to_owned(),
            branch,
            created_at: self.now(),
        };
        let id = suite.id;
        self.repositories[at].check_suites.push(suite);
        id
    }

    /// What GitHub does on every push: a suite for the App.
    pub(super) fn requested_suite(&mut self, at: usize, head: &str) {
        let own = (self.app.id, self.app.slug.clone());
        let id = self.suite(at, head, own);
        let suite = self.repositories[at].check_suites.iter().find(|it| it.id == id).cloned();
        if let Some(suite) = suite {
            events::check_suite(self, at, &suite, "requested");
        }
    }
}

impl FakeGitHub {
    /// A repository `owner/name` with the branch `main` and one commit, where the App is installed;
    /// no webhook is sent.
    ///
    /// # Panics
    ///
    /// If `full_name` has no slash.
    #[track_caller]
    pub fn repository(&self, full_name: &str, files: &[(&str, &str)]) -> u64 {
        let mut github = self.data();
        let id = github.new_repository(full_name, None);
        let owner = github.repository(full_name).owner.clone();
        let first = github.commit(&[], &as_changes(files), &owner);
        github.repository(full_name).branches.insert("main".to_owned(), first);
        github.install(&owner, id);
        id
    }

    /// A fork of a repository, where the App is not installed.
    #[track_caller]
    pub fn fork(&self, of: &str, full_name: &str) -> u64 {
        let mut github = self.data();
        let origin = github.repository(of).clone();
        let id = github.new_repository(full_name, Some(origin.id));
        github.repository(full_name).branches = origin.branches;
        id
    }

    /// Gives an account a permission: `admin`, `maintain`, `write`, `triage` or `read`.
    #[track_caller]
    pub fn collaborator(&self, repository: &str, login: &str, permission: &str) {
        let mut github = self.data();
        github.account(login, "User");
        let to = &mut github.repository(repository).collaborators;
        to.insert(login.to_owned(), permission.to_owned());
    }

    /// Pushes a commit with these files onto a branch, made where there is none from the default
    /// branch; pull requests of the branch follow. The commit.
    #[track_caller]
    pub fn push(&self, repository: &str, branch: &str, files: &[(&str, &str)]) -> String {
        self.push_changes(repository, branch, &as_changes(files))
    }

    /// The same, with bytes, and files that go.
    #[track_caller]
    pub fn push_changes(
        &self,
        repository: &str,
        branch: &str,
        changes: &[(&str, Option<&[u8]>)],
    ) -> String {
        let github = &mut *self.data();
        let at = github.position(repository);
        let place = &github.repositories[at];
        let before = place.branches.get(branch).cloned();
        let parent = before.clone().or_else(|| place.branches.get(&place.default_branch).cloned());
        let owner = place.owner.clone();
        let after = github.commit(&parent.into_iter().collect::<Vec<_>>(), changes, &owner);
        github.repositories[at].branches.insert(branch.to_owned(), after.clone());
        let before = before.unwrap_or_else(|| "0".repeat(40));
        events::push(github, at, branch, &before, &after);
        github.requested_suite(at, &after);
        github.pulls_follow(at, branch, &before, &after);
        after
    }

    /// A check run of another App (or of GitHub Actions, as `github-actions`), as it is now: the
    /// status is `completed` with a conclusion, and `in_progress` without. The run's number.
    #[track_caller]
    pub fn check(
        &self,
        repository: &str,
        head: &str,
        (app, name): (&str, &str),
        conclusion: Option<&str>,
    ) -> u64 {
        let github = &mut *self.data();
        let at = github.position(repository);
        let id = github.foreign_check(at, head, (app, name), conclusion);
        let action = if conclusion.is_some() { "completed" } else { "created" };
        events::check_run(github, at, id, action, None);
        id
    }

    /// A commit status: `error`, `failure`, `pending` or `success`.
    #[track_caller]
    pub fn status(&self, repository: &str, head: &str, context: &str, state: &str) -> u64 {
        let github = &mut *self.data();
        let at = github.position(repository);
        github.account("ci", "Bot");
        let status = Status {
            id: github.id(),
            head: head.to_owned(),
            context: context.to_owned(),
            state: state.to_owned(),
            description: None,
            creator: "ci".to_owned(),
            at: github.now(),
        };
        let id = status.id;
        github.repositories[at].statuses.push(status);
        events::status(github, at, id);
        id
    }

    /// Somebody asks for one check run again.
    #[track_caller]
    pub fn rerequest(&self, repository: &str, check_run: u64) {
        let github = &mut *self.data();
        let at = github.position(repository);
        events::check_run(github, at, check_run, "rerequested", None);
    }

    /// Somebody asks for all checks of a commit again.
    #[track_caller]
    pub fn rerequest_all(&self, repository: &str, head: &str) {
        let github = &mut *self.data();
        let at = github.position(repository);
        let own = (github.app.id, github.app.slug.clone());
        let id = github.suite(at, head, own);
        let suite = github.repositories[at].check_suites.iter().find(|it| it.id == id).cloned();
        if let Some(suite) = suite {
            events::check_suite(github, at, &suite, "rerequested");
        }
    }

    /// Somebody presses a button of a check run.
    #[track_caller]
    pub fn press(&self, repository: &str, check_run: u64, identifier: &str) {
        let github = &mut *self.data();
        let at = github.position(repository);
        events::check_run(github, at, check_run, "requested_action", Some(identifier));
    }

    /// Renames a repository; GitHub redirects from the old name.
    #[track_caller]
    pub fn rename(&self, repository: &str, name: &str) {
        let github = &mut *self.data();
        let at = github.position(repository);
        let it = &mut github.repositories[at];
        let from = std::mem::replace(&mut it.name, name.to_owned());
        it.former_names.push(repository.to_owned());
        let changes = json!({"changes": {"repository": {"name": {"from": from}}}});
        events::emit(github, at, "repository", "renamed", changes);
    }

    /// Moves a repository to another owner, where the App is installed too.
    #[track_caller]
    pub fn transfer(&self, repository: &str, owner: &str) {
        let github = &mut *self.data();
        let at = github.position(repository);
        github.account(owner, "Organization");
        let id = github.repositories[at].id;
        let from = std::mem::replace(&mut github.repositories[at].owner, owner.to_owned());
        github.repositories[at].former_names.push(repository.to_owned());
        for installation in &mut github.installations {
            installation.repositories.remove(&id);
        }
        github.install(owner, id);
        let organization = super::shapes::user(github, &from);
        let changes = json!({"changes": {"owner": {"from": {"organization": organization}}}});
        events::emit(github, at, "repository", "transferred", changes);
    }

    /// Deletes a repository.
    #[track_caller]
    pub fn delete_repository(&self, repository: &str) {
        let github = &mut *self.data();
        let at = github.position(repository);
        events::emit(github, at, "repository", "deleted", json!({}));
        github.repositories.remove(at);
    }

    /// Installs the App on an account's repositories (all that are there), and says so.
    #[track_caller]
    pub fn install(&self, owner: &str) -> u64 {
        let github = &mut *self.data();
        let of = |it: &&Repository| it.owner == owner;
        let ids: Vec<u64> = github.repositories.iter().filter(of).map(|it| it.id).collect();
        for id in ids {
            github.install(owner, id);
        }
        let id = github.installations.iter().find(|it| it.account == owner).map(|it| it.id);
        let id = id.unwrap_or_else(|| panic!("{owner} has no repositories"));
        events::installation(github, id, "created");
        id
    }

    /// Takes the App away from an account; its tokens are worth nothing from now on.
    #[track_caller]
    pub fn uninstall(&self, owner: &str) {
        let github = &mut *self.data();
        let found = github.installations.iter().find(|it| it.account == owner).map(|it| it.id);
        let id = found.unwrap_or_else(|| panic!("the App is not installed at {owner}"));
        events::installation(github, id, "deleted");
        github.installations.retain(|it| it.id != id);
        github.tokens.retain(|it| it.installation != id);
    }

    /// Suspends an installation, or takes it up again.
    #[track_caller]
    pub fn suspend(&self, owner: &str, suspended: bool) {
        let github = &mut *self.data();
        let found = github.installations.iter_mut().find(|it| it.account == owner);
        let found = found.unwrap_or_else(|| panic!("the App is not installed at {owner}"));
        found.suspended = suspended;
        let id = found.id;
        events::installation(github, id, if suspended { "suspend" } else { "unsuspend" });
    }

    /// Adds a repository to its owner's installation, or takes it away.
    #[track_caller]
    pub fn install_repository(&self, repository: &str, added: bool) {
        let github = &mut *self.data();
        let at = github.position(repository);
        let (id, owner) = (github.repositories[at].id, github.repositories[at].owner.clone());
        let installation = github.install(&owner, id);
        if !added {
            let found = github.installations.iter_mut().find(|it| it.id == installation);
            found.into_iter().for_each(|it| {
                it.repositories.remove(&id);
            });
        }
        events::installation_repositories(github, installation, id, added);
    }

    /// Changes the protection of a branch: GitHub's own JSON, or none.
    #[track_caller]
    pub fn protect(&self, repository: &str, branch: &str, protection: Option<serde_json::Value>) {
        let github = &mut *self.data();
        let at = github.position(repository);
        let place = &mut github.repositories[at].protection;
        let action = match (protection, place.contains_key(branch)) {
            (Some(it), known) => {
                place.insert(branch.to_owned(), it);
                if known { "edited" } else { "created" }
            }
            (None, _) => {
                place.remove(branch);
                "deleted"
            }
        };
        let rule = json!({"rule": {"name": branch, "repository_id": github.repositories[at].id}});
        events::emit(github, at, "branch_protection_rule", action, rule);
    }

    /// Adds a ruleset: GitHub's own JSON, with `name` and `rules`.
    #[track_caller]
    pub fn add_ruleset(&self, repository: &str, mut ruleset: serde_json::Value) {
        let github = &mut *self.data();
        let at = github.position(repository);
        ruleset["id"] = json!(github.id());
        ruleset["source"] = json!(repository);
        ruleset["enforcement"] = json!("active");
        github.repositories[at].rulesets.push(ruleset.clone());
        let body = json!({ "repository_ruleset": ruleset });
        events::emit(github, at, "repository_ruleset", "created", body);
    }

    /// The next answers of a route (`GET /repos/{owner}/{repo}`, `POST /graphql`, or `*`) fail.
    pub fn fail(&self, route: &str, fault: Fault, times: usize) {
        self.data().failures.push(Failure { route: route.to_owned(), fault, after: 0, times });
    }

    /// Every token that was given out is revoked: GitHub answers 401 to each.
    pub fn revoke_tokens(&self) {
        self.data().tokens.iter_mut().for_each(|it| it.revoked = true);
    }

    /// GitHub's clock stands at this time.
    pub fn set_time(&self, now: Timestamp) {
        self.data().fixed = Some(now);
    }

    /// GitHub's clock goes on; it stands still from now on.
    pub fn advance(&self, by: SignedDuration) {
        let mut github = self.data();
        github.fixed = Some(github.now() + by);
    }

    /// Sends all webhooks here, those of before too.
    pub fn deliver(&self, url: &str) {
        self.data().mail.url = Some(url.to_owned());
    }

    /// The next webhook of this event (or of any) is lost; GitHub lists it as failed.
    pub fn lose_webhook(&self, event: Option<&str>) {
        self.meet(event, Fate::Lost);
    }

    /// What happens to the next webhook of this event, or of any.
    pub fn meet(&self, event: Option<&str>, fate: Fate) {
        self.data().mail.fates.push((event.map(str::to_owned), fate));
    }

    /// Sends what was held back, in the order of the events or turned round.
    pub fn release_webhooks(&self, reversed: bool) {
        let mut github = self.data();
        let mut held: Vec<u64> = github.mail.held.drain(..).collect();
        if reversed {
            held.reverse();
        }
        github.mail.outbox.extend(held);
    }
}

impl GitHub {
    #[track_caller]
    fn new_repository(&mut self, full_name: &str, fork_of: Option<u64>) -> u64 {
        let (owner, name) = full_name.split_once('/').expect("a repository is owner/name");
        self.account(owner, if fork_of.is_some() { "User" } else { "Organization" });
        let id = self.id();
        self.repositories.push(Repository {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            fork_of,
            default_branch: "main".to_owned(),
            ..Repository::default()
        });
        id
    }

    fn install(&mut self, owner: &str, repository: u64) -> u64 {
        if let Some(it) = self.installations.iter_mut().find(|it| it.account == owner) {
            it.repositories.insert(repository);
            return it.id;
        }
        let installation = Installation {
            id: self.id(),
            account: owner.to_owned(),
            repositories: BTreeSet::from([repository]),
            permissions: self.app.permissions.clone(),
            suspended: false,
            created_at: self.now(),
        };
        let id = installation.id;
        self.installations.push(installation);
        id
    }

    pub(super) fn foreign_check(
        &mut self,
        at: usize,
        head: &str,
        (app, name): (&str, &str),
        conclusion: Option<&str>,
    ) -> u64 {
        let number = if app == ACTIONS.1 { ACTIONS.0 } else { 20_000 + app.len() as u64 };
        let app = (number, app.to_owned());
        let suite = self.suite(at, head, app.clone());
        let now = self.now();
        // A run that was in progress is finished; another one is a new run.
        let same = |it: &&mut CheckRun| {
            it.head == head && it.app == app && it.name == name && it.status != "completed"
        };
        if let Some(run) = self.repositories[at].check_runs.iter_mut().find(same) {
            if let Some(conclusion) = conclusion {
                run.status = "completed".to_owned();
                run.conclusion = Some(conclusion.to_owned());
                run.completed_at = Some(now);
            }
            return run.id;
        }
        let run = CheckRun {
            id: self.id(),
            suite,
            app,
            name: name.to_owned(),
            head: head.to_owned(),
            status: if conclusion.is_some() { "completed" } else { "in_progress" }.to_owned(),
            conclusion: conclusion.map(str::to_owned),
            started_at: Some(now),
            completed_at: conclusion.map(|_| now),
            details_url: None,
            external_id: None,
            title: None,
            summary: None,
            text: None,
            annotations: Vec::new(),
            actions: Vec::new(),
            writes: 1,
            seen: true,
        };
        let id = run.id;
        self.repositories[at].check_runs.push(run);
        id
    }
}
