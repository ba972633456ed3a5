//! Files on disk: one report's bytes under a limit, the files that a glob fits, and the
//! repository's file list.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use gate_core::report::{Layout, Limits};
use globset::GlobBuilder;

/// The bytes of a file, at most one more than the limit allows, so that the reader refuses it.
pub(crate) fn read(file: &Path, limits: &Limits) -> io::Result<Vec<u8>> {
    let source = File::open(file)?;
    if source.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let mut bytes = Vec::new();
    source.take(limits.bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The files below the working folder that `pattern` fits, sorted. A path without wildcards fits
/// itself, if it is there.
pub(crate) fn find(pattern: &str) -> io::Result<Vec<PathBuf>> {
    let is_wild = |segment: &str| segment.contains(['*', '?', '[', '{']);
    if !is_wild(pattern) {
        let file = PathBuf::from(pattern);
        return Ok(if file.exists() { vec![file] } else { Vec::new() });
    }
    let glob = GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(io::Error::other)?
        .compile_matcher();
    let fixed: PathBuf = pattern.split('/').take_while(|segment| !is_wild(segment)).collect();
    let mut found = Vec::new();
    walk(&fixed, &mut |file| {
        if glob.is_match(file) {
            found.push(file.to_owned());
        }
    })?;
    found.sort();
    Ok(found)
}

/// Every file below the working folder, git's own left out, sorted.
pub(crate) fn all() -> io::Result<Vec<String>> {
    let mut all = Vec::new();
    walk(Path::new(""), &mut |file| all.push(file.to_string_lossy().into_owned()))?;
    all.sort();
    Ok(all)
}

/// Every file below `folder`, links not followed, git's own folder left out.
fn walk(folder: &Path, see: &mut impl FnMut(&Path)) -> io::Result<()> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = match fs::read_dir(here) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() && entry.file_name() != ".git" {
            walk(&path, see)?;
        } else if kind.is_file() {
            see(&path);
        }
    }
    Ok(())
}

/// What is known about the repository in the working folder: where it lies, and, if git knows them,
/// its files, which are returned too.
pub(crate) fn layout() -> (Layout, Vec<String>) {
    let mut layout = Layout::unknown();
    if let Some(folder) = std::env::current_dir().ok().as_deref().and_then(Path::to_str) {
        layout = layout.with_root(folder);
    }
    match git_files() {
        Some(files) if !files.is_empty() => (layout.with_files(files.iter()), files),
        Some(_) | None => (layout, Vec::new()),
    }
}

/// The files that git tracks here, and the new ones it does not ignore.
fn git_files() -> Option<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let names = output.stdout.split(|&byte| byte == 0).filter(|name| !name.is_empty());
    Some(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}
