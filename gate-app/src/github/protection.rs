//! What a branch requires before a merge, by rulesets and by classic protection: all of them are in force
//! together, so of two the stricter counts.

use serde::Deserialize;
use serde_json::Value;

use crate::ids::AppId;

use super::{
    Error, Repository,
    route::Method,
    send::{Enough, Fresh},
};

/// What a branch requires.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Protection {
    /// How many approvals.
    pub approvals: u64,
    /// Those of code owners.
    pub code_owners: bool,
    /// One by somebody else than who pushed last.
    pub last_push_approval: bool,
    /// That approvals are dismissed when new commits are pushed.
    pub stale_dismissal: bool,
    /// That conversations are resolved.
    pub conversation_resolution: bool,
    /// That the head is up to date.
    pub up_to_date: bool,
    /// That nobody forces a push.
    pub no_force_pushes: bool,
    /// That it stays.
    pub no_deletions: bool,
    /// The checks that must succeed.
    pub checks: Vec<RequiredCheck>,
    /// Why classic protection could not be read; without `administration: read` it cannot.
    pub classic_unseen: Option<String>,
}

/// A check that must succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredCheck {
    /// Its name.
    pub name: String,
    /// The App it must come from; none if anybody may set it.
    pub app: Option<AppId>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    parameters: Option<Value>,
}

#[derive(Deserialize)]
struct ChecksParameters {
    required_status_checks: Vec<RulesetCheck>,
    strict_required_status_checks_policy: bool,
}

#[derive(Deserialize)]
struct RulesetCheck {
    context: String,
    #[serde(default)]
    integration_id: Option<i64>,
}

#[derive(Deserialize)]
struct PullRequestParameters {
    dismiss_stale_reviews_on_push: bool,
    require_code_owner_review: bool,
    require_last_push_approval: bool,
    required_approving_review_count: u64,
    required_review_thread_resolution: bool,
}

#[derive(Deserialize)]
struct Classic {
    #[serde(default)]
    required_status_checks: Option<ClassicChecks>,
    #[serde(default)]
    required_pull_request_reviews: Option<ClassicReviews>,
    #[serde(default)]
    required_conversation_resolution: Enabled,
    #[serde(default)]
    allow_force_pushes: Option<Enabled>,
    #[serde(default)]
    allow_deletions: Option<Enabled>,
}

#[derive(Deserialize, Default)]
struct Enabled {
    #[serde(default)]
    enabled: bool,
}

#[derive(Deserialize)]
struct ClassicReviews {
    #[serde(default)]
    dismiss_stale_reviews: bool,
    #[serde(default)]
    require_code_owner_reviews: bool,
    #[serde(default)]
    require_last_push_approval: bool,
    #[serde(default)]
    required_approving_review_count: u64,
}

#[derive(Deserialize)]
struct ClassicChecks {
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    contexts: Vec<String>,
    #[serde(default)]
    checks: Vec<ClassicCheck>,
}

#[derive(Deserialize)]
struct ClassicCheck {
    context: String,
    #[serde(default)]
    app_id: Option<i64>,
}

/// GitHub writes "any App" as nothing, and as -1.
fn required(name: String, app: Option<i64>) -> RequiredCheck {
    RequiredCheck { name, app: app.and_then(|id| u64::try_from(id).ok()).map(AppId) }
}

const RULES: &str = "/repos/{owner}/{repo}/rules/branches/{branch}";
const CLASSIC: &str = "/repos/{owner}/{repo}/branches/{branch}/protection";

/// What GitHub says of a branch without classic protection. It says 404 too of what it does not show.
const NOT_PROTECTED: &str = "Branch not protected";

/// An answer, for whom may have had it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It is as it was under the tag that was asked by.
    Unchanged,
    /// This.
    New {
        /// What to ask by the next time, if GitHub gave it.
        tag: Option<String>,
        /// What GitHub said.
        answer: Value,
    },
}

impl From<Fresh<Value>> for Told {
    fn from(fresh: Fresh<Value>) -> Self {
        match fresh {
            Fresh::Unchanged => Self::Unchanged,
            Fresh::New { tag, value } => Self::New { tag, answer: value },
        }
    }
}

/// So many entries has a page of a list at most.
const PAGE: usize = 100;

impl Repository {
    /// What a branch requires.
    ///
    /// # Errors
    ///
    /// If a call fails.
    pub async fn protection(&self, branch: &str) -> Result<Protection, Error> {
        let nothing = Value::Array(Vec::new());
        let rules = match self.branch_rules(branch, None).await? {
            Told::New { answer, .. } => answer,
            Told::Unchanged => nothing,
        };
        let classic = self.branch_protection(branch, None).await.map(|told| match told {
            Told::New { answer, .. } => answer,
            Told::Unchanged => Value::Null,
        });
        Protection::read(&rules, classic)
    }

    /// The rules of all rulesets that are in force for a branch, as GitHub writes them.
    ///
    /// # Errors
    ///
    /// If a call fails.
    pub async fn branch_rules(&self, branch: &str, known: Option<&str>) -> Result<Told, Error> {
        let route = self.route(Method::Get, RULES, &[branch]).with(&[("per_page", "100")]);
        let first: Told = self.github.fresh(self.who(), &route, known).await?.into();
        let is_whole = match &first {
            Told::Unchanged => true,
            Told::New { answer, .. } => answer.as_array().is_none_or(|rules| rules.len() < PAGE),
        };
        if is_whole {
            return Ok(first);
        }
        // The tag is that of the first page, and tells nothing of the others.
        let mut rules: Vec<Value> = Vec::new();
        self.github
            .pages(self.who(), route, |page: Vec<Value>| {
                rules.extend(page);
                Enough::No
            })
            .await?;
        Ok(Told::New { tag: None, answer: Value::Array(rules) })
    }

    /// The classic protection of a branch, as GitHub writes it.
    ///
    /// # Errors
    ///
    /// If the call fails, which it does for a branch that has none: see [`Protection::read`].
    pub async fn branch_protection(
        &self,
        branch: &str,
        known: Option<&str>,
    ) -> Result<Told, Error> {
        let route = self.route(Method::Get, CLASSIC, &[branch]);
        Ok(self.github.fresh(self.who(), &route, known).await?.into())
    }
}

impl Protection {
    /// What a branch requires, by its rules and its classic protection, or what came of asking for
    /// that.
    ///
    /// # Errors
    ///
    /// If an answer does not fit its description, or classic protection may be asked for later.
    pub fn read(rules: &Value, classic: Result<Value, Error>) -> Result<Self, Error> {
        let misfit = |template: &str| {
            let call = format!("GET {template}");
            move |error: serde_json::Error| Error::Malformed { call, problem: error.to_string() }
        };
        let mut protection = Self::default();
        for rule in Vec::<Rule>::deserialize(rules).map_err(misfit(RULES))? {
            protection.add_rule(rule).map_err(misfit(RULES))?;
        }
        match classic {
            Ok(classic) => {
                protection.add_classic(Classic::deserialize(classic).map_err(misfit(CLASSIC))?);
            }
            Err(Error::NotFound { message, .. }) if message.contains(NOT_PROTECTED) => {}
            Err(error @ (Error::NotFound { .. } | Error::Forbidden { .. })) => {
                protection.classic_unseen = Some(error.to_string());
            }
            Err(error) => return Err(error),
        }
        Ok(protection)
    }

    /// A rule of a ruleset. Those of other kinds demand nothing that is looked at here.
    fn add_rule(&mut self, Rule { kind, parameters }: Rule) -> Result<(), serde_json::Error> {
        let parameters = parameters.unwrap_or(Value::Null);
        match kind.as_str() {
            "non_fast_forward" => self.no_force_pushes = true,
            "deletion" => self.no_deletions = true,
            "required_status_checks" => {
                let rule = ChecksParameters::deserialize(parameters)?;
                let these = rule.required_status_checks.into_iter();
                self.checks.extend(these.map(|one| required(one.context, one.integration_id)));
                self.up_to_date |= rule.strict_required_status_checks_policy;
            }
            "pull_request" => {
                let rule = PullRequestParameters::deserialize(parameters)?;
                self.approvals = self.approvals.max(rule.required_approving_review_count);
                self.code_owners |= rule.require_code_owner_review;
                self.last_push_approval |= rule.require_last_push_approval;
                self.stale_dismissal |= rule.dismiss_stale_reviews_on_push;
                self.conversation_resolution |= rule.required_review_thread_resolution;
            }
            _ => {}
        }
        Ok(())
    }

    fn add_classic(&mut self, classic: Classic) {
        let Classic {
            required_status_checks,
            required_pull_request_reviews,
            required_conversation_resolution,
            allow_force_pushes,
            allow_deletions,
        } = classic;
        self.conversation_resolution |= required_conversation_resolution.enabled;
        // What GitHub does not say is not taken for a refusal.
        self.no_force_pushes |= allow_force_pushes.is_some_and(|allowed| !allowed.enabled);
        self.no_deletions |= allow_deletions.is_some_and(|allowed| !allowed.enabled);
        if let Some(reviews) = required_pull_request_reviews {
            self.approvals = self.approvals.max(reviews.required_approving_review_count);
            self.code_owners |= reviews.require_code_owner_reviews;
            self.last_push_approval |= reviews.require_last_push_approval;
            self.stale_dismissal |= reviews.dismiss_stale_reviews;
        }
        if let Some(checks) = required_status_checks {
            self.up_to_date |= checks.strict;
            self.checks.extend(classic_checks(checks));
        }
    }
}

fn classic_checks(all: ClassicChecks) -> Vec<RequiredCheck> {
    let ClassicChecks { contexts, checks, .. } = all;
    let old = contexts.into_iter().filter(|name| checks.iter().all(|one| one.context != *name));
    let mut required_checks: Vec<RequiredCheck> = old.map(|name| required(name, None)).collect();
    required_checks.extend(checks.into_iter().map(|one| required(one.context, one.app_id)));
    required_checks
}
