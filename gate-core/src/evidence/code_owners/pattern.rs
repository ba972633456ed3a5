//! The patterns of CODEOWNERS: those of `.gitignore`, without negation (`!`), ranges (`[ ]`) and an
//! escaped `#` at the beginning, and with one level only for a `*` that is the last segment.
//!
//! Upper and lower case are two. `*` and `?` stay within a segment, `**` as a segment crosses them.
//! A pattern with a `/` before its end begins at the root, another one anywhere. What fits a folder
//! fits all that is in it.

use crate::measure::Message;

/// A pattern that is sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    segments: Vec<Segment>,
    /// Whether what fits must be all of a path, or may be a folder above it, or must be one.
    end: End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    File,
    FileOrFolder,
    Folder,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    /// `**`: any number of segments, or none.
    Any,
    /// One segment that fits this.
    One(Vec<Token>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// `*`: any characters, or none.
    Star,
    /// `?`: any one.
    Question,
    /// This one.
    Is(char),
}

impl Pattern {
    /// Reads a pattern, or says why GitHub does not take it.
    pub(super) fn read(text: &str) -> Result<Self, Message> {
        let wrong = |what: &str| Err(Message::new("the pattern ").quote(text).say(what));
        if text.starts_with('!') {
            return wrong(" begins with `!`, and CODEOWNERS knows no negation");
        }
        if text.starts_with("\\#") {
            return wrong(" begins with an escaped `#`, which CODEOWNERS does not know");
        }
        if text.contains("***") {
            return wrong(" has more than two `*` in a row");
        }
        if text.contains(['[', ']']) {
            return wrong(" has `[` or `]`, and CODEOWNERS knows no ranges");
        }
        let is_folder = text.ends_with('/');
        let body = text.strip_suffix('/').unwrap_or(text);
        let is_rooted = body.contains('/');
        let body = body.strip_prefix('/').unwrap_or(body);
        let mut segments = Vec::new();
        if !is_rooted {
            segments.push(Segment::Any);
        }
        for segment in body.split('/') {
            let Some(segment) = segment_of(segment) else {
                return wrong(" ends with a `\\` that escapes nothing");
            };
            segments.push(segment);
        }
        // `docs/*` is one level; everything is what fits below no folder.
        let is_one_level = segments.last() == Some(&Segment::One(vec![Token::Star])) && is_rooted;
        let end = match (is_folder, is_one_level) {
            (true, _) => End::Folder,
            (false, true) => End::File,
            (false, false) => End::FileOrFolder,
        };
        Ok(Self { segments, end })
    }

    /// Whether a file fits, by the segments of its path.
    pub(super) fn fits(&self, path: &[&str]) -> bool {
        // Of which lengths the beginnings of the path are that fit what was read of the pattern.
        let mut reached = vec![false; path.len() + 1];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        for (at, segment) in self.segments.iter().enumerate() {
            reached = match segment {
                // A folder's `**` at the end is what is in it, and not the folder.
                Segment::Any if at > 0 && at + 1 == self.segments.len() => {
                    further(&reached, |_| true, true)
                }
                Segment::Any => {
                    let mut is_open = false;
                    let open = |&is: &bool| {
                        is_open |= is;
                        is_open
                    };
                    reached.iter().map(open).collect()
                }
                Segment::One(tokens) => further(
                    &reached,
                    |at| path.get(at).is_some_and(|text| one(tokens, text)),
                    false,
                ),
            };
        }
        let all = path.len();
        let mut ends = reached.iter().enumerate().filter(|(_, is)| **is).map(|(length, _)| length);
        match self.end {
            End::File => ends.any(|length| length == all),
            End::FileOrFolder => ends.any(|length| length > 0),
            End::Folder => ends.any(|length| length > 0 && length < all),
        }
    }
}

/// The lengths reached by one more segment, where that fits; with `on`, by any number more.
fn further(reached: &[bool], fits: impl Fn(usize) -> bool, on: bool) -> Vec<bool> {
    let mut next = vec![false];
    let mut before = false;
    for (at, &is) in reached.iter().enumerate().take(reached.len().saturating_sub(1)) {
        before = (is || (on && before)) && fits(at);
        next.push(before);
    }
    next
}

/// A segment of a pattern; none where it ends within an escape.
fn segment_of(text: &str) -> Option<Segment> {
    if text == "**" {
        return Some(Segment::Any);
    }
    let mut tokens = Vec::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        let token = match c {
            '*' => Token::Star,
            '?' => Token::Question,
            '\\' => Token::Is(characters.next()?),
            c => Token::Is(c),
        };
        if token != Token::Star || tokens.last() != Some(&Token::Star) {
            tokens.push(token);
        }
    }
    Some(Segment::One(tokens))
}

/// Whether one segment of a path fits one of a pattern.
fn one(tokens: &[Token], text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let (mut at, mut token) = (0, 0);
    // Where to go on if what follows the last `*` does not fit.
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&character) = characters.get(at) {
        match tokens.get(token) {
            Some(Token::Star) => {
                retry = Some((at, token + 1));
                token += 1;
            }
            Some(&Token::Is(c)) if c == character => (at, token) = (at + 1, token + 1),
            Some(Token::Question) => (at, token) = (at + 1, token + 1),
            Some(Token::Is(_)) | None => match &mut retry {
                Some((from, after)) => {
                    *from += 1;
                    (at, token) = (*from, *after);
                }
                None => return false,
            },
        }
    }
    tokens.iter().skip(token).all(|token| *token == Token::Star)
}
