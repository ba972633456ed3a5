//! Lines to be covered, in runs.

use super::{
    action::{Choice, MAX_CHOICES},
    offers::{Members, Place},
};
use crate::{
    evidence::{Content, Coverage, Piece, Report},
    measure::{Location, Message},
    rule::Case,
};

/// The lines of a class.
pub(super) struct Places {
    /// How many lines.
    pub(super) count: u64,
    /// Whether some have branches that count and are not covered.
    pub(super) branches: bool,
    runs: Vec<Location>,
    /// How many runs there are.
    all: u64,
}

/// None for what is no lines.
pub(super) fn of(members: &[&Members], case: Case<'_>) -> Option<Places> {
    let mut lines: Vec<Place> = Vec::new();
    let mut of = None;
    for members in members {
        let Members::Lines { report, branches, lines: these, .. } = members else { return None };
        of = Some((report, *branches));
        lines.extend(these);
    }
    let (report, branches) = of?;
    lines.sort_unstable();
    let coverage = coverage(report, case);
    let mut places =
        Places { count: lines.len() as u64, branches: false, runs: Vec::new(), all: 0 };
    let mut last: Option<Place> = None;
    for &(file, number) in &lines {
        let follows =
            last.is_some_and(|(of, line)| of == file && line.checked_add(1) == Some(number));
        last = Some((file, number));
        let Some(measured) = coverage.and_then(|coverage| coverage.files.get(file as usize)) else {
            continue;
        };
        let line = || measured.line(number);
        places.branches |= branches
            && (places.branches || line().is_some_and(|l| l.branches_covered < l.branches_total));
        if follows {
            if usize::try_from(places.all) == Ok(places.runs.len())
                && let Some(run) = places.runs.last_mut()
            {
                run.end_line = Some(number);
            }
            continue;
        }
        places.all += 1;
        if places.runs.len() < MAX_CHOICES {
            let path = measured.path().clone();
            places.runs.push(Location { path, line: Some(number), end_line: None });
        }
    }
    Some(places)
}

pub(super) fn coverage<'a>(report: &str, case: Case<'a>) -> Option<&'a Coverage> {
    match case.evidence.reports.get(report) {
        Some(Piece::Present(Report { content: Content::Coverage(coverage), .. })) => Some(coverage),
        Some(_) | None => None,
    }
}

impl Places {
    pub(super) fn choices(&self) -> Vec<Choice> {
        let choice = |location: &Location| {
            let message = Message::default().quote(match location.end_line {
                Some(end) => format!("{location}-{end}"),
                None => location.to_string(),
            });
            Choice { location: Some(location.clone()), message }
        };
        self.runs.iter().map(choice).collect()
    }

    pub(super) fn unlisted(&self) -> u64 {
        self.all.saturating_sub(self.runs.len() as u64)
    }
}
