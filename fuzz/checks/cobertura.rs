//! Cobertura: the four ways of reading give one result, or all refuse for one reason.

use std::io::BufReader;

use gate_core::{
    evidence::Report,
    measure::Format,
    report::{Limits, ReadError, ReadOptions, read, read_stream},
};

use super::evidence;

pub(crate) fn check(bytes: &[u8]) {
    let options = ReadOptions::default().with_format(Format::Cobertura);
    let fast = read(bytes, &options);
    let parts = options.clone().with_limits(Limits::default().with_threads(2)).split_from(0);
    is_same(&fast, &read(bytes, &parts), "in parts");
    is_same(&fast, &read(bytes, &options.clone().plain()), "plain");
    for capacity in [1, 64] {
        let source = BufReader::with_capacity(capacity, bytes);
        is_same(&fast, &read_stream(source, &options), "as a stream");
    }
    let source = BufReader::with_capacity(7, bytes);
    is_same(&fast, &read_stream(source, &options.plain()), "as a plain stream");
    if let Ok(report) = &fast {
        evidence::holds(report);
    }
}

fn is_same(one: &Result<Report, ReadError>, other: &Result<Report, ReadError>, way: &str) {
    match (one, other) {
        (Ok(one), Ok(other)) => assert_eq!(one, other, "{way}"),
        // Only a text that is there as a whole can be asked for line and column.
        (Err(one), Err(other)) => assert_eq!(said(one), said(other), "{way}"),
        (Ok(_), Err(other)) => panic!("read, but {way}: {other}"),
        (Err(one), Ok(_)) => panic!("read {way}, but: {one}"),
    }
}

fn said(error: &ReadError) -> (String, Option<u64>) {
    (error.problem().to_string(), error.position().map(|position| position.byte))
}
