//! `gate init`: looks at a repository, and writes a policy that passes today.

mod draft;
mod found;
mod page;
mod signs;
mod tools;
mod workflows;

use std::{ffi::OsString, io, path::Path};

use clap::Parser as _;
use gate_core::{Verdict, evaluate, measure::Outcome, policy::Policy};

use crate::{
    args::{CheckArguments, InitArguments},
    check,
    error::CliError,
    exit::Exit,
    files, gather, output, policy,
};
use draft::DraftRule;
use found::Found;
use signs::Signs;
use tools::{TOOLS, Tool};
use workflows::Workflows;

/// What was seen in a repository.
struct Seen {
    languages: Vec<(&'static str, usize)>,
    signs: Signs,
    workflows: Workflows,
    /// The reports that lie here.
    reports: Vec<Found>,
    /// The tools that are here and whose reports are not.
    without_report: Vec<&'static Tool>,
}

pub(crate) fn run(arguments: &InitArguments) -> Result<Exit, CliError> {
    check::work_in(arguments.folder.as_deref())?;
    let file = &arguments.policy;
    if file.exists() && !arguments.force && !arguments.print {
        return Err(CliError::PolicyThere { file: file.clone() });
    }
    let seen = look()?;
    let (text, verdict) = write(&seen, file)?;
    if arguments.print {
        output::stdout(&text)?;
        return Ok(Exit::Passed);
    }
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|source| CliError::Unwritable { file: file.clone(), source })?;
    }
    output::write_file(file, &text)?;
    output::stdout(&told(&seen, &file.to_string_lossy(), &verdict))?;
    Ok(Exit::Passed)
}

fn look() -> Result<Seen, CliError> {
    let (layout, known) = files::layout();
    let unlisted = |source: io::Error| CliError::Unreadable { file: ".".into(), source };
    let on_disk = files::all().map_err(unlisted)?;
    // Without git, what lies here is the repository.
    let own = if known.is_empty() { on_disk.clone() } else { known };
    let mut signs = Signs::of(&own);
    let workflows = Workflows::of(&own, &mut signs);
    let reports = found::reports(&on_disk, &layout, &signs, &workflows);
    let has = |tool: &Tool| reports.iter().any(|found| found.name == tool.report);
    let mut without_report: Vec<&Tool> = Vec::new();
    for tool in TOOLS {
        let is_told = without_report.iter().any(|known| known.report == tool.report);
        if !has(tool) && !is_told && !signs.saying(tool.signs).is_empty() {
            without_report.push(tool);
        }
    }
    let languages = signs::languages(&own);
    Ok(Seen { languages, signs, workflows, reports, without_report })
}

/// How often bars are moved. Each time at least one rule comes to hold, or to decide nothing.
const MOST_ROUNDS: usize = 20;

/// The policy that holds today, and the verdict that shows it.
fn write(seen: &Seen, file: &Path) -> Result<(String, Verdict), CliError> {
    let mut rules: Vec<DraftRule> = seen.reports.iter().flat_map(draft::rules).collect();
    rules.push(draft::review());
    let arguments = as_check(file);
    for _ in 0..MOST_ROUNDS {
        let text = page::policy(seen, &rules);
        let policy: Policy = policy::parse(file, &text, None)?;
        let evidence = gather::evidence(&policy, &arguments)?;
        let verdict = evaluate(&policy, &evidence, check::this_second());
        if verdict.outcome == Outcome::Passed {
            return Ok((text, verdict));
        }
        if !draft::lower(&mut rules, &verdict) {
            return Err(CliError::NoDraft(verdict.title.to_string()));
        }
    }
    Err(CliError::NoDraft("its bars never came to rest".to_owned()))
}

/// `gate check` that is given nothing but this policy.
#[derive(clap::Parser)]
struct AsCheck {
    #[command(flatten)]
    arguments: CheckArguments,
}

fn as_check(file: &Path) -> CheckArguments {
    let mut policy = OsString::from("--policy=");
    policy.push(file);
    AsCheck::parse_from([OsString::from("gate"), policy]).arguments
}

/// What was seen and written, for whoever ran it.
fn told(seen: &Seen, file: &str, verdict: &Verdict) -> String {
    let mut out: Vec<String> = Vec::new();
    out.push(format!("{file}: written. {}", verdict.title));
    out.push(String::new());
    let languages: Vec<String> =
        seen.languages.iter().map(|(name, count)| format!("{name} ({count})")).collect();
    let none = || "none".to_owned();
    let list = |names: Vec<String>| if names.is_empty() { none() } else { names.join(", ") };
    out.push(format!("languages   {}", list(languages)));
    let tool = |tool: &Tool| {
        let places = seen.signs.saying(tool.signs);
        (!places.is_empty()).then(|| format!("{} ({})", tool.title, places.join(", ")))
    };
    out.push(format!("tools       {}", list(TOOLS.iter().filter_map(tool).collect())));
    out.push(format!("workflows   {}", list(seen.workflows.files.clone())));
    for upload in &seen.workflows.uploads {
        out.push(format!("  uploads   {} ({}, job {})", upload.name, upload.workflow, upload.job));
    }
    let report = |found: &Found| format!("{} ({})", found.file, found.format.title());
    out.push(format!("reports     {}", list(seen.reports.iter().map(report).collect())));
    for problem in seen.signs.unread.iter().chain(&seen.workflows.unread) {
        out.push(format!("not read    {problem}"));
    }
    let lines = page::missing_lines(seen);
    if !lines.is_empty() {
        let place = match seen.workflows.jobs.as_slice() {
            [] => "in a job of .github/workflows/ci.yml".to_owned(),
            [(file, job)] => format!("in the job {job} of {file}"),
            several => {
                let jobs = several.iter().map(|(file, job)| format!("{job} of {file}"));
                format!("in one of the jobs {}", jobs.collect::<Vec<_>>().join(", "))
            }
        };
        out.push(String::new());
        out.push(format!("Lines that the workflows are missing, {place}:"));
        out.push(String::new());
        out.extend(lines);
    }
    out.push(String::new());
    // What comes from files of the repository moves no cursor.
    out.iter().map(|line| plain(line)).collect::<Vec<_>>().join("\n")
}

fn plain(line: &str) -> String {
    line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
