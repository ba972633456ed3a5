//! Lines that stand in the place of others with the same code in another form.
//!
//! The tokens of what went are compared with those of what came. A line is reformatted when its
//! tokens stood there in one piece, from the beginning of a line, and what else stood on the lines
//! they come from follows after it: a line that lost or won something is no reformatted one.

use std::collections::BTreeSet;

use imara_diff::{Algorithm, Diff, InternedInput};

use super::{super::hunks::Group, super::tokens, Origins};
use crate::{
    evidence::{Motion, Origin},
    measure::RepoPath,
};

/// More tokens in a group are more than anybody reformats line by line.
const MOST_TOKENS: usize = 200_000;
/// A line of fewer tokens says too little to be known again beside changed ones.
const FEWEST_TOKENS: usize = 3;

/// Finds the origins of a group's reformatted lines, and the lines that they come from.
pub(super) fn find(
    group: &Group<'_>,
    path: &RepoPath,
    origins: &mut Origins,
    used: &mut BTreeSet<u32>,
) {
    let old = tokens::of_lines(&group.removed);
    let new = tokens::of_lines(&group.added);
    if old.is_empty() || new.is_empty() || old.len() + new.len() > MOST_TOKENS {
        return;
    }
    let stayed = stayed(&old, &new);
    let is_whole = old.len() == new.len() && stayed.iter().all(Option::is_some);
    let mut start = 0;
    for line in new.chunk_by(|(_, a), (_, b)| a == b) {
        let Some((_, index)) = line.first() else { continue };
        let from = origin(&old, &stayed, start, line.len(), is_whole);
        start += line.len();
        let Some((first, last)) = from else { continue };
        let number = |start: u32, index: usize| {
            start.saturating_add(u32::try_from(index).unwrap_or(u32::MAX))
        };
        used.extend(number(group.old_start, first)..=number(group.old_start, last));
        let start = number(group.old_start, first);
        let origin = Origin { path: path.clone(), start, how: Motion::Reformatted };
        origins.insert(number(group.new_start, *index), origin);
    }
}

/// For each new token its place among the old ones, if it stood there.
fn stayed(
    old: &[(tokens::Token<'_>, usize)],
    new: &[(tokens::Token<'_>, usize)],
) -> Vec<Option<usize>> {
    let mut input = InternedInput::default();
    input.update_before(old.iter().map(|(token, _)| *token));
    input.update_after(new.iter().map(|(token, _)| *token));
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let is = |place: usize, of: &dyn Fn(u32) -> bool| u32::try_from(place).is_ok_and(of);
    let mut kept = (0..old.len()).filter(|&place| !is(place, &|place| diff.is_removed(place)));
    (0..new.len())
        .map(|place| if is(place, &|place| diff.is_added(place)) { None } else { kept.next() })
        .collect()
}

/// The first and last old line that a new line's tokens, from `start` on, come from.
fn origin(
    old: &[(tokens::Token<'_>, usize)],
    stayed: &[Option<usize>],
    start: usize,
    length: usize,
    is_whole: bool,
) -> Option<(usize, usize)> {
    let line_of = |place: usize| old.get(place).map(|(_, line)| *line);
    let from = (*stayed.get(start)?)?;
    let last_line = line_of(from + length - 1)?;
    if is_whole {
        return Some((line_of(from)?, last_line));
    }
    // From the beginning of an old line …
    if from > 0 && line_of(from - 1) == line_of(from) || length < FEWEST_TOKENS {
        return None;
    }
    // … in one piece, to the end of the old line that it ends on.
    let rest = old.get(from + length..).unwrap_or_default();
    let length = length + rest.iter().take_while(|(_, line)| *line == last_line).count();
    let in_one_piece =
        (0..length).all(|offset| stayed.get(start + offset) == Some(&Some(from + offset)));
    in_one_piece.then_some((line_of(from)?, last_line))
}
