//! Lines as tokens, so that spaces, line breaks and what formatters add make no difference.

/// One token, as it compares.
pub(super) type Token<'a> = &'a [u8];

/// The tokens of a line: words, and every other byte but spaces by itself. `'` is taken for `"`,
/// which formatters put in its place.
pub(super) fn of(line: &[u8]) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = line;
    while let Some((&first, after)) = rest.split_first() {
        if first.is_ascii_whitespace() {
            rest = after;
            continue;
        }
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
        let length = if is_word(&first) {
            rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len())
        } else {
            1
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        tokens.push(if token == b"'" { b"\"" } else { token });
        rest = after;
    }
    tokens
}

/// How much a line says: its letters and digits.
pub(super) fn weight(line: &[u8]) -> usize {
    line.iter().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()).count()
}

/// The line as one text that compares: its tokens with a space between each two.
pub(super) fn normal(line: &[u8]) -> Vec<u8> {
    of(line).join(&b' ')
}

/// The tokens of several lines in a row with the line of each, without the commas that formatters
/// put before a closing bracket.
pub(super) fn of_lines<'a>(lines: &[&'a [u8]]) -> Vec<(Token<'a>, usize)> {
    let mut all: Vec<(Token<'a>, usize)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for token in of(line) {
            let closes = matches!(token, b")" | b"]" | b"}");
            if closes && all.last().is_some_and(|(last, _)| *last == b",") {
                all.pop();
            }
            all.push((token, index));
        }
    }
    all
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
            of_lines(lines).into_iter().map(|(token, _)| token).collect::<Vec<_>>()
        };
        assert_eq!(texts(&[b"f(a, b)"]), texts(&[b"f(", b"    a,", b"    b,", b")"]));
    }
}
