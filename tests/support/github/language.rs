//! What a test says of repositories, installations, other people's checks, and webhooks on their way.

use super::{
    Failure, FakeGitHub, Fault,
    data::{CheckRun, CheckSuite, GitHub, Repository, Status},
    events,
    mail::Fate,
};
use jiff::{SignedDuration, Timestamp};

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
        match found {
            Some(found) => found.id,
            None => self.new_suite(at, head, app),
        }
    }

    /// Another suite: each run of a workflow has its own.
    pub(super) fn new_suite(&mut self, at: usize, head: &str, app: (u64, String)) -> u64 {
        let repository = &self.repositories[at];
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
        github.installed(&owner, id);
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
        let owner = self.data().repository(repository).owner.clone();
        self.push_changes_by(&owner, (repository, branch), changes)
    }

    /// The same, by somebody else than the repository's owner.
    #[track_caller]
    pub fn push_changes_by(
        &self,
        by: &str,
        (repository, branch): (&str, &str),
        changes: &[(&str, Option<&[u8]>)],
    ) -> String {
        let github = &mut *self.data();
        let at = github.position(repository);
        let place = &github.repositories[at];
        let before = place.branches.get(branch).cloned();
        let parent = before.clone().or_else(|| place.branches.get(&place.default_branch).cloned());
        let kind = if before.is_some() { "push" } else { "branch_creation" };
        github.account(by, "User");
        let after = github.commit(&parent.into_iter().collect::<Vec<_>>(), changes, by);
        github.moved_to((at, branch), &after, (by, kind));
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

    /// The next answers of a route (`GET /repos/{owner}/{repo}`, `POST /graphql`, or `*`) fail.
    pub fn fail(&self, route: &str, fault: Fault, times: usize) {
        self.fail_about(route, "", fault, times);
    }

    /// The same, of those alone whose path, or whose query's variables, hold `about`.
    pub fn fail_about(&self, route: &str, about: &str, fault: Fault, times: usize) {
        let (route, about) = (route.to_owned(), about.to_owned());
        self.data().failures.push(Failure { route, about, fault, after: 0, times });
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
        self.check_in_suite(at, suite, (head, name), (app, conclusion))
    }

    /// A check of another App in one of its suites: made, or finished.
    pub(super) fn check_in_suite(
        &mut self,
        at: usize,
        suite: u64,
        (head, name): (&str, &str),
        (app, conclusion): ((u64, String), Option<&str>),
    ) -> u64 {
        let now = self.now();
        // A run that was in progress is finished; another one is a new run.
        let same =
            |it: &&mut CheckRun| it.suite == suite && it.name == name && it.status != "completed";
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
