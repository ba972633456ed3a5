//! Rust sources as far as the house rules read them: code without comments and literals, its tokens,
//! and the paths that it names.

/// A path that a source names, complete: `use a::{b, c::d}` names `a::b` and `a::c::d`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) line: usize,
    /// The modules, written inline in the file, that it stands in.
    pub(crate) inside: Vec<String>,
    pub(crate) path: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// The source with a space for every character of a comment and of a literal's content.
pub(crate) fn code(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let mut out = String::with_capacity(source.len());
    let mut index = 0;
    while index < chars.len() {
        let end = match (at(index), at(index + 1)) {
            ('/', '/') => line_end(&chars, index),
            ('/', '*') => comment_end(&chars, index),
            ('"', _) => string_end(&chars, index),
            ('r', '"' | '#') if !in_word(&chars, index) => {
                raw_end(&chars, index).unwrap_or(index + 1)
            }
            ('\'', '\\') => quote_end(&chars, index + 3),
            ('\'', _) if at(index + 2) == '\'' => index + 3,
            _ => index + 1,
        };
        for (offset, &c) in chars[index..end].iter().enumerate() {
            let keep = c == '\n' || end == index + 1 || (c == '"' && offset == 0);
            out.push(if keep { c } else { ' ' });
        }
        index = end;
    }
    out
}

/// Whether the character goes on with a word. A `b` alone is none: `br"…"` is a literal too.
fn in_word(chars: &[char], index: usize) -> bool {
    let Some(before) = index.checked_sub(1) else { return false };
    let is_of_a_word = chars[before].is_alphanumeric() || chars[before] == '_';
    is_of_a_word && (chars[before] != 'b' || in_word(chars, before))
}

fn line_end(chars: &[char], from: usize) -> usize {
    (from..chars.len()).find(|&index| chars[index] == '\n').unwrap_or(chars.len())
}

fn comment_end(chars: &[char], from: usize) -> usize {
    let mut depth = 0;
    let mut index = from;
    while index < chars.len() {
        match (chars[index], chars.get(index + 1)) {
            ('/', Some('*')) => (depth, index) = (depth + 1, index + 2),
            ('*', Some('/')) => (depth, index) = (depth - 1, index + 2),
            _ => index += 1,
        }
        if depth == 0 {
            return index;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], from: usize) -> usize {
    let mut index = from + 1;
    while index < chars.len() {
        match chars[index] {
            '\\' => index += 2,
            '"' => return index + 1,
            _ => index += 1,
        }
    }
    chars.len()
}

fn raw_end(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars[from + 1..].iter().take_while(|&&c| c == '#').count();
    let open = from + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes = |&index: &usize| {
        chars[index] == '"'
            && chars[index + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes
    };
    Some((open + 1..chars.len()).find(closes).map_or(chars.len(), |index| index + 1 + hashes))
}

fn quote_end(chars: &[char], from: usize) -> usize {
    (from..chars.len()).find(|&index| chars[index] == '\'').map_or(chars.len(), |index| index + 1)
}

/// The words and signs of the code; `::` is one.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (number, line) in code(source).lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let end = if first.is_alphanumeric() || first == '_' {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            tokens.push(Token { line: number + 1, text: rest[..end].to_owned() });
            rest = rest[end..].trim_start();
        }
    }
    tokens
}

/// Every path of two segments and more, in `use` or inline.
pub(crate) fn paths(source: &str) -> Vec<Named> {
    let tokens = tokens(source);
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text.as_str());
    let mut named = Vec::new();
    let mut inside: Vec<(usize, String)> = Vec::new();
    let (mut depth, mut index) = (0, 0);
    while index < tokens.len() {
        match text(index) {
            "mod" if text(index + 2) == "{" => inside.push((depth, text(index + 1).to_owned())),
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                inside.retain(|(opened, _)| *opened < depth);
            }
            word if is_word(word) && text(index + 1) == "::" => {
                let mut paths = Vec::new();
                let next = tree(&tokens, index, &[], &mut paths);
                named.extend(paths.into_iter().map(|path| Named {
                    line: tokens[index].line,
                    inside: inside.iter().map(|(_, name)| name.clone()).collect(),
                    path,
                }));
                index = next;
                continue;
            }
            _ => {}
        }
        index += 1;
    }
    named
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads one use tree, or one inline path, from `index` on; gives where it ends.
fn tree(tokens: &[Token], from: usize, base: &[String], out: &mut Vec<Vec<String>>) -> usize {
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text.as_str());
    let mut path = base.to_vec();
    let mut index = from;
    loop {
        match text(index) {
            "{" => {
                index += 1;
                while !matches!(text(index), "}" | "") {
                    index = tree(tokens, index, &path, out);
                    if text(index) == "as" {
                        index += 2;
                    }
                    if text(index) == "," {
                        index += 1;
                    }
                }
                return index + 1;
            }
            word if is_word(word) || word == "*" => {
                path.push(word.to_owned());
                index += 1;
            }
            // `Vec::<u8>::new`, and whatever else is no tree.
            _ => {
                out.push(path);
                return index.max(from + 1);
            }
        }
        if text(index) != "::" {
            out.push(path);
            return index;
        }
        index += 1;
    }
}

#[test]
fn comments_and_literals_are_no_code() {
    let source = concat!(
        "let a = \"std::fs // \\\" x\"; // std::env\n",
        "let b = r#\"quote \" std::net\"#; /* a /* b */ c */ let c = '\"';\n",
        "fn f<'a>(x: &'a str) -> char { '\\'' } let d = br\"std::os\";",
    );
    let code = code(source);
    assert!(!code.contains("std") && !code.contains("quote"), "{code}");
    assert!(code.contains("let c =") && code.contains("fn f<'a>(x: &'a str)"), "{code}");
    assert_eq!(code.lines().count(), 3);
}

#[test]
fn paths_are_named_whole() {
    let source = "use crate::{a, b::{c as d, e::*}};\nmod t { use super::*; }\nlet x: crate::f::G;";
    let named = paths(source);
    let all: Vec<String> = named.iter().map(|named| named.path.join("::")).collect();
    assert_eq!(all, ["crate::a", "crate::b::c", "crate::b::e::*", "super::*", "crate::f::G"]);
    assert_eq!((&named[3].inside[..], named[3].line), (&["t".to_owned()][..], 2));
    assert!(named[4].inside.is_empty());
}
