//! Why `gate` could not do what it was asked to: what is wrong, where, and what to do.

use std::{io, path::PathBuf};

/// Everything that ends in exit code 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error("cannot work in {}: {source}", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error("there is no policy at {}\n  hint: `gate init` writes one that passes today, `gate policy default` prints a complete one", file.display())]
    NoPolicy { file: PathBuf },
    #[error("there is a policy at {} already\n  hint: `--force` overwrites it, `--print` only shows what would be written", file.display())]
    PolicyThere { file: PathBuf },
    #[error(
        "no policy could be written that passes today: {0}\n  hint: this is a fault of gate; please report it"
    )]
    NoDraft(String),
    #[error("there are no cases at {}\n  hint: docs/cli.md shows their form", file.display())]
    NoCases { file: PathBuf },
    #[error("a case cannot be used: {0}")]
    Case(String),
    #[error("cannot read {}: {source}", file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("cannot write {}: {source}", file.display())]
    Unwritable { file: PathBuf, source: io::Error },
    #[error("cannot write to stdout: {0}")]
    Stdout(io::Error),
    /// The problems are rendered already, with their lines.
    #[error("{0}")]
    Policy(String),
    #[error("the policy has no report {name:?}\n  hint: {hint}")]
    UnknownReport { name: String, hint: String },
    #[error("the policy has no rule {name:?}\n  hint: {hint}")]
    UnknownRule { name: String, hint: String },
    #[error("the report {name:?} is given twice")]
    ReportTwice { name: String },
    #[error("{}: {source}", file.display())]
    Report { file: PathBuf, source: gate_core::report::ReadError },
    #[error("{}: {source}", file.display())]
    Record { file: PathBuf, source: gate_core::RecordError },
    #[error("{}: {why}", file.display())]
    Verdict { file: PathBuf, why: String },
    #[error("cannot write the record: {0}")]
    RecordUnwritable(gate_core::RecordError),
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
}
