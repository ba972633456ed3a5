//! What each operation of GitHub's REST API does to the data. Requests have been held against the
//! descriptions before they come here, and answers are afterwards.

mod actions;
mod apps;
mod branches;
mod checks;
mod code;
mod people;
mod pulls;
mod trees;

use super::{
    answer::{Answer, Answered, Request},
    data::{GitHub, Repository},
};

/// Does what was asked.
pub(super) fn answer(github: &mut GitHub, request: &Request) -> Answered {
    match request.id.split_once('/').map_or("", |(area, _)| area) {
        "apps" | "rate-limit" => apps::answer(github, request),
        "checks" => checks::answer(github, request),
        "actions" => actions::answer(github, request),
        "pulls" | "issues" => pulls::answer(github, request),
        "teams" | "orgs" => people::answer(github, request),
        _ if ["repos/list-activities", "repos/list-commits"].contains(&request.id) => {
            people::answer(github, request)
        }
        _ if request.id.contains("branch") || request.id.contains("rule") => {
            branches::answer(github, request)
        }
        "repos" | "git" => {
            if request.id == "repos/get-status-checks-protection" {
                return branches::answer(github, request);
            }
            code::answer(github, request)
        }
        _ => Err(unserved(request)),
    }
}

/// A described operation that the fake has no route for: the one answer that fails the test.
fn unserved(request: &Request) -> Answer {
    Answer::error(501, &format!("the fake GitHub does not serve {}", request.id))
}

/// The repository that a request names, if its token may see it.
fn repository<'a>(github: &'a GitHub, request: &Request) -> Result<&'a Repository, Answer> {
    let at = position(github, request)?;
    github.repositories.get(at).ok_or_else(Answer::not_found)
}

fn position(github: &GitHub, request: &Request) -> Result<usize, Answer> {
    let name = format!("{}/{}", request.text("owner"), request.text("repo"));
    let found = github
        .repositories
        .iter()
        .position(|it| it.full_name().eq_ignore_ascii_case(&name))
        .ok_or_else(Answer::not_found)?;
    let id = github.repositories[found].id;
    let Some(token) = &request.token else { return Ok(found) };
    let installed = github
        .installations
        .iter()
        .find(|it| it.id == token.installation)
        .is_some_and(|it| it.repositories.contains(&id));
    let narrowed = token.repositories.as_ref().is_some_and(|it| !it.contains(&id));
    let public = !github.repositories[found].private;
    // A public repository can be read with any token, as `acme/.github` is.
    let reads = request.body.is_null();
    if (installed && !narrowed) || (public && reads) { Ok(found) } else { Err(Answer::not_found()) }
}
