//! A sentence that remembers which of its words came from outside.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// A sentence for people, in parts: what we say, and what we quote from a report, a policy or a
/// pull request. Whoever renders it escapes the quoted parts for his medium; nothing foreign is
/// ever printed as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Message(Vec<Part>);

/// One part of a [`Message`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Our own words.
    Said(#[serde(deserialize_with = "own_words")] String),
    /// Foreign words: a file name, an advisory id, a login.
    Quoted(String),
}

/// Our own words as they come back from a record. Whoever wrote the record may have forged them,
/// and they are rendered as they are; none of ours moves a cursor.
fn own_words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if harmless(&text) == text {
        Ok(text)
    } else {
        Err(D::Error::custom("a message has control characters outside of its quotes"))
    }
}

/// The longest foreign text a message carries, in bytes; longer ones are cut and say so.
const MAX_QUOTE: usize = 300;

impl Message {
    /// A message that begins with our own words.
    pub fn new(said: impl fmt::Display) -> Self {
        Self::default().say(said)
    }

    /// Adds our own words.
    #[must_use]
    pub fn say(mut self, said: impl fmt::Display) -> Self {
        let said = said.to_string();
        match self.0.last_mut() {
            Some(Part::Said(before)) => before.push_str(&said),
            Some(Part::Quoted(_)) | None => self.0.push(Part::Said(said)),
        }
        self
    }

    /// Adds foreign words, cut to a sensible length on a character boundary.
    #[must_use]
    pub fn quote(mut self, quoted: impl AsRef<str>) -> Self {
        let quoted = quoted.as_ref();
        let end = quoted.floor_char_boundary(MAX_QUOTE);
        let mut kept = quoted.get(..end).unwrap_or_default().to_owned();
        if end < quoted.len() {
            kept.push('…');
        }
        self.0.push(Part::Quoted(kept));
        self
    }

    /// Adds foreign words separated by commas, at most `most` of them, and says how many are left.
    #[must_use]
    pub fn quote_each<T: AsRef<str>>(
        self,
        items: impl IntoIterator<Item = T>,
        most: usize,
    ) -> Self {
        let mut message = self;
        let mut left = 0_usize;
        for (index, item) in items.into_iter().enumerate() {
            if index >= most {
                left += 1;
                continue;
            }
            if index > 0 {
                message = message.say(", ");
            }
            message = message.quote(item);
        }
        if left > 0 { message.say(format_args!(" and {left} more")) } else { message }
    }

    /// Adds another message.
    #[must_use]
    pub fn then(self, other: &Self) -> Self {
        other.0.iter().fold(self, |message, part| match part {
            Part::Said(text) => message.say(text),
            Part::Quoted(text) => message.quote(text),
        })
    }

    /// The parts, in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.0
    }
}

/// As plain text, with control characters and text-direction marks of quoted parts replaced. For
/// data that others render; the renderers of this crate go by the parts.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Said(text) => f.write_str(text)?,
                Part::Quoted(text) => f.write_str(&harmless(text))?,
            }
        }
        Ok(())
    }
}

/// Replaces what could move a cursor, change a colour or turn the reading direction: control
/// characters, and the characters of Unicode that are invisible or reorder text.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            '\u{00ad}'
            | '\u{061c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_control_characters_do_not_reach_a_terminal() {
        let message = Message::new("file ").quote("\u{1b}[31ma\u{202e}b\nc");
        assert_eq!(message.to_string(), "file \u{fffd}[31ma\u{fffd}b c");
    }

    #[test]
    fn long_quotes_are_cut_on_a_character() {
        let message = Message::default().quote("ä".repeat(400));
        assert_eq!(message.to_string().chars().count(), 151);
    }

    #[test]
    fn lists_say_how_much_they_leave_out() {
        let message = Message::new("in ").quote_each(["a", "b", "c", "d"], 2);
        assert_eq!(message.to_string(), "in a, b and 2 more");
    }

    #[test]
    fn forged_words_of_ours_are_refused() {
        let read = |json: &str| serde_json::from_str::<Message>(json);
        let message = Message::new("no ").quote("a\u{1b}[2Jb");
        assert_eq!(read(&serde_json::to_string(&message).unwrap()).unwrap(), message);
        for forged in ["\\u001b[2J", "\\r", "\\n", "\\u202e", "\\u0085"] {
            let error = read(&format!(r#"[{{"said":"no {forged}"}}]"#)).unwrap_err();
            assert!(error.to_string().contains("control characters"), "{error}");
        }
    }
}
