//! Classes, and which of their lines count.

use super::{document::Document, files::Listed, lines::OpenLine};
use crate::{
    evidence::{NoteCode, Notes},
    measure::Message,
    report::{
        measured::distinct,
        xml::{Element, Fault, Outcome},
    },
};

/// The class that is open. Its memory is kept for the next one.
#[derive(Debug, Default)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) file: usize,
    /// The lines below the class itself.
    pub(super) own: Listed,
    /// The lines below its methods.
    pub(super) of_methods: Listed,
    pub(super) is_open: bool,
    pub(super) line: Option<OpenLine>,
}

impl Class {
    /// The lines that count: its own, or those of its methods where it has none.
    fn settle(&mut self, notes: &mut Notes) -> &mut Listed {
        notes.append(std::mem::take(&mut self.own.notes));
        let listed = if self.own.lines.is_empty() && !self.of_methods.lines.is_empty() {
            notes.append(std::mem::take(&mut self.of_methods.notes));
            notes.add(NoteCode::LinesOfMethodsOnly, || {
                Message::new("a class of ")
                    .quote(&self.name)
                    .say(" has lines below its methods only")
            });
            &mut self.of_methods
        } else {
            &mut self.own
        };
        if listed.is_unordered {
            let (doubles, first) = distinct(&mut listed.lines);
            notes.add_many(NoteCode::LineListedTwice, doubles as u64, || {
                let line = first.unwrap_or_default();
                Message::new(format_args!("line {line} of "))
                    .quote(&self.name)
                    .say(" is listed more than once in one class")
            });
        }
        listed
    }
}

impl Document<'_> {
    pub(super) fn open_class(&mut self, element: Element<'_>) -> Outcome {
        self.body.has_packages = true;
        let class = &mut self.class;
        if class.is_open {
            return Err(Fault::malformed(element.at, "a <class> within a <class>"));
        }
        let [filename, ..] =
            element.named(["filename", "name", "line-rate", "branch-rate", "complexity"])?;
        let Some(filename) = filename else {
            return Err(Fault::malformed(element.at, "a <class> without a filename"));
        };
        let filename = element.text(&filename)?;
        class.name.clear();
        class.name.push_str(&filename);
        class.file = self.body.files.named(&filename);
        if self.body.files.count() > self.limits.files {
            let most = self.limits.files;
            let what = format_args!("the report names more than {most} files");
            return Err(Fault::beyond(element.at, what));
        }
        class.is_open = true;
        Ok(())
    }

    pub(super) fn close_class(&mut self) {
        let class = &mut self.class;
        let file = class.file;
        let listed = class.settle(&mut self.body.notes);
        self.body.files.add(file, &mut listed.lines);
        class.own.clear();
        class.of_methods.clear();
        class.is_open = false;
    }
}
