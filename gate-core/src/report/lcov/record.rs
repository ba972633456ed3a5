//! The records of a report, line by line.

use std::collections::BTreeMap;

use super::Sums;
use crate::{
    evidence::{Line, Report},
    measure::{Message, RepoPath},
    report::{
        Limits, ReadProblem,
        measured::{Declared, Measured, branch_line, distinct, number, plain_line},
    },
};

/// What is said besides, of functions, versions and conditions: nothing of it is used.
const UNUSED: &[&str] = &["FN", "FNDA", "FNL", "FNA", "FNF", "FNH", "VER", "MCDC", "MCF", "MCH"];

/// A report as far as it has been read.
pub(super) struct Records<'t, 'o> {
    measured: Measured<'o>,
    most_files: usize,
    /// The files, each as it is written first.
    files: BTreeMap<RepoPath, File<'t>>,
    open: Option<Open<'t>>,
    declared: Sums,
}

#[derive(Default)]
struct File<'t> {
    name: &'t str,
    lines: Vec<Line>,
    /// Each outcome of a branch, by line, block and branch, and whether it ran.
    branches: BTreeMap<(u32, &'t str), bool>,
}

/// The record that is open.
struct Open<'t> {
    file: RepoPath,
    name: &'t str,
    lines: Vec<Line>,
}

impl<'t, 'o> Records<'t, 'o> {
    pub(super) fn new(measured: Measured<'o>, limits: &Limits) -> Self {
        Self {
            measured,
            most_files: limits.files,
            files: BTreeMap::new(),
            open: None,
            declared: Sums::default(),
        }
    }

    /// The file whose record is open.
    pub(super) fn open(&self) -> Option<Message> {
        self.open.as_ref().map(|open| Message::default().quote(open.name))
    }

    /// Takes one line.
    pub(super) fn take(&mut self, line: &'t str) -> Result<(), ReadProblem> {
        if line.trim().is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if line.trim_end() == "end_of_record" {
            return self.end();
        }
        let Some((key, value)) = line.split_once(':') else {
            return Err(unknown(line));
        };
        match key {
            "TN" => Ok(()),
            "SF" => self.begin(value),
            "DA" => self.line(value),
            "BRDA" => self.branch(value),
            "LF" | "LH" | "BRF" | "BRH" => {
                self.within(key)?;
                let count = number::count(value).ok_or_else(|| wrong(key, value))?;
                self.declared.add(key, count);
                Ok(())
            }
            key if UNUSED.contains(&key) => self.within(key).map(|_| ()),
            _ => Err(unknown(line)),
        }
    }

    fn begin(&mut self, name: &'t str) -> Result<(), ReadProblem> {
        if let Some(open) = &self.open {
            let what = Message::new("a file begins where the record of ").quote(open.name);
            let what = what.say(" has no end_of_record");
            return Err(ReadProblem::Malformed(what.to_string()));
        }
        if name.trim().is_empty() {
            return Err(ReadProblem::Malformed("SF: without the name of a file".to_owned()));
        }
        let path = RepoPath::normalised(name);
        let file = self.files.entry(path.clone()).or_default();
        if file.name.is_empty() {
            file.name = name;
        }
        if self.files.len() > self.most_files {
            let what = format!("the report names more than {} files", self.most_files);
            return Err(ReadProblem::BeyondLimit(what));
        }
        self.measured.name(name);
        self.open = Some(Open { file: path, name, lines: Vec::new() });
        Ok(())
    }

    /// The record that is open, in which alone this key may stand.
    fn within(&mut self, key: &str) -> Result<&mut Open<'t>, ReadProblem> {
        self.open.as_mut().ok_or_else(|| {
            ReadProblem::Malformed(format!("{key}: outside of the record of a file"))
        })
    }

    /// `DA:line,hits[,checksum]`.
    fn line(&mut self, value: &'t str) -> Result<(), ReadProblem> {
        self.within("DA")?;
        let mut parts = value.splitn(3, ',');
        let (Some(number), Some(hits)) = (parts.next(), parts.next()) else {
            return Err(wrong("DA", value));
        };
        let Some(number) = self.measured.place(number)? else { return Ok(()) };
        let hits = self.measured.hits(hits, number)?;
        self.within("DA")?.lines.push(plain_line(number, hits));
        Ok(())
    }

    /// `BRDA:line,block,branch,taken`, where the branch may be prose with commas in it.
    fn branch(&mut self, value: &'t str) -> Result<(), ReadProblem> {
        let file = self.within("BRDA")?.file.clone();
        let wrong = || wrong("BRDA", value);
        let (number, rest) = value.split_once(',').ok_or_else(wrong)?;
        let (outcome, taken) = rest.rsplit_once(',').ok_or_else(wrong)?;
        if !outcome.contains(',') {
            return Err(wrong());
        }
        let Some(number) = self.measured.place(number)? else { return Ok(()) };
        let is_taken = match taken.trim() {
            // Its line never ran.
            "-" => false,
            taken => self.measured.hits(taken, number)? > 0,
        };
        if let Some(file) = self.files.get_mut(&file) {
            *file.branches.entry((number, outcome)).or_default() |= is_taken;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), ReadProblem> {
        let Some(mut open) = self.open.take() else {
            let what = "end_of_record where no record is open";
            return Err(ReadProblem::Malformed(what.to_owned()));
        };
        let (doubles, first) = distinct(&mut open.lines);
        self.measured.listed_twice(doubles, first);
        if let Some(file) = self.files.get_mut(&open.file) {
            file.lines.append(&mut open.lines);
        }
        Ok(())
    }

    pub(super) fn report(self) -> Result<Report, ReadProblem> {
        let Self { mut measured, files, declared: Sums(declared), .. } = self;
        for mut file in files.into_values() {
            measured.open("", file.name)?;
            distinct(&mut file.lines);
            let branches = totals(&file.branches);
            for line in &file.lines {
                let (covered, total) = branches.get(&line.number).copied().unwrap_or_default();
                measured.line(branch_line(line.number, line.hits, covered, total)?);
            }
            for (&number, &(_, total)) in &branches {
                if file.lines.binary_search_by_key(&number, |line| line.number).is_err() {
                    measured.branches_without_line(total, number);
                }
            }
            measured.close();
        }
        let Declared { lines, covered_lines, branches, covered_branches } = declared;
        for (key, count) in
            [("LF", lines), ("LH", covered_lines), ("BRF", branches), ("BRH", covered_branches)]
        {
            if let Some(count) = count {
                measured.reported(key, count.to_string());
            }
        }
        measured.declare(declared);
        measured.report()
    }
}

/// How many outcomes of each line ran, and how many there are.
fn totals(branches: &BTreeMap<(u32, &str), bool>) -> BTreeMap<u32, (u64, u64)> {
    let mut lines: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for (&(number, _), &is_taken) in branches {
        let (covered, total) = lines.entry(number).or_default();
        *covered += u64::from(is_taken);
        *total += 1;
    }
    lines
}

fn wrong(key: &str, value: &str) -> ReadProblem {
    let form = match key {
        "DA" => "DA:line,hits",
        "BRDA" => "BRDA:line,block,branch,taken",
        _ => "a count",
    };
    let what = Message::new(format_args!("`{key}:")).quote(value).say("` is not ").say(form);
    ReadProblem::Malformed(what.to_string())
}

fn unknown(line: &str) -> ReadProblem {
    let what = Message::new("`").quote(line).say("` is no record of LCOV");
    ReadProblem::Malformed(what.to_string())
}
