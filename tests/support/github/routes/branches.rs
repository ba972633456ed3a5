//! Branches, their protection and rules.

use serde_json::json;

use super::{
    super::{
        answer::{Answer, Answered, Request},
        data::GitHub,
        shapes,
    },
    repository, unserved,
};

pub(super) fn answer(github: &GitHub, request: &Request) -> Answered {
    let repository = repository(github, request)?;
    let branch = request.text("branch");
    let protection = || {
        let found = repository.protection.get(branch);
        found.ok_or_else(|| Answer::error(404, "Branch not protected"))
    };
    match request.id {
        "repos/get-branch" => {
            let sha = repository.branches.get(branch);
            let commit = sha.and_then(|it| github.commits.get(it));
            let commit = commit.ok_or_else(|| Answer::error(404, "Branch not found"))?;
            let protected = repository.protection.contains_key(branch);
            let commit = shapes::commit(github, commit);
            let body = json!({"name": branch, "commit": commit, "protected": protected});
            Ok(Answer::json(200, body))
        }
        "repos/get-branch-protection" => Ok(Answer::json(200, protection()?.clone())),
        "repos/get-status-checks-protection" => {
            let checks = &protection()?["required_status_checks"];
            if checks.is_null() {
                return Err(Answer::error(404, "Required status checks not enabled"));
            }
            Ok(Answer::json(200, checks.clone()))
        }
        "repos/get-branch-rules" => {
            let rules = repository.rulesets.iter().flat_map(|ruleset| {
                let id = ruleset["id"].clone();
                let rules = ruleset["rules"].as_array().into_iter().flatten();
                rules.cloned().map(move |mut rule| {
                    rule["ruleset_source_type"] = json!("Repository");
                    rule["ruleset_source"] = json!(repository.full_name());
                    rule["ruleset_id"] = id.clone();
                    rule
                })
            });
            Ok(Answer::list(None, rules.collect()))
        }
        "repos/get-repo-rulesets" => {
            let shown = repository.rulesets.iter().cloned().map(|mut it| {
                // The list leaves the rules out.
                if let Some(it) = it.as_object_mut() {
                    it.remove("rules");
                }
                it
            });
            Ok(Answer::list(None, shown.collect()))
        }
        "repos/get-repo-ruleset" => {
            let id = json!(request.number("ruleset_id"));
            let found = repository.rulesets.iter().find(|it| it["id"] == id);
            Ok(Answer::json(200, found.cloned().ok_or_else(Answer::not_found)?))
        }
        _ => Err(unserved(request)),
    }
}
