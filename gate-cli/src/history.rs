//! Records of earlier commits of the base → what that branch has reached.

use std::path::{Path, PathBuf};

use gate_core::{
    Record,
    evidence::{History, Past, Piece},
    measure::Message,
    policy::Policy,
    report::Limits,
    rule,
};

use crate::files;

/// A record holds reports in full, several of them.
const MOST_BYTES: u64 = 1 << 30;

/// What these records say, the oldest first. One that cannot be read breaks all of it: it may be the
/// one with the best.
pub(crate) fn read(policy: &Policy, records: &[PathBuf]) -> Piece<History> {
    if records.is_empty() {
        let why = Message::new("give the records of its commits with `--history RECORD`");
        return Piece::Missing { why };
    }
    let mut history = History::default();
    for file in records {
        match add(policy, file, &mut history) {
            Ok(()) => {}
            Err(error) => {
                let why = Message::default().quote(file.to_string_lossy()).say(": ").quote(error);
                return Piece::Broken { why };
            }
        }
    }
    Piece::Present(history)
}

fn add(policy: &Policy, file: &Path, history: &mut History) -> Result<(), String> {
    let limits = Limits::default().with_bytes(MOST_BYTES);
    let bytes = files::read(file, &limits).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let record = Record::parse(&text).map_err(|error| error.to_string())?;
    let evidence = record.evidence();
    if let Piece::Present(before) = &evidence.history {
        before.commits.iter().cloned().for_each(|past| history.push(past));
    }
    let commit = match &evidence.pull_request {
        Piece::Present(pull_request) => pull_request.head.sha.clone(),
        Piece::Awaited { .. } | Piece::Missing { .. } | Piece::Broken { .. } => {
            file.to_string_lossy().into_owned()
        }
    };
    let values = rule::measured(policy, &evidence.reports);
    history.push(Past { commit, values });
    Ok(())
}
