//! Package URLs: `pkg:type/namespace/name@version?qualifiers#subpath`.

use super::super::{advisories::Key, escapes::unescaped};
use crate::measure::normalised_package;

/// Name and version. The namespace is a part of the name, as in `@babel/core` and `org.a/b`.
pub(super) fn parse(purl: &str) -> Option<Key> {
    let rest = purl.strip_prefix("pkg:")?;
    let rest = rest.split(['?', '#']).next()?;
    let (kind, path) = rest.trim_start_matches('/').split_once('/')?;
    // A version has no `/`; the `@` of a namespace is escaped, or stands before one.
    let (name, version) = match path.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() && !version.contains('/') => (name, version),
        Some(_) | None => (path, ""),
    };
    let name = unescaped(name);
    let name = if kind.eq_ignore_ascii_case("pypi") { normalised_package(&name) } else { name };
    (!name.is_empty()).then(|| (name, unescaped(version)))
}

/// The package of a reference to a component of another document (`urn:cdx:…#pkg:…`), or of one
/// that is a package URL itself.
pub(super) fn of_reference(reference: &str) -> Option<Key> {
    match reference.strip_prefix("urn:cdx:") {
        Some(rest) => {
            let (_, fragment) = rest.split_once('#')?;
            parse(&unescaped(fragment))
        }
        None => parse(reference),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_urls_come_to_names_and_versions() {
        for (purl, name, version) in [
            ("pkg:pypi/Flask_SQLAlchemy@3.1.1", "flask-sqlalchemy", "3.1.1"),
            ("pkg:npm/%40babel/core@7.0.0?a=b#c", "@babel/core", "7.0.0"),
            ("pkg:npm/@babel/core", "@babel/core", ""),
            ("pkg:maven/org.apache/core@2.0%2B1", "org.apache/core", "2.0+1"),
            ("pkg:golang/github.com/a/b@v1.0.0", "github.com/a/b", "v1.0.0"),
        ] {
            assert_eq!(parse(purl), Some((name.to_owned(), version.to_owned())), "{purl}");
        }
        for other in ["", "pkg:", "pkg:pypi", "pypi/a@1", "pkg:pypi/"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_component_of_another_document_is_known_by_its_package_url() {
        let reference = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:pypi/a@1";
        assert_eq!(of_reference(reference), Some(("a".to_owned(), "1".to_owned())));
        assert_eq!(of_reference("urn:cdx:x/1#other"), None);
    }
}
