//! What was seen in one report, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::{
    evidence::{Account, Cases, Content, Note, Passed, Reach, Report},
    measure::{Message, Ratio, harmless},
};

/// The report as JSON, version 1. Programs rely on its names: keys may be added, none goes.
#[must_use]
pub fn report_json(report: &Report) -> Value {
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| {
        out.insert(key.to_owned(), value);
    };
    put("version", json!(1));
    put("kind", json!(report.content.kind().word()));
    put("format", json!(report.format));
    let Account { examined, reach, skipped, unread, unit } = &report.account;
    match &report.content {
        Content::Coverage(coverage) => {
            let totals = coverage.totals();
            put("files", json!(coverage.files.len()));
            put("lines", ratio(totals.lines));
            put("branches", ratio(totals.branches));
            put("combined", ratio(totals.combined()));
            put("partial_lines", json!(totals.partial));
            put("reported", json!(coverage.reported));
        }
        Content::Findings(findings) => {
            put("total", json!(findings.findings.len()));
            put("by_severity", json!(findings.by_severity()));
            put("by_confidence", json!(findings.by_confidence()));
            let error = |passed: &Passed| json!({"filename": passed.name, "reason": passed.reason});
            put("errors", unread.iter().map(error).collect());
        }
        Content::Vulnerabilities(vulnerabilities) => {
            put("dependencies", json!(vulnerabilities.listed));
            put("vulnerable", json!(vulnerabilities.vulnerable()));
            put("vulnerabilities", json!(vulnerabilities.count()));
            put("advisories", json!(vulnerabilities.advisories));
            put("skipped", skipped.iter().chain(unread).map(passed).collect());
            let fixed = vulnerabilities.fixed.iter().map(|fixed| {
                json!({"name": fixed.package, "old_version": fixed.old_version, "new_version": fixed.new_version})
            });
            put("fixed", fixed.collect());
        }
        Content::Metrics(metrics) => {
            put("numbers", json!(metrics.numbers));
        }
        Content::Tests(tests) => {
            let Cases { failures, errors, skipped, flaky, .. } = tests.cases();
            put("tests", json!(tests.total()));
            put("failures", json!(failures));
            put("errors", json!(errors));
            put("skipped", json!(skipped));
            put("flaky", json!(flaky));
            put("names", json!(tests.tests.len()));
            let unlisted = tests.unlisted.iter().map(|unlisted| {
                json!({"part": unlisted.part, "suite": unlisted.suite, "failures": unlisted.failures, "errors": unlisted.errors})
            });
            put("unlisted", unlisted.collect());
        }
    }
    put(
        "account",
        json!({
            "unit": unit.noun(2),
            "examined": examined,
            "reach": reach.word(),
            "skipped": skipped.iter().map(passed).collect::<Vec<_>>(),
            "unread": unread.iter().map(passed).collect::<Vec<_>>(),
        }),
    );
    put("notes", report.notes.iter().map(note).collect());
    Value::Object(out)
}

fn ratio(ratio: Ratio) -> Value {
    json!({"covered": ratio.covered(), "total": ratio.total()})
}

fn passed(passed: &Passed) -> Value {
    json!({"name": passed.name, "reason": passed.reason})
}

fn note(note: &Note) -> Value {
    json!({"code": note.code.word(), "message": note.message.to_string(), "count": note.count})
}

/// The report in a few lines, for a terminal.
#[must_use]
pub fn report_text(report: &Report) -> String {
    let mut out = format!("{}, {}\n", report.content.kind().word(), harmless(&report.format));
    let mut line = |text: &str| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "  {text}");
    };
    match &report.content {
        Content::Coverage(coverage) => {
            let totals = coverage.totals();
            line(&format!("files     {}", coverage.files.len()));
            for (word, ratio) in [
                ("lines   ", totals.lines),
                ("branches", totals.branches),
                ("combined", totals.combined()),
            ] {
                line(&format!("{word}  {}", counted(ratio)));
            }
            line(&format!("partial   {}", totals.partial));
            for (key, value) in &coverage.reported {
                line(&format!("it says   {} = {}", harmless(key), harmless(value)));
            }
        }
        Content::Findings(findings) => {
            line(&format!("findings  {}", findings.findings.len()));
            for (severity, count) in findings.by_severity().iter().rev() {
                line(&format!("{:<9} {count}", severity.word()));
            }
        }
        Content::Vulnerabilities(vulnerabilities) => {
            line(&format!("listed           {}", vulnerabilities.listed));
            line(&format!("vulnerable       {}", vulnerabilities.vulnerable()));
            line(&format!("vulnerabilities  {}", vulnerabilities.count()));
            line(&format!("advisories       {}", vulnerabilities.advisories));
        }
        Content::Metrics(metrics) => {
            for (pointer, number) in &metrics.numbers {
                line(&format!("{}  {number}", harmless(pointer)));
            }
        }
        Content::Tests(tests) => {
            let Cases { failures, errors, skipped, flaky, .. } = tests.cases();
            line(&format!("tests     {}", tests.total()));
            for (word, count) in [
                ("failures", failures),
                ("errors  ", errors),
                ("skipped ", skipped),
                ("flaky   ", flaky),
            ] {
                line(&format!("{word}  {count}"));
            }
        }
    }
    let Account { examined, reach, skipped, unread, unit } = &report.account;
    let more = match reach {
        Reach::Stated => "",
        Reach::AtLeast => " at least; the report does not say how many",
    };
    line(&format!("examined  {examined} {}{more}", unit.noun(*examined)));
    for (word, entries) in [("skipped", skipped), ("unread ", unread)] {
        for Passed { name, reason } in entries {
            line(&format!("{word}   {}: {}", harmless(name), harmless(reason)));
        }
    }
    for Note { message, count, .. } in &report.notes {
        let message: &Message = message;
        let times = if *count == 1 { String::new() } else { format!(" ({count} times)") };
        line(&format!("note      {message}{times}"));
    }
    out
}

fn counted(ratio: Ratio) -> String {
    let percent = ratio.floor().map(|percent| format!(" = {}", percent.display(2)));
    format!("{}/{}{}", ratio.covered(), ratio.total(), percent.unwrap_or_default())
}
