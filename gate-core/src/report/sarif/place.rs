//! From the locations of the standard to paths.

use std::collections::BTreeMap;

use super::{
    super::escapes::unescaped,
    document::{Artifact, ArtifactLocation},
};
use crate::measure::RepoPath;

/// What locations refer to.
pub(super) struct Places {
    pub(super) artifacts: Vec<Artifact>,
    pub(super) bases: BTreeMap<String, ArtifactLocation>,
}

/// How many folders may be relative to each other.
const MOST_BASES: usize = 16;

impl Places {
    /// The path of a location as the report writes it, and the folder that it is relative to.
    pub(super) fn resolve(
        &self,
        location: &ArtifactLocation,
    ) -> Result<(String, Vec<RepoPath>), String> {
        let location = match (&location.uri, location.index.filter(|&index| index != -1)) {
            (None, Some(index)) => {
                let artifact = usize::try_from(index).ok().and_then(|at| self.artifacts.get(at));
                let known = artifact.and_then(|artifact| artifact.location.as_ref());
                known.ok_or_else(|| format!("there is no artifact of index {index}"))?
            }
            (Some(_), _) | (None, None) => location,
        };
        let uri = location.uri.as_deref().unwrap_or_default();
        Ok((path(uri), self.bases(location.uri_base_id.as_deref())))
    }

    /// The folders that a name may mean: the whole way down to it, and the way from the one that
    /// stands on its own, which is most often the root of the source. A name without a folder is
    /// that root, as `%SRCROOT%` is.
    fn bases(&self, id: Option<&str>) -> Vec<RepoPath> {
        let mut ways: Vec<RepoPath> = Vec::new();
        let mut next = id;
        for _ in 0..MOST_BASES {
            let Some(location) = next.and_then(|id| self.bases.get(id)) else { break };
            if let Some(uri) = &location.uri {
                let folder = RepoPath::normalised(&path(uri));
                ways.push(ways.last().map_or(folder.clone(), |inner| inner.under(&folder)));
            }
            next = location.uri_base_id.as_deref();
        }
        ways.reverse();
        ways.truncate(2);
        ways
    }
}

/// The path of a URI: without `file://` and its host, with what `%` escapes. The drive of a
/// Windows path stands after a `/` that is none of it.
pub(super) fn path(uri: &str) -> String {
    let path = match uri.strip_prefix("file://") {
        Some(rest) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default(),
        None => uri.strip_prefix("file:").unwrap_or(uri),
    };
    let path = unescaped(path);
    match path.strip_prefix('/') {
        Some(rest) if matches!(rest.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic()) => {
            rest.to_owned()
        }
        Some(_) | None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn uris_of_every_writer_come_to_paths() {
        for (uri, expected) in [
            ("src/a.py", "src/a.py"),
            ("src/we%20ird/gr%C3%B6%C3%9Fe.py", "src/we ird/größe.py"),
            ("file:///home/ci/a.py", "/home/ci/a.py"),
            ("file://host/home/a.py", "/home/a.py"),
            ("file:/home/a.py", "/home/a.py"),
            ("file:///C:/work/a.cs", "C:/work/a.cs"),
            ("100%.py", "100%.py"),
            ("a%ff.py", "a%ff.py"),
            ("%2e%2e/a.py", "../a.py"),
            ("", ""),
        ] {
            assert_eq!(path(uri), expected, "{uri}");
        }
    }
}
