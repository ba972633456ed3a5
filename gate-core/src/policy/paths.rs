//! `paths:` — which files a rule looks at.

use super::{
    decode::{Spanned, section},
    globs::{self, Globs, Over},
    problem::Problems,
};
use crate::measure::RepoPath;

section! {
    /// Which files count. Globs over paths from the repository's root: `*` stays within a folder,
    /// `**` crosses them.
    struct RawPaths {
        /// Only these files count. Default: all.
        include: Option<Spanned<Vec<Spanned<String>>>>,
        /// These files do not count, even if included.
        exclude: Option<Spanned<Vec<Spanned<String>>>>,
    }
}

/// Which files a rule looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    include: Option<Globs>,
    exclude: Option<Globs>,
}

impl Paths {
    /// Whether every file counts.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        self.include.is_none() && self.exclude.is_none()
    }

    /// Whether the files that count are named, and not only those that do not.
    #[must_use]
    pub const fn names_files(&self) -> bool {
        self.include.is_some()
    }

    /// Whether this file counts.
    #[must_use]
    pub fn contain(&self, path: &RepoPath) -> bool {
        self.include.as_ref().is_none_or(|globs| globs.fit(path.as_str()))
            && !self.exclude.as_ref().is_some_and(|globs| globs.fit(path.as_str()))
    }

    /// The globs as the policy writes them.
    #[must_use]
    pub fn describe(&self) -> String {
        let list = |word: &str, globs: &Option<Globs>| {
            globs.as_ref().map(|globs| format!("{word} {}", globs.texts().join(", ")))
        };
        let parts = [list("in", &self.include), list("not in", &self.exclude)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// The globs in words that no other globs have.
    pub(super) fn exactly(&self) -> String {
        let list = |word: &str, globs: &Option<Globs>| {
            globs.as_ref().map(|globs| format!(", {word} {:?}", globs.texts()))
        };
        let parts = [list("in", &self.include), list("not in", &self.exclude)];
        parts.into_iter().flatten().collect()
    }

    /// The paths that these globs describe; only such lists are built that have an entry.
    pub(super) fn including(
        globs: Option<&Spanned<Vec<Spanned<String>>>>,
        problems: &mut Problems,
    ) -> Option<Self> {
        Some(Self { include: globs::list(globs, Over::Paths, problems)?, exclude: None })
    }
}

pub(super) fn validate(raw: Option<&Spanned<RawPaths>>, problems: &mut Problems) -> Option<Paths> {
    let Some(raw) = raw else {
        return Some(Paths::default());
    };
    let include = globs::list(raw.value.include.as_ref(), Over::Paths, problems);
    let exclude = globs::list(raw.value.exclude.as_ref(), Over::Paths, problems);
    Some(Paths { include: include?, exclude: exclude? })
}

#[cfg(test)]
mod tests {
    use super::{super::problem::Place, *};

    fn paths(include: &[&str], exclude: &[&str]) -> Paths {
        let list = |globs: &[&str]| {
            let spanned = |text: &&str| Spanned { value: (*text).to_owned(), place: Place::START };
            let value: Vec<_> = globs.iter().map(spanned).collect();
            (!value.is_empty()).then_some(Spanned { value, place: Place::START })
        };
        let raw = RawPaths { include: list(include), exclude: list(exclude) };
        let raw = Spanned { value: raw, place: Place::START };
        validate(Some(&raw), &mut Problems::default()).unwrap()
    }

    #[test]
    fn one_star_stays_in_its_folder() {
        let paths = paths(&["src/*.py"], &[]);
        assert!(paths.contain(&RepoPath::normalised("src/a.py")));
        assert!(!paths.contain(&RepoPath::normalised("src/a/b.py")));
    }

    #[test]
    fn exclude_takes_from_include() {
        let paths = paths(&["src/**"], &["**/generated/**"]);
        assert!(paths.contain(&RepoPath::normalised("src/a/b.py")));
        assert!(!paths.contain(&RepoPath::normalised("src/generated/b.py")));
        assert_eq!(paths.describe(), "in src/**, not in **/generated/**");
    }
}
