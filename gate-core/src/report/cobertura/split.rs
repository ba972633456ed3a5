//! A large text read in parts at once.
//!
//! The text is cut before a `<class `, and each part behind a cut begins with the elements open
//! that are open there in nearly every report. Where the part before did not end exactly so, or
//! anything else is in doubt, nothing of this is used and the text is read as a whole.

use std::thread;

use memchr::memmem;

use super::{body::Body, document::Document, tag::Tag, text};
use crate::report::{ReadOptions, xml::Encoding};

/// What is open where a class begins.
const OPEN: [Tag; 4] = [Tag::Coverage, Tag::Packages, Tag::Package, Tag::Classes];

/// What all of the text says, where it is large, threads are allowed and the parts fit together.
pub(super) fn read(
    text: &[u8],
    from: usize,
    encoding: Encoding,
    options: &ReadOptions,
) -> Option<Body> {
    if options.limits.threads < 2 || text.len() < options.way.split_from {
        return None;
    }
    let (first, later) = cut(text, from, options.limits.threads)?;
    let read_part = |part: Part, document| read_part(text, part, document);
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for part in later {
            let document = Document::within(&options.limits, encoding, &OPEN);
            let thread = thread::Builder::new();
            threads.push(thread.spawn_scoped(scope, move || read_part(part, document)).ok()?);
        }
        let mut body = read_part(first, Document::new(&options.limits, encoding))?;
        for thread in threads {
            body.append(thread.join().ok()??)?;
        }
        (body.files.count() <= options.limits.files).then_some(body)
    })
}

/// From one byte to another.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    end: usize,
}

fn read_part(text: &[u8], part: Part, mut document: Document<'_>) -> Option<Body> {
    let upto = text.get(..part.end)?;
    text::feed(&mut document, upto, part.start, true).ok()?;
    if part.end == text.len() {
        document.finish(part.end as u64).ok()
    } else {
        document.is_within(&OPEN).then(|| document.into_body())
    }
}

/// The first part and the later ones, of about equal sizes.
fn cut(text: &[u8], from: usize, parts: usize) -> Option<(Part, Vec<Part>)> {
    let class = memmem::Finder::new(b"<class ");
    let beginning = text.get(..class.find(text)?)?;
    memmem::find(beginning, b"<classes>")?;
    let mut cuts = Vec::new();
    let mut last = beginning.len();
    for part in 1..parts.min(text.len()) {
        let about = (text.len() / parts * part).max(last + 1);
        let Some(next) = text.get(about..).and_then(|rest| class.find(rest)) else {
            break;
        };
        last = about + next;
        cuts.push(last);
    }
    let ends = cuts.iter().copied().skip(1).chain([text.len()]);
    let later = cuts.iter().zip(ends).map(|(&start, end)| Part { start, end }).collect();
    Some((Part { start: from, end: *cuts.first()? }, later))
}
