//! What a user meets in the reports of two dozen writers, and what an attacker may send. Every
//! document here is read in all ways, which must agree.

mod encodings;
mod fixtures;
mod hostile;
mod odd;
mod other_formats;
mod quirks;
mod ways;

use std::io::BufReader;

use crate::{
    evidence::{Content, Coverage, NoteCode, Report},
    report::{Format, Limits, ReadError, ReadOptions, read, read_stream},
};

fn options() -> ReadOptions {
    ReadOptions::default().with_format(Format::Cobertura)
}

/// What every way of reading makes of these bytes.
fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Report, ReadError> {
    let fast = read(bytes, options);
    for threads in [2, 3] {
        let limits = options.limits.with_threads(threads);
        let parts = read(bytes, &options.clone().with_limits(limits).split_from(0));
        assert_same(&fast, &parts, "in parts");
    }
    assert_same(&fast, &read(bytes, &options.clone().plain()), "plain");
    for capacity in [1, 7, 8192] {
        let source = BufReader::with_capacity(capacity, bytes);
        assert_same(&fast, &read_stream(source, options), "as a stream");
    }
    fast
}

fn assert_same(one: &Result<Report, ReadError>, other: &Result<Report, ReadError>, way: &str) {
    let text = |result: &Result<Report, ReadError>| match result {
        Ok(report) => format!("{report:#?}"),
        Err(error) => {
            format!("{}, at byte {:?}", error.problem(), error.position().map(|place| place.byte))
        }
    };
    assert_eq!(text(one), text(other), "{way}");
}

fn coverage(report: &Report) -> &Coverage {
    let Content::Coverage(coverage) = &report.content else { panic!("not coverage") };
    coverage
}

/// What a text says: `path number:hits number:hits(covered/total) …` for every file.
fn said(xml: &str) -> Vec<String> {
    says(&read_bytes(xml.as_bytes(), &options()).unwrap())
}

fn says(report: &Report) -> Vec<String> {
    let files = coverage(report).files.iter();
    files
        .map(|file| {
            file.lines().iter().fold(file.path().to_string(), |said, line| {
                let branches = match line.branches_total {
                    0 => String::new(),
                    total => format!("({}/{total})", line.branches_covered),
                };
                format!("{said} {}:{}{branches}", line.number, line.hits)
            })
        })
        .collect()
}

fn notes(xml: &str) -> Vec<(NoteCode, u64, String)> {
    let report = read_bytes(xml.as_bytes(), &options()).unwrap();
    report.notes.into_iter().map(|note| (note.code, note.count, note.message.to_string())).collect()
}

fn refusal(xml: &str) -> String {
    read_bytes(xml.as_bytes(), &options()).unwrap_err().to_string()
}

/// A report with one class of `a.py` that has this content.
fn class(content: &str) -> String {
    report(&format!(r#"<class name="a" filename="a.py">{content}</class>"#))
}

/// A report with these lines in `a.py`.
fn lines(lines: &str) -> String {
    class(&format!("<methods/><lines>{lines}</lines>"))
}

fn report(classes: &str) -> String {
    format!(
        "<?xml version=\"1.0\" ?>\n<coverage>\n\t<packages>\n\t\t<package name=\".\">\n\
         \t\t\t<classes>{classes}</classes>\n\t\t</package>\n\t</packages>\n</coverage>"
    )
}
