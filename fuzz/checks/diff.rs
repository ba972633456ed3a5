//! Diffs: what reads is kept, its lines ascend, and every line of the head has one origin.

use std::sync::OnceLock;

use gate_core::{
    evaluate,
    evidence::{ChangeKind, Evidence, FileChange, LineOrigin, Piece},
    policy::Policy,
    report::{Limits, read_diff},
};
use jiff::Timestamp;

use super::{evidence, verdict};

const TOUCHED: &str = "\
version: 1
rules:
  it is about the source:
    when: { paths: { include: [\"src/**\"] } }
    review: { approvals: 1 }
";

pub(crate) fn check(bytes: &[u8]) {
    let changes = match read_diff(bytes, &Limits::default()) {
        Ok(changes) => changes,
        Err(error) => return verdict::is_harmless(&error.to_string()),
    };
    changes.files.iter().for_each(is_sound);
    let evidence = Evidence::nothing().with_changes(Piece::Present(changes));
    evidence::is_kept(&evidence);
    static POLICY: OnceLock<Policy> = OnceLock::new();
    let policy = POLICY.get_or_init(|| Policy::parse(TOUCHED).expect("a sound policy"));
    verdict::holds(&evaluate(policy, &evidence, Timestamp::UNIX_EPOCH));
}

fn is_sound(file: &FileChange) {
    let mut last = 0;
    for run in &file.added {
        assert!(run.lines > 0 && u64::from(run.start) >= last, "{file:?}");
        last = u64::from(run.start) + u64::from(run.lines);
        assert!(!matches!(file.origin(run.start), LineOrigin::Unchanged(_)), "{file:?}");
    }
    let mut last = 0;
    for run in &file.removed {
        assert!(run.lines > 0 && u64::from(run.start) >= last, "{file:?}");
        last = u64::from(run.start) + u64::from(run.lines);
    }
    if file.kind != ChangeKind::Copied {
        // No two lines that stayed are one line of the base.
        let stayed = (1..200).filter_map(|line| match file.origin(line) {
            LineOrigin::Unchanged(old) => Some(old),
            LineOrigin::From(..) | LineOrigin::New => None,
        });
        assert!(stayed.is_sorted_by(|a, b| a < b), "{file:?}");
    }
}
