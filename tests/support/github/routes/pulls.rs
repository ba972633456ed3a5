//! Pull requests, their files, reviews and comments.

use serde_json::Value;

use super::{
    super::{
        answer::{Answer, Answered, Request},
        data::{Comment, GitHub, PullRequest},
        shapes,
    },
    position, repository, unserved,
};

/// GitHub's limit, which its description does not have.
const MOST_FILES: usize = 3000;

pub(super) fn answer(github: &mut GitHub, request: &Request) -> Answered {
    match request.id {
        "issues/create-comment" => return create_comment(github, request),
        "issues/update-comment" => return update_comment(github, request),
        "issues/delete-comment" => return delete_comment(github, request),
        _ => {}
    }
    let repository = repository(github, request)?;
    let pull = || {
        let number = request.number("pull_number").max(request.number("issue_number"));
        repository.pull_requests.get(&number).ok_or_else(Answer::not_found)
    };
    let list = |items: Vec<Value>| Ok(Answer::list(None, items));
    match request.id {
        "pulls/list" => {
            let state = request.asked("state").unwrap_or("open");
            let wanted = |it: &&PullRequest| {
                let owner = github.repository_by_id(it.head_repository).map(|it| it.owner.clone());
                let label = format!("{}:{}", owner.unwrap_or_default(), it.head);
                (state == "all" || it.state == state)
                    && request.asked("base").is_none_or(|base| it.base == base)
                    && request.asked("head").is_none_or(|head| label == head)
            };
            let mut found: Vec<&PullRequest> =
                repository.pull_requests.values().filter(wanted).collect();
            if request.asked("direction") != Some("asc") {
                found.reverse();
            }
            list(found.iter().map(|it| shapes::pull_request(github, repository, it)).collect())
        }
        "pulls/get" => Ok(Answer::json(200, shapes::pull_request(github, repository, pull()?))),
        "pulls/list-files" => {
            let mut files = shapes::changed_files(github, pull()?);
            files.truncate(MOST_FILES);
            list(files)
        }
        "pulls/list-commits" => {
            let commits = shapes::commits_of(github, pull()?);
            let commits = commits.iter().filter_map(|it| github.commits.get(it));
            list(commits.map(|it| shapes::commit(github, it)).take(250).collect())
        }
        "pulls/list-reviews" => {
            let pull = pull()?;
            list(pull.reviews.iter().map(|it| shapes::review(github, pull, it)).collect())
        }
        "pulls/list-requested-reviewers" => {
            let users = pull()?.review_requests.iter().map(|it| shapes::user(github, it));
            let users: Vec<Value> = users.collect();
            Ok(Answer::json(200, serde_json::json!({"users": users, "teams": []})))
        }
        "issues/list-comments" => {
            let number = pull()?.number;
            let comments = repository.comments.iter().filter(|it| it.number == number);
            list(comments.map(|it| shapes::comment(github, repository, it)).collect())
        }
        _ => Err(unserved(request)),
    }
}

fn create_comment(github: &mut GitHub, request: &Request) -> Answered {
    let at = position(github, request)?;
    let number = request.number("issue_number");
    if !github.repositories[at].pull_requests.contains_key(&number) {
        return Err(Answer::not_found());
    }
    let author = format!("{}[bot]", github.app.slug);
    github.account(&author, "Bot");
    let now = github.now();
    let comment = Comment {
        id: github.id(),
        number,
        author,
        app: Some(github.app.id),
        body: request.said("body").unwrap_or_default(),
        created_at: now,
        updated_at: now,
        seen: false,
    };
    github.repositories[at].comments.push(comment.clone());
    Ok(Answer::json(201, shapes::comment(github, &github.repositories[at], &comment)))
}

fn update_comment(github: &mut GitHub, request: &Request) -> Answered {
    let at = position(github, request)?;
    let (now, own) = (github.now(), github.app.id);
    let id = request.number("comment_id");
    let comment = github.repositories[at].comments.iter_mut().find(|it| it.id == id);
    let comment = comment.ok_or_else(Answer::not_found)?;
    if comment.app != Some(own) {
        return Err(Answer::error(403, "Resource not accessible by integration"));
    }
    comment.body = request.said("body").unwrap_or_default();
    comment.updated_at = now;
    comment.seen = false;
    let comment = comment.clone();
    Ok(Answer::json(200, shapes::comment(github, &github.repositories[at], &comment)))
}

fn delete_comment(github: &mut GitHub, request: &Request) -> Answered {
    let at = position(github, request)?;
    let (own, id) = (github.app.id, request.number("comment_id"));
    let comments = &mut github.repositories[at].comments;
    let found = comments.iter().position(|it| it.id == id).ok_or_else(Answer::not_found)?;
    if comments[found].app != Some(own) {
        return Err(Answer::error(403, "Resource not accessible by integration"));
    }
    comments.remove(found);
    Ok(Answer::empty(204))
}
