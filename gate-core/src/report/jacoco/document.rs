//! The state machine that turns the elements of a document into lines.

use crate::report::{
    measured::{Declared, Measured, branch_line, number},
    xml::{Element, Elements, Fault, Outcome},
};

/// A document as far as it has been read.
pub(super) struct Document<'o> {
    measured: Measured<'o>,
    open: Vec<Open>,
    /// The groups that are open, which are modules.
    groups: Vec<String>,
    package: String,
    class: Class,
    declared: Declared,
}

/// What an open element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Report,
    Group,
    Package,
    Class,
    SourceFile,
    /// Methods, sessions, counters, lines, and what nobody knows.
    Other,
}

/// The class that is open.
#[derive(Default)]
struct Class {
    name: String,
    has_instructions: bool,
    has_lines: bool,
}

impl<'o> Document<'o> {
    pub(super) fn new(measured: Measured<'o>) -> Self {
        Self {
            measured,
            open: Vec::new(),
            groups: Vec::new(),
            package: String::new(),
            class: Class::default(),
            declared: Declared::default(),
        }
    }

    pub(super) fn finish(self) -> Measured<'o> {
        let Self { mut measured, declared, .. } = self;
        for (key, count) in [
            ("lines", declared.lines),
            ("lines-covered", declared.covered_lines),
            ("branches", declared.branches),
            ("branches-covered", declared.covered_branches),
        ] {
            if let Some(count) = count {
                measured.reported(key, count.to_string());
            }
        }
        measured.declare(declared);
        measured
    }

    fn open_file(&mut self, element: Element<'_>) -> Outcome<Open> {
        let file = name(element, "sourcefile")?;
        let path = match self.package.as_str() {
            "" => file,
            package => format!("{package}/{file}"),
        };
        self.measured
            .open(&self.groups.join("/"), &path)
            .map_err(|problem| Fault::at(element.at, problem))?;
        Ok(Open::SourceFile)
    }

    fn line(&mut self, element: Element<'_>) -> Outcome {
        let [nr, mi, ci, mb, cb] = element.named(["nr", "mi", "ci", "mb", "cb"])?;
        let Some(nr) = nr else {
            return Err(Fault::malformed(element.at, "a <line> without its number `nr`"));
        };
        let at = |problem| Fault::at(element.at, problem);
        let Some(number) = self.measured.place(&element.text(&nr)?).map_err(at)? else {
            return Ok(());
        };
        let count = |attribute, word| match attribute {
            None => Ok(None),
            Some(attribute) => {
                let text = element.text(&attribute)?;
                match number::digits(&text) {
                    Some(count) => Ok(Some(u64::from(count))),
                    None => Err(Fault::value(element.at, word, &text, "a count")),
                }
            }
        };
        count(mi, "mi")?;
        let Some(covered) = count(ci, "ci")? else {
            let what = "a <line> without `ci`, so that nothing says whether it ran";
            return Err(Fault::malformed(element.at, what));
        };
        let (missed, taken) = (count(mb, "mb")?.unwrap_or(0), count(cb, "cb")?.unwrap_or(0));
        let hits = u32::from(covered > 0);
        self.measured.line(branch_line(number, hits, taken, missed + taken).map_err(at)?);
        Ok(())
    }

    fn counter(&mut self, element: Element<'_>, of: Open) -> Outcome {
        let [kind, missed, covered] = element.named(["type", "missed", "covered"])?;
        let (Some(kind), Some(missed), Some(covered)) = (kind, missed, covered) else {
            let what = "a <counter> without `type`, `missed` or `covered`";
            return Err(Fault::malformed(element.at, what));
        };
        let count = |attribute, word| {
            let text = element.text(attribute)?;
            let count = number::digits(&text);
            count.map(u64::from).ok_or_else(|| Fault::value(element.at, word, &text, "a count"))
        };
        let (missed, covered) = (count(&missed, "missed")?, count(&covered, "covered")?);
        let total = missed + covered;
        match (of, &*element.text(&kind)?) {
            (Open::Report, "LINE") => {
                self.declared.lines = Some(total);
                self.declared.covered_lines = Some(covered);
            }
            (Open::Report, "BRANCH") => {
                self.declared.branches = Some(total);
                self.declared.covered_branches = Some(covered);
            }
            (Open::Class, "INSTRUCTION") => self.class.has_instructions |= total > 0,
            (Open::Class, "LINE") => self.class.has_lines |= total > 0,
            _ => {}
        }
        Ok(())
    }

    /// A class that has code and no lines was compiled without them.
    fn close_class(&mut self) {
        let Class { name, has_instructions, has_lines } = std::mem::take(&mut self.class);
        if has_instructions && !has_lines {
            let reason = "it was compiled without line numbers, so none of its lines is known";
            self.measured.unread(&name, reason);
        }
    }
}

/// The name that an element must have.
fn name(element: Element<'_>, word: &str) -> Outcome<String> {
    let [name] = element.named(["name"])?;
    match name {
        Some(name) => Ok(element.text(&name)?.into_owned()),
        None => Err(Fault::malformed(element.at, format_args!("a <{word}> without a `name`"))),
    }
}

impl Elements for Document<'_> {
    fn open(&mut self, tag: &str, element: Element<'_>) -> Outcome {
        let open = match (self.open.last(), tag) {
            (None, _) => {
                let name = name(element, "report")?;
                self.measured.reported("name", name);
                Open::Report
            }
            (Some(Open::Report | Open::Group), "group") => {
                self.groups.push(name(element, "group")?);
                Open::Group
            }
            (Some(Open::Report | Open::Group), "package") => {
                self.package = name(element, "package")?;
                Open::Package
            }
            (Some(Open::Package), "class") => {
                self.class.name = name(element, "class")?;
                Open::Class
            }
            (Some(Open::Package), "sourcefile") => self.open_file(element)?,
            (Some(Open::SourceFile), "line") => {
                self.line(element)?;
                Open::Other
            }
            (Some(&of), "counter") => {
                self.counter(element, of)?;
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

    fn close(&mut self, _: u64) -> Outcome {
        match self.open.pop() {
            Some(Open::Group) => {
                self.groups.pop();
            }
            Some(Open::Class) => self.close_class(),
            Some(Open::SourceFile) => {
                self.measured.close();
            }
            Some(Open::Report | Open::Package | Open::Other) | None => {}
        }
        Ok(())
    }
}
