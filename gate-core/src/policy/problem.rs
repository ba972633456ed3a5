//! What is wrong with a policy, and where: every problem at once.

use std::collections::BTreeSet;

/// A stretch of the policy's text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    start: usize,
    end: usize,
}

impl Place {
    pub(super) const START: Self = Self { start: 0, end: 0 };

    pub(super) const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    pub(super) const fn at(byte: usize) -> Self {
        Self { start: byte, end: byte }
    }

    /// Its first byte alone: where a whole section is meant, its beginning is enough to show.
    pub(super) const fn first(self) -> Self {
        Self { start: self.start, end: self.start }
    }

    /// The bytes, as a range within `text`, on character boundaries.
    #[must_use]
    pub fn range(self, text: &str) -> std::ops::Range<usize> {
        let start = text.floor_char_boundary(self.start);
        start..text.ceil_char_boundary(self.end).max(start)
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(self, text: &str) -> usize {
        let before = text.get(..text.floor_char_boundary(self.start)).unwrap_or_default();
        1 + before.matches('\n').count()
    }

    /// The column in characters, from 1.
    #[must_use]
    pub fn column(self, text: &str) -> usize {
        let before = text.get(..text.floor_char_boundary(self.start)).unwrap_or_default();
        1 + before.rsplit('\n').next().unwrap_or_default().chars().count()
    }
}

/// One thing that is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A policy that cannot be used, with everything that is wrong with it, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{subject} has {} problem{}", .problems.len(), if .problems.len() == 1 { "" } else { "s" })]
pub struct PolicyError {
    subject: &'static str,
    problems: Vec<Problem>,
}

impl PolicyError {
    pub(super) const fn new(problems: Vec<Problem>) -> Self {
        Self { subject: "the policy", problems }
    }

    /// The same, of a file of test cases.
    pub(super) const fn of_cases(problems: Vec<Problem>) -> Self {
        Self { subject: "the file of cases", problems }
    }

    /// The problems, in the order of the file.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

/// Collects problems while the reading goes on.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: Vec<Problem>,
    damaged: BTreeSet<Place>,
}

impl Problems {
    pub(super) fn add(&mut self, place: Place, message: impl Into<String>) {
        self.list.push(Problem { place, message: message.into(), hint: None });
    }

    pub(super) fn add_with_hint(
        &mut self,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.list.push(Problem { place, message: message.into(), hint: Some(hint.into()) });
    }

    /// Adds that `word` is none of `known`, with the likeliest meant.
    pub(super) fn add_unknown(&mut self, place: Place, what: &str, word: &str, known: &[String]) {
        let message = format!("no such {what}: `{word}`");
        let hint = match nearest(word, known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there is {}", known.join(", ")),
        };
        self.add_with_hint(place, message, hint);
    }

    /// Remembers that something was wrong in the section at `place`.
    pub(super) fn mark_damaged(&mut self, place: Place) {
        self.damaged.insert(place);
    }

    /// Whether something was wrong in the section at `place`: what is absent from it may be absent
    /// for that, and is no problem of its own.
    pub(super) fn are_in(&self, place: Place) -> bool {
        self.damaged.contains(&place)
    }

    pub(super) fn into_sorted(self) -> Vec<Problem> {
        let mut problems = self.list;
        problems.sort_by_key(|problem| problem.place);
        problems
    }
}

/// The known word that is nearest to `word`, if one is near: a slip of two letters, or a third of a
/// long word. Two letters that changed places are one slip; capitals, and `_` for `-`, are none.
#[must_use]
pub fn nearest<'a, T: AsRef<str>>(word: &str, known: &'a [T]) -> Option<&'a str> {
    let plain = |word: &str| word.to_lowercase().replace('_', "-");
    let length = word.chars().count();
    let distance = |candidate: &str| strsim::osa_distance(&plain(word), &plain(candidate));
    let near = |distance: usize| distance < length && distance <= (length / 3).max(2);
    let candidates =
        known.iter().map(|candidate| (distance(candidate.as_ref()), candidate.as_ref()));
    let nearest =
        candidates.filter(|(distance, _)| near(*distance)).min_by_key(|(distance, _)| *distance);
    nearest.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_only_when_it_is_near() {
        let known = ["at-least".to_owned(), "at-most".to_owned()];
        assert_eq!(nearest("atleast", &known), Some("at-least"));
        assert_eq!(nearest("at_most", &known), Some("at-most"));
        assert_eq!(nearest("AT_LEAST", &known), Some("at-least"));
        assert_eq!(nearest("at-msot", &known), Some("at-most"));
        assert_eq!(nearest("minimum", &known), None);
    }

    #[test]
    fn places_count_lines_and_columns_in_characters() {
        let text = "ä: 1\n  ö: x";
        let place = Place::new(text.find('x').unwrap(), text.len());
        assert_eq!((place.line(text), place.column(text)), (2, 6));
    }
}
