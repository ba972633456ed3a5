//! `of: indirect`: the lines that the pull request leaves as they are, and that are measured before
//! and after it.

use super::{against_baseline, counted, is_met, missed, of};
use crate::{
    evidence::{ChangeSet, Coverage, Line, LineOrigin, Totals},
    measure::{Location, Message, Outcome, RepoPath},
    policy::CoverageRule,
    rule::{
        Case, Code, Item, Reason,
        reports::{self, Absent, Present},
    },
};

pub(super) fn judge(
    rule: &CoverageRule,
    head: &Present<'_, Coverage>,
    changes: &ChangeSet,
    case: Case<'_>,
) -> Vec<Reason> {
    let base = match reports::baseline::<Coverage>(&rule.report, case, rule.without_baseline) {
        Ok(base) => base.content,
        Err(Absent::Reason(reason) | Absent::Absolute(reason)) => return vec![*reason],
    };
    let by_path = changes.by_path();
    let (mut now, mut then): (Vec<Line>, Vec<Line>) = (Vec::new(), Vec::new());
    let mut lost: Vec<(&RepoPath, u32)> = Vec::new();
    let mut unmet = Vec::new();
    for (place, file) in (0_u32..).zip(&head.content.files) {
        if !rule.paths.contain(file.path()) {
            continue;
        }
        let change = by_path.get(file.path());
        let path = change.map_or(file.path(), |change| change.base_path());
        let Some(old_file) = base.file(path) else { continue };
        for &line in file.lines() {
            let old = match change.map(|change| change.origin(line.number)) {
                None => line.number,
                Some(LineOrigin::Unchanged(old)) => old,
                Some(LineOrigin::From(..) | LineOrigin::New) => continue,
            };
            let Some(old) = old_file.line(old) else { continue };
            now.push(line);
            then.push(old);
            unmet.extend(missed::one(rule, place, line));
            if is_met(rule, old) && !is_met(rule, line) {
                lost.push((file.path(), line.number));
            }
        }
    }
    let value = counted(rule, Totals::of_lines(&now));
    if value.is_empty() {
        let message = of(rule).say("none is measured before and after");
        return vec![Reason::new(Code::NothingMeasured, Outcome::Inconclusive, message)];
    }
    let baseline = counted(rule, Totals::of_lines(&then));
    let item = |(path, line): &(&RepoPath, u32)| Item {
        location: Some(Location { path: (*path).clone(), line: Some(*line), end_line: None }),
        ..Item::new(Message::new("did not change, and is not covered any more"))
    };
    let compared = against_baseline(rule, value, head, case, |_| baseline);
    let reasons = compared.into_iter().map(|reason| reason.about(&lost, item)).collect();
    missed::mended(rule, reasons, || unmet.clone())
}
