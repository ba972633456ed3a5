//! Lists of logins.

use super::{decode::Spanned, problem::Problems};

/// A list of logins, each once (logins are compared without case), or nothing where the key is
/// absent.
#[expect(clippy::option_option, reason = "outer: a problem was added; inner: the key is absent")]
pub(super) fn validate(
    raw: Option<&Spanned<Vec<Spanned<String>>>>,
    problems: &mut Problems,
) -> Option<Option<Vec<String>>> {
    let Some(raw) = raw else { return Some(None) };
    let mut list: Vec<String> = Vec::new();
    for login in &raw.value {
        let name = login.value.trim_start_matches('@');
        if name.is_empty() || name.contains(char::is_whitespace) {
            problems.add(login.place, "a login is one word, for example octocat");
            return None;
        }
        if list.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            problems.add(login.place, format!("`{name}` stands here a second time"));
            return None;
        }
        list.push(name.to_owned());
    }
    Some(Some(list))
}
