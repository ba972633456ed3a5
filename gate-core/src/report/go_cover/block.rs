//! One line of a profile: `NAME:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT`.

use crate::{measure::Message, report::ReadProblem};

/// Where a block begins or ends. Lines and columns count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// From the first character of a block to behind its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Block {
    pub(super) start: Place,
    pub(super) end: Place,
}

/// How many statements a block has, and how often they ran.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) statements: u32,
    pub(super) hits: u32,
}

/// The file, the block, its statements, and how often they ran as it is written.
pub(super) fn read(line: &str) -> Result<(&str, Block, u32, &str), ReadProblem> {
    parts(line).ok_or_else(|| {
        let what = Message::new("`").quote(line);
        let what = what.say("` is not `FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT`");
        ReadProblem::Malformed(what.to_string())
    })
}

fn parts(line: &str) -> Option<(&str, Block, u32, &str)> {
    let (rest, count) = line.rsplit_once(' ')?;
    let (rest, statements) = rest.rsplit_once(' ')?;
    let (name, block) = rest.rsplit_once(':')?;
    let (start, end) = block.split_once(',')?;
    let (start, end) = (place(start)?, place(end)?);
    let is_block = !name.trim().is_empty() && start <= end;
    is_block.then_some((name, Block { start, end }, number(statements)?, count))
}

fn place(text: &str) -> Option<Place> {
    let (line, column) = text.split_once('.')?;
    let line = number(line).filter(|line| (1..u32::MAX).contains(line))?;
    Some(Place { line, column: number(column)? })
}

/// Digits only; `parse` would take a sign.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}
