//! The state machine that turns the elements of a document into lines.
//!
//! OpenClover lists each condition as `truecount` and `falsecount`, how often it came out so, without
//! a `count`: two branches. istanbul and others give a `count`, and how many branches of the line ran
//! (`truecount`) and did not (`falsecount`).

use std::collections::BTreeMap;

use super::super::ReadProblem;
use crate::report::{
    Format, ReadError,
    measured::{Declared, Measured, branch_line, number},
    xml::{Element, Elements, Fault, Outcome},
};

/// A document as far as it has been read.
pub(super) struct Document<'o> {
    measured: Measured<'o>,
    open: Vec<Open>,
    has_project: bool,
    has_files: bool,
    /// The file that is open: its name, its statements as it counts them, and its lines.
    file: String,
    statements: Option<u64>,
    lines: BTreeMap<u32, Listed>,
    twice: (usize, Option<u32>),
    declared: Declared,
}

/// What is listed of a line.
#[derive(Default)]
struct Listed {
    hits: u32,
    statements: u32,
    covered: u64,
    total: u64,
}

/// What an open element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Coverage,
    Project,
    Package,
    File,
    /// Classes, metrics, lines, the project of the tests, and what nobody knows.
    Other,
}

impl<'o> Document<'o> {
    pub(super) fn new(measured: Measured<'o>) -> Self {
        Self {
            measured,
            open: Vec::new(),
            has_project: false,
            has_files: false,
            file: String::new(),
            statements: None,
            lines: BTreeMap::new(),
            twice: (0, None),
            declared: Declared::default(),
        }
    }

    pub(super) fn finish(self) -> Result<Measured<'o>, ReadError> {
        let Self { mut measured, has_project, has_files, declared, .. } = self;
        let refused = |what: &str| ReadError::new(ReadProblem::Malformed(what.to_owned()));
        if !has_project {
            return Err(refused("a <coverage> without a <project> is no Clover report"));
        }
        if !has_files && declared.lines.is_some_and(|statements| statements > 0) {
            let what = "it counts statements and lists no files: a summary; write the full report";
            return Err(refused(what));
        }
        for (key, count) in [
            ("statements", declared.lines),
            ("coveredstatements", declared.covered_lines),
            ("conditionals", declared.branches),
            ("coveredconditionals", declared.covered_branches),
        ] {
            if let Some(count) = count {
                measured.reported(key, count.to_string());
            }
        }
        measured.declare(declared);
        Ok(measured)
    }

    fn open_file(&mut self, element: Element<'_>) -> Outcome<Open> {
        let [name, path] = element.named(["name", "path"])?;
        // PHPUnit names files by their whole paths and gives no other.
        let Some(path) = path.or(name) else {
            return Err(Fault::malformed(element.at, "a <file> without a `name` or `path`"));
        };
        let path = element.text(&path)?.into_owned();
        self.measured.open("", &path).map_err(|problem| Fault::at(element.at, problem))?;
        self.file = path;
        self.has_files = true;
        self.statements = None;
        self.lines.clear();
        self.twice = (0, None);
        Ok(Open::File)
    }

    fn line(&mut self, element: Element<'_>) -> Outcome {
        let names = ["num", "type", "count", "truecount", "falsecount"];
        let [num, kind, count, on, off] = element.named(names)?;
        let at = |problem| Fault::at(element.at, problem);
        let missing = |what| Fault::malformed(element.at, format_args!("a <line> without {what}"));
        let kind = element.text(&kind.ok_or_else(|| missing("a `type`"))?)?;
        let is_condition = match &*kind {
            "stmt" => false,
            "cond" => true,
            // Where a method begins; its statements follow.
            "method" => return Ok(()),
            word => {
                return Err(Fault::value(element.at, "type", word, "method, stmt or cond"));
            }
        };
        let num = element.text(&num.ok_or_else(|| missing("its number `num`"))?)?;
        let Some(number) = self.measured.place(&num).map_err(at)? else { return Ok(()) };
        let hits = match count {
            Some(count) => Some(self.measured.hits(&element.text(&count)?, number).map_err(at)?),
            None if is_condition => None,
            None => return Err(missing("a `count`")),
        };
        let (mut covered, mut total) = (0, 0);
        let mut ran = 0;
        if is_condition {
            let (Some(on), Some(off)) = (on, off) else {
                return Err(missing("a `truecount` and a `falsecount`"));
            };
            let on = self.measured.hits(&element.text(&on)?, number).map_err(at)?;
            let off = self.measured.hits(&element.text(&off)?, number).map_err(at)?;
            ran = on.saturating_add(off);
            (covered, total) = match hits {
                Some(_) => (u64::from(on), u64::from(on) + u64::from(off)),
                None => (u64::from(on > 0) + u64::from(off > 0), 2),
            };
        }
        let line = self.lines.entry(number).or_default();
        line.hits = line.hits.max(hits.unwrap_or(ran));
        line.covered += covered;
        line.total += total;
        line.statements += u32::from(hits.is_some());
        if line.statements > 1 && hits.is_some() {
            self.twice.0 += 1;
            self.twice.1.get_or_insert(number);
        }
        Ok(())
    }

    fn close_file(&mut self, at: u64) -> Outcome {
        for (&number, line) in &self.lines {
            let Listed { hits, covered, total, .. } = *line;
            let line = branch_line(number, hits, covered, total);
            self.measured.line(line.map_err(|problem| Fault::at(at, problem))?);
        }
        self.measured.listed_twice(self.twice.0, self.twice.1);
        let listed = self.measured.close();
        if listed == 0 && self.statements.is_some_and(|statements| statements > 0) {
            self.measured.unread(&self.file, "its statements are counted, and no line is listed");
        }
        Ok(())
    }

    fn metrics(&mut self, element: Element<'_>, of: Open) -> Outcome {
        let names = ["statements", "coveredstatements", "conditionals", "coveredconditionals"];
        let found = element.named(names)?;
        let mut counts = [None; 4];
        for ((count, attribute), name) in counts.iter_mut().zip(found).zip(names) {
            if let Some(attribute) = attribute {
                let text = element.text(&attribute)?;
                let number = number::count(&text);
                *count =
                    Some(number.ok_or_else(|| Fault::value(element.at, name, &text, "a count"))?);
            }
        }
        let [lines, covered_lines, branches, covered_branches] = counts;
        match of {
            Open::Project => {
                self.declared = Declared { lines, covered_lines, branches, covered_branches };
            }
            Open::File => self.statements = lines,
            Open::Coverage | Open::Package | Open::Other => {}
        }
        Ok(())
    }
}

impl Elements for Document<'_> {
    fn open(&mut self, tag: &str, element: Element<'_>) -> Outcome {
        let open = match (self.open.last(), tag) {
            (None, _) => {
                for word in ["clover", "generated"] {
                    let [value] = element.named([word])?;
                    if let Some(value) = value {
                        self.measured.reported(word, element.text(&value)?);
                    }
                }
                Open::Coverage
            }
            (Some(Open::Coverage), "project") => {
                element.check()?;
                self.has_project = true;
                Open::Project
            }
            (Some(Open::Coverage), "packages" | "file") if !self.has_project => {
                let found = match tag {
                    "file" => "SonarQube's generic coverage XML",
                    _ => Format::Cobertura.title(),
                };
                return Err(Fault::another_format(Format::Clover, found));
            }
            (Some(Open::Project | Open::Package), "package") => {
                element.check()?;
                Open::Package
            }
            (Some(Open::Project | Open::Package), "file") => self.open_file(element)?,
            (Some(Open::File), "line") => {
                self.line(element)?;
                Open::Other
            }
            (Some(&of), "metrics") => {
                self.metrics(element, of)?;
                Open::Other
            }
            (Some(_), _) => {
                element.check()?;
                Open::Other
            }
        };
        self.open.push(open);
        Ok(())
    }

    fn text(&mut self, _: &str) -> Outcome {
        Ok(())
    }

    fn close(&mut self, at: u64) -> Outcome {
        if self.open.pop() == Some(Open::File) {
            self.close_file(at)?;
        }
        Ok(())
    }
}
