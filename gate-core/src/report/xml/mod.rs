//! What the XML readers share: the encodings, the frame of a document, attributes and faults; and
//! for readers that need no path of their own through the text, the elements one by one.
//!
//! quick-xml only cuts a text into events. What they may be is said here: it accepts a second root,
//! an element that is not closed and text after the end.

mod attributes;
mod elements;
pub(super) mod encoding;
pub(super) mod fault;
pub(super) mod frame;

use quick_xml::{Reader, events::Event, reader::Config};

use super::{
    Format, ReadError, ReadProblem,
    recognise::{Looks, look},
};

pub(super) use attributes::Element;
pub(super) use elements::{Elements, read};
pub(super) use encoding::Encoding;
pub(super) use fault::{Fault, Outcome, written};
pub(super) use frame::Frame;

/// The settings under which quick-xml only cuts the text into events; what the events may be is
/// for the document to say.
pub(super) const fn cut_only(config: &mut Config) {
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
}

/// The next event of a text that is there in full, and the byte at which it begins.
pub(super) fn next<'t>(
    reader: &mut Reader<&'t [u8]>,
    text: &'t [u8],
    token: usize,
) -> Outcome<(Event<'t>, u64)> {
    let left = reader.get_ref().len();
    let at = (text.len() - left) as u64;
    let offset = reader.buffer_position();
    let event = reader.read_event();
    let consumed = reader.buffer_position() - offset;
    match event {
        Err(_) if consumed > token as u64 => Err(too_long(at, token)),
        Err(error) => {
            // A lone `<` or `<!` is not consumed before its end is seen.
            let is_lone = left <= 2 && matches!(error, quick_xml::Error::Syntax(_));
            Err(Fault::xml(at, error, consumed >= left as u64 || is_lone))
        }
        Ok(_) if consumed > token as u64 => Err(too_long(at, token)),
        Ok(event) => Ok((event, at)),
    }
}

pub(super) fn too_long(at: u64, most: usize) -> Fault {
    Fault::beyond(at, format_args!("a tag or text is longer than {most} bytes"))
}

/// What these bytes say, read as text in the encoding they are in.
pub(super) fn decoded<T>(
    bytes: &[u8],
    read: impl Fn(&[u8], Encoding) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::new(ReadProblem::Empty));
    }
    if let Some(text) = encoding::utf_16(bytes) {
        let text = text.map_err(|fault| fault.into_error(None))?;
        return read(text.as_bytes(), Encoding::Utf16);
    }
    match read(bytes, Encoding::Utf8) {
        Err(error)
            if matches!(error.problem(), ReadProblem::Encoding(_))
                && encoding::declares_one_byte(bytes) =>
        {
            read(encoding::windows_1252(bytes).as_bytes(), Encoding::Windows1252)
        }
        result => result,
    }
}

/// What is no XML at all is refused by its name, where it has one, and not for its first character.
/// The name is looked for in as much of a text as of a stream.
pub(super) fn by_name(error: ReadError, text: &[u8], expected: Format) -> ReadError {
    let beginning = text.get(..encoding::PREFIX).unwrap_or(text);
    let beginning = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
    let is_xml = beginning.trim_ascii_start().first().is_none_or(|&first| first == b'<');
    if is_xml || !matches!(error.problem(), ReadProblem::Syntax(_) | ReadProblem::Encoding(_)) {
        return error;
    }
    let found = match look(beginning) {
        Looks::Like(format) if format == expected => return error,
        Looks::Unclear(_) => return error,
        Looks::Like(format) => format.title(),
        Looks::PullRequest => "the gate's own pull-request.json",
        Looks::Other(name) => name,
    };
    Fault::another_format(expected, found).into_error(None)
}
