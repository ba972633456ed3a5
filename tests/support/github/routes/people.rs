//! Teams, organisations, and who pushed or wrote what.

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Answered, Request},
        data::{GitHub, Push},
        shapes,
    },
    repository, unserved,
};

pub(super) fn answer(github: &GitHub, request: &Request) -> Answered {
    match request.id {
        "teams/list-members-in-org" => {
            let organisation = own(github, request)?;
            let team = format!("{organisation}/{}", request.text("team_slug"));
            let named = |name: &&String| name.eq_ignore_ascii_case(&team);
            let name = github.teams.keys().find(named).ok_or_else(Answer::not_found)?;
            let members = github.teams[name].iter();
            Ok(Answer::list(None, members.map(|login| shapes::user(github, login)).collect()))
        }
        "orgs/get-membership-for-user" => {
            let organisation = own(github, request)?;
            let members = github.members.get(organisation).ok_or_else(Answer::not_found)?;
            let login = request.text("username");
            let is_member = |name: &&String| name.eq_ignore_ascii_case(login);
            let login = members.iter().find(is_member).ok_or_else(Answer::not_found)?;
            let body = json!({
                "state": "active", "role": "member", "user": shapes::user(github, login),
            });
            Ok(Answer::json(200, body))
        }
        "repos/list-activities" => {
            let repository = repository(github, request)?;
            let branch = request.asked("ref").map(|it| it.trim_start_matches("refs/heads/"));
            let pushes = repository.pushes.iter().rev();
            let pushes = pushes.filter(|push| branch.is_none_or(|branch| push.branch == branch));
            Ok(Answer::list(None, pushes.map(|push| activity(github, push)).collect()))
        }
        "repos/list-commits" => {
            let repository = repository(github, request)?;
            let from = request.asked("sha").unwrap_or("HEAD");
            let from = repository.resolve(from, &github.commits).ok_or_else(Answer::not_found)?;
            let ancestors = github.ancestors(&from);
            let commits = ancestors.iter().filter_map(|sha| github.commits.get(sha));
            let author = request.asked("author");
            let commits = commits.filter(|commit| {
                let account = github.accounts.get(&commit.author);
                author.is_none_or(|author| {
                    author == commit.author || account.is_some_and(|it| it.email == author)
                })
            });
            Ok(Answer::list(None, commits.map(|it| shapes::commit(github, it)).collect()))
        }
        _ => Err(unserved(request)),
    }
}

/// The organisation of a request, where its token is that organisation's.
fn own<'a>(github: &'a GitHub, request: &Request) -> Result<&'a str, Answer> {
    let of_token = request
        .token
        .as_ref()
        .and_then(|token| github.installations.iter().find(|it| it.id == token.installation));
    let name = of_token.map(|installation| installation.account.as_str());
    name.filter(|name| name.eq_ignore_ascii_case(request.text("org"))).ok_or_else(Answer::not_found)
}

fn activity(github: &GitHub, push: &Push) -> Value {
    let Push { id, branch, before, after, actor, kind, at } = push;
    json!({
        "id": id, "node_id": format!("PSH_{id}"), "before": before, "after": after,
        "ref": format!("refs/heads/{branch}"), "timestamp": at, "activity_type": kind,
        "actor": github.accounts.get(actor).map(|it| shapes::user(github, &it.login)),
    })
}
