//! What a branch requires before a merge: read for `doctor`, which says whether the gate is required
//! from this App.

use serde::Deserialize;
use serde_json::Value;

use crate::ids::AppId;

use super::{Error, Repository, route::Method, send::Enough};

/// What a branch requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// The checks that it requires, by rulesets and by classic protection.
    pub checks: Vec<RequiredCheck>,
    /// Whether classic protection could be read; without `administration: read` it cannot.
    pub classic_seen: bool,
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
struct Parameters {
    required_status_checks: Vec<RulesetCheck>,
}

#[derive(Deserialize)]
struct RulesetCheck {
    context: String,
    #[serde(default)]
    integration_id: Option<i64>,
}

#[derive(Deserialize)]
struct Classic {
    #[serde(default)]
    required_status_checks: Option<ClassicChecks>,
}

#[derive(Deserialize)]
struct ClassicChecks {
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

impl Repository {
    /// The checks that a branch requires.
    ///
    /// # Errors
    ///
    /// If a call fails.
    pub async fn protection(&self, branch: &str) -> Result<Protection, Error> {
        let mut checks = self.ruleset_checks(branch).await?;
        let template = "/repos/{owner}/{repo}/branches/{branch}/protection";
        let route = self.route(Method::Get, template, &[branch]);
        let classic = self.github.json::<Classic>(self.who(), &route, None).await;
        let classic_seen = match classic {
            Ok(Classic { required_status_checks }) => {
                checks.extend(required_status_checks.into_iter().flat_map(classic_checks));
                true
            }
            // An unprotected branch has none.
            Err(Error::NotFound { .. }) => true,
            Err(Error::Forbidden { .. }) => false,
            Err(error) => return Err(error),
        };
        Ok(Protection { checks, classic_seen })
    }

    async fn ruleset_checks(&self, branch: &str) -> Result<Vec<RequiredCheck>, Error> {
        let template = "/repos/{owner}/{repo}/rules/branches/{branch}";
        let route = self.route(Method::Get, template, &[branch]).with(&[("per_page", "100")]);
        let call = route.name();
        let mut rules: Vec<Rule> = Vec::new();
        self.github
            .pages(self.who(), route, |page: Vec<Rule>| {
                rules.extend(page);
                Enough::No
            })
            .await?;
        let mut checks = Vec::new();
        for rule in rules.into_iter().filter(|rule| rule.kind == "required_status_checks") {
            let parameters = Parameters::deserialize(rule.parameters.unwrap_or(Value::Null));
            let parameters = parameters.map_err(|error| Error::Malformed {
                call: call.clone(),
                problem: error.to_string(),
            })?;
            let these = parameters.required_status_checks.into_iter();
            checks.extend(these.map(|check| required(check.context, check.integration_id)));
        }
        Ok(checks)
    }
}

fn classic_checks(all: ClassicChecks) -> Vec<RequiredCheck> {
    let ClassicChecks { contexts, checks } = all;
    let old = contexts.into_iter().filter(|name| checks.iter().all(|one| one.context != *name));
    let mut required_checks: Vec<RequiredCheck> = old.map(|name| required(name, None)).collect();
    required_checks.extend(checks.into_iter().map(|one| required(one.context, one.app_id)));
    required_checks
}
