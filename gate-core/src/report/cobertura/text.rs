//! A document that is there in full: quick-xml, and the hand-written scanner for what it lists.

use quick_xml::{Reader, events::Event};

use super::{document::Document, scan};
use crate::report::xml::{Outcome, cut_only, next};

/// Feeds the text from byte `from` to the document.
pub(super) fn feed(document: &mut Document<'_>, text: &[u8], from: usize, fast: bool) -> Outcome {
    let fast = fast && scan::fits(document.limits);
    let token = document.limits.token;
    let mut reader = Reader::from_reader(text.get(from..).unwrap_or_default());
    cut_only(reader.config_mut());
    loop {
        let (event, at) = next(&mut reader, text, token)?;
        document.event(&event, at)?;
        if matches!(event, Event::Eof) {
            return Ok(());
        }
        // Behind a tag the reader is between tokens, where the text may be taken from its hands.
        if fast
            && is_tag(&event)
            && let Some(listed) = document.scannable()
        {
            let rest = scan::lines(reader.get_ref(), listed);
            *reader.get_mut() = rest;
        }
    }
}

pub(super) const fn is_tag(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(_) | Event::Empty(_) | Event::End(_))
}
