//! SARIF 2.1.0, of any tool.

mod document;
mod place;
mod result;
mod rules;

use super::{Format, ReadError, ReadOptions, ReadProblem, found::Found, json};
use crate::{
    evidence::{Account, NoteCode, Passed, Report, Unit},
    measure::Message,
};
use document::{Invocation, Log, Notification, Run};
use place::Places;
use rules::{Level, Rules};

/// The version of the standard that is read.
const VERSION: &str = "2.1.0";

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let log: Log = json::document(bytes, Format::Sarif, &options.limits)?;
    let mut reading = Reading {
        found: Found::new(Format::Sarif, &options.layout),
        targets: 0,
        failed: Vec::new(),
    };
    reading.log(log).map_err(|problem| ReadError::new(ReadProblem::Malformed(problem)))?;
    let Reading { found, targets, failed } = reading;
    let shown = found.files().max(targets);
    let account = Account { unread: failed, ..Account::at_least(Unit::Files, shown) };
    Ok(found.report(account))
}

struct Reading<'o> {
    found: Found<'o>,
    /// How many files the runs name as what they were to look at.
    targets: u64,
    /// Runs that were not carried out, or say that they failed.
    failed: Vec<Passed>,
}

impl Reading<'_> {
    fn log(&mut self, log: Log) -> Result<(), String> {
        if log.version != VERSION {
            return Err(format!("it is SARIF {:?}; only {VERSION} is read", log.version));
        }
        let runs = log.runs.ok_or("`runs` is null: the tool could not carry out its run")?;
        runs.into_iter().try_for_each(|run| self.run(run))
    }

    fn run(&mut self, run: Run) -> Result<(), String> {
        let Run { tool, invocations, artifacts, results, original_uri_base_ids, .. } = run;
        if run.external_property_file_references.is_some_and(|other| other.has_results()) {
            return Err("some of its results are in other files (externalPropertyFileReferences)"
                .to_owned());
        }
        let name = tool.driver.name.clone();
        self.invocations(&name, invocations);
        self.targets += artifacts.iter().filter(|artifact| artifact.is_target()).count() as u64;
        let Some(results) = results else {
            self.fail(&name, "the run has no results: it was not carried out");
            return Ok(());
        };
        self.found.by(&name);
        let rules = Rules::new(tool);
        let places = Places { artifacts, bases: original_uri_base_ids };
        for result in results {
            self.result(&result, &rules, &places)?;
        }
        Ok(())
    }

    /// What a run says of its own course.
    fn invocations(&mut self, tool: &str, invocations: Vec<Invocation>) {
        for invocation in invocations {
            if !invocation.execution_successful {
                let reason = invocation.exit_code_description.as_deref();
                self.fail(tool, reason.unwrap_or("it says that it was not successful"));
            }
            let said = invocation.tool_execution_notifications.into_iter();
            for notification in said.chain(invocation.tool_configuration_notifications) {
                let Notification { level, message, .. } = &notification;
                let text = message.text.as_deref().unwrap_or("no text");
                match level.unwrap_or(Level::Warning) {
                    Level::Error => {
                        let uri = notification.uri().map(place::path);
                        self.fail(uri.as_deref().unwrap_or(tool), text);
                    }
                    Level::None | Level::Note | Level::Warning => {
                        self.found.notes.add(NoteCode::ToolRemark, || {
                            Message::default().quote(tool).say(" says: ").quote(text)
                        });
                    }
                }
            }
        }
    }

    fn fail(&mut self, name: &str, reason: &str) {
        self.failed.push(Passed { name: name.to_owned(), reason: reason.to_owned() });
    }
}
