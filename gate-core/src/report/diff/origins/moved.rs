//! Blocks of lines that went from one place and came at another.
//!
//! A block is as long as its lines follow each other in both places, up to spaces and blank lines.
//! The longest blocks are taken first, and what one has taken no other can have.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap, HashMap},
    ops::Range,
};

use super::super::tokens;

/// A block has at least so many lines with letters or digits …
const FEWEST_LINES: usize = 3;
/// … and at least so many letters and digits in them.
const LEAST_WEIGHT: usize = 30;
/// A line that looks like more lines than this is no place to begin from.
const MOST_ALIKE: usize = 64;
/// So many blank lines may stand between two lines of a block.
const MOST_BLANK: u32 = 4;

/// A block that was moved.
pub(super) struct Block {
    pub(super) from: Place,
    pub(super) to: Place,
    /// The number of each of its lines where it was, and where it is now.
    pub(super) lines: Vec<(u32, u32)>,
}

/// Which file of the diff.
pub(super) struct Place {
    pub(super) file: usize,
}

/// A line that says something.
struct Line {
    file: usize,
    number: u32,
    /// Equal for lines of the same tokens.
    text: usize,
    weight: usize,
}

/// Two stretches of the same lines, by their places in the lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    weight: usize,
    lines: usize,
    come: Reverse<usize>,
    gone: Reverse<usize>,
}

/// The blocks that are among both, the heaviest first.
pub(super) fn find(gone: &[Vec<(u32, &[u8])>], come: &[Vec<(u32, &[u8])>]) -> Vec<Block> {
    let mut texts = HashMap::new();
    let gone = lines(gone, &mut texts);
    let come = lines(come, &mut texts);
    let mut alike: HashMap<usize, Vec<usize>> = HashMap::new();
    for (place, line) in gone.iter().enumerate() {
        alike.entry(line.text).or_default().push(place);
    }
    let lists = Lists { gone, come };
    let mut heap: BinaryHeap<Match> = lists.matches(&alike).into();
    let mut taken = (vec![false; lists.gone.len()], vec![false; lists.come.len()]);
    let mut blocks = Vec::new();
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
        blocks.extend(lists.block(gone, come, found.lines));
    }
    blocks
}

fn lines(files: &[Vec<(u32, &[u8])>], texts: &mut HashMap<Vec<u8>, usize>) -> Vec<Line> {
    let mut all = Vec::new();
    for (file, lines) in files.iter().enumerate() {
        for &(number, line) in lines {
            let normal = tokens::normal(line);
            if normal.is_empty() {
                continue;
            }
            let next = texts.len();
            let text = *texts.entry(normal).or_insert(next);
            all.push(Line { file, number, text, weight: tokens::weight(line) });
        }
    }
    all
}

/// What went and what came, each in the order of the diff.
struct Lists {
    gone: Vec<Line>,
    come: Vec<Line>,
}

impl Lists {
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
        let follows = |lines: &[Line], place: usize| -> Option<usize> {
            let (here, there) = (lines.get(place)?, lines.get(next(place)?)?);
            let gap = here.number.abs_diff(there.number);
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
        (saying >= FEWEST_LINES && weight >= LEAST_WEIGHT).then_some(Match {
            weight,
            lines,
            come: Reverse(come),
            gone: Reverse(gone),
        })
    }

    fn block(&self, gone: usize, come: usize, lines: usize) -> Option<Block> {
        let (from, to) = (self.gone.get(gone..gone + lines)?, self.come.get(come..come + lines)?);
        let numbers = from.iter().zip(to).map(|(from, to)| (from.number, to.number));
        Some(Block {
            from: Place { file: from.first()?.file },
            to: Place { file: to.first()?.file },
            lines: numbers.collect(),
        })
    }
}
