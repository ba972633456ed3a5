//! What takes code out of judgement and was not there before: comments that silence a tool, tests that
//! are skipped or gone, bars that went down.
//!
//! What was moved or reformatted is not new, and neither is what stood in the same words on a line that
//! went. The words are those of the tools; where a line only looks like them, it is named all the same.

mod bars;
mod silence;
mod tests;

use std::collections::{BTreeMap, HashMap};

use super::{File, hunks::Group, origins::Origins, tokens};
use crate::{
    evidence::{ChangeKind, Mark, MarkKind, Origin},
    measure::RepoPath,
};

/// The most of a line that is kept, in characters.
const MOST_TEXT: usize = 120;

/// A line of the diff.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: u32,
    text: &'a [u8],
    /// Which group of its file it is in.
    group: usize,
    /// Whether it is the last of what went, or came, in its group.
    is_last: bool,
}

/// What came and what went in one file, but for what was moved or reformatted.
struct Sides<'a> {
    come: Vec<Line<'a>>,
    gone: Vec<Line<'a>>,
}

/// The marks of every file.
pub(super) fn find(files: &[File<'_>], origins: &[Origins]) -> Vec<Vec<Mark>> {
    let moved = sources(origins);
    let base = source_texts(files, &moved);
    let sides: Vec<Sides<'_>> = files
        .iter()
        .zip(origins)
        .map(|(file, origins)| sides(file, origins, (&moved, &base)))
        .collect();
    let languages: Vec<Language> =
        files.iter().map(|file| Language::of(file.change.path.as_str())).collect();
    let mut marks: Vec<Vec<Mark>> = files.iter().map(|_| Vec::new()).collect();
    let mut gone = gone_texts(&sides, &languages);
    for ((marks, sides), language) in marks.iter_mut().zip(&sides).zip(&languages) {
        added(sides, *language, &mut gone, marks);
    }
    tests::removed(&sides, &languages, &mut marks);
    bars::lowered(&sides, &languages, &mut marks);
    for marks in &mut marks {
        marks.sort_by_key(|mark| (mark.line, mark.gone, mark.kind));
    }
    marks
}

/// The lines of the merge base that others come from, by their file.
type Sources<'a> = HashMap<&'a RepoPath, Vec<u32>>;

fn sources(origins: &[Origins]) -> Sources<'_> {
    let mut sources: Sources<'_> = HashMap::new();
    for origin in origins.iter().flat_map(BTreeMap::values) {
        sources.entry(&origin.path).or_default().push(origin.start);
    }
    for lines in sources.values_mut() {
        lines.sort_unstable();
    }
    sources
}

/// The texts of the lines that others come from.
type Base<'a> = HashMap<(&'a RepoPath, u32), &'a [u8]>;

fn source_texts<'a>(files: &'a [File<'a>], moved: &Sources<'_>) -> Base<'a> {
    let mut base = Base::new();
    for file in files {
        let path = file.change.base_path();
        let Some(taken) = moved.get(path) else { continue };
        for group in &file.groups {
            let lines = (group.old_start..).zip(&group.removed);
            let lines = lines.filter(|(number, _)| taken.binary_search(number).is_ok());
            base.extend(lines.map(|(number, text)| ((path, number), *text)));
        }
    }
    base
}

/// Whether a line that was moved or reformatted passes over no more than where it comes from. Comments
/// make no other code of it, and these do more than code.
fn is_no_wider(text: &[u8], origin: &Origin, base: &Base<'_>, language: Language) -> bool {
    let before = base.get(&(&origin.path, origin.start)).copied();
    let had = before.map(silence::of).unwrap_or_default();
    let was_skipped = before.is_some_and(|text| tests::skip(text, language).is_some());
    silence::of(text).iter().all(|new| had.iter().any(|had| had.covers(new)))
        && (was_skipped || tests::skip(text, language).is_none())
}

fn sides<'a>(
    file: &File<'a>,
    origins: &Origins,
    (moved, base): (&Sources<'_>, &Base<'_>),
) -> Sides<'a> {
    let mut sides = Sides { come: Vec::new(), gone: Vec::new() };
    // A copy's diff shows what differs from the original, and not what it brings.
    if file.change.kind == ChangeKind::Copied {
        return sides;
    }
    let taken = moved.get(file.change.base_path()).map(Vec::as_slice).unwrap_or_default();
    let language = Language::of(file.change.path.as_str());
    for (index, group) in file.groups.iter().enumerate() {
        let Group { old_start, removed, new_start, added } = group;
        let lines = |start: u32, lines: &[&'a [u8]]| {
            let last = lines.len().saturating_sub(1);
            let line = |(offset, (number, text)): (usize, (u32, &&'a [u8]))| Line {
                number,
                text,
                group: index,
                is_last: offset == last,
            };
            (start..).zip(lines).enumerate().map(line).collect::<Vec<_>>()
        };
        let come = lines(*new_start, added).into_iter();
        sides.come.extend(come.filter(|line| {
            let origin = origins.get(&line.number);
            origin.is_none_or(|origin| !is_no_wider(line.text, origin, base, language))
        }));
        let gone = lines(*old_start, removed).into_iter();
        sides.gone.extend(gone.filter(|line| taken.binary_search(&line.number).is_err()));
    }
    sides
}

/// How often each text went, over all files.
type Texts = HashMap<Vec<u8>, u32>;

/// The texts of all lines that went and that some mark is on.
fn gone_texts(sides: &[Sides<'_>], languages: &[Language]) -> Texts {
    let mut texts = Texts::new();
    for (sides, language) in sides.iter().zip(languages) {
        for line in &sides.gone {
            if silence::is_any(line.text) || tests::skip(line.text, *language).is_some() {
                *texts.entry(tokens::normal(line.text)).or_default() += 1;
            }
        }
    }
    texts
}

/// The suppressions and skips that came.
fn added(sides: &Sides<'_>, language: Language, gone: &mut Texts, marks: &mut Vec<Mark>) {
    if language == Language::Prose {
        return;
    }
    // What each group took away, as long as nothing new stands in its place.
    let mut silenced: HashMap<usize, Vec<silence::Silence>> = HashMap::new();
    let mut skipped: HashMap<usize, u32> = HashMap::new();
    for line in &sides.gone {
        silenced.entry(line.group).or_default().extend(silence::of(line.text));
        if tests::skip(line.text, language).is_some() {
            *skipped.entry(line.group).or_default() += 1;
        }
    }
    for line in &sides.come {
        let found = silence::of(line.text);
        let skip = tests::skip(line.text, language);
        if found.is_empty() && skip.is_none() {
            continue;
        }
        // It stood elsewhere in the same words.
        if let Some(left) = gone.get_mut(&tokens::normal(line.text)).filter(|left| **left > 0) {
            *left -= 1;
            continue;
        }
        let mark = |kind, text| Mark { kind, line: line.number, gone: false, text };
        for silence in found {
            let before = silenced.entry(line.group).or_default();
            match before.iter().position(|before| before.covers(&silence)) {
                Some(at) => drop(before.swap_remove(at)),
                None => marks.push(mark(MarkKind::Suppression, short(silence.text))),
            }
        }
        if let Some(text) = skip {
            match skipped.get_mut(&line.group).filter(|left| **left > 0) {
                Some(left) => *left -= 1,
                None => marks.push(mark(MarkKind::SkippedTest, short(text))),
            }
        }
    }
}

/// What a file is written in, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Python,
    JavaScript,
    Go,
    Rust,
    Ruby,
    Php,
    /// Of the languages that mark tests with an annotation before a method.
    Jvm,
    DotNet,
    /// Text for people, in which words of tools are only words.
    Prose,
    Other,
}

impl Language {
    fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
        match ending.as_str() {
            "py" | "pyi" | "pyx" | "pyw" => Self::Python,
            "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "vue" | "svelte" => {
                Self::JavaScript
            }
            "go" => Self::Go,
            "rs" => Self::Rust,
            "rb" => Self::Ruby,
            "php" => Self::Php,
            "java" | "kt" | "kts" | "scala" | "groovy" => Self::Jvm,
            "cs" | "fs" | "vb" => Self::DotNet,
            "md" | "markdown" | "mdx" | "rst" | "adoc" | "asciidoc" | "html" | "htm" => Self::Prose,
            // `requirements.txt` states no bar, and `CMakeLists.txt` is no prose.
            "txt" if name != "CMakeLists.txt" => Self::Prose,
            _ => Self::Other,
        }
    }
}

/// The beginning of what is written, on one line.
fn short(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text.trim_ascii());
    match text.char_indices().nth(MOST_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod unit;
