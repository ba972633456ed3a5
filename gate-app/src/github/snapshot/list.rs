//! Lists of a snapshot: whole, over as many pages as they have, or an error.

use serde::{Deserialize as _, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::ids::CommitSha;

use super::{
    super::graphql::{Data, Fault, Query},
    Incomplete, Part, Repository,
    piece::{misfit, piece},
    wire::List,
};

/// The most pages of one list: ten thousand entries.
const MOST_PAGES: usize = 100;

/// Where the further pages of a list are.
pub(super) struct More<'a> {
    pub(super) what: &'static str,
    pub(super) query: Query,
    pub(super) variables: Vec<(&'static str, Value)>,
    /// The way from `repository` to what the page belongs to, and the commit that must stand there.
    pub(super) owner: &'a [&'static str],
    pub(super) head: (&'static str, &'a CommitSha),
    pub(super) page: &'a [&'static str],
    /// Whether GitHub's count is of what it lists; of filtered reviews it may not be.
    pub(super) counted: bool,
}

/// All of a list: its first page, and the others asked for one by one.
pub(super) async fn list<T: DeserializeOwned>(
    at: &Repository,
    first: &Value,
    (errors, place): (&[Fault], &[&str]),
    more: More<'_>,
) -> Part<Vec<T>> {
    let what = more.what;
    let incomplete = |why: String| Incomplete { what, why };
    let List { total_count, mut page_info, mut nodes } =
        piece::<List<T>>(what, first, errors, place)?;
    for _ in 1..MOST_PAGES {
        if !page_info.has_next_page {
            break;
        }
        let Some(cursor) = page_info.end_cursor else {
            return Err(incomplete("GitHub says there is more and not where".to_owned()));
        };
        let mut variables = more.variables.clone();
        variables.push(("after", json!(cursor)));
        let answer = at.github.query(at.who(), more.query, &at.page_of(&variables)).await;
        let Data { data, errors, .. } = answer.map_err(|error| incomplete(error.to_string()))?;
        if let Some(fault) = errors.first() {
            return Err(incomplete(format!("a further page failed: {}", fault.words())));
        }
        let owner = step(data.get("repository").unwrap_or(&Value::Null), more.owner);
        let (key, head) = more.head;
        if owner.get(key).and_then(Value::as_str) != Some(head.as_str()) {
            return Err(incomplete("the head moved while the list was read".to_owned()));
        }
        let page = List::<T>::deserialize(step(owner, more.page));
        let page = page.map_err(|error| incomplete(misfit(&error)))?;
        nodes.extend(page.nodes);
        page_info = page.page_info;
    }
    if page_info.has_next_page {
        return Err(incomplete(format!("it has {total_count} entries, more than are read")));
    }
    let came = u64::try_from(nodes.len()).unwrap_or(u64::MAX);
    if more.counted && came < total_count {
        return Err(incomplete(format!("{came} of {total_count} entries came")));
    }
    Ok(nodes)
}

fn step<'a>(value: &'a Value, way: &[&str]) -> &'a Value {
    way.iter().fold(value, |value, key| value.get(key).unwrap_or(&Value::Null))
}
