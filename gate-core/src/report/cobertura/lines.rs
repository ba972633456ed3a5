//! The lines of classes, and the branches of these.

use super::{
    class::Class,
    document::Document,
    files::Listed,
    scan,
    tag::{Name, Tag},
};
use crate::{
    evidence::{Line, NoteCode},
    measure::Message,
    report::{
        measured::number::{self, Branches, Hits, Place},
        xml::{Element, Fault, Outcome, written},
    },
};

/// Whose `<lines>` a line is below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listing {
    Own,
    OfMethods,
}

/// The line that is open.
#[derive(Debug)]
pub(super) struct OpenLine {
    line: Line,
    listing: Listing,
    /// How many elements are open around it.
    depth: usize,
    /// Whether it says that it has branches.
    is_branch: bool,
    /// Whether its branches are stated in its own `condition-coverage`.
    is_stated: bool,
    has_conditions: bool,
}

impl Document<'_> {
    /// Which lines a `<line>` that comes here belongs to, if it is a listed one.
    pub(super) fn listing(&self) -> Option<Listing> {
        if !self.class.is_open || self.class.line.is_some() {
            return None;
        }
        match self.open_elements() {
            [.., Name::Known(Tag::Class), Name::Known(Tag::Lines)] => Some(Listing::Own),
            [.., Name::Known(Tag::Method), Name::Known(Tag::Lines)] => Some(Listing::OfMethods),
            _ => None,
        }
    }

    /// Where the lines go that come now, if listed ones may come and lines may nest here.
    pub(super) fn scannable(&mut self) -> Option<&mut Listed> {
        let deepest = self.open_elements().len() + scan::DEPTH;
        let listing = self.listing().filter(|_| deepest <= self.limits.depth)?;
        Some(match listing {
            Listing::Own => &mut self.class.own,
            Listing::OfMethods => &mut self.class.of_methods,
        })
    }

    pub(super) fn open_line(&mut self, element: Element<'_>, listing: Listing) -> Outcome {
        let depth = self.open_elements().len();
        let Class { name, own, of_methods, line: open, .. } = &mut self.class;
        let notes = match listing {
            Listing::Own => &mut own.notes,
            Listing::OfMethods => &mut of_methods.notes,
        };
        let at = element.at;
        let missing = |what: &str| Fault::malformed(at, format_args!("a <line> without {what}"));
        let [number, hits, branch, conditions, _] = element.named([
            "number",
            "hits",
            "branch",
            "condition-coverage",
            "missing-branches",
        ])?;

        let text = element.text(&number.ok_or_else(|| missing("a number"))?)?;
        let place = number::place(&text);
        let number = match place {
            Some(Place::Line(number)) => number,
            Some(Place::Nowhere) => {
                notes.add(NoteCode::LineNumberLeftOut, || {
                    let of = written("number", &text).say(" of ").quote(name);
                    of.say(" is no line and was left out")
                });
                return Ok(());
            }
            None => return Err(Fault::value(at, "number", &text, "the number of a line")),
        };

        let text = element.text(&hits.ok_or_else(|| missing("hits"))?)?;
        let in_words = || {
            let text = written("hits", &text).say(format_args!(" at line {number} of "));
            text.quote(name)
        };
        let hits = match number::hits(&text) {
            Some(Hits::Usual(hits)) => hits,
            Some(Hits::Unusual(hits)) => {
                let what = format_args!(" was read as {hits}");
                notes.add(NoteCode::UnusualHits, || in_words().say(what));
                hits
            }
            Some(Hits::Negative) => {
                notes.add(NoteCode::NegativeHits, || in_words().say(" was read as 0"));
                0
            }
            None => return Err(Fault::value(at, "hits", &text, "a count")),
        };

        let is_branch = match branch.map(|branch| element.text(&branch)).transpose()? {
            None => false,
            Some(word) if word.eq_ignore_ascii_case("true") => true,
            Some(word) if word.eq_ignore_ascii_case("false") => false,
            Some(word) => return Err(Fault::value(at, "branch", &word, "true or false")),
        };
        let stated = match conditions.map(|text| element.text(&text)).transpose()? {
            None => None,
            Some(text) => number::fraction(&text).ok_or_else(|| {
                let expected = "a count of branches, such as 50% (1/2)";
                Fault::value(at, "condition-coverage", &text, expected)
            })?,
        };
        let Branches { covered, total } = stated.unwrap_or_default();
        *open = Some(OpenLine {
            line: Line { number, hits, branches_covered: covered, branches_total: total },
            listing,
            depth,
            is_branch,
            is_stated: stated.is_some(),
            has_conditions: false,
        });
        Ok(())
    }

    /// Whether a `<condition>` below this parent states branches of the line that is open.
    pub(super) fn counts_condition(&self, parent: &Name) -> bool {
        matches!(parent, Name::Known(Tag::Conditions | Tag::Line))
            && self.class.line.as_ref().is_some_and(|line| !line.is_stated)
    }

    pub(super) fn condition(&mut self, element: Element<'_>) -> Outcome {
        let Some(line) = &mut self.class.line else {
            return Ok(());
        };
        let [coverage, ..] = element.named(["coverage", "number", "type"])?;
        let Some(coverage) = coverage else {
            return Err(Fault::malformed(element.at, "a <condition> without a coverage"));
        };
        let text = element.text(&coverage)?;
        let Branches { covered, total } = number::condition(&text).ok_or_else(|| {
            Fault::value(element.at, "coverage", &text, "the coverage of a condition")
        })?;
        line.has_conditions = true;
        let line = &mut line.line;
        line.branches_covered = line.branches_covered.saturating_add(covered);
        line.branches_total = line
            .branches_total
            .checked_add(total)
            .ok_or_else(|| Fault::beyond(element.at, "a line has more than 65535 branches"))?;
        Ok(())
    }

    pub(super) fn close_line(&mut self) {
        let depth = self.open_elements().len();
        let class = &mut self.class;
        let Some(open) = class.line.take_if(|line| line.depth == depth) else {
            return;
        };
        let Class { name, own, of_methods, .. } = class;
        let listed = match open.listing {
            Listing::Own => own,
            Listing::OfMethods => of_methods,
        };
        if open.is_branch && !open.is_stated && !open.has_conditions {
            let number = open.line.number;
            listed.notes.add(NoteCode::BranchesNotStated, || {
                let line = Message::new(format_args!("line {number} of ")).quote(name);
                line.say(" has branches and does not say how many")
            });
        }
        listed.push(open.line);
    }
}
