//! GitHub as plain data: what there is, and nothing of how it is asked for. A test may change
//! anything of it at any time, by [`FakeGitHub::data`](super::FakeGitHub::data).

mod checks;
mod code;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{failures::Failure, mail::Mail, oidc::Issuer};

pub use checks::{Artifact, CheckRun, CheckSuite, Job, Status, WorkflowRun};
pub use code::{Comment, Commit, MergeGroup, PullRequest, Push, Review, Thread};

/// All of GitHub.
#[derive(Debug)]
pub struct GitHub {
    /// GitHub's clock; follows the machine's while `None`.
    pub fixed: Option<Timestamp>,
    /// How far GitHub's clock, as far as it checks tokens, is ahead of the machine's.
    pub skew: SignedDuration,
    /// The App.
    pub app: App,
    /// Accounts by login.
    pub accounts: BTreeMap<String, Account>,
    /// The members of teams, by `organisation/team`.
    pub teams: BTreeMap<String, BTreeSet<String>>,
    /// The members of organisations.
    pub members: BTreeMap<String, BTreeSet<String>>,
    /// Repositories.
    pub repositories: Vec<Repository>,
    /// Commits of every repository; a fork shares them with its origin, as at GitHub.
    pub commits: BTreeMap<String, Commit>,
    /// Where the App is installed.
    pub installations: Vec<Installation>,
    /// Installation tokens that were given out.
    pub tokens: Vec<Token>,
    /// What Actions signs identity tokens with.
    pub issuer: Issuer,
    /// Quotas.
    pub limits: Limits,
    /// Answers that will fail.
    pub failures: Vec<Failure>,
    /// How many answers have failed, by how.
    pub faults: BTreeMap<String, usize>,
    /// Webhooks, sent and to be sent.
    pub mail: Mail,
    /// Every request that came.
    pub log: Vec<Call>,
    /// What no test asked for: requests and answers that GitHub's descriptions do not know.
    pub unexpected: Vec<String>,
    /// Whether it is an Enterprise Server, which serves nothing outside of `/api/v3` and
    /// `/api/graphql`.
    pub is_enterprise_server: bool,
    /// Whether GitHub tells the App of the check runs that the App itself writes, as it does.
    pub echoes: bool,
    /// The message and the signature of the commits that are made from now on; GitHub's reason,
    /// `valid` for a good one.
    pub committing: Option<(String, String)>,
    /// How many entries of a tree GitHub lists before it cuts the list.
    pub most_entries: usize,
    pub(super) last_id: u64,
}

/// The App, as it is registered.
#[derive(Debug, Clone)]
pub struct App {
    /// Its number.
    pub id: u64,
    /// Its short name.
    pub slug: String,
    /// Its OAuth name.
    pub client_id: String,
    /// What it was given: permission → `read` or `write`.
    pub permissions: BTreeMap<String, String>,
    /// The events it listens to.
    pub events: Vec<String>,
    /// The secrets that webhooks are signed with: the first one signs.
    pub webhook_secret: String,
    /// Codes of the manifest flow that have not been converted.
    pub manifest_codes: BTreeSet<String>,
    /// How its webhook is sent; where, says [`Mail`].
    pub hook: Hook,
}

/// How the webhook of an App is sent.
#[derive(Debug, Clone)]
pub struct Hook {
    /// `json` or `form`.
    pub content_type: String,
    /// Whether the certificate of the other side is checked.
    pub verifies: bool,
    /// Whether it is signed.
    pub signed: bool,
}

/// A person, an organisation or a bot.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub login: String,
    /// `User`, `Organization` or `Bot`.
    pub kind: String,
    /// What its commits have as their author's e-mail address.
    pub email: String,
}

/// A repository and all that belongs to it.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Repository {
    pub id: u64,
    pub owner: String,
    pub name: String,
    /// `owner/name` as it was; GitHub redirects from there.
    pub former_names: Vec<String>,
    pub private: bool,
    pub archived: bool,
    /// The repository that this one is a fork of.
    pub fork_of: Option<u64>,
    pub default_branch: String,
    /// Branch → commit.
    pub branches: BTreeMap<String, String>,
    /// What was pushed, the oldest first.
    pub pushes: Vec<Push>,
    pub pull_requests: BTreeMap<u64, PullRequest>,
    pub check_suites: Vec<CheckSuite>,
    pub check_runs: Vec<CheckRun>,
    pub statuses: Vec<Status>,
    pub workflow_runs: Vec<WorkflowRun>,
    pub artifacts: Vec<Artifact>,
    pub comments: Vec<Comment>,
    /// Login → `admin`, `maintain`, `write`, `triage` or `read`.
    pub collaborators: BTreeMap<String, String>,
    /// Classic branch protection, as GitHub answers it.
    pub protection: BTreeMap<String, Value>,
    /// Rulesets, as GitHub answers them: `id`, `name`, `rules`, …
    pub rulesets: Vec<Value>,
    pub merge_groups: Vec<MergeGroup>,
    /// The next number of a pull request.
    pub last_number: u64,
}

/// An installation of the App.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Installation {
    pub id: u64,
    pub account: String,
    pub repositories: BTreeSet<u64>,
    /// What the account has granted, which may lag behind what the App asks for.
    pub permissions: BTreeMap<String, String>,
    /// What it tells the App of, which may lag behind too.
    pub events: Vec<String>,
    pub suspended: bool,
    pub created_at: Timestamp,
}

/// An installation token.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Token {
    pub text: String,
    pub installation: u64,
    pub expires_at: Timestamp,
    pub revoked: bool,
    /// Narrowed to these.
    pub repositories: Option<BTreeSet<u64>>,
    /// Narrowed to these.
    pub permissions: Option<BTreeMap<String, String>>,
}

/// Quotas of one installation, the same for all.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Limits {
    pub limit: u64,
    /// What is left of REST's quota.
    pub remaining: u64,
    /// What is left of GraphQL's quota.
    pub graphql_remaining: u64,
    pub reset: Timestamp,
}

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is named by what it is")]
pub struct Call {
    pub method: String,
    /// The path with parameters named, or the path itself where no operation has it.
    pub route: String,
    /// The path as it was asked for.
    pub path: String,
    /// Of a GraphQL query its variables, as JSON; empty otherwise.
    pub about: String,
    pub status: u16,
}

impl GitHub {
    pub(super) fn new(app: App, now: Timestamp) -> Self {
        let limits = Limits {
            limit: 5000,
            remaining: 5000,
            graphql_remaining: 5000,
            reset: whole(now) + SignedDuration::from_hours(1),
        };
        Self {
            fixed: None,
            skew: SignedDuration::ZERO,
            app,
            accounts: BTreeMap::new(),
            teams: BTreeMap::new(),
            members: BTreeMap::new(),
            repositories: Vec::new(),
            commits: BTreeMap::new(),
            installations: Vec::new(),
            tokens: Vec::new(),
            issuer: Issuer::default(),
            limits,
            failures: Vec::new(),
            faults: BTreeMap::new(),
            mail: Mail { held: VecDeque::new(), ..Mail::default() },
            log: Vec::new(),
            unexpected: Vec::new(),
            is_enterprise_server: false,
            echoes: true,
            committing: None,
            most_entries: 100_000,
            last_id: 1000,
        }
    }

    /// What time it is, to the second: GitHub's times have no fractions.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        whole(self.fixed.unwrap_or_else(Timestamp::now))
    }

    /// A number that nothing has yet.
    pub fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// The account, made where there is none.
    pub fn account(&mut self, login: &str, kind: &str) -> Account {
        if !self.accounts.contains_key(login) {
            let id = self.id();
            let email = format!("{}@acme.invalid", login.replace(['[', ']'], ""));
            let (login, kind) = (login.to_owned(), kind.to_owned());
            let account = Account { id, login, kind, email };
            self.accounts.insert(account.login.clone(), account);
        }
        self.accounts[login].clone()
    }

    /// The repository of `owner/name`.
    #[track_caller]
    pub fn repository(&mut self, full_name: &str) -> &mut Repository {
        self.repositories
            .iter_mut()
            .find(|it| it.full_name() == full_name)
            .unwrap_or_else(|| panic!("the fake GitHub has no repository {full_name}"))
    }

    /// The repository with a number.
    #[must_use]
    pub fn repository_by_id(&self, id: u64) -> Option<&Repository> {
        self.repositories.iter().find(|it| it.id == id)
    }

    /// Adds a commit on `parents` that has the first one's files with `changes`: text, or nothing for
    /// a file that is removed.
    pub fn commit(
        &mut self,
        parents: &[String],
        changes: &[(&str, Option<&[u8]>)],
        author: &str,
    ) -> String {
        let mut files = parents
            .first()
            .and_then(|it| self.commits.get(it))
            .map(|it| it.files.clone())
            .unwrap_or_default();
        for (path, bytes) in changes {
            match bytes {
                Some(bytes) => files.insert((*path).to_owned(), bytes.to_vec()),
                None => files.remove(*path),
            };
        }
        let sha = digest(format!("{parents:?}{author}{}", self.id()).as_bytes())[..40].to_owned();
        let committing = self.committing.clone();
        let (message, signature) = committing
            .unwrap_or_else(|| (format!("change {}", changes.len()), "unsigned".to_owned()));
        let commit = Commit {
            sha: sha.clone(),
            parents: parents.to_vec(),
            files,
            message,
            author: author.to_owned(),
            at: self.now(),
            signature,
        };
        self.commits.insert(sha.clone(), commit);
        sha
    }

    /// A commit and everything before it.
    pub(super) fn ancestors(&self, sha: &str) -> Vec<String> {
        let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
        let mut next = VecDeque::from([sha.to_owned()]);
        while let Some(sha) = next.pop_front() {
            if let Some(commit) = self.commits.get(&sha).filter(|_| seen.insert(sha.clone())) {
                order.push(sha);
                next.extend(commit.parents.iter().cloned());
            }
        }
        order
    }

    /// Where two commits parted.
    pub(super) fn merge_base(&self, a: &str, b: &str) -> Option<String> {
        let of_a: BTreeSet<String> = self.ancestors(a).into_iter().collect();
        self.ancestors(b).into_iter().find(|it| of_a.contains(it))
    }
}

impl Repository {
    /// `owner/name`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The commit of a branch, a tag-like `heads/…` or a commit itself.
    #[must_use]
    pub fn resolve(&self, reference: &str, commits: &BTreeMap<String, Commit>) -> Option<String> {
        let name = reference.strip_prefix("refs/").unwrap_or(reference);
        let name = name.strip_prefix("heads/").unwrap_or(name);
        if let Some(number) = name.strip_prefix("pull/").and_then(|it| it.strip_suffix("/head")) {
            return Some(self.pull_requests.get(&number.parse().ok()?)?.head_sha.clone());
        }
        let branch = if name == "HEAD" { &self.default_branch } else { name };
        let by_group = || self.merge_groups.iter().find(|it| it.head_ref == reference);
        self.branches
            .get(branch)
            .cloned()
            .or_else(|| by_group().map(|it| it.head.clone()))
            .or_else(|| commits.contains_key(name).then(|| name.to_owned()))
    }

    /// What `login` may do here.
    #[must_use]
    pub fn permission(&self, login: &str) -> &str {
        match self.collaborators.get(login) {
            Some(permission) => permission,
            None if login == self.owner => "admin",
            None if self.private => "none",
            None => "read",
        }
    }

    /// Whether `login` may push here.
    #[must_use]
    pub fn may_push(&self, login: &str) -> bool {
        ["admin", "maintain", "write"].contains(&self.permission(login))
    }
}

fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// SHA-256 in hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
