//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
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
    /// Judge the reports of a repository by its policy.
    Check(Box<CheckArguments>),
    /// Show what gate sees in one report.
    Read(ReadArguments),
    /// Check, explain or print a policy.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Reach the verdict of a record anew, and compare.
    Replay(ReplayArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Work as if gate had been started in this folder: every path below is relative to it.
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// The policy.
    #[arg(long, value_name = "FILE", default_value = ".github/gate.yml")]
    pub(crate) policy: PathBuf,
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
    /// How the verdict is written.
    #[arg(long, value_enum, default_value_t = PrintFormat::Text)]
    pub(crate) format: PrintFormat,
    /// Write the verdict to this file instead of stdout.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrintFormat {
    /// For a terminal.
    Text,
    /// gate/verdict/v1, for programs.
    Json,
    /// GitHub-flavoured markdown, for a check summary or a comment.
    Markdown,
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
    /// Say everything that is wrong with a policy.
    Check {
        /// The policy.
        #[arg(value_name = "FILE", default_value = ".github/gate.yml")]
        file: PathBuf,
    },
    /// Print the JSON Schema of policies, for editors.
    Schema,
    /// Print a complete policy with every key explained.
    Default,
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

fn format(word: &str) -> Result<Format, String> {
    word.parse().map_err(|error: gate_core::measure::UnknownFormat| error.to_string())
}
