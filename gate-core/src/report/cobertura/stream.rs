//! A document as it comes. Of the text, one event is held at a time.

use std::io::{self, BufRead, Read};

use quick_xml::{Reader, events::Event};

use super::{document::Document, files::Listed, scan, text::is_tag};
use crate::report::{
    too_large,
    xml::{Fault, Outcome, cut_only, too_long},
};

/// Feeds what the source gives, whose first byte is byte `from` of the text, to the document.
/// Returns where it ends.
pub(super) fn feed(
    document: &mut Document<'_>,
    source: impl BufRead,
    from: u64,
    limit: u64,
    fast: bool,
) -> Outcome<u64> {
    let fast = fast && scan::fits(document.limits);
    let token = document.limits.token;
    let bounded = Bounded { source, consumed: from, limit, stop: u64::MAX, exceeded: None };
    let mut reader = Reader::from_reader(bounded);
    cut_only(reader.config_mut());
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let at = reader.get_ref().consumed;
        reader.get_mut().stop = at.saturating_add(token as u64);
        let event = reader.read_event_into(&mut buffer);
        match event {
            Err(error) => {
                let bounded = reader.get_mut();
                return Err(match bounded.exceeded {
                    Some(Bound::Token) => too_long(at, token),
                    Some(Bound::Bytes) => Fault::whole(too_large(limit)),
                    None if bounded.consumed > bounded.stop => too_long(at, token),
                    None => Fault::xml(at, error, bounded.is_at_end()),
                });
            }
            Ok(_) if reader.get_ref().consumed > reader.get_ref().stop => {
                return Err(too_long(at, token));
            }
            Ok(event) => {
                document.event(&event, at)?;
                if matches!(event, Event::Eof) {
                    return Ok(at);
                }
                if fast
                    && is_tag(&event)
                    && let Some(listed) = document.scannable()
                {
                    reader.get_mut().take_lines(listed);
                }
            }
        }
    }
}

/// A source that ends with an error where a token or the whole becomes too long.
struct Bounded<R> {
    source: R,
    consumed: u64,
    /// How far the whole may go.
    limit: u64,
    /// How far the token that is being read may go.
    stop: u64,
    exceeded: Option<Bound>,
}

#[derive(Clone, Copy)]
enum Bound {
    Token,
    Bytes,
}

impl<R: BufRead> Bounded<R> {
    /// Takes the ordinary lines that are there already. A problem of the source comes up again
    /// where the next event is read.
    fn take_lines(&mut self, listed: &mut Listed) {
        self.stop = u64::MAX;
        if let Ok(there) = self.fill_buf() {
            let taken = there.len() - scan::lines(there, listed).len();
            self.consume(taken);
        }
    }

    fn is_at_end(&mut self) -> bool {
        self.source.fill_buf().is_ok_and(<[u8]>::is_empty)
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.consumed > self.stop {
            self.exceeded = Some(Bound::Token);
            return Err(io::Error::other("a token beyond its limit"));
        }
        let buffer = self.source.fill_buf()?;
        let left = usize::try_from(self.limit.saturating_sub(self.consumed)).unwrap_or(usize::MAX);
        if left == 0 && !buffer.is_empty() {
            self.exceeded = Some(Bound::Bytes);
            return Err(io::Error::other("a report beyond its limit"));
        }
        Ok(buffer.get(..left).unwrap_or(buffer))
    }

    fn consume(&mut self, count: usize) {
        self.consumed += count as u64;
        self.source.consume(count);
    }
}
