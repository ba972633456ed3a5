//! A document that is there in full: quick-xml, and the hand-written scanner for what it lists.

use quick_xml::{Reader, events::Event, reader::Config};

use super::{
    document::Document,
    fault::{Fault, Outcome},
    scan,
};

/// The settings under which quick-xml only cuts the text into events; what the events may be is
/// for the document to say.
pub(super) const fn cut_only(config: &mut Config) {
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
}

/// Feeds the text from byte `from` to the document.
pub(super) fn feed(document: &mut Document<'_>, text: &[u8], from: usize, fast: bool) -> Outcome {
    let fast = fast && scan::fits(document.limits);
    let token = document.limits.token;
    let mut reader = Reader::from_reader(text.get(from..).unwrap_or_default());
    cut_only(reader.config_mut());
    loop {
        let left = reader.get_ref().len();
        let at = (text.len() - left) as u64;
        let offset = reader.buffer_position();
        let event = reader.read_event();
        let consumed = reader.buffer_position() - offset;
        let event = match event {
            Err(_) if consumed > token as u64 => return Err(too_long(at, token)),
            Err(error) => {
                // A lone `<` or `<!` is not consumed before its end is seen.
                let is_lone = left <= 2 && matches!(error, quick_xml::Error::Syntax(_));
                return Err(Fault::xml(at, error, consumed >= left as u64 || is_lone));
            }
            Ok(_) if consumed > token as u64 => return Err(too_long(at, token)),
            Ok(event) => event,
        };
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

pub(super) fn too_long(at: u64, most: usize) -> Fault {
    Fault::beyond(at, format_args!("a tag or text is longer than {most} bytes"))
}

pub(super) const fn is_tag(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(_) | Event::Empty(_) | Event::End(_))
}
