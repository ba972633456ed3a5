//! Blocks of lines that went from one place and came at another, or at the same with other spaces.
//!
//! A block is as long as its lines follow each other in both places, up to spaces and blank lines.
//! The heaviest blocks are taken first, and what one has taken no other can have.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap, HashMap},
    ops::Range,
};

use super::{super::tokens, Known, Line, Sides, Was, motion};

/// A block has at least so many lines with letters or digits …
const FEWEST_LINES: usize = 3;
/// … and at least so many letters and digits in them.
const LEAST_WEIGHT: usize = 30;
/// A line that looks like more lines than this is no place to begin from.
const MOST_ALIKE: usize = 64;
/// So many blank lines may stand between two lines of a block.
const MOST_BLANK: u32 = 4;

/// A line that says something.
struct Said<'a> {
    file: usize,
    line: Line<'a>,
    /// Equal for lines of the same tokens.
    text: usize,
    weight: usize,
}

/// Two stretches of the same lines, by their places in the lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    weight: usize,
    lines: usize,
    /// Of two that are the same, the one that stayed where it was.
    is_here: bool,
    come: Reverse<usize>,
    gone: Reverse<usize>,
}

/// Finds the blocks that are among both, the heaviest first.
pub(super) fn find(sides: &[Sides<'_>], known: &mut Known) {
    let mut texts = HashMap::new();
    let gone = said(sides.iter().map(|sides| &sides.gone), &mut texts);
    let come = said(sides.iter().map(|sides| &sides.come), &mut texts);
    let mut alike: HashMap<usize, Vec<usize>> = HashMap::new();
    for (place, line) in gone.iter().enumerate() {
        alike.entry(line.text).or_default().push(place);
    }
    let lists = Lists { gone, come };
    let mut heap: BinaryHeap<Match> = lists.matches(&alike).into();
    let mut taken = (vec![false; lists.gone.len()], vec![false; lists.come.len()]);
    while let Some(found) = heap.pop() {
        let (Reverse(come), Reverse(gone)) = (found.come, found.gone);
        let is_free = |offset: usize| {
            let free = |taken: &[bool], place: usize| taken.get(place) == Some(&false);
            free(&taken.0, gone + offset) && free(&taken.1, come + offset)
        };
        if let Some(offset) = (0..found.lines).find(|&offset| !is_free(offset)) {
            // What others have left of it may still be a block.
            let after = (offset..found.lines).find(|&offset| is_free(offset));
            let rest = after.map(|after| after..found.lines);
            for part in [Some(0..offset), rest].into_iter().flatten() {
                heap.extend(lists.found(gone + part.start, come + part.start, part.len()));
            }
            continue;
        }
        for offset in 0..found.lines {
            for (taken, place) in [(&mut taken.0, gone + offset), (&mut taken.1, come + offset)] {
                if let Some(taken) = taken.get_mut(place) {
                    *taken = true;
                }
            }
        }
        lists.block(gone, come, found.lines, known);
    }
}

fn said<'s, 'a: 's>(
    files: impl Iterator<Item = &'s Vec<Line<'a>>>,
    texts: &mut HashMap<Vec<u8>, usize>,
) -> Vec<Said<'a>> {
    let mut all = Vec::new();
    for (file, lines) in files.enumerate() {
        for &line in lines {
            let normal = tokens::normal(line.text);
            if normal.is_empty() {
                continue;
            }
            let next = texts.len();
            let text = *texts.entry(normal).or_insert(next);
            all.push(Said { file, line, text, weight: tokens::weight(line.text) });
        }
    }
    all
}

/// What went and what came, each in the order of the diff.
struct Lists<'a> {
    gone: Vec<Said<'a>>,
    come: Vec<Said<'a>>,
}

impl Lists<'_> {
    /// Every stretch of the same lines that cannot be longer.
    fn matches(&self, alike: &HashMap<usize, Vec<usize>>) -> Vec<Match> {
        let is_rare = |place: usize| {
            let text = self.come.get(place).map(|line| line.text);
            text.and_then(|text| alike.get(&text)).is_some_and(|all| all.len() <= MOST_ALIKE)
        };
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for come in (0..self.come.len()).filter(|&place| is_rare(place)) {
            let text = self.come.get(come).map(|line| line.text);
            for &gone in text.and_then(|text| alike.get(&text)).into_iter().flatten() {
                // The line before it has been here with the same stretch.
                if come > 0 && is_rare(come - 1) && self.goes_on(gone, come, false) {
                    continue;
                }
                let stretch = self.stretch(gone, come);
                let (first_gone, first_come) = (gone - (come - stretch.start), stretch.start);
                if seen.insert((first_gone, first_come)) {
                    all.extend(self.found(first_gone, first_come, stretch.len()));
                }
            }
        }
        all
    }

    /// How far the lines around these two are the same, as places among what came.
    fn stretch(&self, gone: usize, come: usize) -> Range<usize> {
        let mut start = 0;
        while self.goes_on(gone - start, come - start, false) {
            start += 1;
        }
        let mut end = 0;
        while self.goes_on(gone + end, come + end, true) {
            end += 1;
        }
        come - start..come + end + 1
    }

    /// Whether the lines after (or before) these two are the same, and follow them in both places.
    fn goes_on(&self, gone: usize, come: usize, forward: bool) -> bool {
        let next = |place: usize| if forward { Some(place + 1) } else { place.checked_sub(1) };
        let follows = |lines: &[Said<'_>], place: usize| -> Option<usize> {
            let (here, there) = (lines.get(place)?, lines.get(next(place)?)?);
            let gap = here.line.number.abs_diff(there.line.number);
            (here.file == there.file && gap <= MOST_BLANK + 1).then_some(there.text)
        };
        match (follows(&self.gone, gone), follows(&self.come, come)) {
            (Some(gone), Some(come)) => gone == come,
            (Some(_), None) | (None, _) => false,
        }
    }

    /// A stretch, if it is enough for a block.
    fn found(&self, gone: usize, come: usize, lines: usize) -> Option<Match> {
        let stretch = self.come.get(come..come + lines)?;
        let weight = stretch.iter().map(|line| line.weight).sum();
        let saying = stretch.iter().filter(|line| line.weight > 0).count();
        let (from, to) = (self.gone.get(gone)?, stretch.first()?);
        (saying >= FEWEST_LINES && weight >= LEAST_WEIGHT).then_some(Match {
            weight,
            lines,
            is_here: from.file == to.file && from.line.group == to.line.group,
            come: Reverse(come),
            gone: Reverse(gone),
        })
    }

    fn block(&self, gone: usize, come: usize, lines: usize, known: &mut Known) {
        let both = self.gone.get(gone..gone + lines).zip(self.come.get(come..come + lines));
        for (from, to) in both.into_iter().flat_map(|(gone, come)| gone.iter().zip(come)) {
            let how = motion((from.file, from.line), (to.file, to.line));
            let number = from.line.number;
            let was = Was { file: from.file, first: number, last: number, how };
            known.found(to.file, to.line.number, was);
        }
    }
}
