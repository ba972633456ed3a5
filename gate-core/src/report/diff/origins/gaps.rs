//! What is left beside lines whose origins are known: compared with what is left beside those
//! origins, and with what went from the place where it stands.

use std::{collections::BTreeMap, ops::Range};

use super::{
    Known, Line, Sides, Was, motion,
    same_code::{self, Borders},
};

/// Lines of the old version that others may come from.
struct Region {
    file: usize,
    lines: Range<u32>,
    borders: Borders,
}

/// The lines that went, of each file, by their numbers.
type Gone<'a> = Vec<BTreeMap<u32, Line<'a>>>;

/// A group of added lines, and the lines that went in their place.
struct Place<'s, 'a> {
    file: usize,
    is_python: bool,
    come: &'s [Line<'a>],
    gone: Range<u32>,
}

/// Finds the origins of single lines.
pub(super) fn find(sides: &[Sides<'_>], known: &mut Known) {
    let gone: Gone<'_> = sides
        .iter()
        .map(|sides| sides.gone.iter().map(|&line| (line.number, line)).collect())
        .collect();
    for (file, sides) in sides.iter().enumerate() {
        for come in sides.come.chunk_by(|a, b| a.group == b.group) {
            let group = come.first().map(|line| line.group);
            let its = |line: &&Line<'_>| Some(line.group) == group;
            let start = sides.gone.iter().find(its).map_or(0, |line| line.number);
            let end = sides.gone.iter().rfind(its).map_or(0, |line| line.number + 1);
            let place = Place { file, is_python: sides.is_python, come, gone: start..end };
            let mut from = 0;
            while let Some(run) = place.unknown(from, known) {
                from = run.end;
                for region in place.regions(&run, &gone, known) {
                    place.compare(&run, &region, &gone, known);
                }
            }
        }
    }
}

impl Place<'_, '_> {
    fn was(&self, at: usize, known: &Known) -> Option<Was> {
        known.of(self.file, self.come.get(at)?.number)
    }

    /// The next lines whose origin is not known.
    fn unknown(&self, from: usize, known: &Known) -> Option<Range<usize>> {
        let start = (from..self.come.len()).find(|&at| self.was(at, known).is_none())?;
        let end = (start..self.come.len()).find(|&at| self.was(at, known).is_some());
        Some(start..end.unwrap_or(self.come.len()))
    }

    fn is_here(&self, was: &Was) -> bool {
        was.file == self.file && self.gone.contains(&was.first)
    }

    /// Where these lines may come from, the likeliest first.
    fn regions(&self, run: &Range<usize>, gone: &Gone<'_>, known: &Known) -> Vec<Region> {
        let before = run.start.checked_sub(1).and_then(|at| self.was(at, known));
        let after = self.was(run.end, known);
        let mut all = Vec::new();
        if let (Some(before), Some(after)) = (before, after)
            && before.file == after.file
            && before.last < after.first
        {
            let borders = Borders { start: true, end: true };
            all.push(Region { file: before.file, lines: before.last + 1..after.first, borders });
        }
        all.extend(self.own(run, known));
        let is_free = |file: usize, line: u32| {
            gone.get(file).is_some_and(|gone| gone.contains_key(&line))
                && !known.is_used(file, line)
        };
        if let Some(Was { file, last, .. }) = before {
            let end = (last + 1..).find(|&line| !is_free(file, line)).unwrap_or(last + 1);
            let borders = Borders { start: true, end: false };
            all.push(Region { file, lines: last + 1..end, borders });
        }
        if let Some(Was { file, first, .. }) = after {
            let start = (0..first).rev().take_while(|&line| is_free(file, line)).last();
            let borders = Borders { start: false, end: true };
            all.push(Region { file, lines: start.unwrap_or(first)..first, borders });
        }
        all.retain(|region| !region.lines.is_empty());
        all
    }

    /// What went from here, between what the nearest lines that were here come from.
    fn own(&self, run: &Range<usize>, known: &Known) -> Option<Region> {
        let here = |at: usize| self.was(at, known).filter(|was| self.is_here(was));
        let before = (0..run.start).rev().find_map(|at| Some((at, here(at)?)));
        let after = (run.end..self.come.len()).find_map(|at| Some((at, here(at)?)));
        let start = before.map_or(self.gone.start, |(_, was)| was.last + 1);
        let end = after.map_or(self.gone.end, |(_, was)| was.first);
        let borders = Borders {
            start: before.map_or(0, |(at, _)| at + 1) == run.start,
            end: after.map_or(self.come.len(), |(at, _)| at) == run.end,
        };
        (start < end).then_some(Region { file: self.file, lines: start..end, borders })
    }

    /// Compares what is not known of these lines with what is free of that region.
    fn compare(&self, run: &Range<usize>, region: &Region, gone: &Gone<'_>, known: &mut Known) {
        let Some(gone) = gone.get(region.file) else { return };
        let old: Vec<Line<'_>> = gone
            .range(region.lines.clone())
            .map(|(_, &line)| line)
            .filter(|line| !known.is_used(region.file, line.number))
            .collect();
        let all = self.come.get(run.clone()).unwrap_or_default();
        let is_unknown = |line: &&Line<'_>| known.of(self.file, line.number).is_none();
        let new: Vec<Line<'_>> = all.iter().filter(is_unknown).copied().collect();
        let is = |line: Option<&Line<'_>>, other: Option<u32>| {
            line.is_some() && line.map(|line| line.number) == other
        };
        let (first, last) = (all.first().map(|it| it.number), all.last().map(|it| it.number));
        let borders = Borders {
            start: region.borders.start
                && is(old.first(), Some(region.lines.start))
                && is(new.first(), first),
            end: region.borders.end
                && is(old.last(), region.lines.end.checked_sub(1))
                && is(new.last(), last),
        };
        for same in same_code::find(&old, &new, borders, self.is_python) {
            let lines = (old.get(same.old.0), old.get(same.old.1), new.get(same.new));
            if let (Some(first), Some(last), Some(&line)) = lines {
                let how = motion((region.file, *first), (self.file, line));
                let (first, last) = (first.number, last.number);
                known.found(self.file, line.number, Was { file: region.file, first, last, how });
            }
        }
    }
}
