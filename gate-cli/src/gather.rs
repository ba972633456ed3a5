//! The policy's reports, as files on disk → evidence. Every failure becomes evidence.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    thread,
};

use gate_core::{
    evidence::{ChangeSet, Commit, Evidence, Piece, Provenance, PullRequest, Report, merge_parts},
    measure::{Digest, Message},
    policy::{ExpectedReport, Policy},
    report::{self, Layout, Limits, ReadOptions},
};

use crate::{
    args::CheckArguments, error::CliError, files, git, history, meant, progress::Progress,
};

/// Where the pull request is described, unless the command line says otherwise.
const PULL_REQUEST: &str = "pull-request.json";

/// Reads what the policy names and the command line adds.
pub(crate) fn evidence(policy: &Policy, arguments: &CheckArguments) -> Result<Evidence, CliError> {
    let given = named(policy, &arguments.reports)?;
    let baselines = named(policy, &arguments.baselines)?;
    let (layout, files) = files::layout();
    let mut pull_request = pull_request(arguments.pull_request.as_deref());
    if policy.needs().code_owners {
        with_code_owners(&mut pull_request, arguments.base.as_deref());
    }
    let listed = match &mut pull_request {
        Piece::Present(pull_request) => pull_request.commits.take(),
        Piece::Awaited { .. } | Piece::Missing { .. } | Piece::Broken { .. } => None,
    };
    let mut evidence = Evidence::nothing().with_pull_request(pull_request);
    if policy.needs().commits {
        evidence = evidence.with_commits(commits(listed, arguments));
    }
    if policy.needs().changes || arguments.base.is_some() || arguments.diff.is_some() {
        evidence = evidence.with_changes(changes(arguments));
    }
    if policy.needs().history || !arguments.history.is_empty() {
        evidence = evidence.with_history(history::read(policy, &arguments.history));
    }
    let base_layout = base_layout(&layout, files, &evidence.changes);
    for expected in policy.reports() {
        let mut parts = Vec::new();
        let mut base_parts = Vec::new();
        let mut has_baseline = false;
        for (part, wanted) in expected.by_part() {
            let prefixed = |layout: &Layout| {
                let (strip, add) = (&wanted.strip_prefix, &wanted.add_prefix);
                layout.clone().with_prefixes(strip.as_deref(), add.as_deref())
            };
            let layout = prefixed(&layout);
            let report = match given.get(&wanted.name) {
                Some(file) => read(file, &wanted, &layout),
                None => find_and_read(&wanted.on_disk(expected), &wanted, &layout),
            };
            parts.push((part.clone(), audited(report, &layout)));
            let base = match baselines.get(&wanted.name) {
                // Of the base only those files are known that are here too or that the change
                // touches: no audit.
                Some(file) => read(file, &wanted, &prefixed(&base_layout)),
                None => Piece::Missing { why: Message::new("it was not given") },
            };
            has_baseline |= baselines.contains_key(&wanted.name);
            base_parts.push((part, base));
        }
        evidence = evidence.with_report(&expected.name, merge_parts(parts));
        if has_baseline {
            evidence = evidence.with_baseline_report(&expected.name, merge_parts(base_parts));
        }
    }
    Ok(evidence)
}

/// What the command line names must be in the policy, and once: a report by its name, a part of one
/// by `NAME:PART`.
fn named<'a>(
    policy: &Policy,
    given: &'a [(String, PathBuf)],
) -> Result<BTreeMap<String, &'a Path>, CliError> {
    let wanted = policy.reports().iter().flat_map(ExpectedReport::by_part);
    let known: Vec<String> = wanted.map(|(_, wanted)| wanted.name).collect();
    let mut files = BTreeMap::new();
    for (name, file) in given {
        if !known.contains(name) {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let hint = meant::hint(name, &known);
            return Err(CliError::UnknownReport { name: name.clone(), hint });
        }
        if files.insert(name.clone(), file.as_path()).is_some() {
            return Err(CliError::ReportTwice { name: name.clone() });
        }
    }
    Ok(files)
}

fn find_and_read(pattern: &str, expected: &ExpectedReport, layout: &Layout) -> Piece<Report> {
    match files::find(pattern) {
        Ok(found) => match found.as_slice() {
            [] => Piece::Missing { why: Message::new("there is no file ").quote(pattern) },
            [file] => read(file, expected, layout),
            several => Piece::Broken {
                why: Message::new(format_args!("{} files fit ", several.len()))
                    .quote(pattern)
                    .say(", and one is needed: ")
                    .quote_each(several.iter().map(|file| file.to_string_lossy()), 5),
            },
        },
        Err(error) => Piece::Broken {
            why: Message::new("cannot look for ").quote(pattern).say(": ").quote(error.to_string()),
        },
    }
}

fn read(file: &Path, expected: &ExpectedReport, layout: &Layout) -> Piece<Report> {
    let name = file.to_string_lossy();
    let broken = |error: String| Piece::Broken {
        why: Message::default().quote(&name).say(": ").quote(error),
    };
    let _progress = Progress::of(format!("reading {name}"));
    let options = options(layout.clone());
    let options = match expected.format {
        Some(format) => options.with_format(format),
        None => options,
    };
    let bytes = match files::read(file, &options.limits) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Piece::Missing { why: Message::new("there is no file ").quote(&name) };
        }
        Err(error) => return broken(error.to_string()),
    };
    match report::read(&bytes, &options) {
        Ok(report) => Piece::Present(report.with_provenance(Provenance {
            origin: name.clone().into_owned(),
            digest: Digest::of(&bytes),
            bytes: bytes.len() as u64,
        })),
        Err(error) => broken(error.to_string()),
    }
}

/// The report, if it is about the files of the repository.
fn audited(report: Piece<Report>, layout: &Layout) -> Piece<Report> {
    match report {
        Piece::Present(report) => report::audited(report, layout),
        Piece::Awaited { .. } | Piece::Missing { .. } | Piece::Broken { .. } => report,
    }
}

/// How the command line reads reports: with every core.
pub(crate) fn options(layout: Layout) -> ReadOptions {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    ReadOptions::default().with_limits(Limits::default().with_threads(threads)).with_layout(layout)
}

/// The layout of the base, as far as it is known: files that have gone are no mistake in its reports.
fn base_layout(layout: &Layout, files: Vec<String>, changes: &Piece<ChangeSet>) -> Layout {
    let Piece::Present(changes) = changes else { return layout.clone() };
    if files.is_empty() {
        return layout.clone();
    }
    let old = changes.files.iter().map(|file| file.base_path().to_string());
    layout.clone().with_files(files.into_iter().chain(old))
}

/// What changed, from git or from a file.
fn changes(arguments: &CheckArguments) -> Piece<ChangeSet> {
    if let Some(revision) = &arguments.base {
        return git::changes(revision);
    }
    let Some(file) = &arguments.diff else {
        let why = "give `--base REV` to ask git, or `--diff FILE`";
        return Piece::Missing { why: Message::new(why) };
    };
    let name = file.to_string_lossy();
    let broken = |error: String| Piece::Broken {
        why: Message::default().quote(&name).say(": ").quote(error),
    };
    let limits = Limits::default().with_bytes(git::MOST_DIFF);
    match files::read(file, &limits) {
        Ok(bytes) => match report::read_diff(&bytes, &limits) {
            Ok(changes) => Piece::Present(changes),
            Err(error) => broken(error.to_string()),
        },
        Err(error) => broken(error.to_string()),
    }
}

/// CODEOWNERS as the base has it, where the document does not say it.
fn with_code_owners(pull_request: &mut Piece<PullRequest>, base: Option<&str>) {
    if let (Piece::Present(pull_request), Some(base)) = (pull_request, base)
        && pull_request.people.code_owners.is_none()
    {
        pull_request.people.code_owners = Some(git::code_owners(base));
    }
}

/// Its commits: as whoever described the pull request has listed them, else as git has them.
fn commits(listed: Option<Vec<Commit>>, arguments: &CheckArguments) -> Piece<Vec<Commit>> {
    match (listed, &arguments.base) {
        (Some(commits), _) => Piece::Present(commits),
        (None, Some(revision)) => git::commits(revision),
        (None, None) => {
            let why = "give `--base REV` to ask git, or list `commits` in the pull request's \
                       description";
            Piece::Missing { why: Message::new(why) }
        }
    }
}

fn pull_request(given: Option<&Path>) -> Piece<PullRequest> {
    let file = given.unwrap_or(Path::new(PULL_REQUEST));
    let name = file.to_string_lossy();
    let broken = |error: String| Piece::Broken {
        why: Message::default().quote(&name).say(": ").quote(error),
    };
    let limits = Limits::default().with_bytes(64 << 20);
    match files::read(file, &limits) {
        Ok(bytes) => match report::read_pull_request(&bytes, &limits) {
            Ok(pull_request) => Piece::Present(pull_request),
            Err(error) => broken(error.to_string()),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Piece::Missing { why: Message::new("there is no file ").quote(&name) }
        }
        Err(error) => broken(error.to_string()),
    }
}
