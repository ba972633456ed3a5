//! What the description of a pull request says, and what is refused in it.

use super::*;
use crate::{evidence::ReviewState, report::ReadProblem};

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

fn whole() -> String {
    format!(
        r#"{{
  "version": 1, "number": 7, "title": "Add é",
  "author": {{"login": "ada", "id": 1}},
  "base": {{"ref": "main", "sha": "{SHA}"}},
  "head": {{"ref": "feature", "sha": "{upper}"}},
  "draft": false, "labels": ["docs"],
  "reviews": [{{"author": {{"login": "bo", "bot": true}}, "state": "approved", "commit": "{SHA}",
    "submitted_at": "2026-03-01T12:00:00Z", "can_write": true}}],
  "threads": [{{"path": "a.py", "line": 3, "resolved": false}}],
  "checks": [{{"name": "CI", "app": "github-actions", "status": "completed", "conclusion": "success"}}]
}}"#,
        upper = SHA.to_uppercase(),
    )
}

fn read(text: &str) -> Result<PullRequest, ReadError> {
    read_pull_request(text.as_bytes(), &Limits::default())
}

fn changed(from: &str, to: &str) -> Result<PullRequest, ReadError> {
    let text = whole();
    assert!(text.contains(from), "{from}");
    read(&text.replacen(from, to, 1))
}

fn refusal(from: &str, to: &str) -> String {
    changed(from, to).unwrap_err().to_string()
}

#[test]
fn a_whole_document_is_read() {
    let pull_request = read(&whole()).unwrap();
    assert_eq!(pull_request.number, Some(7));
    assert_eq!(pull_request.head.sha, SHA);
    assert_eq!(pull_request.reviews[0].state, ReviewState::Approved);
    assert_eq!(pull_request.reviews[0].submitted_at.unwrap().to_string(), "2026-03-01T12:00:00Z");
    assert!(!pull_request.threads[0].outdated);
    assert_eq!(pull_request.checks[0].conclusion.as_deref(), Some("success"));
}

#[test]
fn what_the_evidence_writes_is_read_back() {
    let pull_request = read(&whole()).unwrap();
    let mut json = serde_json::to_value(&pull_request).unwrap();
    json["version"] = 1.into();
    assert_eq!(read(&json.to_string()).unwrap(), pull_request);
}

#[test]
fn another_version_is_refused_by_number_whatever_else_it_has() {
    assert!(
        refusal("\"version\": 1", "\"new\": 0, \"version\": 2")
            .ends_with("version 2 is not known, this gate reads version 1")
    );
    assert!(refusal("\"version\": 1", "\"version\": \"1\"").contains("invalid type"));
    assert!(refusal("\"version\": 1,", "").contains("missing field `version`"));
}

#[test]
fn every_part_has_to_be_there() {
    for key in ["author", "base", "head", "draft", "labels", "reviews", "threads", "checks"] {
        let text = whole().replacen(&format!("\"{key}\":"), "\"title2\":", 1);
        assert!(read(&text).is_err(), "{key}");
    }
    for key in ["\"number\": 7, ", "\"title\": \"Add é\","] {
        assert!(changed(key, "").is_ok(), "{key}");
    }
    assert!(refusal("\"draft\": false, ", "").contains("missing field `draft`"));
    assert!(
        refusal("\"author\": {\"login\": \"ada\", \"id\": 1},", "")
            .contains("missing field `author`")
    );
    assert!(changed("{\"login\": \"ada\", \"id\": 1}", "null").unwrap().author.is_none());
}

#[test]
fn an_unknown_key_is_refused_with_its_place() {
    assert!(refusal("\"draft\"", "\"drafty\": 1, \"draft\"").starts_with("line 6, column"));
    for (place, key) in [
        ("\"login\": \"ada\"", "login"),
        ("\"ref\": \"main\"", "ref"),
        ("\"state\"", "state"),
        ("\"path\"", "path"),
        ("\"status\"", "status"),
    ] {
        assert!(
            refusal(place, &format!("\"new\": 1, {place}")).contains("unknown field `new`"),
            "{key}"
        );
    }
}

#[test]
fn a_key_stands_once() {
    assert!(refusal("\"draft\"", "\"draft\": true, \"draft\"").contains("stands here twice"));
    assert!(refusal("\"login\"", "\"login\": \"x\", \"login\"").contains("stands here twice"));
}

#[test]
fn a_commit_is_40_or_64_digits() {
    let long = format!("{SHA}{}", "0".repeat(24));
    assert_eq!(changed(SHA, &long).unwrap().base.sha, long);
    for wrong in ["", "main", &SHA[1..], &format!("{SHA}0"), &SHA.replace('0', "g")] {
        assert!(refusal(SHA, wrong).contains("is no commit"), "{wrong}");
    }
    assert!(
        refusal(&format!("\"commit\": \"{SHA}\""), "\"commit\": \"x\"").contains("is no commit")
    );
    assert!(changed(&format!("\"commit\": \"{SHA}\","), "").unwrap().reviews[0].commit.is_none());
}

#[test]
fn a_submitted_review_has_a_time() {
    let time = "\"submitted_at\": \"2026-03-01T12:00:00Z\",";
    assert!(refusal(time, "").contains("a review that is not pending"));
    let pending = whole().replace(time, "").replace("\"approved\"", "\"PENDING\"");
    assert_eq!(read(&pending).unwrap().reviews[0].state, ReviewState::Pending);
}

#[test]
fn a_time_is_rfc_3339() {
    for good in
        ["2026-03-01T12:00:00+02:00", "2026-03-01t12:00:00.123z", "2026-03-01T12:00:00-00:00"]
    {
        assert!(changed("2026-03-01T12:00:00Z", good).is_ok(), "{good}");
    }
    for wrong in [
        "",
        "2026-03-01",
        "2026-03-01 12:00:00Z",
        "2026-03-01T12:00:00",
        "2026-03-01T12:00Z",
        "2026-03-01T12:00:00Z[UTC]",
        "2026-02-30T12:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T12:00:00.Z",
        "2026-03-01T12:00:00+0200",
        "1772366400",
        "+002026-03-01T12:00:00Z",
    ] {
        assert!(
            refusal("2026-03-01T12:00:00Z", wrong).contains("is no time of RFC 3339"),
            "{wrong}"
        );
    }
}

#[test]
fn states_are_known_words() {
    assert!(changed("approved", "CHANGES_REQUESTED").is_ok());
    assert!(refusal("approved", "Approved").contains("`Approved` is no state of a review"));
    assert!(refusal("\"approved\"", "{\"approved\": null}").contains("invalid type"));
    assert_eq!(
        changed("success", "SUCCESS").unwrap().checks[0].conclusion.as_deref(),
        Some("success")
    );
    assert!(refusal("success", "fine").contains("`fine` is no conclusion"));
    assert!(refusal("completed", "done").contains("`done` is no status"));
    assert!(refusal("completed", "queued").contains("no conclusion yet"));
    assert!(refusal(", \"conclusion\": \"success\"", "").contains("has a conclusion"));
}

#[test]
fn types_are_kept() {
    assert!(refusal("{\"ref\": \"main\", \"sha\"", "[\"main\", \"sha\"").starts_with("line"));
    assert!(refusal("\"labels\": [\"docs\"]", "\"labels\": null").contains("null"));
    assert!(refusal("\"reviews\": [{", "\"reviews\": [[], {").contains("expected an object"));
    assert!(refusal("\"draft\": false", "\"draft\": \"false\"").contains("expected a boolean"));
    assert!(refusal("\"main\"", "\"\"").contains("a name is empty"));
}

#[test]
fn hostile_texts_are_refused() {
    let text = whole();
    for end in 1..text.len() {
        let error = read_pull_request(&text.as_bytes()[..end], &Limits::default()).unwrap_err();
        assert!(matches!(error.problem(), ReadProblem::Truncated(_)), "{end}: {error}");
    }
    assert!(matches!(read("").unwrap_err().problem(), ReadProblem::Empty));
    let deep = format!("\"new\": {}{}, \"draft\"", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(
        changed("\"draft\"", &deep).unwrap_err().problem(),
        ReadProblem::BeyondLimit(_)
    ));
    let small = Limits::default().with_bytes(10);
    let error = read_pull_request(text.as_bytes(), &small).unwrap_err();
    assert!(matches!(error.problem(), ReadProblem::BeyondLimit(_)));
    assert_eq!(
        read("<html></html>").unwrap_err().to_string(),
        "this is an HTML page, not pull-request.json"
    );
    assert!(
        read(r#"{"dependencies": [], "fixes": []}"#)
            .unwrap_err()
            .to_string()
            .contains("pip-audit JSON")
    );
    assert!(read(&format!("{text}x")).unwrap_err().to_string().contains("trailing"));
}
