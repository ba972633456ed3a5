//! What a test says of pull requests, and what people do to them.

use serde_json::{Value, json};

use super::{
    FakeGitHub,
    data::{GitHub, PullRequest, Review, Thread},
    events,
    language::as_changes,
    shapes,
};

/// A pull request to be opened.
#[derive(Debug, Clone)]
pub struct Opening<'a> {
    branch: &'a str,
    base: &'a str,
    author: &'a str,
    fork: Option<&'a str>,
    files: &'a [(&'a str, &'a str)],
    labels: &'a [&'a str],
    draft: bool,
}

impl<'a> Opening<'a> {
    /// From a branch, which is made where there is none, onto `main`, by `ada`.
    #[must_use]
    pub fn from_branch(branch: &'a str) -> Self {
        Self {
            branch,
            base: "main",
            author: "ada",
            fork: None,
            files: &[("src/new.py", "x = 1\n")],
            labels: &[],
            draft: false,
        }
    }

    /// Onto another branch.
    #[must_use]
    pub fn onto(self, base: &'a str) -> Self {
        Self { base, ..self }
    }

    /// By somebody else.
    #[must_use]
    pub fn by(self, author: &'a str) -> Self {
        Self { author, ..self }
    }

    /// From a fork, `owner/name`, which is made where there is none.
    #[must_use]
    pub fn from_fork(self, fork: &'a str) -> Self {
        Self { fork: Some(fork), ..self }
    }

    /// With these files; an empty list pushes nothing, and the branch is taken as it is.
    #[must_use]
    pub fn with(self, files: &'a [(&'a str, &'a str)]) -> Self {
        Self { files, ..self }
    }

    /// With labels.
    #[must_use]
    pub fn labelled(self, labels: &'a [&'a str]) -> Self {
        Self { labels, ..self }
    }

    /// As a draft.
    #[must_use]
    pub fn draft(self) -> Self {
        Self { draft: true, ..self }
    }
}

/// A pull request, as it was when a step returned it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Pull {
    /// `owner/name` of the base.
    pub repository: String,
    pub number: u64,
    pub head: String,
    pub base: String,
    pub branch: String,
    /// `owner/name` of the head.
    pub head_repository: String,
}

impl FakeGitHub {
    /// Opens a pull request.
    #[track_caller]
    pub fn open_pull_request(&self, repository: &str, opening: &Opening<'_>) -> Pull {
        if let Some(fork) = opening.fork
            && !self.data().repositories.iter().any(|it| it.full_name() == fork)
        {
            self.fork(repository, fork);
        }
        let place = opening.fork.unwrap_or(repository);
        if !opening.files.is_empty() {
            let files = as_changes(opening.files);
            self.push_changes_by(opening.author, (place, opening.branch), &files);
        }
        let github = &mut *self.data();
        github.account(opening.author, "User");
        let head_repository = github.repository(place).id;
        let head_sha = github.repository(place).branches[opening.branch].clone();
        let at = github.position(repository);
        let base_sha = github.repositories[at].branches[opening.base].clone();
        let now = github.now();
        let id = github.id();
        github.repositories[at].last_number += 1;
        let number = github.repositories[at].last_number;
        let pull = PullRequest {
            id,
            number,
            title: format!("{} #{number}", opening.branch),
            body: None,
            author: opening.author.to_owned(),
            draft: opening.draft,
            state: "open".to_owned(),
            merged: false,
            labels: opening.labels.iter().map(|it| (*it).to_owned()).collect(),
            base: opening.base.to_owned(),
            base_sha,
            head: opening.branch.to_owned(),
            head_sha,
            head_repository,
            reviews: Vec::new(),
            threads: Vec::new(),
            review_requests: Vec::new(),
            review_decision: None,
            created_at: now,
            updated_at: now,
        };
        if opening.fork.is_some() {
            let head = pull.head_sha.clone();
            github.requested_suite(at, &head);
        }
        github.repositories[at].pull_requests.insert(number, pull);
        events::pull_request(github, at, number, "opened", &json!({}));
        github.shown(at, number)
    }

    /// Pushes to a pull request's branch.
    #[track_caller]
    pub fn push_to(&self, pull: &Pull, files: &[(&str, &str)]) -> Pull {
        self.push(&pull.head_repository, &pull.branch, files);
        self.now_of(pull)
    }

    /// A pull request as it is now.
    #[track_caller]
    pub fn now_of(&self, pull: &Pull) -> Pull {
        let github = self.data();
        let at = github.position(&pull.repository);
        github.shown(at, pull.number)
    }

    /// Submits a review of the head: `APPROVED`, `CHANGES_REQUESTED` or `COMMENTED`. Its number.
    #[track_caller]
    pub fn review(&self, pull: &Pull, author: &str, state: &str) -> u64 {
        let github = &mut *self.data();
        github.account(author, "User");
        let id = github.id();
        let at = github.position(&pull.repository);
        let now = github.now();
        github.change(at, pull.number, |it| {
            it.reviews.push(Review {
                id,
                author: author.to_owned(),
                state: state.to_owned(),
                commit: it.head_sha.clone(),
                body: String::new(),
                at: now,
            });
        });
        events::review(github, at, pull.number, id, "submitted");
        id
    }

    /// Dismisses a review.
    #[track_caller]
    pub fn dismiss(&self, pull: &Pull, review: u64) {
        let github = &mut *self.data();
        let at = github.position(&pull.repository);
        github.change(at, pull.number, |it| {
            let found = it.reviews.iter_mut().find(|it| it.id == review);
            found.into_iter().for_each(|it| it.state = "DISMISSED".to_owned());
        });
        events::review(github, at, pull.number, review, "dismissed");
    }

    /// Starts a conversation on the code; it comes with a review of the kind `COMMENTED`.
    #[track_caller]
    pub fn open_thread(&self, pull: &Pull, author: &str, path: &str, line: u64) -> String {
        let id = self.add_thread(pull, author, path, line);
        // Who hears of the review finds the conversation.
        self.review(pull, author, "COMMENTED");
        id
    }

    #[track_caller]
    fn add_thread(&self, pull: &Pull, author: &str, path: &str, line: u64) -> String {
        let github = &mut *self.data();
        github.account(author, "User");
        let number = github.id();
        let (at, now) = (github.position(&pull.repository), github.now());
        let id = format!("PRRT_{number}");
        let thread = Thread {
            id: id.clone(),
            comment_id: number,
            author: author.to_owned(),
            path: path.to_owned(),
            line,
            body: "Why?".to_owned(),
            resolved_by: None,
            outdated: false,
            at: now,
        };
        github.change(at, pull.number, |it| it.threads.push(thread));
        id
    }

    /// Resolves a conversation.
    #[track_caller]
    pub fn resolve(&self, pull: &Pull, thread: &str, by: &str) {
        self.settle(pull, thread, Some(by));
    }

    /// Takes a conversation up again.
    #[track_caller]
    pub fn unresolve(&self, pull: &Pull, thread: &str) {
        self.settle(pull, thread, None);
    }

    #[track_caller]
    fn settle(&self, pull: &Pull, thread: &str, by: Option<&str>) {
        let github = &mut *self.data();
        if let Some(by) = by {
            github.account(by, "User");
        }
        let at = github.position(&pull.repository);
        github.change(at, pull.number, |it| {
            let found = it.threads.iter_mut().find(|it| it.id == thread);
            found.expect("a thread of this pull request").resolved_by = by.map(str::to_owned);
        });
        let it = github.repositories[at].pull_requests[&pull.number].clone();
        let found = it.threads.iter().find(|it| it.id == thread).cloned();
        events::thread(github, at, &it, &found.expect("a thread of this pull request"));
    }

    /// Puts a label on, or takes it off.
    #[track_caller]
    pub fn label(&self, pull: &Pull, label: &str, on: bool) {
        let more = json!({"label": shapes::label(label)});
        self.edit(pull, if on { "labeled" } else { "unlabeled" }, &more, |it| {
            if on {
                it.labels.insert(label.to_owned());
            } else {
                it.labels.remove(label);
            }
        });
    }

    /// Makes it a draft, or ready for review.
    #[track_caller]
    pub fn draft(&self, pull: &Pull, draft: bool) {
        let action = if draft { "converted_to_draft" } else { "ready_for_review" };
        self.edit(pull, action, &json!({}), |it| it.draft = draft);
    }

    /// Changes the branch that it goes to.
    #[track_caller]
    pub fn retarget(&self, pull: &Pull, base: &str) -> Pull {
        let old = self.data().repository(&pull.repository).pull_requests[&pull.number].clone();
        let sha = self.data().repository(&pull.repository).branches[base].clone();
        let changes = json!({"changes": {"base": {
            "ref": {"from": old.base}, "sha": {"from": old.base_sha},
        }}});
        self.edit(pull, "edited", &changes, |it| {
            it.base = base.to_owned();
            it.base_sha = sha;
        });
        self.now_of(pull)
    }

    /// Closes it without merging.
    #[track_caller]
    pub fn close(&self, pull: &Pull) {
        self.edit(pull, "closed", &json!({}), |it| it.state = "closed".to_owned());
    }

    /// Opens it again.
    #[track_caller]
    pub fn reopen(&self, pull: &Pull) {
        self.edit(pull, "reopened", &json!({}), |it| it.state = "open".to_owned());
    }

    #[track_caller]
    pub(super) fn edit(
        &self,
        pull: &Pull,
        action: &str,
        more: &Value,
        change: impl FnOnce(&mut PullRequest),
    ) {
        let github = &mut *self.data();
        let at = github.position(&pull.repository);
        github.change(at, pull.number, change);
        events::pull_request(github, at, pull.number, action, more);
    }
}

impl GitHub {
    #[track_caller]
    fn change(&mut self, at: usize, number: u64, change: impl FnOnce(&mut PullRequest)) {
        let now = self.now();
        let found = self.repositories[at].pull_requests.get_mut(&number);
        let pull = found.unwrap_or_else(|| panic!("there is no pull request #{number}"));
        change(pull);
        pull.updated_at = now;
    }

    pub(super) fn shown(&self, at: usize, number: u64) -> Pull {
        let repository = &self.repositories[at];
        let it = &repository.pull_requests[&number];
        let head = self.repository_by_id(it.head_repository);
        Pull {
            repository: repository.full_name(),
            number,
            head: it.head_sha.clone(),
            base: it.base_sha.clone(),
            branch: it.head.clone(),
            head_repository: head
                .map_or_else(|| repository.full_name(), super::data::Repository::full_name),
        }
    }

    /// After a push: open pull requests from the branch have a new head, those onto it a new base.
    pub(super) fn pulls_follow(&mut self, at: usize, branch: &str, before: &str, after: &str) {
        let place = self.repositories[at].id;
        for repository in &mut self.repositories {
            let here = repository.id == place;
            for pull in repository.pull_requests.values_mut().filter(|it| it.state == "open") {
                if here && pull.base == branch {
                    pull.base_sha = after.to_owned();
                }
            }
        }
        let from_here = |it: &&PullRequest| {
            it.state == "open" && it.head_repository == place && it.head == branch
        };
        let moved: Vec<(usize, u64)> = self
            .repositories
            .iter()
            .enumerate()
            .flat_map(|(at, it)| {
                let pulls = it.pull_requests.values().filter(from_here);
                pulls.map(move |it| (at, it.number))
            })
            .collect();
        for (of, number) in moved {
            let foreign = self.repositories[of].id != place;
            self.change(of, number, |it| it.head_sha = after.to_owned());
            if foreign {
                self.requested_suite(of, after);
            }
            let more = json!({"before": before, "after": after});
            events::pull_request(self, of, number, "synchronize", &more);
        }
    }
}
