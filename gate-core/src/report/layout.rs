//! From the paths that writers write to the paths of the repository.

use std::collections::HashMap;

use crate::{
    evidence::{NoteCode, Notes},
    measure::{Message, RepoPath},
};

/// What is known about the repository that a report is about.
///
/// Writers name files relative to one of several `sources`, absolutely on the machine they ran on,
/// with a drive letter, or with `./`. With nothing known, a path is only normalised in its writing.
/// With a `root`, absolute paths below it become relative. With the repository's file list, a path
/// is brought to the one file that it, or its longest suffix that fits, names.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    root: Option<RepoPath>,
    /// Files by their last segment, where the list is known.
    files: Option<HashMap<String, Vec<RepoPath>>>,
}

enum Fit {
    One(RepoPath),
    Several,
    None,
}

impl Layout {
    /// Nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self::default()
    }

    /// The folder that the repository was checked out to when the report was written.
    #[must_use]
    pub fn with_root(mut self, root: &str) -> Self {
        self.root = Some(RepoPath::normalised(root));
        self
    }

    /// The files of the repository, as paths from its root.
    #[must_use]
    pub fn with_files<T: AsRef<str>>(mut self, files: impl IntoIterator<Item = T>) -> Self {
        let mut by_name: HashMap<String, Vec<RepoPath>> = HashMap::new();
        for file in files {
            let path = RepoPath::normalised(file.as_ref());
            by_name.entry(last_segment(path.as_str()).to_owned()).or_default().push(path);
        }
        self.files = Some(by_name);
        self
    }

    /// The repository's path for `raw`, which stands in a report with these `sources`. Notes what
    /// does not resolve.
    pub fn resolve(&self, raw: &str, sources: &[RepoPath], notes: &mut Notes) -> RepoPath {
        let written = RepoPath::normalised(raw);
        let candidates = self.candidates(&written, sources);
        let found = match &self.files {
            Some(files) => self.find(&candidates, files, &written),
            None => match candidates.as_slice() {
                [] => Fit::None,
                [path] => Fit::One(path.clone()),
                _ => Fit::Several,
            },
        };
        match found {
            Fit::One(path) => path,
            Fit::Several => {
                notes.add(NoteCode::PathAmbiguous, || {
                    Message::default().quote(raw).say(" may be several files of the repository")
                });
                written
            }
            Fit::None => {
                notes.add(NoteCode::PathNotResolved, || {
                    Message::default().quote(raw).say(" is no file below the repository's root")
                });
                written
            }
        }
    }

    /// The different paths from the repository's root that a written path may mean: below each
    /// source, or as it stands where no source says more.
    fn candidates(&self, written: &RepoPath, sources: &[RepoPath]) -> Vec<RepoPath> {
        let from_root = |path: RepoPath| match &self.root {
            Some(root) if !path.is_inside() => path.below(root),
            Some(_) | None => path.is_inside().then_some(path),
        };
        let mut paths: Vec<RepoPath> = Vec::new();
        if written.is_inside() {
            let named = sources.iter().filter(|source| !source.as_str().is_empty());
            for path in named.filter_map(|source| from_root(written.under(source))) {
                if !paths.contains(&path) {
                    paths.push(path);
                }
            }
        }
        if paths.is_empty() || self.files.is_some() {
            paths.extend(from_root(written.clone()));
        }
        paths
    }

    fn find(
        &self,
        candidates: &[RepoPath],
        files: &HashMap<String, Vec<RepoPath>>,
        written: &RepoPath,
    ) -> Fit {
        let is_file = |path: &&RepoPath| {
            files.get(last_segment(path.as_str())).is_some_and(|named| named.contains(path))
        };
        match candidates.iter().find(is_file) {
            Some(path) => Fit::One(path.clone()),
            None => self.fit_suffix(written),
        }
    }

    /// The file of the repository that shares the longest end with `written`.
    fn fit_suffix(&self, written: &RepoPath) -> Fit {
        let named = self.files.as_ref().and_then(|files| files.get(last_segment(written.as_str())));
        let shared = |path: &RepoPath| {
            let (ours, theirs) = (path.as_str().rsplit('/'), written.as_str().rsplit('/'));
            ours.zip(theirs).take_while(|(a, b)| a == b).count()
        };
        // A file whose whole path is a suffix of the written one, or the other way round; anything
        // less is a guess. So is a mere file name at the end of a relative path that has more.
        let segments = |path: &RepoPath| {
            path.as_str().split('/').filter(|segment| !segment.is_empty()).count()
        };
        let whole = |path: &&RepoPath| {
            let (ours, theirs) = (segments(path), segments(written));
            let name_only = ours == 1 && theirs > 1 && written.is_inside();
            shared(path) == ours.min(theirs) && !name_only
        };
        let mut fits: Vec<&RepoPath> = named.into_iter().flatten().filter(whole).collect();
        let longest = fits.iter().map(|path| shared(path)).max().unwrap_or_default();
        fits.retain(|path| shared(path) == longest);
        match fits.as_slice() {
            [] => Fit::None,
            [path] => Fit::One((*path).clone()),
            _ => Fit::Several,
        }
    }
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(layout: &Layout, raw: &str, sources: &[&str]) -> (String, Vec<NoteCode>) {
        let sources: Vec<RepoPath> = sources.iter().map(|s| RepoPath::normalised(s)).collect();
        let mut notes = Notes::default();
        let path = layout.resolve(raw, &sources, &mut notes);
        (path.to_string(), notes.finish().into_iter().map(|note| note.code).collect())
    }

    #[test]
    fn with_nothing_known_only_the_writing_is_normalised() {
        let nothing = Layout::unknown();
        assert_eq!(resolve(&nothing, "./click/core.py", &["/b/src"]).0, "click/core.py");
        assert_eq!(resolve(&nothing, "click/core.py", &["src"]).0, "src/click/core.py");
        assert_eq!(resolve(&nothing, "util.py", &["a", "b"]).1, [NoteCode::PathAmbiguous]);
        assert_eq!(
            resolve(&nothing, r"C:\b\App.vue", &[]),
            ("C:/b/App.vue".to_owned(), vec![NoteCode::PathNotResolved])
        );
    }

    #[test]
    fn with_a_root_a_source_below_it_becomes_a_prefix() {
        let layout = Layout::unknown().with_root("/b/repo");
        assert_eq!(resolve(&layout, "click/core.py", &["/b/repo/src"]).0, "src/click/core.py");
        assert_eq!(resolve(&layout, "/b/repo/src/a.py", &[""]).0, "src/a.py");
        assert_eq!(resolve(&layout, "src/a.py", &[""]).0, "src/a.py");
        assert_eq!(resolve(&layout, "/elsewhere/a.py", &[]).1, [NoteCode::PathNotResolved]);
    }

    #[test]
    fn with_the_file_list_the_longest_fitting_end_wins() {
        let layout = Layout::unknown().with_files(["src/a/util.py", "src/b/util.py", "setup.py"]);
        assert_eq!(resolve(&layout, "b/util.py", &[]).0, "src/b/util.py");
        assert_eq!(resolve(&layout, "/runner/x/src/a/util.py", &[]).0, "src/a/util.py");
        assert_eq!(resolve(&layout, "util.py", &["/ci/src/a"]).1, [NoteCode::PathAmbiguous]);
        assert_eq!(resolve(&layout, "other/util.py", &[]).1, [NoteCode::PathNotResolved]);
        assert_eq!(resolve(&layout, "gone.py", &[]).1, [NoteCode::PathNotResolved]);
        assert_eq!(resolve(&layout, "/ci/x/setup.py", &[]).0, "setup.py");
        assert_eq!(resolve(&layout, "pkg/setup.py", &[]).1, [NoteCode::PathNotResolved]);
    }

    #[test]
    fn a_source_below_the_root_decides_between_equal_names() {
        let layout =
            Layout::unknown().with_root("/ci/repo").with_files(["src/a/util.py", "src/b/util.py"]);
        assert_eq!(resolve(&layout, "util.py", &["/ci/repo/src/b"]).0, "src/b/util.py");
    }
}
