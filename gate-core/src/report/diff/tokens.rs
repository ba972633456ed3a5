//! Lines as tokens, so that spaces, line breaks and what formatters add make no difference.

use std::collections::BTreeSet;

/// One token, as it compares.
pub(super) type Token<'a> = &'a [u8];

/// The tokens of a line: words, and every other byte but spaces by itself. `'` is taken for `"`,
/// which formatters put in its place.
pub(super) fn of(line: &[u8]) -> Vec<Token<'_>> {
    written(line).into_iter().map(quoted).collect()
}

const fn quoted(token: Token<'_>) -> Token<'_> {
    if matches!(token, b"'") { b"\"" } else { token }
}

/// The tokens as they are written.
fn written(line: &[u8]) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = line;
    while let Some((&first, after)) = rest.split_first() {
        if first.is_ascii_whitespace() {
            rest = after;
            continue;
        }
        let length = if is_word(first) {
            rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len())
        } else {
            1
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        tokens.push(token);
        rest = after;
    }
    tokens
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// How much a line says: its letters and digits.
pub(super) fn weight(line: &[u8]) -> usize {
    line.iter().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()).count()
}

/// The line as one text that compares: its tokens with a space between each two.
pub(super) fn normal(line: &[u8]) -> Vec<u8> {
    of(line).join(&b' ')
}

/// The tokens of several lines in a row with the line of each, without what formatters add and take:
/// the comma before a closing bracket, the ends of a text and of the next that it is joined with,
/// brackets around a whole value, and backslashes before quotes and at the end of lines. In Python,
/// the `u` before a text, too.
pub(super) fn of_lines<'a>(lines: &[&'a [u8]], is_python: bool) -> Vec<(Token<'a>, usize)> {
    let mut list = List { is_python, ..List::default() };
    for (index, line) in lines.iter().enumerate() {
        list.line(index, &written(line));
    }
    let all = list.all.into_iter().enumerate();
    all.filter(|(at, _)| !list.wrapping.contains(at)).map(|(_, token)| token).collect()
}

/// The tokens so far.
#[derive(Default)]
struct List<'a> {
    is_python: bool,
    all: Vec<(Token<'a>, usize)>,
    /// After the end of a text: how many tokens there are.
    closed: Option<usize>,
    /// The brackets that are open.
    open: Vec<Open>,
    /// Where those stand that only wrap a value.
    wrapping: BTreeSet<usize>,
}

/// A bracket that is open.
struct Open {
    at: usize,
    /// Whether it may be one that only wraps a value.
    wraps: bool,
    /// Whether one comma in it makes a tuple of one.
    is_group: bool,
    commas: usize,
}

impl<'a> List<'a> {
    fn line(&mut self, index: usize, tokens: &[Token<'a>]) {
        let (mut text, mut is_escaped, mut is_comment) = (None, false, false);
        for (at, &token) in tokens.iter().enumerate() {
            let rest = tokens.get(at + 1..).unwrap_or_default();
            let is_quote = matches!(token, b"'" | b"\"") && !is_escaped && !is_comment;
            is_escaped = token == b"\\" && !is_escaped;
            let goes_on = match rest.first() {
                Some(next) => text.is_some() && matches!(*next, b"'" | b"\""),
                None => text.is_none(),
            };
            let says_unicode = self.is_python
                && text.is_none()
                && !is_comment
                && matches!(token, b"u" | b"U")
                && matches!(rest.first(), Some(&(b"'" | b"\"")));
            if is_escaped && goes_on || says_unicode {
                continue;
            }
            match text {
                None if is_quote => {
                    text = Some(token);
                    // `"one " "text"` is `"one text"`.
                    if self.closed == Some(self.all.len()) {
                        self.all.pop();
                        continue;
                    }
                }
                Some(quote) if is_quote && quote == token => {
                    text = None;
                    self.closed = Some(self.all.len() + 1);
                }
                Some(_) => {}
                None => {
                    is_comment |= token == b"#";
                    if !is_comment {
                        self.bracket(token, rest);
                    }
                }
            }
            self.all.push((quoted(token), index));
        }
    }

    /// Notes a bracket that opens, and what one that closes makes of it.
    fn bracket(&mut self, token: Token<'a>, rest: &[Token<'a>]) {
        let before = self.all.last().map(|(token, _)| *token);
        match token {
            b"(" | b"[" | b"{" => {
                let wraps = token == b"(" && self.value_follows();
                let is_group = token == b"(" && !before.is_some_and(is_called);
                self.open.push(Open { at: self.all.len(), wraps, is_group, commas: 0 });
            }
            b"," => self.open.last_mut().into_iter().for_each(|open| open.commas += 1),
            b")" | b"]" | b"}" => {
                let open = self.open.pop();
                let ends_statement = rest.is_empty() && self.open.is_empty();
                let ends_value = match rest.first() {
                    Some(next) => matches!(*next, b"," | b")" | b"]" | b"}") || rest == [b":"],
                    None => ends_statement,
                };
                let wraps = open.as_ref().is_some_and(|open| match open.commas {
                    0 => open.wraps && ends_value,
                    // A tuple needs none where the statement is nothing but it.
                    _ => open.wraps && ends_statement && self.begins_tuple(open.at),
                });
                let is_tuple_of_one = |open: &Open| open.is_group && open.commas == 1;
                if before == Some(b",") && !open.as_ref().is_some_and(is_tuple_of_one) {
                    self.all.pop();
                }
                if let Some(open) = open.filter(|_| wraps) {
                    self.wrapping.extend([open.at, self.all.len()]);
                }
            }
            _ => {}
        }
    }
}

impl List<'_> {
    /// The last token, but one of a comparison.
    fn last(&self, before: usize) -> Option<Token<'_>> {
        let at = |back: usize| self.all.get(before.checked_sub(back)?).map(|(token, _)| *token);
        let compares = matches!(at(2), Some(b"=" | b"!" | b"<" | b">"));
        at(1).filter(|token| *token != b"=" || !compares)
    }

    /// Whether a value follows, so that a bracket calls nothing and makes nothing.
    fn value_follows(&self) -> bool {
        const WORDS: [&[u8]; 6] = [b"=", b"return", b"if", b"elif", b"while", b"assert"];
        self.last(self.all.len()).is_some_and(|token| WORDS.contains(&token))
    }

    /// Whether what follows may be several values.
    fn begins_tuple(&self, at: usize) -> bool {
        matches!(self.last(at), Some(b"=" | b"return"))
    }
}

/// Whether a bracket after this calls it.
fn is_called(token: Token<'_>) -> bool {
    const WORDS: [&[u8]; 14] = [
        b"and", b"assert", b"elif", b"else", b"if", b"in", b"is", b"lambda", b"not", b"or",
        b"return", b"until", b"while", b"yield",
    ];
    token.first().is_some_and(|&byte| is_word(byte) || matches!(byte, b')' | b']'))
        && !WORDS.contains(&token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_quotes_make_no_difference() {
        assert_eq!(normal(b"  x = f( 'a',b )\r"), normal(b"x=f(\"a\", b)"));
        assert_ne!(normal(b"xy"), normal(b"x y"));
    }

    #[test]
    fn a_comma_before_a_closing_bracket_makes_none_either() {
        let texts = |lines: &[&'static [u8]]| {
            of_lines(lines, true).into_iter().map(|(token, _)| token).collect::<Vec<_>>()
        };
        assert_eq!(texts(&[b"f(a, b)"]), texts(&[b"f(", b"    a,", b"    b,", b")"]));
        assert_eq!(texts(&[b"f(\"a ,) b\")"]), texts(&[b"f(\"a ,)\"", b"  ' b',", b")"]));
        assert_ne!(texts(&[b"f('a', 'b')"]), texts(&[b"f('a' 'b')"]));
        assert_ne!(texts(&[b"f('a\\n', b)"]), texts(&[b"f('an', b)"]));
        assert_eq!(texts(&[b"f(a)"]), texts(&[b"f(", b"    a,", b")"]));
        assert_ne!(texts(&[b"'%s' % (a)"]), texts(&[b"'%s' % (a,)"]));
        assert_ne!(texts(&[b"if a in (b):"]), texts(&[b"if a in (b,):"]));
        assert_eq!(texts(&[b"f(u'a', b)"]), texts(&[b"f('a', b)"]));
        assert_ne!(of_lines(&[b"f(u'a', b)"], false), of_lines(&[b"f('a', b)"], false));
        assert_ne!(texts(&[b"f('', b)"]), texts(&[b"f(b)"]));
        assert_eq!(texts(&[b"f('can\\'t', b)"]), texts(&[b"f(\"can't\", b)"]));
        assert_eq!(texts(&[b"if a and \\", b"    b:"]), texts(&[b"if a and b:"]));
    }

    #[test]
    fn nor_do_brackets_around_a_whole_value() {
        let texts = |lines: &[&'static [u8]]| {
            of_lines(lines, true).into_iter().map(|(token, _)| token).collect::<Vec<_>>()
        };
        assert_eq!(texts(&[b"x = a + b"]), texts(&[b"x = (", b"    a + b", b")"]));
        assert_eq!(texts(&[b"return a + b"]), texts(&[b"return (a +", b"    b)"]));
        assert_eq!(texts(&[b"if a in b:"]), texts(&[b"if (", b"    a in b", b"):"]));
        // A call, a tuple of one, and what goes on after the bracket are something else.
        assert_ne!(texts(&[b"x = f a"]), texts(&[b"x = f(", b"    a", b")"]));
        assert_ne!(texts(&[b"x = a"]), texts(&[b"x = (", b"    a,", b")"]));
        assert_eq!(texts(&[b"x = a,"]), texts(&[b"x = (a,)"]));
        assert_eq!(texts(&[b"return a, b"]), texts(&[b"return (a,", b"    b)"]));
        assert_ne!(texts(&[b"x = a == b or c"]), texts(&[b"x = a == (b or c)"]));
        assert_ne!(texts(&[b"assert a, b"]), texts(&[b"assert (a, b)"]));
        assert_ne!(texts(&[b"f(x=a, b)"]), texts(&[b"f(x=(a, b))"]));
        assert_ne!(texts(&[b"x = a + b * c"]), texts(&[b"x = (", b"    a + b", b") * c"]));
    }
}
