//! What git knows: the difference between the merge base and the working tree, and the commits since.

use std::{
    fs, io,
    path::Path,
    process::{Command, Output, Stdio},
};

use gate_core::{
    evidence::{ChangeSet, CodeOwnersFile, Commit, FileChange, Piece, Told},
    measure::{Message, RepoPath},
    report::{self, Limits},
};
use tempfile::TempPath;

/// The most that a diff may have, in bytes.
pub(crate) const MOST_DIFF: u64 = 256 << 20;

/// How git is to show a difference: with its histogram algorithm, renames found among all files, no
/// context, and nothing that a user's settings may add.
const DIFF: [&str; 12] = [
    "-c",
    "core.quotePath=true",
    "diff",
    "--histogram",
    "--find-renames",
    "-l0",
    "--unified=0",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--src-prefix=a/",
    "--dst-prefix=b/",
];

/// What changed between the merge base with `revision` and the files as they lie here, new ones
/// that git does not ignore among them. What git cannot tell becomes evidence, too.
pub(crate) fn changes(revision: &str) -> Piece<ChangeSet> {
    match try_changes(revision) {
        Ok(changes) => Piece::Present(changes),
        Err(why) => Piece::Broken { why },
    }
}

/// CODEOWNERS as `revision` has it, at the first of GitHub's three places.
pub(crate) fn code_owners(revision: &str) -> Told<Option<CodeOwnersFile>> {
    match try_code_owners(revision) {
        Ok(file) => Told::Known(file),
        Err(why) => Told::Unknown(why.to_string()),
    }
}

fn try_code_owners(revision: &str) -> Result<Option<CodeOwnersFile>, Message> {
    const PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
    let commit = commit(revision)?;
    for path in PLACES {
        let entry = text(&run(&["ls-tree", "--full-tree", &commit, "--", path])?)?;
        let Some(mode) = entry.split(' ').next().filter(|mode| !mode.is_empty()) else { continue };
        let wrong = |what: &str| Err(Message::default().quote(path).say(what));
        if !matches!(mode, "100644" | "100755") {
            return wrong(" is no file; GitHub follows no links, so put the file there");
        }
        let blob = run(&["cat-file", "blob", &format!("{commit}:{path}")])?;
        return match String::from_utf8(blob) {
            Ok(text) => Ok(Some(CodeOwnersFile { path: path.to_owned(), text })),
            Err(_) => wrong(" is no text in UTF-8"),
        };
    }
    Ok(None)
}

/// The commits since the merge base with `revision`, the oldest first.
pub(crate) fn commits(revision: &str) -> Piece<Vec<Commit>> {
    match try_commits(revision) {
        Ok(commits) => Piece::Present(commits),
        Err(why) => Piece::Broken { why },
    }
}

/// Its id, its parents, what git thinks of its signature, and its message.
const COMMIT: &str = "--format=%H%x01%P%x01%G?%x01%B";

fn try_commits(revision: &str) -> Result<Vec<Commit>, Message> {
    let range = format!("{}..HEAD", merge_base(revision)?);
    let log = run(&[
        "-c",
        "log.showSignature=false",
        "log",
        "-z",
        "--reverse",
        "--topo-order",
        "--no-color",
        "--encoding=UTF-8",
        COMMIT,
        &range,
        "--",
    ])?;
    let log = String::from_utf8_lossy(&log);
    let entries = log.split('\0').filter(|entry| !entry.is_empty());
    let commits = entries.map(|entry| {
        let mut parts = entry.splitn(4, '\u{1}');
        let (sha, parents) = (parts.next()?, parts.next()?);
        let (signature, message) = (parts.next()?, parts.next()?);
        let parents = u32::try_from(parents.split_whitespace().count()).ok()?;
        let commit = Commit::new(sha, message.trim_end()).with_parents(parents);
        Some(match signature {
            "G" => commit.with_verification(true, "valid"),
            "N" => commit.with_verification(false, "unsigned"),
            "B" => commit.with_verification(false, "invalid"),
            "X" | "Y" => commit.with_verification(false, "expired_key"),
            "R" => commit.with_verification(false, "revoked_key"),
            // Good, or not, by a key that nobody here vouches for.
            _ => commit,
        })
    });
    let read: Option<Vec<Commit>> = commits.collect();
    read.ok_or_else(|| Message::new("git's list of commits cannot be read"))
}

/// The commit that a revision names.
fn commit(revision: &str) -> Result<String, Message> {
    // Whatever begins with a dash would be an option to git.
    let commit = run(&[
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &format!("{revision}^{{commit}}"),
    ])
    .map_err(|_| {
        Message::new("git knows no commit ")
            .quote(revision)
            .say(" here; fetch it first, for example `git fetch origin main`")
    })?;
    text(&commit)
}

/// The commit in which HEAD and `revision` parted.
fn merge_base(revision: &str) -> Result<String, Message> {
    let commit = commit(revision)?;
    let merge_base =
        run(&["merge-base", &commit, "HEAD"]).map_err(|why| no_merge_base(revision, &why))?;
    text(&merge_base)
}

fn try_changes(revision: &str) -> Result<ChangeSet, Message> {
    let merge_base = merge_base(revision)?;
    let mut arguments = DIFF.to_vec();
    arguments.extend([merge_base.as_str(), "--"]);
    let diff = run_with(&arguments, Some(&index()?))?;
    let limits = Limits::default().with_bytes(MOST_DIFF);
    let mut changes = report::read_diff(&diff, &limits)
        .map_err(|error| Message::new("git's diff cannot be read: ").quote(error.to_string()))?;
    let prefix = text(&run(&["rev-parse", "--show-prefix"])?)?;
    if !prefix.is_empty() {
        for file in &mut changes.files {
            seen_from(&prefix, file);
        }
    }
    Ok(changes)
}

fn no_merge_base(revision: &str, why: &Message) -> Message {
    let message = Message::new("git finds no common ancestor of HEAD and ").quote(revision);
    match run(&["rev-parse", "--is-shallow-repository"]) {
        Ok(answer) if answer.trim_ascii() == b"true" => {
            message.say(": the clone is shallow; `git fetch --unshallow` completes it")
        }
        Ok(_) | Err(_) => message.say(": ").then(why),
    }
}

/// A copy of git's index that has the new files that git does not ignore, so that they take part
/// in finding renames. The user's own stays as it is.
fn index() -> Result<TempPath, Message> {
    let failed = |error: io::Error| Message::new("git's index: ").quote(error.to_string());
    let own = text(&run(&["rev-parse", "--git-path", "index"])?)?;
    let copy = tempfile::NamedTempFile::new().map_err(failed)?.into_temp_path();
    match fs::copy(&own, &copy) {
        // Before the first `git add` there is none, and an empty file is no index either.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::remove_file(&copy).map_err(failed)?;
        }
        copied => {
            copied.map_err(failed)?;
            // By the age of its index git knows which files may have changed since unseen.
            let modified = fs::metadata(&own).and_then(|own| own.modified()).map_err(failed)?;
            let copy = fs::File::options().write(true).open(&copy).map_err(failed)?;
            copy.set_modified(modified).map_err(failed)?;
        }
    }
    let add = ["add", "--intent-to-add", "--", ":/"];
    run_with(&add, Some(&copy))?;
    Ok(copy)
}

/// The paths as they are seen from a folder of the repository, where gate was started.
fn seen_from(prefix: &str, file: &mut FileChange) {
    let up = "../".repeat(prefix.matches('/').count());
    let seen = |path: &RepoPath| match path.as_str().strip_prefix(prefix) {
        Some(below) => RepoPath::normalised(below),
        None => RepoPath::normalised(&format!("{up}{path}")),
    };
    file.path = seen(&file.path);
    file.old_path = file.old_path.as_ref().map(seen);
    for origin in file.added.iter_mut().filter_map(|run| run.origin.as_mut()) {
        origin.path = seen(&origin.path);
    }
}

/// What git prints, or why it does not.
fn run(arguments: &[&str]) -> Result<Vec<u8>, Message> {
    run_with(arguments, None)
}

/// The same, with another index than the user's.
fn run_with(arguments: &[&str], index: Option<&Path>) -> Result<Vec<u8>, Message> {
    let mut git = Command::new("git");
    git.args(arguments).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").stdin(Stdio::null());
    if let Some(index) = index {
        git.env("GIT_INDEX_FILE", index);
    }
    let output = git.output();
    match output {
        Ok(Output { status, stdout, .. }) if status.success() => Ok(stdout),
        Ok(Output { stderr, .. }) => {
            let said = String::from_utf8_lossy(&stderr);
            let first = said.lines().next().unwrap_or("it says nothing");
            Err(Message::new("git: ").quote(first.trim_start_matches("fatal: ")))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Message::new("there is no git here; give the difference with `--diff FILE`"))
        }
        Err(error) => Err(Message::new("git: ").quote(error.to_string())),
    }
}

/// One line that git printed.
fn text(output: &[u8]) -> Result<String, Message> {
    let line = output.strip_suffix(b"\n").unwrap_or(output);
    String::from_utf8(line.to_vec()).map_err(|_| Message::new("git: a path that is no UTF-8"))
}
