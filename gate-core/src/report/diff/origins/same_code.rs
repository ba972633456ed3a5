//! Two stretches of lines, one in the place of the other: which lines are the same code, perhaps in
//! another form.
//!
//! Lines with the same tokens are paired first. Between them, token by token, a line is the same
//! code when its tokens stood there in one piece, from the beginning of a line, and what else stood
//! on the lines they come from follows after it: a line that lost or won something is not the same.
//! What says too little by itself (`else:`, `return`) is known by the line beside it.

use std::{collections::BTreeSet, ops::Range};

use imara_diff::{Algorithm, Diff, InternedInput};

use super::{super::tokens, Line};

/// More tokens in a stretch are more than anybody reformats line by line.
const MOST_TOKENS: usize = 200_000;
/// Code of fewer tokens says too little to be known again beside changed code.
const FEWEST_TOKENS: usize = 3;

/// A new line, and the first and last old line on which its code stood; places in the stretches.
pub(super) struct Same {
    pub(super) new: usize,
    pub(super) old: (usize, usize),
}

/// Whether the line before the one stretch is that before the other, and likewise after.
#[derive(Clone, Copy)]
pub(super) struct Borders {
    pub(super) start: bool,
    pub(super) end: bool,
}

/// The lines of a stretch that say something.
struct Stretch<'a> {
    lines: Vec<&'a [u8]>,
    normal: Vec<Vec<u8>>,
    /// Where each stands in the whole stretch.
    places: Vec<usize>,
    /// Whether it follows the one before, with nothing but blank lines between.
    follows: Vec<bool>,
    is_python: bool,
}

/// Finds the lines that are the same code.
pub(super) fn find(
    old: &[Line<'_>],
    new: &[Line<'_>],
    borders: Borders,
    is_python: bool,
) -> Vec<Same> {
    let (old, new) = (Stretch::of(old, is_python), Stretch::of(new, is_python));
    let mut same: Vec<Option<(usize, usize)>> = vec![None; new.lines.len()];
    let (mut old_start, mut new_start) = (0, 0);
    let pairs = pairs(&old, &new);
    for (old_end, new_end) in pairs.into_iter().chain([(old.lines.len(), new.lines.len())]) {
        by_tokens(&old, old_start..old_end, &new, new_start..new_end, &mut same);
        if let Some(same) = same.get_mut(new_end) {
            *same = Some((old_end, old_end));
        }
        (old_start, new_start) = (old_end + 1, new_end + 1);
    }
    beside(&old, &new, &mut same, borders);
    let place = |stretch: &Stretch<'_>, at: usize| stretch.places.get(at).copied();
    let found = |(at, same): (usize, Option<(usize, usize)>)| {
        let (first, last) = same?;
        let old = (place(&old, first)?, place(&old, last)?);
        Some(Same { new: place(&new, at)?, old })
    };
    same.into_iter().enumerate().filter_map(found).collect()
}

impl<'a> Stretch<'a> {
    fn of(all: &[Line<'a>], is_python: bool) -> Self {
        let mut it = Self {
            lines: Vec::new(),
            normal: Vec::new(),
            places: Vec::new(),
            follows: Vec::new(),
            is_python,
        };
        let mut follows = true;
        let mut number = None;
        for (place, line) in all.iter().enumerate() {
            follows &= number.is_none_or(|number| line.number == number + 1);
            number = Some(line.number);
            let normal = tokens::normal(line.text);
            if normal.is_empty() {
                continue;
            }
            it.lines.push(line.text);
            it.normal.push(normal);
            it.places.push(place);
            it.follows.push(follows);
            follows = true;
        }
        it
    }

    /// What the line is compared by; a line that says little is like no other.
    fn key(&self, at: usize, side: u8) -> Vec<u8> {
        let says_enough = self.lines.get(at).is_some_and(|line| {
            tokens::of(line).len() >= FEWEST_TOKENS && tokens::weight(line) > 0
        });
        match self.normal.get(at).filter(|_| says_enough) {
            Some(normal) => normal.clone(),
            None => [&[0, side], at.to_le_bytes().as_slice()].concat(),
        }
    }

    /// The tokens of some of its lines, with the line of each. Where lines do not follow each other
    /// there is one that is like no other.
    fn tokens(&self, range: Range<usize>, hole: &'static [u8]) -> Vec<(tokens::Token<'a>, usize)> {
        let start = range.start;
        let mut all = Vec::new();
        let mut from = start;
        for at in range.clone().chain([range.end]) {
            let is_hole = at > from && !self.follows.get(at).copied().unwrap_or(true);
            if at == range.end || is_hole {
                let lines = self.lines.get(from..at).unwrap_or_default();
                let piece = tokens::of_lines(lines, self.is_python).into_iter();
                all.extend(piece.map(|(token, line)| (token, line + from)));
                if is_hole && at < range.end {
                    all.push((hole, at));
                }
                from = at;
            }
        }
        all
    }
}

/// The lines of both that are the same, in order.
fn pairs(old: &Stretch<'_>, new: &Stretch<'_>) -> Vec<(usize, usize)> {
    let mut input = InternedInput::default();
    input.update_before((0..old.lines.len()).map(|at| old.key(at, b'-')));
    input.update_after((0..new.lines.len()).map(|at| new.key(at, b'+')));
    let stayed = stayed(&input, old.lines.len(), new.lines.len());
    stayed.into_iter().enumerate().filter_map(|(new, old)| Some((old?, new))).collect()
}

/// For each new thing its place among the old ones, if it stood there.
fn stayed<T: AsRef<[u8]> + Eq + std::hash::Hash>(
    input: &InternedInput<T>,
    old: usize,
    new: usize,
) -> Vec<Option<usize>> {
    let diff = Diff::compute(Algorithm::Histogram, input);
    let is = |place: usize, of: &dyn Fn(u32) -> bool| u32::try_from(place).is_ok_and(of);
    let mut kept = (0..old).filter(|&place| !is(place, &|place| diff.is_removed(place)));
    (0..new)
        .map(|place| if is(place, &|place| diff.is_added(place)) { None } else { kept.next() })
        .collect()
}

/// Finds the lines of a part whose tokens stood in a part of the old ones.
fn by_tokens(
    old: &Stretch<'_>,
    old_part: Range<usize>,
    new: &Stretch<'_>,
    new_part: Range<usize>,
    same: &mut [Option<(usize, usize)>],
) {
    let old = old.tokens(old_part, b"\0-");
    let new = new.tokens(new_part.clone(), b"\0+");
    if old.is_empty() || new.is_empty() || old.len() + new.len() > MOST_TOKENS {
        return;
    }
    let mut input = InternedInput::default();
    input.update_before(old.iter().map(|(token, _)| *token));
    input.update_after(new.iter().map(|(token, _)| *token));
    let stayed = stayed(&input, old.len(), new.len());
    let is_whole = old.len() == new.len() && stayed.iter().all(Option::is_some);
    let mut start = 0;
    let mut before = None;
    for line in new.chunk_by(|(_, a), (_, b)| a == b) {
        let piece = start..start + line.len();
        start = piece.end;
        let from = stayed.get(piece.start).copied().flatten();
        // What goes on where the line before it ended need not begin a line.
        let goes_on = is_whole || from.is_some() && from == before;
        let found = from.and_then(|from| origin(&old, &stayed, from, &piece, goes_on));
        before = from.filter(|_| found.is_some()).map(|from| from + piece.len());
        if let Some(same) = line.first().and_then(|(_, at)| same.get_mut(*at)) {
            *same = found;
        }
    }
    // A line of which nothing is left, as of a bracket that only wraps, goes with the one before.
    let says: BTreeSet<usize> = new.iter().map(|&(_, line)| line).collect();
    for at in new_part.filter(|at| !says.contains(at)) {
        let before = at.checked_sub(1).and_then(|before| same.get(before).copied().flatten());
        if let Some(same) = same.get_mut(at) {
            *same = before;
        }
    }
}

/// The first and last old line that a new line's tokens come from, which begin at `from` there.
fn origin(
    old: &[(tokens::Token<'_>, usize)],
    stayed: &[Option<usize>],
    from: usize,
    piece: &Range<usize>,
    goes_on: bool,
) -> Option<(usize, usize)> {
    let line_of = |place: usize| old.get(place).map(|(_, line)| *line);
    let begins_line = from == 0 || line_of(from - 1) != line_of(from);
    if !goes_on && !begins_line {
        return None;
    }
    // In one piece, to the end of the old line that it ends on.
    let last_line = line_of(from + piece.len() - 1)?;
    let rest = old.get(from + piece.len()..).unwrap_or_default();
    let length = piece.len() + rest.iter().take_while(|(_, line)| *line == last_line).count();
    if !goes_on && length < FEWEST_TOKENS {
        return None;
    }
    let in_one_piece =
        (0..length).all(|offset| stayed.get(piece.start + offset) == Some(&Some(from + offset)));
    in_one_piece.then_some((line_of(from)?, last_line))
}

/// Finds the lines that are like the one beside the origin of the line beside them.
fn beside(
    old: &Stretch<'_>,
    new: &Stretch<'_>,
    same: &mut [Option<(usize, usize)>],
    borders: Borders,
) {
    let (olds, news) = (old.lines.len(), new.lines.len());
    let mut used = vec![false; olds];
    for &(first, last) in same.iter().flatten() {
        used.get_mut(first..=last).unwrap_or_default().fill(true);
    }
    let follows = |stretch: &Stretch<'_>, at: usize| stretch.follows.get(at) == Some(&true);
    let mut is_same = |old_at: usize, new_at: usize, same: &mut [Option<(usize, usize)>]| {
        let is_free = used.get(old_at) == Some(&false) && same.get(new_at) == Some(&None);
        if is_free && old.normal.get(old_at) == new.normal.get(new_at) {
            used.get_mut(old_at..=old_at).unwrap_or_default().fill(true);
            same.get_mut(new_at..=new_at).unwrap_or_default().fill(Some((old_at, old_at)));
        }
    };
    for at in 0..news {
        let before = match at.checked_sub(1) {
            None => borders.start.then_some(0),
            Some(before) => same.get(before).copied().flatten().map(|(_, last)| last + 1),
        };
        if let Some(before) = before
            && follows(old, before)
            && follows(new, at)
        {
            is_same(before, at, same);
        }
    }
    for at in (0..news).rev() {
        let after = if at + 1 == news {
            borders.end.then_some(olds)
        } else {
            same.get(at + 1).copied().flatten().map(|(first, _)| first)
        };
        let Some(after) = after else { continue };
        let touch =
            |stretch: &Stretch<'_>, next: usize, all: usize| next == all || follows(stretch, next);
        if after > 0 && touch(old, after, olds) && touch(new, at + 1, news) {
            is_same(after - 1, at, same);
        }
    }
}
