//! What a branch requires before a merge, by rulesets and by classic protection: all of them are in force
//! together, so of two the stricter counts.

use gate_core::evidence::{Protection, RequiredCheck};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Error, Repository,
    route::Method,
    send::{Enough, Fresh},
};

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
    RequiredCheck { name, app: app.and_then(|id| u64::try_from(id).ok()) }
}

const RULES: &str = "/repos/{owner}/{repo}/rules/branches/{branch}";
const CLASSIC: &str = "/repos/{owner}/{repo}/branches/{branch}/protection";

/// What GitHub says of a branch without classic protection. It says 404 too of what it does not show.
const NOT_PROTECTED: &str = "Branch not protected";

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
            Fresh::New { value: answer, .. } => answer,
            Fresh::Unchanged => nothing,
        };
        let classic = self.branch_protection(branch, None).await.map(|told| match told {
            Fresh::New { value: answer, .. } => answer,
            Fresh::Unchanged => Value::Null,
        });
        read_protection(&rules, classic)
    }

    /// The rules of all rulesets that are in force for a branch, as GitHub writes them.
    ///
    /// # Errors
    ///
    /// If a call fails.
    pub async fn branch_rules(
        &self,
        branch: &str,
        known: Option<&str>,
    ) -> Result<Fresh<Value>, Error> {
        let route = self.route(Method::Get, RULES, &[branch]).with(&[("per_page", "100")]);
        let first: Fresh<Value> = self.github.fresh(self.who(), &route, known).await?;
        let is_whole = match &first {
            Fresh::Unchanged => true,
            Fresh::New { value: answer, .. } => {
                answer.as_array().is_none_or(|rules| rules.len() < PAGE)
            }
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
        Ok(Fresh::New { tag: None, value: Value::Array(rules) })
    }

    /// The classic protection of a branch, as GitHub writes it.
    ///
    /// # Errors
    ///
    /// If the call fails, which it does for a branch that has none: see [`read_protection`].
    pub async fn branch_protection(
        &self,
        branch: &str,
        known: Option<&str>,
    ) -> Result<Fresh<Value>, Error> {
        let route = self.route(Method::Get, CLASSIC, &[branch]);
        self.github.fresh(self.who(), &route, known).await
    }
}

/// What a branch requires, by its rules and its classic protection, or what came of asking for
/// that.
///
/// # Errors
///
/// If an answer does not fit its description, or classic protection may be asked for later.
pub fn read_protection(rules: &Value, classic: Result<Value, Error>) -> Result<Protection, Error> {
    let misfit = |template: &str| {
        let call = format!("GET {template}");
        move |error: serde_json::Error| Error::Malformed { call, problem: error.to_string() }
    };
    let mut protection = Protection::default();
    for rule in Vec::<Rule>::deserialize(rules).map_err(misfit(RULES))? {
        add_rule(&mut protection, rule).map_err(misfit(RULES))?;
    }
    match classic {
        Ok(classic) => {
            let classic = Classic::deserialize(classic).map_err(misfit(CLASSIC))?;
            add_classic(&mut protection, classic);
        }
        Err(Error::NotFound { message, .. }) if message.contains(NOT_PROTECTED) => {}
        Err(error @ (Error::NotFound { .. } | Error::Forbidden { .. })) => {
            protection.unseen = Some(error.to_string());
        }
        Err(error) => return Err(error),
    }
    Ok(protection)
}

/// A rule of a ruleset. Those of other kinds demand nothing that is looked at here.
fn add_rule(
    known: &mut Protection,
    Rule { kind, parameters }: Rule,
) -> Result<(), serde_json::Error> {
    let parameters = parameters.unwrap_or(Value::Null);
    match kind.as_str() {
        "non_fast_forward" => known.no_force_pushes = true,
        "deletion" => known.no_deletions = true,
        "required_status_checks" => {
            let rule = ChecksParameters::deserialize(parameters)?;
            let these = rule.required_status_checks.into_iter();
            known.checks.extend(these.map(|one| required(one.context, one.integration_id)));
            known.up_to_date |= rule.strict_required_status_checks_policy;
        }
        "pull_request" => {
            let rule = PullRequestParameters::deserialize(parameters)?;
            known.approvals = known.approvals.max(rule.required_approving_review_count);
            known.code_owners |= rule.require_code_owner_review;
            known.last_push_approval |= rule.require_last_push_approval;
            known.stale_dismissal |= rule.dismiss_stale_reviews_on_push;
            known.conversation_resolution |= rule.required_review_thread_resolution;
        }
        _ => {}
    }
    Ok(())
}

fn add_classic(known: &mut Protection, classic: Classic) {
    let Classic {
        required_status_checks,
        required_pull_request_reviews,
        required_conversation_resolution,
        allow_force_pushes,
        allow_deletions,
    } = classic;
    known.conversation_resolution |= required_conversation_resolution.enabled;
    // What GitHub does not say is not taken for a refusal.
    known.no_force_pushes |= allow_force_pushes.is_some_and(|allowed| !allowed.enabled);
    known.no_deletions |= allow_deletions.is_some_and(|allowed| !allowed.enabled);
    if let Some(reviews) = required_pull_request_reviews {
        known.approvals = known.approvals.max(reviews.required_approving_review_count);
        known.code_owners |= reviews.require_code_owner_reviews;
        known.last_push_approval |= reviews.require_last_push_approval;
        known.stale_dismissal |= reviews.dismiss_stale_reviews;
    }
    if let Some(checks) = required_status_checks {
        known.up_to_date |= checks.strict;
        known.checks.extend(classic_checks(checks));
    }
}

fn classic_checks(all: ClassicChecks) -> Vec<RequiredCheck> {
    let ClassicChecks { contexts, checks, .. } = all;
    let old = contexts.into_iter().filter(|name| checks.iter().all(|one| one.context != *name));
    let mut required_checks: Vec<RequiredCheck> = old.map(|name| required(name, None)).collect();
    required_checks.extend(checks.into_iter().map(|one| required(one.context, one.app_id)));
    required_checks
}
