//! Fields whose value depends on their arguments, and connections, which are given in pages.

use serde_json::{Value, json};

use super::{
    super::data::{PullRequest, Repository},
    Object, tree,
};

type Field = Option<Result<Value, String>>;

/// The value of a field that has arguments; nothing, where the tree has it.
pub(super) fn field(object: &Object<'_>, name: &str, said: &Value) -> Field {
    let github = object.github;
    let text = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
    match (object.type_name.as_str(), name) {
        ("Query", "repository") => Some(repository(object, &text("owner"), &text("name"))),
        ("Query", "rateLimit") => {
            let limits = &github.limits;
            Some(Ok(json!({
                "cost": 1, "limit": limits.limit, "remaining": limits.graphql_remaining,
                "used": limits.limit.saturating_sub(limits.graphql_remaining),
                "resetAt": limits.reset, "nodeCount": 1,
            })))
        }
        ("Repository", _) => {
            let id = object.fields["databaseId"].as_u64()?;
            of_repository(object, github.repository_by_id(id)?, name, said)
        }
        ("Ref", "compare") => {
            let base = object.fields["target"]["$commit"].as_str()?;
            let id = object.fields["repository"]["$repository"].as_u64()?;
            let repository = github.repository_by_id(id)?;
            let head = repository.resolve(&text("headRef"), &github.commits);
            Some(Ok(head.map_or(Value::Null, |head| tree::comparison(github, base, &head))))
        }
        ("Commit", "history") => {
            let oid = object.fields["oid"].as_str()?;
            let all = github.ancestors(oid);
            let all: Vec<Value> = all.iter().map(|it| json!({ "$commit": it })).collect();
            Some(Ok(json!({ "$connection": all })))
        }
        ("Commit", "file") => {
            let commit = github.commits.get(object.fields["oid"].as_str()?)?;
            Some(Ok(tree::entry(commit, said["path"].as_str().unwrap_or_default())))
        }
        ("PullRequest", "latestOpinionatedReviews") => {
            let (repository, pull) = pull(object)?;
            let writers_only = said["writersOnly"] == true;
            let opinions = pull.opinions().into_iter();
            let opinions = opinions.filter(|it| !writers_only || repository.may_push(&it.author));
            let opinions: Vec<Value> =
                opinions.map(|it| tree::review(github, repository, pull, it)).collect();
            Some(Ok(json!({ "$connection": opinions })))
        }
        ("PullRequest", "reviews") => {
            let (repository, pull) = pull(object)?;
            let states = said["states"].as_array();
            let wanted = pull
                .reviews
                .iter()
                .filter(|it| states.is_none_or(|states| states.contains(&json!(it.state))));
            let reviews: Vec<Value> =
                wanted.map(|it| tree::review(github, repository, pull, it)).collect();
            Some(Ok(json!({ "$connection": reviews })))
        }
        ("CheckRun" | "StatusContext", "isRequired") => Some(Ok(json!(false))),
        _ => None,
    }
}

fn pull<'a>(object: &Object<'a>) -> Option<(&'a Repository, &'a PullRequest)> {
    let id = object.fields["repository"]["$repository"].as_u64()?;
    let repository = object.github.repository_by_id(id)?;
    let number = object.fields["number"].as_u64()?;
    Some((repository, repository.pull_requests.get(&number)?))
}

fn repository(object: &Object<'_>, owner: &str, name: &str) -> Result<Value, String> {
    let full = format!("{owner}/{name}");
    let named = |it: &&Repository| {
        it.full_name().eq_ignore_ascii_case(&full) || it.former_names.contains(&full)
    };
    let granted = &object.token.repositories;
    let found = object.github.repositories.iter().find(named).filter(|it| {
        let installed = object.github.installations.iter().any(|installation| {
            installation.id == object.token.installation
                && installation.repositories.contains(&it.id)
        });
        !it.private || (installed && granted.as_ref().is_none_or(|ids| ids.contains(&it.id)))
    });
    found
        .map(|it| tree::repository(object.github, it))
        .ok_or_else(|| format!("Could not resolve to a Repository with the name '{full}'."))
}

fn of_repository(object: &Object<'_>, it: &Repository, name: &str, said: &Value) -> Field {
    let github = object.github;
    let text = |key: &str| said[key].as_str().unwrap_or_default();
    match name {
        "pullRequest" => {
            let number = said["number"].as_u64().unwrap_or(0);
            let found = it.pull_requests.get(&number);
            Some(found.map(|pull| tree::pull_request(github, it, pull)).ok_or_else(|| {
                format!("Could not resolve to a PullRequest with the number of {number}.")
            }))
        }
        "pullRequests" => {
            let states = said["states"].as_array();
            let fits = |key: &str, value: &str| said[key].as_str().is_none_or(|it| it == value);
            let wanted = it.pull_requests.values().filter(|pull| {
                let state = tree::state(pull);
                states.is_none_or(|states| states.contains(&json!(state)))
                    && fits("baseRefName", &pull.base)
                    && fits("headRefName", &pull.head)
            });
            let all: Vec<Value> =
                wanted.map(|pull| json!({"$pull": [it.id, pull.number]})).collect();
            Some(Ok(json!({ "$connection": all })))
        }
        "object" => {
            let expression = said["expression"].as_str().unwrap_or_else(|| text("oid"));
            Some(Ok(tree::object(github, it, expression)))
        }
        "ref" => {
            let full = text("qualifiedName");
            let branch = full.strip_prefix("refs/").unwrap_or(full);
            let branch = branch.strip_prefix("heads/").unwrap_or(branch);
            Some(Ok(tree::reference(it, branch)))
        }
        "mergeQueue" => Some(Ok(tree::merge_queue(it, said["branch"].as_str()))),
        _ => None,
    }
}

/// A page of a connection.
pub(super) fn connection(value: &Value, said: &Value, place: &str) -> Result<Value, String> {
    let no_items = Vec::new();
    let all = value["$connection"].as_array().unwrap_or(&no_items);
    let size = |key: &str| said[key].as_u64().and_then(|it| usize::try_from(it).ok());
    let (first, last) = (size("first"), size("last"));
    let Some(asked) = first.or(last) else {
        return Err(format!("You must provide a `first` or `last` value to paginate {place}."));
    };
    if !(1..=100).contains(&asked) {
        return Err(format!(
            "Requesting {asked} records on {place} exceeds the `first` limit of 100 records."
        ));
    }
    let cursor = |key: &str| -> Option<usize> {
        said[key].as_str().and_then(|it| it.strip_prefix("cursor:")).and_then(|it| it.parse().ok())
    };
    let mut from = cursor("after").map_or(0, |it| it + 1).min(all.len());
    let mut to = cursor("before").unwrap_or(all.len()).min(all.len()).max(from);
    if first.is_some() {
        to = to.min(from + asked);
    } else {
        from = from.max(to.saturating_sub(asked));
    }
    let nodes = &all[from..to];
    let name = |at: usize| format!("cursor:{at}");
    let mut page = value.clone();
    page["nodes"] = json!(nodes);
    page["totalCount"] = json!(all.len());
    page["pageInfo"] = json!({
        "hasNextPage": to < all.len(), "hasPreviousPage": from > 0,
        "startCursor": (!nodes.is_empty()).then(|| name(from)),
        "endCursor": (!nodes.is_empty()).then(|| name(to - 1)),
    });
    if let Some(page) = page.as_object_mut() {
        page.remove("$connection");
    }
    Ok(page)
}
