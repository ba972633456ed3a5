//! The pull request of a case: what is left out is what it usually is.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// A commit of a case, by its digit.
fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

/// A pull request in the form of `pull-request.json`. A login may stand for an account, a branch's name
/// for the branch; a review is of somebody who may write, on the head.
pub(super) fn filled(value: Value, now: Timestamp) -> Value {
    let Value::Object(mut all) = value else { return value };
    let mut missing = |key: &str, value: Value| {
        all.entry(key).or_insert(value);
    };
    missing("version", json!(1));
    missing("author", Value::Null);
    missing("base", json!("main"));
    missing("head", json!("change"));
    missing("draft", json!(false));
    for list in ["labels", "reviews", "threads", "checks"] {
        missing(list, json!([]));
    }
    account(&mut all, "author");
    branch(&mut all, "base", 'b');
    branch(&mut all, "head", 'a');
    let head = all.get("head").and_then(|head| head.get("sha")).cloned().unwrap_or_default();
    each(&mut all, "reviews", |review| {
        account(review, "author");
        review.entry("commit").or_insert_with(|| head.clone());
        review.entry("submitted_at").or_insert_with(|| json!(now.to_string()));
        review.entry("can_write").or_insert(json!(true));
    });
    each(&mut all, "threads", |thread| {
        thread.entry("line").or_insert(Value::Null);
    });
    each(&mut all, "checks", |check| {
        check.entry("app").or_insert(Value::Null);
        check.entry("status").or_insert(json!("completed"));
        check.entry("conclusion").or_insert(Value::Null);
    });
    Value::Object(all)
}

fn each(all: &mut Map<String, Value>, key: &str, fill: impl Fn(&mut Map<String, Value>)) {
    let list = all.get_mut(key).and_then(Value::as_array_mut);
    for entry in list.into_iter().flatten().filter_map(Value::as_object_mut) {
        fill(entry);
    }
}

fn account(all: &mut Map<String, Value>, key: &str) {
    if let Some(value) = all.get_mut(key)
        && let Value::String(login) = value
    {
        *value = json!({ "login": login });
    }
}

fn branch(all: &mut Map<String, Value>, key: &str, digit: char) {
    if let Some(value) = all.get_mut(key)
        && let Value::String(name) = value
    {
        *value = json!({ "ref": name, "sha": sha(digit) });
    }
}
