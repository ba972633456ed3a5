//! The state machine that turns the elements of a document into test cases.

use std::collections::HashSet;

use super::{
    case::{Case, Child, Outcome as How, Status},
    reruns,
    suite::Suite,
};
use crate::{
    evidence::{Cases, Notes, Passed, Test, Unlisted},
    measure::{Message, RepoPath},
    report::{
        ReadOptions,
        xml::{Element, Elements, Fault, Outcome},
    },
};

/// The most text of a failure that is looked at for a line to show, in bytes.
const MAX_TEXT: usize = 4096;

/// A document as far as it has been read.
pub(super) struct Document<'o> {
    options: &'o ReadOptions,
    open: Vec<Open>,
    /// The open suites, the root first.
    suites: Vec<Suite>,
    case: Case,
    /// The text of the outcome that is open.
    text: String,
    pub(super) cases: Vec<Test>,
    pub(super) unlisted: Vec<Unlisted>,
    pub(super) unread: Vec<Passed>,
    pub(super) notes: Notes,
}

/// What an open element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Suite,
    Case,
    /// A failure, an error or a skip, whose text may be its message.
    Outcome,
    /// Output, properties and what lies below them.
    Output,
}

impl<'o> Document<'o> {
    pub(super) fn new(options: &'o ReadOptions) -> Self {
        Self {
            options,
            open: Vec::new(),
            suites: Vec::new(),
            case: Case::default(),
            text: String::new(),
            cases: Vec::new(),
            unlisted: Vec::new(),
            unread: Vec::new(),
            notes: Notes::default(),
        }
    }

    /// The first name that several cases have.
    pub(super) fn first_listed_again(&self) -> Option<String> {
        let mut seen = HashSet::new();
        self.cases.iter().map(|case| &case.name).find(|name| !seen.insert(*name)).cloned()
    }

    fn open_in_suite(&mut self, name: &str, element: Element<'_>) -> Outcome<Open> {
        match name {
            "testsuite" => {
                self.suites.push(Suite::read(element, self.cases.len())?);
                return Ok(Open::Suite);
            }
            "testcase" => {
                self.open_case(element)?;
                return Ok(Open::Case);
            }
            _ => element.check()?,
        }
        match Child::named(name) {
            Child::Output | Child::Outcome(How::Skipped) => {}
            // A suite that failed as a whole.
            Child::Outcome(How::Failure | How::Rerun) => {
                self.unlist(Cases { failures: 1, ..Cases::default() });
            }
            Child::Outcome(How::Error) => self.unlist(Cases { errors: 1, ..Cases::default() }),
            Child::Outcome(How::Flaky) | Child::Unknown => {
                let reason = unknown(name);
                self.unread.push(Passed { name: self.path(), reason });
            }
        }
        Ok(Open::Output)
    }

    fn open_case(&mut self, element: Element<'_>) -> Outcome {
        if self.cases.len() >= self.options.limits.files {
            let most = self.options.limits.files;
            let what = format_args!("the report has more than {most} test cases");
            return Err(Fault::beyond(element.at, what));
        }
        let names = ["name", "classname", "file", "status", "result", "failure", "error"];
        let [name, class, file, status, result, failure, error] = element.named(names)?;
        let Some(name) = name else {
            return Err(Fault::malformed(element.at, "a <testcase> without a `name`"));
        };
        let name = element.text(&name)?;
        let class = match class {
            Some(class) => element.text(&class)?.trim().to_owned(),
            None => String::new(),
        };
        let mut case = Case { name: self.full_name(&class, name.trim()), ..Case::default() };
        if let Some(file) = file {
            case.path = self.resolve(&element.text(&file)?);
        }
        for word in [status, result].into_iter().flatten() {
            let word = element.text(&word)?.into_owned();
            let status = Status::named(&word);
            case.statuses.push((word, status));
        }
        for (attribute, how) in [(failure, How::Failure), (error, How::Error)] {
            if let Some(attribute) = attribute {
                case.outcome(how);
                case.say(&element.text(&attribute)?);
            }
        }
        self.case = case;
        Ok(())
    }

    /// Suites, class and name, without what says nothing or the same again.
    fn full_name(&self, class: &str, name: &str) -> String {
        let suites = self.suites.iter().map(|suite| suite.name.as_str());
        let mut kept: Vec<&str> = Vec::new();
        for part in suites.chain([class, name]).filter(|part| !part.is_empty()) {
            if kept.last() != Some(&part) {
                kept.push(part);
            }
        }
        kept.join("::")
    }

    /// The suites that are open.
    fn path(&self) -> String {
        self.full_name("", "")
    }

    /// The file of the repository; a case is known without it.
    fn resolve(&self, raw: &str) -> Option<RepoPath> {
        let mut notes = Notes::default();
        let path = self.options.layout.resolve(raw, &[], &mut notes);
        notes.finish().is_empty().then_some(path)
    }

    /// Failures that no case shows.
    fn unlist(&mut self, cases: Cases) {
        let suite = self.path();
        if let Some(open) = self.suites.last_mut() {
            open.add(cases, 0);
        }
        let Cases { failures, errors, .. } = cases;
        self.unlisted.push(Unlisted { part: None, suite, failures, errors });
    }

    fn open_in_case(&mut self, name: &str, element: Element<'_>) -> Outcome<Open> {
        match Child::named(name) {
            Child::Outcome(how) => {
                let [message] = element.named(["message"])?;
                self.case.outcome(how);
                if let Some(message) = message {
                    self.case.say(&element.text(&message)?);
                }
                self.text.clear();
                Ok(Open::Outcome)
            }
            Child::Output => {
                element.check()?;
                Ok(Open::Output)
            }
            Child::Unknown => {
                element.check()?;
                self.case.unknown.get_or_insert_with(|| name.to_owned());
                Ok(Open::Output)
            }
        }
    }

    fn close_case(&mut self) {
        let case = std::mem::take(&mut self.case);
        match case.cases() {
            Ok(cases) => {
                if let Some(suite) = self.suites.last_mut() {
                    suite.add(cases, case.retries);
                }
                let mut test = Test::new(case.name, cases);
                test.path = case.path;
                test.message = case.message.filter(|_| cases.passed == 0);
                self.cases.push(test);
            }
            Err(reason) => self.unread.push(Passed { name: case.name, reason }),
        }
    }

    fn close_suite(&mut self) {
        let path = self.path();
        let Some(mut suite) = self.suites.pop() else { return };
        reruns::collapse(&mut suite, &mut self.cases);
        self.unlisted.extend(suite.settle(&path, &mut self.notes));
        if let Some(outer) = self.suites.last_mut() {
            outer.append(&suite);
        }
    }
}

/// Why nobody can tell how something came out.
pub(super) fn unknown(element: &str) -> String {
    Message::new("it has an element <")
        .quote(element)
        .say(">, of which nothing is known")
        .to_string()
}

impl Elements for Document<'_> {
    fn open(&mut self, name: &str, element: Element<'_>) -> Outcome {
        let open = match self.open.last() {
            None => {
                let root = Suite::read(element, 0)?;
                // Its name is one for all.
                let is_one_of_all = name == "testsuites";
                self.suites.push(if is_one_of_all { root.nameless() } else { root });
                Open::Suite
            }
            Some(Open::Suite) => self.open_in_suite(name, element)?,
            Some(Open::Case) => self.open_in_case(name, element)?,
            Some(Open::Outcome | Open::Output) => {
                element.check()?;
                Open::Output
            }
        };
        self.open.push(open);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Outcome {
        if self.open.last() == Some(&Open::Outcome) && self.text.len() < MAX_TEXT {
            let room = text.floor_char_boundary(MAX_TEXT - self.text.len());
            self.text.push_str(text.get(..room).unwrap_or_default());
        }
        Ok(())
    }

    fn close(&mut self, _: u64) -> Outcome {
        match self.open.pop() {
            Some(Open::Suite) => self.close_suite(),
            Some(Open::Case) => self.close_case(),
            Some(Open::Outcome) => {
                let text = std::mem::take(&mut self.text);
                self.case.say(&text);
            }
            Some(Open::Output) | None => {}
        }
        Ok(())
    }
}
