//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use gate_core::measure::Format;
use jiff::Timestamp;

/// Judges reports and reviews against a merge policy.
///
/// Exit codes: 0 passed, 1 failed, 2 the command line or the policy cannot be used, 3 inconclusive
/// or pending. The verdict goes to stdout, everything else to stderr.
#[derive(Debug, Parser)]
#[command(name = "gate", version, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at a repository, and write a policy that passes today.
    Init(InitArguments),
    /// Judge the reports of a repository by its policy.
    Check(Box<CheckArguments>),
    /// Show what gate sees in one report.
    Read(ReadArguments),
    /// Check, explain or print a policy.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Say what a rule demands, from which evidence, and what was found.
    Explain(ExplainArguments),
    /// Reach the verdict of a record anew, and compare.
    Replay(ReplayArguments),
    /// Print the completion script of a shell.
    Completions {
        /// The shell.
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Print the manual page.
    Man {
        /// Write the pages of all commands into this folder instead.
        #[arg(long, value_name = "DIR")]
        directory: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// Work as if gate had been started in this folder.
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Where the policy is written.
    #[arg(long, value_name = "FILE", default_value = ".github/gate.yml")]
    pub(crate) policy: PathBuf,
    /// Overwrite a policy that is there.
    #[arg(long)]
    pub(crate) force: bool,
    /// Print the policy, and write nothing.
    #[arg(long)]
    pub(crate) print: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Work as if gate had been started in this folder: every path below is relative to it.
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// The policy.
    #[arg(long, value_name = "FILE", default_value = ".github/gate.yml")]
    pub(crate) policy: PathBuf,
    /// The policy that the other extends (`extends:`): a copy of that file.
    #[arg(long, value_name = "FILE")]
    pub(crate) extends: Option<PathBuf>,
    /// Take the report NAME of the policy from this file; of a report with parts, NAME:PART.
    #[arg(long = "report", value_name = "NAME=PATH", value_parser = named_path)]
    pub(crate) reports: Vec<(String, PathBuf)>,
    /// Compare the report NAME of the policy, or its part NAME:PART, with this file.
    #[arg(long = "baseline", value_name = "NAME=PATH", value_parser = named_path)]
    pub(crate) baselines: Vec<(String, PathBuf)>,
    /// Compare with what the base branch has reached: the record of a run on one of its commits
    /// (`gate check --record`), with what that record knows of the commits before it. Several times
    /// for several commits, the oldest first.
    #[arg(long, value_name = "RECORD")]
    pub(crate) history: Vec<PathBuf>,
    /// The state of the pull request. Without this, pull-request.json where there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) pull_request: Option<PathBuf>,
    /// Ask git what changed since the merge base with this revision, for example `origin/main`.
    #[arg(long, value_name = "REV", conflicts_with = "diff")]
    pub(crate) base: Option<String>,
    /// Take what changed from this unified diff, as `git diff` writes it.
    #[arg(long, value_name = "FILE")]
    pub(crate) diff: Option<PathBuf>,
    /// Judge as of this time, by which ramps climb and waivers end. Without this, now.
    #[arg(long, value_name = "RFC3339")]
    pub(crate) now: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) print: PrintArguments,
    /// Write a record that `gate replay` can reach the verdict from, anywhere and at any time.
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PrintArguments {
    /// How the verdict is written. Without this: github in a step of GitHub Actions (where
    /// GITHUB_ACTIONS is true and there is no --output), text elsewhere.
    #[arg(long, value_enum)]
    pub(crate) format: Option<PrintFormat>,
    /// Write the verdict to this file instead of stdout.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write the verdict to this file too, in this format. May be given several times.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = format_path)]
    pub(crate) write: Vec<(PrintFormat, PathBuf)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrintFormat {
    /// For a terminal.
    Text,
    /// gate/verdict/v1, for programs.
    Json,
    /// GitHub-flavoured markdown, for a check summary or a comment.
    Markdown,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML, a test case for each rule.
    Junit,
    /// For a step of GitHub Actions: text, annotations, and the summary of the step.
    Github,
}

#[derive(Debug, Args)]
pub(crate) struct ReadArguments {
    /// The report.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Its format. Without this, it is recognised.
    #[arg(long, value_parser = clap::builder::ValueParser::new(format))]
    pub(crate) format: Option<Format>,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Say everything that is wrong with a policy, and what was likely meant.
    Check {
        /// The policy, or several.
        #[arg(value_name = "FILE", default_value = ".github/gate.yml")]
        files: Vec<PathBuf>,
        /// The policy that it extends (`extends:`): a copy of that file.
        #[arg(long, value_name = "FILE")]
        extends: Option<PathBuf>,
    },
    /// Judge the cases beside a policy, and compare with what they expect.
    Test(TestArguments),
    /// Judge stored records by a changed policy: what would newly fail or pass.
    Try(TryArguments),
    /// Print the JSON Schema of policies, for editors.
    Schema,
    /// Print a complete policy with every key explained.
    Default,
}

#[derive(Debug, Args)]
pub(crate) struct TestArguments {
    /// The cases. They name their policy.
    #[arg(value_name = "FILE", default_value = ".github/gate.tests.yml")]
    pub(crate) file: PathBuf,
    /// Work as if gate had been started in this folder: the files of the cases are relative to it.
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Test this policy instead.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The policy that the policy extends (`extends:`): a copy of that file.
    #[arg(long, value_name = "FILE")]
    pub(crate) extends: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct TryArguments {
    /// The changed policy.
    #[arg(value_name = "FILE", default_value = ".github/gate.yml")]
    pub(crate) file: PathBuf,
    /// The policy that it extends (`extends:`): a copy of that file.
    #[arg(long, value_name = "FILE")]
    pub(crate) extends: Option<PathBuf>,
    /// The records, as `gate check --record` wrote them.
    #[arg(long, value_name = "RECORD", required = true, num_args = 1..)]
    pub(crate) against: Vec<PathBuf>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = TryFormat::Text)]
    pub(crate) format: TryFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TryFormat {
    /// For a terminal.
    Text,
    /// gate/try/v1, for programs.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The rule, by its name in the policy.
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
    /// Work as if gate had been started in this folder.
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// The policy.
    #[arg(
        long,
        value_name = "FILE",
        default_value = ".github/gate.yml",
        conflicts_with = "record"
    )]
    pub(crate) policy: PathBuf,
    /// The policy that it extends (`extends:`): a copy of that file.
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    pub(crate) extends: Option<PathBuf>,
    /// Take the policy from this record, and say what the rule found there.
    #[arg(long, value_name = "FILE", conflicts_with = "verdict")]
    pub(crate) record: Option<PathBuf>,
    /// Say what the rule found in this verdict, as `gate check --format json` writes it.
    #[arg(long, value_name = "FILE")]
    pub(crate) verdict: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// The record, as `gate check --record` wrote it.
    #[arg(value_name = "RECORD")]
    pub(crate) record: PathBuf,
    #[command(flatten)]
    pub(crate) print: PrintArguments,
}

fn named_path(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => {
            Ok((name.to_owned(), PathBuf::from(path)))
        }
        Some(_) | None => {
            Err("give the report's name in the policy and a file, NAME=PATH".to_owned())
        }
    }
}

fn format_path(text: &str) -> Result<(PrintFormat, PathBuf), String> {
    match text.split_once('=') {
        Some((word, path)) if !path.is_empty() => {
            let format = PrintFormat::from_str(word, false)
                .map_err(|_| format!("there is no format {word:?}"))?;
            Ok((format, PathBuf::from(path)))
        }
        Some(_) | None => Err("give a format and a file, FORMAT=FILE".to_owned()),
    }
}

fn format(word: &str) -> Result<Format, String> {
    word.parse().map_err(|error: gate_core::measure::UnknownFormat| error.to_string())
}
