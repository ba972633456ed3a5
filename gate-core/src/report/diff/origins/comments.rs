//! What stands after the code of a line and is none. A comment that came or went makes no new code.

/// What begins a comment in a file of this name, where that is known.
pub(super) fn mark(path: &str) -> Option<&'static [u8]> {
    let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
    match ending {
        "py" | "pyi" | "rb" | "sh" | "pl" | "r" | "jl" | "ex" | "exs" => Some(b"#"),
        "c" | "cc" | "cpp" | "cs" | "dart" | "go" | "h" | "hpp" | "java" | "js" | "jsx" | "kt"
        | "mjs" | "php" | "rs" | "scala" | "swift" | "ts" | "tsx" => Some(b"//"),
        _ => None,
    }
}

/// The line without a comment that follows its code. A line that is only a comment stays.
pub(super) fn without<'a>(line: &'a [u8], mark: Option<&[u8]>) -> &'a [u8] {
    let Some(mark) = mark else { return line };
    let (mut quote, mut is_escaped, mut is_after_space, mut has_code) = (None, false, false, false);
    for (at, &byte) in line.iter().enumerate() {
        let rest = line.get(at..).unwrap_or_default();
        if has_code && quote.is_none() && is_after_space && rest.starts_with(mark) {
            return line.get(..at).unwrap_or(line).trim_ascii_end();
        }
        match quote {
            _ if is_escaped => {}
            Some(open) if byte == open => quote = None,
            None if matches!(byte, b'"' | b'\'' | b'`') => quote = Some(byte),
            Some(_) | None => {}
        }
        is_escaped = byte == b'\\' && !is_escaped;
        is_after_space = byte.is_ascii_whitespace();
        has_code |= !is_after_space;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_follows_code_and_stands_in_no_text_is_a_comment() {
        let code = |line: &'static str, path: &str| {
            std::str::from_utf8(without(line.as_bytes(), mark(path))).unwrap()
        };
        assert_eq!(code("run(a)  # noqa", "a.py"), "run(a)");
        assert_eq!(code("run(a)  // why", "src/a.rs"), "run(a)");
        for line in [
            "# only a comment",
            "    # only a comment",
            "run('#', \"it's # none\")",
            "run('a \\' # b')",
            "run(a)#b",
        ] {
            assert_eq!(code(line, "a.py"), line);
        }
        assert_eq!(code("run(a)  # noqa", "a.js"), "run(a)  # noqa");
        assert_eq!(code("run(a)  # noqa", "Makefile"), "run(a)  # noqa");
    }
}
