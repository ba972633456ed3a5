//! Bars in the settings of tools: `fail_under` of coverage.py and what has its name elsewhere.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::bytes::Regex;

use super::{Language, Line, Sides};
use crate::{
    evidence::{Mark, MarkKind},
    measure::Decimal,
};

/// `fail_under = 85`, `--cov-fail-under=85`, `"fail-under": 85`, `fail_under_lines: 85`.
static BAR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)\b(?:cov[_-])?(fail[_-]under(?:[_-][a-z]+)*)["']?(?:\s*[=:,]\s*|\s+)["']?(-?\d+(?:\.\d+)?)"#,
    )
    .ok()
});

/// A bar where it is stated.
#[derive(Clone)]
struct Bar<'a> {
    file: usize,
    line: Line<'a>,
    key: String,
    value: Decimal,
    written: String,
}

/// The bars that are lower than what stood there, or gone. Of one name, those of one group belong
/// together, then those of one file, then the others, each in their order.
pub(super) fn lowered(sides: &[Sides<'_>], languages: &[Language], marks: &mut [Vec<Mark>]) {
    let written = || {
        let files = sides.iter().zip(languages).enumerate();
        files.filter(|(_, (_, language))| **language != Language::Prose)
    };
    let mut come: Vec<Bar<'_>> =
        written().flat_map(|(file, (sides, _))| of_lines(file, &sides.come)).collect();
    let mut pairs: BTreeMap<usize, Bar<'_>> = BTreeMap::new();
    let gone: Vec<Bar<'_>> =
        written().flat_map(|(file, (sides, _))| of_lines(file, &sides.gone)).collect();
    let nearness: [fn(&Bar<'_>, &Bar<'_>) -> bool; 3] = [
        |one, other| one.file == other.file && one.line.group == other.line.group,
        |one, other| one.file == other.file,
        |_, _| true,
    ];
    for near in nearness {
        for (index, bar) in gone.iter().enumerate() {
            if pairs.contains_key(&index) {
                continue;
            }
            let other = come.iter().position(|other| other.key == bar.key && near(bar, other));
            if let Some(at) = other {
                pairs.insert(index, come.remove(at));
            }
        }
    }
    for (index, bar) in gone.iter().enumerate() {
        let mark = match pairs.get(&index) {
            Some(now) if now.value >= bar.value => continue,
            Some(now) => {
                let text = format!("{}: {} → {}", now.key, bar.written, now.written);
                Some((now.file, now.line.number, false, text))
            }
            None => {
                let text = format!("{}: {} is gone", bar.key, bar.written);
                Some((bar.file, bar.line.number, true, text))
            }
        };
        push(mark, marks);
    }
    // A bar of nothing where there was none may stand over one that is stated elsewhere.
    for bar in come.iter().filter(|bar| bar.value <= Decimal::ZERO) {
        let text = format!("{}: {}", bar.key, bar.written);
        push(Some((bar.file, bar.line.number, false, text)), marks);
    }
}

fn push(mark: Option<(usize, u32, bool, String)>, marks: &mut [Vec<Mark>]) {
    let Some((file, line, gone, text)) = mark else { return };
    if let Some(marks) = marks.get_mut(file) {
        marks.push(Mark { kind: MarkKind::LoweredBar, line, gone, text });
    }
}

fn of_lines<'a>(file: usize, lines: &[Line<'a>]) -> Vec<Bar<'a>> {
    let Some(pattern) = BAR.as_ref() else { return Vec::new() };
    let mut bars = Vec::new();
    for line in lines {
        let text = line.text.trim_ascii_start();
        // What is commented out is no bar.
        if text.starts_with(b"#") || text.starts_with(b";") || text.starts_with(b"//") {
            continue;
        }
        for found in pattern.captures_iter(line.text) {
            let (Some(key), Some(value)) = (found.get(1), found.get(2)) else { continue };
            let key = String::from_utf8_lossy(key.as_bytes());
            let key = key.to_ascii_lowercase().replace('-', "_");
            let written = String::from_utf8_lossy(value.as_bytes()).into_owned();
            if let Ok(value) = written.parse() {
                bars.push(Bar { file, line: *line, key, value, written });
            }
        }
    }
    bars
}

#[cfg(test)]
pub(super) fn every_pattern_compiles() -> bool {
    BAR.is_some()
}
