//! From the paths that writers write to the paths of the repository.

use std::{cmp::Reverse, collections::BTreeSet, sync::Arc};

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
    /// How written paths are to be changed before anything else.
    rewriting: Rewriting,
    /// The repository's files, where the list is known; shared, because every report is read with
    /// the same.
    files: Option<Arc<Files>>,
}

/// Files by their segments from the last to the first, each followed by `/`: `src/a.py` is
/// `a.py/src/`. What ends alike stands together, and looking for an end takes time that grows with
/// the depth of the path, not with the number of files.
#[derive(Debug)]
struct Files(BTreeSet<String>);

/// A module's path has no more folders than this.
const DEEPEST_MODULE: usize = 16;

/// A change of the beginning of paths: what goes, and then what comes. Nothing is as good as none.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rewriting {
    pub(super) strip: String,
    pub(super) add: String,
}

impl Rewriting {
    /// The path as it becomes. What does not begin so stays as it is.
    pub(super) fn of(&self, path: &RepoPath) -> RepoPath {
        exchanged(path, &self.strip, &self.add)
    }
}

fn exchanged(path: &RepoPath, old: &str, new: &str) -> RepoPath {
    let stripped = (!old.is_empty()).then(|| path.below(&RepoPath::normalised(old))).flatten();
    let path = stripped.unwrap_or_else(|| path.clone());
    if new.is_empty() || !path.is_inside() {
        return path;
    }
    path.under(&RepoPath::normalised(new))
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
        let turned = |file: T| turned(&RepoPath::normalised(file.as_ref()));
        self.files = Some(Arc::new(Files(files.into_iter().map(turned).collect())));
        self
    }

    /// The repository's path for `raw`, which stands in a report with these `sources`. Notes what
    /// does not resolve.
    pub fn resolve(&self, raw: &str, sources: &[RepoPath], notes: &mut Notes) -> RepoPath {
        let written = RepoPath::normalised(raw);
        self.note_unstripped(&written, notes);
        let written = self.rewriting.of(&written);
        let candidates = self.candidates(&written, sources);
        let found = match &self.files {
            Some(files) => files.find(&candidates, &written),
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

    /// The same, for a file of a module of this name, if it has one. Among several files that may
    /// be meant, the one below a folder of that name is.
    pub(super) fn resolve_within(
        &self,
        within: &str,
        raw: &str,
        sources: &[RepoPath],
        notes: &mut Notes,
    ) -> RepoPath {
        let module = within.rsplit('/').next().unwrap_or_default();
        if let Some(files) = &self.files
            && !module.is_empty()
            && let Some(path) = files.below(module, &self.rewriting.of(&RepoPath::normalised(raw)))
        {
            return path;
        }
        self.resolve(raw, sources, notes)
    }

    /// What written paths begin with that is no part of the repository, and what they lack at their
    /// beginning, as a policy says it.
    #[must_use]
    pub fn with_prefixes(mut self, strip: Option<&str>, add: Option<&str>) -> Self {
        let text = |prefix: Option<&str>| {
            prefix
                .map_or_else(String::new, |prefix| RepoPath::normalised(prefix).as_str().to_owned())
        };
        self.rewriting = Rewriting { strip: text(strip), add: text(add) };
        self
    }

    /// Whether the files of the repository are known.
    #[must_use]
    pub const fn knows_files(&self) -> bool {
        self.files.is_some()
    }

    /// Whether this is a file of the repository.
    #[must_use]
    pub fn has_file(&self, path: &RepoPath) -> bool {
        let is_there = |files: &Arc<Files>| files.0.contains(&turned(path));
        path.is_inside() && self.files.as_ref().is_some_and(is_there)
    }

    /// The path as it stood in a report before its beginning was changed, which was stripped or was
    /// not.
    pub(super) fn as_written(&self, path: &RepoPath, was_stripped: bool) -> RepoPath {
        let Rewriting { strip, add } = &self.rewriting;
        exchanged(path, add, if was_stripped { strip } else { "" })
    }

    /// The changes of its beginning that bring this path to files which share the longest end with
    /// it; none where these are more than `most`.
    pub(super) fn likely(&self, path: &RepoPath, most: usize) -> Vec<Rewriting> {
        self.files.as_ref().map_or_else(Vec::new, |files| files.likely(path, most))
    }

    /// Notes a path that does not begin as the policy says that it does.
    fn note_unstripped(&self, written: &RepoPath, notes: &mut Notes) {
        let strip = self.rewriting.strip.as_str();
        if !strip.is_empty() && written.below(&RepoPath::normalised(strip)).is_none() {
            notes.add(NoteCode::PrefixNotThere, || {
                Message::default().quote(written).say(" does not begin with ").quote(strip)
            });
        }
    }

    /// The same layout, for names that all begin with the path of one module: that which fits most
    /// of the files once it is gone is taken from them.
    pub(super) fn of_module(&self, names: &[&str]) -> Self {
        let mut layout = self.clone();
        if let Some(files) = &self.files
            && self.rewriting.strip.is_empty()
        {
            layout.rewriting.strip = files.module(names, &self.rewriting.add);
        }
        layout
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
                // Among the files of the repository the first that fits is taken, so that doubles
                // do no harm; without these, two different paths are as good as many.
                match (&self.files, paths.as_slice()) {
                    (None, [first]) if *first == path => {}
                    (None, [_, _, ..]) => break,
                    _ => paths.push(path),
                }
            }
        }
        if paths.is_empty() || self.files.is_some() {
            paths.extend(from_root(written.clone()));
        }
        paths
    }
}

impl Files {
    /// The first candidate that is a file, or the file that shares the longest end with `written`.
    fn find(&self, candidates: &[RepoPath], written: &RepoPath) -> Fit {
        match candidates.iter().find(|path| self.0.contains(&turned(path))) {
            Some(path) => Fit::One(path.clone()),
            None => self.fit_end(written),
        }
    }

    /// The beginning that all these names share and that has to go so that most of them are files
    /// below `folder`; nothing where that is no beginning at all.
    fn module(&self, names: &[&str], folder: &str) -> String {
        let Some(first) = names.first() else { return String::new() };
        let shared = |depth: &usize| {
            let beginning = first.split('/').take(*depth);
            names.iter().all(|name| name.split('/').take(*depth).eq(beginning.clone()))
        };
        let deepest = first.matches('/').count().min(DEEPEST_MODULE);
        let fitting = |depth: usize| {
            let rest = |name: &&str| name.split('/').skip(depth).collect::<Vec<_>>().join("/");
            let is_file = |rest: &String| {
                self.0.contains(&turned(&RepoPath::normalised(&format!("{folder}/{rest}"))))
            };
            names.iter().map(rest).filter(is_file).count()
        };
        let depths = (0..=deepest).take_while(shared).map(|depth| (fitting(depth), depth));
        // Of those that fit as many, the shortest.
        let best = depths.max_by_key(|&(most, depth)| (most, Reverse(depth)));
        let depth = best.filter(|(most, _)| *most > 0).map_or(0, |(_, depth)| depth);
        first.split('/').take(depth).collect::<Vec<_>>().join("/")
    }

    fn likely(&self, path: &RepoPath, most: usize) -> Vec<Rewriting> {
        let end = turned(path);
        let ends: Vec<&str> =
            end.match_indices('/').map(|(at, _)| end.get(..=at).unwrap_or_default()).collect();
        for end in ends.into_iter().rev() {
            let alike = self.0.range(end.to_owned()..).take_while(|file| file.starts_with(end));
            let alike: Vec<RepoPath> = alike.take(most + 1).map(|file| turned_back(file)).collect();
            if alike.is_empty() {
                continue;
            }
            let shared = end.matches('/').count();
            let strip = beginning(path.as_str(), shared);
            let fix = |file: &RepoPath| Rewriting {
                strip: strip.to_owned(),
                add: beginning(file.as_str(), shared).to_owned(),
            };
            return if alike.len() > most { Vec::new() } else { alike.iter().map(fix).collect() };
        }
        Vec::new()
    }

    /// The one file whose path ends with all of the written one, below a folder of this name.
    fn below(&self, folder: &str, written: &RepoPath) -> Option<RepoPath> {
        let end = turned(written);
        let fitting = self.0.range(end.clone()..).take_while(|file| file.starts_with(&end));
        let mut below = fitting.filter(|file| {
            file.get(end.len()..).unwrap_or_default().split('/').any(|segment| segment == folder)
        });
        match (below.next(), below.next()) {
            (Some(file), None) => Some(turned_back(file)),
            _ => None,
        }
    }

    /// A file whose path ends with all of the written one, or else the longest that the written one
    /// ends with all of; anything less is a guess. So is a mere file name at the end of a relative
    /// path that has more.
    fn fit_end(&self, written: &RepoPath) -> Fit {
        let turned = turned(written);
        let mut longer =
            self.0.range(turned.clone()..).take_while(|file| file.starts_with(&turned));
        match (longer.next(), longer.next()) {
            (Some(file), None) => return Fit::One(turned_back(file)),
            (Some(_), Some(_)) => return Fit::Several,
            (None, _) => {}
        }
        let ends = turned.match_indices('/').map(|(at, _)| turned.get(..=at).unwrap_or_default());
        let ends: Vec<&str> = ends.skip(usize::from(written.is_inside())).collect();
        match ends.into_iter().rev().find(|end| self.0.contains(*end)) {
            Some(file) => Fit::One(turned_back(file)),
            None => Fit::None,
        }
    }
}

/// A path without so many segments at its end. What begins at the root of a disk keeps that.
fn beginning(path: &str, segments: usize) -> &str {
    match path.rmatch_indices('/').nth(segments.saturating_sub(1)) {
        Some((0, root)) => root,
        Some((at, _)) => path.get(..at).unwrap_or_default(),
        None => "",
    }
}

fn turned(path: &RepoPath) -> String {
    let mut turned = String::with_capacity(path.as_str().len() + 1);
    for segment in path.as_str().rsplit('/').filter(|segment| !segment.is_empty()) {
        turned.push_str(segment);
        turned.push('/');
    }
    turned
}

fn turned_back(turned: &str) -> RepoPath {
    let segments: Vec<&str> = turned.trim_end_matches('/').rsplit('/').collect();
    RepoPath::normalised(&segments.join("/"))
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
