//! Why `gate` could not do what it was asked to: what is wrong, where, and what to do.

use std::{io, path::PathBuf};

/// Everything that ends in exit code 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error("cannot work in {}: {source}", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error("there is no policy at {}\n  hint: `gate policy default > {}` writes one to begin with", file.display(), file.display())]
    NoPolicy { file: PathBuf },
    #[error("cannot read {}: {source}", file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("cannot write {}: {source}", file.display())]
    Unwritable { file: PathBuf, source: io::Error },
    #[error("cannot write to stdout: {0}")]
    Stdout(io::Error),
    /// The problems are rendered already, with their lines.
    #[error("{0}")]
    Policy(String),
    #[error("the policy has no report {name:?}\n  hint: it has {known}")]
    UnknownReport { name: String, known: String },
    #[error("the report {name:?} is given twice")]
    ReportTwice { name: String },
    #[error("{}: {source}", file.display())]
    Report { file: PathBuf, source: gate_core::report::ReadError },
    #[error("{}: {source}", file.display())]
    Record { file: PathBuf, source: gate_core::RecordError },
    #[error("cannot write the record: {0}")]
    RecordUnwritable(gate_core::RecordError),
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
}
