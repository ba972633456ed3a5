//! Which release to upgrade to.

use std::cmp::Ordering;

/// The least version that is free of every flaw, of which each is mended in these versions; none where
/// that cannot be told. Of flaws that are mended in two lines of releases, only a listed version or one
/// behind all of the listed ones is known to be free.
pub(super) fn target<'a>(fixes: &'a [Vec<String>], from: &str) -> Option<&'a str> {
    let later = |version: &&str| compare(version, from) != Some(Ordering::Less);
    let is_free = |version: &str| {
        fixes.iter().all(|listed| {
            let above = |fix: &String| {
                matches!(compare(version, fix), Some(Ordering::Greater | Ordering::Equal))
            };
            listed.iter().any(|fix| fix == version)
                || (!listed.is_empty() && listed.iter().all(above))
        })
    };
    let all = fixes.iter().flatten().map(String::as_str);
    let free = all.filter(later).filter(|version| is_free(version));
    free.reduce(|least, other| match compare(other, least) {
        Some(Ordering::Less) => other,
        // Of versions that do not compare, the first of the report.
        Some(Ordering::Equal | Ordering::Greater) | None => least,
    })
}

/// Which of two versions is the later one, where both are nothing but numbers and dots.
fn compare(one: &str, other: &str) -> Option<Ordering> {
    let (mut one, mut other) = (numbers(one)?, numbers(other)?);
    let length = one.len().max(other.len());
    one.resize(length, 0);
    other.resize(length, 0);
    Some(one.cmp(&other))
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    let version = version.strip_prefix('v').unwrap_or(version);
    version.split('.').map(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(from: &str, fixes: &[&[&str]]) -> Option<String> {
        let list = |fix: &&[&str]| fix.iter().map(|&version| version.to_owned()).collect();
        let fixes: Vec<Vec<String>> = fixes.iter().map(list).collect();
        target(&fixes, from).map(str::to_owned)
    }

    #[test]
    fn the_latest_of_the_fixes_mends_all() {
        assert_eq!(to("3.1.2", &[&["3.1.3"], &["3.1.4"]]).as_deref(), Some("3.1.4"));
        assert_eq!(to("3.1.2", &[&["3.1.10"], &["3.1.9"]]).as_deref(), Some("3.1.10"));
    }

    #[test]
    fn a_release_of_another_line_is_not_known_to_be_free() {
        // 1.26.19 has the first fix and 2.0.7 the second; 2.0.7 may well have the first flaw.
        assert_eq!(
            to("1.26.18", &[&["1.26.19", "2.2.2"], &["1.26.18", "2.0.7"]]).as_deref(),
            Some("2.2.2")
        );
        assert_eq!(to("1.26.18", &[&["1.26.19", "2.2.2"]]).as_deref(), Some("1.26.19"));
    }

    #[test]
    fn what_does_not_compare_is_only_taken_where_it_is_listed_for_all() {
        assert_eq!(to("1.0rc1", &[&["1.0rc2"]]).as_deref(), Some("1.0rc2"));
        assert_eq!(to("1.0rc1", &[&["1.0rc2"], &["1.0rc3"]]), None);
        assert_eq!(to("1", &[&[]]), None);
    }

    #[test]
    fn nobody_is_told_to_go_back() {
        assert_eq!(to("2.0", &[&["1.26.19", "2.2.2"]]).as_deref(), Some("2.2.2"));
    }
}
